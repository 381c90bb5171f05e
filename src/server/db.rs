//! The database: SQLite in a file by default, PostgreSQL by URL, the same code on both.
//!
//! [`Db`] opens it and brings the schema up to date. The modules are the repositories, one per aggregate: plain functions
//! named by intent, over anything that runs statements, so that a step reads and writes in one transaction.

pub mod attempts;
pub mod browsers;
pub mod challenges;
mod connect;
mod entities;
pub mod failure_events;
pub mod heals;
mod migrate;
pub mod notices;
pub mod outbox;
pub mod passkeys;
pub mod sessions;
pub mod strikes;
pub mod users;
mod write_tx;

pub use connect::file_url;
pub use write_tx::WriteTx;

use domain::time::Millis;
use migration::Migrator;
use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseConnection, DbBackend, DbErr};
use std::sync::Arc;
use tokio::sync::Mutex;

/// The open database. A clone is another handle to the same pool.
#[derive(Clone)]
pub struct Db {
    connection: DatabaseConnection,
    /// SQLite has one writer at a time. Who waits here is served in order, instead of asking again and again until luck
    /// or the busy timeout decides. `None` on PostgreSQL, where rows are locked instead.
    turn: Option<Arc<Mutex<()>>>,
}

impl Db {
    /// Opens `sqlite:…` (the file and its folder are created) or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// The URL names no database we know, the database cannot be reached, a migration fails, or the database was already
    /// changed by a newer Keymend.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        let connection = connect::connect(url).await?;
        let turn = (connection.get_database_backend() == DbBackend::Sqlite).then(Arc::default);
        let db = Self { connection, turn };
        db.migrate::<Migrator>().await?;
        Ok(db)
    }

    /// For reading outside a transaction. While a [`WriteTx`] is open, read through that instead: it sees its own
    /// writes, and a database in memory has no second connection.
    #[must_use]
    pub fn read(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Starts a transaction that may write. It holds SQLite's write lock from the start, so what it reads cannot change
    /// under it; on PostgreSQL it reads what is committed, and rows are locked by the functions named `lock`.
    ///
    /// # Errors
    /// The database cannot be reached or is busy for longer than it waits.
    pub async fn write(&self) -> Result<WriteTx, DbErr> {
        WriteTx::begin(&self.connection, self.turn.clone()).await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.connection.ping().await
    }

    /// Waits for what is under way and closes every connection.
    ///
    /// # Errors
    /// Closing fails.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.connection.close_by_ref().await
    }
}

/// `FOR NO KEY UPDATE`: keeps out others who lock the row, as `FOR UPDATE` does, but not those who only store a row that
/// refers to it. Ids never change, so nobody needs more.
const ROW_LOCK: LockType = LockType::NoKeyUpdate;

/// A count as it is stored.
fn stored(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A count as it was stored.
fn count(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or(0)
}

fn moment(stored: Option<i64>) -> Option<Millis> {
    stored.map(Millis)
}
