//! The one writer of SQLite. To make a commit durable takes longer than anything else in a sign-in, and takes the same time
//! for many of them: so jobs that wait are done one after the other in one transaction, each behind a savepoint of its own,
//! and are answered after its commit. A job that fails goes back to its savepoint and takes nothing of the others along.
//!
//! Each way to the thread of the connection and back costs more than most of what is done there. So nothing goes alone: the
//! transaction begins in one piece with the first statement of its first job, and ends in one with the last of its last.

use super::lanes::{Lane, Lanes};
use super::write_tx::{Answer, End, Ended, WriteTx, ended, together};
use sea_orm::{DbBackend, DbErr, QueryResult, Statement};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Jobs in one commit, so that under any load the first of them is answered after some 20 milliseconds of work and a write.
const MOST: usize = 64;

/// A transaction that begins by reading cannot become a writer once another has written: SQLite fails it at once.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// Before each job: where it goes back to when it fails.
const BEFORE: &str = "SAVEPOINT job";
/// After a job that went well.
const KEEP: &str = "RELEASE job";
/// After one that failed.
const UNDO: &str = "ROLLBACK TO job; RELEASE job";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// A handle to it.
#[derive(Clone)]
pub struct Writer {
    waiting: mpsc::UnboundedSender<Job>,
    lanes: Lanes,
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
    pub fn start(lanes: Lanes) -> Self {
        let (waiting, jobs) = mpsc::unbounded_channel();
        let done = Arc::<Done>::default();
        tokio::spawn(run(lanes.clone(), jobs, done.clone()));
        Self { waiting, lanes, done }
    }

    /// Waits for the group that is under way, and closes the connection.
    pub async fn close(&self) {
        self.lanes.close().await;
    }

    /// Gives the connection back to its pool if nobody writes.
    pub fn rest(&self) {
        self.lanes.rest();
    }

    /// Waits for a turn. Who waits holds no connection that a reader could use.
    pub async fn turn(&self) -> Result<WriteTx, DbErr> {
        let (job, turn) = oneshot::channel();
        self.waiting.send(job).map_err(|_| ended())?;
        turn.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn run(lanes: Lanes, mut jobs: mpsc::UnboundedReceiver<Job>, all: Arc<Done>) {
    let mut left = None;
    loop {
        let first = match left.take() {
            Some(job) => job,
            None => match jobs.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        if first.is_closed() {
            continue;
        }
        match lanes.take().await {
            Ok(lane) => left = Group::of(lane).run(first, &mut jobs, &all).await,
            Err(error) => drop(first.send(Err(error))),
        }
    }
}

/// One commit: the first job, and those who have come meanwhile.
struct Group {
    /// None: it was lost, and with it all that was done.
    lane: Option<Lane>,
    /// The transaction was begun, by a statement of some job.
    begun: bool,
    /// Who waits for the commit.
    answers: Vec<Waits>,
}

/// A job that waits for the commit.
struct Waits {
    answer: Answer,
    /// What its last queries found.
    found: Vec<QueryResult>,
}

impl Group {
    fn of(lane: Lane) -> Self {
        Self { lane: Some(lane), begun: false, answers: Vec::new() }
    }

    /// Whoever has come meanwhile and found the transaction lost is left for the next.
    async fn run(mut self, first: Job, jobs: &mut mpsc::UnboundedReceiver<Job>, all: &Done) -> Option<Job> {
        let (mut next, mut done) = (Some(first), 0);
        while let Some(job) = next.take() {
            done += 1;
            let another = || if done < MOST { jobs.try_recv().ok() } else { None };
            if let Err(error) = self.work(job, &mut next, another).await {
                self.refuse(&error);
                return next;
            }
        }
        match self.end().await {
            Ok(()) if self.answers.is_empty() => {}
            Ok(()) => {
                all.count(self.answers.len());
                self.answers.into_iter().for_each(|Waits { answer, found }| drop(answer.send(Ok(found))));
            }
            Err(error) => self.refuse(&error),
        }
        None
    }

    /// One job: the connection goes out and comes back, perhaps with somebody who waits for the commit. If there is no next job by
    /// then, that follows at once.
    ///
    /// # Errors
    /// The transaction is lost, and all that was done in it: SQLite ends it by itself when the disk is full or broken.
    async fn work(
        &mut self,
        job: Job,
        next: &mut Option<Job>,
        another: impl FnOnce() -> Option<Job>,
    ) -> Result<(), DbErr> {
        let (back, done) = oneshot::channel();
        let before = if self.begun { vec![plain(BEFORE)] } else { vec![plain(BEGIN), plain(BEFORE)] };
        let mut lane = self.lane.take().ok_or_else(ended)?;
        lane.set_open(true);
        // Given up meanwhile: then it comes back at once.
        drop(job.send(Ok(WriteTx::of_group(lane, before, back))));
        let Ended { lane, begun, end } = done.await.map_err(|_| ended())?;
        let lane = self.lane.insert(lane);
        self.begun |= begun;
        *next = another();
        let mut refused = None;
        match end {
            End::Keep(mut rest, answer) => {
                self.begun = true;
                rest.push(plain(KEEP));
                if next.is_none() {
                    rest.push(plain(COMMIT));
                }
                match lane.query_all(together(rest)).await {
                    Ok(found) => {
                        if next.is_none() {
                            self.ended();
                        }
                        self.answers.push(Waits { answer, found });
                        return Ok(());
                    }
                    Err(error) => {
                        drop(answer.send(Err(error.clone())));
                        refused = Some(error);
                    }
                }
            }
            End::Undo if !begun => return Ok(()),
            End::Undo => {}
        }
        // Where the commit itself was refused, or nothing could begin, there is no savepoint any more, or none yet.
        let Err(error) = lane.plain(UNDO).await else { return Ok(()) };
        // Nobody else is in it.
        if self.answers.is_empty() && lane.plain(ROLLBACK).await.is_ok() {
            self.ended();
            return Ok(());
        }
        Err(refused.unwrap_or(error))
    }

    /// What is still open when nobody comes any more.
    async fn end(&mut self) -> Result<(), DbErr> {
        if self.begun {
            let how = if self.answers.is_empty() { ROLLBACK } else { COMMIT };
            self.lane.as_mut().ok_or_else(ended)?.plain(how).await?;
        }
        self.ended();
        Ok(())
    }

    /// No transaction is open any more.
    fn ended(&mut self) {
        self.begun = false;
        if let Some(lane) = &mut self.lane {
            lane.set_open(false);
        }
    }

    /// Who has given up meanwhile is not told.
    fn refuse(self, error: &DbErr) {
        for Waits { answer, .. } in self.answers {
            drop(answer.send(Err(error.clone())));
        }
    }
}

fn plain(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
