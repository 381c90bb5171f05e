//! Rows that say nothing any more are deleted now and then.

use super::db::{
    self, attempts, audit, browsers, challenges, decisions, failure_events, installation, mailed_codes, notices,
    pending, sessions, strikes, users,
};
use super::random;
use super::services::ghosts;
use super::state::App;
use domain::time::{DAY, HOUR};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often it is looked.
const MINUTE: Duration = Duration::from_secs(60);
/// Old rows are deleted every so many minutes.
const PURGE_EVERY: u32 = 10;
/// And how many people have passkeys every so many minutes.
const FOLLOW_EVERY: u32 = 24 * 60;
/// Among so many of them, which is half a percent more or less, and takes no longer with a hundred million.
const COUNTED: u64 = 10_000;
/// Challenges stay this long after they have expired: a clock that was wrong and is set back makes them good again, and
/// they must still be spent then. Milliseconds.
const KEEP_CHALLENGES: i64 = 2 * HOUR;
/// Sessions stay this long after their end, for the record of when they ended; milliseconds.
const KEEP_SESSIONS: i64 = 30 * DAY;
/// Strikes halve every thirty days: after this long nothing is left of them. Milliseconds.
const KEEP_STRIKES: i64 = 400 * DAY;
/// What failed, and what was decided then, is looked at again for this long: a year, and some weeks to compare it with the
/// year before. Milliseconds.
const KEEP_RECORDS: i64 = 400 * DAY;
/// A browser's cookie lasts this long after somebody last signed in there, so what comes later is another browser. Nothing that is remembered
/// of one counts for longer: `healing.known_browser_days` is no more. Milliseconds.
const KEEP_BROWSERS: i64 = 400 * DAY;
/// Wrong passwords are forgotten after a day; milliseconds.
const KEEP_ATTEMPTS: i64 = 2 * DAY;

/// So long somebody can say that something was not them, as the mails say; milliseconds.
pub const KEEP_NOTICES: i64 = 30 * DAY;

/// Deletes at the start and then every ten minutes, and learns every minute what an operator has decided beside the server; until
/// the program ends. Several instances may do it at once.
pub async fn run(app: App) {
    let mut minutes = 0;
    loop {
        if minutes % PURGE_EVERY == 0
            && let Err(error) = purge(&app).await.inspect_err(|_| app.db.doubt())
        {
            tracing::warn!(%error, "old rows could not be deleted; it is tried again in ten minutes");
        }
        if minutes % FOLLOW_EVERY == 0
            && let Err(error) = follow(&app).await.inspect_err(|_| app.db.doubt())
        {
            tracing::warn!(%error, "nobody could count who has a passkey; it is tried again tomorrow");
        }
        tokio::time::sleep(MINUTE).await;
        minutes = minutes.wrapping_add(1);
        app.db.rest();
        // One that does not answer will be noticed by whoever signs in.
        let _ = look(&app).await.inspect_err(|_| app.db.doubt());
    }
}

/// Learns whether providers of passkeys may be told anything, and how many ghosts have passkeys.
///
/// # Errors
/// When the database does not answer.
pub async fn look(app: &App) -> Result<(), sea_orm::DbErr> {
    let found = installation::find(app.db.read()).await?;
    app.signals_withheld.store(found.signals_withheld.is_some(), Ordering::Relaxed);
    app.ghosts.learn(found.ghosts);
    Ok(())
}

/// Counts how many people have a passkey, and lets ghosts follow.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(app: &App) -> Result<(), sea_orm::DbErr> {
    let share = users::passkey_share(app.db.read(), random::uuid(), COUNTED).await?;
    let stored = installation::find(app.db.read()).await?.ghosts;
    if let Some(next) = ghosts::next(stored, share, app.clock.now()) {
        let tx = app.db.write().await?;
        installation::raise_ghosts(&tx, stored, next).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Deletes all there is, a lot at a time, and tells how many rows that were. Whoever finds somebody else at it leaves it to them.
///
/// # Errors
/// When the database refuses.
pub async fn purge(app: &App) -> Result<u64, sea_orm::DbErr> {
    let now = app.clock.now();
    let ago = |kept: i64| now.plus(-kept);
    let mut all = 0;
    loop {
        let tx = app.db.write().await?;
        if !db::is_first(&tx, db::Work::Purge).await? {
            return Ok(all);
        }
        let deleted = [
            challenges::purge(&tx, ago(KEEP_CHALLENGES)).await?,
            sessions::purge(&tx, ago(KEEP_SESSIONS)).await?,
            strikes::purge(&tx, ago(KEEP_STRIKES)).await?,
            browsers::purge(&tx, ago(KEEP_BROWSERS)).await?,
            attempts::purge(&tx, ago(KEEP_ATTEMPTS)).await?,
            mailed_codes::purge(&tx, now).await?,
            pending::purge(&tx, now).await?,
            notices::purge(&tx, ago(KEEP_NOTICES)).await?,
            failure_events::purge(&tx, ago(KEEP_RECORDS)).await?,
            decisions::purge(&tx, ago(KEEP_RECORDS)).await?,
            audit::purge(&tx, ago(i64::from(app.settings.audit.keep_days) * DAY)).await?,
        ];
        tx.commit().await?;
        all += deleted.iter().sum::<u64>();
        // Others write between one lot and the next.
        if deleted.iter().all(|lot| *lot < db::PURGED_AT_ONCE) {
            return Ok(all);
        }
    }
}
