//! A new account: an identifier and a password; the first passkey is offered right after. With an address the account is made
//! when the code comes back that was mailed there, and until then nothing tells whether it is taken. A username has no mail:
//! its account is made at once, and a taken one is told.

use super::accounts::NOBODY;
use super::audit::{self, Happened};
use super::codes::{self, Checked, For};
use super::evidence::{Known, gather_of};
use super::perform::remember_browser;
use super::reply::{Answer, Failure, Reply};
use super::sessions::{self, HealingFlow};
use super::sign_in::is;
use super::{busy, pages, throttle};
use crate::page::Page;
use crate::server::db::pending::{self, Pending};
use crate::server::db::users::{Created, NewUser};
use crate::server::db::{self, WriteTx};
use crate::server::mail;
use crate::server::metrics::Method;
use crate::server::passwords::{self, PasswordProblem};
use crate::server::present::{CodeProblem, IdentifyProblem, NewPasswordProblem, SignUpProblems, paths};
use crate::server::random;
use crate::server::visit::{Flow, Say, Visit};
use domain::assurance::{Proofs, Standing};
use domain::audit::Event;
use domain::healing;
use domain::identifier::{Identifier, IdentifierKind, IdentifierProblem};
use domain::ids::{SessionId, UserId};
use domain::intelligence::constants::FLOW_LIFETIME;
use domain::intelligence::{SignedInBy, Trail, offer};
use http::StatusCode;

/// Shows where it stands.
///
/// # Errors
/// When the database does not answer.
pub async fn present(visit: &mut Visit) -> Answer {
    let mut flow = visit.flow_or_new();
    let (say, typed) = (flow.say.take(), std::mem::take(&mut flow.typed));
    let page = match (waiting(visit, &flow).await?, say) {
        (Some(who), say) => code_page(visit, &flow, &who, say).await?,
        (None, Some(Say::SignUp(problems))) => form(visit, &flow, &typed, problems),
        (None, _) => form(visit, &flow, "", SignUpProblems::default()),
    };
    visit.keep_flow(flow);
    Ok(page.into())
}

/// *Create account*
///
/// # Errors
/// When the database does not answer.
pub async fn create(visit: &mut Visit, typed: &str, password: &str) -> Answer {
    let who = Identifier::parse(typed);
    let key = who.as_ref().map(Identifier::key).unwrap_or_default();
    let problems = SignUpProblems {
        identifier: identifier_problem(who.as_ref()),
        password: passwords::check_new(password, key, visit.app.settings.password.min_length)
            .err()
            .map(new_password_problem),
    };
    let who = match who {
        Ok(who) if problems == SignUpProblems::default() => who,
        _ => return Ok(again(visit, typed, problems, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    if visit.app.hasher.is_full() {
        return Ok(no_room(visit, typed));
    }
    let is_address = who.kind() == IdentifierKind::Email;
    if is_address && visit.session().await?.is_some() {
        // The code is asked for by a page that is not there within a session.
        return pages::present(visit, paths::DASHBOARD).await;
    }
    let throttle = throttle::sign_up_key(visit, is_address.then(|| who.key()));
    if let Some(seconds) = throttle::blocked_for(visit.app.db.read(), &throttle, visit.now).await? {
        return Ok(wait(visit, typed, seconds));
    }
    let Ok(hash) = visit.app.hasher.hash(password).await else { return Ok(no_room(visit, typed)) };
    if is_address { ask_for_code(visit, &who, hash).await } else { at_once(visit, &who, hash, &throttle).await }
}

fn identifier_problem(who: Result<&Identifier, &IdentifierProblem>) -> Option<IdentifyProblem> {
    match who {
        Err(problem) => Some((*problem).into()),
        Ok(who) if who.kind() == IdentifierKind::Email && !mail::is_address(who.typed()) => {
            Some(IdentifyProblem::NoMail)
        }
        Ok(who) if who.is_half_an_address() => Some(IdentifyProblem::HalfAddress),
        Ok(_) => None,
    }
}

/// A username: its account is made now, or it is told that somebody has it. That cannot be otherwise, and so it is limited.
async fn at_once(visit: &mut Visit, who: &Identifier, hash: String, throttle: &throttle::Counted) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    // Of many at once no more are told than one after the other.
    if let Some(seconds) = throttle::blocked_now(&tx, throttle, visit.now).await? {
        drop(tx);
        return Ok(wait(visit, who.typed(), seconds));
    }
    // Whether it is taken or not: both answers are worth something to whoever collects them.
    throttle::failed(&tx, throttle, visit.now).await?;
    let is_free = begin(visit, &tx, who, hash).await?;
    tx.commit().await?;
    if !is_free {
        let problems = SignUpProblems { identifier: Some(IdentifyProblem::Taken), password: None };
        return Ok(again(visit, who.typed(), problems, StatusCode::CONFLICT));
    }
    visit.app.metrics.signed_in(Method::SignUp);
    pages::present(visit, paths::DASHBOARD).await
}

/// An address: what is to be is kept, and a mail goes out. Whether somebody has the address is in the mail, and nowhere else.
async fn ask_for_code(visit: &mut Visit, who: &Identifier, hash: String) -> Answer {
    let mut flow = visit.flow_or_new();
    let wanted = Pending { identifier: who.typed().to_owned(), password_hash: Some(hash), user: None };
    if let Some(seconds) = mail_code(visit, &mut flow, who, wanted).await? {
        return Ok(wait(visit, who.typed(), seconds));
    }
    answer(visit, flow, who, None, StatusCode::OK).await
}

/// Mails the code, or that there is an account already, and keeps what is wanted for as long as the flow then lasts. Returns
/// the seconds to wait where too many mails went out lately; then nothing has changed.
async fn mail_code(visit: &Visit, flow: &mut Flow, who: &Identifier, wanted: Pending) -> Result<Option<u32>, Failure> {
    let tx = visit.app.db.write().await?;
    let owner = db::users::find_by_key(&tx, who.key()).await?;
    let letter = codes::Letter {
        what: For::SignUp,
        of: flow.id.0,
        identifier_key: who.key(),
        known_browser: false,
        user: None,
        to: Some(who.typed().to_owned()),
        owner: owner.map(|owner| owner.id),
    };
    let waits = codes::mail(visit, &tx, letter).await?;
    if waits.is_none() {
        flow.expires = visit.now.plus(FLOW_LIFETIME);
        pending::put(&tx, &codes::key(visit, For::SignUp, flow.id.0), wanted, flow.expires).await?;
        tx.commit().await?;
    }
    Ok(waits)
}

/// *Send a new code*
///
/// # Errors
/// When the database does not answer.
pub async fn send(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(mut flow) = under_way(visit, flow_id).await? else { return pages::present(visit, paths::SIGN_UP).await };
    let key = codes::key(visit, For::SignUp, flow.id.0);
    let Some(wanted) = pending::find(visit.app.db.read(), &key, visit.now).await? else {
        return pages::present(visit, paths::SIGN_UP).await;
    };
    let who = readable(&wanted)?;
    match mail_code(visit, &mut flow, &who, wanted).await? {
        None => answer(visit, flow, &who, Some(Say::CodeSent), StatusCode::OK).await,
        Some(seconds) => {
            throttle::told_to_wait(visit, seconds);
            let problem = CodeProblem::Blocked { seconds: seconds.into() };
            answer(visit, flow, &who, Some(Say::SignUpCode(problem)), StatusCode::TOO_MANY_REQUESTS).await
        }
    }
}

/// *Confirm*: with the right code, the account is made.
///
/// # Errors
/// When the database does not answer.
pub async fn check(visit: &mut Visit, flow_id: &str, text: &str) -> Answer {
    let Some(flow) = under_way(visit, flow_id).await? else { return pages::present(visit, paths::SIGN_UP).await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let key = codes::key(visit, For::SignUp, flow.id.0);
    let Some(wanted) = pending::find(&tx, &key, visit.now).await? else {
        drop(tx);
        return pages::present(visit, paths::SIGN_UP).await;
    };
    let who = readable(&wanted)?;
    if text.trim().is_empty() {
        drop(tx);
        return refuse(visit, flow, &who, CodeProblem::Empty, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let typed = codes::read(visit, For::SignUp, flow.id.0, None, who.key(), text);
    let checked = codes::check(visit, &tx, &typed, None, who.key(), false).await?;
    if let (Checked::Right(_), Some(hash)) = (checked, wanted.password_hash)
        && codes::spend(visit, &tx, &typed, NOBODY, who.key(), false).await?
        && begin(visit, &tx, &who, hash).await?
    {
        pending::remove(&tx, &key).await?;
        tx.commit().await?;
        visit.app.metrics.signed_in(Method::SignUp);
        return pages::present(visit, paths::DASHBOARD).await;
    }
    // A right one that made no account was used a moment ago, or somebody has the address meanwhile: the next mail says so.
    codes::note_refusal(visit, &tx, checked, (For::SignUp, flow.id.0), None, who.key()).await?;
    tx.commit().await?;
    let (problem, status) = codes::problem(visit, checked);
    refuse(visit, flow, &who, problem, status).await
}

/// *Use another address*: the form again, with what was typed.
///
/// # Errors
/// When the database does not answer.
pub async fn start_over(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(flow) = under_way(visit, flow_id).await? else { return pages::present(visit, paths::SIGN_UP).await };
    let Some(who) = waiting(visit, &flow).await? else { return pages::present(visit, paths::SIGN_UP).await };
    let tx = visit.app.db.write().await?;
    pending::remove(&tx, &codes::key(visit, For::SignUp, flow.id.0)).await?;
    tx.commit().await?;
    Ok(again(visit, who.typed(), SignUpProblems::default(), StatusCode::OK))
}

/// The flow that a form of the code belongs to. None within a session: there the account is made, or another one is open.
async fn under_way(visit: &Visit, flow_id: &str) -> Result<Option<Flow>, Failure> {
    let flow = visit.flow.clone().filter(|flow| is(flow.id, flow_id));
    Ok(if flow.is_some() && visit.session().await?.is_none() { flow } else { None })
}

/// Whose code is waited for in this flow.
async fn waiting(visit: &Visit, flow: &Flow) -> Result<Option<Identifier>, Failure> {
    let key = codes::key(visit, For::SignUp, flow.id.0);
    let wanted = pending::find(visit.app.db.read(), &key, visit.now).await?;
    wanted.as_ref().map(readable).transpose()
}

fn readable(wanted: &Pending) -> Result<Identifier, Failure> {
    Identifier::parse(&wanted.identifier)
        .map_err(|problem| Failure::Internal(format!("a stored identifier: {problem}")))
}

/// Makes the account and its first session. False if somebody has the identifier; then nothing has changed.
async fn begin(visit: &mut Visit, tx: &WriteTx, who: &Identifier, hash: String) -> Result<bool, Failure> {
    let id = UserId(random::uuid());
    let new = NewUser {
        id,
        handle: random::uuid(),
        identifier: who.typed().to_owned(),
        identifier_key: who.key().to_owned(),
        password_hash: Some(hash),
        now: visit.now,
    };
    if db::users::create(tx, new).await? == Created::KeyTaken {
        return Ok(false);
    }
    let is_address = who.kind() == IdentifierKind::Email;
    if is_address {
        db::users::verify_address(tx, id, visit.now).await?;
    }
    remember_browser(visit, tx).await?;
    db::browsers::first_seen(tx, visit.browser, id, visit.now).await?;
    let gone = || Failure::Internal("an account was gone in the transaction that made it".to_owned());
    let Known { account, evidence, .. } = gather_of(visit, tx, who, id).await?.ok_or_else(gone)?;
    let user = account.user().ok_or_else(gone)?;
    let proofs = Proofs { password: Some(visit.now), ..Proofs::default() };
    let new = Standing { ever_had_passkey: false, known_browser: false, has_codes: false };
    let assurance = sessions::assurance(visit, new, proofs);
    let offered = offer(&evidence, SignedInBy::SignUp, visit.now);
    let healing = healing::begin(offered.outcome, assurance, Trail::default());
    let session = SessionId(random::uuid_of(visit.now));
    sessions::begin(visit, tx, user, proofs, session, &HealingFlow::new(healing, None)).await?;
    for event in [Some(Event::SignedUp), is_address.then_some(Event::AddressConfirmed)].into_iter().flatten() {
        audit::note(visit, tx, Happened::to(id, event).within(session)).await?;
    }
    Ok(true)
}

fn form(visit: &Visit, flow: &Flow, typed: &str, problems: SignUpProblems) -> Page {
    visit.app.presenter.sign_up(flow.id, typed, problems, visit.app.settings.password.min_length)
}

async fn code_page(visit: &Visit, flow: &Flow, who: &Identifier, say: Option<Say>) -> Result<Page, Failure> {
    let is_sent = codes::is_waited_for(visit, visit.app.db.read(), For::SignUp, flow.id.0).await?;
    let problem = match say {
        Some(Say::SignUpCode(problem)) => Some(problem),
        _ => None,
    };
    let again = say == Some(Say::CodeSent);
    Ok(visit.app.presenter.confirm_sign_up(flow.id, who.typed(), is_sent, again, problem))
}

fn again(visit: &mut Visit, typed: &str, problems: SignUpProblems, status: StatusCode) -> Reply {
    let mut flow = visit.flow_or_new();
    // Long nonsense is not sent back; a password never is.
    let typed: String = typed.chars().take(domain::identifier::MAX_LENGTH).collect();
    let page = form(visit, &flow, &typed, problems);
    if visit.wants_html {
        // The page itself is built by the request that follows the redirect; what it says waits in the cookie.
        flow.say = Some(Say::SignUp(problems));
        flow.typed = typed;
    }
    visit.keep_flow(flow);
    Reply::refused(page, status)
}

fn wait(visit: &mut Visit, typed: &str, seconds: u32) -> Reply {
    throttle::told_to_wait(visit, seconds);
    let problems =
        SignUpProblems { identifier: Some(IdentifyProblem::Blocked { seconds: seconds.into() }), password: None };
    again(visit, typed, problems, StatusCode::TOO_MANY_REQUESTS)
}

/// Too many passwords are under way. The form can say so itself: to make it, nothing is read.
fn no_room(visit: &mut Visit, typed: &str) -> Reply {
    busy::counted(visit);
    let problems = SignUpProblems { identifier: Some(IdentifyProblem::Busy), password: None };
    again(visit, typed, problems, StatusCode::SERVICE_UNAVAILABLE)
}

async fn refuse(visit: &mut Visit, flow: Flow, who: &Identifier, problem: CodeProblem, status: StatusCode) -> Answer {
    answer(visit, flow, who, Some(Say::SignUpCode(problem)), status).await
}

/// The page of the code with what there is to say; without JavaScript that waits in the cookie for the request that follows.
async fn answer(visit: &mut Visit, mut flow: Flow, who: &Identifier, say: Option<Say>, status: StatusCode) -> Answer {
    let page = code_page(visit, &flow, who, say).await?;
    flow.say = say.filter(|_| visit.wants_html);
    visit.keep_flow(flow);
    Ok(Reply::refused(page, status))
}

/// What the rules for new passwords say, as a code.
#[must_use]
pub fn new_password_problem(problem: PasswordProblem) -> NewPasswordProblem {
    match problem {
        PasswordProblem::Empty => NewPasswordProblem::Empty,
        PasswordProblem::TooShort { min } => NewPasswordProblem::TooShort { min },
        PasswordProblem::TooLong => NewPasswordProblem::TooLong { max: passwords::MAX_BYTES },
        PasswordProblem::TooCommon => NewPasswordProblem::TooCommon,
        PasswordProblem::ContainsIdentifier => NewPasswordProblem::ContainsIdentifier,
    }
}
