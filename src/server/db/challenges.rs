//! Challenges that were answered: each counts once.

use super::entities::spent_challenges::{ActiveModel, COLUMN, Column, Entity};
use super::purge_some;
use domain::time::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryTrait as _, Set};

/// Spends a challenge. False if it was spent before, and then the response must not count. `expires` is when the ceremony
/// itself does: until then the row is what refuses a replay, afterwards the clock.
///
/// # Errors
/// The database fails.
pub async fn spend(tx: &impl ConnectionTrait, challenge: &[u8], expires: Millis) -> Result<bool, DbErr> {
    let row = ActiveModel { challenge: Set(challenge.to_vec()), expires_at: Set(expires.0) };
    let conflict = OnConflict::column(Column::Challenge).do_nothing().to_owned();
    let mut insert = Entity::insert(row).on_conflict(conflict).into_query();
    // A query, so that on SQLite it goes in one piece with what stands before the job.
    insert.returning_col(Column::ExpiresAt);
    Ok(!tx.query_all(&insert).await?.is_empty())
}

/// Deletes challenges whose ceremony has expired, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, now: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Challenge, COLUMN.expires_at.lt(now.0)).await
}
