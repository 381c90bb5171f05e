//! The database: SQLite in a file by default, PostgreSQL by URL, the same code on both.
//!
//! [`Db`] opens it and brings the schema up to date. The modules are the repositories, one per aggregate: plain functions
//! named by intent, over anything that runs statements, so that a step reads and writes in one transaction.

pub mod attempts;
pub mod audit;
pub mod backup;
pub mod browsers;
pub mod challenges;
mod connect;
mod copying;
pub mod decisions;
mod doubt;
mod entities;
pub mod failure_events;
pub mod heals;
pub mod installation;
pub mod known;
mod lane;
mod lanes;
pub mod mailed_codes;
mod migrate;
pub mod notices;
mod opened;
pub mod outbox;
pub mod passkeys;
pub mod pending;
pub mod saved_codes;
pub mod sessions;
mod stand_in;
pub mod strikes;
mod text;
pub mod users;
mod write_tx;
mod writer;

pub use connect::{check as check_url, file_of, file_url, has_its_file};
pub use lane::Hold;
pub use lanes::Lanes;
pub use stand_in::StandIn;
pub use write_tx::WriteTx;

use copying::Copying;
use domain::time::Millis;
use doubt::Doubt;
use migration::Migrator;
use opened::Opened;
use sea_orm::sea_query::{IntoCondition, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IsolationLevel, QueryFilter, QueryResult, QuerySelect, QueryTrait, RuntimeErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use std::fs::File;
use std::sync::Arc;
use writer::{Asks, Writer};

/// Why it failed, for an operator: without the kinds of errors that sea-orm puts before it.
#[must_use]
pub fn reason(error: &DbErr) -> String {
    match error {
        DbErr::Conn(RuntimeErr::Internal(why)) | DbErr::Custom(why) => why.clone(),
        other => other.to_string(),
    }
}

/// The open database. A clone is another handle to the same pool.
#[derive(Clone)]
pub struct Db {
    lanes: Lanes,
    /// SQLite has one writer at a time: who writes takes turns there. `None` on PostgreSQL, where rows are locked instead.
    writer: Option<Writer>,
    doubt: Doubt,
    opened: Opened,
    /// Keeps a restore away. `None` where there is no file.
    _in_use: Option<Arc<File>>,
}

impl Db {
    /// Opens `sqlite:…` (the file and its folder are created) or `postgres://…` and brings the schema up to date.
    ///
    /// # Errors
    /// The URL names no database we know, the database cannot be reached or is being restored, a migration fails, or the
    /// database was already changed by a newer Keymend in a way that this one cannot live with.
    pub async fn open(url: &str) -> Result<Self, DbErr> {
        let file = connect::file_of(url);
        let in_use = file.as_deref().map(|file| connect::lock(file, connect::Lock::Shared)).transpose()?;
        let doubt = Doubt::default();
        let connection = connect::connect(url, &doubt).await?;
        migrate::up::<Migrator>(&connection).await?;
        let lanes = Lanes::of(&connection, &doubt);
        let writes = match connection.get_database_backend() {
            DbBackend::Sqlite => Some(match connect::writer(url).await? {
                Some(writer) => (Lanes::of(&writer, &doubt), Copying::of(Some(lanes.clone()))),
                None => (lanes.clone(), Copying::of(None)),
            }),
            _ => None,
        };
        let opened = Opened::of(file)?;
        let writer = writes.map(|(lanes, copying)| Writer::start(lanes, opened.clone(), copying));
        Ok(Self { lanes, writer, doubt, opened, _in_use: in_use.map(Arc::new) })
    }

    /// For reading outside a transaction. While a [`WriteTx`] is open, read through that instead: it sees its own
    /// writes, and a database in memory has no second connection.
    #[must_use]
    pub fn read(&self) -> &Lanes {
        &self.lanes
    }

    /// Starts a transaction that may write. On SQLite it is the only one until it ends, so what it reads cannot change under
    /// it; on PostgreSQL it reads what is committed, and rows are locked by the functions named `lock`. Nothing slow belongs
    /// inside: others wait.
    ///
    /// # Errors
    /// The database cannot be reached or is busy for longer than it waits.
    pub async fn write(&self) -> Result<WriteTx, DbErr> {
        match &self.writer {
            Some(writer) => writer.turn(Asks::Nothing).await.map(|(tx, _)| tx),
            None => WriteTx::alone(self.lanes.take().await?, BEGIN).await,
        }
    }

    /// As [`Db::write`], with the first question of the transaction and what it finds. On SQLite that is one way to the database, and it
    /// may be several statements.
    ///
    /// # Errors
    /// As [`Db::write`], or the question is refused.
    async fn write_asking(&self, asks: Asks) -> Result<(WriteTx, Vec<QueryResult>), DbErr> {
        match (&self.writer, asks) {
            (Some(writer), asks) => writer.turn(asks).await,
            (None, Asks::Nothing) => Ok((self.write().await?, Vec::new())),
            (None, Asks::First(first) | Asks::Beside(first, _)) => {
                let tx = self.write().await?;
                let found = tx.query_all_raw(first).await?;
                Ok((tx, found))
            }
        }
    }

    /// Jobs that were committed since the start, and the commits that they took. `None` on PostgreSQL.
    #[must_use]
    pub fn jobs_and_commits(&self) -> Option<(u64, u64)> {
        self.writer.as_ref().map(|writer| writer.done.jobs_and_commits())
    }

    /// An answer failed at the database: the connections that lie idle are asked whether they still live before they are used.
    pub fn doubt(&self) {
        self.doubt.arise();
    }

    /// Whether the database answers, and what is written will be found.
    ///
    /// # Errors
    /// It does not, or the file of SQLite is no longer where it was.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.opened.is_there()?;
        self.lanes.ping().await.inspect_err(|_| self.doubt())
    }

    /// Gives connections that nobody uses back to their pool. To be called now and then.
    pub fn rest(&self) {
        self.lanes.rest();
        if let Some(writer) = &self.writer {
            writer.rest();
        }
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
        self.lanes.close().await;
    }
}

/// PostgreSQL: said explicitly, as the default belongs to the operator of the database.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// A transaction that may write.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = match connection.get_database_backend() {
        // A transaction that begins by reading cannot become a writer once another has written: SQLite fails it at once.
        DbBackend::Sqlite => {
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() }
        }
        // Said explicitly: the default belongs to the operator of the database.
        _ => TransactionOptions { isolation_level: Some(IsolationLevel::ReadCommitted), ..Default::default() },
    };
    connection.begin_with_options(options).await
}

/// Work that one instance does at a time.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// Deleting old rows.
    Purge,
}

/// Whether nobody else is at this work; until the transaction ends nobody else will be. On SQLite there is one writer anyway.
///
/// # Errors
/// The database fails.
pub async fn is_first(tx: &WriteTx, work: Work) -> Result<bool, DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let number = migrate::LOCK
        + match work {
            Work::Purge => 1,
        };
    let sql = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT pg_try_advisory_xact_lock($1) AS first",
        [number.into()],
    );
    tx.query_one_raw(sql).await?.map_or(Ok(false), |row| row.try_get("", "first"))
}

/// Old rows that are deleted at once, so that nobody waits long for the transaction in which it happens.
pub const PURGED_AT_ONCE: u64 = 500;

/// Deletes rows that are old, [`PURGED_AT_ONCE`] of them at most, and tells how many. One that somebody else has renewed meanwhile
/// is looked at again: PostgreSQL waits for it, and asks only what stands outside once it is there.
async fn purge_some<E: EntityTrait>(
    tx: &impl ConnectionTrait,
    key: E::Column,
    old: impl IntoCondition,
) -> Result<u64, DbErr> {
    let old = old.into_condition();
    let some = E::find().select_only().column(key).filter(old.clone()).limit(PURGED_AT_ONCE).into_query();
    Ok(E::delete_many().filter(key.in_subquery(some)).filter(old).exec(tx).await?.rows_affected)
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
