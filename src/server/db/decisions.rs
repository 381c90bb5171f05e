//! Decisions that followed a sign-in or a new passkey, each with what was known, so that it can be replayed.

use super::entities::decisions::{ActiveModel, COLUMN, Column, Entity, Model};
use super::{count, purge_some, stored};
use domain::ids::{BrowserId, UserId};
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Somebody signed in: whether to offer a passkey, and what the flow had begun with.
pub const SIGN_IN: &str = "sign-in";
/// A passkey was made: what that says about the older ones.
pub const CREATION: &str = "creation";

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDecision {
    pub id: Uuid,
    pub at: Millis,
    pub user: UserId,
    pub browser: BrowserId,
    /// After what: [`SIGN_IN`] or [`CREATION`].
    pub kind: String,
    /// What the rule looked at beside the evidence, as JSON.
    pub given: String,
    /// What was known, as JSON.
    pub evidence: String,
    /// What was decided and why, as JSON.
    pub decision: String,
    pub rules_version: u32,
}

/// Stores a decision.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn add(tx: &impl ConnectionTrait, new: StoredDecision) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new.id),
        at: Set(new.at.0),
        user_id: Set(new.user.0),
        browser_id: Set(new.browser.0),
        kind: Set(new.kind),
        given: Set(new.given),
        evidence: Set(new.evidence),
        decision: Set(new.decision),
        rules_version: Set(stored(new.rules_version)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The latest decisions about an account, newest first.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId, limit: u64) -> Result<Vec<StoredDecision>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(StoredDecision::from).collect())
}

/// Some of the decisions after this place, oldest first: the place of the last one leads on to the next.
///
/// # Errors
/// The database fails.
pub async fn after(
    c: &impl ConnectionTrait,
    (at, id): (Millis, Uuid),
    limit: u64,
) -> Result<Vec<StoredDecision>, DbErr> {
    // One range of the index, in its order: a page costs the same wherever it begins.
    let later = Condition::all().add(COLUMN.at.gte(at.0)).add(COLUMN.at.gt(at.0).or(COLUMN.id.gt(id)));
    let rows =
        Entity::find().filter(later).order_by_asc(Column::At).order_by_asc(Column::Id).limit(limit).all(c).await?;
    Ok(rows.into_iter().map(StoredDecision::from).collect())
}

/// Deletes the decisions before then, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Id, COLUMN.at.lt(before.0)).await
}

impl From<Model> for StoredDecision {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: Millis(row.at),
            user: UserId(row.user_id),
            browser: BrowserId(row.browser_id),
            kind: row.kind,
            given: row.given,
            evidence: row.evidence,
            decision: row.decision,
            rules_version: count(row.rules_version),
        }
    }
}
