//! Why it may have failed: a distribution, never a verdict. The person reads "this can happen when …", likeliest first.
//!
//! Bayes' rule over where each passkey may be and how the ceremonies ended; the numbers stand in [`super::weights`].

use super::assess::Outcome;
use super::evidence::{Evidence, Here, PasskeyEvidence};
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
    diagnose_after(&evidence.trail, evidence, creation, now)
}

/// The same after these failures in place of those that the evidence has.
#[must_use]
pub(super) fn diagnose_after(trail: &Trail, evidence: &Evidence, creation: Option<Creation>, now: Millis) -> Diagnosis {
    if trail.outcomes().any(|outcome| outcome == Outcome::NotAccepted) {
        return ranked([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    }
    let Some(expected) = expected(evidence) else { return ranked([0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0]) };
    let of = |passkey| conditioned(places(passkey, trail, evidence, now), passkey, evidence, creation);
    let missing = |places: Places| places.away() / (places.here + places.away()).max(f64::MIN_POSITIVE);
    // For the absence of the expected one to explain the failure, the others must be away as well.
    let none_here: f64 = evidence.passkeys.iter().map(|passkey| missing(of(passkey))).product();
    let expected = of(expected);
    let seen = of_trail(trail, evidence.has_two_strikes());
    let absent = none_here * seen.absent;
    let present = (1.0 - none_here) * seen.present;
    let share = |part: f64| absent * (1.0 - seen.nobodys) * part / expected.away().max(f64::MIN_POSITIVE);
    let technical = (absent + present) * seen.nobodys;
    let dismissed = present * (1.0 - seen.nobodys);
    ranked([
        share(expected.deleted),
        share(expected.account),
        share(expected.manager),
        share(expected.elsewhere),
        dismissed,
        technical,
        0.0,
    ])
}

/// Why this passkey is not here, supposing that it is not: for a list of passkeys, where nothing was asked for just now. How
/// sure it is that it is not here, the prediction says.
#[must_use]
pub fn why_absent(passkey: &PasskeyEvidence, evidence: &Evidence, now: Millis) -> Diagnosis {
    // As if a day more had passed since it was last alive: right then, no way of going away has had the time.
    let before = |at: Option<Millis>| at.map(|at| at.plus(-DAY));
    let here = Here { created: before(passkey.here.created), worked: before(passkey.here.worked), ..passkey.here };
    let created = passkey.created.plus(-DAY);
    let passkey = &PasskeyEvidence { created, used: before(passkey.used), here, ..*passkey };
    let places = places(passkey, &evidence.trail, evidence, now);
    ranked([places.deleted, places.account, places.manager, places.elsewhere, 0.0, 0.0, 0.0])
}

/// The passkey whose absence has to be explained: the one that was here last; where none ever was, the one most likely to be
/// here, the newest of several.
#[must_use]
pub fn expected(evidence: &Evidence) -> Option<&PasskeyEvidence> {
    let unseen = |passkey: &PasskeyEvidence| {
        let share = weights::there_unseen(reach(passkey, evidence), !passkey.backup_eligible);
        (share * 1_000.0) as u32
    };
    let key = |passkey: &&PasskeyEvidence| (passkey.here.last_good(), unseen(passkey), passkey.created);
    evidence.passkeys.iter().max_by_key(key)
}

/// Where its provider's table lets it be; what is bound to a machine of another kind cannot be here.
fn reach(passkey: &PasskeyEvidence, evidence: &Evidence) -> Reach {
    let environment = &evidence.environment;
    match passkey.aaguid.provider().map(|provider| provider.reach_in(environment.platform, environment.browser)) {
        _ if !passkey.backup_eligible && passkey.created_on != environment.platform => Reach::No,
        Some(reach) => reach,
        None => Reach::Unknown,
    }
}

fn ranked(odds: [f64; CAUSES.len()]) -> Diagnosis {
    let total: f64 = odds.iter().sum();
    // Cut off, never rounded up: together they are no more than a whole.
    let share = |odds: f64| (odds / total.max(f64::MIN_POSITIVE) * 1_000.0) as u16;
    // Certainty is the server's alone. A browser may be wrong, or lie.
    let most = |cause| if cause == Cause::NoLongerAccepted { 1_000 } else { 999 };
    let mut causes = [(Cause::DeletedHere, 0); CAUSES.len()];
    for (place, (cause, odds)) in causes.iter_mut().zip(CAUSES.into_iter().zip(odds)) {
        *place = (cause, share(odds).min(most(cause)));
    }
    causes.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    Diagnosis { causes }
}

/// Where this passkey may be, by what this browser remembers and by the provider's table.
fn places(passkey: &PasskeyEvidence, trail: &Trail, evidence: &Evidence, now: Millis) -> Places {
    let mut places = match proven_absent(passkey, evidence) {
        Some(absent) => since_absent(absent, passkey, evidence, now),
        None => places_at(now, passkey, evidence),
    };
    places.here *= remembered(passkey, trail, evidence);
    places
}

/// When `create()` has shown that it is not here, where nothing has spoken against that since.
fn proven_absent(passkey: &PasskeyEvidence, evidence: &Evidence) -> Option<Millis> {
    let here = &passkey.here;
    let stands = |absent: &Millis| here.last_good().is_none_or(|good| good <= *absent);
    here.absent.filter(stands).filter(|_| !evidence.is_present(passkey))
}

/// What was learnt from the proof of absence, and what has come back by itself and was deleted in the time since.
fn since_absent(absent: Millis, passkey: &PasskeyEvidence, evidence: &Evidence, now: Millis) -> Places {
    let proven = places_at(absent, passkey, evidence);
    let proven = conditioned(proven, passkey, evidence, Some(Creation::Made(passkey.aaguid)));
    let since = days(now.since(absent));
    let (account, manager) = (proven.account * ACCOUNT.returned(since), proven.manager * MANAGER.returned(since));
    let whole = proven.here + proven.account + proven.manager + proven.elsewhere;
    Places {
        here: proven.here + account + manager,
        deleted: proven.deleted
            + whole * DELETED.odds(days(now.since(absent.max(last_alive(passkey, evidence, absent))))),
        account: proven.account - account,
        manager: proven.manager - manager,
        elsewhere: proven.elsewhere,
    }
}

/// Where it may be at a time, by when it was here last and by the provider's table.
fn places_at(at: Millis, passkey: &PasskeyEvidence, evidence: &Evidence) -> Places {
    let provider = passkey.aaguid.provider();
    let sync = match provider.map_or(SyncDomain::Unknown, |provider| provider.sync) {
        // Bound to its machine, it follows no account of the system's provider.
        SyncDomain::Apple | SyncDomain::Google | SyncDomain::Microsoft if !passkey.backup_eligible => {
            SyncDomain::Machine
        }
        sync => sync,
    };
    let deleted = DELETED.odds(days(at.since(last_alive(passkey, evidence, at))));
    match passkey.here.last_good() {
        Some(good) => {
            let days = days(at.since(good));
            let third_party = matches!(sync, SyncDomain::Vendor | SyncDomain::File);
            let cloud = matches!(sync, SyncDomain::Apple | SyncDomain::Google | SyncDomain::Microsoft);
            let unknown = sync == SyncDomain::Unknown;
            let part = |applies: bool, odds: f64| if applies { odds } else { 0.0 };
            Places {
                here: 1.0,
                deleted,
                account: part(cloud || unknown, ACCOUNT.odds(days)),
                manager: part(third_party || unknown, MANAGER.odds(days)),
                elsewhere: part(passkey.security_key, weights::KEY_LEFT_ELSEWHERE),
            }
        }
        None => {
            let reach = reach(passkey, evidence);
            let here = weights::there_unseen(reach, !passkey.backup_eligible);
            let [account, manager, elsewhere] = weights::missing_unseen(sync, reach).map(|part| part * (1.0 - here));
            Places { here, deleted, account, manager, elsewhere }
        }
    }
}

fn days(millis: i64) -> f64 {
    millis as f64 / DAY as f64
}

/// The last sign that it was not deleted. When it was made and where it answered counts once somebody has signed in here: what
/// a stranger reads must not depend on whether the account exists, so to them every passkey is of the same age.
fn last_alive(passkey: &PasskeyEvidence, evidence: &Evidence, at: Millis) -> Millis {
    match passkey.here.last_good() {
        None if evidence.first_seen.is_none() => at.plus(-weights::USUAL_AGE),
        good if evidence.first_seen.is_none() => good.unwrap_or(passkey.created),
        good => good.max(passkey.used).unwrap_or(passkey.created).max(passkey.created),
    }
}

/// What else earlier visits say for or against it being here.
fn remembered(passkey: &PasskeyEvidence, trail: &Trail, evidence: &Evidence) -> f64 {
    if evidence.is_present(passkey) {
        return weights::PROVEN_PRESENT;
    }
    // Failures of this flow are counted by the trail.
    let earlier = passkey.here.failures.saturating_sub(u32::from(trail.failures));
    let outcome = Outcome::CancelledOrMissing;
    let of = |before: u32| weights::ends_present(outcome, before.min(1) as u8) / weights::ends_absent(outcome);
    (0..earlier.min(4)).map(of).product()
}

/// What came of `create()` with all of the account's passkeys excluded.
fn conditioned(
    mut places: Places,
    passkey: &PasskeyEvidence,
    evidence: &Evidence,
    creation: Option<Creation>,
) -> Places {
    match creation {
        None => {}
        // One of them is here, so it is not that all of them are away.
        Some(Creation::AlreadyHere) => {
            places = Places { deleted: 0.0, account: 0.0, manager: 0.0, elsewhere: 0.0, ..places };
        }
        // Unknown is the same as nothing, and two keys of one make are two places: nothing is learnt.
        Some(Creation::Made(by)) if by.0 == 0 || passkey.aaguid.0 == 0 || passkey.security_key => {}
        Some(Creation::Made(by)) => {
            let same = passkey.aaguid.same_provider(by);
            let likelihood = |again: f64| if same { again } else { 1.0 - again };
            places.here *= if same { weights::PROOF_IS_WRONG } else { 1.0 - weights::SAME_PROVIDER_AGAIN };
            places.deleted *= likelihood(weights::SAME_PROVIDER_AGAIN);
            places.account *= likelihood(match reach(passkey, evidence) {
                Reach::Browser => weights::SAME_BROWSER_IN_ANOTHER_ACCOUNT,
                _ => weights::SAME_PROVIDER_AGAIN,
            });
            places.manager *= likelihood(weights::SAME_PROVIDER_ALTHOUGH_AWAY);
            places.elsewhere *= likelihood(match reach(passkey, evidence) {
                Reach::No => weights::SAME_PROVIDER_IMPOSSIBLE,
                _ => weights::SAME_PROVIDER_ON_ANOTHER_MACHINE,
            });
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
    let mut closed = 0;
    for outcome in trail.outcomes() {
        seen.present *= weights::ends_present(outcome, closed);
        seen.absent *= weights::ends_absent(outcome);
        seen.nobodys *= if weights::is_nobodys_doing(outcome) { 1.0 } else { 0.0 };
        closed += u8::from(outcome == Outcome::CancelledOrMissing);
    }
    if trail.last().is_none() {
        seen.nobodys = 0.0;
        // Nothing was tried, because of what failed before.
        for before in 0..if has_two_strikes { 2 } else { 0 } {
            seen.present *= weights::ends_present(Outcome::CancelledOrMissing, before);
            seen.absent *= weights::ends_absent(Outcome::CancelledOrMissing);
        }
    }
    seen
}
