use super::lane::Lane;
use sea_orm::sqlx::sqlite::SqliteQueryResult;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{MappedMutexGuard, MutexGuard, oneshot};

/// A transaction that may write. Nothing of it happened until [`WriteTx::commit`] returned; dropping it undoes it.
#[must_use = "a transaction that is dropped undoes its writes"]
pub struct WriteTx {
    backend: DbBackend,
    /// There from the first statement that cannot wait until the end. Until then others of the group may use it.
    lane: tokio::sync::Mutex<Option<Lent>>,
    /// None: it is alone.
    seat: Option<Seat>,
    /// What waits to be written. None: it is on its way, or was refused or given up there, and all of the transaction with it.
    waiting: Mutex<Option<Vec<Statement>>>,
    /// Something was sent.
    begun: AtomicBool,
}

/// Writes of a transaction that nobody asks the outcome of; it takes them for done. On SQLite they wait, and go together: the way to
/// the thread of a connection and back takes longer than most of what is done there, and everybody else who writes waits meanwhile.
/// They go before anything else of the transaction does, a query in one piece with it, and before its commit, which fails if one of
/// them is refused.
#[derive(Clone, Copy)]
pub struct Later<'a>(&'a WriteTx);

/// A place in a group.
pub(super) struct Seat {
    /// Which one.
    pub number: usize,
    /// Where the group hears of it.
    pub tell: UnboundedSender<Said>,
}

/// What a group hears of its jobs.
pub(super) enum Said {
    /// A job needs the connection, until it ends.
    Needs(oneshot::Sender<Lent>),
    /// It was lent to somebody who had gone away.
    Back(Lane),
    Ended(Ended),
}

/// How a job of a group ended.
pub(super) struct Ended {
    /// Which one.
    pub number: usize,
    /// The connection, if it had it.
    pub lane: Option<Lane>,
    /// Something was sent, and first of all what stands before the job.
    pub begun: bool,
    pub end: End,
}

/// What is to be done with what the job wrote.
pub(super) enum End {
    Undo,
    /// Somebody waits for the commit, and these statements are missing yet; what the queries among them find belongs to the answer.
    Keep(Vec<Statement>, Answer),
}

pub(super) type Answer = oneshot::Sender<Result<Vec<QueryResult>, DbErr>>;

/// The connection of a group in the hands of one job. It goes back to the group, whatever becomes of the job.
pub(super) struct Lent {
    lane: Option<Lane>,
    /// What goes first of all.
    before: Vec<Statement>,
    /// None: it is the job's own.
    to: Option<UnboundedSender<Said>>,
}

impl Lent {
    pub fn new(lane: Lane, before: Vec<Statement>, to: UnboundedSender<Said>) -> Self {
        Self { lane: Some(lane), before, to: Some(to) }
    }

    fn into_lane(mut self) -> Option<Lane> {
        self.lane.take()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(lane), Some(to)) = (self.lane.take(), &self.to) {
            // Nobody there any more: dropping it undoes it.
            drop(to.send(Said::Back(lane)));
        }
    }
}

impl WriteTx {
    /// A transaction of its own, which begins with this.
    pub(super) async fn alone(mut lane: Lane, begin: &str) -> Result<Self, DbErr> {
        lane.set_open(true);
        lane.plain(begin).await?;
        Ok(Self::new(lane.backend(), Some(Lent { lane: Some(lane), before: Vec::new(), to: None }), None))
    }

    /// A part of the transaction of a group, which has the connection to itself. `begun`: what it asks first, and what stands before it,
    /// was sent already.
    pub(super) fn of_group(lent: Lent, seat: Seat, begun: bool) -> Self {
        let tx = Self::new(DbBackend::Sqlite, Some(lent), Some(seat));
        tx.begun.store(begun, Ordering::Relaxed);
        tx
    }

    /// A part of the transaction of a group beside others, which has the connection only if it asks for it.
    pub(super) fn beside_others(seat: Seat) -> Self {
        Self::new(DbBackend::Sqlite, None, Some(seat))
    }

    fn new(backend: DbBackend, mut lent: Option<Lent>, seat: Option<Seat>) -> Self {
        let before = lent.as_mut().map(|lent| std::mem::take(&mut lent.before)).unwrap_or_default();
        Self {
            backend,
            lane: tokio::sync::Mutex::new(lent),
            seat,
            waiting: Mutex::new(Some(before)),
            begun: AtomicBool::new(false),
        }
    }

    /// Makes the writes last; on return they survive a power cut.
    ///
    /// # Errors
    /// The database refuses or is gone; then none of the writes happened, or it is not known whether they did.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.commit_after(Vec::new()).await.map(drop)
    }

    /// As [`WriteTx::commit`], after the last queries of the transaction, which go in one piece with what waits. The rows of all of
    /// them, in their order. For SQLite alone, where several statements can be one.
    pub(super) async fn commit_after(mut self, last: Vec<Statement>) -> Result<Vec<QueryResult>, DbErr> {
        let Some(seat) = &self.seat else {
            let rows = if last.is_empty() { Vec::new() } else { self.query_all_raw(together(last)).await? };
            self.settled().await?.commit().await?;
            return Ok(rows);
        };
        let mut rest = self.take_waiting()?;
        rest.extend(last);
        let (answer, committed) = oneshot::channel();
        let Seat { number, tell } = seat;
        let (number, tell) = (*number, tell.clone());
        self.seat = None;
        let lane = self.lane.get_mut().take().and_then(Lent::into_lane);
        // Nobody there any more: the transaction comes back, and dropping it undoes it.
        tell.send(Said::Ended(Ended { number, lane, begun: self.has_begun(), end: End::Keep(rest, answer) }))
            .map_err(|_| lost())?;
        committed.await.unwrap_or_else(|_| Err(lost()))
    }

    /// For writes whose outcome nobody asks.
    #[must_use]
    pub fn later(&self) -> Later<'_> {
        Later(self)
    }

    /// The connection, once what waits is written.
    async fn settled(&self) -> Result<MappedMutexGuard<'_, Lane>, DbErr> {
        let mut lane = self.lane().await?;
        let waiting = self.take_waiting()?;
        self.begun.store(true, Ordering::Relaxed);
        if !waiting.is_empty() {
            let written = lane.execute(together(waiting)).await;
            self.heed(written)?;
        }
        // What comes next is on its way as well.
        *self.waiting() = None;
        Ok(lane)
    }

    /// The query in one piece with what waits.
    fn with_waiting(&self, query: Statement) -> Result<Statement, DbErr> {
        let mut all = self.take_waiting()?;
        all.push(query);
        Ok(together(all))
    }

    fn take_waiting(&self) -> Result<Vec<Statement>, DbErr> {
        // Gone until it has arrived: a step that gives up waiting for it, and goes on, cannot commit without it.
        self.waiting().take().ok_or_else(|| DbErr::Custom("a write before this one was refused".to_owned()))
    }

    /// After something was refused nothing more is done, as on PostgreSQL: SQLite may have ended the transaction with it, and what came
    /// then would be written outside of any.
    fn heed<T>(&self, outcome: Result<T, DbErr>) -> Result<T, DbErr> {
        *self.waiting() = outcome.is_ok().then(Vec::new);
        outcome
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<Vec<Statement>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, which those of a group who are beside others ask for with the first statement that cannot wait.
    async fn lane(&self) -> Result<MappedMutexGuard<'_, Lane>, DbErr> {
        let mut slot = self.lane.lock().await;
        if slot.is_none()
            && let Some(Seat { tell, .. }) = &self.seat
        {
            let (lend, lent) = oneshot::channel();
            tell.send(Said::Needs(lend)).map_err(|_| lost())?;
            let mut lent = lent.await.map_err(|_| lost())?;
            if let Some(waiting) = &mut *self.waiting() {
                waiting.splice(..0, std::mem::take(&mut lent.before));
            }
            *slot = Some(lent);
        }
        MutexGuard::try_map(slot, |slot| slot.as_mut()?.lane.as_mut()).map_err(|_| ended())
    }

    fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        if let Some(Seat { number, tell }) = self.seat.take() {
            let lane = self.lane.get_mut().take().and_then(Lent::into_lane);
            // Nobody there any more: dropping it undoes it.
            drop(tell.send(Said::Ended(Ended { number, lane, begun: self.has_begun(), end: End::Undo })));
        }
    }
}

/// While the program ends, or where what is gone had its end already.
pub(super) fn ended() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database is being closed".to_owned()))
}

pub(super) fn lost() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the connection to the database was lost".to_owned()))
}

/// So that `&tx` can be handed to a repository like any connection.
#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for WriteTx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        let mut lane = self.settled().await?;
        let done = lane.execute(stmt).await;
        self.heed(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut lane = self.settled().await?;
        let done = lane.plain(sql).await;
        self.heed(done)
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut lane = self.lane().await?;
        let stmt = self.with_waiting(stmt)?;
        self.begun.store(true, Ordering::Relaxed);
        let found = lane.query_one(stmt).await;
        self.heed(found)
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut lane = self.lane().await?;
        let stmt = self.with_waiting(stmt)?;
        self.begun.store(true, Ordering::Relaxed);
        let found = lane.query_all(stmt).await;
        self.heed(found)
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Later<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        if self.0.backend != DbBackend::Sqlite {
            return self.0.execute_raw(stmt).await;
        }
        if let Some(waiting) = &mut *self.0.waiting() {
            waiting.push(stmt);
        }
        Ok(SqliteQueryResult::default().into())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(stmt).await
    }
}

/// Several statements as one.
pub(super) fn together(mut statements: Vec<Statement>) -> Statement {
    if statements.len() == 1
        && let Some(one) = statements.pop()
    {
        return one;
    }
    let sql = statements.iter().map(|statement| statement.sql.as_str()).collect::<Vec<_>>().join("; ");
    let values = statements.into_iter().filter_map(|statement| statement.values).flat_map(|values| values.0);
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}
