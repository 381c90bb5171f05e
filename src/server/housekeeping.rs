//! Rows that say nothing any more are deleted now and then.

use super::db::{attempts, challenges, notices, sessions, strikes};
use super::state::App;
use domain::time::{DAY, HOUR};
use std::time::Duration;

/// How often, in milliseconds.
const EVERY: i64 = HOUR;
/// Sessions stay this long after their end, for the record of when they ended; milliseconds.
const KEEP_SESSIONS: i64 = 30 * DAY;
/// Strikes halve every thirty days: after this long nothing is left of them. Milliseconds.
const KEEP_STRIKES: i64 = 400 * DAY;
/// Wrong passwords are forgotten after a day; milliseconds.
const KEEP_ATTEMPTS: i64 = 2 * DAY;

/// So long somebody can say that something was not them, as the mails say; milliseconds.
pub const KEEP_NOTICES: i64 = 30 * DAY;

/// Deletes at the start and then every hour, until the program ends.
pub async fn run(app: App) {
    loop {
        if let Err(error) = purge(&app).await {
            tracing::warn!(%error, "old rows could not be deleted; it is tried again in an hour");
        }
        tokio::time::sleep(Duration::from_millis(EVERY.unsigned_abs())).await;
    }
}

/// Deletes once.
///
/// # Errors
/// When the database refuses.
pub async fn purge(app: &App) -> Result<(), sea_orm::DbErr> {
    let now = app.clock.now();
    let tx = app.db.write().await?;
    challenges::purge(&tx, now).await?;
    sessions::purge(&tx, now.plus(-KEEP_SESSIONS)).await?;
    strikes::purge(&tx, now.plus(-KEEP_STRIKES)).await?;
    attempts::purge(&tx, now.plus(-KEEP_ATTEMPTS)).await?;
    notices::purge(&tx, now.plus(-KEEP_NOTICES)).await?;
    tx.commit().await
}
