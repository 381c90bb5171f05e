//! The accounts that this browser may offer in one tap: those that proved themselves in it with a passkey they still have.

use super::reply::Failure;
use crate::server::db::known::Whom;
use crate::server::db::{self, users::User};
use crate::server::visit::Visit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::UserId;
use domain::time::{DAY, Millis};

/// So many accounts of a browser are looked at; one is offered.
const MOST: u64 = 5;

/// One of them.
#[derive(Clone, Debug)]
pub struct Remembered {
    pub user: User,
    /// When a passkey of it was last used or made here.
    pub at: Millis,
}

/// The accounts that this browser can prove that it knows; the one that was here last comes first.
///
/// # Errors
/// When the database does not answer.
pub async fn all(visit: &Visit) -> Result<Vec<Remembered>, Failure> {
    find(visit, |_| true).await
}

/// The account that a page of ours meant. What the page says is a hint: the account must be one of this browser's own.
///
/// # Errors
/// When the database does not answer.
pub async fn meant(visit: &Visit, reference: &str) -> Result<Option<Remembered>, Failure> {
    Ok(find(visit, |user| self::reference(visit, user) == reference).await?.pop())
}

/// What a page says in place of the account: of use in this browser only, and only for this.
#[must_use]
pub fn reference(visit: &Visit, user: UserId) -> String {
    let hash = visit.app.sealer.hash("one tap", &[&visit.browser_hash(), user.0.as_bytes()]);
    URL_SAFE_NO_PAD.encode(&hash[..16])
}

async fn find(visit: &Visit, fits: impl Fn(UserId) -> bool) -> Result<Vec<Remembered>, Failure> {
    let db = visit.app.db.read();
    let mut found = Vec::new();
    let days = i64::from(visit.app.settings.healing.known_browser_days) * DAY;
    for (id, account) in db::browsers::verified(db, visit.browser, MOST).await? {
        // As it is for adding a passkey: the mark is gone with a new password, and does not last for ever.
        let marked = account.mark_hash.as_deref() == Some(&visit.mark_hash(id.0)[..]);
        let fresh = account.verified.is_some_and(|at| visit.now.since(at) <= days);
        if !fits(id) || !marked || !fresh {
            continue;
        }
        let known = db::known::find(db, Whom::Id(id), visit.browser, &[]).await?;
        let Some(user) = known.user else { continue };
        // A hint that depends on a passkey goes with it.
        if let Some(at) = known.memory.values().filter_map(|here| here.last_good().max(here.across)).max() {
            found.push(Remembered { user, at });
        }
    }
    Ok(found)
}
