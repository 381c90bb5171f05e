//! An email address as the name of the account, in place of a username or of another address. It belongs to somebody, so it takes
//! more than typing it: nothing changes before a code has come back that was mailed there, to the session and the browser that
//! asked. Whether somebody else has the address is told by mail, to them.

use super::{begin, shown_anew};
use crate::server::db::pending::{self, Pending};
use crate::server::db::users::Renamed;
use crate::server::db::{self, WriteTx};
use crate::server::place::Place;
use crate::server::present::{IdentifyProblem, paths};
use crate::server::services::announce::{By, News, announce};
use crate::server::services::audit::note;
use crate::server::services::codes::{self, Checked, For};
use crate::server::services::healing::{gone, refuse};
use crate::server::services::inside::Inside;
use crate::server::services::reply::{Answer, Failure};
use crate::server::services::sessions::Say;
use crate::server::services::{beside, pages, throttle};
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::identifier::{Identifier, IdentifierKind};
use domain::ids::SessionId;
use domain::time::HOUR;
use http::StatusCode;
use sea_orm::ConnectionTrait;

/// So long an address waits for its code; with a new code it waits anew. Milliseconds.
const WAITS: i64 = HOUR;

/// Whether this is an address that the account does not have yet. Another spelling is the same address.
#[must_use]
pub fn is_one(who: &Identifier, inside: &Inside) -> bool {
    who.kind() == IdentifierKind::Email && who.key() != inside.who.key()
}

/// The address that waits for its code in this session.
///
/// # Errors
/// When the database does not answer.
pub async fn wanted<C: ConnectionTrait>(
    visit: &Visit,
    c: &C,
    session: SessionId,
) -> Result<Option<Identifier>, Failure> {
    let found = pending::find(c, &codes::key(visit, For::NewAddress, session.0), visit.now).await?;
    let who = found.map(|wanted| Identifier::parse(&wanted.identifier)).transpose();
    who.map_err(|problem| Failure::Internal(format!("a stored identifier: {problem}")))
}

/// Mails the code, in the transaction in which the proof was given.
///
/// # Errors
/// When the database does not answer.
pub async fn ask(visit: &mut Visit, tx: WriteTx, mut inside: Inside, who: &Identifier) -> Answer {
    let waits = mail(visit, &tx, &inside, who).await?;
    // The proof was right, whatever becomes of the mail.
    inside.commit(visit, tx).await?;
    if let Some(seconds) = waits {
        throttle::told_to_wait(visit, seconds);
        let problem = IdentifyProblem::Blocked { seconds: seconds.into() };
        return refuse(visit, inside, Say::NewIdentifier(problem), StatusCode::TOO_MANY_REQUESTS).await;
    }
    visit.typed.clear();
    beside::show_at(visit, inside, paths::NEW_ADDRESS, StatusCode::OK).await
}

/// Mails the code, or to its owner that the address is taken, and keeps what is wanted. Returns the seconds to wait where too many
/// mails went out lately, to this address or from this account; then nothing has changed.
async fn mail(visit: &Visit, tx: &WriteTx, inside: &Inside, who: &Identifier) -> Result<Option<u32>, Failure> {
    let own = throttle::mail_key_inside(visit, &inside.user.identifier_key, inside.evidence.known_browser);
    if let Some(seconds) = throttle::blocked_for(tx, &own, visit.now).await? {
        return Ok(Some(seconds));
    }
    let (user, session) = (inside.user.id, inside.session.id.0);
    let owner = db::users::find_by_key(tx, who.key()).await?;
    let letter = codes::Letter {
        what: For::NewAddress,
        of: session,
        identifier_key: who.key(),
        known_browser: false,
        user: Some(user),
        to: Some(who.typed().to_owned()),
        owner: owner.map(|owner| owner.id),
    };
    let waits = codes::mail(visit, tx, letter).await?;
    if waits.is_none() {
        throttle::failed(tx, &own, visit.now).await?;
        let wanted = Pending { identifier: who.typed().to_owned(), password_hash: None, user: Some(user) };
        pending::put(tx, &codes::key(visit, For::NewAddress, session), wanted, visit.now.plus(WAITS)).await?;
    }
    Ok(waits)
}

/// *Send a new code*
///
/// # Errors
/// When the database does not answer.
pub async fn send(visit: &mut Visit, flow_id: &str) -> Answer {
    let (tx, inside, who) = match under_way(visit, flow_id).await? {
        Ok(under_way) => under_way,
        Err(answer) => return answer,
    };
    let waits = mail(visit, &tx, &inside, &who).await?;
    tx.commit().await?;
    match waits {
        None => show(visit, inside, Say::CodeSent, StatusCode::OK).await,
        Some(seconds) => {
            throttle::told_to_wait(visit, seconds);
            show(visit, inside, Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS).await
        }
    }
}

/// *Confirm*: with the right code, the address is the name of the account.
///
/// # Errors
/// When the database does not answer.
pub async fn check(visit: &mut Visit, flow_id: &str, text: &str) -> Answer {
    let (tx, mut inside, who) = match under_way(visit, flow_id).await? {
        Ok(under_way) => under_way,
        Err(answer) => return answer,
    };
    if text.trim().is_empty() {
        drop(tx);
        return show(visit, inside, Say::CodeEmpty, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (user, session) = (inside.user.id, inside.session.id.0);
    let typed = codes::read(visit, For::NewAddress, session, Some(user), who.key(), text);
    // A code that somebody keeps says nothing about an address.
    let checked = match typed.is_mailed() {
        true => codes::check(visit, &tx, &typed, Some(user), who.key(), false).await?,
        false => Checked::Wrong,
    };
    // Right by luck, where the mail went to whoever has the address: that is as good as wrong.
    let is_free = db::users::find_by_key(&tx, who.key()).await?.is_none();
    if let (Checked::Right(_), true) = (checked, is_free)
        && codes::spend(visit, &tx, &typed, user, who.key(), false).await?
    {
        if db::users::rename(&tx, user, who.typed(), who.key(), Some(visit.now)).await? == Renamed::KeyTaken {
            // Somebody was faster, in this very moment.
            drop(tx);
            return show(visit, inside, Say::CodeVoid, StatusCode::UNAUTHORIZED).await;
        }
        // Those for the name of before, wherever they were mailed to.
        db::mailed_codes::forget_all_of_user(&tx, user).await?;
        pending::remove(&tx, &codes::key(visit, For::NewAddress, session)).await?;
        for event in [Event::IdentifierChanged, Event::AddressConfirmed] {
            note(visit, &tx, inside.happened(event)).await?;
        }
        let news = News::of_another_name(&inside.user);
        announce(&tx, &inside.user, &news, By::Visit(visit, Some(inside.session.id))).await?;
        inside.renew(visit, &tx).await?;
        inside.commit(visit, tx).await?;
        return shown_anew(visit, Place::Account, Say::IdentifierChanged).await;
    }
    let checked = if is_free { checked } else { lucky(checked) };
    codes::note_refusal(visit, &tx, checked, (For::NewAddress, session), Some(user), who.key()).await?;
    tx.commit().await?;
    let (code, status) = codes::refusal(checked);
    if let Say::Blocked { seconds } = code {
        throttle::told_to_wait(visit, seconds);
    }
    show(visit, inside, code, status).await
}

fn lucky(checked: Checked) -> Checked {
    if let Checked::Right(_) = checked { Checked::Wrong } else { checked }
}

/// The session that waits for a code, locked, and the address. A limited one waits for none.
async fn under_way(visit: &mut Visit, flow_id: &str) -> super::Begun<(WriteTx, Inside, Identifier)> {
    let inside = match begin(visit, Place::ChangeIdentifier, flow_id).await? {
        Ok(inside) => inside,
        Err(answer) => return Ok(Err(answer)),
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &inside.session).await? else {
        return Ok(Err(gone(visit, tx).await));
    };
    if inside.is_limited() {
        drop(tx);
        return Ok(Err(refuse(visit, inside, Say::Limited, StatusCode::FORBIDDEN).await));
    }
    match wanted(visit, &tx, inside.session.id).await? {
        Some(who) => Ok(Ok((tx, inside, who))),
        None => {
            drop(tx);
            Ok(Err(pages::show_inside(visit, inside, "", StatusCode::OK).await))
        }
    }
}

async fn show(visit: &mut Visit, mut inside: Inside, code: Say, status: StatusCode) -> Answer {
    inside.flow.say = Some(code);
    beside::show_at(visit, inside, paths::NEW_ADDRESS, status).await
}
