use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, IsolationLevel,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// A transaction that may write. Nothing of it happened until [`WriteTx::commit`] returned; dropping it undoes it.
#[must_use = "a transaction that is dropped undoes its writes"]
pub struct WriteTx {
    // Before the turn: fields drop in order, and the rollback must be on its way when the next writer begins.
    tx: DatabaseTransaction,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl WriteTx {
    pub(super) async fn begin(connection: &DatabaseConnection, turn: Option<Arc<Mutex<()>>>) -> Result<Self, DbErr> {
        // The turn comes before the connection: who waits for it must not hold one that a reader could use.
        let turn = match turn {
            Some(turn) => Some(turn.lock_owned().await),
            None => None,
        };
        let options = match connection.get_database_backend() {
            // A transaction that begins by reading cannot become a writer once another has written: SQLite fails it at once.
            DbBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            },
            // Said explicitly: the default belongs to the operator of the database.
            _ => TransactionOptions { isolation_level: Some(IsolationLevel::ReadCommitted), ..Default::default() },
        };
        Ok(Self { tx: connection.begin_with_options(options).await?, _turn: turn })
    }

    /// Makes the writes last; on return they survive a power cut.
    ///
    /// # Errors
    /// The database refuses or is gone; then none of the writes happened, or it is not known whether they did.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.tx.commit().await
    }
}

impl Deref for WriteTx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}

/// So that `&tx` can be handed to a repository like any connection.
#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for WriteTx {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.tx.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.tx.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.tx.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.tx.query_all_raw(stmt).await
    }
}
