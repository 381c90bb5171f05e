//! A decision and why it was taken.

use serde::{Deserialize, Serialize};

/// Raised whenever a rule or a number changes, so that a stored decision can be told from today's.
pub const RULES_VERSION: u16 = 3;

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
    PerhapsThisMachine,
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
    AnsweredAcrossDevices,
    AskedFor,
    // Offer.
    FailedInThisFlow,
    FirstPasskey,
    NoneWorkedHere,
    AnotherDeviceAnswered,
    WorksHere,
    CannotCreate,
    Paused,
    AlreadyHereNoNewEvidence,
    OffersOff,
}

impl Reason {
    /// All of them, in the order above.
    pub const ALL: [Self; 32] = [
        Self::WorkedHere,
        Self::CreatedHere,
        Self::ProvenPresentHere,
        Self::ProvenAbsentHere,
        Self::FailedHereRepeatedly,
        Self::SyncsToThisPlatform,
        Self::SyncsThroughApp,
        Self::SyncsThroughBrowser,
        Self::NotOnThisPlatform,
        Self::PerhapsThisMachine,
        Self::BoundToAnotherMachine,
        Self::SecurityKey,
        Self::ProviderUnknown,
        Self::NoPasskey,
        Self::NoWebauthn,
        Self::TwoStrikes,
        Self::AutoStartOff,
        Self::BrowserNotKnown,
        Self::BestIsLikely,
        Self::BestIsUncertain,
        Self::BestIsUnlikely,
        Self::AnsweredAcrossDevices,
        Self::AskedFor,
        Self::FailedInThisFlow,
        Self::FirstPasskey,
        Self::NoneWorkedHere,
        Self::AnotherDeviceAnswered,
        Self::WorksHere,
        Self::CannotCreate,
        Self::Paused,
        Self::AlreadyHereNoNewEvidence,
        Self::OffersOff,
    ];
}

/// At most so many reasons stand with a decision; no rule gives more.
const MOST: usize = 6;

/// Reasons, strongest first, without an allocation: a decision is made for every passkey of every visit.
#[derive(Clone, Copy)]
pub struct Reasons {
    codes: [Reason; MOST],
    len: u8,
}

impl Reasons {
    /// Adds a weaker reason; one that does not fit is left out.
    pub fn push(&mut self, reason: Reason) {
        if let Some(place) = self.codes.get_mut(usize::from(self.len)) {
            *place = reason;
            self.len += 1;
        }
    }

    /// Adds several weaker reasons.
    pub fn extend(&mut self, reasons: &[Reason]) {
        reasons.iter().for_each(|reason| self.push(*reason));
    }
}

impl std::ops::Deref for Reasons {
    type Target = [Reason];

    fn deref(&self) -> &[Reason] {
        &self.codes[..usize::from(self.len)]
    }
}

impl<const N: usize> From<[Reason; N]> for Reasons {
    fn from(reasons: [Reason; N]) -> Self {
        let mut all = Self { codes: [Reason::NoPasskey; MOST], len: 0 };
        all.extend(&reasons);
        all
    }
}

impl std::fmt::Debug for Reasons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl PartialEq for Reasons {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Reasons {}

impl Serialize for Reasons {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Reasons {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::<Reason>::deserialize(deserializer)?;
        let mut reasons = Self::from([]);
        reasons.extend(&all);
        Ok(reasons)
    }
}

/// An outcome with its reasons and the version of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision<T> {
    /// What was decided.
    pub outcome: T,
    /// Why, strongest first.
    pub reasons: Reasons,
    /// [`RULES_VERSION`] at the time.
    pub rules_version: u16,
}

impl<T> Decision<T> {
    /// A decision by the present rules.
    pub fn new(outcome: T, reasons: impl Into<Reasons>) -> Self {
        Self { outcome, reasons: reasons.into(), rules_version: RULES_VERSION }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_reasons_is_complete() {
        // What serde would accept is every variant there is.
        let refusal = serde_json::from_str::<Reason>(r#""?""#).unwrap_err().to_string();
        let known = refusal.matches('`').count() / 2 - 1;
        assert_eq!(known, Reason::ALL.len(), "{refusal}");
        for reason in Reason::ALL {
            assert_eq!(Reason::ALL.iter().filter(|other| **other == reason).count(), 1);
            assert!(refusal.contains(&serde_json::to_string(&reason).unwrap().replace('"', "`")));
        }
    }
}
