//! Heals: a broken passkey was answered by a new one. Confirmed when the new one signs in later.

use super::entities::heals::{ActiveModel, COLUMN, Column, Entity, Model};
use super::moment;
use domain::ids::{BrowserId, PasskeyId, SessionId, UserId};
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};

/// A heal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heal {
    pub id: Uuid,
    pub user: UserId,
    pub browser: BrowserId,
    /// The new passkey.
    pub passkey: PasskeyId,
    /// The offer that led to it.
    pub why: String,
    /// When the first ceremony failed.
    pub failed_at: Option<Millis>,
    pub created_at: Millis,
    pub confirmed_at: Option<Millis>,
    pub confirmed_session: Option<SessionId>,
}

/// What makes a heal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewHeal {
    pub id: Uuid,
    pub user: UserId,
    pub browser: BrowserId,
    pub passkey: PasskeyId,
    pub why: String,
    pub failed_at: Option<Millis>,
    pub now: Millis,
}

/// Notes a heal that is not confirmed yet.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn start(tx: &impl ConnectionTrait, new: NewHeal) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new.id),
        user_id: Set(new.user.0),
        browser_id: Set(new.browser.0),
        passkey_id: Set(new.passkey.0),
        why: Set(new.why),
        failed_at: Set(new.failed_at.map(|at| at.0)),
        created_at: Set(new.now.0),
        confirmed_at: Set(None),
        confirmed_session: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The passkey signed in: confirms the heal that made it. False if there is none, or it is confirmed already.
///
/// # Errors
/// The database fails.
pub async fn confirm(
    tx: &impl ConnectionTrait,
    passkey: PasskeyId,
    session: SessionId,
    now: Millis,
) -> Result<bool, DbErr> {
    let change =
        ActiveModel { confirmed_at: Set(Some(now.0)), confirmed_session: Set(Some(session.0)), ..Default::default() };
    let changed = Entity::update_many()
        .set(change)
        .filter(COLUMN.passkey_id.eq(passkey.0))
        .filter(COLUMN.confirmed_at.is_null())
        .exec(tx)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// The latest heal of an account.
///
/// # Errors
/// The database fails.
pub async fn latest_of_user(c: &impl ConnectionTrait, user: UserId) -> Result<Option<Heal>, DbErr> {
    let row = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(c)
        .await?;
    Ok(row.map(Heal::from))
}

/// All heals of an account, oldest first.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId) -> Result<Vec<Heal>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(Heal::from).collect())
}

impl From<Model> for Heal {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            user: UserId(row.user_id),
            browser: BrowserId(row.browser_id),
            passkey: PasskeyId(row.passkey_id),
            why: row.why,
            failed_at: moment(row.failed_at),
            created_at: Millis(row.created_at),
            confirmed_at: moment(row.confirmed_at),
            confirmed_session: row.confirmed_session.map(SessionId),
        }
    }
}
