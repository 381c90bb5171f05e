//! A new password. Whoever knew the old one is out: other sessions end, no browser is known any more, and no code that was
//! mailed is waited for.

use super::{Begun, begin, lock, prove, shown_anew};
use crate::server::db::{self, WriteTx};
use crate::server::passwords;
use crate::server::place::Place;
use crate::server::present::{NewPasswordProblem, paths};
use crate::server::services::announce::{By, News, announce};
use crate::server::services::audit::note;
use crate::server::services::busy;
use crate::server::services::former::{Compared, Former};
use crate::server::services::healing::refuse;
use crate::server::services::inside::{Inside, Proven};
use crate::server::services::proof::Checked;
use crate::server::services::reply::{Answer, Failure};
use crate::server::services::sessions::Say;
use crate::server::services::sign_up::new_password_problem;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::time::MINUTE;
use http::StatusCode;

/// For so long the same once more is an answer that was lost, in milliseconds.
const AGAIN: i64 = MINUTE;

/// Changes the password.
///
/// # Errors
/// When the database does not answer.
pub async fn change(visit: &mut Visit, flow_id: &str, password: &str, new: &str) -> Answer {
    if let Some(reply) = busy::turned_away_inside(visit, paths::ACCOUNT_PASSWORD, new) {
        return Ok(reply);
    }
    let inside = match begin(visit, Place::ChangePassword, flow_id).await? {
        Ok(inside) => inside,
        Err(answer) => return answer,
    };
    if let Err(problem) = passwords::check_new(new, inside.who.key(), visit.app.settings.password.min_length) {
        let code = Say::NewPassword(new_password_problem(problem));
        return refuse(visit, inside, code, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (inside, checked) = match prove(visit, inside, password).await? {
        Ok(proved) => proved,
        Err(answer) => return answer,
    };
    let typed = checked.as_ref().map(|checked| (checked, password));
    let (tx, mut inside, hash) = match hash_and_lock(visit, inside, typed, new).await? {
        Ok(locked) => locked,
        Err(answer) => return answer,
    };
    let since = inside.user.password_changed_at;
    set(visit, &tx, &inside, &hash).await?;
    // Who has just chosen it knows it.
    inside.prove(visit, &tx, Proven::Password).await?;
    if inside.must_choose_password() {
        // The password of the operator was a code that was handed over: with the new one it makes two proofs.
        inside.prove(visit, &tx, Proven::Code).await?;
    }
    inside.commit(visit, tx).await?;
    shown_anew(visit, Place::Account, Say::PasswordChanged { since }).await
}

/// Compares the new password with those that the account has and had, hashes it, and locks the account. Where they are others by
/// then, as when a sign-in elsewhere has renewed a hash, it is compared with those. `typed` is the current password, if that was the proof.
async fn hash_and_lock(
    visit: &mut Visit,
    mut inside: Inside,
    typed: Option<(&Checked, &str)>,
    new: &str,
) -> Begun<(WriteTx, Inside, String)> {
    loop {
        let former = Former::of(&inside.user);
        let hash = match former.hash_new(&visit.app.hasher, new, typed.map(|(_, password)| password)).await {
            Ok(Compared::New(hash)) => hash,
            Ok(Compared::Present) if typed.is_none() && was_just_chosen(visit, &inside) => {
                // The button was pressed twice, or the first answer was lost.
                let say = Say::PasswordChanged { since: inside.user.password_changed_at };
                return Ok(Err(shown_anew(visit, Place::Account, say).await));
            }
            Ok(Compared::Present | Compared::Void) => {
                let say = Say::NewPassword(NewPasswordProblem::NotNew);
                return Ok(Err(refuse(visit, inside, say, StatusCode::UNPROCESSABLE_ENTITY).await));
            }
            Err(_) => {
                busy::counted(visit);
                return Ok(Err(refuse(visit, inside, Say::Busy, StatusCode::SERVICE_UNAVAILABLE).await));
            }
        };
        let (tx, locked) = match lock(visit, inside, typed.map(|(checked, _)| checked)).await? {
            Ok(locked) => locked,
            Err(answer) => return Ok(Err(answer)),
        };
        if Former::of(&locked.user) == former {
            return Ok(Ok((tx, locked, hash)));
        }
        drop(tx);
        inside = locked;
    }
}

/// Whether the present password was chosen on this page, and a moment ago. That of a sign-up was not chosen in place of another one,
/// and that of a code not here.
fn was_just_chosen(visit: &Visit, inside: &Inside) -> bool {
    let user = &inside.user;
    let here = user.password_by.is_none() && user.password_changed_at != user.created_at;
    here && visit.now.since(user.password_changed_at) <= AGAIN
}

/// Stores a new password with all that follows from it, in the transaction of the step.
///
/// # Errors
/// When the database refuses.
pub async fn set(visit: &Visit, tx: &db::WriteTx, inside: &Inside, hash: &str) -> Result<(), Failure> {
    let user = inside.user.id;
    db::users::change_password(tx, user, hash, visit.now).await?;
    db::browsers::forget_marks_of_user(tx, user).await?;
    db::mailed_codes::forget_all_of_user(tx, user).await?;
    db::sessions::end_all_of_user_but(tx, user, Some(inside.session.id), visit.now).await?;
    note(visit, tx, inside.happened(Event::PasswordChanged)).await?;
    announce(tx, &inside.user, &News::PasswordChanged, By::Visit(visit, Some(inside.session.id))).await
}
