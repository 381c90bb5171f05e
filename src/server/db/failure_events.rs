//! Failed ceremonies, each with what was known and decided, so that the decision can be replayed.

use super::entities::browser_accounts;
use super::entities::failure_events::{ActiveModel, COLUMN, Column, Entity, Model};
use super::{PURGED_AT_ONCE, StandIn, count, purge_some, stored};
use domain::ceremony::Purpose;
use domain::ids::{BrowserId, UserId};
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait as _, Set,
};

/// One failed ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureEvent {
    pub id: Uuid,
    pub at: Millis,
    /// `None` for an identifier nobody has.
    pub user: Option<UserId>,
    pub browser: Option<BrowserId>,
    /// Keyed hash of the identifier.
    pub identifier_hash: Vec<u8>,
    pub purpose: String,
    pub outcome: String,
    /// What the browser reported, as JSON.
    pub observation: String,
    /// What was known, as JSON.
    pub evidence: String,
    /// What had been decided, as JSON.
    pub decision: String,
    /// The likely causes, as JSON.
    pub diagnosis: String,
    pub rules_version: u32,
}

/// What makes an event: all of it.
pub type NewFailureEvent = FailureEvent;

/// Stores an event. Where it is nobody's the row refers to this stand-in.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn add(tx: &impl ConnectionTrait, new: NewFailureEvent, nobody: StandIn) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new.id),
        at: Set(new.at.0),
        user_id: Set(new.user.map(|user| user.0)),
        browser_id: Set(new.browser.map(|browser| browser.0)),
        identifier_hash: Set(new.identifier_hash),
        purpose: Set(new.purpose),
        outcome: Set(new.outcome),
        observation: Set(new.observation),
        evidence: Set(new.evidence),
        decision: Set(new.decision),
        diagnosis: Set(new.diagnosis),
        rules_version: Set(stored(new.rules_version)),
        stand_in: Set(nobody.unless(new.user)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Two browsers that there are not: ids have a version.
const NOBODYS: Uuid = Uuid::nil();
const SOMEBODYS: Uuid = Uuid::max();

/// Of what anybody can report who knows this identifier, deletes all but the latest, so many at once. What happened inside sessions, or
/// in browsers that the account knows, they do not push out. It is the same work where nobody has the identifier.
///
/// # Errors
/// The database fails.
pub async fn keep_latest(
    tx: &impl ConnectionTrait,
    identifier_hash: &[u8],
    user: Option<UserId>,
    kept: u64,
) -> Result<(), DbErr> {
    let mut known = browser_accounts::Entity::find()
        .select_only()
        .column(browser_accounts::Column::BrowserId)
        .filter(browser_accounts::COLUMN.user_id.eq(user.map_or(Uuid::nil(), |user| user.0)))
        .filter(browser_accounts::Column::MarkHash.is_not_null())
        .into_query();
    // Whoever has no browser, as nobody has, is looked for among the known ones too, who are never none.
    known.union(UnionType::All, Query::select().expr(Expr::value(SOMEBODYS)).take());
    let browser = Expr::col(Column::BrowserId).if_null(Expr::value(NOBODYS));
    let elsewhere = browser.not_in_subquery(known);
    let open_to_strangers =
        Purpose::ALL.into_iter().filter(|purpose| purpose.is_open_to_strangers()).map(Purpose::slug);
    let older = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(COLUMN.identifier_hash.eq(identifier_hash.to_vec()))
        .filter(Column::Purpose.is_in(open_to_strangers))
        .filter(elsewhere)
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .offset(kept)
        .limit(PURGED_AT_ONCE)
        .into_query();
    Entity::delete_many().filter(Column::Id.in_subquery(older)).exec(tx).await?;
    Ok(())
}

/// The latest events of an account, newest first.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId, limit: u64) -> Result<Vec<FailureEvent>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(FailureEvent::from).collect())
}

/// The latest events that are about this account or this identifier, newest first. Before the account was made, and where
/// there is none, they are about the identifier alone.
///
/// # Errors
/// The database fails.
pub async fn about(
    c: &impl ConnectionTrait,
    user: Option<UserId>,
    identifier_hash: &[u8],
    limit: u64,
) -> Result<Vec<FailureEvent>, DbErr> {
    let rows = Entity::find()
        .filter(is_about(user, identifier_hash))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(FailureEvent::from).collect())
}

/// How many events are about this account or this identifier.
///
/// # Errors
/// The database fails.
pub async fn count_about(c: &impl ConnectionTrait, user: Option<UserId>, identifier_hash: &[u8]) -> Result<u64, DbErr> {
    Entity::find().filter(is_about(user, identifier_hash)).count(c).await
}

fn is_about(user: Option<UserId>, identifier_hash: &[u8]) -> Condition {
    let by_hash = Condition::any().add(COLUMN.identifier_hash.eq(identifier_hash.to_vec()));
    user.map_or(by_hash.clone(), |user| by_hash.add(COLUMN.user_id.eq(user.0)))
}

/// Some of the events after this place, oldest first: the place of the last one leads on to the next.
///
/// # Errors
/// The database fails.
pub async fn after(c: &impl ConnectionTrait, (at, id): (Millis, Uuid), limit: u64) -> Result<Vec<FailureEvent>, DbErr> {
    // One range of the index, in its order: a page costs the same wherever it begins.
    let later = Condition::all().add(COLUMN.at.gte(at.0)).add(COLUMN.at.gt(at.0).or(COLUMN.id.gt(id)));
    let rows =
        Entity::find().filter(later).order_by_asc(Column::At).order_by_asc(Column::Id).limit(limit).all(c).await?;
    Ok(rows.into_iter().map(FailureEvent::from).collect())
}

/// Deletes the events before then, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Id, COLUMN.at.lt(before.0)).await
}

/// How many events the account has.
///
/// # Errors
/// The database fails.
pub async fn count_of_user(c: &impl ConnectionTrait, user: UserId) -> Result<u64, DbErr> {
    Entity::find().filter(COLUMN.user_id.eq(user.0)).count(c).await
}

impl From<Model> for FailureEvent {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: Millis(row.at),
            user: row.user_id.map(UserId),
            browser: row.browser_id.map(BrowserId),
            identifier_hash: row.identifier_hash,
            purpose: row.purpose,
            outcome: row.outcome,
            observation: row.observation,
            evidence: row.evidence,
            decision: row.decision,
            diagnosis: row.diagnosis,
            rules_version: count(row.rules_version),
        }
    }
}
