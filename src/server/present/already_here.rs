//! Step `already-here`: good news, and a way to use it.

use super::asker::{Asker, asker, unlock_picture};
use super::form::{ceremony, post, signed_in_person};
use super::notice::PasskeyNotice;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{AlreadyHere, Page, Screen};
use domain::ceremony::Purpose;

impl Presenter {
    /// One of the account's passkeys is on this device. `notice` after *Use it now* did not go through.
    #[must_use]
    pub fn already_here(&self, walk: &Walk<'_>, notice: Option<PasskeyNotice>, minted: Minted) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("already-here-heading");
        let lead = match notice {
            Some(notice) => voice.with("already-here-after", &[("said", &notice.words(voice))]),
            None => voice.say("already-here-lead"),
        };
        // The answer to `create()` proves that it is here, whatever was expected.
        let asker = match asker(walk) {
            Asker::AnotherDevice => Asker::Anyone,
            likely => likely,
        };
        let status = voice.say(if notice.is_some() { "already-here-status-after" } else { "already-here-status" });
        let screen = AlreadyHere {
            person: signed_in_person(voice, walk),
            picture: unlock_picture(walk.env),
            heading: heading.clone(),
            lead,
            ceremony: ceremony(walk.flow, Purpose::Verify, minted, asker.waiting(voice)),
            open: voice.say("already-here-open"),
            proceed: post(paths::HEALING_CONTINUE, walk.flow, voice.say("common-continue")),
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::AlreadyHere(screen))
    }
}
