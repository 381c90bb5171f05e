//! Step `sign-up`: an account with a password; the first passkey is offered right after.

use super::form::{identifier_field, link, password_field, post};
use super::problem::SignUpProblems;
use super::{Presenter, paths};
use crate::page::{Page, Screen, SignUp};
use domain::ids::FlowId;
use domain::intelligence::Environment;

impl Presenter {
    /// A new account. `min_length` is the least number of characters of its password.
    #[must_use]
    pub fn sign_up(&self, flow: FlowId, typed: &str, problems: SignUpProblems, min_length: usize) -> Page {
        let voice = &self.voice(&Environment::default());
        let heading = voice.say("sign-up-heading");
        let identifier = problems.identifier.map(|problem| problem.words(voice)).unwrap_or_default();
        let password = problems.password.map(|problem| problem.words(voice)).unwrap_or_default();
        let screen = SignUp {
            heading: heading.clone(),
            lead: voice.say("sign-up-lead"),
            identifier: identifier_field(voice, typed, String::new(), identifier),
            password: password_field(voice, true, voice.count("sign-up-password-hint", "min", min_length), password),
            create: post(paths::CREATE_ACCOUNT, flow, voice.say("sign-up-create")),
            sign_in: link(paths::SIGN_IN, voice.say("sign-up-sign-in")),
        };
        self.page(paths::SIGN_UP, &heading, String::new(), Screen::SignUp(screen))
    }
}
