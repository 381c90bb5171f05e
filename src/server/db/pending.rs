//! Identifiers that wait for the code that was mailed there. One for each thing that is asked for, in one flow or session, in
//! one browser; the key is that of the code.

use super::entities::pending_identifiers::{ActiveModel, COLUMN, Column, Entity, Model};
use domain::ids::UserId;
use domain::time::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};
use std::fmt;

/// What is to be once the code has come back.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    /// As the person wrote it.
    pub identifier: String,
    /// Of the account that is yet to be made.
    pub password_hash: Option<String>,
    /// The account that is to have the identifier; none for one that is yet to be made.
    pub user: Option<UserId>,
}

/// Keeps it; what waited under the same key waits no longer.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn put(tx: &impl ConnectionTrait, key: &[u8], new: Pending, expires: Millis) -> Result<(), DbErr> {
    let row = ActiveModel {
        key: Set(key.to_vec()),
        user_id: Set(new.user.map(|id| id.0)),
        identifier: Set(new.identifier),
        password_hash: Set(new.password_hash),
        expires_at: Set(expires.0),
    };
    let changes = [Column::UserId, Column::Identifier, Column::PasswordHash, Column::ExpiresAt];
    let conflict = OnConflict::column(Column::Key).update_columns(changes).to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// What waits there, unless it has expired.
///
/// # Errors
/// The database fails.
pub async fn find(c: &impl ConnectionTrait, key: &[u8], now: Millis) -> Result<Option<Pending>, DbErr> {
    let row = Entity::find_by_id(key.to_vec()).filter(COLUMN.expires_at.gt(now.0)).one(c).await?;
    Ok(row.map(Pending::from))
}

/// It waits no longer.
///
/// # Errors
/// The database fails.
pub async fn remove(tx: &impl ConnectionTrait, key: &[u8]) -> Result<(), DbErr> {
    Entity::delete_by_id(key.to_vec()).exec(tx).await?;
    Ok(())
}

/// Deletes what has expired, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, now: Millis) -> Result<u64, DbErr> {
    super::purge_some::<Entity>(tx, Column::Key, COLUMN.expires_at.lt(now.0)).await
}

impl From<Model> for Pending {
    fn from(row: Model) -> Self {
        Self { identifier: row.identifier, password_hash: row.password_hash, user: row.user_id.map(UserId) }
    }
}

/// Without the hash of the password.
impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("identifier", &self.identifier)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
