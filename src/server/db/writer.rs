//! The one writer of SQLite. To make a commit durable takes longer than anything else in a sign-in, and takes the same time
//! for many of them: so jobs that wait are done one after the other in one transaction, each behind a savepoint of its own,
//! and are answered after its commit. A job that fails goes back to its savepoint and takes nothing of the others along.

use super::begin;
use super::write_tx::{Answer, End, Ended, WriteTx, ended, together};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Jobs in one commit, so that under any load the first of them is answered after some 20 milliseconds of work and a write.
const MOST: usize = 64;

/// Before each job: where it goes back to when it fails. It goes in one piece with the first statement of the job.
const BEFORE: &str = "SAVEPOINT job";
/// After a job that went well, in one piece with its last statements.
const KEEP: &str = "RELEASE job";
/// After one that failed.
const UNDO: &str = "ROLLBACK TO job; RELEASE job";

/// A handle to it.
#[derive(Clone)]
pub struct Writer {
    waiting: mpsc::UnboundedSender<Job>,
    connection: DatabaseConnection,
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
        tokio::spawn(run(connection.clone(), jobs, done.clone()));
        Self { waiting, connection, done }
    }

    /// Waits for the group that is under way, and closes the connection.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.connection.close_by_ref().await
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
    while let Some(job) = next {
        match work(tx, job).await {
            Ok((same, answer)) => {
                tx = same;
                answers.extend(answer);
            }
            Err(error) => return refuse(answers, &error),
        }
        done += 1;
        next = if done < MOST { jobs.try_recv().ok() } else { None };
    }
    if answers.is_empty() {
        return drop(tx.rollback().await);
    }
    all.count(answers.len());
    match tx.commit().await {
        Ok(()) => answers.into_iter().for_each(|Waits { answer, found }| drop(answer.send(Ok(found)))),
        Err(error) => refuse(answers, &error),
    }
}

/// A job that waits for the commit.
struct Waits {
    answer: Answer,
    /// What its last queries found.
    found: Vec<QueryResult>,
}

/// One job: the transaction goes out and comes back, perhaps with somebody who waits for the commit.
///
/// # Errors
/// The transaction is lost, and all that was done in it: SQLite ends it by itself when the disk is full or broken.
async fn work(tx: DatabaseTransaction, job: Job) -> Result<(DatabaseTransaction, Option<Waits>), DbErr> {
    let (back, done) = oneshot::channel();
    // Given up meanwhile: then it comes back at once.
    drop(job.send(Ok(WriteTx::of_group(tx, plain(BEFORE), back))));
    let Ended { tx, begun, end } = done.await.map_err(|_| ended())?;
    match end {
        End::Keep(mut rest, answer) => {
            rest.push(plain(KEEP));
            match tx.query_all_raw(together(rest)).await {
                Ok(found) => return Ok((tx, Some(Waits { answer, found }))),
                Err(error) => drop(answer.send(Err(error))),
            }
        }
        End::Undo if !begun => return Ok((tx, None)),
        End::Undo => {}
    }
    tx.execute_unprepared(UNDO).await?;
    Ok((tx, None))
}

fn plain(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

/// Who has given up meanwhile is not told.
fn refuse(all: Vec<Waits>, error: &DbErr) {
    for Waits { answer, .. } in all {
        drop(answer.send(Err(error.clone())));
    }
}
