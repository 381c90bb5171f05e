//! Step `enter-code`: a code that was mailed, where neither passkey nor password is at hand. Said the same whoever is named.

use super::asker::asker;
use super::confirm::ConfirmNotice;
use super::form::{ceremony, mailed_code_field, person, post};
use super::problem::CodeProblem;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{Ask, Asking, Page, Picture, Screen};
use domain::ceremony::Purpose;

impl Presenter {
    /// `is_sent`: a code is on its way, if there is somebody to mail it to.
    #[must_use]
    pub fn enter_code(
        &self,
        walk: &Walk<'_>,
        is_sent: bool,
        problem: Option<CodeProblem>,
        notice: Option<ConfirmNotice>,
        minted: Minted,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("enter-code-heading");
        let how = voice.say(if is_sent { "enter-code-sent" } else { "enter-code-unsent" });
        let said = notice.map(|notice| match notice {
            ConfirmNotice::Sent => voice.say("enter-code-sent-again"),
            ConfirmNotice::Passkey(notice) => notice.words(voice),
        });
        let status = said.clone().unwrap_or_default();
        let lead = match notice {
            Some(ConfirmNotice::Sent) => said.into_iter().collect(),
            _ => said.into_iter().chain([how]).collect(),
        };
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let label = if is_sent { "code-send-again" } else { "code-send" };
        let screen = Ask {
            what: Asking::EnterCode,
            person: Some(person(voice, walk)),
            picture: Picture::Lock,
            heading: heading.clone(),
            lead,
            fields: vec![mailed_code_field(voice, problem)],
            submit: post(paths::CODE, walk.flow, voice.say("enter-password-sign-in")),
            ceremony: Some(ceremony(walk.flow, Purpose::SignIn, minted, asker(walk).waiting(voice))),
            open: voice.say("common-use-a-passkey"),
            more: Vec::new(),
            links: Vec::new(),
            quiet: vec![
                post(paths::EMAIL_CODE, walk.flow, voice.say(label)),
                post(paths::USE_PASSWORD, walk.flow, voice.say("use-passkey-password")),
            ],
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::Ask(screen))
    }
}
