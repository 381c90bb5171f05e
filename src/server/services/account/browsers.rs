//! Forgets known browsers from afar. What they know of other accounts is not this person's to forget.

use super::shown_anew;
use crate::server::db;
use crate::server::place::Place;
use crate::server::services::audit::note;
use crate::server::services::healing::{gone, limited, nothing_done, session_of};
use crate::server::services::inside::Inside;
use crate::server::services::reply::Answer;
use crate::server::services::sessions::Say;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::ids::BrowserId;

/// One browser forgets the account, this one too. Where the password may add a passkey is part of what opens the account.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(visit: &mut Visit, flow_id: &str, id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/account", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if inside.is_limited() {
        drop(tx);
        visit.place = Place::Account;
        return limited(visit, inside).await;
    }
    let mut code = Say::Gone;
    if let Some(browser) = uuid::Uuid::try_parse(id).ok().map(BrowserId)
        && db::browsers::forget_account(&tx, browser, inside.user.id).await?
    {
        note(visit, &tx, inside.happened(Event::BrowserForgotten).about(browser.0)).await?;
        code = Say::KnownBrowserForgotten;
    }
    tx.commit().await?;
    shown_anew(visit, Place::Account, code).await
}

/// All browsers but this one forget the account.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_others(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/account", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if inside.is_limited() {
        drop(tx);
        visit.place = Place::Account;
        return limited(visit, inside).await;
    }
    if db::browsers::forget_account_elsewhere(&tx, visit.browser, inside.user.id).await? > 0 {
        note(visit, &tx, inside.happened(Event::BrowsersForgotten)).await?;
    }
    tx.commit().await?;
    shown_anew(visit, Place::Account, Say::KnownBrowsersForgotten).await
}
