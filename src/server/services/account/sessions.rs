//! Ends sessions. A session of the password alone may do so too: it takes nothing away that a sign-in does not give back. But those
//! in which a passkey has just answered stay: else whoever has the password would end them before their owner could change it.

use super::shown_anew;
use crate::server::db::{self, WriteTx};
use crate::server::place::Place;
use crate::server::services::audit::note;
use crate::server::services::healing::{gone, nothing_done, session_of};
use crate::server::services::inside::Inside;
use crate::server::services::reply::Answer;
use crate::server::services::sessions::Say;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::ids::SessionId;
use domain::time::{MINUTE, Millis};
use sea_orm::DbErr;

/// So long a passkey has answered just now; milliseconds. Enough to choose another password.
const JUST_NOW: i64 = 10 * MINUTE;

/// Ends one session of the account; the present one is left by signing out.
///
/// # Errors
/// When the database does not answer.
pub async fn end(visit: &mut Visit, flow_id: &str, id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/account", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    let mut code = Say::Gone;
    let other = uuid::Uuid::try_parse(id).ok().map(SessionId).filter(|id| *id != session.id);
    if let Some(other) = other
        && end_some(visit, &tx, &inside, Some(other)).await? > 0
    {
        note(visit, &tx, inside.happened(Event::SessionEnded).about(other.0)).await?;
        code = Say::SessionEnded;
    } else if other.is_some() && others_are_alive(visit, &tx, &inside, other).await? {
        code = Say::SessionsSpared;
    }
    tx.commit().await?;
    shown_anew(visit, Place::Account, code).await
}

/// Ends all sessions of the account but this one.
///
/// # Errors
/// When the database does not answer.
pub async fn end_others(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/account", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if end_some(visit, &tx, &inside, None).await? > 0 {
        note(visit, &tx, inside.happened(Event::SessionsEnded)).await?;
    }
    let spared = others_are_alive(visit, &tx, &inside, None).await?;
    let code = if spared { Say::SessionsSpared } else { Say::SessionsEnded };
    tx.commit().await?;
    shown_anew(visit, Place::Account, code).await
}

/// Whether any other is left; where one is told, whether that is.
async fn others_are_alive(visit: &Visit, tx: &WriteTx, inside: &Inside, one: Option<SessionId>) -> Result<bool, DbErr> {
    db::sessions::others_are_alive(tx, inside.user.id, (inside.session.id, one), visit.now).await
}

/// All others, or one of them.
async fn end_some(visit: &Visit, tx: &WriteTx, inside: &Inside, one: Option<SessionId>) -> Result<u64, DbErr> {
    let spared = if inside.is_limited() { visit.now.plus(-JUST_NOW) } else { Millis(i64::MAX) };
    let which = (inside.session.id, one);
    db::sessions::end_unproved_of_user_but(tx, inside.user.id, which, spared, visit.now).await
}
