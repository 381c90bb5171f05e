//! Why it may have failed: a distribution, never a verdict. The person reads "this can happen when …", likeliest first.
//!
//! Bayes' rule over where each passkey may be and how the ceremonies ended; the numbers stand in [`super::weights`].

use super::assess::Outcome;
use super::constants::ABSENCE_DECAYS;
use super::evidence::{Evidence, PasskeyEvidence};
use super::trail::Trail;
use super::weights::{self, ACCOUNT, DELETED, MANAGER};
use crate::provider::{Aaguid, Reach, SyncDomain};
use crate::time::{DAY, Millis};
use serde::{Deserialize, Serialize};

/// What can be behind a failed ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The passkey was removed on this device.
    DeletedHere,
    /// The device or browser is signed in to another account of the provider.
    OtherCloudAccount,
    /// The password manager that holds it is locked, signed out or not installed.
    ManagerSignedOut,
    /// It exists, but only on another device.
    OnAnotherDevice,
    /// The person closed the dialog.
    Dismissed,
    /// Nothing about the passkey: the browser could not show the dialog.
    Technical,
    /// The server does not accept the passkey any more. The one cause that is ever certain.
    NoLongerAccepted,
}

/// All causes, in the order in which ties are shown.
pub const CAUSES: [Cause; 7] = [
    Cause::DeletedHere,
    Cause::OtherCloudAccount,
    Cause::ManagerSignedOut,
    Cause::OnAnotherDevice,
    Cause::Dismissed,
    Cause::Technical,
    Cause::NoLongerAccepted,
];

/// How the creation of a new passkey went, the best witness there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Creation {
    /// One of the account's passkeys is here.
    AlreadyHere,
    /// A new one was made by this provider.
    Made(Aaguid),
}

/// Probabilities in thousandths, likeliest first; they sum to 1,000 as far as rounding allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    pub causes: [(Cause, u16); CAUSES.len()],
}

/// Where one passkey may be: odds of being here, and of the four ways of not being here.
#[derive(Clone, Copy)]
struct Places {
    here: f64,
    deleted: f64,
    account: f64,
    manager: f64,
    elsewhere: f64,
}

impl Places {
    fn away(&self) -> f64 {
        self.deleted + self.account + self.manager + self.elsewhere
    }
}

/// Diagnoses the failures of the flow, before anything is made (`None`) or by what came of making a passkey.
#[must_use]
pub fn diagnose(evidence: &Evidence, creation: Option<Creation>, now: Millis) -> Diagnosis {
    if evidence.trail.outcomes().any(|outcome| outcome == Outcome::NotAccepted) {
        return ranked([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    }
    // The passkey that was expected most is the one whose absence explains the failure; the others must be away as well.
    let (mut none_here, mut expected): (f64, Option<Places>) = (1.0, None);
    for passkey in &evidence.passkeys {
        let places = conditioned(places(passkey, evidence, now), passkey, creation);
        let total = places.here + places.away();
        none_here *= places.away() / total.max(f64::MIN_POSITIVE);
        if expected.is_none_or(|best| places.here * (best.here + best.away()) > best.here * total) {
            expected = Some(places);
        }
    }
    let Some(expected) = expected else { return ranked([0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0]) };
    let seen = of_trail(&evidence.trail, evidence.has_two_strikes());
    let absent = none_here * seen.absent;
    let present = (1.0 - none_here) * seen.present;
    let of = |part: f64| absent * (1.0 - seen.nobodys) * part / expected.away().max(f64::MIN_POSITIVE);
    let technical = (absent + present) * seen.nobodys;
    let dismissed = present * (1.0 - seen.nobodys);
    ranked([
        of(expected.deleted),
        of(expected.account),
        of(expected.manager),
        of(expected.elsewhere),
        dismissed,
        technical,
        0.0,
    ])
}

fn ranked(odds: [f64; CAUSES.len()]) -> Diagnosis {
    let total: f64 = odds.iter().sum();
    let share = |odds: f64| (odds / total.max(f64::MIN_POSITIVE) * 1_000.0 + 0.5) as u16;
    let mut causes = [(Cause::DeletedHere, 0); CAUSES.len()];
    for (place, (cause, odds)) in causes.iter_mut().zip(CAUSES.into_iter().zip(odds)) {
        *place = (cause, share(odds));
    }
    causes.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    Diagnosis { causes }
}

/// Where this passkey may be, by what this browser remembers and by the provider's table.
fn places(passkey: &PasskeyEvidence, evidence: &Evidence, now: Millis) -> Places {
    let provider = passkey.aaguid.provider();
    let sync = provider.map_or(SyncDomain::Unknown, |provider| provider.sync);
    let platform = evidence.environment.platform;
    let reach = match provider.map(|provider| provider.reach(platform)) {
        _ if !passkey.backup_eligible && passkey.created_on != platform => Reach::No,
        Some(reach) => reach,
        None => Reach::Unknown,
    };
    let mut places = match passkey.here.last_good() {
        Some(good) => {
            let days = now.since(good) as f64 / DAY as f64;
            let third_party = matches!(sync, SyncDomain::Vendor | SyncDomain::File);
            let cloud = matches!(sync, SyncDomain::Apple | SyncDomain::Google | SyncDomain::Microsoft);
            let unknown = sync == SyncDomain::Unknown;
            let part = |applies: bool, odds: f64| if applies { odds } else { 0.0 };
            Places {
                here: 1.0,
                deleted: DELETED.odds(days),
                account: part(cloud || unknown, ACCOUNT.odds(days)),
                manager: part(third_party || unknown, MANAGER.odds(days)),
                elsewhere: part(passkey.security_key, 0.3),
            }
        }
        None => {
            let same_machine_kind = !passkey.backup_eligible;
            let here = weights::there_unseen(reach, same_machine_kind);
            let [deleted, account, manager, elsewhere] =
                weights::missing_unseen(sync, reach).map(|part| part * (1.0 - here));
            Places { here, deleted, account, manager, elsewhere }
        }
    };
    places.here *= remembered(passkey, evidence, now);
    places
}

/// What earlier visits say for or against it being here.
fn remembered(passkey: &PasskeyEvidence, evidence: &Evidence, now: Millis) -> f64 {
    let here = &passkey.here;
    if evidence.is_present(passkey) {
        return 50.0;
    }
    let mut odds = 1.0;
    if let Some(absent) = here.absent.filter(|absent| here.last_good().is_none_or(|good| good <= *absent)) {
        let fresh = 1.0 - (now.since(absent) as f64 / ABSENCE_DECAYS as f64).min(1.0);
        odds *= 1.0 - fresh * (1.0 - weights::PROOF_IS_WRONG);
    }
    // Failures of this flow are counted by the trail.
    let earlier = here.failures.saturating_sub(u32::from(evidence.trail.failures));
    for before in 0..earlier.min(4) {
        let outcome = Outcome::CancelledOrMissing;
        odds *= weights::ends_present(outcome, before.min(1) as u8) / weights::ends_absent(outcome);
    }
    odds
}

/// What came of `create()` with all of the account's passkeys excluded.
fn conditioned(mut places: Places, passkey: &PasskeyEvidence, creation: Option<Creation>) -> Places {
    match creation {
        None => {}
        Some(Creation::AlreadyHere) => {
            // One of them is here; of several that is the one that was likeliest before.
            (places.deleted, places.account) = (places.deleted * 0.01, places.account * 0.01);
            (places.manager, places.elsewhere) = (places.manager * 0.01, places.elsewhere * 0.01);
        }
        Some(Creation::Made(by)) => {
            let same = passkey.aaguid.same_provider(by);
            let likelihood = |again: f64| if same { again } else { 1.0 - again };
            places.here *= if same { weights::PROOF_IS_WRONG } else { 1.0 - weights::SAME_PROVIDER_AGAIN };
            places.deleted *= likelihood(weights::SAME_PROVIDER_AGAIN);
            places.account *= likelihood(weights::SAME_PROVIDER_AGAIN);
            places.manager *= likelihood(weights::SAME_PROVIDER_ALTHOUGH_AWAY);
            places.elsewhere *= likelihood(weights::SAME_PROVIDER_ALTHOUGH_AWAY);
        }
    }
    places
}

/// How likely the ends of the flow's ceremonies are with a passkey here and without one, and how surely they were
/// nobody's doing.
struct Seen {
    present: f64,
    absent: f64,
    nobodys: f64,
}

fn of_trail(trail: &Trail, has_two_strikes: bool) -> Seen {
    let mut seen = Seen { present: 1.0, absent: 1.0, nobodys: 1.0 };
    let mut before = 0;
    for outcome in trail.outcomes() {
        seen.present *= weights::ends_present(outcome, before);
        seen.absent *= weights::ends_absent(outcome);
        seen.nobodys *= if weights::is_nobodys_doing(outcome) { 1.0 } else { 0.0 };
        before += 1;
    }
    if before == 0 {
        seen.nobodys = 0.0;
        // Nothing was tried, because of what failed before.
        for before in 0..if has_two_strikes { 2 } else { 0 } {
            seen.present *= weights::ends_present(Outcome::CancelledOrMissing, before);
            seen.absent *= weights::ends_absent(Outcome::CancelledOrMissing);
        }
    }
    seen
}
