//! The passkeys on the dashboard: rename, remove. A session of the password alone changes neither.

use super::announce::{By, News, announce};
use super::audit;
use super::healing::{self, gone, nothing_done, refuse, session_of, shown_anew};
use super::inside::Inside;
use super::pages::{self, LONGEST_NAME};
use super::reply::Answer;
use super::sessions::Say;
use crate::server::db;
use crate::server::place::Place;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::identifier::is_invisible;
use domain::ids::PasskeyId;
use http::StatusCode;

/// Renames a passkey.
///
/// # Errors
/// When the database does not answer.
pub async fn rename(visit: &mut Visit, flow_id: &str, id: &str, name: &str) -> Answer {
    let name = name.trim();
    let problem = match name.chars().count() {
        0 => Some(Say::NameEmpty),
        n if n > LONGEST_NAME => Some(Say::NameTooLong),
        _ if is_unreadable(name) => Some(Say::NameUnreadable),
        _ => None,
    };
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/dashboard", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if inside.is_limited() {
        drop(tx);
        return limited(visit, inside).await;
    }
    if let Some(problem) = problem {
        drop(tx);
        inside.flow.say = Some(problem);
        // The field stays open, with what is wrong beside it.
        let query = parse(id).map(|id| format!("rename={id}")).unwrap_or_default();
        return pages::show_inside(visit, inside, &query, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let mut code = Say::Gone;
    if let Some(passkey) = parse(id)
        && db::passkeys::rename(&tx, inside.user.id, passkey, name).await?
    {
        audit::note(visit, &tx, inside.happened(Event::PasskeyRenamed).about(passkey.0)).await?;
        code = Say::Renamed;
    }
    tx.commit().await?;
    shown_anew(visit, Place::Dashboard, code).await
}

/// Whether people would see nothing of this name, or something else than what it is. Some emoji and some scripts are joined, or
/// kept in order, by characters that are not seen themselves.
fn is_unreadable(name: &str) -> bool {
    let joins = |c| matches!(c, '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200c}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}');
    let is_seen = |c: char| !c.is_whitespace() && !is_invisible(c);
    name.chars().any(|c| c.is_control() || (is_invisible(c) && !joins(c))) || !name.chars().any(is_seen)
}

/// Removes a passkey from the account. What the provider keeps of it is out of our reach.
///
/// # Errors
/// When the database does not answer.
pub async fn remove(visit: &mut Visit, flow_id: &str, id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/dashboard", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if inside.is_limited() {
        drop(tx);
        return limited(visit, inside).await;
    }
    let mut code = Say::Gone;
    let id = parse(id);
    if let Some(passkey) = inside.evidence.passkeys.iter().find(|passkey| Some(passkey.id) == id)
        && db::passkeys::remove(&tx, inside.user.id, passkey.id, visit.now).await?
    {
        audit::note(visit, &tx, inside.happened(Event::PasskeyRemoved).about(passkey.id.0)).await?;
        code = Say::Removed { aaguid: passkey.aaguid };
        let name = inside.name_of(passkey.id);
        // Whoever has the device or the browser of it has no more than the password now.
        db::browsers::forget_marks_of_passkey_but(&tx, inside.user.id, passkey.id, visit.browser).await?;
        db::sessions::forget_passkey_proofs_but(&tx, inside.user.id, session.id).await?;
        announce(&tx, &inside.user, &News::PasskeyRemoved { name }, By::Visit(visit, Some(session.id))).await?;
    }
    tx.commit().await?;
    shown_anew(visit, Place::Dashboard, code).await
}

/// Where no passkey is left, the one that was meant is gone, and none can be the proof.
async fn limited(visit: &mut Visit, inside: Inside) -> Answer {
    match inside.evidence.passkeys.is_empty() {
        true => refuse(visit, inside, Say::Gone, StatusCode::NOT_FOUND).await,
        false => healing::limited(visit, inside).await,
    }
}

fn parse(id: &str) -> Option<PasskeyId> {
    uuid::Uuid::try_parse(id).ok().map(PasskeyId)
}
