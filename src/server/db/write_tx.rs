use sea_orm::sqlx::sqlite::SqliteQueryResult;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// A transaction that may write. Nothing of it happened until [`WriteTx::commit`] returned; dropping it undoes it.
#[must_use = "a transaction that is dropped undoes its writes"]
pub struct WriteTx {
    backend: DbBackend,
    /// There until the end.
    tx: Option<DatabaseTransaction>,
    /// Where the transaction of a group goes back to. None for one that is alone.
    back: Option<oneshot::Sender<Ended>>,
    /// What waits to be written. None: it was refused, and all of the transaction with it.
    waiting: Mutex<Option<Vec<Statement>>>,
}

/// Writes of a transaction that nobody asks the outcome of; it takes them for done. On SQLite they wait, and go together: the way to
/// the thread of a connection and back takes longer than most of what is done there, and everybody else who writes waits meanwhile.
/// They go before anything else of the transaction does, and before its commit, which fails if one of them is refused.
#[derive(Clone, Copy)]
pub struct Later<'a>(&'a WriteTx);

/// How a job of a group ended.
pub(super) struct Ended {
    pub tx: DatabaseTransaction,
    /// Who waits for the commit. None: what the job wrote is undone.
    pub answer: Option<Answer>,
}

pub(super) type Answer = oneshot::Sender<Result<(), DbErr>>;

impl WriteTx {
    /// A transaction of its own.
    pub(super) fn alone(tx: DatabaseTransaction) -> Self {
        Self::new(tx, None)
    }

    /// A part of the transaction of a group.
    pub(super) fn of_group(tx: DatabaseTransaction, back: oneshot::Sender<Ended>) -> Self {
        Self::new(tx, Some(back))
    }

    fn new(tx: DatabaseTransaction, back: Option<oneshot::Sender<Ended>>) -> Self {
        Self { backend: tx.get_database_backend(), tx: Some(tx), back, waiting: Mutex::new(Some(Vec::new())) }
    }

    /// Makes the writes last; on return they survive a power cut.
    ///
    /// # Errors
    /// The database refuses or is gone; then none of the writes happened, or it is not known whether they did.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        self.settle().await?;
        let tx = self.tx.take().ok_or_else(ended)?;
        let Some(back) = self.back.take() else { return tx.commit().await };
        let (answer, committed) = oneshot::channel();
        // Nobody there any more: the transaction comes back, and dropping it undoes it.
        back.send(Ended { tx, answer: Some(answer) }).map_err(|_| ended())?;
        committed.await.unwrap_or_else(|_| Err(ended()))
    }

    /// For writes whose outcome nobody asks.
    #[must_use]
    pub fn later(&self) -> Later<'_> {
        Later(self)
    }

    /// Writes what waits.
    async fn settle(&self) -> Result<(), DbErr> {
        let waiting = match &mut *self.waiting() {
            Some(waiting) => std::mem::take(waiting),
            None => return Err(DbErr::Custom("a write before this one was refused".to_owned())),
        };
        if waiting.is_empty() {
            return Ok(());
        }
        let written = self.open()?.execute_raw(together(waiting)).await;
        if written.is_err() {
            *self.waiting() = None;
        }
        written.map(drop)
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Vec<Statement>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.tx.as_ref().ok_or_else(ended)
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        if let (Some(tx), Some(back)) = (self.tx.take(), self.back.take()) {
            // Nobody there any more: dropping it undoes it.
            drop(back.send(Ended { tx, answer: None }));
        }
    }
}

/// Only while the program ends.
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
        self.open()?.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.settle().await?;
        self.open()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.settle().await?;
        self.open()?.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.settle().await?;
        self.open()?.query_all_raw(stmt).await
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
fn together(mut statements: Vec<Statement>) -> Statement {
    if statements.len() == 1
        && let Some(one) = statements.pop()
    {
        return one;
    }
    let sql = statements.iter().map(|statement| statement.sql.as_str()).collect::<Vec<_>>().join("; ");
    let values = statements.into_iter().filter_map(|statement| statement.values).flat_map(|values| values.0);
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}
