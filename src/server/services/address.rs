//! Step `confirm-address`: a code that was mailed to the identifier comes back, which shows that it is an address of this
//! person. Until then it proves nothing, and anybody may have typed it.

use super::announce::{self, By, News, announce};
use super::codes::{self, Checked, For};
use super::healing::{gone, present_step, refuse, session_of};
use super::inside::Inside;
use super::reply::{Answer, Failure};
use super::sessions::Say;
use super::{audit, beside, pages, throttle};
use crate::server::db::users::User;
use crate::server::db::{self, WriteTx};
use crate::server::present::paths;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::ids::SessionId;
use http::StatusCode;

/// Whether there is an address that nobody has confirmed.
#[must_use]
pub fn is_open(user: &User) -> bool {
    user.verified_at.is_none() && announce::address(user).is_some()
}

/// The letter with the code.
fn letter(session: SessionId, user: &User, known_browser: bool) -> codes::Letter<'_> {
    codes::Letter {
        what: For::Address,
        of: session.0,
        identifier_key: &user.identifier_key,
        known_browser,
        user: Some(user.id),
        to: announce::address(user),
        owner: None,
    }
}

/// *Send a code*
///
/// # Errors
/// When the database does not answer.
pub async fn send(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if !is_open(&inside.user) || inside.is_limited() {
        drop(tx);
        return nothing_to_do(visit, inside).await;
    }
    let waits = codes::mail(visit, &tx, letter(session.id, &inside.user, inside.evidence.known_browser)).await?;
    tx.commit().await?;
    match waits {
        None => show(visit, inside, Say::CodeSent, StatusCode::OK).await,
        Some(seconds) => {
            throttle::told_to_wait(visit, seconds);
            show(visit, inside, Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS).await
        }
    }
}

/// *Confirm*
///
/// # Errors
/// When the database does not answer.
pub async fn check(visit: &mut Visit, flow_id: &str, text: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if !is_open(&inside.user) || inside.is_limited() {
        drop(tx);
        return nothing_to_do(visit, inside).await;
    }
    if text.trim().is_empty() {
        drop(tx);
        return show(visit, inside, Say::CodeEmpty, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (user, key, known) = (inside.user.id, inside.user.identifier_key.clone(), inside.evidence.known_browser);
    let typed = codes::read(visit, For::Address, session.id.0, Some(user), &key, text);
    // A code that somebody keeps says nothing about an address.
    let checked = match typed.is_mailed() {
        true => codes::check(visit, &tx, &typed, Some(user), &key, known).await?,
        false => Checked::Wrong,
    };
    if let Checked::Right(_) = checked
        && codes::spend(visit, &tx, &typed, user, &key, known).await?
    {
        end_what_was_before(visit, &tx, &inside).await?;
        db::users::verify_address(&tx, user, visit.now).await?;
        audit::note(visit, &tx, inside.happened(Event::AddressConfirmed)).await?;
        inside.renew(visit, &tx).await?;
        inside.commit(visit, tx).await?;
        return match Inside::load(visit).await? {
            Some(inside) => refuse(visit, inside, Say::AddressConfirmed, StatusCode::OK).await,
            None => pages::present(visit, "/sign-in").await,
        };
    }
    codes::note_refusal(visit, &tx, checked, (For::Address, session.id.0), Some(user), &key).await?;
    tx.commit().await?;
    let (code, status) = codes::refusal(checked);
    if let Say::Blocked { seconds } = code {
        throttle::told_to_wait(visit, seconds);
    }
    show(visit, inside, code, status).await
}

/// Whoever made this account may have been somebody else, who waits for its owner to settle in. What this session and this
/// browser have to do with stays; all else ends.
async fn end_what_was_before(visit: &Visit, tx: &WriteTx, inside: &Inside) -> Result<(), Failure> {
    let (user, session) = (inside.user.id, inside.session.id);
    db::sessions::end_all_of_user_but(tx, user, Some(session), visit.now).await?;
    let is_ours = |here: domain::intelligence::Here| here.last_good().is_some() || here.across.is_some();
    for passkey in inside.evidence.passkeys.iter().filter(|passkey| !is_ours(passkey.here)) {
        let name = inside.name_of(passkey.id);
        db::passkeys::remove(tx, user, passkey.id, visit.now).await?;
        audit::note(visit, tx, inside.happened(Event::PasskeyRemoved).about(passkey.id.0)).await?;
        announce(tx, &inside.user, &News::PasskeyRemoved { name }, By::Visit(visit, Some(session))).await?;
    }
    db::browsers::forget_marks_of_user_but(tx, user, visit.browser).await?;
    if inside.flow.codes_at.is_none() || db::saved_codes::made_at(tx, user).await? != inside.flow.codes_at {
        db::saved_codes::replace(tx, user, Vec::new(), visit.now).await?;
    }
    Ok(())
}

async fn show(visit: &mut Visit, mut inside: Inside, code: Say, status: StatusCode) -> Answer {
    inside.flow.say = Some(code);
    beside::show_at(visit, inside, paths::CONFIRM_ADDRESS, status).await
}

async fn nothing_to_do(visit: &mut Visit, inside: Inside) -> Answer {
    if inside.is_limited() {
        return refuse(visit, inside, Say::Limited, StatusCode::FORBIDDEN).await;
    }
    pages::show_inside(visit, inside, "", StatusCode::OK).await
}
