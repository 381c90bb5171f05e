//! Failure events: what was reported, with the evidence, the plan and the diagnosis of the moment, so that every decision
//! can be replayed.

use super::reply::Failure;
use crate::server::db::WriteTx;
use crate::server::db::failure_events::{self, NewFailureEvent};
use crate::server::random;
use crate::server::visit::Visit;
use domain::ceremony::{Observation, Purpose};
use domain::identifier::Identifier;
use domain::ids::UserId;
use domain::intelligence::{Decision, Evidence, Judgement, Plan, RULES_VERSION, Trail, judge};
use serde::Serialize;

/// One ceremony that gave no credential.
pub struct Failed<'a> {
    pub who: &'a Identifier,
    pub user: Option<UserId>,
    pub plan: Option<&'a Decision<Plan>>,
    /// The flow before this one.
    pub trail: Trail,
    pub evidence: &'a Evidence,
    pub purpose: Purpose,
    pub seen: &'a Observation,
}

/// Stores it in the transaction of the step.
///
/// # Errors
/// When the database refuses.
pub async fn record(visit: &Visit, tx: &WriteTx, failed: &Failed<'_>) -> Result<(), Failure> {
    let evidence = Evidence { trail: failed.trail, ..failed.evidence.clone() };
    let Judgement { assessment, diagnosis } = judge(&evidence, failed.purpose, failed.seen, visit.now);
    let event = NewFailureEvent {
        id: random::uuid(),
        at: visit.now,
        user: failed.user,
        browser: failed.user.map(|_| visit.browser),
        identifier_hash: visit.app.sealer.hash("identifier", &[failed.who.key().as_bytes()]).to_vec(),
        purpose: code(&failed.purpose)?,
        outcome: code(&assessment.outcome)?,
        observation: json(failed.seen)?,
        evidence: json(&evidence)?,
        decision: json(&failed.plan)?,
        diagnosis: json(&diagnosis)?,
        rules_version: u32::from(RULES_VERSION),
    };
    visit.app.metrics.failed(&event.outcome);
    failure_events::add(tx, event).await?;
    Ok(())
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Internal(format!("an event could not be written: {error}")))
}

/// A unit variant as its bare name.
fn code<T: Serialize>(value: &T) -> Result<String, Failure> {
    Ok(json(value)?.trim_matches('"').to_owned())
}
