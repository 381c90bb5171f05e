//! The numbers behind the diagnosis, in one table. What is published is coarse and has no method ([P]: a vendor's own
//! figure); what is not published is our estimate and says so. Rates per day are for one passkey in one browser.
//!
//! Sources: Corbado's flow catalogue and blog, as read in 2026-11; WebAuthn Level 3, sections 5.1.3 and 5.1.4.

use super::assess::Outcome;
use crate::provider::{Reach, SyncDomain};
use crate::time::DAY;

/// One way in which a passkey that was here goes away, and comes back.
#[derive(Clone, Copy, Debug)]
pub struct Hazard {
    /// Share lost per day.
    pub lost: f64,
    /// Share of the lost that comes back per day.
    pub back: f64,
}

impl Hazard {
    /// The odds of being away against being here, so many days after it was surely here. Grows with the days and
    /// levels off where as many come back as are lost. Only `+ - * /`, so that every machine computes the same.
    #[must_use]
    pub fn odds(self, days: f64) -> f64 {
        let days = days.max(0.0);
        self.lost * days / (1.0 + self.back * days)
    }

    /// The share of the lost that is back so many days after it was surely away.
    #[must_use]
    pub fn returned(self, days: f64) -> f64 {
        let days = days.max(0.0);
        self.back * days / (1.0 + self.back * days)
    }
}

/// Deleted on the device. Success on a known device is 95 to 99 % [P], and more than 95 of 100 errors are aborts [P]: what is
/// truly gone is some 0.5 % per sign-in, a quarter of it deletions. Nobody restores one.
pub const DELETED: Hazard = Hazard { lost: 0.000_25, back: 0.0 };

/// How old a passkey is taken to be where its age may not be told, in milliseconds (estimate).
pub const USUAL_AGE: i64 = 200 * DAY;

/// Signed in to another account of the same provider: as rare, and undone within about a month (estimate).
pub const ACCOUNT: Hazard = Hazard { lost: 0.000_3, back: 1.0 / 30.0 };

/// A password manager is locked, signed out or gone: sessions of managers end by themselves (estimate).
pub const MANAGER: Hazard = Hazard { lost: 0.002, back: 1.0 / 14.0 };

/// The share of passkeys that are there in a browser which never saw them, by reach. Success on unknown devices is 55 to
/// 95 % [P]; about half of a manager's users miss it on a next device [P].
#[must_use]
pub fn there_unseen(reach: Reach, same_machine_kind: bool) -> f64 {
    match reach {
        Reach::Home if same_machine_kind => 0.25,
        Reach::Home => 0.85,
        Reach::Browser => 0.6,
        Reach::App | Reach::File | Reach::Unknown => 0.5,
        Reach::No => 0.002,
    }
}

/// Where it exists, is not there and never was seen: shares of another account, manager, elsewhere (estimates).
#[must_use]
pub fn missing_unseen(sync: SyncDomain, reach: Reach) -> [f64; 3] {
    match (sync, reach) {
        (_, Reach::No) | (SyncDomain::Machine, _) => [0.0, 0.0, 1.0],
        (SyncDomain::Vendor | SyncDomain::File, _) => [0.0, 0.95, 0.05],
        (SyncDomain::Apple | SyncDomain::Google | SyncDomain::Microsoft, _) => [0.90, 0.0, 0.10],
        (SyncDomain::Unknown, _) => [0.25, 0.35, 0.40],
    }
}

/// The odds that a key which was used here is not plugged in now (estimate).
pub const KEY_LEFT_ELSEWHERE: f64 = 0.3;

/// What `InvalidStateError` says for a passkey being here, as odds. The browser looked it up; it may lie (estimate).
pub const PROVEN_PRESENT: f64 = 50.0;

/// How a prompt ends without a credential where a passkey is here: the share of all prompts. On known devices 1 to 5 of
/// 100 [P]; most are closed by the person, the rest is nobody's doing (estimate).
#[must_use]
pub fn ends_present(outcome: Outcome, before: u8) -> f64 {
    // Who has closed it once closes it again more often than anybody closes the first one (estimate).
    let closes = if before == 0 { 0.03 } else { 0.20 };
    match outcome {
        Outcome::CancelledOrMissing => closes,
        Outcome::RefusedAtOnce => 0.000_5,
        Outcome::NeverSettled => 0.003,
        Outcome::TimedOut | Outcome::Aborted => 0.000_5,
        Outcome::NoPrompt => 0.003,
        Outcome::Technical => 0.002,
        Outcome::AlreadyHere | Outcome::NotAccepted => 0.000_1,
    }
}

/// The same where none is here: every prompt ends so. Mostly a code for a phone is shown, and closed; systems with nothing
/// to show refuse at once (bands of a vendor's blog [P], shares are estimates).
#[must_use]
pub fn ends_absent(outcome: Outcome) -> f64 {
    match outcome {
        Outcome::CancelledOrMissing => 0.80,
        Outcome::RefusedAtOnce => 0.12,
        Outcome::NeverSettled => 0.06,
        Outcome::TimedOut | Outcome::Aborted => 0.007,
        Outcome::NoPrompt => 0.003,
        Outcome::Technical => 0.002,
        Outcome::AlreadyHere | Outcome::NotAccepted => 0.000_1,
    }
}

/// Whether it would have ended so with any passkey.
#[must_use]
pub fn is_nobodys_doing(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::NoPrompt | Outcome::Technical)
}

/// A proof of absence by `create()` is wrong so often. The provider must look for the old one (WebAuthn Level 3, section 6.3.2,
/// step 3); it may have two vaults, and has looked in one (estimate).
pub const PROOF_IS_WRONG: f64 = 0.01;

/// A new passkey is made with the provider that had the old one so often, where that one is not signed out (estimate).
pub const SAME_PROVIDER_AGAIN: f64 = 0.9;
/// The same where a manager is signed out (estimate).
pub const SAME_PROVIDER_ALTHOUGH_AWAY: f64 = 0.1;
/// The same where the account of a browser is not the one that has the passkey: in another account the browser makes the new
/// one as before, signed out it leaves that to the system (estimate: as often one as the other).
pub const SAME_BROWSER_IN_ANOTHER_ACCOUNT: f64 = 0.5;
/// The same where the passkey is bound to another machine of this kind (estimate).
pub const SAME_PROVIDER_ON_ANOTHER_MACHINE: f64 = 0.6;
/// The same where the provider cannot be here: nothing is quite impossible.
pub const SAME_PROVIDER_IMPOSSIBLE: f64 = 0.01;
