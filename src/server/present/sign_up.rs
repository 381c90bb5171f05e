//! Steps `sign-up` and `confirm-sign-up`: an account with a password, and where it has an address, a code that was mailed
//! there. The first passkey is offered right after.

use super::form::{identifier_field, link, mailed_code_field, password_field, post};
use super::problem::{CodeProblem, SignUpProblems};
use super::{Presenter, paths};
use crate::page::{Ask, Asking, Page, Picture, Screen, SignUp};
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

    /// The code. `is_sent`: a mail is on its way; `again`: another one, just now. Said the same whoever has the address.
    #[must_use]
    pub fn confirm_sign_up(
        &self,
        flow: FlowId,
        who: &str,
        is_sent: bool,
        again: bool,
        problem: Option<CodeProblem>,
    ) -> Page {
        let voice = &self.voice(&Environment::default());
        let heading = voice.say("sign-up-code-heading");
        let mailed = if is_sent { "sent" } else { "unsent" };
        let how = voice.with("sign-up-code-how", &[("identifier", who), ("mailed", mailed)]);
        let said = again.then(|| voice.say("sign-up-code-again"));
        let status = said.clone().unwrap_or_default();
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let screen = Ask {
            what: Asking::ConfirmSignUp,
            person: None,
            picture: Picture::Lock,
            heading: heading.clone(),
            lead: said.into_iter().chain([how, voice.say("sign-up-code-nothing")]).collect(),
            fields: vec![mailed_code_field(voice, problem)],
            submit: post(paths::SIGN_UP_CODE, flow, voice.say("confirm-confirm")),
            ceremony: None,
            open: String::new(),
            more: Vec::new(),
            quiet: vec![
                post(paths::SIGN_UP_SEND, flow, voice.say("code-send-again")),
                post(paths::SIGN_UP_START_OVER, flow, voice.say("sign-up-code-another")),
            ],
            links: vec![link(paths::SIGN_IN, voice.say("sign-up-sign-in"))],
        };
        self.page(paths::SIGN_UP, &heading, status, Screen::Ask(screen))
    }
}
