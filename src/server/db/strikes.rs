//! Strikes per browser and identifier. The key is a keyed hash, so that they exist for identifiers nobody has.

use super::entities::strikes::{ActiveModel, COLUMN, Column, Entity};
use super::{purge_some, stored};
use domain::time::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};

/// Replaces the strikes.
///
/// # Errors
/// The database fails.
pub async fn set(tx: &impl ConnectionTrait, key: &[u8], points: u32, now: Millis) -> Result<(), DbErr> {
    let row = ActiveModel { key: Set(key.to_vec()), points: Set(stored(points)), updated_at: Set(now.0) };
    let conflict = OnConflict::column(Column::Key).update_columns([Column::Points, Column::UpdatedAt]).to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets the strikes.
///
/// # Errors
/// The database fails.
pub async fn clear(tx: &impl ConnectionTrait, key: &[u8]) -> Result<(), DbErr> {
    Entity::delete_by_id(key.to_vec()).exec(tx).await?;
    Ok(())
}

/// Deletes strikes that were last set before then, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Key, COLUMN.updated_at.lt(before.0)).await
}
