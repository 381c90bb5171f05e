//! Another name for the account. From then on the old one is nobody's. A username is taken at once; an address waits for its code.

use super::{begin, lock, new_address, prove, shown_anew};
use crate::server::db;
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
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::identifier::{Identifier, MAX_LENGTH};
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
    let who = match Identifier::parse(typed) {
        Ok(who) if new_address::is_one(&who, &inside) && !mail::is_address(who.typed()) => {
            return problem(visit, inside, IdentifyProblem::NoMail, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Ok(who) => who,
        Err(wrong) => return problem(visit, inside, wrong.into(), StatusCode::UNPROCESSABLE_ENTITY).await,
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
    // Another spelling is the same address.
    let verified = inside.user.verified_at.filter(|_| who.key() == inside.who.key());
    if db::users::rename(&tx, inside.user.id, who.typed(), who.key(), verified).await? == Renamed::KeyTaken {
        drop(tx);
        return problem(visit, inside, IdentifyProblem::Taken, StatusCode::CONFLICT).await;
    }
    note(visit, &tx, inside.happened(Event::IdentifierChanged)).await?;
    let news = News::of_another_name(&inside.user);
    announce(&tx, &inside.user, &news, By::Visit(visit, Some(inside.session.id))).await?;
    inside.commit(visit, tx).await?;
    visit.typed.clear();
    shown_anew(visit, Place::Account, Say::IdentifierChanged).await
}

async fn problem(visit: &mut Visit, inside: Inside, problem: IdentifyProblem, status: StatusCode) -> Answer {
    refuse(visit, inside, Say::NewIdentifier(problem), status).await
}
