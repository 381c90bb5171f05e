//! Steps `forgot-password` and `new-password`: a code in place of the password. Said the same whoever asks.

use super::form::{code_field, identifier_field, link, password_field, post};
use super::problem::{CodeProblem, IdentifyProblem, NewPasswordProblem};
use super::{Presenter, paths};
use crate::page::{Ask, Asking, Page, Picture, Screen};
use domain::ids::FlowId;
use domain::intelligence::Environment;
use serde::{Deserialize, Serialize};

/// What is wrong with a new password in place of a forgotten one, field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgottenProblems {
    pub code: Option<CodeProblem>,
    pub password: Option<NewPasswordProblem>,
}

impl Presenter {
    /// Who has forgotten it?
    #[must_use]
    pub fn forgot_password(&self, flow: FlowId, typed: &str, problem: Option<IdentifyProblem>) -> Page {
        let voice = &self.voice(&Environment::default());
        let heading = voice.say("forgot-heading");
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let screen = Ask {
            what: Asking::ForgotPassword,
            person: None,
            picture: Picture::Lock,
            heading: heading.clone(),
            lead: vec![voice.say("forgot-lead"), voice.say("forgot-passkey")],
            fields: vec![identifier_field(voice, typed, String::new(), problem)],
            submit: post(paths::FORGOT_SEND, flow, voice.say("common-continue")),
            ceremony: None,
            open: String::new(),
            more: Vec::new(),
            links: vec![link(paths::SIGN_IN, voice.say("told-sign-in"))],
            quiet: Vec::new(),
        };
        self.page(paths::FORGOT_PASSWORD, &heading, String::new(), Screen::Ask(screen))
    }

    /// The code and the new password. `again`: another code, just now.
    #[must_use]
    pub fn new_password(
        &self,
        flow: FlowId,
        who: &str,
        again: bool,
        problems: ForgottenProblems,
        min_length: usize,
    ) -> Page {
        let voice = &self.voice(&Environment::default());
        let heading = voice.say("new-password-heading");
        let said = again.then(|| voice.say("confirm-sent-again"));
        let status = said.clone().unwrap_or_default();
        let code = problems.code.map(|problem| problem.words(voice)).unwrap_or_default();
        let password = problems.password.map(|problem| problem.words(voice)).unwrap_or_default();
        let mut new = password_field(voice, true, voice.count("sign-up-password-hint", "min", min_length), password);
        new.label = voice.say("new-password-label");
        let again = |label| {
            let mut action = post(paths::FORGOT_SEND, flow, voice.say(label));
            action.hidden.push(("identifier".to_owned(), who.to_owned()));
            action
        };
        let screen = Ask {
            what: Asking::NewPassword,
            person: Some(crate::page::Person {
                identifier: who.to_owned(),
                not_you: post(paths::START_OVER, flow, voice.say("common-not-you")),
            }),
            picture: Picture::Lock,
            heading: heading.clone(),
            lead: said.into_iter().chain([voice.say("new-password-how"), voice.say("new-password-effect")]).collect(),
            fields: vec![code_field(voice, voice.say("code-hint-either"), code), new],
            submit: post(paths::FORGOT_PASSWORD_NEW, flow, voice.say("new-password-save")),
            ceremony: None,
            open: String::new(),
            more: Vec::new(),
            links: vec![link(paths::SIGN_IN, voice.say("told-sign-in"))],
            quiet: vec![again("code-send-again")],
        };
        self.page(paths::FORGOT_PASSWORD, &heading, status, Screen::Ask(screen))
    }
}
