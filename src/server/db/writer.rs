//! The one writer of SQLite. To make a commit durable takes longer than anything else in a sign-in, and takes the same time
//! for many of them: so jobs that wait are done one after the other in one transaction, each behind a savepoint of its own,
//! and are answered after its commit. A job that fails goes back to its savepoint and takes nothing of the others along.

use super::begin;
use super::write_tx::{Answer, Ended, WriteTx, ended};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Jobs in one commit, so that under any load the first of them is answered after some 20 milliseconds of work and a write.
const MOST: usize = 64;

/// Before the first job of a group: where it goes back to when it fails.
const FIRST: &str = "SAVEPOINT job";
/// Before a job that follows one that went well.
const AFTER_ONE: &str = "RELEASE job; SAVEPOINT job";
/// After a job that failed. Its savepoint stays, for the next one.
const UNDO: &str = "ROLLBACK TO job";

/// A handle to it.
#[derive(Clone)]
pub struct Writer {
    waiting: mpsc::UnboundedSender<Job>,
    pub done: Arc<Done>,
}

/// What the writer has done since the start.
#[derive(Debug, Default)]
pub struct Done {
    jobs: AtomicU64,
    commits: AtomicU64,
}

impl Done {
    /// Jobs that were committed, and the commits that they took.
    pub fn jobs_and_commits(&self) -> (u64, u64) {
        (self.jobs.load(Ordering::Relaxed), self.commits.load(Ordering::Relaxed))
    }

    fn count(&self, jobs: usize) {
        self.jobs.fetch_add(jobs as u64, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
    }
}

/// Somebody who waits for their turn.
type Job = oneshot::Sender<Result<WriteTx, DbErr>>;

impl Writer {
    /// Starts the task. It ends when the last handle is gone.
    pub fn start(connection: DatabaseConnection) -> Self {
        let (waiting, jobs) = mpsc::unbounded_channel();
        let done = Arc::<Done>::default();
        tokio::spawn(run(connection, jobs, done.clone()));
        Self { waiting, done }
    }

    /// Waits for a turn. Who waits holds no connection that a reader could use.
    pub async fn turn(&self) -> Result<WriteTx, DbErr> {
        let (job, turn) = oneshot::channel();
        self.waiting.send(job).map_err(|_| ended())?;
        turn.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn run(connection: DatabaseConnection, mut jobs: mpsc::UnboundedReceiver<Job>, all: Arc<Done>) {
    while let Some(first) = jobs.recv().await {
        if first.is_closed() {
            continue;
        }
        match begin(&connection).await {
            Ok(tx) => group(tx, first, &mut jobs, &all).await,
            Err(error) => drop(first.send(Err(error))),
        }
    }
}

/// One commit: the first job, and those who have come meanwhile.
async fn group(mut tx: DatabaseTransaction, first: Job, jobs: &mut mpsc::UnboundedReceiver<Job>, all: &Done) {
    let (mut answers, mut next, mut done) = (Vec::new(), Some(first), 0);
    let mut before = FIRST;
    while let Some(job) = next {
        match work(tx, before, job).await {
            Ok((same, answer)) => {
                tx = same;
                before = if answer.is_some() { AFTER_ONE } else { UNDO };
                answers.extend(answer);
            }
            Err(error) => return tell(answers, &Err(error)),
        }
        done += 1;
        next = if done < MOST { jobs.try_recv().ok() } else { None };
    }
    if !answers.is_empty() {
        all.count(answers.len());
    }
    let outcome = finish(tx, before, answers.is_empty()).await;
    tell(answers, &outcome);
}

/// `before` is what would stand before another job.
async fn finish(tx: DatabaseTransaction, before: &str, is_empty: bool) -> Result<(), DbErr> {
    if is_empty {
        return tx.rollback().await;
    }
    if before == UNDO {
        tx.execute_unprepared(UNDO).await?;
    }
    tx.commit().await
}

/// One job: the transaction goes out and comes back, perhaps with somebody who waits for the commit.
///
/// # Errors
/// The transaction is lost, and all that was done in it: SQLite ends it by itself when the disk is full or broken.
async fn work(tx: DatabaseTransaction, before: &str, job: Job) -> Result<(DatabaseTransaction, Option<Answer>), DbErr> {
    if let Err(error) = tx.execute_unprepared(before).await {
        drop(job.send(Err(error.clone())));
        return Err(error);
    }
    let (back, done) = oneshot::channel();
    // Given up meanwhile: then it comes back at once.
    drop(job.send(Ok(WriteTx::of_group(tx, back))));
    let Ended { tx, answer } = done.await.map_err(|_| ended())?;
    Ok((tx, answer))
}

/// Who has given up meanwhile is not told.
fn tell(answers: impl IntoIterator<Item = Answer>, outcome: &Result<(), DbErr>) {
    for answer in answers {
        drop(answer.send(outcome.clone()));
    }
}
