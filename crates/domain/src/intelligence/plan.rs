//! What to do first, once the person has said who they are.

use super::constants::ACROSS_EXPECTED;
use super::decision::{Decision, Reason, Reasons};
use super::evidence::{AutoStart, Evidence};
use super::predict::{Availability, predict};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// The first step after the identifier. `EnterPassword` always keeps a *Use a passkey* button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// Open the prompt without a further click.
    Immediately,
    /// Show the button that opens it.
    OnClick,
    /// Say first that another device will be asked, then show the button.
    AcrossDevices,
    /// Ask for the password.
    EnterPassword,
}

/// Plans the first step.
#[must_use]
pub fn plan(evidence: &Evidence, now: Millis) -> Decision<Plan> {
    if evidence.environment.can.webauthn == Some(false) {
        return Decision::new(Plan::EnterPassword, [Reason::NoWebauthn]);
    }
    let predictions = evidence.passkeys.iter().map(|passkey| predict(passkey, evidence, now));
    let Some(best) = predictions.max_by_key(|prediction| prediction.outcome) else {
        return Decision::new(Plan::EnterPassword, [Reason::NoPasskey]);
    };
    if evidence.has_two_strikes() {
        return Decision::new(Plan::EnterPassword, [Reason::TwoStrikes]);
    }
    if best.outcome < Availability::Likely && !evidence.is_one_present() && is_expected_across(evidence, now) {
        let mut reasons = Reasons::from([Reason::AnsweredAcrossDevices]);
        reasons.extend(&best.reasons);
        return Decision::new(Plan::AcrossDevices, reasons);
    }
    // Which of several is here was not said; with all of them on the list it answers all the same.
    let expected = if evidence.is_one_present() { best.outcome.max(Availability::Uncertain) } else { best.outcome };
    let (outcome, reason) = match expected {
        Availability::Unlikely => (Plan::EnterPassword, Reason::BestIsUnlikely),
        Availability::Uncertain => (Plan::OnClick, Reason::BestIsUncertain),
        Availability::Likely => match evidence.policy.auto_start {
            AutoStart::Never => (Plan::OnClick, Reason::AutoStartOff),
            AutoStart::KnownBrowser if !evidence.known_browser => (Plan::OnClick, Reason::BrowserNotKnown),
            AutoStart::KnownBrowser | AutoStart::Likely => (Plan::Immediately, Reason::BestIsLikely),
        },
    };
    let mut reasons = Reasons::from([reason]);
    if expected != best.outcome {
        reasons.push(Reason::ProvenPresentHere);
    }
    reasons.extend(&best.reasons);
    Decision::new(outcome, reasons)
}

/// Plans the first step where the person has pressed a button that asks for their passkey: what would wait for a click has
/// had it. What speaks against a passkey, two strikes for example, still does.
#[must_use]
pub fn plan_asked(evidence: &Evidence, now: Millis) -> Decision<Plan> {
    let planned = plan(evidence, now);
    if planned.outcome != Plan::OnClick {
        return planned;
    }
    let mut reasons = Reasons::from([Reason::AskedFor]);
    reasons.extend(&planned.reasons);
    Decision::new(Plan::Immediately, reasons)
}

/// Whether the person is likely to take another device to hand: one has answered here lately, and this browser can ask it.
fn is_expected_across(evidence: &Evidence, now: Millis) -> bool {
    let lately = |at: Millis| now.since(at) < ACROSS_EXPECTED;
    evidence.policy.across_devices
        && evidence.environment.can.hybrid != Some(false)
        && evidence.passkeys.iter().any(|passkey| passkey.here.across.is_some_and(lately))
}
