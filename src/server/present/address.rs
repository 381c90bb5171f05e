//! Step `confirm-address`: a code shows that the address belongs to this person.

use super::form::{link, mailed_code_field, post, signed_in_person};
use super::problem::CodeProblem;
use super::{Presenter, Walk, paths};
use crate::page::{Ask, Asking, Page, Picture, Screen};

impl Presenter {
    /// `is_sent`: a code is on its way; `again`: another one, just now.
    #[must_use]
    pub fn confirm_address(&self, walk: &Walk<'_>, is_sent: bool, again: bool, problem: Option<CodeProblem>) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("address-heading");
        let mailed = if is_sent { "sent" } else { "unsent" };
        let how = voice.with("address-how", &[("identifier", walk.who), ("mailed", mailed)]);
        let said = again.then(|| voice.say("confirm-sent-again"));
        let status = said.clone().unwrap_or_default();
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let send = |label| post(paths::ADDRESS_SEND, walk.flow, voice.say(label));
        let send_first = (!is_sent).then(|| send("code-send"));
        let send_again = is_sent.then(|| send("code-send-again"));
        let screen = Ask {
            what: Asking::ConfirmAddress,
            person: Some(signed_in_person(voice, walk)),
            picture: Picture::Lock,
            heading: heading.clone(),
            lead: said.into_iter().chain([how, voice.say("address-effect")]).collect(),
            fields: vec![mailed_code_field(voice, problem)],
            submit: post(paths::ADDRESS_CODE, walk.flow, voice.say("confirm-confirm")),
            ceremony: None,
            open: String::new(),
            more: send_first.into_iter().collect(),
            links: vec![link(paths::DASHBOARD, voice.say("codes-back"))],
            quiet: send_again.into_iter().collect(),
        };
        self.page(paths::CONFIRM_ADDRESS, &heading, status, Screen::Ask(screen))
    }
}
