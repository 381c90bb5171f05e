//! What is true of the database as a whole: one row.

use super::entities::installation::{ActiveModel, COLUMN, Entity};
use super::{count, moment};
use crate::server::random;
use domain::time::Millis;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};

/// The generation of this program. It goes up with a change of the schema that the generation before could not live with;
/// such a change also raises `oldest_generation` in its migration, to the generation that can.
pub const GENERATION: u32 = 1;

const ROW: &str = "keymend";

/// The row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// How often the database was restored. What was sealed in another epoch does not open.
    pub epoch: u32,
    /// Since when providers of passkeys are told nothing.
    pub signals_withheld: Option<Millis>,
    /// The oldest programs that may use this schema.
    pub oldest_generation: u32,
    pub ghosts: GhostShare,
    /// What only the root key gives with which a server started last; none before the first one that notes it.
    pub root_key_check: Option<Vec<u8>>,
}

/// How many of the imaginary accounts have passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GhostShare {
    pub percent: u32,
    /// Before that it is one percent less. It is set into the future, so that every server has learnt of it by then.
    pub from: Millis,
}

/// What is true of it now.
///
/// # Errors
/// The database fails.
pub async fn find(c: &impl ConnectionTrait) -> Result<Installation, DbErr> {
    let row = Entity::find_by_id(ROW).one(c).await?.ok_or_else(|| missing("the row of the installation"))?;
    Ok(Installation {
        epoch: count(row.epoch),
        signals_withheld: moment(row.signals_withheld_at),
        oldest_generation: count(row.oldest_generation),
        ghosts: GhostShare { percent: count(row.ghost_percent), from: Millis(row.ghost_percent_from) },
        root_key_check: row.root_key_check,
    })
}

/// More of the imaginary accounts have passkeys, from then on. Nothing happens if somebody else has changed it since it was `before`.
///
/// # Errors
/// The database fails.
pub async fn raise_ghosts(tx: &impl ConnectionTrait, before: GhostShare, share: GhostShare) -> Result<(), DbErr> {
    let percent = i32::try_from(share.percent).unwrap_or(i32::MAX);
    let change =
        ActiveModel { ghost_percent: Set(percent), ghost_percent_from: Set(share.from.0), ..Default::default() };
    let unchanged = COLUMN.ghost_percent_from.eq(before.from.0);
    Entity::update_many().set(change).filter(COLUMN.name.eq(ROW)).filter(unchanged).exec(tx).await?;
    Ok(())
}

/// It was restored: another epoch begins, in which providers are told nothing until somebody says so. Its number is drawn: the
/// next one would be the same after each restore of one backup.
///
/// # Errors
/// The database fails.
pub async fn restored(tx: &impl ConnectionTrait, now: Millis) -> Result<(), DbErr> {
    // The first bit is the sign, and nought the epoch of a database that was never restored.
    let epoch = (i32::from_be_bytes(random::bytes()) & i32::MAX).max(1);
    let change = ActiveModel { epoch: Set(epoch), signals_withheld_at: Set(Some(now.0)), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.name.eq(ROW)).exec(tx).await?;
    Ok(())
}

/// Providers may be told again.
///
/// # Errors
/// The database fails.
pub async fn confirm_signals(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    let change = ActiveModel { signals_withheld_at: Set(None), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.name.eq(ROW)).exec(tx).await?;
    Ok(())
}

/// It is used with this root key now.
///
/// # Errors
/// The database fails.
pub async fn note_root_key(tx: &impl ConnectionTrait, check: &[u8]) -> Result<(), DbErr> {
    let change = ActiveModel { root_key_check: Set(Some(check.to_vec())), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.name.eq(ROW)).exec(tx).await?;
    Ok(())
}

fn missing(what: &str) -> DbErr {
    DbErr::RecordNotFound(format!("{what} is missing"))
}
