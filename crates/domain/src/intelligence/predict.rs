//! Will this passkey work here? Answered per passkey, before any prompt.

use super::constants::ABSENCE_DECAYS;
use super::decision::{Decision, Reason};
use super::evidence::{Evidence, PasskeyEvidence};
use crate::platform::Platform;
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
    use Availability::{Likely, Uncertain};
    let here = &passkey.here;
    let present = evidence.is_present(passkey);
    // `create()` explained the failures before it: the passkey was here, and the dialog was closed.
    let explained = present && here.failed <= evidence.offers.present;
    let failed_often = here.failures >= u32::from(evidence.policy.failures_to_password.max(1)) && !explained;

    if let Some(absent) = here.absent
        && here.last_good().is_none_or(|good| good <= absent)
        && !present
    {
        return Decision::new(faded(absent, passkey, evidence, now), [Reason::ProvenAbsentHere]);
    }
    let seen = match () {
        () if present => Some(Reason::ProvenPresentHere),
        () if here.worked.is_some() => Some(Reason::WorkedHere),
        () if here.created.is_some() => Some(Reason::CreatedHere),
        () => None,
    };
    match seen {
        Some(reason) if failed_often => Decision::new(Uncertain, [Reason::FailedHereRepeatedly, reason]),
        Some(reason) => Decision::new(Likely, [reason]),
        None if failed_often && is_acquainted(evidence) => {
            let last = here.failed.unwrap_or(now);
            Decision::new(faded(last, passkey, evidence, now), [Reason::FailedHereRepeatedly])
        }
        None => by_table(passkey, evidence),
    }
}

/// What spoke against a passkey is forgotten in time; more than uncertain it does not become by that, nor more than it would
/// be without.
fn faded(at: Millis, passkey: &PasskeyEvidence, evidence: &Evidence, now: Millis) -> Availability {
    if now.since(at) < ABSENCE_DECAYS {
        return Availability::Unlikely;
    }
    by_table(passkey, evidence).outcome.min(Availability::Uncertain)
}

/// Failures with a passkey that was never seen here count once somebody has signed in to the account in this browser. Until
/// then there are the strikes, which exist for anybody: what a stranger sees must not depend on whether the account exists.
fn is_acquainted(evidence: &Evidence) -> bool {
    evidence.first_seen.is_some()
}

fn by_table(passkey: &PasskeyEvidence, evidence: &Evidence) -> Decision<Availability> {
    use Availability::{Likely, Uncertain, Unlikely};
    if passkey.security_key {
        return Decision::new(Uncertain, [Reason::SecurityKey]);
    }
    let platform = evidence.environment.platform;
    if !passkey.backup_eligible {
        // Another browser of the machine it was made on, or another machine: one click tells.
        let perhaps = platform == passkey.created_on && platform != Platform::Unknown;
        return match perhaps {
            true => Decision::new(Uncertain, [Reason::PerhapsThisMachine]),
            false => Decision::new(Unlikely, [Reason::BoundToAnotherMachine]),
        };
    }
    match passkey.aaguid.provider().map(|provider| provider.reach_in(platform, evidence.environment.browser)) {
        Some(Reach::No) => Decision::new(Unlikely, [Reason::NotOnThisPlatform]),
        Some(Reach::Home) if passkey.backed_up => Decision::new(Likely, [Reason::SyncsToThisPlatform]),
        Some(Reach::Home) => Decision::new(Uncertain, [Reason::SyncsToThisPlatform]),
        Some(Reach::Browser) => Decision::new(Uncertain, [Reason::SyncsThroughBrowser]),
        Some(Reach::App | Reach::File) => Decision::new(Uncertain, [Reason::SyncsThroughApp]),
        Some(Reach::Unknown) | None => Decision::new(Uncertain, [Reason::ProviderUnknown]),
    }
}
