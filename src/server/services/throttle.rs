//! Wrong passwords and codes slow down: per identifier, and per network they come from. A known browser has a budget of its own, so
//! that a flood from elsewhere does not lock out the owner. Nobody is told whether the identifier exists: the row is keyed
//! by a hash of what was typed.
//!
//! The rows are in the database, so a restart forgives nothing and several instances count together.

use crate::server::db::WriteTx;
use crate::server::db::attempts::{self, Attempts};
use crate::server::metrics::Turned;
use crate::server::seal::Sealer;
use crate::server::visit::Visit;
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use sea_orm::{ConnectionTrait, DbErr};

/// Wrong passwords in a row that cost no waiting.
const FREE: u32 = 5;
/// The first wait, in milliseconds; it doubles with every further failure.
const FIRST_WAIT: i64 = 5 * SECOND;
/// The longest wait, in milliseconds.
const LONGEST_WAIT: i64 = HOUR;
/// Failures are forgotten after this long without another, in milliseconds.
const FORGOTTEN: i64 = DAY;

/// What a network may do before it has to wait. It is forgiven one at a time, so that an office of many people is not
/// counted as one of bad will.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    free: u32,
    /// Milliseconds after which one is forgiven.
    each: i64,
}

/// Wrong passwords from one address, or one /64 of IPv6.
const FROM_ONE: Allowance = Allowance { free: 30, each: 2 * MINUTE };
/// Wrong passwords from the /24 or /48 around it.
const FROM_AROUND: Allowance = Allowance { free: 300, each: 12 * SECOND };
/// New accounts, the answer that one is taken, and mails to whoever has an address, for one network.
const SIGN_UPS: Allowance = Allowance { free: 20, each: 3 * MINUTE };

/// What is counted for each account, or whoever might be one.
const ATTEMPTS: &str = "attempts";
const PROOFS: &str = "proofs";
const CODES: &str = "codes typed";
const CODES_INSIDE: &str = "codes typed inside";
const MAILS: &str = "codes mailed";
const MAILS_INSIDE: &str = "codes mailed inside";

/// The rows that count for an attempt.
pub struct Counted {
    /// Who is meant; none for a sign-up with a username.
    own: Option<[u8; 32]>,
    networks: Vec<([u8; 32], Allowance)>,
}

/// The rows that count for a password.
#[must_use]
pub fn key(visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
    counted_for(visit, [ATTEMPTS, "attempts from"], identifier_key, known_browser)
}

/// As [`key`], for codes that were typed.
#[must_use]
pub fn code_key(visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
    counted_for(visit, [CODES, "codes typed from"], identifier_key, known_browser)
}

/// As [`key`], for the password once more inside a session. Apart from those at the door: strangers get no further than there,
/// and so keep nobody from proving themselves within.
#[must_use]
pub fn proof_key(visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
    counted_for(visit, [PROOFS, "attempts from"], identifier_key, known_browser)
}

/// As [`code_key`], inside a session; likewise.
#[must_use]
pub fn code_key_inside(visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
    counted_for(visit, [CODES_INSIDE, "codes typed from"], identifier_key, known_browser)
}

/// As [`mail_key`], inside a session; likewise.
#[must_use]
pub fn mail_key_inside(visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
    counted_for(visit, [MAILS_INSIDE, "codes mailed from"], identifier_key, known_browser)
}

/// As [`key`], for codes that were mailed: nobody's mailbox is flooded.
#[must_use]
pub fn mail_key(visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
    counted_for(visit, [MAILS, "codes mailed from"], identifier_key, known_browser)
}

fn counted_for(visit: &Visit, [own, from]: [&str; 2], identifier_key: &str, known_browser: bool) -> Counted {
    let browser = known_browser.then(|| visit.browser_hash());
    let own = own_key(&visit.app.sealer, own, identifier_key, browser.as_ref().map(|hash| &hash[..]));
    // Whoever proved themselves in this browser is not counted with their neighbours.
    let networks = visit.address.networks().filter(|_| !known_browser);
    let networks = networks.into_iter().flat_map(|(one, around)| [(one, FROM_ONE), (around, FROM_AROUND)]);
    let hash = |network: ipnet::IpNet| visit.app.sealer.hash(from, &[network.to_string().as_bytes()]);
    Counted { own: Some(own), networks: networks.map(|(network, allowance)| (hash(network), allowance)).collect() }
}

/// The rows that count for a sign-up, where it comes from if that is known; and the address that it mails to, if it does. Apart
/// from all other mails: whoever signs up with somebody's address keeps no code from them, in no browser.
#[must_use]
pub fn sign_up_key(visit: &Visit, mails_to: Option<&str>) -> Counted {
    let networks = visit.address.networks().into_iter();
    let hash = |network: ipnet::IpNet| visit.app.sealer.hash("sign-ups from", &[network.to_string().as_bytes()]);
    let own = mails_to.map(|key| own_key(&visit.app.sealer, "sign-ups mailed", key, None));
    Counted { own, networks: networks.map(|(one, _)| (hash(one), SIGN_UPS)).collect() }
}

/// As [`code_key`], for codes of a sign-up: they too are counted apart, and alike in every browser.
#[must_use]
pub fn sign_up_code_key(visit: &Visit, identifier_key: &str) -> Counted {
    counted_for(visit, ["sign-up codes typed", "codes typed from"], identifier_key, false)
}

/// The row of a known browser whose cookie has this hash, or of everybody else.
fn own_key(sealer: &Sealer, what: &str, identifier_key: &str, known_browser: Option<&[u8]>) -> [u8; 32] {
    sealer.hash(what, &[identifier_key.as_bytes(), known_browser.unwrap_or(b"anybody")])
}

/// What is counted for an identifier, in a known browser whose cookie has this hash or everywhere else; and the seconds to
/// wait, if any. For whoever asks about it.
///
/// # Errors
/// When the database does not answer.
pub async fn counted<C: ConnectionTrait>(
    c: &C,
    sealer: &Sealer,
    identifier_key: &str,
    known_browser: Option<&[u8]>,
    now: Millis,
) -> Result<Option<(Attempts, Option<u32>)>, DbErr> {
    let found = attempts::find(c, &own_key(sealer, ATTEMPTS, identifier_key, known_browser)).await?;
    Ok(found.filter(|row| row.failures > 0).map(|row| (row, wait_until(row.blocked_until, now))))
}

/// Seconds to wait before the next attempt, if any.
///
/// # Errors
/// When the database does not answer.
pub async fn blocked_for<C: ConnectionTrait>(c: &C, counted: &Counted, now: Millis) -> Result<Option<u32>, DbErr> {
    let keys = counted.keys().map(|key| key.to_vec()).collect();
    let longest = attempts::find_all(c, keys).await?.iter().map(|row| row.blocked_until).max();
    Ok(longest.and_then(|until| wait_until(until, now)))
}

/// Seconds until then, if it is to come.
#[must_use]
pub fn wait_until(until: Millis, now: Millis) -> Option<u32> {
    // A clock that was set back must not lock anybody out for longer than the longest wait.
    let left = until.0.saturating_sub(now.0).clamp(0, LONGEST_WAIT);
    (left > 0).then(|| u32::try_from((left + SECOND - 1) / SECOND).unwrap_or(u32::MAX))
}

/// As [`blocked_for`], with the rows locked: of many passwords that were verified at the same time only so many count as tried, and
/// whether the others were right nobody learns.
///
/// # Errors
/// When the database does not answer.
pub async fn blocked_now(tx: &WriteTx, counted: &Counted, now: Millis) -> Result<Option<u32>, DbErr> {
    let mut longest = None;
    for key in counted.keys() {
        longest = longest.max(Some(attempts::lock(tx, key).await?.blocked_until));
    }
    Ok(longest.and_then(|until| wait_until(until, now)))
}

/// Counts a wrong password or code, a code that was mailed, or a sign-up.
///
/// # Errors
/// When the database does not answer.
pub async fn failed(tx: &WriteTx, counted: &Counted, now: Millis) -> Result<(), DbErr> {
    if let Some(key) = &counted.own {
        let before = attempts::lock(tx, key).await?;
        let failures = if now.since(before.last) < FORGOTTEN { before.failures } else { 0 }.saturating_add(1);
        attempts::set(tx, key, failures, now, now.plus(wait(failures, FREE))).await?;
    }
    for (key, allowance) in &counted.networks {
        let before = attempts::lock(tx, key).await?;
        let (level, since) = forgiven(before.failures, before.last, now, *allowance);
        let level = level.saturating_add(1);
        attempts::set(tx, key, level, since, now.plus(wait(level, allowance.free))).await?;
    }
    Ok(())
}

/// The right password forgives the account, not the network: an account of one's own would buy guesses at others.
///
/// # Errors
/// When the database does not answer.
pub async fn clear<C: ConnectionTrait>(tx: &C, counted: &Counted) -> Result<(), DbErr> {
    match &counted.own {
        Some(key) => attempts::clear(tx, key).await,
        None => Ok(()),
    }
}

/// The operator vouches for this account: whatever strangers did to it in the meantime keeps nobody waiting.
///
/// # Errors
/// When the database does not answer.
pub async fn forgive<C: ConnectionTrait>(tx: &C, sealer: &Sealer, identifier_key: &str) -> Result<(), DbErr> {
    for what in [ATTEMPTS, PROOFS, CODES, CODES_INSIDE, MAILS, MAILS_INSIDE] {
        attempts::clear(tx, &own_key(sealer, what, identifier_key, None)).await?;
    }
    Ok(())
}

/// Tells an operator that somebody has to wait, and the browser for how long.
pub fn told_to_wait(visit: &mut Visit, seconds: u32) {
    visit.app.metrics.turned_away(Turned::Limit);
    visit.retry_after = Some(seconds);
}

impl Counted {
    /// Only where it comes from counts: for what nobody guesses, whoever it is meant for.
    #[must_use]
    pub fn of_networks(self) -> Self {
        Self { own: None, ..self }
    }

    /// The row that whoever is meant has.
    #[must_use]
    pub fn own(&self) -> Option<&[u8]> {
        self.own.as_ref().map(|key| &key[..])
    }

    /// That row and those of the networks: there are two of these at most.
    #[must_use]
    pub fn all(&self) -> [Option<&[u8]>; 3] {
        let mut keys = self.networks.iter().map(|(key, _)| &key[..]);
        [self.own(), keys.next(), keys.next()]
    }

    fn keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.own.iter().chain(self.networks.iter().map(|(key, _)| key))
    }
}

/// What is left of a level after time has passed, and since when the next is being forgiven.
fn forgiven(level: u32, since: Millis, now: Millis, allowance: Allowance) -> (u32, Millis) {
    let passed = now.since(since).max(0) / allowance.each;
    match level.checked_sub(u32::try_from(passed).unwrap_or(u32::MAX)) {
        None | Some(0) => (0, now),
        Some(left) => (left, since.plus(passed * allowance.each)),
    }
}

fn wait(failures: u32, free: u32) -> i64 {
    match failures.checked_sub(free) {
        None | Some(0) => 0,
        // Twenty doublings are beyond the longest wait already; more would shift into the sign.
        Some(beyond) => (FIRST_WAIT << (beyond - 1).min(20)).min(LONGEST_WAIT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_never_beyond_an_hour() {
        assert_eq!((0..=5).map(|failures| wait(failures, FREE)).max(), Some(0));
        assert_eq!(wait(6, FREE), 5 * SECOND);
        assert_eq!(wait(7, FREE), 10 * SECOND);
        for failures in [40, 64, 69, 70, 1_000, u32::MAX] {
            assert_eq!(wait(failures, FREE), HOUR, "{failures}");
        }
    }

    #[test]
    fn a_network_is_forgiven_one_at_a_time() {
        let allowance = Allowance { free: 30, each: 100 };
        let level = |now| forgiven(10, Millis(1_000), Millis(now), allowance);
        assert_eq!(level(1_099), (10, Millis(1_000)));
        assert_eq!(level(1_250), (8, Millis(1_200)));
        assert_eq!(level(2_000), (0, Millis(2_000)));
        assert_eq!(level(i64::MAX), (0, Millis(i64::MAX)));
        // A clock that was set back forgives nothing and takes nothing.
        assert_eq!(level(0), (10, Millis(1_000)));
    }
}
