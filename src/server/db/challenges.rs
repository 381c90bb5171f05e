//! Challenges that were answered: each counts once.

use super::entities::spent_challenges::{ActiveModel, COLUMN, Column, Entity};
use super::purge_some;
use super::text::Text;
use domain::time::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryTrait as _, Set, Statement};

/// Spends a challenge. False if it was spent before, and then the response must not count. `expires` is when the ceremony
/// itself does: until then the row is what refuses a replay, afterwards the clock.
///
/// # Errors
/// The database fails.
pub async fn spend(tx: &impl ConnectionTrait, challenge: &[u8], expires: Millis) -> Result<bool, DbErr> {
    let conflict = OnConflict::column(Column::Challenge).do_nothing().to_owned();
    let insert = Entity::insert(row(challenge, expires)).on_conflict(conflict).into_query();
    Ok(tx.execute_raw(tx.get_database_backend().build(&insert)).await?.rows_affected() > 0)
}

/// The column of the row that [`unspent`] gives.
pub(super) const UNSPENT: &str = "is_unspent";

/// A query that gives a row if the challenge was not spent. Told by rows, so that it may go in one piece with others, and no table has a
/// column of this name.
pub(super) fn unspent(backend: DbBackend, challenge: &[u8]) -> Statement {
    let sql = format!("SELECT 1 AS {UNSPENT} WHERE NOT EXISTS (SELECT 1 FROM spent_challenges WHERE challenge = ?)");
    Statement::from_sql_and_values(backend, sql, [challenge.to_vec().into()])
}

/// Spends a challenge that was not spent, as this transaction has found.
///
/// # Errors
/// The database fails, or it was; with writes that wait the commit says so.
pub(super) async fn spend_unspent(tx: &impl ConnectionTrait, challenge: &[u8], expires: Millis) -> Result<(), DbErr> {
    static TEXT: Text = Text::new();
    tx.execute_raw(TEXT.insert(tx.get_database_backend(), row(challenge, expires), None)).await.map(drop)
}

fn row(challenge: &[u8], expires: Millis) -> ActiveModel {
    ActiveModel { challenge: Set(challenge.to_vec()), expires_at: Set(expires.0) }
}

/// Deletes challenges whose ceremony has expired, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, now: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Challenge, COLUMN.expires_at.lt(now.0)).await
}
