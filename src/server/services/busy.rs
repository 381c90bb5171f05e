//! More passwords at once than can be looked at: whoever is one too many is told before the database is asked, so that it is left
//! to whoever brings a passkey.

use super::reply::Reply;
use crate::server::metrics::Turned;
use crate::server::visit::Visit;
use http::StatusCode;

/// The page that says so, made without reading anything. What stands at `address` waits behind *Try again*.
pub fn turned_away(visit: &Visit, address: &str) -> Reply {
    counted(visit);
    Reply::refused(visit.app.presenter.busy(address), StatusCode::SERVICE_UNAVAILABLE)
}

/// The same inside a session, for a form in which nothing but passwords is typed: the page would lose anything else. `None` where
/// there is room, and without JavaScript, where the words wait in the session: whoever has read that says them.
pub fn turned_away_inside(visit: &Visit, address: &str, password: &str) -> Option<Reply> {
    let is_told = !password.is_empty() && !visit.wants_html && visit.app.hasher.is_full();
    is_told.then(|| turned_away(visit, address))
}

/// Tells an operator that somebody has to come back.
pub fn counted(visit: &Visit) {
    visit.app.metrics.turned_away(Turned::Busy);
}
