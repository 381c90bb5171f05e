//! What people were told of their accounts, and whether they said that it was not them.

use super::entities::notices::{ActiveModel, COLUMN, Column, Entity, Model};
use super::{moment, purge_some};
use domain::ids::{BrowserId, SessionId, UserId};
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// Something that was told.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: Uuid,
    pub user: UserId,
    /// What happened, as JSON.
    pub news: String,
    /// The session and the browser in which it was done.
    pub session: Option<SessionId>,
    pub browser: Option<BrowserId>,
    pub created_at: Millis,
    /// When somebody said *this was not me*.
    pub disowned_at: Option<Millis>,
}

/// What makes a notice; the token of the mail's link is in the mail alone.
#[derive(Clone)]
pub struct NewNotice {
    pub id: Uuid,
    pub user: UserId,
    pub news: String,
    pub session: Option<SessionId>,
    pub browser: Option<BrowserId>,
    pub token_hash: Vec<u8>,
    pub now: Millis,
}

/// Notes what was told.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn add(tx: &impl ConnectionTrait, new: NewNotice) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new.id),
        user_id: Set(new.user.0),
        news: Set(new.news),
        session_id: Set(new.session.map(|id| id.0)),
        browser_id: Set(new.browser.map(|id| id.0)),
        token_hash: Set(new.token_hash),
        created_at: Set(new.now.0),
        disowned_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The notice whose link has this token.
///
/// # Errors
/// The database fails.
pub async fn find_by_token(c: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<Notice>, DbErr> {
    let row = Entity::find().filter(COLUMN.token_hash.eq(token_hash.to_vec())).one(c).await?;
    Ok(row.map(Notice::from))
}

/// A notice of this account.
///
/// # Errors
/// The database fails.
pub async fn find(c: &impl ConnectionTrait, user: UserId, id: Uuid) -> Result<Option<Notice>, DbErr> {
    let row = Entity::find_by_id(id).filter(COLUMN.user_id.eq(user.0)).one(c).await?;
    Ok(row.map(Notice::from))
}

/// What the account was told since then and nobody disowned, latest first and only a few.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId, since: Millis, most: u64) -> Result<Vec<Notice>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.disowned_at.is_null())
        .filter(COLUMN.created_at.gte(since.0))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(most)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// Somebody said that it was not them. False if that was said before: it counts once.
///
/// # Errors
/// The database fails.
pub async fn disown(tx: &impl ConnectionTrait, id: Uuid, now: Millis) -> Result<bool, DbErr> {
    let change = ActiveModel { disowned_at: Set(Some(now.0)), ..Default::default() };
    let once = Entity::update_many().set(change).filter(COLUMN.id.eq(id)).filter(COLUMN.disowned_at.is_null());
    Ok(once.exec(tx).await?.rows_affected == 1)
}

/// Everything that the account was told since then, oldest first.
///
/// # Errors
/// The database fails.
pub async fn all_since(c: &impl ConnectionTrait, user: UserId, since: Millis) -> Result<Vec<Notice>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.created_at.gte(since.0))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// What the account was told since then can be disowned no more.
///
/// # Errors
/// The database fails.
pub async fn close_since(tx: &impl ConnectionTrait, user: UserId, since: Millis, now: Millis) -> Result<(), DbErr> {
    let change = ActiveModel { disowned_at: Set(Some(now.0)), ..Default::default() };
    let open = Entity::update_many().set(change).filter(COLUMN.disowned_at.is_null());
    open.filter(COLUMN.user_id.eq(user.0)).filter(COLUMN.created_at.gte(since.0)).exec(tx).await?;
    Ok(())
}

/// Deletes what was told before then, so much at once, and tells how much.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Id, COLUMN.created_at.lt(before.0)).await
}

impl From<Model> for Notice {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            user: UserId(row.user_id),
            news: row.news,
            session: row.session_id.map(SessionId),
            browser: row.browser_id.map(BrowserId),
            created_at: Millis(row.created_at),
            disowned_at: moment(row.disowned_at),
        }
    }
}

/// Without what happened, which may name a person.
impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notice").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}

/// Without the hash of the token either.
impl std::fmt::Debug for NewNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewNotice").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}
