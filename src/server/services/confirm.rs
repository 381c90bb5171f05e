//! Step `confirm`: a code beside the password, before a new passkey is made in a browser that has not proved itself.

use super::codes::{self, Checked, For, Ways};
use super::healing::{advance, gone, present_step, refuse, session_of};
use super::inside::{Inside, Proven};
use super::reply::{Answer, Failure};
use super::sessions::Say;
use super::{audit, pages, throttle};
use crate::server::db::WriteTx;
use crate::server::db::users::User;
use crate::server::visit::Visit;
use domain::assurance::Assurance;
use domain::audit::Event as Noted;
use domain::healing::{Event, Step};
use domain::ids::SessionId;
use http::StatusCode;

/// Mails a code where the step that was just reached asks for one. Where too many went out lately none does; the page says
/// how to ask for one.
///
/// # Errors
/// When the database refuses.
pub async fn mail_where_asked(
    visit: &Visit,
    tx: &WriteTx,
    step: Step,
    session: SessionId,
    user: &User,
    known_browser: bool,
    ways: Ways,
) -> Result<(), Failure> {
    if matches!(step, Step::Confirm { .. }) && ways.mailed {
        codes::mail(visit, tx, letter(session, user, known_browser)).await?;
    }
    Ok(())
}

fn letter(session: SessionId, user: &User, known_browser: bool) -> codes::Letter<'_> {
    codes::Letter {
        what: For::Confirm,
        of: session.0,
        identifier_key: &user.identifier_key,
        known_browser,
        user: Some(user.id),
        to: super::announce::address(user),
        owner: None,
    }
}

/// *Send a new code*
///
/// # Errors
/// When the database does not answer.
pub async fn send(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if !matches!(inside.flow.healing.step(), Step::Confirm { .. }) || !inside.ways.mailed {
        drop(tx);
        return pages::show_inside(visit, inside, "", StatusCode::OK).await;
    }
    let waits = codes::mail(visit, &tx, letter(session.id, &inside.user, inside.evidence.known_browser)).await?;
    tx.commit().await?;
    match waits {
        None => refuse(visit, inside, Say::CodeSent, StatusCode::OK).await,
        Some(seconds) => {
            throttle::told_to_wait(visit, seconds);
            refuse(visit, inside, Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS).await
        }
    }
}

/// *Confirm*: takes a code that was mailed, or one that the person kept.
///
/// # Errors
/// When the database does not answer.
pub async fn check(visit: &mut Visit, flow_id: &str, text: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if !matches!(inside.flow.healing.step(), Step::Confirm { .. }) {
        drop(tx);
        return pages::show_inside(visit, inside, "", StatusCode::OK).await;
    }
    if text.trim().is_empty() {
        drop(tx);
        return refuse(visit, inside, Say::CodeEmpty, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (user, key, known) = (inside.user.id, inside.user.identifier_key.clone(), inside.evidence.known_browser);
    let typed = codes::read(visit, For::Confirm, session.id.0, Some(user), &key, text);
    let checked = match codes::check(visit, &tx, &typed, Some(user), &key, known).await? {
        // A kind that vouches for nothing here is no code.
        Checked::Right(kind) if !inside.ways.has(kind) => Checked::Void,
        checked => checked,
    };
    if let Checked::Right(_) = checked
        && codes::spend(visit, &tx, &typed, user, &key, known).await?
    {
        inside.prove(visit, &tx, Proven::Code).await?;
        audit::note(visit, &tx, inside.happened(Noted::CodeConfirmed)).await?;
        let event = match inside.assurance(visit) {
            Assurance::Enough => Event::ProofGiven,
            missing => Event::AssuranceMissing(missing),
        };
        advance(visit, &tx, &mut inside, event).await?;
        inside.commit(visit, tx).await?;
        return pages::show_inside(visit, inside, "", StatusCode::OK).await;
    }
    codes::note_refusal(visit, &tx, checked, (For::Confirm, session.id.0), Some(user), &key).await?;
    tx.commit().await?;
    let (code, status) = codes::refusal(checked);
    if let Say::Blocked { seconds } = code {
        throttle::told_to_wait(visit, seconds);
    }
    refuse(visit, inside, code, status).await
}
