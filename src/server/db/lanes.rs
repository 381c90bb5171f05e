//! Connections that are used again at once. sqlx's pool asks each connection that comes back whether it still lives: a way there and
//! back after every use, as long as most uses are themselves. So those that are wanted again within a second stay out of it, and
//! go back when they rest, when something went wrong with them, and once a minute, so that it can close those that are old.

use super::doubt::Doubt;
use super::lane::{Hold, Lane, Way};
use super::write_tx::ended;
use sea_orm::sqlx::{self, PgPool, SqlitePool};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
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

struct Idle {
    way: Way,
    since: Instant,
    taken: Instant,
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
            lane.put(way, taken);
            let idle = since.elapsed();
            if !(idle >= TESTED_AFTER || self.0.doubt.concerns(idle)) || lane.lives().await {
                return Ok(lane);
            }
            // It makes room for another. The next one here may be as dead, and would take as long to say nothing.
            lane.forget();
        }
        lane.put(self.0.pool.acquire().await.map_err(unreachable)?, Instant::now());
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
        timeout(ACQUIRE, lane.ping()).await.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
    }

    /// Takes a connection that is as it was when it left the pool, at that time: for the next one, or back.
    pub(super) fn keep(&self, way: Way, taken: Instant, permit: Option<OwnedSemaphorePermit>) {
        if taken.elapsed() >= OUTSIDE {
            return way.give_back(permit);
        }
        let mut idle = self.idle();
        // Nobody clears it any more.
        if self.0.permits.is_closed() {
            drop(idle);
            return way.give_back(None);
        }
        idle.push_back(Idle { way, since: Instant::now(), taken });
        drop(idle);
        drop(permit);
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
