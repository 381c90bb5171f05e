//! What one ceremony that signed nobody in says, as it is stored and replayed.

use super::assess::{Assessment, Outcome, assess};
use super::diagnose::{Creation, Diagnosis, diagnose, diagnose_after};
use super::evidence::Evidence;
use crate::ceremony::{Observation, Purpose};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// How a ceremony ended that signed nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ended {
    /// The browser reported that it gave no credential.
    Failed(Observation),
    /// A passkey answered, and its answer was no good; `unknown` when the server knows for certain that it accepts no such
    /// passkey (any more).
    Refused { unknown: bool },
}

/// The kind of the failure, and what may be behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub assessment: Assessment,
    pub diagnosis: Diagnosis,
}

/// Judges it by the evidence of the moment, in a flow that came as far as its trail says.
#[must_use]
pub fn judge(evidence: &Evidence, purpose: Purpose, ended: &Ended, now: Millis) -> Judgement {
    let assessment = match (ended, purpose) {
        (Ended::Refused { unknown }, _) => Assessment::of_refused_answer(*unknown),
        (Ended::Failed(seen), Purpose::Create) => assess(seen),
        (Ended::Failed(seen), Purpose::SignIn | Purpose::Anyone | Purpose::Verify) => assess(seen).of_get(),
    };
    if purpose == Purpose::Create && assessment.outcome == Outcome::AlreadyHere {
        return Judgement { assessment, diagnosis: diagnose(evidence, Some(Creation::AlreadyHere), now) };
    }
    if !assessment.counts_in_flow || purpose == Purpose::Create {
        return Judgement { assessment, diagnosis: diagnose(evidence, None, now) };
    }
    let trail = evidence.trail.and(assessment.outcome, evidence.policy.failures_to_password.max(1));
    Judgement { assessment, diagnosis: diagnose_after(&trail, evidence, None, now) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::ErrorName;

    #[test]
    fn how_it_ended_is_written_so_that_it_reads_again() {
        let seen = Observation {
            name: Some(ErrorName::NotAllowed),
            elapsed: 1_800,
            focused: None,
            visible: Some(true),
            activated: Some(false),
            blurred: true,
            aborted: false,
            settled: true,
        };
        for ended in [Ended::Failed(seen), Ended::Refused { unknown: true }, Ended::Refused { unknown: false }] {
            let written = serde_json::to_string(&ended).unwrap();
            assert_eq!(serde_json::from_str::<Ended>(&written).unwrap(), ended, "{written}");
        }
        // As it was written before answers could be refused.
        let before = serde_json::to_string(&seen).unwrap();
        assert_eq!(serde_json::from_str::<Ended>(&before).unwrap(), Ended::Failed(seen));
        assert!(serde_json::from_str::<Ended>("{}").is_err());
    }
}
