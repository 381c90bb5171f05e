//! The password once more, inside a session: checked before the transaction, as that takes its time, and held against the
//! account anew inside it.

use super::inside::{Inside, Proven};
use super::reply::Failure;
use super::sessions::Say;
use super::throttle::{self, Counted};
use super::{audit, busy};
use crate::server::db::WriteTx;
use crate::server::passwords::{MAX_BYTES, Verdict};
use crate::server::visit::Visit;
use domain::audit::Event;
use http::StatusCode;

/// A password that was right when it was checked.
pub struct Checked {
    stored: Option<String>,
    counted: Counted,
}

/// Why it does not count, and the status that says so.
pub type Refusal = (Say, StatusCode);

/// Checks a password that was typed inside a session. A wrong one is counted and written down.
///
/// # Errors
/// When the database does not answer.
pub async fn check(visit: &mut Visit, inside: &Inside, password: &str) -> Result<Result<Checked, Refusal>, Failure> {
    if inside.user.password_hash.is_none() {
        return Ok(Err((Say::PasswordNone, StatusCode::UNPROCESSABLE_ENTITY)));
    }
    if password.is_empty() {
        return Ok(Err((Say::PasswordEmpty, StatusCode::UNPROCESSABLE_ENTITY)));
    }
    if visit.app.hasher.is_full() {
        return Ok(Err(no_room(visit)));
    }
    let db = visit.app.db.clone();
    let counted = throttle::proof_key(visit, inside.who.key(), inside.evidence.known_browser);
    if let Some(seconds) = throttle::blocked_for(db.read(), &counted, visit.now).await? {
        return Ok(Err(wait(visit, seconds)));
    }
    let stored = inside.user.password_hash.clone();
    let text = if password.len() <= MAX_BYTES { password } else { "" };
    // What the operator handed over is good for a sign-in, and for nothing inside a session.
    let compared = stored.clone().filter(|_| !inside.user.is_reset());
    let Ok(verdict) = visit.app.hasher.verify(text, compared).await else { return Ok(Err(no_room(visit))) };
    if verdict == Verdict::Wrong || text.is_empty() {
        let tx = db.write().await?;
        if let Some(seconds) = throttle::blocked_now(&tx, &counted, visit.now).await? {
            drop(tx);
            return Ok(Err(wait(visit, seconds)));
        }
        throttle::failed(&tx, &counted, visit.now).await?;
        audit::note(visit, &tx, inside.happened(Event::PasswordRefused)).await?;
        tx.commit().await?;
        return Ok(Err((Say::PasswordWrong, StatusCode::UNAUTHORIZED)));
    }
    Ok(Ok(Checked { stored, counted }))
}

impl Checked {
    /// Asked in the transaction, once the account is locked: of many passwords that were checked at the same time only so many
    /// count.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn blocked(&self, visit: &mut Visit, tx: &WriteTx) -> Result<Option<Refusal>, Failure> {
        let seconds = throttle::blocked_now(tx, &self.counted, visit.now).await?;
        Ok(seconds.map(|seconds| wait(visit, seconds)))
    }

    /// Makes it a proof of the session, unless the password was changed meanwhile: whoever changed it decides.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hold(&self, visit: &Visit, tx: &WriteTx, inside: &mut Inside) -> Result<bool, Failure> {
        if inside.user.password_hash != self.stored {
            return Ok(false);
        }
        throttle::clear(tx, &self.counted).await?;
        inside.prove(visit, tx, Proven::Password).await?;
        audit::note(visit, tx, inside.happened(Event::PasswordConfirmed)).await?;
        Ok(true)
    }
}

fn no_room(visit: &Visit) -> Refusal {
    busy::counted(visit);
    (Say::Busy, StatusCode::SERVICE_UNAVAILABLE)
}

fn wait(visit: &mut Visit, seconds: u32) -> Refusal {
    throttle::told_to_wait(visit, seconds);
    (Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS)
}
