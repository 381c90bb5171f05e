//! The person's own account: what is shown of it. What can be done with it stands in the files beside.

pub mod browsers;
pub mod delete;
pub mod export;
pub mod identifier;
pub mod new_address;
pub mod password;
pub mod sessions;

use super::ceremonies::{self, How};
use super::healing::shown_anew;
use super::inside::Inside;
use super::pages::{proof_problem, verify_notice};
use super::proof::{self, Checked};
use super::reply::{Answer, Failure};
use super::sessions::Say;
use super::{healing, pages, signals};
use crate::page::{Changing, Page};
use crate::server::db::{self, WriteTx, sessions::Session};
use crate::server::place::Place;
use crate::server::present::{
    AccountLimit, AccountSaid, AccountView, ActivityView, BrowserView, ChangeProblems, ChangeView, Machine, Minted,
    PasswordProblem, ProofProblem, SessionView, SincePasskey, Walk,
};
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::ceremony::Purpose;
use domain::healing::Step;
use domain::ids::{BrowserId, SessionId};
use domain::time::{DAY, MINUTE, Millis};
use http::StatusCode;
use std::collections::HashMap;

/// So many sessions and browsers are shown at most; all others can be ended or forgotten at once.
const MOST: usize = 20;
/// So many lines of recent activity, made of at most so many events of strangers and as many others: refused passwords in a row are one
/// line.
const LINES: usize = 10;
const EVENTS: u64 = 100;

/// The page of the account that the visit stands on.
///
/// # Errors
/// When the database does not answer.
pub async fn page(visit: &Visit, inside: &Inside, say: Option<Say>) -> Result<Page, Failure> {
    let what = match visit.place {
        Place::ChangePassword => Changing::Password,
        Place::ChangeIdentifier => Changing::Identifier,
        Place::DeleteAccount => Changing::Account,
        Place::Account | Place::Dashboard => return overview(visit, inside, say).await,
    };
    change(visit, inside, what, say)
}

async fn overview(visit: &Visit, inside: &Inside, say: Option<Say>) -> Result<Page, Failure> {
    let (db, user) = (visit.app.db.read(), &inside.user);
    let settings = &visit.app.settings;
    let idle = i64::from(settings.session.idle_minutes) * MINUTE;
    let days = settings.healing.known_browser_days;
    let when = (visit.now.plus(-idle), visit.now);
    let sessions = db::sessions::alive_of_user(db, user.id, when, MOST as u64).await?;
    let mut known = db::browsers::known_to(db, user.id, visit.now.plus(-i64::from(days) * DAY)).await?;
    known.truncate(MOST);
    let events = db::audit::latest_of_user(db, user.id, EVENTS).await?;
    let browsers = sessions.iter().map(|session| session.browser).chain(known.iter().map(|(browser, _)| *browser));
    let machines = machines(visit, browsers.chain(events.iter().filter_map(|event| event.browser))).await?;
    let view = AccountView {
        walk: walk(inside),
        now: visit.now,
        password_changed: (user.password_changed_at != user.created_at).then_some(user.password_changed_at),
        sessions: sessions.iter().map(|session| session_view(session, inside.session.id, &machines)).collect(),
        browsers: known
            .iter()
            .map(|(id, account)| BrowserView {
                id: *id,
                machine: machines.get(id).copied(),
                verified: account.verified.unwrap_or(account.first_seen),
                here: *id == visit.browser && inside.evidence.known_browser,
            })
            .collect(),
        known_browser_days: days,
        activity: activity(&events, visit.browser, &machines),
        since: since(inside, say),
        limit: limit(inside),
        prove: mint_proof(visit, inside, inside.is_limited())?,
        said: said(say),
    };
    let page = visit.app.presenter.account(&view);
    let renamed = say == Some(Say::IdentifierChanged);
    let signals = if renamed { signals::of_account(visit, visit.app.db.read(), inside).await? } else { Vec::new() };
    Ok(Page { signals, ..page })
}

fn change(visit: &Visit, inside: &Inside, what: Changing, say: Option<Say>) -> Result<Page, Failure> {
    // Let in again by the operator: the one-time password was the proof.
    let let_in = inside.must_choose_password();
    let stale = !let_in && !inside.is_fresh(visit);
    let limit = limit(inside).filter(|_| !let_in);
    let typed = if visit.typed.is_empty() { inside.who.typed() } else { &visit.typed };
    let view = ChangeView {
        walk: walk(inside),
        what,
        typed: if what == Changing::Identifier { typed } else { &visit.typed },
        password: stale,
        let_in,
        min_length: visit.app.settings.password.min_length,
        problems: problems(say),
        said: said(say),
        limit,
        prove: mint_proof(visit, inside, limit.is_some() || stale)?,
    };
    Ok(visit.app.presenter.change(&view))
}

fn walk(inside: &Inside) -> Walk<'_> {
    Walk {
        flow: inside.session.flow,
        who: inside.who.typed(),
        env: &inside.evidence.environment,
        passkeys: &inside.evidence.passkeys,
    }
}

/// A `get()` for more proof, where there is a passkey to give it.
fn mint_proof(visit: &Visit, inside: &Inside, needed: bool) -> Result<Option<Minted>, Failure> {
    let can = inside.evidence.environment.can.webauthn != Some(false) && !inside.evidence.passkeys.is_empty();
    let descriptors = inside.account.descriptors();
    let mint = || ceremonies::mint_get(visit, Purpose::Verify, inside.session.flow, &descriptors, How::OnClick);
    (needed && can).then(mint).transpose()
}

fn limit(inside: &Inside) -> Option<AccountLimit> {
    let limit = if inside.evidence.passkeys.is_empty() { AccountLimit::NoneLeft } else { AccountLimit::Passkeys };
    inside.is_limited().then_some(limit)
}

/// What these browsers are, as far as they were not forgotten.
async fn machines(
    visit: &Visit,
    browsers: impl Iterator<Item = BrowserId>,
) -> Result<HashMap<BrowserId, Machine>, Failure> {
    let mut ids: Vec<_> = browsers.collect();
    ids.sort_unstable_by_key(|id| id.0);
    ids.dedup();
    let rows = db::browsers::find_all(visit.app.db.read(), ids).await?;
    Ok(rows.into_values().map(|row| (row.id, Machine { browser: row.browser, platform: row.platform })).collect())
}

fn session_view(session: &Session, this: SessionId, machines: &HashMap<BrowserId, Machine>) -> SessionView {
    SessionView {
        id: session.id,
        machine: machines.get(&session.browser).copied(),
        started: session.created_at,
        seen: session.seen_at,
        here: session.id == this,
    }
}

/// The latest events, newest first. A stranger who tries passwords or codes must not push everything else off the list.
fn activity(events: &[db::audit::Entry], here: BrowserId, machines: &HashMap<BrowserId, Machine>) -> Vec<ActivityView> {
    let mut lines: Vec<ActivityView> = Vec::new();
    for entry in events {
        let Some(event) = Event::from_slug(&entry.event) else { continue };
        // Nor may several of these, one after the other in turn.
        let mut of_strangers = lines.iter_mut().rev().take_while(|line| line.event.is_open_to_strangers());
        if let Some(line) = of_strangers.find(|line| line.event == event) {
            line.times += 1;
            continue;
        }
        if lines.len() == LINES {
            break;
        }
        lines.push(ActivityView {
            event,
            times: 1,
            at: entry.at,
            machine: entry.browser.and_then(|browser| machines.get(&browser)).copied(),
            here: entry.browser == Some(here),
        });
    }
    lines
}

/// After a new password: the passkeys made since the one before. Whoever knew that one may have made them.
fn since(inside: &Inside, say: Option<Say>) -> Vec<SincePasskey> {
    let (Some(Say::PasswordChanged { since }), Some(passkeys)) = (say, inside.account.passkeys()) else {
        return Vec::new();
    };
    let made = passkeys.iter().filter(|passkey| passkey.created_at >= since);
    made.map(|row| SincePasskey { id: row.id, name: row.name.clone(), created: row.created_at }).collect()
}

fn said(say: Option<Say>) -> Option<AccountSaid> {
    match say? {
        Say::SessionEnded => Some(AccountSaid::SessionEnded),
        Say::SessionsEnded => Some(AccountSaid::SessionsEnded),
        Say::SessionsSpared => Some(AccountSaid::SessionsSpared),
        Say::KnownBrowserForgotten => Some(AccountSaid::BrowserForgotten),
        Say::KnownBrowsersForgotten => Some(AccountSaid::BrowsersForgotten),
        Say::PasswordChanged { .. } => Some(AccountSaid::PasswordChanged),
        Say::IdentifierChanged => Some(AccountSaid::IdentifierChanged),
        Say::Confirmed => Some(AccountSaid::Confirmed),
        Say::Limited => Some(AccountSaid::NeedsPasskey),
        Say::Gone => Some(AccountSaid::Gone),
        Say::AnotherSession => Some(AccountSaid::AnotherSession),
        Say::Busy => Some(AccountSaid::Busy),
        say => verify_notice(say).map(AccountSaid::Passkey),
    }
}

fn problems(say: Option<Say>) -> ChangeProblems {
    let mut problems = ChangeProblems::default();
    match say {
        Some(Say::NewPassword(problem)) => problems.new_password = Some(problem),
        Some(Say::NewIdentifier(problem)) => problems.identifier = Some(problem),
        Some(Say::NotConfirmed) => problems.not_confirmed = true,
        // Where the whole page is busy, the page says so.
        Some(Say::Busy) | None => {}
        Some(say) => problems.password = password_problem(say),
    }
    problems
}

fn password_problem(say: Say) -> Option<PasswordProblem> {
    match proof_problem(say) {
        Some(ProofProblem::Password(problem)) => Some(problem),
        _ => None,
    }
}

/// What a form of the account page begins with, or the answer where it goes no further.
type Begun<T> = Result<Result<T, Answer>, Failure>;

/// Begins a change. A limited session changes nothing, whatever it knows.
async fn begin(visit: &mut Visit, place: Place, flow_id: &str) -> Begun<Inside> {
    let session = match place {
        Place::ChangePassword => healing::session_for_new_password(visit, flow_id).await?,
        _ => healing::session_of(visit, flow_id).await?,
    };
    if session.is_none() {
        return Ok(Err(healing::nothing_done(visit, place.path(), flow_id).await));
    }
    visit.place = place;
    match Inside::load(visit).await? {
        None => Ok(Err(pages::present(visit, place.path()).await)),
        Some(inside) if place == Place::ChangePassword && inside.must_choose_password() => Ok(Ok(inside)),
        Some(inside) if inside.flow.healing.step() != Step::Done => {
            Ok(Err(pages::show_inside(visit, inside, "", StatusCode::OK).await))
        }
        Some(inside) if inside.is_limited() => Ok(Err(healing::limited(visit, inside).await)),
        Some(inside) => Ok(Ok(inside)),
    }
}

/// Asks for a fresh proof: one that the session has, or the password in the form.
async fn prove(visit: &mut Visit, inside: Inside, password: &str) -> Begun<(Inside, Option<Checked>)> {
    // One that was let in comes here with its new password alone.
    if inside.is_fresh(visit) || inside.must_choose_password() {
        return Ok(Ok((inside, None)));
    }
    match proof::check(visit, &inside, password).await? {
        Ok(checked) => Ok(Ok((inside, Some(checked)))),
        Err((code, status)) => Ok(Err(healing::refuse(visit, inside, code, status).await)),
    }
}

/// Goes on inside the transaction, where everything is looked at anew: the password may have been changed in between, or the
/// time have run out.
async fn lock(visit: &mut Visit, inside: Inside, checked: Option<&Checked>) -> Begun<(WriteTx, Inside)> {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let before = inside;
    let locked = match visit.place {
        Place::ChangePassword => Inside::lock_for_new_password(visit, &tx, &before.session).await?,
        _ => Inside::lock(visit, &tx, &before.session).await?,
    };
    let Some(mut inside) = locked else { return Ok(Err(healing::gone(visit, tx).await)) };
    if let Some(checked) = checked
        && let Some((code, status)) = checked.blocked(visit, &tx).await?
    {
        drop(tx);
        return Ok(Err(healing::refuse(visit, before, code, status).await));
    }
    let holds = match checked {
        Some(checked) => checked.hold(visit, &tx, &mut inside).await?,
        None => true,
    };
    if inside.must_choose_password() || (holds && !inside.is_limited() && inside.is_fresh(visit)) {
        return Ok(Ok((tx, inside)));
    }
    drop(tx);
    Ok(Err(healing::refuse(visit, inside, Say::Expired, StatusCode::FORBIDDEN).await))
}

/// Milliseconds since 1970 as people and programs read them (RFC 3339).
#[must_use]
pub fn readable(at: Millis) -> String {
    use time::format_description::well_known::Rfc3339;
    let moment = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000);
    moment.ok().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}
