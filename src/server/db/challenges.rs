//! Challenges that were answered: each counts once.

use super::entities::spent_challenges::{ActiveModel, COLUMN, Column, Entity};
use super::purge_some;
use domain::time::Millis;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryTrait as _, Set, Statement};

/// Spends a challenge. False if it was spent before, and then the response must not count. `expires` is when the ceremony
/// itself does: until then the row is what refuses a replay, afterwards the clock.
///
/// # Errors
/// The database fails.
pub async fn spend(tx: &impl ConnectionTrait, challenge: &[u8], expires: Millis) -> Result<bool, DbErr> {
    Ok(!tx.query_all_raw(spending(tx.get_database_backend(), challenge, expires)).await?.is_empty())
}

/// The column of the row that [`spending`] gives.
pub(super) const SPENT: &str = "spent_now";

/// A query that gives a row if it spends the challenge: told by rows, not by a count, so that it may go in one piece with others.
pub(super) fn spending(backend: DbBackend, challenge: &[u8], expires: Millis) -> Statement {
    let row = ActiveModel { challenge: Set(challenge.to_vec()), expires_at: Set(expires.0) };
    let conflict = OnConflict::column(Column::Challenge).do_nothing().to_owned();
    let mut insert = Entity::insert(row).on_conflict(conflict).into_query();
    // A name that no table has: it tells this row from others of the piece.
    insert.returning(Query::returning().expr(Expr::cust(format!("1 AS {SPENT}"))));
    backend.build(&insert)
}

/// Deletes challenges whose ceremony has expired, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, now: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Challenge, COLUMN.expires_at.lt(now.0)).await
}
