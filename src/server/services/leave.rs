//! Ways out: sign out, forget this browser.

use super::audit::{self, Happened};
use super::healing::{nothing_done, refuse, session_of};
use super::inside::Inside;
use super::pages;
use super::reply::Answer;
use super::sessions::Say;
use super::sign_in::is;
use crate::server::db;
use crate::server::visit::{Flow, Visit};
use domain::audit::Event;
use http::StatusCode;

/// Ends the session. What this browser knows of passkeys stays. Whoever signs out by hand meets the field next, as somebody
/// else may come: the account is offered in one tap again in a later visit.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_out(visit: &mut Visit, flow_id: &str) -> Answer {
    // Also by a token that was replaced a moment ago: who wants to leave, leaves.
    if let Some(session) = visit.session().await?.filter(|session| is(session.flow, flow_id)) {
        let db = visit.app.db.clone();
        let tx = db.write().await?;
        db::sessions::end(&tx, session.id, visit.now).await?;
        audit::note(visit, &tx, Happened::to(session.user, Event::SignedOut).within(session.id)).await?;
        tx.commit().await?;
        visit.drop_session();
        let flow = Flow { another: true, ..visit.new_flow() };
        visit.keep_flow(flow);
    }
    pages::present(visit, "/sign-in").await
}

/// Forgets everything that this browser knows of anybody, and gives it a new handle.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_browser(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/dashboard", flow_id).await;
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    db::browsers::forget(&tx, visit.browser).await?;
    let forgotten = Happened::to(session.user, Event::BrowserForgotten).within(session.id).about(visit.browser.0);
    audit::note(visit, &tx, forgotten).await?;
    tx.commit().await?;
    visit.renew_browser();
    match Inside::load(visit).await? {
        Some(inside) => refuse(visit, inside, Say::BrowserForgotten, StatusCode::OK).await,
        None => pages::present(visit, "/sign-in").await,
    }
}
