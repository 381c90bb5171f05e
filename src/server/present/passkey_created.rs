//! Step `passkey-created`: said only what is known, so a provider without a name stays without one.

use super::form::{post, signed_in_person};
use super::{Presenter, Walk, paths};
use crate::page::{Page, PasskeyCreated, Screen};
use domain::provider::{Aaguid, Reach};

impl Presenter {
    /// The new passkey is stored; `aaguid` tells who keeps it.
    #[must_use]
    pub fn passkey_created(&self, walk: &Walk<'_>, aaguid: Aaguid) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("created-heading");
        let lead = match aaguid.provider() {
            Some(provider) if provider.reach(walk.env.platform) == Reach::Home => {
                voice.with("created-saved-here", &[("provider", provider.name)])
            }
            Some(provider) => voice.with("created-saved", &[("provider", provider.name)]),
            None => voice.say("created-lead"),
        };
        let screen = PasskeyCreated {
            person: signed_in_person(voice, walk),
            heading: heading.clone(),
            lead,
            proceed: post(paths::HEALING_CONTINUE, walk.flow, voice.say("common-continue")),
        };
        self.page(paths::SIGN_IN, &heading, voice.say("created-status"), Screen::PasskeyCreated(screen))
    }
}
