//! Wrong passwords slow down, per identifier; a known browser has a budget of its own, so that a flood from elsewhere does
//! not lock out the owner. Nobody is told whether the identifier exists: the row is keyed by a hash of what was typed.

use crate::server::db::attempts;
use crate::server::visit::Visit;
use domain::time::{DAY, HOUR, Millis, SECOND};
use sea_orm::{ConnectionTrait, DbErr};

/// Wrong passwords in a row that cost no waiting.
const FREE: u32 = 5;
/// The first wait, in milliseconds; it doubles with every further failure.
const FIRST_WAIT: i64 = 5 * SECOND;
/// The longest wait, in milliseconds.
const LONGEST_WAIT: i64 = HOUR;
/// Failures are forgotten after this long without another, in milliseconds.
const FORGOTTEN: i64 = DAY;

/// The row that counts for this attempt.
#[must_use]
pub fn key(visit: &Visit, identifier_key: &str, known_browser: bool) -> [u8; 32] {
    let browser = visit.browser_hash();
    let owner: &[u8] = if known_browser { &browser } else { b"anybody" };
    visit.app.sealer.hash("attempts", &[identifier_key.as_bytes(), owner])
}

/// Seconds to wait before the next attempt, if any.
///
/// # Errors
/// When the database does not answer.
pub async fn blocked_for<C: ConnectionTrait>(c: &C, key: &[u8], now: Millis) -> Result<Option<u32>, DbErr> {
    let left = attempts::find(c, key).await?.map_or(0, |row| row.blocked_until.0.saturating_sub(now.0));
    // A clock that was set back must not lock anybody out for longer than the longest wait.
    let left = left.min(LONGEST_WAIT);
    Ok((left > 0).then(|| u32::try_from((left + SECOND - 1) / SECOND).unwrap_or(u32::MAX)))
}

/// Counts a wrong password.
///
/// # Errors
/// When the database does not answer.
pub async fn failed<C: ConnectionTrait>(tx: &C, key: &[u8], now: Millis) -> Result<(), DbErr> {
    let before = attempts::find(tx, key).await?;
    let recent = before.filter(|row| now.since(row.last) < FORGOTTEN);
    let failures = recent.map_or(0, |row| row.failures).saturating_add(1);
    attempts::set(tx, key, failures, now, now.plus(wait(failures))).await
}

fn wait(failures: u32) -> i64 {
    match failures.checked_sub(FREE) {
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
        assert_eq!((0..=5).map(wait).max(), Some(0));
        assert_eq!(wait(6), 5 * SECOND);
        assert_eq!(wait(7), 10 * SECOND);
        for failures in [40, 64, 69, 70, 1_000, u32::MAX] {
            assert_eq!(wait(failures), HOUR, "{failures}");
        }
    }
}
