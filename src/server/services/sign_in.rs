//! Before a proof: who are you, passkey, password.

use super::accounts::Account;
use super::audit::{self, Happened};
use super::ceremonies::{self, Assertion, Refused, Sealed, Told, Verified};
use super::events::{self, Failed};
use super::evidence::{Known, gather, gather_locked, gather_of_locked};
use super::operator::RESET_LIFETIME;
use super::perform::{perform, perform_and_meet};
use super::recorded::plan_by;
use super::reply::{Answer, Failure};
use super::sessions::{self, HealingFlow};
use super::{confirm, ghosts, pages, remembered, signals, throttle};
use crate::server::db::{self, WriteTx, passkeys::PasskeyRow, users::User};
use crate::server::metrics::{Method, Stage, Turned};
use crate::server::passwords::{MAX_BYTES, Verdict};
use crate::server::random;
use crate::server::visit::{Flow, Planned, Say, Visit};
use domain::assurance::{Proofs, Standing};
use domain::audit::Event as Noted;
use domain::ceremony::{Observation, Purpose};
use domain::identifier::{Identifier, IdentifierProblem};
use domain::ids::{FlowId, SessionId, UserId};
use domain::intelligence::{Assessment, Ended, Evidence, SignedInBy, Trail, Why, assess, doors, offer};
use domain::sign_in::{Event, Step};
use domain::time::Millis;
use domain::{healing, write::Write};
use http::StatusCode;

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
    let left = left.filter(|_| matches!(flow.sign_in.step, Step::UsePasskey(_))).and_then(|(seen, state)| {
        let seen: Observation = serde_json::from_str(seen).ok()?;
        Some((seen.bounded(), ceremonies::open(visit, Purpose::SignIn, flow.id, state).ok()?))
    });
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let seen = match left {
        Some((seen, sealed)) if spend(&tx, &sealed).await? => Some(seen),
        _ => None,
    };
    let Known { account, evidence } = gather_locked(visit, &tx, &who).await?;
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

/// Takes the report of a `get()`.
///
/// # Errors
/// When the database does not answer.
pub async fn report(visit: &mut Visit, flow_id: &str, state: &str, outcome: &str) -> Answer {
    let Some((flow, who)) = under_way(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    let sealed = match ceremonies::open(visit, Purpose::SignIn, flow.id, state) {
        Ok(sealed) => sealed,
        Err(_) => return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await,
    };
    match ceremonies::read_outcome(outcome) {
        Err(_) => say(visit, flow, Say::Unreadable, StatusCode::BAD_REQUEST).await,
        Ok(Told::Failed(seen)) => failed(visit, flow, who, &sealed, seen).await,
        Ok(Told::Credential(json)) => match Assertion::read(json) {
            Ok(assertion) => asserted(visit, flow, who, &sealed, assertion).await,
            Err(_) => say(visit, flow, Say::Unreadable, StatusCode::BAD_REQUEST).await,
        },
    }
}

/// Takes the report of a `get()` that was made before anybody had said who they are. One that gave nothing is nobody's
/// business, and the browser does not send it; here it only ends the ceremony.
///
/// # Errors
/// When the database does not answer.
pub async fn report_anyone(visit: &mut Visit, flow_id: &str, state: &str, outcome: &str) -> Answer {
    let Some(flow) = visit.flow.clone().filter(|flow| is(flow.id, flow_id)) else {
        return pages::present(visit, "/sign-in").await;
    };
    let Ok(sealed) = ceremonies::open(visit, Purpose::Anyone, flow.id, state) else {
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    };
    let told = match ceremonies::read_outcome(outcome) {
        Ok(Told::Credential(json)) => Assertion::read(json),
        Ok(Told::Failed(_)) => {
            let tx = visit.app.db.write().await?;
            spend(&tx, &sealed).await?;
            tx.commit().await?;
            return pages::show_flow(visit, flow, StatusCode::OK).await;
        }
        Err(refused) => Err(refused),
    };
    match told {
        Ok(assertion) => anyone_asserted(visit, flow, &sealed, assertion).await,
        Err(_) => say(visit, flow, Say::Unreadable, StatusCode::BAD_REQUEST).await,
    }
}

/// Somebody answered with a passkey: does this server know it, and does it verify?
async fn anyone_asserted(visit: &mut Visit, flow: Flow, sealed: &Sealed, assertion: Assertion) -> Answer {
    let id = assertion.credential_id();
    let row = db::passkeys::find_by_credential_id(visit.app.db.read(), id).await?;
    let Some(row) = row.filter(|row| row.removed_at.is_none()) else {
        // One that only a ghost has is refused as somebody's own is, without its key.
        let code = if ghosts::is_imaginary(&visit.app.sealer, id) { Say::Unreadable } else { Say::NotAccepted };
        return anyone_refused(visit, flow, sealed, id, code).await;
    };
    let user = db::users::find(visit.app.db.read(), row.user).await?;
    let who = user.as_ref().and_then(|user| Identifier::parse(&user.identifier).ok());
    let (Some(user), Some(who), true) = (user, who, assertion.has_user_handle()) else {
        return anyone_refused(visit, flow, sealed, id, Say::Unreadable).await;
    };
    let verify = assertion.verify(sealed, &row, user.handle);
    match verify(&visit.app.webauthn) {
        Ok(verified) => proved(visit, flow, who, sealed, &row, verified, assertion.cross_device).await,
        Err(Refused::Expired) => say(visit, flow, Say::Expired, StatusCode::CONFLICT).await,
        Err(Refused::Unreadable) => anyone_refused(visit, flow, sealed, id, Say::Unreadable).await,
    }
}

/// The answer was no good. Nobody has said who they are, so it is a failure of nobody's flow.
async fn anyone_refused(visit: &mut Visit, flow: Flow, sealed: &Sealed, id: &[u8], code: Say) -> Answer {
    let tx = visit.app.db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    }
    audit::refused(visit, &tx, Noted::PasskeyRefused, None, None).await?;
    tx.commit().await?;
    no_good(visit, flow, id, code).await
}

/// Says so, and tells the browser of a passkey that this server does not know.
async fn no_good(visit: &mut Visit, flow: Flow, id: &[u8], code: Say) -> Answer {
    let answer = say(visit, flow, code, StatusCode::UNAUTHORIZED).await;
    if code == Say::NotAccepted { signals::with_unknown(visit, id, answer) } else { answer }
}

async fn failed(visit: &mut Visit, mut flow: Flow, who: Identifier, sealed: &Sealed, seen: Observation) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return pages::show_flow(visit, flow, StatusCode::OK).await;
    }
    let Known { account, evidence } = gather_locked(visit, &tx, &who).await?;
    let after = flow.sign_in.clone().advance(Event::CeremonyFailed(assess(&seen)), &evidence, visit.now);
    events::record(visit, &tx, &event_of(visit, &flow, &who, &account, &evidence, Ended::Failed(seen))).await?;
    flow.failed_at = flow.failed_at.or(Some(visit.now));
    perform(visit, &tx, &who, user_id(&account), &evidence, &after.writes).await?;
    tx.commit().await?;
    flow.sign_in = after.flow;
    flow.say = None;
    pages::show_flow(visit, flow, StatusCode::OK).await
}

/// Somebody answered with a passkey: whose is it, and does it verify?
async fn asserted(visit: &mut Visit, flow: Flow, who: Identifier, sealed: &Sealed, assertion: Assertion) -> Answer {
    let c = visit.app.db.clone();
    let Known { account, .. } = gather(visit, c.read(), &who).await?;
    let id = assertion.credential_id();
    if let Account::Real { user, passkeys, .. } = &account
        && let Some(row) = passkeys.iter().find(|row| row.credential_id == id)
    {
        let verify = assertion.verify(sealed, row, user.handle);
        return match verify(&visit.app.webauthn) {
            Ok(verified) => proved(visit, flow, who, sealed, row, verified, assertion.cross_device).await,
            Err(Refused::Expired) => say(visit, flow, Say::Expired, StatusCode::CONFLICT).await,
            Err(Refused::Unreadable) => {
                // What is looked for where nobody has the account, before it is refused just so: the time must not tell.
                db::passkeys::find_by_credential_id(c.read(), id).await?;
                db::passkeys::any(c.read()).await?;
                refused(visit, flow, who, sealed, id, Say::Unreadable).await
            }
        };
    }
    let code = match db::passkeys::find_by_credential_id(c.read(), id).await? {
        Some(row) if account.user().is_some_and(|user| user.id == row.user) => Say::NotAccepted,
        Some(_) => Say::OtherAccount,
        // One that only a ghost has: refused as somebody's own is, without its key.
        None if account.descriptors().iter().any(|listed| listed.credential_id == id) => {
            verify_in_vain(visit, sealed, &assertion).await?;
            Say::Unreadable
        }
        None if ghosts::is_imaginary(&visit.app.sealer, id) => Say::OtherAccount,
        None => Say::NotAccepted,
    };
    refused(visit, flow, who, sealed, id, code).await
}

/// The work of verifying, for an account that nobody has: with somebody's passkey, and whatever comes of it.
async fn verify_in_vain(visit: &Visit, sealed: &Sealed, assertion: &Assertion) -> Result<(), Failure> {
    if let Some(row) = db::passkeys::any(visit.app.db.read()).await?
        && let Ok(assertion) = assertion.as_if_of(&row.credential_id)
    {
        let _ = assertion.verify(sealed, &row, uuid::Uuid::nil())(&visit.app.webauthn);
    }
    Ok(())
}

/// The answer was no good. It is a failure of this flow, and no strike: the person did what they were asked.
async fn refused(visit: &mut Visit, mut flow: Flow, who: Identifier, sealed: &Sealed, id: &[u8], code: Say) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    }
    let Known { account, evidence } = gather_locked(visit, &tx, &who).await?;
    let unknown = code == Say::NotAccepted;
    let assessment = Assessment::of_refused_answer(unknown);
    let after = flow.sign_in.clone().advance(Event::CeremonyFailed(assessment), &evidence, visit.now);
    audit::refused(visit, &tx, Noted::PasskeyRefused, Some(&who), user_id(&account)).await?;
    events::record(visit, &tx, &event_of(visit, &flow, &who, &account, &evidence, Ended::Refused { unknown })).await?;
    perform(visit, &tx, &who, user_id(&account), &evidence, &after.writes).await?;
    tx.commit().await?;
    flow.sign_in = after.flow;
    flow.failed_at = flow.failed_at.or(Some(visit.now));
    no_good(visit, flow, id, code).await
}

async fn proved(
    visit: &mut Visit,
    flow: Flow,
    who: Identifier,
    sealed: &Sealed,
    row: &PasskeyRow,
    verified: Verified,
    cross_device: bool,
) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    }
    let known = gather_of_locked(visit, &tx, &who, row.user).await?;
    let Some(known) = known.filter(|known| known.account.has(row.id)) else {
        // Removed while the prompt was open: the challenge stays spent, nothing else happens.
        audit::refused(visit, &tx, Noted::PasskeyRefused, Some(&who), Some(row.user)).await?;
        tx.commit().await?;
        return no_good(visit, flow, &row.credential_id, Say::NotAccepted).await;
    };
    let passkey = row.id;
    let event = match sealed.purpose() {
        Purpose::Anyone => Event::AnyoneProved { who: who.clone(), passkey, cross_device },
        _ => Event::PasskeyProved { passkey, cross_device },
    };
    let after = flow.sign_in.clone().advance(event, &known.evidence, visit.now);
    let Step::Proved(by) = after.flow.step else {
        drop(tx);
        return pages::show_flow(visit, flow, StatusCode::OK).await;
    };
    let on = visit.environment().platform;
    db::passkeys::used(&tx, row.id, &verified.passkey, verified.backed_up, visit.now, on).await?;
    let proofs = Proofs { passkey: Some(visit.now), ..Proofs::default() };
    let session = SessionId(random::uuid());
    let healed = db::heals::confirm(&tx, row.id, session, visit.now).await?;
    let proof = Proof { session, by, proofs, writes: &after.writes, heal_confirmed: healed };
    enter(visit, &tx, &who, &known, &flow, proof).await?;
    let by = Happened::to(row.user, Noted::SignedInWithPasskey).within(session).about(passkey.0);
    audit::note(visit, &tx, by).await?;
    if healed {
        let confirmed = Happened::to(row.user, Noted::HealConfirmed).within(session).about(passkey.0);
        audit::note(visit, &tx, confirmed).await?;
    }
    tx.commit().await?;
    visit.app.metrics.signed_in(Method::Passkey);
    if healed {
        visit.app.metrics.heal(Stage::Confirmed);
    }
    pages::present(visit, "/dashboard").await
}

/// Takes a password. Nobody learns from the answer whether the identifier exists.
///
/// # Errors
/// When the database does not answer.
pub async fn password(visit: &mut Visit, flow_id: &str, password: &str) -> Answer {
    let Some((mut flow, who)) = under_way(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    // The password field may be on the screen while the flow still waits for a passkey (no JavaScript, a fast person).
    flow.sign_in.step = Step::EnterPassword;
    if password.is_empty() {
        return say(visit, flow, Say::PasswordEmpty, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let db = visit.app.db.clone();
    let place = visit.app.hasher.desk().await;
    let Known { account, evidence } = gather(visit, db.read(), &who).await?;
    let throttle = throttle::key(visit, who.key(), evidence.known_browser);
    let waits = throttle::blocked_for(db.read(), &throttle, visit.now).await?;
    if let Some(seconds) = waits {
        return blocked(visit, flow, seconds).await;
    }
    let stored = account.user().filter(|user| !is_too_old(user, visit.now)).and_then(|user| user.password_hash.clone());
    // A text of megabytes is not hashed, and not told apart either.
    let text = if password.len() <= MAX_BYTES { password } else { "" };
    drop(place);
    let verdict = visit.app.hasher.verify(text, stored.clone()).await;
    let _place = visit.app.hasher.desk().await;
    let Ok(verdict) = verdict else {
        visit.app.metrics.turned_away(Turned::Busy);
        return say(visit, flow, Say::Busy, StatusCode::SERVICE_UNAVAILABLE).await;
    };
    let Some(user) = account.user().filter(|_| verdict != Verdict::Wrong && !text.is_empty()) else {
        let tx = db.write().await?;
        if let Some(seconds) = throttle::blocked_now(&tx, &throttle, visit.now).await? {
            drop(tx);
            return blocked(visit, flow, seconds).await;
        }
        throttle::failed(&tx, &throttle, visit.now).await?;
        audit::refused(visit, &tx, Noted::PasswordRefused, Some(&who), user_id(&account)).await?;
        tx.commit().await?;
        return say(visit, flow, Say::PasswordWrong, StatusCode::UNAUTHORIZED).await;
    };
    let rehashed = match verdict {
        Verdict::RightButWeak => visit.app.hasher.hash(password).await.ok(),
        Verdict::Right | Verdict::Wrong => None,
    };
    let tx = db.write().await?;
    if let Some(seconds) = throttle::blocked_now(&tx, &throttle, visit.now).await? {
        drop(tx);
        return blocked(visit, flow, seconds).await;
    }
    let is_same = |now: &&User| now.password_hash == stored;
    let known = gather_of_locked(visit, &tx, &who, user.id).await?;
    let Some((known, user)) = known.as_ref().and_then(|known| Some((known, known.account.user().filter(is_same)?)))
    else {
        // Changed while it was being verified: whoever changed it decides.
        drop(tx);
        return say(visit, flow, Say::PasswordWrong, StatusCode::UNAUTHORIZED).await;
    };
    let after = flow.sign_in.clone().advance(Event::PasswordProved, &known.evidence, visit.now);
    let Step::Proved(by) = after.flow.step else {
        drop(tx);
        return pages::show_flow(visit, flow, StatusCode::OK).await;
    };
    throttle::clear(&tx, &throttle).await?;
    if let Some(hash) = rehashed {
        db::users::set_password_hash(&tx, user.id, &hash).await?;
    }
    let proofs = Proofs { password: Some(visit.now), ..Proofs::default() };
    if user.is_reset() {
        db::users::spend_reset(&tx, user.id).await?;
    }
    let proof = Proof::new(by, proofs, &after.writes);
    let session = proof.session;
    enter(visit, &tx, &who, known, &flow, proof).await?;
    audit::note(visit, &tx, Happened::to(user.id, Noted::SignedInWithPassword).within(session)).await?;
    tx.commit().await?;
    visit.app.metrics.signed_in(Method::Password);
    pages::present(visit, "/dashboard").await
}

/// Whether the password is one that the operator handed over, and nobody used in time.
fn is_too_old(user: &User, now: Millis) -> bool {
    user.is_reset() && now.since(user.password_changed_at) > RESET_LIFETIME
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
    pub fn new(by: SignedInBy, proofs: Proofs, writes: &'a [Write]) -> Self {
        Self { session: SessionId(random::uuid()), by, proofs, writes, heal_confirmed: false }
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
    sessions::begin(visit, tx, user.id, proofs, session, &flow).await?;
    confirm::mail_where_asked(visit, tx, healing.step, session, user, known_browser, ways).await
}

/// Spends the ceremony in the transaction that finishes it. False: it was finished before.
pub async fn spend(tx: &WriteTx, sealed: &Sealed) -> Result<bool, Failure> {
    Ok(db::challenges::spend(tx, sealed.nonce.as_bytes(), sealed.expires()).await?)
}

/// The flow that a form belongs to, and who it is about.
pub(super) fn under_way(visit: &Visit, flow_id: &str) -> Option<(Flow, Identifier)> {
    let flow = visit.flow.clone().filter(|flow| is(flow.id, flow_id))?;
    let who = flow.sign_in.identifier.clone()?;
    Some((flow, who))
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
