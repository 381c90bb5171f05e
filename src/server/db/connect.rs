//! Opening a database.

use super::doubt::Doubt;
use super::lanes::{ACQUIRE, LIVES_WITHIN, TESTED_AFTER};
use crate::server::files::{self, create_private};
use crate::server::random;
use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long SQLite waits for a writer of another process, such as `keymend user` beside the server.
const BUSY: Duration = Duration::from_secs(5);
/// How many connections to a SQLite file read, beside the one that writes. Each is a thread with a page cache of its own.
const SQLITE_READERS: u32 = 2;
/// KiB of the file that each of them keeps, as SQLite writes it: the system keeps the file in memory too, once for all.
const READER_CACHE: &str = "-512";
/// The same of the one that writes.
const WRITER_CACHE: &str = "-8192";
/// Pages of 4 KiB in the write-ahead log before they are copied into the file, which the commit that reaches it does while everybody
/// who writes waits. What was written again meanwhile is copied once.
const LOG_PAGES: &str = "4000";
/// Bytes of that log that are kept when it begins anew. It grows beyond its pages only while somebody reads for long.
const LOG_BYTES: &str = "33554432";
/// Rows, and statements without any, that the thread of a connection is ahead of whoever takes them. Once it is so far it waits, and is
/// woken for each one that is taken: so it is more than there are in a piece of the writer.
const ROWS_AHEAD: usize = 1_024;
/// A PostgreSQL server allows 100 unless it is told otherwise, and several instances share them.
const POSTGRES_CONNECTIONS: u32 = 16;

/// The URL of a SQLite file.
#[must_use]
pub fn file_url(path: &Path) -> String {
    // The three characters that mean something in the URL.
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite:{path}")
}

pub(super) async fn connect(url: &str, doubt: &Doubt) -> Result<DatabaseConnection, DbErr> {
    if url.starts_with("sqlite:") {
        sqlite(url, SQLITE_READERS, READER_CACHE).await
    } else if is_postgres(url) {
        postgres(url.parse().map_err(refused)?, doubt.clone()).await
    } else {
        // Never the URL itself: it may hold a password.
        Err(refused_because("the address of a database begins with sqlite: or postgres://"))
    }
}

/// The one connection that writes to a SQLite database, the same one always: what it keeps of the file stays good, and what a
/// reader keeps is void with the next commit. None: a database in memory has no second connection.
pub(super) async fn writer(url: &str) -> Result<Option<DatabaseConnection>, DbErr> {
    if is_in_memory(url) { Ok(None) } else { sqlite(url, 1, WRITER_CACHE).await.map(Some) }
}

async fn sqlite(url: &str, connections: u32, cache: &'static str) -> Result<DatabaseConnection, DbErr> {
    let options: SqliteConnectOptions = url.parse().map_err(refused)?;
    let in_memory = is_in_memory(url);
    let options = options
        // A file is made below, once: who opens another connection later does not begin another database.
        .create_if_missing(in_memory)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        // With WAL, less than this can lose a commit that was already answered when the power goes.
        .synchronous(SqliteSynchronous::Full)
        // What a savepoint goes back to would be written to a file, for each job of the writer.
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("cache_size", cache)
        .row_buffer_size(ROWS_AHEAD);
    if !in_memory {
        has_its_file(&files::real(options.get_filename()))?;
        create_private(options.get_filename()).map_err(|error| {
            let path = options.get_filename().display();
            refused_because(&format!("the database file {path} cannot be created: {error}"))
        })?;
    }
    let mut all = ConnectOptions::new("sqlite::memory:");
    // A file does not hang up: asking a connection's thread whether it is there would double what a read costs.
    all.max_connections(connections).test_before_acquire(false);
    // Whoever opened the file keeps it: another connection could find another file there, and without any its log goes.
    all.idle_timeout(None).max_lifetime(None);
    if in_memory {
        // Every connection would be a database of its own.
        all.max_connections(1);
    }
    all.map_sqlx_sqlite_opts(move |_| quiet(options.clone()));
    // Where others open or close the file in this moment, SQLite does not always wait before it takes to its write-ahead log.
    let begun = Instant::now();
    loop {
        match finish(all.clone()).await {
            Err(error) if is_busy(&error) && begun.elapsed() < BUSY => sleep(Duration::from_millis(20)).await,
            outcome => return outcome,
        }
    }
}

/// Whether the log of a SQLite database still has the file that it belongs to. To a file that is made anew, or empty, SQLite takes no
/// log: it deletes the one that lies there, and with it whatever was written last.
///
/// # Errors
/// There is a log with something in it, and its file is gone or empty.
pub fn has_its_file(database: &Path) -> Result<(), DbErr> {
    let size = |file: &Path| fs::metadata(file).map_or(0, |file| file.len());
    // The log first: somebody who begins a database in this moment writes to the file before the log.
    if size(&with_companions(database)[1]) == 0 || size(database) > 0 {
        return Ok(());
    }
    let (what, file) = (if database.exists() { "empty" } else { "gone" }, database.display());
    Err(refused_because(&format!(
        "the database file {file} is {what}, and what was written last stands in its log {file}-wal: put the file back, or a backup \
         with `keymend restore`; where a new database is to begin, take the log away first"
    )))
}

/// The file of a SQLite database, its log, and the index of that.
pub(super) fn with_companions(file: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

/// For looking into a file that nobody uses: nothing is written to it, nor beside it.
pub(super) async fn look_into(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let mut all = ConnectOptions::new("sqlite::memory:");
    all.max_connections(1).test_before_acquire(false);
    all.map_sqlx_sqlite_opts(move |_| quiet(options.clone()));
    finish(all).await
}

async fn postgres(options: PgConnectOptions, doubt: Doubt) -> Result<DatabaseConnection, DbErr> {
    // Another one each time, so that a restore can tell the servers from itself.
    let options = options.application_name(&format!("keymend {:08x}", u32::from_be_bytes(random::bytes())));
    let mut all = ConnectOptions::new("postgres://localhost");
    all.max_connections(POSTGRES_CONNECTIONS).test_before_acquire(false);
    all.map_sqlx_postgres_before_acquire(move |connection, about| {
        let is_asked = about.idle_for >= TESTED_AFTER || doubt.concerns(about.idle_for);
        Box::pin(async move {
            if is_asked {
                // An error closes it without a farewell, which nobody would hear.
                let late = |_| sea_orm::sqlx::Error::Io(io::ErrorKind::TimedOut.into());
                tokio::time::timeout(LIVES_WITHIN, connection.ping()).await.map_err(late)??;
            }
            Ok(true)
        })
    });
    let itself = options.clone();
    all.map_sqlx_postgres_opts(move |_| quiet(options.clone()));
    match finish(all).await {
        Err(error) => Err(why(&itself).await.unwrap_or(error)),
        connected => connected,
    }
}

/// Why a server gives no connection. A pool only tells that it has waited in vain.
async fn why(options: &PgConnectOptions) -> Option<DbErr> {
    let (host, port) = (options.get_host(), options.get_port());
    let told = |why: &dyn std::fmt::Display| {
        Some(refused_because(&format!("PostgreSQL at {host}, port {port}, does not answer (database.url): {why}")))
    };
    match tokio::time::timeout(LIVES_WITHIN, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => {
            let _ = connection.close().await;
            None
        }
        Ok(Err(error @ sea_orm::sqlx::Error::Io(_))) => told(&error),
        Ok(Err(_)) => None,
        Err(_) => told(&"it took too long"),
    }
}

/// The URL that these options carry is a placeholder, the real ones come from the closure: sea-orm would show its URL,
/// password included, in spans and errors.
async fn finish(mut options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    options.acquire_timeout(ACQUIRE).sqlx_logging(false).record_stmt_in_spans(false);
    Database::connect(options).await
}

/// No statement in the log, as its values are people's.
fn quiet<O: sea_orm::sqlx::ConnectOptions>(options: O) -> O {
    options.disable_statement_logging()
}

/// The file of a SQLite database, wherever links lead; none for one in memory, or for PostgreSQL.
#[must_use]
pub fn file_of(url: &str) -> Option<PathBuf> {
    let options: SqliteConnectOptions = url.starts_with("sqlite:").then(|| url.parse().ok())??;
    (!is_in_memory(url)).then(|| files::real(options.get_filename()))
}

// sqlx knows, but does not tell.
fn is_in_memory(url: &str) -> bool {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    path.trim_start_matches("sqlite:").trim_start_matches("//") == ":memory:"
        || url::form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "mode" && value == "memory")
}

/// Whether an address can be one of a database at all.
///
/// # Errors
/// What is wrong with it, and never the address itself: it may hold a password.
pub fn check(url: &str) -> Result<(), String> {
    let wrong = |error: sea_orm::sqlx::Error| error.to_string();
    if url.starts_with("sqlite:") {
        url.parse::<SqliteConnectOptions>().map(drop).map_err(wrong)
    } else if is_postgres(url) {
        url.parse::<PgConnectOptions>().map(drop).map_err(wrong)
    } else {
        Err("the address of a database begins with sqlite: or postgres://".to_owned())
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// How a SQLite database is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// As servers do and commands beside them.
    Shared,
    /// Nobody else may.
    Alone,
}

/// Says so to others, for as long as the file is open. The lock has a file of its own: SQLite's own locks come and go.
pub(super) fn lock(database: &Path, how: Lock) -> Result<File, DbErr> {
    let path = PathBuf::from(format!("{}.lock", database.display()));
    let wrong = |error: io::Error| refused_because(&format!("{} cannot be created: {error}", path.display()));
    create_private(&path).map_err(wrong)?;
    let file = File::options().write(true).open(&path).map_err(wrong)?;
    let locked = match how {
        Lock::Shared => file.try_lock_shared(),
        Lock::Alone => file.try_lock(),
    };
    match (locked, how) {
        (Ok(()), _) => Ok(file),
        (Err(TryLockError::Error(error)), _) => Err(wrong(error)),
        (Err(TryLockError::WouldBlock), Lock::Shared) => Err(refused_because("the database is being restored")),
        (Err(TryLockError::WouldBlock), Lock::Alone) => {
            Err(refused_because("a server, or another command of Keymend, uses the database; stop it first"))
        }
    }
}

pub(super) fn refused_because(why: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}

/// SQLite's `SQLITE_BUSY`.
fn is_busy(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else { return false };
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "5")
}

fn refused(error: sea_orm::sqlx::Error) -> DbErr {
    refused_because(&format!("database.url cannot be used: {error}"))
}
