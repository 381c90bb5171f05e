//! Recovery codes that a person keeps: a set at a time, shown until the person says that it is kept.

use super::announce::{By, News, announce};
use super::codes;
use super::healing::{gone, refuse, session_of};
use super::inside::{Inside, Proven};
use super::reply::Answer;
use super::sessions::{self, Say};
use super::{audit, beside, pages, throttle};
use crate::server::db;
use crate::server::passwords::{MAX_BYTES, Verdict};
use crate::server::present::paths;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::time::MINUTE;
use http::StatusCode;

/// What must be shown before there are new codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The last proof was lately.
    Nothing,
    /// The password, once more.
    Password,
    /// A passkey, as the account has or had one.
    Passkey,
}

/// What is missing in this session.
#[must_use]
pub fn missing(visit: &Visit, inside: &Inside) -> Missing {
    let fresh = i64::from(visit.app.settings.healing.fresh_password_minutes) * MINUTE;
    let proofs = sessions::proofs(&inside.session);
    let is_fresh = |proof: Option<domain::time::Millis>| proof.is_some_and(|at| visit.now.since(at) <= fresh);
    match inside.user.ever_had_passkey {
        _ if is_fresh(proofs.passkey) => Missing::Nothing,
        true => Missing::Passkey,
        false if is_fresh(proofs.password) => Missing::Nothing,
        false => Missing::Password,
    }
}

/// *Get new codes*: the old ones are void from here.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(visit: &mut Visit, flow_id: &str, password: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return pages::present(visit, "/dashboard").await };
    let Some(before) = Inside::load(visit).await? else { return pages::present(visit, "/sign-in").await };
    let db = visit.app.db.clone();
    let stored = before.user.password_hash.clone();
    let mut confirmed = false;
    if missing(visit, &before) == Missing::Password {
        if password.is_empty() {
            return show(visit, before, Say::PasswordEmpty, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        let throttle = throttle::key(visit, before.who.key(), before.evidence.known_browser);
        if let Some(seconds) = throttle::blocked_for(db.read(), &throttle, visit.now).await? {
            throttle::told_to_wait(visit, seconds);
            return show(visit, before, Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS).await;
        }
        let text = if password.len() <= MAX_BYTES { password } else { "" };
        let compared = stored.clone().filter(|_| !before.user.is_reset());
        let Ok(verdict) = visit.app.hasher.verify(text, compared).await else {
            return show(visit, before, Say::Busy, StatusCode::SERVICE_UNAVAILABLE).await;
        };
        let tx = db.write().await?;
        if let Some(seconds) = throttle::blocked_now(&tx, &throttle, visit.now).await? {
            drop(tx);
            throttle::told_to_wait(visit, seconds);
            return show(visit, before, Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS).await;
        }
        if verdict == Verdict::Wrong || text.is_empty() {
            throttle::failed(&tx, &throttle, visit.now).await?;
            audit::note(visit, &tx, before.happened(Event::PasswordRefused)).await?;
            tx.commit().await?;
            return show(visit, before, Say::PasswordWrong, StatusCode::UNAUTHORIZED).await;
        }
        throttle::clear(&tx, &throttle).await?;
        tx.commit().await?;
        confirmed = true;
    }
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if confirmed && inside.user.password_hash == stored {
        inside.prove(visit, &tx, Proven::Password).await?;
        audit::note(visit, &tx, inside.happened(Event::PasswordConfirmed)).await?;
    }
    // Looked at anew: a passkey may have been added meanwhile.
    if missing(visit, &inside) != Missing::Nothing {
        drop(tx);
        return match inside.is_limited() {
            true => refuse(visit, inside, Say::Limited, StatusCode::FORBIDDEN).await,
            false => show(visit, inside, Say::Expired, StatusCode::FORBIDDEN).await,
        };
    }
    let had = db::saved_codes::made_at(&tx, inside.user.id).await?.is_some();
    let seed = codes::replace(visit, &tx, inside.user.id).await?;
    let event = if had { Event::CodesReplaced } else { Event::CodesIssued };
    audit::note(visit, &tx, inside.happened(event)).await?;
    announce(&tx, &inside.user, &News::CodesReplaced, By::Visit(visit, Some(session.id))).await?;
    inside.flow.codes = Some(seed);
    inside.flow.codes_at = Some(visit.now);
    inside.flow.say = None;
    sessions::keep(&tx, &inside.session, &inside.flow).await?;
    inside.commit(visit, tx).await?;
    beside::show_at(visit, inside, paths::RECOVERY_CODES, StatusCode::OK).await
}

/// *Continue*: the person has kept them, and they are not shown again.
///
/// # Errors
/// When the database does not answer.
pub async fn kept(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return pages::present(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    inside.flow.codes = None;
    sessions::keep(&tx, &inside.session, &inside.flow).await?;
    tx.commit().await?;
    pages::show_inside(visit, inside, "", StatusCode::OK).await
}

/// The codes that this session is shown, one a line, as a file to keep. None where nothing is shown.
///
/// # Errors
/// When the database does not answer.
pub async fn as_file(visit: &Visit) -> Result<Option<String>, super::reply::Failure> {
    let Some(inside) = Inside::load(visit).await? else { return Ok(None) };
    let Some(seed) = inside.flow.codes else { return Ok(None) };
    let mut lines = codes::of_seed(visit, inside.user.id, &seed);
    lines.insert(0, visit.app.presenter.codes_file_heading(inside.who.typed()));
    lines.push(String::new());
    Ok(Some(lines.join("\r\n")))
}

async fn show(visit: &mut Visit, mut inside: Inside, code: Say, status: StatusCode) -> Answer {
    inside.flow.say = Some(code);
    beside::show_at(visit, inside, paths::RECOVERY_CODES, status).await
}
