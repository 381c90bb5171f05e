//! Codes that were mailed: one for each thing that is asked for, in one flow or session, in one browser. The key is a keyed
//! hash, so that the rows exist for identifiers nobody has.

use super::entities::mailed_codes::{ActiveModel, COLUMN, Column, Entity};
use super::{StandIn, purge_some, stored};
use domain::ids::UserId;
use domain::time::Millis;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};

/// A code is waited for; the one before it does not count any more. `user` is whom it lets in, if anybody; where it is nobody the
/// row refers to this stand-in.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn issue(
    tx: &impl ConnectionTrait,
    key: &[u8],
    user: Option<UserId>,
    nobody: StandIn,
    code_hash: &[u8],
    expires: Millis,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        key: Set(key.to_vec()),
        user_id: Set(user.map(|id| id.0)),
        code_hash: Set(code_hash.to_vec()),
        attempts: Set(0),
        expires_at: Set(expires.0),
        stand_in: Set(nobody.unless(user)),
    };
    let changes = [Column::UserId, Column::CodeHash, Column::Attempts, Column::ExpiresAt, Column::StandIn];
    let conflict = OnConflict::column(Column::Key).update_columns(changes).to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether a code is waited for.
///
/// # Errors
/// The database fails.
pub async fn is_waited_for(c: &impl ConnectionTrait, key: &[u8], now: Millis) -> Result<bool, DbErr> {
    let row = Entity::find_by_id(key.to_vec()).filter(COLUMN.expires_at.gt(now.0)).one(c).await?;
    Ok(row.is_some())
}

/// Counts a try and tells the hash to compare with; `None` where no code is waited for any more, or `most` tries were made.
/// Counted before it is compared: of many at once none is free.
///
/// # Errors
/// The database fails.
pub async fn count_try(
    tx: &impl ConnectionTrait,
    key: &[u8],
    most: u32,
    now: Millis,
) -> Result<Option<Vec<u8>>, DbErr> {
    let counted = Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(COLUMN.key.eq(key.to_vec()))
        .filter(COLUMN.attempts.lt(stored(most)))
        .filter(COLUMN.expires_at.gt(now.0))
        .exec(tx)
        .await?;
    if counted.rows_affected == 0 {
        return Ok(None);
    }
    Ok(Entity::find_by_id(key.to_vec()).one(tx).await?.map(|row| row.code_hash))
}

/// Takes back that a try was counted which turned out to be right: it was no guess.
///
/// # Errors
/// The database fails.
pub async fn give_try_back(tx: &impl ConnectionTrait, key: &[u8], code_hash: &[u8]) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
        .filter(COLUMN.key.eq(key.to_vec()))
        .filter(COLUMN.code_hash.eq(code_hash.to_vec()))
        .filter(COLUMN.attempts.gt(0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Uses a code up. False if that happened before: it counts once.
///
/// # Errors
/// The database fails.
pub async fn spend(tx: &impl ConnectionTrait, key: &[u8], code_hash: &[u8]) -> Result<bool, DbErr> {
    let spent =
        Entity::delete_many().filter(COLUMN.key.eq(key.to_vec())).filter(COLUMN.code_hash.eq(code_hash.to_vec()));
    Ok(spent.exec(tx).await?.rows_affected == 1)
}

/// No code of the account is waited for any more.
///
/// # Errors
/// The database fails.
pub async fn forget_all_of_user(tx: &impl ConnectionTrait, user: UserId) -> Result<(), DbErr> {
    Entity::delete_many().filter(COLUMN.user_id.eq(user.0)).exec(tx).await?;
    Ok(())
}

/// Deletes codes that expired, as [`purge_some`] does, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, now: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Key, COLUMN.expires_at.lt(now.0)).await
}
