//! Step `new-address`: a code shows that the address which the account is to have belongs to this person.

use super::form::{link, mailed_code_field, post, signed_in_person};
use super::problem::CodeProblem;
use super::{Presenter, Walk, paths};
use crate::page::{Ask, Asking, Page, Picture, Screen};

impl Presenter {
    /// `is_sent`: a mail is on its way; `again`: another one, just now. Said the same whoever has the address.
    #[must_use]
    pub fn new_address(
        &self,
        walk: &Walk<'_>,
        address: &str,
        is_sent: bool,
        again: bool,
        problem: Option<CodeProblem>,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("new-address-heading");
        let mailed = if is_sent { "sent" } else { "unsent" };
        let how = voice.with("address-how", &[("identifier", address), ("mailed", mailed)]);
        let said = again.then(|| voice.say("confirm-sent-again"));
        let status = said.clone().unwrap_or_default();
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let effect = voice.with("new-address-effect", &[("identifier", walk.who)]);
        let screen = Ask {
            what: Asking::NewAddress,
            person: Some(signed_in_person(voice, walk)),
            picture: Picture::Lock,
            heading: heading.clone(),
            lead: said.into_iter().chain([how, effect]).collect(),
            fields: vec![mailed_code_field(voice, problem)],
            submit: post(paths::NEW_ADDRESS_CODE, walk.flow, voice.say("confirm-confirm")),
            ceremony: None,
            open: String::new(),
            more: Vec::new(),
            quiet: vec![post(paths::NEW_ADDRESS_SEND, walk.flow, voice.say("code-send-again"))],
            links: vec![
                link(paths::ACCOUNT_IDENTIFIER, voice.say("new-address-another")),
                link(paths::ACCOUNT, voice.say("change-back")),
            ],
        };
        self.page(paths::NEW_ADDRESS, &heading, status, Screen::Ask(screen))
    }
}
