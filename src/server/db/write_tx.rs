use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use tokio::sync::oneshot;

/// A transaction that may write. Nothing of it happened until [`WriteTx::commit`] returned; dropping it undoes it.
#[must_use = "a transaction that is dropped undoes its writes"]
pub struct WriteTx {
    backend: DbBackend,
    /// There until the end.
    tx: Option<DatabaseTransaction>,
    /// Where the transaction of a group goes back to. None for one that is alone.
    back: Option<oneshot::Sender<Ended>>,
}

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
        Self { backend: tx.get_database_backend(), tx: Some(tx), back: None }
    }

    /// A part of the transaction of a group.
    pub(super) fn of_group(tx: DatabaseTransaction, back: oneshot::Sender<Ended>) -> Self {
        Self { backend: tx.get_database_backend(), tx: Some(tx), back: Some(back) }
    }

    /// Makes the writes last; on return they survive a power cut.
    ///
    /// # Errors
    /// The database refuses or is gone; then none of the writes happened, or it is not known whether they did.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        let tx = self.tx.take().ok_or_else(ended)?;
        let Some(back) = self.back.take() else { return tx.commit().await };
        let (answer, committed) = oneshot::channel();
        // Nobody there any more: the transaction comes back, and dropping it undoes it.
        back.send(Ended { tx, answer: Some(answer) }).map_err(|_| ended())?;
        committed.await.unwrap_or_else(|_| Err(ended()))
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
        self.open()?.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.open()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.open()?.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.open()?.query_all_raw(stmt).await
    }
}
