//! The records: ceremonies that signed nobody in, as they were reported, with the evidence, the plan and the diagnosis of the
//! moment; and what was decided after them. Every one of these decisions can be replayed.

use super::evidence::strike_key;
use super::explain;
use super::recorded::{Learnt, PlanBefore, SignInGiven, plan_by};
use super::reply::Failure;
use crate::server::db::decisions::{self, CREATION, SIGN_IN, StoredDecision};
use crate::server::db::failure_events::{self, NewFailureEvent};
use crate::server::db::{StandIn, WriteTx};
use crate::server::random;
use crate::server::seal::Sealer;
use crate::server::visit::{Flow, Planned, Visit};
use domain::ceremony::Purpose;
use domain::identifier::Identifier;
use domain::ids::UserId;
use domain::intelligence::{
    Creation, Decision, Ended, Evidence, Judgement, Offer, RULES_VERSION, SignedInBy, Trail, diagnose, judge,
    learn_from_creation,
};
use domain::provider::Aaguid;
use domain::time::Millis;
use serde::Serialize;

/// So many records of one identifier are kept, the latest: as many as are ever told of it. Whoever knows an identifier, or makes one up,
/// can have one written down at each try.
pub const MOST_OF_ONE: u64 = explain::MOST;

/// One ceremony that signed nobody in.
pub struct Failed<'a> {
    pub who: &'a Identifier,
    pub user: Option<UserId>,
    /// What the flow began with, if this is its first report.
    pub plan: Option<PlanBefore>,
    /// The flow before this one.
    pub trail: Trail,
    pub evidence: &'a Evidence,
    pub purpose: Purpose,
    pub ended: Ended,
}

/// Stores it in the transaction of the step. Of what anybody can report who knows the identifier so many stay, and of somebody who has
/// it as of nobody: it is the same work.
///
/// # Errors
/// When the database refuses.
pub async fn record(visit: &Visit, tx: &WriteTx, failed: &Failed<'_>) -> Result<(), Failure> {
    let evidence = Evidence { trail: failed.trail, ..failed.evidence.clone() };
    let Judgement { assessment, diagnosis } = judge(&evidence, failed.purpose, &failed.ended, visit.now);
    let event = NewFailureEvent {
        id: random::uuid_of(visit.now),
        at: visit.now,
        user: failed.user,
        browser: failed.user.map(|_| visit.browser),
        identifier_hash: identifier_hash(&visit.app.sealer, failed.who).to_vec(),
        purpose: failed.purpose.slug().to_owned(),
        outcome: code(&assessment.outcome)?,
        observation: json(&failed.ended)?,
        evidence: json(&evidence)?,
        decision: json(&failed.plan)?,
        diagnosis: json(&diagnosis)?,
        rules_version: u32::from(RULES_VERSION),
    };
    visit.app.metrics.failed(&event.outcome);
    let of_one = event.identifier_hash.clone();
    let nobody = StandIn::of(&strike_key(visit, failed.who.key()));
    failure_events::add(tx, event, nobody).await?;
    failure_events::keep_latest(&tx.later(), &of_one, failed.user, MOST_OF_ONE).await?;
    Ok(())
}

/// What stands for an identifier in the records: nobody else can compute it.
#[must_use]
pub fn identifier_hash(sealer: &Sealer, who: &Identifier) -> [u8; 32] {
    sealer.hash("identifier", &[who.key().as_bytes()])
}

/// The plan that a flow began with, for its first report, and whether it follows from what is known now: meanwhile something
/// may have happened in another tab.
#[must_use]
pub fn plan_before(flow: &Flow, evidence: &Evidence, now: Millis) -> Option<PlanBefore> {
    let Planned { decision, asked } = flow.planned.filter(|_| flow.failed_at.is_none())?;
    Some(PlanBefore { decision, asked, follows: plan_by(asked, evidence, now) == decision })
}

/// Stores what was decided about an offer, in the transaction that signs in. A passkey that simply worked leaves nothing to
/// ask about, and is not stored.
///
/// # Errors
/// When the database refuses.
pub async fn record_sign_in(
    visit: &Visit,
    tx: &WriteTx,
    user: UserId,
    flow: &Flow,
    (evidence, by): (&Evidence, SignedInBy),
    offered: &Decision<Offer>,
) -> Result<(), Failure> {
    if flow.failed_at.is_none() && by == (SignedInBy::Passkey { cross_device: false }) {
        return Ok(());
    }
    let given = SignInGiven { by, plan: plan_before(flow, evidence, visit.now) };
    add(visit, tx, user, SIGN_IN, (&given, evidence, offered)).await
}

/// Stores what a new passkey taught about the older ones, in the transaction that stores it. Without an older one there was
/// nothing to learn.
///
/// # Errors
/// When the database refuses.
pub async fn record_creation(
    visit: &Visit,
    tx: &WriteTx,
    user: UserId,
    evidence: &Evidence,
    made_by: Aaguid,
) -> Result<(), Failure> {
    if evidence.passkeys.is_empty() {
        return Ok(());
    }
    let learnt = Learnt {
        absent: learn_from_creation(evidence, made_by),
        diagnosis: diagnose(evidence, Some(Creation::Made(made_by)), visit.now).into(),
    };
    add(visit, tx, user, CREATION, (&made_by, evidence, &learnt)).await
}

async fn add<G: Serialize, D: Serialize>(
    visit: &Visit,
    tx: &WriteTx,
    user: UserId,
    kind: &str,
    (given, evidence, decision): (&G, &Evidence, &D),
) -> Result<(), Failure> {
    let decision = StoredDecision {
        id: random::uuid_of(visit.now),
        at: visit.now,
        user,
        browser: visit.browser,
        kind: kind.to_owned(),
        given: json(given)?,
        evidence: json(evidence)?,
        decision: json(decision)?,
        rules_version: u32::from(RULES_VERSION),
    };
    decisions::add(tx, decision).await?;
    Ok(())
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::Internal(format!("an event could not be written: {error}")))
}

/// A unit variant as its bare name.
fn code<T: Serialize>(value: &T) -> Result<String, Failure> {
    Ok(json(value)?.trim_matches('"').to_owned())
}
