//! Will this passkey work here? Answered per passkey, before any prompt.

use super::constants::{ABSENCE_DECAYS, FAILURES_TO_PASSWORD};
use super::decision::{Decision, Reason};
use super::evidence::{Evidence, PasskeyEvidence};
use crate::provider::Reach;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// How likely a passkey is to work in this browser. The better one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    Unlikely,
    Uncertain,
    Likely,
}

/// Predicts for one passkey. What this browser has seen itself comes before what the provider's table says.
#[must_use]
pub fn predict(passkey: &PasskeyEvidence, evidence: &Evidence, now: Millis) -> Decision<Availability> {
    use Availability::{Likely, Uncertain, Unlikely};
    let here = &passkey.here;
    let good = here.last_good();

    if let Some(absent) = here.absent
        && good.is_none_or(|good| good <= absent)
    {
        let fresh = now.since(absent) < ABSENCE_DECAYS;
        return Decision::new(if fresh { Unlikely } else { Uncertain }, [Reason::ProvenAbsentHere]);
    }
    if evidence.offers.present.is_some_and(|present| here.failed.is_none_or(|failed| failed <= present)) && good.is_some() {
        return Decision::new(Likely, [Reason::ProvenPresentHere]);
    }
    if good.is_some() {
        let reason = if here.worked.is_some() { Reason::WorkedHere } else { Reason::CreatedHere };
        return if here.failures < u32::from(FAILURES_TO_PASSWORD) {
            Decision::new(Likely, [reason])
        } else {
            Decision::new(Uncertain, [Reason::FailedHereRepeatedly, reason])
        };
    }
    if here.failures >= u32::from(FAILURES_TO_PASSWORD) {
        return Decision::new(Unlikely, [Reason::FailedHereRepeatedly]);
    }
    if passkey.security_key {
        return Decision::new(Uncertain, [Reason::SecurityKey]);
    }
    if !passkey.backup_eligible {
        return Decision::new(Unlikely, [Reason::BoundToAnotherMachine]);
    }
    let platform = evidence.environment.platform;
    match passkey.aaguid.provider().map(|provider| provider.reach(platform)) {
        Some(Reach::No) => Decision::new(Unlikely, [Reason::NotOnThisPlatform]),
        Some(Reach::Home) if passkey.backed_up => Decision::new(Likely, [Reason::SyncsToThisPlatform]),
        Some(Reach::Home) => Decision::new(Uncertain, [Reason::SyncsToThisPlatform]),
        Some(Reach::Browser) => Decision::new(Uncertain, [Reason::SyncsThroughBrowser]),
        Some(Reach::App | Reach::File) => Decision::new(Uncertain, [Reason::SyncsThroughApp]),
        Some(Reach::Unknown) | None => Decision::new(Uncertain, [Reason::ProviderUnknown]),
    }
}
