//! Another name for the account. From then on the old one is nobody's. A username is taken at once; an address waits for its code.

use super::{begin, lock, new_address, prove, shown_anew};
use crate::server::db;
use crate::server::db::mailed_codes;
use crate::server::db::users::Renamed;
use crate::server::mail;
use crate::server::place::Place;
use crate::server::present::IdentifyProblem;
use crate::server::services::announce::{By, News, announce};
use crate::server::services::audit::note;
use crate::server::services::healing::refuse;
use crate::server::services::inside::Inside;
use crate::server::services::reply::Answer;
use crate::server::services::sessions::Say;
use crate::server::services::throttle;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::identifier::{Identifier, IdentifierKind, MAX_LENGTH};
use http::StatusCode;

/// Changes what the person types to say who they are.
///
/// # Errors
/// When the database does not answer.
pub async fn change(visit: &mut Visit, flow_id: &str, password: &str, typed: &str) -> Answer {
    // Long nonsense is not sent back.
    visit.typed = typed.chars().take(MAX_LENGTH).collect();
    let inside = match begin(visit, Place::ChangeIdentifier, flow_id).await? {
        Ok(inside) => inside,
        Err(answer) => return answer,
    };
    let who = match Identifier::parse(typed).map_err(IdentifyProblem::from).and_then(|who| another(who, &inside)) {
        Ok(who) => who,
        Err(wrong) => return problem(visit, inside, wrong, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let (inside, checked) = match prove(visit, inside, password).await? {
        Ok(proved) => proved,
        Err(answer) => return answer,
    };
    let (tx, mut inside) = match lock(visit, inside, checked.as_ref()).await? {
        Ok(locked) => locked,
        Err(answer) => return answer,
    };
    if new_address::is_one(&who, &inside) {
        return new_address::ask(visit, tx, inside, &who).await;
    }
    // Whether a name is taken is told, so it is limited as a sign-up with a username is; of another spelling a mail tells.
    let counted = match who.key() == inside.who.key() {
        true => throttle::mail_key_inside(visit, who.key(), inside.evidence.known_browser),
        false => throttle::sign_up_key(visit, None),
    };
    if let Some(seconds) = throttle::blocked_now(&tx, &counted, visit.now).await? {
        drop(tx);
        throttle::told_to_wait(visit, seconds);
        let blocked = IdentifyProblem::Blocked { seconds: seconds.into() };
        return problem(visit, inside, blocked, StatusCode::TOO_MANY_REQUESTS).await;
    }
    throttle::failed(&tx, &counted, visit.now).await?;
    let owner = db::users::find_by_key(&tx, who.key()).await?;
    if owner.is_some_and(|owner| owner.id != inside.user.id) {
        // The proof was right, and the question counts.
        inside.commit(visit, tx).await?;
        return problem(visit, inside, IdentifyProblem::Taken, StatusCode::CONFLICT).await;
    }
    // Another spelling is the same address.
    let verified = inside.user.verified_at.filter(|_| who.key() == inside.who.key());
    if db::users::rename(&tx, inside.user.id, who.typed(), who.key(), verified).await? == Renamed::KeyTaken {
        drop(tx);
        return problem(visit, inside, IdentifyProblem::Taken, StatusCode::CONFLICT).await;
    }
    if who.key() != inside.who.key() {
        // They went to the mailbox that the account had, and are for its name.
        mailed_codes::forget_all_of_user(&tx, inside.user.id).await?;
    }
    note(visit, &tx, inside.happened(Event::IdentifierChanged)).await?;
    let news = News::of_another_name(&inside.user);
    announce(&tx, &inside.user, &news, By::Visit(visit, Some(inside.session.id))).await?;
    inside.commit(visit, tx).await?;
    visit.typed.clear();
    shown_anew(visit, Place::Account, Say::IdentifierChanged).await
}

/// It, if it is another name that this account can have.
fn another(who: Identifier, inside: &Inside) -> Result<Identifier, IdentifyProblem> {
    // Nothing would change, and the owner would be told that it did.
    if who.typed() == inside.who.typed() {
        return Err(IdentifyProblem::Same);
    }
    if who.kind() == IdentifierKind::Email && !can_be_written_to(&who, inside) {
        return Err(IdentifyProblem::NoMail);
    }
    if who.is_half_an_address() {
        return Err(IdentifyProblem::HalfAddress);
    }
    Ok(who)
}

/// Another spelling of the address keeps that it was confirmed, so it must be the same mailbox: no more than case differs.
fn can_be_written_to(who: &Identifier, inside: &Inside) -> bool {
    let is_same = who.typed().to_lowercase() == inside.who.typed().to_lowercase();
    mail::is_address(who.typed()) && (is_same || who.key() != inside.who.key())
}

async fn problem(visit: &mut Visit, inside: Inside, problem: IdentifyProblem, status: StatusCode) -> Answer {
    refuse(visit, inside, Say::NewIdentifier(problem), status).await
}
