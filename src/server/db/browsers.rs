//! Browsers, and what each remembers of accounts and of passkeys.
//!
//! Everything a browser knows hangs from its row: [`forget`] is one deletion. So the row must be there
//! ([`touch_or_create`]) before anything is remembered.

mod accounts;
mod memory;

pub use accounts::{
    BrowserAccount, all_of_user, failure_since_present, first_seen, forget_account, forget_account_elsewhere,
    forget_all_marks, forget_marks_of_passkey_but, forget_marks_of_user, forget_marks_of_user_but, known_to,
    mark_known, offer_accepted, offer_paused, present, verified,
};
pub use memory::{absent, across, created, everywhere, failed, worked};

use super::entities::browsers::{ActiveModel, COLUMN, Column, Entity, Model};
use super::text::Text;
use super::{WriteTx, purge_some};
use domain::ids::BrowserId;
use domain::platform::{Browser, Platform};
use domain::time::Millis;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Set};
use std::collections::HashMap;

/// A browser profile that carries our cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserRow {
    pub id: BrowserId,
    pub platform: Platform,
    pub browser: Browser,
    pub created_at: Millis,
    pub seen_at: Millis,
}

/// The browser whose cookie has this hash.
///
/// # Errors
/// The database fails.
pub async fn find_by_token(c: &impl ConnectionTrait, token_hash: &[u8]) -> Result<Option<BrowserRow>, DbErr> {
    Ok(Entity::find().filter(COLUMN.token_hash.eq(token_hash.to_vec())).one(c).await?.map(BrowserRow::from))
}

/// Those of these browsers that are not forgotten, by their ids.
///
/// # Errors
/// The database fails.
pub async fn find_all(
    c: &impl ConnectionTrait,
    of: impl IntoIterator<Item = BrowserId>,
) -> Result<HashMap<BrowserId, BrowserRow>, DbErr> {
    let rows = Entity::find().filter(COLUMN.id.is_in(of.into_iter().map(|browser| browser.0))).all(c).await?;
    Ok(rows.into_iter().map(BrowserRow::from).map(|row| (row.id, row)).collect())
}

/// Those of the browsers that are not forgotten, each with the hash of its cookie: what is counted for a browser is keyed
/// by it.
///
/// # Errors
/// The database fails.
pub async fn with_token_hashes(
    c: &impl ConnectionTrait,
    ids: &[BrowserId],
) -> Result<Vec<(BrowserRow, Vec<u8>)>, DbErr> {
    let rows = Entity::find().filter(COLUMN.id.is_in(ids.iter().map(|id| id.0))).all(c).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let token_hash = row.token_hash.clone();
            (BrowserRow::from(row), token_hash)
        })
        .collect())
}

/// Notes that the browser with this token was here; `id` becomes its id if it was not known. Of two first requests at once one
/// makes the row.
///
/// # Errors
/// The database fails, or another browser has this id.
pub async fn touch_or_create(
    tx: &impl ConnectionTrait,
    id: BrowserId,
    token_hash: &[u8],
    platform: Platform,
    browser: Browser,
    now: Millis,
) -> Result<(), DbErr> {
    let seen = seen(platform, browser, now);
    if note(tx, token_hash, seen.clone()).await? {
        return Ok(());
    }
    let new =
        ActiveModel { id: Set(id.0), token_hash: Set(token_hash.to_vec()), created_at: Set(now.0), ..seen.clone() };
    // No column is named: PostgreSQL spares an insert only the conflicts it was told of, and of two equal rows at once
    // either the id or the token may be what meets first.
    let conflict = OnConflict::new().do_nothing().to_owned();
    let is_new = Entity::insert(new).on_conflict(conflict).exec_without_returning(tx).await? == 1;
    if is_new || note(tx, token_hash, seen).await? { Ok(()) } else { Err(DbErr::RecordNotInserted) }
}

/// As [`touch_or_create`], for one that has met an account, as was read in this transaction. On SQLite it has its row then, and nobody
/// asks; elsewhere somebody may have it forgotten meanwhile.
///
/// # Errors
/// As [`touch_or_create`].
pub async fn touch(
    tx: &WriteTx,
    id: BrowserId,
    token_hash: &[u8],
    platform: Platform,
    browser: Browser,
    now: Millis,
) -> Result<(), DbErr> {
    if tx.get_database_backend() != DbBackend::Sqlite {
        return touch_or_create(tx, id, token_hash, platform, browser, now).await;
    }
    note(&tx.later(), token_hash, seen(platform, browser, now)).await.map(drop)
}

fn seen(platform: Platform, browser: Browser, now: Millis) -> ActiveModel {
    ActiveModel {
        platform: Set(platform.slug().to_owned()),
        browser: Set(browser.slug().to_owned()),
        seen_at: Set(now.0),
        ..Default::default()
    }
}

/// False: there is no such row.
async fn note(tx: &impl ConnectionTrait, token_hash: &[u8], seen: ActiveModel) -> Result<bool, DbErr> {
    static TEXT: Text = Text::new();
    let noted = TEXT.update(tx.get_database_backend(), seen, [token_hash.to_vec().into()], |update| {
        update.filter(COLUMN.token_hash.eq(token_hash.to_vec()))
    });
    Ok(tx.execute_raw(noted).await?.rows_affected() == 1)
}

/// Forgets the browser and all it knows: accounts, marks, offers, and what its passkeys did.
///
/// # Errors
/// The database fails.
pub async fn forget(tx: &impl ConnectionTrait, browser: BrowserId) -> Result<(), DbErr> {
    Entity::delete_by_id(browser.0).exec(tx).await?;
    Ok(())
}

/// Forgets browsers that were last here before then, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Id, COLUMN.seen_at.lt(before.0)).await
}

impl From<Model> for BrowserRow {
    fn from(row: Model) -> Self {
        Self {
            id: BrowserId(row.id),
            platform: Platform::from_slug(&row.platform),
            browser: Browser::from_slug(&row.browser),
            created_at: Millis(row.created_at),
            seen_at: Millis(row.seen_at),
        }
    }
}
