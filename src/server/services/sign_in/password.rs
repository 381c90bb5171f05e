//! The password beside a passkey, or instead of it.

use super::{Proof, blocked, enter, say, under_way, user_id};
use crate::server::db::{self, users::User};
use crate::server::metrics::Method;
use crate::server::passwords::{MAX_BYTES, Verdict};
use crate::server::present::paths;
use crate::server::services::audit::{self, Happened};
use crate::server::services::evidence::{Known, commit_and_keep, gather_of_locked_with_limit, gather_with_limits};
use crate::server::services::operator::RESET_LIFETIME;
use crate::server::services::reply::Answer;
use crate::server::services::{busy, pages, throttle};
use crate::server::visit::{Flow, Say, Visit};
use domain::assurance::Proofs;
use domain::audit::Event as Noted;
use domain::sign_in::{Event, Step};
use domain::time::Millis;
use http::StatusCode;

/// Takes a password. Nobody learns from the answer whether the identifier exists.
///
/// # Errors
/// When the database does not answer.
pub async fn password(visit: &mut Visit, flow_id: &str, password: &str) -> Answer {
    let Some((mut flow, who)) = under_way(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    flow.sign_in = flow.sign_in.password_typed();
    if password.is_empty() {
        return say(visit, flow, Say::PasswordEmpty, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if visit.app.hasher.is_full() {
        return turned_away(visit, flow).await;
    }
    let db = visit.app.db.clone();
    let place = visit.app.hasher.desk().await;
    // Many may have come in the meantime.
    if visit.app.hasher.is_full() {
        return turned_away(visit, flow).await;
    }
    let (Known { account, .. }, throttle, waits) = gather_with_limits(visit, db.read(), &who).await?;
    if let Some(seconds) = waits {
        return blocked(visit, flow, seconds).await;
    }
    let stored = account.user().filter(|user| !is_too_old(user, visit.now)).and_then(|user| user.password_hash.clone());
    // A text of megabytes is not hashed, and not told apart either.
    let text = if password.len() <= MAX_BYTES { password } else { "" };
    drop(place);
    let verdict = visit.app.hasher.verify(text, stored.clone()).await;
    // It waits in the queue, so before the desk. A wrong password needs none.
    let rehashed = match verdict {
        Ok(Verdict::RightButWeak) => visit.app.hasher.hash(password).await.ok(),
        Ok(Verdict::Right | Verdict::Wrong) | Err(_) => None,
    };
    let _place = visit.app.hasher.desk().await;
    let Ok(verdict) = verdict else { return no_room(visit, flow).await };
    let Some(user) = account.user().filter(|_| verdict != Verdict::Wrong && !text.is_empty()) else {
        let tx = db.write().await?;
        if let Some(seconds) = throttle::blocked_now(&tx, &throttle, visit.now).await? {
            drop(tx);
            return blocked(visit, flow, seconds).await;
        }
        throttle::failed(&tx, &throttle, visit.now).await?;
        audit::refused(visit, &tx, Noted::PasswordRefused, Some(&who), user_id(&account)).await?;
        tx.commit().await?;
        return say(visit, flow, Say::PasswordWrong, StatusCode::UNAUTHORIZED).await;
    };
    let (tx, known, waits) = gather_of_locked_with_limit(visit, &who, user.id, &throttle).await?;
    if let Some(seconds) = waits {
        drop(tx);
        return blocked(visit, flow, seconds).await;
    }
    let is_same = |now: &&User| now.password_hash == stored;
    let Some((known, user)) = known.as_ref().and_then(|known| Some((known, known.account.user().filter(is_same)?)))
    else {
        // Changed while it was being verified: whoever changed it decides.
        drop(tx);
        return say(visit, flow, Say::PasswordWrong, StatusCode::UNAUTHORIZED).await;
    };
    let after = flow.sign_in.clone().advance(Event::PasswordProved, &known.evidence, visit.now);
    let Step::Proved(by) = after.flow.step() else {
        drop(tx);
        return pages::show_flow(visit, flow, StatusCode::OK).await;
    };
    throttle::clear(&tx.later(), &throttle).await?;
    if let Some(hash) = rehashed {
        db::users::set_password_hash(&tx, user.id, &hash).await?;
    }
    let proofs = Proofs { password: Some(visit.now), ..Proofs::default() };
    if user.is_reset() {
        db::users::spend_reset(&tx, user).await?;
    }
    let proof = Proof::new(by, proofs, &after.writes, visit.now);
    let session = proof.session;
    enter(visit, &tx, &who, known, &flow, proof).await?;
    audit::note(visit, &tx, Happened::to(user.id, Noted::SignedInWithPassword).within(session)).await?;
    commit_and_keep(visit, tx, &who, user.id).await?;
    visit.app.metrics.signed_in(Method::Password);
    pages::present(visit, "/dashboard").await
}

/// Too many passwords are under way, as is known before the database is asked. The screen of the password waits behind the one
/// that says so.
async fn turned_away(visit: &mut Visit, mut flow: Flow) -> Answer {
    if visit.wants_html {
        return no_room(visit, flow).await;
    }
    flow.say = None;
    visit.keep_flow(flow);
    Ok(busy::turned_away(visit, paths::SIGN_IN))
}

/// As it turns out when one more is given to the threads that hash.
async fn no_room(visit: &mut Visit, flow: Flow) -> Answer {
    busy::counted(visit);
    say(visit, flow, Say::Busy, StatusCode::SERVICE_UNAVAILABLE).await
}

/// Whether the password is one that the operator handed over, and nobody used in time.
fn is_too_old(user: &User, now: Millis) -> bool {
    user.is_reset() && now.since(user.password_changed_at) > RESET_LIFETIME
}
