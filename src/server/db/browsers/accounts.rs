//! What a browser knows of an account.

use super::super::entities::browser_accounts::{ActiveModel, COLUMN, Column, Entity, Model};
use super::super::entities::browser_passkeys as passkeys_in;
use super::super::text::Text;
use super::super::{count, moment};
use super::memory;
use domain::ids::{BrowserId, PasskeyId, UserId};
use domain::intelligence::evidence::OfferHistory;
use domain::time::Millis;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    UpdateMany,
};
use std::fmt;

/// What a browser knows of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserAccount {
    pub first_seen: Millis,
    /// The hash of the token that marks this browser as known.
    pub mark_hash: Option<Vec<u8>>,
    /// When a passkey of the account was last verified here.
    pub verified: Option<Millis>,
    pub offers: OfferHistory,
}

/// The accounts of which a passkey was verified in this browser, latest first and only a few.
///
/// # Errors
/// The database fails.
pub async fn verified(
    c: &impl ConnectionTrait,
    browser: BrowserId,
    most: u64,
) -> Result<Vec<(UserId, BrowserAccount)>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.browser_id.eq(browser.0))
        .filter(COLUMN.verified_at.is_not_null())
        .order_by_desc(Column::VerifiedAt)
        .limit(most)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), BrowserAccount::from(row))).collect())
}

/// The browsers that are known to the account since then, latest first.
///
/// # Errors
/// The database fails.
pub async fn known_to(
    c: &impl ConnectionTrait,
    user: UserId,
    since: Millis,
) -> Result<Vec<(BrowserId, BrowserAccount)>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.mark_hash.is_not_null())
        .filter(COLUMN.verified_at.gte(since.0))
        .order_by_desc(Column::VerifiedAt)
        .order_by_asc(Column::BrowserId)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| (BrowserId(row.browser_id), BrowserAccount::from(row))).collect())
}

/// All browsers that know anything of the account, longest first.
///
/// # Errors
/// The database fails.
pub async fn all_of_user(c: &impl ConnectionTrait, user: UserId) -> Result<Vec<(BrowserId, BrowserAccount)>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_asc(Column::FirstSeenAt)
        .order_by_asc(Column::BrowserId)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| (BrowserId(row.browser_id), BrowserAccount::from(row))).collect())
}

/// Notes that the account was used in this browser, if that is news.
///
/// # Errors
/// The database fails, or browser or account do not exist.
pub async fn first_seen(tx: &impl ConnectionTrait, browser: BrowserId, user: UserId, now: Millis) -> Result<(), DbErr> {
    let conflict = on_known().do_nothing().to_owned();
    Entity::insert(met(browser, user, now)).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// A passkey of the account was verified here: the browser is known, and the token with this hash proves it.
///
/// # Errors
/// The database fails, or browser or account do not exist.
pub async fn mark_known(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    user: UserId,
    mark_hash: &[u8],
    now: Millis,
) -> Result<(), DbErr> {
    static TEXT: Text = Text::new();
    let row = ActiveModel {
        mark_hash: Set(Some(mark_hash.to_vec())),
        verified_at: Set(Some(now.0)),
        ..met(browser, user, now)
    };
    let conflict = || on_known().update_columns([Column::MarkHash, Column::VerifiedAt]).to_owned();
    tx.execute_raw(TEXT.insert(tx.get_database_backend(), row, Some(conflict))).await.map(drop)
}

/// No browser is known for this account any more, as after a new password.
///
/// # Errors
/// The database fails.
pub async fn forget_marks_of_user(tx: &impl ConnectionTrait, user: UserId) -> Result<(), DbErr> {
    let change = ActiveModel { mark_hash: Set(None), verified_at: Set(None), ..Default::default() };
    Entity::update_many().set(change).filter(COLUMN.user_id.eq(user.0)).exec(tx).await?;
    Ok(())
}

/// Of the browsers in which this passkey was made or worked none but this one is known for the account any more.
///
/// # Errors
/// The database fails.
pub async fn forget_marks_of_passkey_but(
    tx: &impl ConnectionTrait,
    user: UserId,
    passkey: PasskeyId,
    keep: BrowserId,
) -> Result<(), DbErr> {
    let there = passkeys_in::Entity::find()
        .select_only()
        .column(passkeys_in::Column::BrowserId)
        .filter(passkeys_in::Column::PasskeyId.eq(passkey.0))
        .into_query();
    let change = ActiveModel { mark_hash: Set(None), verified_at: Set(None), ..Default::default() };
    Entity::update_many()
        .set(change)
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.browser_id.ne(keep.0))
        .filter(Column::BrowserId.in_subquery(there))
        .exec(tx)
        .await?;
    Ok(())
}

/// No browser is known for any account any more, as after a restore.
///
/// # Errors
/// The database fails.
pub async fn forget_all_marks(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    let change = ActiveModel { mark_hash: Set(None), verified_at: Set(None), ..Default::default() };
    Entity::update_many().set(change).exec(tx).await?;
    Ok(())
}

/// One browser forgets this account and all that its passkeys did there. False if they never met.
///
/// # Errors
/// The database fails.
pub async fn forget_account(tx: &impl ConnectionTrait, browser: BrowserId, user: UserId) -> Result<bool, DbErr> {
    memory::forget(tx, user, passkeys_in::Column::BrowserId.eq(browser.0)).await?;
    Ok(Entity::delete_by_id((browser.0, user.0)).exec(tx).await?.rows_affected == 1)
}

/// All browsers but this one forget the account; tells how many did.
///
/// # Errors
/// The database fails.
pub async fn forget_account_elsewhere(tx: &impl ConnectionTrait, keep: BrowserId, user: UserId) -> Result<u64, DbErr> {
    memory::forget(tx, user, passkeys_in::Column::BrowserId.ne(keep.0)).await?;
    let others = Entity::delete_many().filter(COLUMN.user_id.eq(user.0)).filter(COLUMN.browser_id.ne(keep.0));
    Ok(others.exec(tx).await?.rows_affected)
}

/// Only this browser may be known for this account from now on.
///
/// # Errors
/// The database fails.
pub async fn forget_marks_of_user_but(tx: &impl ConnectionTrait, user: UserId, keep: BrowserId) -> Result<(), DbErr> {
    let change = ActiveModel { mark_hash: Set(None), verified_at: Set(None), ..Default::default() };
    Entity::update_many()
        .set(change)
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.browser_id.ne(keep.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// `create()` answered that a passkey of the account is here: what looked like a failure was not one.
///
/// # Errors
/// The database fails, or browser or account do not exist.
pub async fn present(tx: &impl ConnectionTrait, browser: BrowserId, user: UserId, now: Millis) -> Result<(), DbErr> {
    let row = ActiveModel { present_at: Set(Some(now.0)), ..met(browser, user, now) };
    let conflict = on_known().update_columns([Column::PresentAt, Column::FailuresSincePresent]).to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    memory::clear_suspicion(tx, browser, user).await
}

/// One more failed ceremony since the passkey was proven present; nothing if it never was.
///
/// # Errors
/// The database fails.
pub async fn failure_since_present(tx: &impl ConnectionTrait, browser: BrowserId, user: UserId) -> Result<(), DbErr> {
    of(browser, user)
        .col_expr(Column::FailuresSincePresent, Expr::col(Column::FailuresSincePresent).add(1))
        .filter(COLUMN.present_at.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// No offer in this browser until then; `declined` if the person said so. Nothing if browser and account never met.
///
/// # Errors
/// The database fails.
pub async fn offer_paused(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    user: UserId,
    until: Millis,
    declined: bool,
) -> Result<(), DbErr> {
    of(browser, user)
        .set(ActiveModel { offers_paused_until: Set(Some(until.0)), ..Default::default() })
        .col_expr(Column::OffersDeclined, Expr::col(Column::OffersDeclined).add(i32::from(declined)))
        .exec(tx)
        .await?;
    Ok(())
}

/// The offer was answered by a new passkey: the patience starts anew. Nothing if browser and account never met.
///
/// # Errors
/// The database fails.
pub async fn offer_accepted(tx: &impl ConnectionTrait, browser: BrowserId, user: UserId) -> Result<(), DbErr> {
    let change = ActiveModel { offers_declined: Set(0), offers_paused_until: Set(None), ..Default::default() };
    of(browser, user).set(change).exec(tx).await?;
    Ok(())
}

fn met(browser: BrowserId, user: UserId, now: Millis) -> ActiveModel {
    ActiveModel {
        browser_id: Set(browser.0),
        user_id: Set(user.0),
        first_seen_at: Set(now.0),
        mark_hash: Set(None),
        verified_at: Set(None),
        offers_declined: Set(0),
        offers_paused_until: Set(None),
        present_at: Set(None),
        failures_since_present: Set(0),
    }
}

fn on_known() -> OnConflict {
    OnConflict::columns([Column::BrowserId, Column::UserId])
}

fn of(browser: BrowserId, user: UserId) -> UpdateMany<Entity> {
    Entity::update_many().filter(COLUMN.browser_id.eq(browser.0)).filter(COLUMN.user_id.eq(user.0))
}

impl From<Model> for BrowserAccount {
    fn from(row: Model) -> Self {
        Self {
            first_seen: Millis(row.first_seen_at),
            mark_hash: row.mark_hash,
            verified: moment(row.verified_at),
            offers: OfferHistory {
                declined: count(row.offers_declined),
                paused_until: moment(row.offers_paused_until),
                present: moment(row.present_at),
                failures_since_present: count(row.failures_since_present),
            },
        }
    }
}

/// Without the hash of the mark.
impl fmt::Debug for BrowserAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserAccount")
            .field("first_seen", &self.first_seen)
            .field("verified", &self.verified)
            .field("offers", &self.offers)
            .finish_non_exhaustive()
    }
}
