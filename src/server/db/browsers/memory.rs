//! What a browser remembers of each passkey.

use super::super::entities::browser_passkeys::{ActiveModel, COLUMN, Column, Entity, Model};
use super::super::entities::passkeys;
use super::super::text::Text;
use super::super::{count, moment};
use domain::ids::{BrowserId, PasskeyId, UserId};
use domain::intelligence::evidence::Here;
use domain::time::Millis;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};
use std::collections::BTreeSet;

/// The passkey signed in from here; whatever was suspected of it is over.
///
/// # Errors
/// The database fails, or browser or passkey do not exist.
pub async fn worked(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    passkey: PasskeyId,
    now: Millis,
) -> Result<(), DbErr> {
    static TEXT: Text = Text::new();
    let row = ActiveModel { worked_at: Set(Some(now.0)), ..blank(browser, passkey) };
    let conflict = || {
        let changes = [Column::WorkedAt, Column::Failures, Column::FailedAt, Column::AbsentAt];
        on_known().update_columns(changes).to_owned()
    };
    tx.execute_raw(TEXT.insert(tx.get_database_backend(), row, Some(conflict))).await.map(drop)
}

/// The passkey signed in from here, and another device answered.
///
/// # Errors
/// The database fails, or browser or passkey do not exist.
pub async fn across(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    passkey: PasskeyId,
    now: Millis,
) -> Result<(), DbErr> {
    let row = ActiveModel { across_at: Set(Some(now.0)), ..blank(browser, passkey) };
    put(tx, [row], on_known().update_column(Column::AcrossAt).to_owned()).await
}

/// The passkey was made here.
///
/// # Errors
/// The database fails, or browser or passkey do not exist.
pub async fn created(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    passkey: PasskeyId,
    now: Millis,
) -> Result<(), DbErr> {
    let row = ActiveModel { created_at: Set(Some(now.0)), ..blank(browser, passkey) };
    let changes = [Column::CreatedAt, Column::Failures, Column::FailedAt, Column::AbsentAt];
    put(tx, [row], on_known().update_columns(changes).to_owned()).await
}

/// These passkeys were asked for here, and none answered.
///
/// # Errors
/// The database fails, or browser or a passkey do not exist.
pub async fn failed(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    asked: &[PasskeyId],
    now: Millis,
) -> Result<(), DbErr> {
    let rows = each(asked).map(|passkey| ActiveModel {
        failed_at: Set(Some(now.0)),
        failures: Set(1),
        ..blank(browser, passkey)
    });
    // With the table's name: PostgreSQL asks which of the two `failures` is meant, the stored or the new.
    let one_more = Expr::col((Entity, Column::Failures)).add(1);
    let conflict = on_known().update_column(Column::FailedAt).value(Column::Failures, one_more).to_owned();
    put(tx, rows, conflict).await
}

/// These passkeys are not here, as `create()` with all of them excluded succeeded.
///
/// # Errors
/// The database fails, or browser or a passkey do not exist.
pub async fn absent(
    tx: &impl ConnectionTrait,
    browser: BrowserId,
    missing: &[PasskeyId],
    now: Millis,
) -> Result<(), DbErr> {
    let rows = each(missing).map(|passkey| ActiveModel { absent_at: Set(Some(now.0)), ..blank(browser, passkey) });
    put(tx, rows, on_known().update_column(Column::AbsentAt).to_owned()).await
}

/// All that is remembered of these passkeys, browser by browser.
///
/// # Errors
/// The database fails.
pub async fn everywhere(
    c: &impl ConnectionTrait,
    of: &[PasskeyId],
) -> Result<Vec<(BrowserId, PasskeyId, Here)>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.passkey_id.is_in(of.iter().map(|passkey| passkey.0)))
        .order_by_asc(Column::BrowserId)
        .order_by_asc(Column::PasskeyId)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| (BrowserId(row.browser_id), PasskeyId(row.passkey_id), Here::from(row))).collect())
}

/// Forgets what the account's passkeys did in these browsers.
pub(super) async fn forget(tx: &impl ConnectionTrait, user: UserId, browsers: SimpleExpr) -> Result<(), DbErr> {
    Entity::delete_many().filter(browsers).filter(COLUMN.passkey_id.in_subquery(of_user(user))).exec(tx).await?;
    Ok(())
}

/// Takes back what was suspected in this browser of every passkey of the account.
pub(super) async fn clear_suspicion(tx: &impl ConnectionTrait, browser: BrowserId, user: UserId) -> Result<(), DbErr> {
    let change = ActiveModel { failures: Set(0), failed_at: Set(None), absent_at: Set(None), ..Default::default() };
    Entity::update_many()
        .set(change)
        .filter(COLUMN.browser_id.eq(browser.0))
        .filter(COLUMN.passkey_id.in_subquery(of_user(user)))
        .exec(tx)
        .await?;
    Ok(())
}

fn of_user(user: UserId) -> SelectStatement {
    passkeys::Entity::find()
        .select_only()
        .column(passkeys::Column::Id)
        .filter(passkeys::COLUMN.user_id.eq(user.0))
        .into_query()
}

/// Each once and in one order: PostgreSQL refuses a row that comes twice, and two writers in different order would wait
/// for each other.
fn each(passkeys: &[PasskeyId]) -> impl Iterator<Item = PasskeyId> {
    passkeys.iter().copied().collect::<BTreeSet<_>>().into_iter()
}

fn blank(browser: BrowserId, passkey: PasskeyId) -> ActiveModel {
    ActiveModel {
        browser_id: Set(browser.0),
        passkey_id: Set(passkey.0),
        created_at: Set(None),
        worked_at: Set(None),
        failed_at: Set(None),
        failures: Set(0),
        absent_at: Set(None),
        across_at: Set(None),
    }
}

fn on_known() -> OnConflict {
    OnConflict::columns([Column::BrowserId, Column::PasskeyId])
}

async fn put(
    tx: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = ActiveModel>,
    conflict: OnConflict,
) -> Result<(), DbErr> {
    Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

impl From<Model> for Here {
    fn from(row: Model) -> Self {
        Self {
            created: moment(row.created_at),
            worked: moment(row.worked_at),
            failed: moment(row.failed_at),
            failures: count(row.failures),
            absent: moment(row.absent_at),
            across: moment(row.across_at),
        }
    }
}
