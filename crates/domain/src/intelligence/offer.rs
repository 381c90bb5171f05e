//! Whether to offer a new passkey after a sign-in, and why. Never opens by itself, never nags.

use super::constants::{PAUSE_AFTER_CANCEL, PAUSE_AFTER_NOT_NOW};
use super::decision::{Decision, Reason};
use super::evidence::Evidence;
use super::predict::{Availability, predict};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Why a passkey is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The passkey sign-in did not work in this very flow, or so often before that the password was asked for first.
    AfterError,
    /// The account has passkeys, none was ever seen in this browser.
    SecondBrowser,
    /// Another device answered for this one.
    AfterCrossDevice,
    /// The account has none.
    First,
    /// The person asked for one on the dashboard.
    Asked,
}

/// What the offer looks at beyond the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedInBy {
    /// The password, after this many failed ceremonies in the flow.
    Password { failures: u8 },
    /// A code that was mailed, after this many failed ceremonies in the flow.
    Code { failures: u8 },
    /// A passkey; `cross_device` when the browser said another device answered.
    Passkey { cross_device: bool },
    /// A new account.
    SignUp,
}

/// `None` when nothing is offered.
pub type Offer = Option<Why>;

/// Decides on the offer after a sign-in.
#[must_use]
pub fn offer(evidence: &Evidence, by: SignedInBy, now: Millis) -> Decision<Offer> {
    if !evidence.policy.offers {
        return Decision::new(None, [Reason::OffersOff]);
    }
    if evidence.environment.can.webauthn == Some(false) {
        return Decision::new(None, [Reason::CannotCreate]);
    }
    let history = &evidence.offers;
    if evidence.is_one_present() {
        return Decision::new(None, [Reason::AlreadyHereNoNewEvidence]);
    }
    if history.paused_until.is_some_and(|until| now < until) {
        return Decision::new(None, [Reason::Paused]);
    }
    if evidence.passkeys.is_empty() {
        return Decision::new(Some(Why::First), [Reason::FirstPasskey]);
    }
    match by {
        SignedInBy::Password { failures } | SignedInBy::Code { failures } if failures > 0 => {
            Decision::new(Some(Why::AfterError), [Reason::FailedInThisFlow])
        }
        SignedInBy::Passkey { cross_device: true } => {
            Decision::new(Some(Why::AfterCrossDevice), [Reason::AnotherDeviceAnswered])
        }
        SignedInBy::Password { .. } | SignedInBy::Code { .. } if none_ever_here(evidence) => {
            Decision::new(Some(Why::SecondBrowser), [Reason::NoneWorkedHere])
        }
        SignedInBy::Password { .. } | SignedInBy::Code { .. } => still_broken(evidence, now),
        SignedInBy::Passkey { cross_device: false } | SignedInBy::SignUp => Decision::new(None, [Reason::WorksHere]),
    }
}

/// Nothing failed in this flow, perhaps because nothing was tried: what failed before keeps the prompt closed, and a new
/// passkey is the way out of that.
fn still_broken(evidence: &Evidence, now: Millis) -> Decision<Offer> {
    if evidence.has_two_strikes() {
        return Decision::new(Some(Why::AfterError), [Reason::TwoStrikes]);
    }
    let broke = |reason: &Reason| matches!(reason, Reason::FailedHereRepeatedly | Reason::ProvenAbsentHere);
    let mut broken = None;
    for passkey in &evidence.passkeys {
        let Decision { outcome, reasons, .. } = predict(passkey, evidence, now);
        if outcome == Availability::Likely {
            return Decision::new(None, [Reason::WorksHere]);
        }
        broken = broken.or_else(|| reasons.iter().any(broke).then_some(reasons));
    }
    match broken {
        Some(reasons) => Decision::new(Some(Why::AfterError), reasons),
        None => Decision::new(None, [Reason::WorksHere]),
    }
}

/// No passkey worked or was made here, and all of them are older than this browser's acquaintance with the account.
fn none_ever_here(evidence: &Evidence) -> bool {
    let older = |created: Millis| evidence.first_seen.is_none_or(|seen| created <= seen);
    evidence.passkeys.iter().all(|passkey| passkey.here.last_good().is_none() && older(passkey.created))
}

/// How long to be quiet after an offer that was not taken, in milliseconds. `declined` counts earlier *Not now*s.
#[must_use]
pub fn pause_after(not_now: bool, declined: u32) -> i64 {
    if !not_now {
        return PAUSE_AFTER_CANCEL;
    }
    let last = PAUSE_AFTER_NOT_NOW.len() - 1;
    PAUSE_AFTER_NOT_NOW[usize::try_from(declined).unwrap_or(last).min(last)]
}
