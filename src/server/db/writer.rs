//! The one writer of SQLite. To make a commit durable takes longer than anything else in a sign-in, and takes the same time
//! for many of them: so jobs that wait are done one after the other in one transaction, each behind a savepoint of its own,
//! and are answered after its commit. A job that fails goes back to its savepoint and takes nothing of the others along.
//!
//! Each way to the thread of the connection and back costs more than most of what is done there. So nothing goes alone: the
//! transaction begins in one piece with the first statement of its first job, and ends in one with the last of its last. A job that
//! says beforehand what it asks first has its answer in one piece with the end of the job before.

use super::lane::Lane;
use super::lanes::Lanes;
use super::opened::Opened;
use super::write_tx::{Answer, End, Ended, WriteTx, ended, together};
use sea_orm::{DbBackend, DbErr, QueryResult, RuntimeErr, Statement};
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
/// After a job that is kept, or committed: a row that tells so, and what comes behind it is of the next.
const MARK: &str = "SELECT 1 AS next_job";
const MARKED: &str = "next_job";
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
struct Job {
    /// What they ask first of all.
    first: Option<Statement>,
    turn: oneshot::Sender<Result<Turn, DbErr>>,
}

/// The turn of a job, and what its first question found.
pub type Turn = (WriteTx, Vec<QueryResult>);

impl Writer {
    /// Starts the task. It ends when the last handle is gone.
    pub fn start(lanes: Lanes, opened: Opened) -> Self {
        let (waiting, jobs) = mpsc::unbounded_channel();
        let done = Arc::<Done>::default();
        tokio::spawn(run(lanes.clone(), opened, jobs, done.clone()));
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

    /// Waits for a turn, and for what `first` finds in it. Who waits holds no connection that a reader could use.
    pub async fn turn(&self, first: Option<Statement>) -> Result<Turn, DbErr> {
        let (job, turn) = oneshot::channel();
        self.waiting.send(Job { first, turn: job }).map_err(|_| ended())?;
        turn.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn run(lanes: Lanes, opened: Opened, mut jobs: mpsc::UnboundedReceiver<Job>, all: Arc<Done>) {
    let mut left = None;
    loop {
        let first = match left.take() {
            Some(job) => job,
            None => match jobs.recv().await {
                Some(job) => job,
                None => return,
            },
        };
        if first.turn.is_closed() {
            continue;
        }
        let lane = match opened.is_there() {
            Ok(()) => lanes.take().await,
            Err(error) => Err(error),
        };
        match lane {
            Ok(lane) => left = Group::of(lane).run(first, &mut jobs, &opened, &all).await,
            Err(error) => drop(first.turn.send(Err(error))),
        }
    }
}

/// Whoever waits, and has not gone away.
fn next_of(jobs: &mut mpsc::UnboundedReceiver<Job>) -> Option<Job> {
    std::iter::from_fn(|| jobs.try_recv().ok()).find(|job| !job.turn.is_closed())
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

/// The next job.
struct Next {
    job: Job,
    /// What its first question found, if it was asked already, behind the savepoint of the job.
    found: Option<Vec<QueryResult>>,
}

impl Group {
    fn of(lane: Lane) -> Self {
        Self { lane: Some(lane), begun: false, answers: Vec::new() }
    }

    /// Whoever has come meanwhile and found the transaction lost is left for the next.
    async fn run(
        mut self,
        first: Job,
        jobs: &mut mpsc::UnboundedReceiver<Job>,
        opened: &Opened,
        all: &Done,
    ) -> Option<Job> {
        let (mut next, mut done) = (Some(Next::of(first)), 0);
        while let Some(now) = next.take() {
            done += 1;
            let another = || if done < MOST { next_of(jobs) } else { None };
            if let Err(error) = self.work(now, &mut next, another).await {
                self.refuse(&error);
                return next.map(|next| next.job);
            }
        }
        // Nobody is told of what went into a file that has left.
        match self.end().await.and_then(|()| opened.is_there()) {
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
    /// then, that follows at once; if there is, what it asks first.
    ///
    /// # Errors
    /// The transaction is lost, and all that was done in it: SQLite ends it by itself when the disk is full or broken.
    async fn work(
        &mut self,
        Next { job, found }: Next,
        next: &mut Option<Next>,
        another: impl FnOnce() -> Option<Job>,
    ) -> Result<(), DbErr> {
        let Job { first, turn } = job;
        let found = match (found, first) {
            (None, Some(first)) => {
                let mut asked = self.before();
                asked.push(first);
                self.lane()?.set_open(true);
                let mut found = Vec::new();
                if let Err(error) = self.lane()?.query_into(&mut found, together(asked)).await {
                    *next = another().map(Next::of);
                    drop(turn.send(Err(error.clone())));
                    return self.undo(Some(error)).await;
                }
                self.begun = true;
                Some(found)
            }
            (found, _) => found,
        };
        let (back, done) = oneshot::channel();
        let before = self.before();
        let mut lane = self.lane.take().ok_or_else(ended)?;
        lane.set_open(true);
        // Given up meanwhile: then it comes back at once, to be undone if it has asked.
        drop(turn.send(Ok(match found {
            Some(found) => (WriteTx::begun_in_group(lane, back), found),
            None => (WriteTx::of_group(lane, before, back), Vec::new()),
        })));
        let Ended { lane, begun, end } = done.await.map_err(|_| ended())?;
        self.lane = Some(lane);
        self.begun |= begun;
        *next = another().map(Next::of);
        match end {
            End::Keep(rest, answer) => self.keep(rest, answer, next).await,
            End::Undo if !begun => Ok(()),
            End::Undo => self.undo(None).await,
        }
    }

    /// Keeps what a job wrote, after the `rest` of it.
    async fn keep(&mut self, mut rest: Vec<Statement>, answer: Answer, next: &mut Option<Next>) -> Result<(), DbErr> {
        self.begun = true;
        rest.push(plain(KEEP));
        if next.is_none() {
            rest.push(plain(COMMIT));
        }
        rest.push(plain(MARK));
        let ahead = next.as_ref().and_then(|next| next.job.first.clone());
        let asks = ahead.is_some();
        rest.extend(ahead.into_iter().flat_map(|first| [plain(BEFORE), first]));
        let mut found = Vec::new();
        let outcome = self.lane()?.query_into(&mut found, together(rest)).await;
        // Nothing is taken for done because nothing was said: where its thread is gone a connection says no more.
        let Some(mark) = found.iter().position(|row| row.try_get::<i64>("", MARKED).is_ok()) else {
            let error = outcome.err().unwrap_or_else(lost);
            drop(answer.send(Err(error.clone())));
            return self.undo(Some(error)).await;
        };
        let of_next = found.split_off(mark + 1);
        found.pop();
        self.answers.push(Waits { answer, found });
        match (next.take(), outcome) {
            (None, _) => self.ended(),
            (Some(waits), Ok(())) => *next = Some(Next { found: asks.then_some(of_next), ..waits }),
            (Some(asked), Err(error)) => {
                drop(asked.job.turn.send(Err(error.clone())));
                return self.undo(Some(error)).await;
            }
        }
        Ok(())
    }

    /// Takes back what was done since the last savepoint. Where there is none, as SQLite has ended the transaction, refused to commit it,
    /// or did not come as far, all of the transaction is undone.
    ///
    /// # Errors
    /// `why`, or that there is none: others were in it, or it cannot be ended either.
    async fn undo(&mut self, why: Option<DbErr>) -> Result<(), DbErr> {
        let lane = self.lane.as_mut().ok_or_else(ended)?;
        let Err(error) = lane.plain(UNDO).await else {
            self.begun = true;
            return Ok(());
        };
        if self.answers.is_empty() && lane.plain(ROLLBACK).await.is_ok() {
            self.ended();
            return Ok(());
        }
        Err(why.unwrap_or(error))
    }

    fn lane(&mut self) -> Result<&mut Lane, DbErr> {
        self.lane.as_mut().ok_or_else(ended)
    }

    /// What stands before a job.
    fn before(&self) -> Vec<Statement> {
        if self.begun { vec![plain(BEFORE)] } else { vec![plain(BEGIN), plain(BEFORE)] }
    }

    /// What is still open when nobody comes any more.
    async fn end(&mut self) -> Result<(), DbErr> {
        if self.begun {
            let how = if self.answers.is_empty() { ROLLBACK } else { COMMIT };
            self.lane()?.plain(how).await?;
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

impl Next {
    fn of(job: Job) -> Self {
        Self { job, found: None }
    }
}

fn lost() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the connection to the database was lost".to_owned()))
}

fn plain(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
