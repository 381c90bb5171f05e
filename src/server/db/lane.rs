//! One connection, and what was said on it: whether a transaction is open, and whether it can be used again.

use super::lanes::{ACQUIRE, LIVES_WITHIN, Lanes};
use super::write_tx::ended;
use futures_util::{Stream, TryStreamExt as _};
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, Postgres, Sqlite};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use std::io;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, MutexGuard, OwnedSemaphorePermit};
use tokio::time::{Instant, timeout};

/// How long PostgreSQL may take to answer a statement, waiting for locks included. Where the line has fallen silent nothing comes
/// any more, and it would be waited for as long as the network does; whoever asked has long gone by then.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

pub(super) enum Way {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// One connection, for as long as it is held.
pub(super) struct Lane {
    /// There until the end.
    way: Option<Way>,
    /// When it left the pool.
    taken: Instant,
    /// The last statement is not done, or failed.
    is_doubtful: bool,
    /// A transaction is open, or may be.
    is_open: bool,
    /// A statement of it was refused.
    is_spoilt: bool,
    home: Lanes,
    /// There until the connection is back.
    permit: Option<OwnedSemaphorePermit>,
}

/// The same on either connection; a file always answers.
macro_rules! on {
    ($way:expr, $connection:ident => $asked:expr) => {
        match $way {
            Way::Sqlite($connection) => $asked.await,
            Way::Postgres($connection) => in_time($asked).await,
        }
    };
}

async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(ANSWERS_WITHIN, asked).await.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

impl Way {
    /// To the pool, which asks it whether it lives. One whose other end has vanished would be waited for as long as the network does,
    /// and its place could be nobody's.
    pub fn give_back(self, permit: Option<OwnedSemaphorePermit>) {
        match (self, Handle::try_current()) {
            (Self::Sqlite(mut connection), Ok(runtime)) => drop(runtime.spawn(async move {
                connection.return_to_pool().await;
                drop(permit);
            })),
            (Self::Postgres(mut connection), Ok(runtime)) => drop(runtime.spawn(async move {
                let _ = timeout(LIVES_WITHIN, connection.return_to_pool()).await;
                drop(permit);
            })),
            (way, Err(_)) => way.forget(),
        }
    }

    /// Closed without a farewell, which nobody would hear. The pool may have another in its place.
    pub fn forget(self) {
        match self {
            Self::Sqlite(connection) => drop(connection.detach()),
            Self::Postgres(connection) => drop(connection.detach()),
        }
    }

    /// Undoes what a transaction did that nobody ends any more.
    fn undo(self, permit: Option<OwnedSemaphorePermit>) {
        match (self, Handle::try_current()) {
            (Self::Postgres(mut connection), Ok(runtime)) => {
                // Others wait for the rows that it has locked.
                let undone = async move {
                    let way = match timeout(ACQUIRE, connection.execute("ROLLBACK")).await {
                        Ok(Ok(_)) => return Self::Postgres(connection).give_back(permit),
                        Ok(Err(_)) | Err(_) => Self::Postgres(connection),
                    };
                    way.forget();
                };
                drop(runtime.spawn(undone));
            }
            // What SQLite has not committed when it closes a file did not happen.
            (way, _) => way.forget(),
        }
    }
}

impl Lane {
    /// A place, with no connection yet.
    pub fn at(home: Lanes, permit: OwnedSemaphorePermit) -> Self {
        Self {
            way: None,
            taken: Instant::now(),
            is_doubtful: false,
            is_open: false,
            is_spoilt: false,
            home,
            permit: Some(permit),
        }
    }

    /// A connection that left the pool at that time.
    pub fn put(&mut self, way: Way, taken: Instant) {
        (self.way, self.taken) = (Some(way), taken);
    }

    /// A file does not hang up.
    pub async fn lives(&mut self) -> bool {
        let Some(Way::Postgres(connection)) = &mut self.way else { return true };
        self.is_doubtful = true;
        let lives = matches!(timeout(LIVES_WITHIN, connection.ping()).await, Ok(Ok(())));
        self.is_doubtful = false;
        lives
    }

    pub fn forget(&mut self) {
        if let Some(way) = self.way.take() {
            way.forget();
        }
    }

    pub fn backend(&self) -> DbBackend {
        self.home.get_database_backend()
    }

    fn way(&mut self) -> Result<&mut Way, DbErr> {
        self.way.as_mut().ok_or_else(ended)
    }

    /// Says whether a transaction may be open from here on. One that still is when the lane is dropped is undone.
    pub fn set_open(&mut self, is_open: bool) {
        (self.is_open, self.is_spoilt) = (is_open, false);
    }

    /// Commits the transaction that is open.
    ///
    /// # Errors
    /// The database refuses, or refused a statement before: PostgreSQL then undoes everything, and takes `COMMIT` for `ROLLBACK`
    /// without a word.
    pub async fn commit(&mut self) -> Result<(), DbErr> {
        if self.is_spoilt {
            return Err(DbErr::Custom("a statement before this one was refused".to_owned()));
        }
        self.plain("COMMIT").await?;
        self.set_open(false);
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&mut self) -> Result<(), DbErr> {
        self.is_doubtful = true;
        let asked = on!(self.way()?, connection => connection.ping());
        self.heed(asked, DbErr::Conn)
    }

    /// One or several statements, without values.
    pub async fn plain(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        self.is_doubtful = true;
        let sql = AssertSqlSafe(sql);
        let done = on!(self.way()?, connection => async { connection.execute(sql).await.map(ExecResult::from) });
        self.heed(done, DbErr::Exec)
    }

    pub async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.is_doubtful = true;
        let (sql, values) = parts(statement);
        let done = on!(self.way()?, connection => async {
            sqlx::query_with(sql, values).execute(&mut **connection).await.map(ExecResult::from)
        });
        self.heed(done, DbErr::Exec)
    }

    pub async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.is_doubtful = true;
        let (sql, values) = parts(statement);
        let found = on!(self.way()?, connection => async {
            let row = sqlx::query_with(sql, values).fetch_optional(&mut **connection).await;
            row.map(|row| row.map(QueryResult::from))
        });
        self.heed(found, DbErr::Query)
    }

    pub async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut found = Vec::new();
        self.query_into(&mut found, statement).await?;
        Ok(found)
    }

    /// As [`Lane::query_all`]; where something is refused, `found` has what came before it.
    pub async fn query_into(&mut self, found: &mut Vec<QueryResult>, statement: Statement) -> Result<(), DbErr> {
        self.is_doubtful = true;
        let (sql, values) = parts(statement);
        let outcome = on!(self.way()?, connection => {
            keep(sqlx::query_with(sql, values).fetch(&mut **connection), found)
        });
        self.heed(outcome, DbErr::Query)
    }

    fn heed<T>(&mut self, outcome: Result<T, sqlx::Error>, kind: fn(RuntimeErr) -> DbErr) -> Result<T, DbErr> {
        self.is_doubtful = outcome.is_err();
        self.is_spoilt |= outcome.is_err();
        outcome.map_err(|error| kind(RuntimeErr::SqlxError(error.into())))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let Some(way) = self.way.take() else { return };
        if self.is_open {
            way.undo(self.permit.take());
        } else if self.is_doubtful {
            way.give_back(self.permit.take());
        } else {
            self.home.keep(way, self.taken, self.permit.take());
        }
    }
}

async fn keep<R: Into<QueryResult>>(
    mut rows: impl Stream<Item = Result<R, sqlx::Error>> + Unpin,
    found: &mut Vec<QueryResult>,
) -> Result<(), sqlx::Error> {
    while let Some(row) = rows.try_next().await? {
        found.push(row.into());
    }
    Ok(())
}

fn parts(statement: Statement) -> (AssertSqlSafe<String>, SqlxValues) {
    let Statement { sql, values, .. } = statement;
    (AssertSqlSafe(sql), SqlxValues(values.unwrap_or_else(|| Values(Vec::new()))))
}

/// One connection for several statements, which come one after the other.
pub struct Hold {
    backend: DbBackend,
    lane: Mutex<Lane>,
}

impl Hold {
    pub(super) fn of(lane: Lane) -> Self {
        Self { backend: lane.backend(), lane: lane.into() }
    }

    pub(super) async fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().await
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Hold {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.lane().await.execute(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lane().await.plain(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lane().await.query_one(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lane().await.query_all(stmt).await
    }
}
