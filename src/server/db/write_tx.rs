use super::lane::{Hold, Lane};
use sea_orm::sqlx::sqlite::SqliteQueryResult;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{MutexGuard, oneshot};

/// A transaction that may write. Nothing of it happened until [`WriteTx::commit`] returned; dropping it undoes it.
#[must_use = "a transaction that is dropped undoes its writes"]
pub struct WriteTx {
    backend: DbBackend,
    /// There until the end.
    held: Option<Hold>,
    /// Where the transaction of a group goes back to. None for one that is alone.
    back: Option<oneshot::Sender<Ended>>,
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

/// How a job of a group ended.
pub(super) struct Ended {
    pub lane: Lane,
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

impl WriteTx {
    /// A transaction of its own, which begins with this.
    pub(super) async fn alone(mut lane: Lane, begin: &str) -> Result<Self, DbErr> {
        lane.set_open(true);
        lane.plain(begin).await?;
        Ok(Self::new(lane, None, Vec::new()))
    }

    /// A part of the transaction of a group, in which nothing of it was sent yet. `before` goes first of all.
    pub(super) fn of_group(lane: Lane, before: Vec<Statement>, back: oneshot::Sender<Ended>) -> Self {
        Self::new(lane, Some(back), before)
    }

    /// The same, where its first question was asked already, and before it what stands before the job.
    pub(super) fn begun_in_group(lane: Lane, back: oneshot::Sender<Ended>) -> Self {
        let begun = Self::new(lane, Some(back), Vec::new());
        begun.begun.store(true, Ordering::Relaxed);
        begun
    }

    fn new(lane: Lane, back: Option<oneshot::Sender<Ended>>, waiting: Vec<Statement>) -> Self {
        let held = Hold::of(lane);
        let backend = held.get_database_backend();
        Self { backend, held: Some(held), back, waiting: Mutex::new(Some(waiting)), begun: AtomicBool::new(false) }
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
        if self.back.is_none() {
            let rows = if last.is_empty() { Vec::new() } else { self.query_all_raw(together(last)).await? };
            self.settle().await?;
            self.held.take().ok_or_else(ended)?.into_lane().commit().await?;
            return Ok(rows);
        }
        let mut rest = self.take_waiting()?;
        rest.extend(last);
        let (answer, committed) = oneshot::channel();
        let (held, back) = (self.held.take().ok_or_else(ended)?, self.back.take().ok_or_else(ended)?);
        // Nobody there any more: the transaction comes back, and dropping it undoes it.
        back.send(Ended { lane: held.into_lane(), begun: self.has_begun(), end: End::Keep(rest, answer) })
            .map_err(|_| ended())?;
        committed.await.unwrap_or_else(|_| Err(ended()))
    }

    /// For writes whose outcome nobody asks.
    #[must_use]
    pub fn later(&self) -> Later<'_> {
        Later(self)
    }

    /// Writes what waits.
    async fn settle(&self) -> Result<(), DbErr> {
        let waiting = self.take_waiting()?;
        if waiting.is_empty() {
            return Ok(());
        }
        let written = self.send().await?.execute(together(waiting)).await;
        self.heed(written).map(drop)
    }

    /// The query in one piece with what waits.
    fn with_waiting(&self, query: Statement) -> Result<Statement, DbErr> {
        let mut all = self.take_waiting()?;
        all.push(query);
        Ok(together(all))
    }

    fn take_waiting(&self) -> Result<Vec<Statement>, DbErr> {
        let mut slot = self.waiting();
        match &*slot {
            Some(waiting) if waiting.is_empty() => Ok(Vec::new()),
            // Gone until it has arrived: a step that gives up waiting for it, and goes on, cannot commit without it.
            Some(_) => Ok(slot.take().unwrap_or_default()),
            None => Err(DbErr::Custom("a write before this one was refused".to_owned())),
        }
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

    /// To send something. Whoever goes away before has sent nothing.
    async fn send(&self) -> Result<MutexGuard<'_, Lane>, DbErr> {
        let lane = self.held.as_ref().ok_or_else(ended)?.lane().await;
        self.begun.store(true, Ordering::Relaxed);
        Ok(lane)
    }

    fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        if let (Some(held), Some(back)) = (self.held.take(), self.back.take()) {
            // Nobody there any more: dropping it undoes it.
            drop(back.send(Ended { lane: held.into_lane(), begun: self.has_begun(), end: End::Undo }));
        }
    }
}

/// While the program ends, or where what is gone had its end already.
pub(super) fn ended() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database is being closed".to_owned()))
}

/// So that `&tx` can be handed to a repository like any connection.
#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for WriteTx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.settle().await?;
        let done = self.send().await?.execute(stmt).await;
        self.heed(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.settle().await?;
        let done = self.send().await?.plain(sql).await;
        self.heed(done)
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        let stmt = self.with_waiting(stmt)?;
        let found = self.send().await?.query_one(stmt).await;
        self.heed(found)
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let stmt = self.with_waiting(stmt)?;
        let found = self.send().await?.query_all(stmt).await;
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
