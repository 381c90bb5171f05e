//! Wrong passwords. The key is a keyed hash, so that they are counted for identifiers nobody has.

use super::entities::password_attempts::{ActiveModel, COLUMN, Column, Entity, Model};
use super::{ROW_LOCK, WriteTx, count, purge_some, stored};
use domain::time::Millis;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter as _, QuerySelect as _, Set,
};

/// Wrong passwords in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    pub failures: u32,
    pub last: Millis,
    /// Until then no password is looked at.
    pub blocked_until: Millis,
}

/// The wrong passwords so far.
///
/// # Errors
/// The database fails.
pub async fn find(c: &impl ConnectionTrait, key: &[u8]) -> Result<Option<Attempts>, DbErr> {
    Ok(Entity::find_by_id(key.to_vec()).one(c).await?.map(Attempts::from))
}

/// Those of several keys; one of which nothing is known has none.
///
/// # Errors
/// The database fails.
pub async fn find_all(c: &impl ConnectionTrait, keys: Vec<Vec<u8>>) -> Result<Vec<Attempts>, DbErr> {
    Ok(Entity::find().filter(Column::Key.is_in(keys)).all(c).await?.into_iter().map(Attempts::from).collect())
}

/// The wrong passwords so far, none of them if there is no row; locked until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock(tx: &WriteTx, key: &[u8]) -> Result<Attempts, DbErr> {
    let none = Attempts { failures: 0, last: Millis(0), blocked_until: Millis(0) };
    // On SQLite the transaction itself is the lock.
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(find(tx, key).await?.unwrap_or(none));
    }
    // A row that is not there cannot be locked, and one that is waited for may be gone then: whoever had it has signed in.
    loop {
        let none = ActiveModel { key: Set(key.to_vec()), failures: Set(0), last_at: Set(0), blocked_until: Set(0) };
        let nothing = OnConflict::column(Column::Key).do_nothing().to_owned();
        Entity::insert(none).on_conflict(nothing).exec_without_returning(tx).await?;
        if let Some(row) = Entity::find_by_id(key.to_vec()).lock(ROW_LOCK).one(tx).await? {
            return Ok(row.into());
        }
    }
}

impl From<Model> for Attempts {
    fn from(row: Model) -> Self {
        Self { failures: count(row.failures), last: Millis(row.last_at), blocked_until: Millis(row.blocked_until) }
    }
}

/// Replaces what is known of the wrong passwords.
///
/// # Errors
/// The database fails.
pub async fn set(
    tx: &impl ConnectionTrait,
    key: &[u8],
    failures: u32,
    last: Millis,
    blocked_until: Millis,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        key: Set(key.to_vec()),
        failures: Set(stored(failures)),
        last_at: Set(last.0),
        blocked_until: Set(blocked_until.0),
    };
    let changes = [Column::Failures, Column::LastAt, Column::BlockedUntil];
    let conflict = OnConflict::column(Column::Key).update_columns(changes).to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets the wrong passwords.
///
/// # Errors
/// The database fails.
pub async fn clear(tx: &impl ConnectionTrait, key: &[u8]) -> Result<(), DbErr> {
    Entity::delete_by_id(key.to_vec()).exec(tx).await?;
    Ok(())
}

/// Deletes what is older than that and blocks nothing any more, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    let old = COLUMN.last_at.lt(before.0).and(COLUMN.blocked_until.lt(before.0));
    purge_some::<Entity>(tx, Column::Key, old).await
}
