//! A decision and why it was taken.

use serde::{Deserialize, Serialize};

/// Raised whenever a rule or a number changes, so that a stored decision can be told from today's.
pub const RULES_VERSION: u16 = 1;

/// Why something was decided: stable codes for logs and operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    // Prediction, per passkey.
    WorkedHere,
    CreatedHere,
    ProvenPresentHere,
    ProvenAbsentHere,
    FailedHereRepeatedly,
    SyncsToThisPlatform,
    SyncsThroughApp,
    SyncsThroughBrowser,
    NotOnThisPlatform,
    BoundToAnotherMachine,
    SecurityKey,
    ProviderUnknown,
    // Plan.
    NoPasskey,
    NoWebauthn,
    TwoStrikes,
    AutoStartOff,
    BrowserNotKnown,
    BestIsLikely,
    BestIsUncertain,
    BestIsUnlikely,
    // Offer.
    FailedInThisFlow,
    FirstPasskey,
    NoneWorkedHere,
    AnotherDeviceAnswered,
    WorksHere,
    CannotCreate,
    Paused,
    AlreadyHereNoNewEvidence,
}

/// An outcome with its reasons and the version of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision<T> {
    /// What was decided.
    pub outcome: T,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
    /// [`RULES_VERSION`] at the time.
    pub rules_version: u16,
}

impl<T> Decision<T> {
    /// A decision by the present rules.
    pub fn new(outcome: T, reasons: impl Into<Vec<Reason>>) -> Self {
        Self { outcome, reasons: reasons.into(), rules_version: RULES_VERSION }
    }
}
