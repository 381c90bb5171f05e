//! Before a proof: who are you; and what the first proof begins.

use super::accounts::Account;
use super::ceremonies::{self, Sealed};
use super::events::{self, Failed};
use super::evidence::{Known, gather, gather_locked};
use super::perform::{perform, perform_and_meet};
use super::recorded::plan_by;
use super::reply::{Answer, Failure};
use super::sessions::{self, HealingFlow};
use super::{confirm, pages, remembered, throttle};
use crate::server::db::{self, WriteTx};
use crate::server::metrics::Stage;
use crate::server::random;
use crate::server::visit::{Flow, Planned, Say, Visit};
use domain::assurance::{Proofs, Standing};
use domain::ceremony::{Observation, Purpose};
use domain::identifier::{Identifier, IdentifierProblem};
use domain::ids::{FlowId, SessionId, UserId};
use domain::intelligence::{Ended, Evidence, SignedInBy, Trail, Why, assess, doors, offer};
use domain::sign_in::{Event, Step};
use domain::time::Millis;
use domain::{healing, write::Write};
use http::StatusCode;

mod passkey;
mod password;

pub use passkey::{report, report_anyone};
pub use password::password;

/// Takes an identifier, finds the plan, shows the next step.
///
/// # Errors
/// When the database does not answer.
pub async fn identify(visit: &mut Visit, flow_id: &str, typed: &str) -> Answer {
    let mut flow = visit.flow_or_new();
    if visit.flow.is_some() && !is(flow.id, flow_id) {
        return pages::present(visit, "/sign-in").await;
    }
    flow.facts = visit.facts.clone();
    flow.say = None;
    let who = match Identifier::parse(typed) {
        Ok(who) => who,
        Err(problem) => {
            flow.say = Some(identifier_problem(problem));
            flow.typed = typed.chars().take(domain::identifier::MAX_LENGTH).collect();
            return pages::show_flow(visit, flow, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    identified(visit, flow, who, false).await
}

/// What is wrong with what was typed, as a code.
#[must_use]
pub fn identifier_problem(problem: IdentifierProblem) -> Say {
    match problem {
        IdentifierProblem::Empty => Say::IdentifierEmpty,
        IdentifierProblem::TooLong => Say::IdentifierTooLong,
        IdentifierProblem::Unreadable => Say::IdentifierUnreadable,
    }
}

/// One tap: the account that this browser remembers. It says who it is, and asks for the passkey; it proves nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn one_tap(visit: &mut Visit, flow_id: &str, account: &str) -> Answer {
    let mut flow = visit.flow_or_new();
    if visit.flow.is_some() && !is(flow.id, flow_id) {
        return pages::present(visit, "/sign-in").await;
    }
    flow.facts = visit.facts.clone();
    flow.say = None;
    let (env, policy) = (visit.environment(), visit.app.settings.policy());
    let remembered = remembered::meant(visit, account).await?;
    let is_open = |at| doors(&env, &policy, Some(at), flow.cancelled, visit.now).one_tap;
    let remembered = remembered.filter(|remembered| is_open(remembered.at));
    let who = remembered.and_then(|remembered| Identifier::parse(&remembered.user.identifier).ok());
    match who {
        Some(who) => identified(visit, flow, who, true).await,
        // Forgotten meanwhile: whoever it is says so.
        None => pages::show_flow(visit, flow, StatusCode::OK).await,
    }
}

/// Somebody has said who they are: finds the plan, shows the next step. `asked`: they want their passkey.
async fn identified(visit: &mut Visit, mut flow: Flow, who: Identifier, asked: bool) -> Answer {
    let known = gather(visit, visit.app.db.read(), &who).await?;
    let decision = plan_by(asked, &known.evidence, visit.now);
    let event = Event::Identified(who, decision.outcome);
    let before = flow.sign_in.clone();
    flow.sign_in = flow.sign_in.advance(event, &known.evidence, visit.now).flow;
    // The same name once more (a double click, a second tab) shows the present step and begins nothing anew.
    if flow.sign_in != before {
        flow.planned = Some(Planned { decision, asked });
        flow.failed_at = None;
    }
    pages::show_flow_of(visit, flow, StatusCode::OK, Some(known)).await
}

/// *Not you?*, *Use another account*: begins anew, with somebody else.
///
/// # Errors
/// When the database does not answer.
pub async fn start_over(visit: &mut Visit, flow_id: &str) -> Answer {
    match &visit.flow {
        Some(flow) if !is(flow.id, flow_id) => pages::present(visit, "/sign-in").await,
        before => {
            let cancelled = before.as_ref().is_some_and(|flow| flow.cancelled || flow.sign_in.trail.failures > 0);
            let return_to = before.as_ref().and_then(|flow| flow.return_to.clone());
            let flow = Flow { another: true, cancelled, return_to, ..visit.new_flow() };
            pages::show_flow(visit, flow, StatusCode::OK).await
        }
    }
}

/// *Use password instead*, perhaps leaving an open prompt behind, which `left` tells about: how it looked, and its sealed
/// state. It is told of once, like any other.
///
/// # Errors
/// When the database does not answer.
pub async fn use_password(visit: &mut Visit, flow_id: &str, left: Option<(&str, &str)>) -> Answer {
    let Some((mut flow, who)) = under_way(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    let left = left.filter(|_| matches!(flow.sign_in.step(), Step::UsePasskey(_))).and_then(|(seen, state)| {
        let seen: Observation = serde_json::from_str(seen).ok()?;
        Some((seen.bounded(), ceremonies::open(visit, Purpose::SignIn, flow.id, state).ok()?))
    });
    let db = visit.app.db.clone();
    let Some((seen, sealed)) = left else {
        // Nothing is told of, so nothing is written.
        let known = gather(visit, db.read(), &who).await?;
        flow.sign_in = flow.sign_in.advance(Event::PasswordChosen(None), &known.evidence, visit.now).flow;
        flow.say = None;
        return pages::show_flow_of(visit, flow, StatusCode::OK, Some(known)).await;
    };
    let tx = db.write().await?;
    let seen = spend(&tx, &sealed).await?.then_some(seen);
    let Known { account, evidence, .. } = gather_locked(visit, &tx, &who).await?;
    let event = Event::PasswordChosen(seen.as_ref().map(assess));
    let after = flow.sign_in.clone().advance(event, &evidence, visit.now);
    if let Some(seen) = seen.filter(|seen| assess(seen).counts_in_flow) {
        events::record(visit, &tx, &event_of(visit, &flow, &who, &account, &evidence, Ended::Failed(seen))).await?;
        flow.failed_at = flow.failed_at.or(Some(visit.now));
    }
    perform(visit, &tx, &who, user_id(&account), &evidence, &after.writes).await?;
    tx.commit().await?;
    flow.sign_in = after.flow;
    flow.say = None;
    pages::show_flow(visit, flow, StatusCode::OK).await
}

/// The first proof of a flow.
pub(super) struct Proof<'a> {
    /// The session that begins with it.
    pub session: SessionId,
    pub by: SignedInBy,
    pub proofs: Proofs,
    /// What follows from it.
    pub writes: &'a [Write],
    /// It confirmed a heal.
    pub heal_confirmed: bool,
}

impl<'a> Proof<'a> {
    #[must_use]
    pub fn new(by: SignedInBy, proofs: Proofs, writes: &'a [Write], now: Millis) -> Self {
        Self { session: SessionId(random::uuid_of(now)), by, proofs, writes, heal_confirmed: false }
    }
}

/// The first proof was given: a session exists from here, and healing begins in it.
pub(super) async fn enter(
    visit: &mut Visit,
    tx: &WriteTx,
    who: &Identifier,
    known: &Known,
    flow: &Flow,
    proof: Proof<'_>,
) -> Result<(), Failure> {
    let Proof { session, by, proofs, writes, heal_confirmed } = proof;
    let gone = || Failure::Internal("an account was gone in the transaction that signs in".to_owned());
    let user = known.account.user().ok_or_else(gone)?;
    perform_and_meet(visit, tx, who, user.id, &known.evidence, writes).await?;
    let trail = flow.sign_in.trail;
    let evidence = &Evidence { trail, ..known.evidence.clone() };
    let offered = offer(evidence, by, visit.now);
    events::record_sign_in(visit, tx, user.id, flow, (evidence, by), &offered).await?;
    let ways = known.ways(visit.now);
    let Evidence { ever_had_passkey, known_browser, .. } = *evidence;
    let assurance =
        sessions::assurance(visit, Standing { ever_had_passkey, known_browser, has_codes: ways.any() }, proofs);
    let trail = match by {
        SignedInBy::Password { .. } | SignedInBy::Code { .. } => trail,
        SignedInBy::Passkey { .. } | SignedInBy::SignUp => Trail::default(),
    };
    let healing = healing::begin(offered.outcome, assurance, trail);
    if offered.outcome.is_some_and(|why| why != Why::First) {
        visit.app.metrics.heal(Stage::Offered);
    }
    let flow = HealingFlow { heal_confirmed, ..HealingFlow::new(healing, flow.failed_at) };
    sessions::begin(visit, tx, user, proofs, session, &flow).await?;
    confirm::mail_where_asked(visit, tx, healing.step(), session, user, known_browser, ways).await
}

/// Spends the ceremony in the transaction that finishes it. False: it was finished before.
pub async fn spend(tx: &WriteTx, sealed: &Sealed) -> Result<bool, Failure> {
    let (nonce, expires) = sealed.once();
    Ok(db::challenges::spend(tx, nonce, expires).await?)
}

fn event_of<'a>(
    visit: &Visit,
    flow: &Flow,
    who: &'a Identifier,
    account: &Account,
    evidence: &'a Evidence,
    ended: Ended,
) -> Failed<'a> {
    Failed {
        who,
        user: user_id(account),
        plan: events::plan_before(flow, evidence, visit.now),
        trail: flow.sign_in.trail,
        evidence,
        purpose: Purpose::SignIn,
        ended,
    }
}

/// The flow that a form belongs to, and who it is about.
pub(super) fn under_way(visit: &Visit, flow_id: &str) -> Option<(Flow, Identifier)> {
    let flow = visit.flow.clone().filter(|flow| is(flow.id, flow_id))?;
    let who = flow.sign_in.identifier.clone()?;
    Some((flow, who))
}

/// Too many were wrong lately.
async fn blocked(visit: &mut Visit, flow: Flow, seconds: u32) -> Answer {
    throttle::told_to_wait(visit, seconds);
    say(visit, flow, Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS).await
}

pub(super) async fn say(visit: &mut Visit, mut flow: Flow, code: Say, status: StatusCode) -> Answer {
    flow.say = Some(code);
    pages::show_flow(visit, flow, status).await
}

/// Whether a form carries this flow.
#[must_use]
pub fn is(flow: FlowId, text: &str) -> bool {
    flow.to_string() == text
}

pub(super) fn user_id(account: &Account) -> Option<UserId> {
    account.user().map(|user| user.id)
}
