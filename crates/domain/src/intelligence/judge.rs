//! What one ceremony that gave no credential says, as it is stored and replayed.

use super::assess::{Assessment, Outcome, assess};
use super::diagnose::{Creation, Diagnosis, diagnose, diagnose_after};
use super::evidence::Evidence;
use crate::ceremony::{Observation, Purpose};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// The kind of the failure, and what may be behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub assessment: Assessment,
    pub diagnosis: Diagnosis,
}

/// Judges it by the evidence of the moment, in a flow that came as far as its trail says.
#[must_use]
pub fn judge(evidence: &Evidence, purpose: Purpose, seen: &Observation, now: Millis) -> Judgement {
    let assessment = match purpose {
        Purpose::Create => assess(seen),
        Purpose::SignIn | Purpose::Anyone | Purpose::Verify => assess(seen).of_get(),
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
