//! All times and thresholds of the rules, in one table.

use crate::time::{DAY, SECOND};

/// Thousandths that make one strike; halves of halves stay exact enough for thirty days.
pub const STRIKE: u32 = 1_000;

/// Strikes in a browser at which the next visit starts with the password, unless the operator says otherwise.
pub const STRIKES_TO_PASSWORD: u8 = 2;

/// Strikes lose half their weight in this time, in days, unless the operator says otherwise.
pub const STRIKE_HALF_LIFE_DAYS: u16 = 30;

/// Failed ceremonies in a row, within one flow, at which the password is asked for (Corbado's flow catalogue, W1.5-AC01),
/// unless the operator says otherwise.
pub const FAILURES_TO_PASSWORD: u8 = 2;

/// A rejection before this many milliseconds comes too early for a person (published bands: below 1 s nothing was shown;
/// native apps measure a dismissal from 0.95 s).
pub const AT_ONCE: u32 = 500;

/// A ceremony open for at least this share of its timeout, in percent, timed out.
pub const TIMED_OUT_PERCENT: u64 = 95;

/// The timeout sent with every ceremony, in milliseconds.
pub const CEREMONY_TIMEOUT: u32 = 300_000;

/// A prompt that the person left by our own button after this many milliseconds did not work for them; earlier it was a
/// change of mind.
pub const LEFT_OPEN: u32 = 20_000;

/// Proof that a passkey is absent here, or was asked for in vain, loses its force after this time, in milliseconds: people
/// sign back in.
pub const ABSENCE_DECAYS: i64 = 90 * DAY;

/// Pauses after the first, second and every further *Not now*, in milliseconds.
pub const PAUSE_AFTER_NOT_NOW: [i64; 3] = [14 * DAY, 30 * DAY, 90 * DAY];

/// Pause after the dialog of the system was cancelled, in milliseconds.
pub const PAUSE_AFTER_CANCEL: i64 = 3 * DAY;

/// Failures after `InvalidStateError` that count as new evidence where no passkey has worked since: two more visits with two
/// failures each. Where one has, its next failure is news.
pub const FAILURES_AFTER_PRESENT: u32 = 4;

/// A ceremony is good for this long, in milliseconds (WebAuthn Level 3, section 13.4.3 asks for a bound).
pub const CEREMONY_LIFETIME: i64 = 10 * 60 * SECOND;

/// A start without a proof is good for this long, in milliseconds.
pub const FLOW_LIFETIME: i64 = 60 * 60 * SECOND;

/// Another device that answered is expected to be at hand again for this time, in milliseconds.
pub const ACROSS_EXPECTED: i64 = 90 * DAY;

/// An account that used its passkey in this browser is remembered there for one tap for this time, in milliseconds.
pub const REMEMBERED: i64 = 90 * DAY;
