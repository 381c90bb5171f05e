//! One passkey on the dashboard: its facts, and what is known of it in this browser.

use super::causes::{Moment, causes};
use super::date::day;
use super::voice::Voice;
use super::{Presenter, Walk};
use crate::page::Cause;
use domain::ids::PasskeyId;
use domain::intelligence::{Availability, Decision, Diagnosis, Environment, Here, PasskeyEvidence, Reason};
use domain::provider::Aaguid;
use domain::time::Millis;

/// One passkey of the account, with its prediction for this browser.
#[derive(Clone, Debug)]
pub struct RowView {
    pub id: PasskeyId,
    pub name: String,
    pub aaguid: Aaguid,
    pub created: Millis,
    pub last_used: Option<Millis>,
    pub availability: Decision<Availability>,
    pub here: Here,
    pub backed_up: bool,
    pub backup_eligible: bool,
    /// What can be behind it where the passkey is thought not to be here.
    pub absent: Option<Absent>,
}

/// A passkey that was looked for here in vain, and why that may be.
#[derive(Clone, Copy, Debug)]
pub struct Absent {
    pub known: PasskeyEvidence,
    pub why: Diagnosis,
}

impl Absent {
    /// Whether a prediction rests on what happened in this browser. What the provider's table says needs no causes: the
    /// state says it all.
    #[must_use]
    pub fn is_meant_by(prediction: &Decision<Availability>) -> bool {
        let first = prediction.reasons.first();
        matches!(first, Some(Reason::ProvenAbsentHere | Reason::FailedHereRepeatedly))
    }
}

impl Presenter {
    /// What a new passkey is called where nobody can say who keeps it; otherwise it is called like its provider.
    #[must_use]
    pub fn passkey_name(&self, env: &Environment) -> String {
        self.voice(env).say("passkey-name-new")
    }
}

/// Provider, made, last used; one line each.
pub(super) fn facts(voice: &Voice<'_>, row: &RowView, now: Millis) -> Vec<String> {
    let copies = match (row.backup_eligible, row.backed_up) {
        (true, true) => "copied",
        (true, false) => "not-copied",
        (false, _) => "single",
    };
    let kept = match row.aaguid.provider() {
        Some(provider) => voice.with("row-kept", &[("provider", provider.name), ("copies", copies)]),
        None => voice.with("row-kept-unknown", &[("copies", copies)]),
    };
    let (which, date) = day(voice, row.created, now);
    let made = voice.with("row-made", &[("which", which), ("date", &date)]);
    let used = match row.last_used {
        Some(at) => {
            let (which, date) = day(voice, at, now);
            voice.with("row-used", &[("which", which), ("date", &date)])
        }
        None => voice.say("row-never-used"),
    };
    vec![kept, made, used]
}

/// "This can happen when …", where it is thought not to be here.
pub(super) fn row_causes(voice: &Voice<'_>, walk: &Walk<'_>, row: &RowView) -> Vec<Cause> {
    let Some(Absent { known, why }) = &row.absent else { return Vec::new() };
    causes(voice, &Walk { passkeys: std::slice::from_ref(known), ..*walk }, why, Moment::Offer)
}

/// The state in this browser, in words, and whether it is good. What was seen here speaks first, then what the
/// provider's table says.
pub(super) fn state(voice: &Voice<'_>, row: &RowView, now: Millis) -> (String, Option<bool>) {
    let provider = row.aaguid.provider().map_or("", |provider| provider.name);
    let named =
        |id, unnamed| if provider.is_empty() { voice.say(unnamed) } else { voice.with(id, &[("provider", provider)]) };
    let has = |reason| row.availability.reasons.contains(&reason);
    match row.availability.reasons.first() {
        Some(Reason::ProvenAbsentHere) if row.availability.outcome == Availability::Unlikely => {
            (named("row-absent", "row-absent-unnamed"), Some(false))
        }
        Some(Reason::ProvenAbsentHere) => {
            let (_, date) = day(voice, row.here.absent.unwrap_or(now), now);
            (voice.with("row-was-absent", &[("date", &date)]), None)
        }
        Some(Reason::FailedHereRepeatedly) => {
            let id = if has(Reason::WorkedHere) || has(Reason::CreatedHere) {
                "row-silent"
            } else {
                "row-silent-never-seen"
            };
            (voice.say(id), Some(false))
        }
        Some(Reason::WorkedHere | Reason::ProvenPresentHere) => (voice.say("row-works"), Some(true)),
        Some(Reason::CreatedHere) => (voice.say("row-made-here"), Some(true)),
        Some(Reason::SyncsToThisPlatform) => (named("row-syncs", "row-not-used"), None),
        Some(Reason::SyncsThroughApp | Reason::SyncsThroughBrowser) => {
            (named("row-needs-provider", "row-not-used"), None)
        }
        Some(Reason::NotOnThisPlatform) => (named("row-other-platform", "row-not-used"), None),
        Some(Reason::BoundToAnotherMachine) => (voice.say("row-other-machine"), None),
        Some(Reason::SecurityKey) => (voice.say("row-security-key"), None),
        _ => (voice.say("row-not-used"), None),
    }
}
