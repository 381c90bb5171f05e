//! The end of an account. Its traces in the audit log stay until they are too old, under an id that is nobody's.

use super::{begin, lock, prove};
use crate::server::db;
use crate::server::place::Place;
use crate::server::services::audit::note;
use crate::server::services::healing::refuse;
use crate::server::services::reply::{Answer, Reply};
use crate::server::services::sessions::Say;
use crate::server::services::signals;
use crate::server::visit::{Flow, Say as VisitSay, Visit};
use domain::audit::Event;
use domain::identifier::{Identifier, MAX_LENGTH};
use http::StatusCode;

/// Deletes the account, if its identifier was typed to say so.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(visit: &mut Visit, flow_id: &str, password: &str, typed: &str) -> Answer {
    visit.typed = typed.chars().take(MAX_LENGTH).collect();
    let inside = match begin(visit, Place::DeleteAccount, flow_id).await? {
        Ok(inside) => inside,
        Err(answer) => return answer,
    };
    if !Identifier::parse(typed).is_ok_and(|who| who.key() == inside.who.key()) {
        return refuse(visit, inside, Say::NotConfirmed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (inside, checked) = match prove(visit, inside, password).await? {
        Ok(proved) => proved,
        Err(answer) => return answer,
    };
    let (tx, inside) = match lock(visit, inside, checked.as_ref()).await? {
        Ok(locked) => locked,
        Err(answer) => return answer,
    };
    note(visit, &tx, inside.happened(Event::AccountDeleted)).await?;
    db::users::delete(&tx, inside.user.id).await?;
    tx.commit().await?;
    visit.drop_session();
    let flow = Flow { say: Some(VisitSay::Deleted), ..visit.new_flow() };
    visit.keep_flow(flow);
    let mut page = visit.app.presenter.goodbye();
    page.signals = signals::of_nothing(visit, &inside.user);
    Ok(Reply::from(page))
}
