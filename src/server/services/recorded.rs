//! What stands in the records, as it is written and read back. Rows of older rules have fewer fields; a row that cannot be
//! read is none, and nothing worse.

use crate::server::db::decisions::{CREATION, SIGN_IN, StoredDecision};
use crate::server::db::failure_events::FailureEvent;
use domain::ceremony::Purpose;
use domain::ids::PasskeyId;
use domain::intelligence::{
    Cause, Decision, Diagnosis, Ended, Evidence, Offer, Outcome, Plan, SignedInBy, plan, plan_asked,
};
use domain::provider::Aaguid;
use domain::time::Millis;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// What a flow began with. Until it was written with the fields below, the decision stood alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBefore {
    #[serde(flatten)]
    pub decision: Decision<Plan>,
    /// The person had asked for their passkey by a button.
    #[serde(default)]
    pub asked: bool,
    /// It follows from the evidence that it is stored with: nothing happened in between.
    #[serde(default)]
    pub follows: bool,
}

/// What the rule of the offer looked at beside the evidence, and what came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInGiven {
    pub by: SignedInBy,
    /// None where a failure told of it before, or where nobody had said who they are before the passkey answered.
    pub plan: Option<PlanBefore>,
}

/// What the making of a passkey taught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learnt {
    /// The older passkeys that are not here.
    pub absent: Vec<PasskeyId>,
    /// What was behind the failures, now that this is known.
    pub diagnosis: Shares,
}

/// A diagnosis with as many causes as there were then: thousandths, likeliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    pub causes: Vec<(Cause, u16)>,
}

impl From<Diagnosis> for Shares {
    fn from(diagnosis: Diagnosis) -> Self {
        Self { causes: diagnosis.causes.to_vec() }
    }
}

impl Shares {
    /// The first of those with the greatest share, as it is shown.
    #[must_use]
    pub fn likeliest(&self) -> Option<Cause> {
        let most = self.causes.iter().map(|(_, share)| *share).max()?;
        self.causes.iter().find(|(_, share)| *share == most).map(|(cause, _)| *cause)
    }
}

/// One ceremony that signed nobody in, as it was judged then.
#[derive(Clone, Debug)]
pub struct RecordedFailure {
    pub purpose: Purpose,
    pub outcome: Outcome,
    pub ended: Ended,
    pub evidence: Evidence,
    /// Whether the evidence says how far the flow had come. Version 1 of the rules did not.
    pub knows_trail: bool,
    pub plan: Option<PlanBefore>,
    pub diagnosis: Shares,
}

/// One sign-in, and what was decided on an offer.
#[derive(Clone, Debug)]
pub struct RecordedSignIn {
    pub given: SignInGiven,
    pub evidence: Evidence,
    pub offer: Decision<Offer>,
}

/// One new passkey, and what it taught.
#[derive(Clone, Debug)]
pub struct RecordedCreation {
    pub made_by: Aaguid,
    pub evidence: Evidence,
    pub learnt: Learnt,
}

/// A decision that followed a ceremony or a password.
#[derive(Clone, Debug)]
pub enum Recorded {
    SignIn(RecordedSignIn),
    Creation(RecordedCreation),
}

/// The first step by the present rules; `asked` when the person had pressed a button for their passkey.
#[must_use]
pub fn plan_by(asked: bool, evidence: &Evidence, now: Millis) -> Decision<Plan> {
    if asked { plan_asked(evidence, now) } else { plan(evidence, now) }
}

/// Reads a failure; none when it cannot be read.
#[must_use]
pub fn failure(event: &FailureEvent) -> Option<RecordedFailure> {
    let AboutTrail { trail } = json(&event.evidence)?;
    Some(RecordedFailure {
        purpose: code(&event.purpose)?,
        outcome: code(&event.outcome)?,
        ended: json(&event.observation)?,
        evidence: json(&event.evidence)?,
        knows_trail: trail.is_some(),
        plan: json(&event.decision)?,
        diagnosis: json(&event.diagnosis).filter(|shares: &Shares| !shares.causes.is_empty())?,
    })
}

/// Reads another decision; none when it cannot be read.
#[must_use]
pub fn decision(stored: &StoredDecision) -> Option<Recorded> {
    let evidence = json(&stored.evidence)?;
    match stored.kind.as_str() {
        SIGN_IN => {
            let (given, offer) = (json(&stored.given)?, json(&stored.decision)?);
            Some(Recorded::SignIn(RecordedSignIn { given, evidence, offer }))
        }
        CREATION => {
            let (made_by, learnt) = (json(&stored.given)?, json(&stored.decision)?);
            Some(Recorded::Creation(RecordedCreation { made_by, evidence, learnt }))
        }
        _ => None,
    }
}

#[derive(Deserialize)]
struct AboutTrail {
    trail: Option<IgnoredAny>,
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// A unit variant from its bare name.
fn code<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ceremony::ErrorName;
    use domain::intelligence::Reason;

    /// As version 1 of the rules stored it.
    pub fn version_1() -> FailureEvent {
        FailureEvent {
            id: uuid::Uuid::from_u128(1),
            at: Millis(1_800_000_000_000),
            user: None,
            browser: None,
            identifier_hash: vec![1],
            purpose: "sign-in".to_owned(),
            outcome: "cancelled-or-missing".to_owned(),
            observation: r#"{"name":"NotAllowedError","elapsed":1800,"focused":true,"visible":true,"activated":false,
                "blurred":true,"aborted":false,"settled":true}"#
                .to_owned(),
            evidence: r#"{"environment":{"platform":"mac-os","browser":"chrome",
                "can":{"webauthn":true,"platform_authenticator":true,"hybrid":null}},
                "passkeys":[{"id":"00000000-0000-0000-0000-000000000007","aaguid":334945659867216627079266892561134376893,
                "backup_eligible":true,"backed_up":true,"security_key":false,"created":1799999000000,"created_on":"mac-os",
                "here":{"created":1799999000000,"worked":null,"failed":null,"failures":0,"absent":null}}],
                "ever_had_passkey":true,"strikes":0,"known_browser":true,"first_seen":1799998000000,
                "offers":{"declined":0,"paused_until":null,"present":null,"failures_since_present":0},
                "policy":{"auto_start":"likely"}}"#
                .to_owned(),
            decision: r#"{"outcome":"immediately","reasons":["best-is-likely","created-here"],"rules_version":1}"#.to_owned(),
            diagnosis: r#"{"causes":[["dismissed",700],["deleted-here",150],["other-cloud-account",80],["technical",40],
                ["manager-signed-out",20],["on-another-device",10]]}"#
                .to_owned(),
            rules_version: 1,
        }
    }

    #[test]
    fn what_version_1_stored_still_reads() {
        let read = failure(&version_1()).unwrap();
        assert_eq!((read.purpose, read.outcome), (Purpose::SignIn, Outcome::CancelledOrMissing));
        let Ended::Failed(seen) = read.ended else { panic!("{read:?}") };
        assert_eq!(seen.name, Some(ErrorName::NotAllowed));
        assert_eq!(read.diagnosis.causes.len(), 6);
        assert!(!read.knows_trail);
        assert_eq!(read.evidence.policy.failures_to_password, 2);
        assert_eq!(read.evidence.passkeys[0].aaguid.provider().map(|provider| provider.name), Some("Apple Passwords"));
        let PlanBefore { decision: plan, asked: false, follows: false } = read.plan.unwrap() else {
            panic!("{read:?}")
        };
        assert_eq!(
            (plan.outcome, &plan.reasons[..]),
            (Plan::Immediately, &[Reason::BestIsLikely, Reason::CreatedHere][..])
        );
    }

    #[test]
    fn a_plan_is_written_as_the_decision_with_more_beside_it() {
        let decision = Decision::new(Plan::OnClick, [Reason::BestIsUncertain]);
        let plan = PlanBefore { decision, asked: true, follows: true };
        let written = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<PlanBefore>(&written).unwrap(), plan);
        assert_eq!(serde_json::from_str::<Decision<Plan>>(&written).unwrap(), decision, "{written}");
    }

    #[test]
    fn garbage_is_none() {
        let whole = version_1();
        let change: [fn(&mut FailureEvent, String); 6] = [
            |event, text| event.purpose = text,
            |event, text| event.outcome = text,
            |event, text| event.observation = text,
            |event, text| event.evidence = text,
            |event, text| event.decision = text,
            |event, text| event.diagnosis = text,
        ];
        let deep = "[".repeat(100_000);
        for change in change {
            for text in ["", "{}", "[]", "\u{0}", "{\"causes\":[]}", "9".repeat(400).as_str(), deep.as_str(), "\"x\""] {
                let mut event = whole.clone();
                change(&mut event, text.to_owned());
                assert!(failure(&event).is_none(), "{}", text.get(..20).unwrap_or(text));
            }
        }
        // Nothing had been decided: that is an answer.
        assert!(failure(&FailureEvent { decision: "null".to_owned(), ..whole }).unwrap().plan.is_none());
    }
}
