//! Mails that wait to be sent. What they say is sealed before it comes here.

use super::entities::outbox::{ActiveModel, COLUMN, Column, Entity};
use super::{count, stored};
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait as _, QueryFilter, QueryOrder, QuerySelect, Set};

/// A mail that waits.
#[derive(Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Also its Message-ID: the same however often it is sent.
    pub id: Uuid,
    pub mail: String,
    /// How often it was tried.
    pub attempts: u32,
    pub created_at: Millis,
    pub next_at: Millis,
    /// After that nobody needs it.
    pub expires_at: Millis,
}

/// Puts a mail in, in the transaction of what it tells about.
///
/// # Errors
/// The database fails.
pub async fn put(tx: &impl ConnectionTrait, id: Uuid, mail: String, now: Millis, expires: Millis) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(id),
        mail: Set(mail),
        attempts: Set(0),
        created_at: Set(now.0),
        next_at: Set(now.0),
        expires_at: Set(expires.0),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The mails whose turn it is, oldest first and only so many.
///
/// # Errors
/// The database fails.
pub async fn due(c: &impl ConnectionTrait, now: Millis, most: u64) -> Result<Vec<Waiting>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.next_at.lte(now.0))
        .order_by_asc(Column::NextAt)
        .order_by_asc(Column::CreatedAt)
        .limit(most)
        .all(c)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Waiting {
            id: row.id,
            mail: row.mail,
            attempts: count(row.attempts),
            created_at: Millis(row.created_at),
            next_at: Millis(row.next_at),
            expires_at: Millis(row.expires_at),
        })
        .collect())
}

/// How many mails wait.
///
/// # Errors
/// The database fails.
pub async fn count_all(c: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find().count(c).await
}

/// Takes a mail, to send it now: nobody else does before `next`. False if somebody was faster.
///
/// # Errors
/// The database fails.
pub async fn take(tx: &impl ConnectionTrait, mail: &Waiting, next: Millis) -> Result<bool, DbErr> {
    let change = ActiveModel {
        attempts: Set(stored(mail.attempts.saturating_add(1))),
        next_at: Set(next.0),
        ..Default::default()
    };
    let taken = Entity::update_many()
        .set(change)
        .filter(COLUMN.id.eq(mail.id))
        .filter(COLUMN.next_at.eq(mail.next_at.0))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// A mail is on its way, or will never be: nothing of it stays here.
///
/// # Errors
/// The database fails.
pub async fn remove(tx: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Without what it says.
impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("id", &self.id).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}
