//! Accounts.

use super::entities::users::{ActiveModel, COLUMN, Column, Entity, Model};
use super::{ROW_LOCK, moment};
use domain::ids::UserId;
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder as _, QuerySelect, Set, SqlErr};
use std::fmt;

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// What WebAuthn calls the user handle: random, so that it tells nobody anything.
    pub handle: Uuid,
    /// As the person wrote it.
    pub identifier: String,
    /// As it is compared.
    pub identifier_key: String,
    pub password_hash: Option<String>,
    pub ever_had_passkey: bool,
    pub created_at: Millis,
    pub password_changed_at: Millis,
    /// When a code that was mailed to the identifier came back; only then it is an address of this person.
    pub verified_at: Option<Millis>,
    /// When the operator let the person in again, who has not chosen a new password since.
    pub reset_at: Option<Millis>,
    /// What the password was last set with, where that was a code.
    pub password_by: Option<CodeKind>,
    /// Hashes of the passwords that were taken away, newest first; no more than [`MOST_VOID`].
    pub void_passwords: Vec<String>,
}

/// So many passwords that were taken away are remembered: each costs a hash when a new one is chosen.
pub const MOST_VOID: usize = 5;

/// Two kinds of code: what one kind made, the same kind does not vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// Sent to the address.
    Mailed,
    /// One of those that a person keeps.
    Saved,
}

/// What makes an account.
#[derive(Clone)]
pub struct NewUser {
    pub id: UserId,
    pub handle: Uuid,
    pub identifier: String,
    pub identifier_key: String,
    pub password_hash: Option<String>,
    pub now: Millis,
}

/// What became of [`create`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Created {
    /// The account exists now.
    Created,
    /// Somebody has this identifier.
    KeyTaken,
}

/// The account with this comparable identifier.
///
/// # Errors
/// The database fails.
pub async fn find_by_key(c: &impl ConnectionTrait, key: &str) -> Result<Option<User>, DbErr> {
    Ok(Entity::find().filter(COLUMN.identifier_key.eq(key)).one(c).await?.map(User::from))
}

/// The account with this id.
///
/// # Errors
/// The database fails.
pub async fn find(c: &impl ConnectionTrait, id: UserId) -> Result<Option<User>, DbErr> {
    Ok(Entity::find_by_id(id.0).one(c).await?.map(User::from))
}

/// The account, locked until the transaction ends: two steps of one account happen one after the other.
/// SQLite has no row locks; there the transaction itself is the lock. A step that locks more than one row begins with this
/// one: two steps that take the same rows in different order would wait for each other.
///
/// # Errors
/// The database fails.
pub async fn lock(tx: &impl ConnectionTrait, id: UserId) -> Result<Option<User>, DbErr> {
    Ok(Entity::find_by_id(id.0).lock(ROW_LOCK).one(tx).await?.map(User::from))
}

/// Creates an account, unless its identifier is taken. A taken one is an answer, not an error, which on PostgreSQL
/// would end the whole transaction.
///
/// # Errors
/// The database fails, or the id or the handle exists.
pub async fn create(tx: &impl ConnectionTrait, new: NewUser) -> Result<Created, DbErr> {
    let row = ActiveModel {
        id: Set(new.id.0),
        handle: Set(new.handle),
        identifier: Set(new.identifier),
        identifier_key: Set(new.identifier_key),
        password_hash: Set(new.password_hash),
        ever_had_passkey: Set(false),
        created_at: Set(new.now.0),
        password_changed_at: Set(new.now.0),
        verified_at: Set(None),
        password_by: Set(None),
        reset_at: Set(None),
        void_passwords: Set(None),
    };
    let conflict = OnConflict::column(Column::IdentifierKey).do_nothing().to_owned();
    let inserted = Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(if inserted == 1 { Created::Created } else { Created::KeyTaken })
}

/// From now on a password alone does not make this account a new passkey; never undone.
///
/// # Errors
/// The database fails.
pub async fn mark_had_passkey(tx: &impl ConnectionTrait, id: UserId) -> Result<(), DbErr> {
    let change = ActiveModel { ever_had_passkey: Set(true), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// Stores a new hash of the same password, as after stronger parameters.
///
/// # Errors
/// The database fails.
pub async fn set_password_hash(tx: &impl ConnectionTrait, id: UserId, hash: &str) -> Result<(), DbErr> {
    let change = ActiveModel { password_hash: Set(Some(hash.to_owned())), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// A new password. What it is to mean for sessions and known browsers is not said here.
///
/// # Errors
/// The database fails.
pub async fn change_password(tx: &impl ConnectionTrait, id: UserId, hash: &str, now: Millis) -> Result<(), DbErr> {
    let change = ActiveModel {
        password_hash: Set(Some(hash.to_owned())),
        password_changed_at: Set(now.0),
        password_by: Set(None),
        reset_at: Set(None),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// The operator gives the account, which is locked, a password that is good for one sign-in. The one before is void.
///
/// # Errors
/// The database fails.
pub async fn reset(tx: &impl ConnectionTrait, user: &User, hash: &str, now: Millis) -> Result<(), DbErr> {
    let change = ActiveModel {
        password_hash: Set(Some(hash.to_owned())),
        password_changed_at: Set(now.0),
        password_by: Set(None),
        reset_at: Set(Some(now.0)),
        void_passwords: Set(user.with_void()),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(COLUMN.id.eq(user.id.0)).exec(tx).await?;
    Ok(())
}

/// That one sign-in of the account, which is locked, has happened: until a new password is chosen there is none. The one that was
/// handed over is not to be chosen.
///
/// # Errors
/// The database fails.
pub async fn spend_reset(tx: &impl ConnectionTrait, user: &User) -> Result<(), DbErr> {
    let change = ActiveModel { password_hash: Set(None), void_passwords: Set(user.with_void()), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.id.eq(user.id.0)).exec(tx).await?;
    Ok(())
}

/// What became of [`rename`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Renamed {
    /// The account has this identifier now.
    Renamed,
    /// Somebody else has it. PostgreSQL lets the transaction do nothing more.
    KeyTaken,
}

/// Gives an account another identifier, unless somebody else has it. `verified_at` is when a code mailed to it came back.
///
/// # Errors
/// The database fails.
pub async fn rename(
    tx: &impl ConnectionTrait,
    id: UserId,
    identifier: &str,
    identifier_key: &str,
    verified_at: Option<Millis>,
) -> Result<Renamed, DbErr> {
    let change = ActiveModel {
        identifier: Set(identifier.to_owned()),
        identifier_key: Set(identifier_key.to_owned()),
        verified_at: Set(verified_at.map(|at| at.0)),
        ..Default::default()
    };
    match Entity::update_many().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await {
        Ok(_) => Ok(Renamed::Renamed),
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(Renamed::KeyTaken),
        Err(error) => Err(error),
    }
}

/// A password in place of the one that was forgotten. `by` is the code that stood in for the old one.
///
/// # Errors
/// The database fails.
pub async fn replace_password(
    tx: &impl ConnectionTrait,
    id: UserId,
    hash: &str,
    by: CodeKind,
    now: Millis,
) -> Result<(), DbErr> {
    let change = ActiveModel {
        password_hash: Set(Some(hash.to_owned())),
        password_changed_at: Set(now.0),
        password_by: Set(Some(by.slug().to_owned())),
        reset_at: Set(None),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// Takes the password away from the account, which is locked: it has none, and that one is void.
///
/// # Errors
/// The database fails.
pub async fn take_password(tx: &impl ConnectionTrait, user: &User, now: Millis) -> Result<(), DbErr> {
    let change = ActiveModel {
        password_hash: Set(None),
        password_changed_at: Set(now.0),
        password_by: Set(None),
        reset_at: Set(None),
        void_passwords: Set(user.with_void()),
        ..Default::default()
    };
    Entity::update_many().set(change).filter(COLUMN.id.eq(user.id.0)).exec(tx).await?;
    Ok(())
}

/// A code that was mailed to the identifier came back: it is an address of this person.
///
/// # Errors
/// The database fails.
pub async fn verify_address(tx: &impl ConnectionTrait, id: UserId, now: Millis) -> Result<(), DbErr> {
    let change = ActiveModel { verified_at: Set(Some(now.0)), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// Deletes an account and all that hangs from it: passkeys, sessions, what browsers know of it, failure events, heals.
///
/// # Errors
/// The database fails.
pub async fn delete(tx: &impl ConnectionTrait, id: UserId) -> Result<(), DbErr> {
    Entity::delete_by_id(id.0).exec(tx).await?;
    Ok(())
}

/// Of the accounts that follow a user handle in the order of handles, `most` at most, how many have, or ever had, a passkey, and how
/// many these accounts are. After the last handle comes the first. Handles are random, so these accounts are like all.
///
/// # Errors
/// The database fails.
pub async fn passkey_share(c: &impl ConnectionTrait, from: Uuid, most: u64) -> Result<(u64, u64), DbErr> {
    let some = |which: Expr, most: u64| {
        let some = Entity::find().select_only().column(Column::EverHadPasskey).filter(which);
        some.order_by_asc(Column::Handle).limit(most).into_tuple::<bool>().all(c)
    };
    let mut found = some(COLUMN.handle.gte(from), most).await?;
    let missing = most.saturating_sub(u64::try_from(found.len()).unwrap_or(most));
    if missing > 0 {
        found.extend(some(COLUMN.handle.lt(from), missing).await?);
    }
    let count = |all: usize| u64::try_from(all).unwrap_or(u64::MAX);
    Ok((count(found.iter().filter(|ever| **ever).count()), count(found.len())))
}

/// Whether there is any account.
///
/// # Errors
/// The database fails.
pub async fn is_any(c: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().select_only().column(Column::Id).into_tuple::<Uuid>().one(c).await?.is_some())
}

impl User {
    /// Whether the password is the one that the operator handed over, or was: nothing has changed it since.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.reset_at == Some(self.password_changed_at)
    }

    /// What is stored of the void passwords once the present one is void too.
    fn with_void(&self) -> Option<String> {
        let hashes: Vec<_> = self.password_hash.iter().chain(&self.void_passwords).map(String::as_str).collect();
        (!hashes.is_empty()).then(|| hashes[..hashes.len().min(MOST_VOID)].join(BETWEEN))
    }
}

/// Between two hashes; there is none in a hash.
const BETWEEN: &str = " ";

impl CodeKind {
    fn slug(self) -> &'static str {
        match self {
            Self::Mailed => "mailed",
            Self::Saved => "saved",
        }
    }

    fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "mailed" => Some(Self::Mailed),
            "saved" => Some(Self::Saved),
            _ => None,
        }
    }
}

impl From<Model> for User {
    fn from(row: Model) -> Self {
        Self {
            id: UserId(row.id),
            handle: row.handle,
            identifier: row.identifier,
            identifier_key: row.identifier_key,
            password_hash: row.password_hash,
            ever_had_passkey: row.ever_had_passkey,
            created_at: Millis(row.created_at),
            password_changed_at: Millis(row.password_changed_at),
            verified_at: moment(row.verified_at),
            reset_at: moment(row.reset_at),
            password_by: row.password_by.as_deref().and_then(CodeKind::from_slug),
            void_passwords: row
                .void_passwords
                .map(|all| all.split(BETWEEN).map(str::to_owned).collect())
                .unwrap_or_default(),
        }
    }
}

/// The id alone: the rest names a person or is secret.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("id", &self.id).finish_non_exhaustive()
    }
}
