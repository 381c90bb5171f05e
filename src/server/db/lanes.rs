//! Connections that are used again at once. sqlx's pool asks each connection that comes back whether it still lives: a way there and
//! back after every use, as long as most uses are themselves. So those that are wanted again within a second stay out of it, and
//! go back when they rest, when something went wrong with them, and once a minute, so that it can close those that are old.

use super::doubt::Doubt;
use super::write_tx::ended;
use futures_util::{Stream, TryStreamExt as _};
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgPool, Postgres, Sqlite, SqlitePool};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

/// How long a request waits for a free connection before it fails.
pub(super) const ACQUIRE: Duration = Duration::from_secs(5);
/// A connection to PostgreSQL that nobody used for so long is asked whether it still lives. One that has just come back is not:
/// asking is a way there and back for each statement. After a failure all are asked that lay idle when it happened.
pub(super) const TESTED_AFTER: Duration = Duration::from_secs(1);
/// How long such a connection may take to answer. One whose other end has vanished without a word would use up all of
/// [`ACQUIRE`], and the next one again.
pub(super) const LIVES_WITHIN: Duration = Duration::from_millis(500);
/// After so long outside the pool a connection goes back to it.
const OUTSIDE: Duration = Duration::from_secs(60);

/// All connections of a pool. A clone is another handle to the same.
#[derive(Clone)]
pub struct Lanes(Arc<Shared>);

struct Shared {
    pool: Pool,
    /// As many as the pool may have connections.
    permits: Arc<Semaphore>,
    /// The last one used is the last here.
    idle: Mutex<VecDeque<Idle>>,
    doubt: Doubt,
}

enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

enum Way {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

struct Idle {
    way: Way,
    since: Instant,
    taken: Instant,
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

impl Lanes {
    pub(super) fn of(connection: &DatabaseConnection, doubt: &Doubt) -> Self {
        let (pool, most) = match connection.get_database_backend() {
            DbBackend::Postgres => {
                let pool = connection.get_postgres_connection_pool().clone();
                let most = pool.options().get_max_connections();
                (Pool::Postgres(pool), most)
            }
            _ => {
                let pool = connection.get_sqlite_connection_pool().clone();
                let most = pool.options().get_max_connections();
                (Pool::Sqlite(pool), most)
            }
        };
        let permits = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        Self(Arc::new(Shared { pool, permits, idle: Mutex::default(), doubt: doubt.clone() }))
    }

    /// Waits for a free one.
    pub(super) async fn take(&self) -> Result<Lane, DbErr> {
        timeout(ACQUIRE, self.take_in_time()).await.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
    }

    async fn take_in_time(&self) -> Result<Lane, DbErr> {
        let permit = self.0.permits.clone().acquire_owned().await.map_err(|_| ended())?;
        let mut lane = Lane::at(self.clone(), permit);
        if let Some(Idle { way, since, taken }) = self.next_idle() {
            (lane.way, lane.taken) = (Some(way), taken);
            let idle = since.elapsed();
            if !(idle >= TESTED_AFTER || self.0.doubt.concerns(idle)) || lane.lives().await {
                return Ok(lane);
            }
            // It makes room for another. The next one here may be as dead, and would take as long to say nothing.
            lane.forget();
        }
        lane.way = Some(self.0.pool.acquire().await.map_err(unreachable)?);
        lane.taken = Instant::now();
        Ok(lane)
    }

    fn next_idle(&self) -> Option<Idle> {
        match self.0.pool {
            // The thread of the one that was used last may not have come to rest yet.
            Pool::Sqlite(_) => self.idle().pop_front(),
            // As few as are needed stay in use.
            Pool::Postgres(_) => self.idle().pop_back(),
        }
    }

    /// Several statements on one connection.
    ///
    /// # Errors
    /// None is free for longer than one waits, or the database cannot be reached.
    pub async fn hold(&self) -> Result<Hold, DbErr> {
        Ok(Hold::of(self.take().await?))
    }

    /// Gives those back to the pool that nobody has used for a while.
    pub(super) fn rest(&self) {
        let mut idle = self.idle();
        for one in std::mem::take(&mut *idle) {
            let rests = one.since.elapsed() >= TESTED_AFTER;
            // Until it is back nobody has its place.
            match self.0.permits.clone().try_acquire_owned() {
                Ok(permit) if rests => one.way.give_back(Some(permit)),
                _ => idle.push_back(one),
            }
        }
    }

    /// Waits for what is under way and closes every connection.
    pub(super) async fn close(&self) {
        self.0.permits.close();
        let idle = std::mem::take(&mut *self.idle());
        idle.into_iter().for_each(|idle| idle.way.give_back(None));
        match &self.0.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// Whether the database answers.
    pub(super) async fn ping(&self) -> Result<(), DbErr> {
        let mut lane = self.take().await?;
        lane.is_doubtful = true;
        let asked = async {
            match lane.way()? {
                Way::Sqlite(connection) => connection.ping().await,
                Way::Postgres(connection) => connection.ping().await,
            }
            .map_err(unreachable)
        };
        timeout(ACQUIRE, asked).await.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))?;
        lane.is_doubtful = false;
        Ok(())
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let idle = std::mem::take(self.idle.get_mut().unwrap_or_else(PoisonError::into_inner));
        idle.into_iter().for_each(|idle| idle.way.forget());
    }
}

impl Pool {
    async fn acquire(&self) -> Result<Way, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => Way::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Way::Postgres(pool.acquire().await?),
        })
    }
}

impl Way {
    /// To the pool, which asks it whether it lives. One whose other end has vanished would be waited for as long as the network does,
    /// and its place could be nobody's.
    fn give_back(self, permit: Option<OwnedSemaphorePermit>) {
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
    fn forget(self) {
        match self {
            Self::Sqlite(connection) => drop(connection.detach()),
            Self::Postgres(connection) => drop(connection.detach()),
        }
    }
}

impl Lane {
    /// A place, with no connection yet.
    fn at(home: Lanes, permit: OwnedSemaphorePermit) -> Self {
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

    /// A file does not hang up.
    async fn lives(&mut self) -> bool {
        let Some(Way::Postgres(connection)) = &mut self.way else { return true };
        self.is_doubtful = true;
        let lives = matches!(timeout(LIVES_WITHIN, connection.ping()).await, Ok(Ok(())));
        self.is_doubtful = false;
        lives
    }

    fn forget(&mut self) {
        if let Some(way) = self.way.take() {
            way.forget();
        }
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

    /// One or several statements, without values.
    pub async fn plain(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        self.is_doubtful = true;
        let sql = AssertSqlSafe(sql);
        let done = match self.way()? {
            Way::Sqlite(connection) => connection.execute(sql).await.map(ExecResult::from),
            Way::Postgres(connection) => connection.execute(sql).await.map(ExecResult::from),
        };
        self.heed(done, DbErr::Exec)
    }

    async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.is_doubtful = true;
        let (sql, values) = parts(statement);
        let done = match self.way()? {
            Way::Sqlite(connection) => {
                sqlx::query_with(sql, values).execute(&mut **connection).await.map(ExecResult::from)
            }
            Way::Postgres(connection) => {
                sqlx::query_with(sql, values).execute(&mut **connection).await.map(ExecResult::from)
            }
        };
        self.heed(done, DbErr::Exec)
    }

    async fn query_one(&mut self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.is_doubtful = true;
        let (sql, values) = parts(statement);
        let found = match self.way()? {
            Way::Sqlite(connection) => {
                let row = sqlx::query_with(sql, values).fetch_optional(&mut **connection).await;
                row.map(|row| row.map(QueryResult::from))
            }
            Way::Postgres(connection) => {
                let row = sqlx::query_with(sql, values).fetch_optional(&mut **connection).await;
                row.map(|row| row.map(QueryResult::from))
            }
        };
        self.heed(found, DbErr::Query)
    }

    async fn query_all(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (found, outcome) = self.query_as_far(statement).await;
        outcome.map(|()| found)
    }

    /// What is found before something is refused, and whether that happened.
    pub async fn query_as_far(&mut self, statement: Statement) -> (Vec<QueryResult>, Result<(), DbErr>) {
        self.is_doubtful = true;
        let (sql, values) = parts(statement);
        let mut found = Vec::new();
        let outcome = match self.way() {
            Ok(Way::Sqlite(connection)) => {
                keep(sqlx::query_with(sql, values).fetch(&mut **connection), &mut found).await
            }
            Ok(Way::Postgres(connection)) => {
                keep(sqlx::query_with(sql, values).fetch(&mut **connection), &mut found).await
            }
            Err(error) => return (found, Err(error)),
        };
        (found, self.heed(outcome, DbErr::Query))
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
            return undo(way, self.permit.take());
        }
        if self.is_doubtful || self.taken.elapsed() >= OUTSIDE {
            return way.give_back(self.permit.take());
        }
        let mut idle = self.home.idle();
        // Nobody clears it any more.
        if self.home.0.permits.is_closed() {
            drop(idle);
            return way.give_back(None);
        }
        idle.push_back(Idle { way, since: Instant::now(), taken: self.taken });
    }
}

/// Undoes what a transaction did that nobody ends any more.
fn undo(way: Way, permit: Option<OwnedSemaphorePermit>) {
    match (way, Handle::try_current()) {
        (Way::Postgres(mut connection), Ok(runtime)) => {
            // Others wait for the rows that it has locked.
            let undone = async move {
                let way = match timeout(ACQUIRE, connection.execute("ROLLBACK")).await {
                    Ok(Ok(_)) => return Way::Postgres(connection).give_back(permit),
                    Ok(Err(_)) | Err(_) => Way::Postgres(connection),
                };
                way.forget();
            };
            drop(runtime.spawn(undone));
        }
        // What SQLite has not committed when it closes a file did not happen.
        (way, _) => way.forget(),
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

/// As sea-orm says it.
fn unreachable(error: sqlx::Error) -> DbErr {
    match error {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        error => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
    }
}

/// Each statement on any of them.
#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Lanes {
    fn get_database_backend(&self) -> DbBackend {
        match self.0.pool {
            Pool::Sqlite(_) => DbBackend::Sqlite,
            Pool::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.take().await?.execute(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.take().await?.plain(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.take().await?.query_one(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.take().await?.query_all(stmt).await
    }
}

/// One connection for several statements, which come one after the other.
pub struct Hold {
    backend: DbBackend,
    lane: tokio::sync::Mutex<Lane>,
}

impl Hold {
    pub(super) fn of(lane: Lane) -> Self {
        Self { backend: lane.home.get_database_backend(), lane: lane.into() }
    }

    pub(super) fn into_lane(self) -> Lane {
        self.lane.into_inner()
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Hold {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.lane.lock().await.execute(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lane.lock().await.plain(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lane.lock().await.query_one(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lane.lock().await.query_all(stmt).await
    }
}
