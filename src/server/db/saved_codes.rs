//! Recovery codes that people keep: a set at a time, each good for once. Only keyed hashes are stored.

use super::entities::saved_codes::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entities::users;
use domain::ids::UserId;
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashSet;

/// Gives the account a new set; the old one is void, used or not.
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn replace(
    tx: &impl ConnectionTrait,
    user: UserId,
    set: Vec<(Uuid, Vec<u8>)>,
    now: Millis,
) -> Result<(), DbErr> {
    Entity::delete_many().filter(COLUMN.user_id.eq(user.0)).exec(tx).await?;
    let rows = set.into_iter().map(|(id, code_hash)| ActiveModel {
        id: Set(id),
        user_id: Set(user.0),
        code_hash: Set(code_hash),
        created_at: Set(now.0),
        used_at: Set(None),
    });
    // Without a row there is no statement.
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// When the present set was made; `None` where there is none.
///
/// # Errors
/// The database fails.
pub async fn made_at(c: &impl ConnectionTrait, user: UserId) -> Result<Option<Millis>, DbErr> {
    Ok(Entity::find().filter(COLUMN.user_id.eq(user.0)).one(c).await?.map(|row| Millis(row.created_at)))
}

/// Whether this is a code of the account that was not used yet.
///
/// # Errors
/// The database fails.
pub async fn is_good(c: &impl ConnectionTrait, user: UserId, code_hash: &[u8]) -> Result<bool, DbErr> {
    let found = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.code_hash.eq(code_hash.to_vec()))
        .filter(COLUMN.used_at.is_null())
        .one(c)
        .await?;
    Ok(found.is_some())
}

/// Uses a code up. False if it is none of this account, or was used before: of many at once one succeeds.
///
/// # Errors
/// The database fails.
pub async fn spend(tx: &impl ConnectionTrait, user: UserId, code_hash: &[u8], now: Millis) -> Result<bool, DbErr> {
    let change = ActiveModel { used_at: Set(Some(now.0)), ..Default::default() };
    let spent = Entity::update_many()
        .set(change)
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.code_hash.eq(code_hash.to_vec()))
        .filter(COLUMN.used_at.is_null())
        .exec(tx)
        .await?;
    Ok(spent.rows_affected == 1)
}

/// Codes that are looked at together.
const LOT: u64 = 500;

/// In a copy that takes the place of a database: what was used up there, or replaced, stays void. Accounts that are not there
/// keep what they have. None: the other database cannot be read, and the codes are as they were copied.
///
/// # Errors
/// The copy fails.
pub async fn void_as_in(
    tx: &impl ConnectionTrait,
    replaced: &impl ConnectionTrait,
    now: Millis,
) -> Result<Option<u64>, DbErr> {
    let (mut after, mut voided) = (Uuid::nil(), 0);
    loop {
        let lot = Entity::find().filter(COLUMN.used_at.is_null()).filter(COLUMN.id.gt(after));
        let lot = lot.order_by_asc(Column::Id).limit(LOT).all(tx).await?;
        let Some(last) = lot.last() else { return Ok(Some(voided)) };
        after = last.id;
        let Ok(void) = void_in(replaced, &lot).await else { return Ok(None) };
        let change = ActiveModel { used_at: Set(Some(now.0)), ..Default::default() };
        voided += Entity::update_many().set(change).filter(Column::Id.is_in(void)).exec(tx).await?.rows_affected;
    }
}

/// Those that were good when they were copied and are not any more.
async fn void_in(replaced: &impl ConnectionTrait, lot: &[Model]) -> Result<Vec<Uuid>, DbErr> {
    let hashes = lot.iter().map(|row| row.code_hash.clone());
    let good = Entity::find().filter(Column::CodeHash.is_in(hashes)).filter(COLUMN.used_at.is_null());
    let good: HashSet<_> = good.all(replaced).await?.into_iter().map(|row| row.code_hash).collect();
    let there = users::Entity::find().filter(users::Column::Id.is_in(lot.iter().map(|row| row.user_id)));
    let there: HashSet<_> = there.all(replaced).await?.into_iter().map(|user| user.id).collect();
    let is_void = |row: &&Model| there.contains(&row.user_id) && !good.contains(&row.code_hash);
    Ok(lot.iter().filter(is_void).map(|row| row.id).collect())
}
