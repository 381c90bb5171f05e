//! Step `use-passkey`: the prompt opens, waits for a click, or has just not gone through.

use super::asker::{Asker, asker};
use super::causes::{Moment, causes};
use super::form::{ceremony, person, post};
use super::notice::PasskeyNotice;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{Page, Screen, UsePasskey};
use domain::ceremony::Purpose;
use domain::intelligence::{Diagnosis, Outcome};
use domain::sign_in::Prompt;

impl Presenter {
    /// `notice` and `diagnosis` after a ceremony that did not go through.
    #[must_use]
    pub fn use_passkey(
        &self,
        walk: &Walk<'_>,
        prompt: Prompt,
        notice: Option<PasskeyNotice>,
        diagnosis: Option<&Diagnosis>,
        minted: Minted,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let asker = if prompt == Prompt::AcrossDevices { Asker::AnotherDevice } else { asker(walk) };
        let heading = voice.say("use-passkey-heading");
        let notice =
            notice.or_else(|| (prompt == Prompt::Failed).then_some(PasskeyNotice::Ended(Outcome::CancelledOrMissing)));
        let coming = match prompt {
            Prompt::AcrossDevices => voice.say("use-passkey-across"),
            _ => asker.coming(voice),
        };
        let (lead, status) = match (notice, prompt) {
            (Some(notice), _) => (
                voice.with("use-passkey-after", &[("said", &notice.words(voice))]),
                voice.say("use-passkey-status-after"),
            ),
            // The flow may have noted already that the prompt opens with this very page.
            (None, prompt) if minted.auto || prompt == Prompt::Pending => {
                (voice.with("use-passkey-soon", &[("coming", &coming)]), String::new())
            }
            (None, Prompt::Opened) => (voice.with("use-passkey-again", &[("coming", &coming)]), String::new()),
            (None, _) => (coming, String::new()),
        };
        let open = if notice.is_some() { "use-passkey-try-again" } else { "use-passkey-open" };
        let causes = diagnosis.map(|diagnosis| causes(voice, walk, diagnosis, Moment::SignIn)).unwrap_or_default();
        let screen = UsePasskey {
            person: person(voice, walk),
            picture: asker.picture(walk.env),
            heading: heading.clone(),
            lead,
            causes_lead: if causes.is_empty() { String::new() } else { voice.say("causes-lead") },
            causes,
            ceremony: ceremony(walk.flow, Purpose::SignIn, minted, asker.waiting(voice)),
            open: voice.say(open),
            password: post(paths::USE_PASSWORD, walk.flow, voice.say("use-passkey-password")),
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::UsePasskey(screen))
    }
}
