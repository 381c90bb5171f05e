//! Step `create-passkey`: the offer, with its reason.

use super::asker::unlock_picture;
use super::causes::{Moment, causes};
use super::form::{ceremony, post, signed_in_person};
use super::notice::CreateNotice;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{CreatePasskey, Page, Screen};
use domain::ceremony::Purpose;
use domain::intelligence::{Diagnosis, Why};

impl Presenter {
    /// `notice` after a dialog that gave no passkey; `diagnosis` where failures led here.
    #[must_use]
    pub fn create_passkey(
        &self,
        walk: &Walk<'_>,
        why: Why,
        notice: Option<CreateNotice>,
        diagnosis: Option<&Diagnosis>,
        minted: Minted,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say(if why == Why::First { "create-heading-first" } else { "create-heading" });
        let lead = voice.say(match why {
            Why::AfterError => "create-lead-after-error",
            Why::SecondBrowser => "create-lead-second-browser",
            Why::AfterCrossDevice => "create-lead-after-cross-device",
            Why::First => "create-lead-first",
            Why::Asked => "create-lead-asked",
        });
        let causes = diagnosis
            .filter(|_| why == Why::AfterError)
            .map(|diagnosis| causes(voice, walk, diagnosis, Moment::Offer))
            .unwrap_or_default();
        let said = notice.map(|notice| notice.words(voice)).unwrap_or_default();
        let status = voice.say(if notice.is_some() { "create-status-after" } else { "create-status" });
        let screen = CreatePasskey {
            person: signed_in_person(voice, walk),
            picture: unlock_picture(walk.env),
            heading: heading.clone(),
            lead,
            said,
            causes_lead: if causes.is_empty() { String::new() } else { voice.say("causes-lead") },
            causes,
            ceremony: ceremony(walk.flow, Purpose::Create, minted, voice.say("create-waiting")),
            open: voice.say("create-open"),
            not_now: post(paths::HEALING_NOT_NOW, walk.flow, voice.say("create-not-now")),
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::CreatePasskey(screen))
    }
}
