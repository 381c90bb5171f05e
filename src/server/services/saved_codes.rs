//! Recovery codes that a person keeps: a set at a time, shown until the person says that it is kept.

use super::announce::{By, News, announce};
use super::codes;
use super::healing::{gone, limited, nothing_done, present_step, session_of};
use super::inside::Inside;
use super::reply::Answer;
use super::sessions::{self, Say};
use super::{audit, beside, busy, pages, proof};
use crate::server::db;
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
    if let Some(reply) = busy::turned_away_inside(visit, paths::RECOVERY_CODES, password) {
        return Ok(reply);
    }
    let Some(session) = session_of(visit, flow_id).await? else {
        return nothing_done(visit, "/dashboard", flow_id).await;
    };
    let Some(before) = Inside::load(visit).await? else { return pages::present(visit, "/sign-in").await };
    let checked = match missing(visit, &before) {
        Missing::Password => match proof::check(visit, &before, password).await? {
            Ok(checked) => Some(checked),
            Err((code, status)) => return show(visit, before, code, status).await,
        },
        Missing::Nothing | Missing::Passkey => None,
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if let Some(checked) = &checked
        && let Some((code, status)) = checked.blocked(visit, &tx).await?
    {
        drop(tx);
        return show(visit, before, code, status).await;
    }
    if let Some(checked) = checked {
        checked.hold(visit, &tx, &mut inside).await?;
    }
    // Looked at anew: a passkey may have been added meanwhile.
    if missing(visit, &inside) != Missing::Nothing {
        drop(tx);
        return match inside.is_limited() {
            true => limited(visit, inside).await,
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
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
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
    let inside = Inside::load(visit).await?.filter(|inside| !inside.must_choose_password());
    let Some(inside) = inside else { return Ok(None) };
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
