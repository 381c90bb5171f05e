//! Step `confirm`: a code beside the password, before a passkey is made in a browser that has not proved itself.

use super::asker::asker;
use super::form::{ceremony, code_field, post, signed_in_person};
use super::notice::PasskeyNotice;
use super::problem::CodeProblem;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{Ask, Asking, Page, Picture, Screen};
use domain::ceremony::Purpose;

/// Which codes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeAsked {
    /// A mailed one, and whether it is on its way.
    pub mailed: Option<bool>,
    /// One that the person keeps.
    pub saved: bool,
}

/// What happened since the step was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmNotice {
    /// Another code is on its way.
    Sent,
    /// A passkey was asked for instead, and did not answer.
    Passkey(PasskeyNotice),
}

impl Presenter {
    /// No `minted` where the browser has no passkeys, or the account has none.
    #[must_use]
    pub fn confirm(
        &self,
        walk: &Walk<'_>,
        asked: CodeAsked,
        problem: Option<CodeProblem>,
        notice: Option<ConfirmNotice>,
        minted: Option<Minted>,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("confirm-heading");
        let mailed = match asked.mailed {
            Some(true) => "sent",
            Some(false) => "unsent",
            None => "no",
        };
        let saved = if asked.saved { "yes" } else { "no" };
        let how = [("identifier", walk.who), ("mailed", mailed), ("saved", saved)];
        let said = notice.map(|notice| match notice {
            ConfirmNotice::Sent => voice.say("confirm-sent-again"),
            ConfirmNotice::Passkey(notice) => notice.words(voice),
        });
        let status = said.as_ref().map(|_| voice.say("confirm-status-after")).unwrap_or_default();
        let lead = match said {
            Some(said) => vec![said, voice.with("confirm-how", &how)],
            None => vec![voice.say("confirm-why"), voice.with("confirm-how", &how)],
        };
        let hint = voice.say(match (asked.mailed, asked.saved) {
            (Some(_), true) => "code-hint-either",
            (Some(_), false) => "code-hint-mailed",
            (None, _) => "code-hint-saved",
        });
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let send = |label| post(paths::CONFIRM_SEND, walk.flow, voice.say(label));
        // Where none is on its way it is the way on, and after that it is for the few who wait in vain.
        let send_first = (asked.mailed == Some(false)).then(|| send("code-send"));
        let send_again = (asked.mailed == Some(true)).then(|| send("code-send-again"));
        let not_now = post(paths::HEALING_NOT_NOW, walk.flow, voice.say("create-not-now"));
        let screen = Ask {
            what: Asking::Confirm,
            person: Some(signed_in_person(voice, walk)),
            picture: Picture::Lock,
            heading: heading.clone(),
            lead,
            fields: vec![code_field(voice, hint, problem)],
            submit: post(paths::CONFIRM_CODE, walk.flow, voice.say("confirm-confirm")),
            ceremony: minted.map(|minted| ceremony(walk.flow, Purpose::Verify, minted, asker(walk).waiting(voice))),
            open: voice.say("common-use-a-passkey"),
            more: send_first.into_iter().chain([not_now]).collect(),
            links: Vec::new(),
            quiet: send_again.into_iter().collect(),
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::Ask(screen))
    }
}
