//! What SQLite commits goes into its write-ahead log, and is copied into the file later. SQLite does that in the commit that fills the
//! log, and everybody who writes waits meanwhile, for the disk too. So most of it is copied before the time, beside the writer.

use super::lanes::Lanes;
use sea_orm::{DbBackend, Statement};
use tokio::task::JoinHandle;

/// Jobs after which what they have written is copied: those that sign in write some four pages each, and a log has 4,000.
const AFTER: usize = 256;

/// As much as can be, without anybody who waits for it.
const COPY: &str = "PRAGMA wal_checkpoint(PASSIVE)";

pub(super) struct Copying {
    /// `None`: a database in memory has no log, and no second connection.
    readers: Option<Lanes>,
    /// Not copied yet.
    jobs: usize,
    under_way: Option<JoinHandle<()>>,
}

impl Copying {
    pub fn of(readers: Option<Lanes>) -> Self {
        Self { readers, jobs: 0, under_way: None }
    }

    /// So many jobs were committed.
    pub fn after(&mut self, jobs: usize) {
        self.jobs += jobs;
        let Some(readers) = &self.readers else { return };
        if self.jobs < AFTER || self.under_way.as_ref().is_some_and(|copying| !copying.is_finished()) {
            return;
        }
        self.jobs = 0;
        self.under_way = Some(tokio::spawn(copy(readers.clone())));
    }
}

async fn copy(readers: Lanes) {
    let copied = async { readers.take().await?.query_all(Statement::from_string(DbBackend::Sqlite, COPY)).await };
    if let Err(error) = copied.await {
        // The commit that fills the log tries again, and says so to those who wait for it.
        tracing::debug!(%error, "what was committed could not be copied before the time");
    }
}
