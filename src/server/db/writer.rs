//! The one writer of SQLite. To make a commit durable takes longer than anything else in a sign-in, and takes the same time
//! for many of them: so jobs that wait are done one after the other in one transaction, each behind a savepoint of its own,
//! and are answered after its commit. A job that fails goes back to its savepoint and takes nothing of the others along.
//!
//! Each way to the thread of the connection and back costs more than most of what is done there. So as little as possible goes alone:
//! the transaction begins in one piece with the first statement of its first job, and ends in one with the last of its last, if that
//! one is kept. Jobs that say beforehand what they are about, and what they ask first, go beside each other as long as they are about
//! different things: they are asked together and written together, each behind its savepoint, and work out meanwhile what they write,
//! while the connection serves others.

use super::copying::Copying;
use super::lane::Lane;
use super::lanes::Lanes;
use super::opened::Opened;
use super::write_tx::{Answer, End, Ended, Lent, Said, Seat, WriteTx, ended, lost, together};
use sea_orm::{DbBackend, DbErr, QueryResult, Statement};
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Jobs in one commit, so that under any load the first of them is answered after some 20 milliseconds of work and a write.
const MOST: usize = 64;

/// Jobs in one piece. The statements of a piece are kept prepared: so there are pieces only of one, two, four and eight jobs of a kind.
const WIDEST: usize = 8;

/// A transaction that begins by reading cannot become a writer once another has written: SQLite fails it at once.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// Before each job: where it goes back to when it fails.
const BEFORE: &str = "SAVEPOINT job";
/// After a job that went well.
const KEEP: &str = "RELEASE job";
/// After one that failed.
const UNDO: &str = "ROLLBACK TO job; RELEASE job";
/// After a job that was asked, kept, or committed: a row that tells so, and what comes behind it is of the next.
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
    asks: Asks,
    turn: oneshot::Sender<Result<Turn, DbErr>>,
}

/// What a job asks first.
pub enum Asks {
    Nothing,
    /// This, in a turn that is its own.
    First(Statement),
    /// This, which only reads: it may be asked, and worked upon, beside others that are about something else.
    Beside(Statement, About),
}

/// What a job is about: by what it asks first nothing is found that another job writes which is about something else. Two may be taken
/// for the same, and then they take turns.
#[derive(Clone, Copy)]
pub struct About([u64; 4]);

impl About {
    pub fn new(keys: [&[u8]; 4]) -> Self {
        Self(keys.map(|key| {
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            hasher.finish()
        }))
    }

    fn touches(&self, other: &Self) -> bool {
        self.0.iter().any(|key| other.0.contains(key))
    }
}

/// The turn of a job, and what its first question found.
pub type Turn = (WriteTx, Vec<QueryResult>);

impl Writer {
    /// Starts the task. It ends when the last handle is gone.
    pub fn start(lanes: Lanes, opened: Opened, copying: Copying) -> Self {
        let (waiting, jobs) = mpsc::unbounded_channel();
        let done = Arc::<Done>::default();
        let queue = Queue { jobs, waiting: VecDeque::new() };
        tokio::spawn(run(lanes.clone(), opened, queue, done.clone(), copying));
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

    /// Waits for a turn, and for what is asked first in it. Who waits holds no connection that a reader could use.
    pub async fn turn(&self, asks: Asks) -> Result<Turn, DbErr> {
        let (turn, has_turn) = oneshot::channel();
        self.waiting.send(Job { asks, turn }).map_err(|_| ended())?;
        has_turn.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn run(lanes: Lanes, opened: Opened, mut queue: Queue, all: Arc<Done>, mut copying: Copying) {
    while queue.has_somebody().await {
        let lane = match opened.is_there() {
            Ok(()) => lanes.take().await,
            Err(error) => Err(error),
        };
        match lane {
            Ok(lane) => copying.after(Group::of(lane).run(&mut queue, &opened, &all).await),
            Err(error) => queue.waiting.pop_front().into_iter().for_each(|job| job.refuse(&error)),
        }
    }
}

impl Job {
    /// Who has given up meanwhile is not told.
    fn refuse(self, error: &DbErr) {
        drop(self.turn.send(Err(error.clone())));
    }
}

/// Those who wait, in the order in which they came.
struct Queue {
    jobs: mpsc::UnboundedReceiver<Job>,
    waiting: VecDeque<Job>,
}

impl Queue {
    /// Waits until there is somebody. False: nobody comes any more.
    async fn has_somebody(&mut self) -> bool {
        while self.next().is_none() {
            let Some(job) = self.jobs.recv().await else { return false };
            self.waiting.push_back(job);
        }
        true
    }

    /// The next one who has not gone away.
    fn next(&mut self) -> Option<&Job> {
        while let Ok(job) = self.jobs.try_recv() {
            self.waiting.push_back(job);
        }
        while self.waiting.front().is_some_and(|job| job.turn.is_closed()) {
            self.waiting.pop_front();
        }
        self.waiting.front()
    }
}

/// One commit: those who have their turn in it.
struct Group {
    /// None: a job has it, or it was lost, and with it all that was done.
    lane: Option<Lane>,
    /// The transaction was begun, by a statement of some job.
    begun: bool,
    committed: bool,
    /// How many had their turn.
    turns: usize,
    /// Those who are beside each other, and what they are about.
    beside: HashMap<usize, About>,
    /// What is heard of all of them.
    said: mpsc::UnboundedReceiver<Said>,
    tell: mpsc::UnboundedSender<Said>,
    /// Those who need the connection after all.
    needing: VecDeque<oneshot::Sender<Lent>>,
    /// Whose work is done, and not written yet.
    unwritten: VecDeque<Written>,
    /// Who waits for the commit.
    answers: Vec<Waits>,
}

/// A job with all that it has to write, its savepoint included.
struct Written {
    statement: Statement,
    answer: Answer,
}

/// A job that waits for the commit.
struct Waits {
    answer: Answer,
    /// What its last queries found.
    found: Vec<QueryResult>,
}

/// A job that is asked beside others.
struct Asked {
    first: Statement,
    about: About,
    turn: oneshot::Sender<Result<Turn, DbErr>>,
}

/// What a group does next.
enum Next {
    /// Whoever needs the connection has it until they end.
    Lend(oneshot::Sender<Lent>),
    Write(Vec<Written>),
    Alone(Job),
    Ask(Vec<Asked>),
    /// Somebody has to say something, or to come.
    Wait,
    End,
}

impl Group {
    fn of(lane: Lane) -> Self {
        let (tell, said) = mpsc::unbounded_channel();
        Self {
            lane: Some(lane),
            begun: false,
            committed: false,
            turns: 0,
            beside: HashMap::new(),
            said,
            tell,
            needing: VecDeque::new(),
            unwritten: VecDeque::new(),
            answers: Vec::new(),
        }
    }

    /// Tells how many were committed. Whoever has come and had no turn in it is left for the next.
    async fn run(mut self, queue: &mut Queue, opened: &Opened, all: &Done) -> usize {
        // Nobody is told of what went into a file that has left.
        match self.work(queue).await.and_then(|()| opened.is_there()) {
            Ok(()) if self.answers.is_empty() => 0,
            Ok(()) => {
                let jobs = self.answers.len();
                all.count(jobs);
                self.answers.into_iter().for_each(|Waits { answer, found }| drop(answer.send(Ok(found))));
                jobs
            }
            Err(error) => {
                self.refuse(&error);
                0
            }
        }
    }

    /// Until all is committed.
    ///
    /// # Errors
    /// The transaction is lost, and all that was done in it: SQLite ends it by itself when the disk is full or broken.
    async fn work(&mut self, queue: &mut Queue) -> Result<(), DbErr> {
        loop {
            while let Ok(said) = self.said.try_recv() {
                self.hear(said, queue).await?;
            }
            match self.next(queue) {
                Next::Lend(turn) => {
                    let lent = Lent::new(self.lane.take().ok_or_else(ended)?, vec![plain(BEFORE)], self.tell.clone());
                    // Given up meanwhile: then it comes back by itself.
                    drop(turn.send(lent));
                }
                Next::Write(run) => self.write(run, queue).await?,
                Next::Alone(job) => self.alone(job).await?,
                Next::Ask(asked) => self.ask(asked).await?,
                Next::Wait => self.listen(queue).await?,
                Next::End => return self.end().await,
            }
        }
    }

    fn next(&mut self, queue: &mut Queue) -> Next {
        if self.committed {
            return Next::End;
        }
        if self.lane.is_none() {
            return Next::Wait;
        }
        if let Some(turn) = self.needing.pop_front() {
            return Next::Lend(turn);
        }
        if let Some(run) = self.next_run() {
            return Next::Write(run);
        }
        match self.next_turns(queue) {
            Some(turns) => turns,
            None if self.beside.is_empty() => Next::End,
            None => Next::Wait,
        }
    }

    /// Those who have their turn next: one alone, once nobody else has it, or some beside each other.
    fn next_turns(&mut self, queue: &mut Queue) -> Option<Next> {
        let room = WIDEST.min(MOST - self.turns);
        if room == 0 {
            return None;
        }
        if !matches!(queue.next()?.asks, Asks::Beside(..)) {
            let job = self.beside.is_empty().then(|| queue.waiting.pop_front())??;
            return Some(Next::Alone(job));
        }
        let mut others: Vec<About> = self.beside.values().copied().collect();
        let is_apart = |job: &&Job| match &job.asks {
            Asks::Beside(_, about) if others.iter().all(|other| !other.touches(about)) => {
                others.push(*about);
                true
            }
            _ => false,
        };
        let apart = queue.waiting.iter().take(room).take_while(is_apart).count();
        if apart == 0 {
            return None;
        }
        let asked = queue.waiting.drain(..widest(apart)).filter_map(|Job { asks, turn }| match asks {
            Asks::Beside(first, about) => Some(Asked { first, about, turn }),
            _ => None,
        });
        Some(Next::Ask(asked.collect()))
    }

    /// Those who write the same with other values.
    fn next_run(&mut self) -> Option<Vec<Written>> {
        let sql = self.unwritten.front()?.statement.sql.clone();
        let is_alike = |written: &&Written| written.statement.sql == sql;
        let most = widest(self.unwritten.iter().filter(is_alike).count());
        let mut run = Vec::with_capacity(most);
        for written in std::mem::take(&mut self.unwritten) {
            let is_next = run.len() < most && is_alike(&&written);
            if is_next { run.push(written) } else { self.unwritten.push_back(written) }
        }
        Some(run)
    }

    /// Waits for what somebody says, or for somebody who comes, if they could have their turn.
    async fn listen(&mut self, queue: &mut Queue) -> Result<(), DbErr> {
        let has_room = self.lane.is_some() && self.turns < MOST;
        tokio::select! {
            Some(said) = self.said.recv() => self.hear(said, queue).await,
            Some(job) = queue.jobs.recv(), if has_room => {
                queue.waiting.push_back(job);
                Ok(())
            }
            else => Err(ended()),
        }
    }

    async fn hear(&mut self, said: Said, queue: &mut Queue) -> Result<(), DbErr> {
        let Ended { number, lane, begun, end } = match said {
            Said::Needs(turn) => {
                self.needing.push_back(turn);
                return Ok(());
            }
            Said::Back(lane) => {
                self.lane = Some(lane);
                return Ok(());
            }
            Said::Ended(ended) => ended,
        };
        self.beside.remove(&number);
        let had_lane = lane.is_some();
        self.lane = lane.or(self.lane.take());
        self.begun |= begun;
        match end {
            End::Keep(mut statements, answer) => {
                if !had_lane {
                    statements.insert(0, plain(BEFORE));
                }
                statements.push(plain(KEEP));
                let written = Written { statement: together(statements), answer };
                if had_lane {
                    // Its savepoint may be open.
                    return self.write(vec![written], queue).await;
                }
                self.unwritten.push_back(written);
                Ok(())
            }
            End::Undo if begun => self.undo(None).await,
            End::Undo => Ok(()),
        }
    }

    /// One job: the connection goes out to it.
    ///
    /// # Errors
    /// The transaction is lost.
    async fn alone(&mut self, Job { asks, turn }: Job) -> Result<(), DbErr> {
        self.turns += 1;
        let (mut before, mut found) = (self.before(), Vec::new());
        self.lane()?.set_open(true);
        let asks = match asks {
            Asks::Nothing => None,
            Asks::First(first) | Asks::Beside(first, _) => Some(first),
        };
        let begun = asks.is_some();
        if let Some(first) = asks {
            before.push(first);
            if let Err(error) = self.lane()?.query_into(&mut found, together(std::mem::take(&mut before))).await {
                drop(turn.send(Err(error.clone())));
                return self.undo(Some(error)).await;
            }
            self.begun = true;
        }
        let lent = Lent::new(self.lane.take().ok_or_else(ended)?, before, self.tell.clone());
        // Given up meanwhile: then it comes back at once, to be undone if it has asked.
        drop(turn.send(Ok((WriteTx::of_group(lent, self.seat(), begun), found))));
        Ok(())
    }

    /// Some jobs: each is told what it asked. If that fails, each is asked for itself.
    ///
    /// # Errors
    /// The transaction is lost.
    async fn ask(&mut self, asked: Vec<Asked>) -> Result<(), DbErr> {
        let Some((mut refused, error)) = self.ask_together(asked).await? else { return Ok(()) };
        if refused.len() == 1 {
            refused.drain(..).for_each(|asked| self.refuse_turn(asked, &error));
        }
        let mut refused = refused.into_iter();
        while let Some(asked) = refused.next() {
            match self.ask_together(vec![asked]).await {
                Ok(None) => {}
                Ok(Some((alone, error))) => alone.into_iter().for_each(|asked| self.refuse_turn(asked, &error)),
                Err(error) => {
                    refused.for_each(|asked| asked.refuse(&error));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// It had its turn: those who are refused do not keep a group from its end.
    fn refuse_turn(&mut self, asked: Asked, error: &DbErr) {
        self.turns += 1;
        asked.refuse(error);
    }

    /// Those who were asked are let go; or, if that was refused, why.
    async fn ask_together(&mut self, asked: Vec<Asked>) -> Result<Option<(Vec<Asked>, DbErr)>, DbErr> {
        let mut statements = self.before();
        statements.extend(asked.iter().flat_map(|asked| [asked.first.clone(), plain(MARK)]));
        statements.push(plain(KEEP));
        self.lane()?.set_open(true);
        let mut found = Vec::new();
        let outcome = self.lane()?.query_into(&mut found, together(statements)).await;
        let found = by_marks(found);
        let refused = match outcome {
            Ok(()) if found.len() == asked.len() => None,
            Ok(()) => Some(lost()),
            Err(error) => Some(error),
        };
        if let Some(error) = refused {
            if let Err(error) = self.undo(Some(error.clone())).await {
                asked.into_iter().for_each(|asked| asked.refuse(&error));
                return Err(error);
            }
            return Ok(Some((asked, error)));
        }
        self.begun = true;
        for (Asked { about, turn, .. }, found) in asked.into_iter().zip(found) {
            self.turns += 1;
            self.beside.insert(self.turns, about);
            drop(turn.send(Ok((WriteTx::beside_others(self.seat()), found))));
        }
        Ok(None)
    }

    /// Writes what these jobs have to write, and commits if nobody else has anything to.
    ///
    /// # Errors
    /// The transaction is lost.
    async fn write(&mut self, run: Vec<Written>, queue: &mut Queue) -> Result<(), DbErr> {
        self.begun = true;
        let commits =
            self.beside.is_empty() && self.unwritten.is_empty() && (self.turns >= MOST || queue.next().is_none());
        let mut statements: Vec<_> = run.iter().flat_map(|written| [written.statement.clone(), plain(MARK)]).collect();
        if commits {
            statements.insert(statements.len() - 1, plain(COMMIT));
        }
        let mut found = Vec::new();
        let outcome = self.lane()?.query_into(&mut found, together(statements)).await;
        let mut run = run.into_iter();
        // Nothing is taken for done because nothing was said: where its thread is gone a connection says no more.
        let written = by_marks(found).into_iter().zip(run.by_ref());
        self.answers.extend(written.map(|(found, Written { answer, .. })| Waits { answer, found }));
        let Some(refused) = run.next() else {
            if commits {
                self.committed = true;
                self.ended();
            }
            return Ok(());
        };
        let error = outcome.err().unwrap_or_else(lost);
        drop(refused.answer.send(Err(error.clone())));
        // The others once more, without that one.
        run.rev().for_each(|written| self.unwritten.push_front(written));
        self.undo(Some(error)).await
    }

    /// Takes back what was done since the last savepoint. Where there is none, as SQLite has ended the transaction, refused to commit it,
    /// or did not come as far, all of the transaction is undone.
    ///
    /// # Errors
    /// `why`, or that there is none: others were in it, or it cannot be ended either.
    async fn undo(&mut self, why: Option<DbErr>) -> Result<(), DbErr> {
        let is_alone = self.answers.is_empty() && self.unwritten.is_empty() && self.beside.is_empty();
        let lane = self.lane()?;
        let Err(error) = lane.plain(UNDO).await else {
            self.begun = true;
            return Ok(());
        };
        if is_alone && lane.plain(ROLLBACK).await.is_ok() {
            self.ended();
            return Ok(());
        }
        Err(why.unwrap_or(error))
    }

    fn lane(&mut self) -> Result<&mut Lane, DbErr> {
        self.lane.as_mut().ok_or_else(ended)
    }

    /// The place of the job that has its turn.
    fn seat(&self) -> Seat {
        Seat { number: self.turns, tell: self.tell.clone() }
    }

    /// What stands before a job.
    fn before(&self) -> Vec<Statement> {
        if self.begun { vec![plain(BEFORE)] } else { vec![plain(BEGIN), plain(BEFORE)] }
    }

    /// What is still open when nobody comes any more.
    async fn end(&mut self) -> Result<(), DbErr> {
        if self.begun && self.answers.is_empty() {
            self.lane()?.plain(ROLLBACK).await?;
        } else if self.begun {
            let mut found = Vec::new();
            self.lane()?.query_into(&mut found, together(vec![plain(COMMIT), plain(MARK)])).await?;
            // As in every piece: nothing is taken for done because nothing was said.
            if by_marks(found).is_empty() {
                return Err(lost());
            }
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
        let written = self.answers.into_iter().map(|waits| waits.answer);
        let unwritten = self.unwritten.into_iter().map(|written| written.answer);
        written.chain(unwritten).for_each(|answer| drop(answer.send(Err(error.clone()))));
    }
}

impl Asked {
    fn refuse(self, error: &DbErr) {
        drop(self.turn.send(Err(error.clone())));
    }
}

/// As many as a piece may have of so many.
fn widest(jobs: usize) -> usize {
    1 << jobs.clamp(1, WIDEST).ilog2()
}

/// What was found before each mark.
fn by_marks(found: Vec<QueryResult>) -> Vec<Vec<QueryResult>> {
    let (mut all, mut of_one) = (Vec::new(), Vec::new());
    for row in found {
        if row.try_get::<i64>("", MARKED).is_ok() {
            all.push(std::mem::take(&mut of_one));
        } else {
            of_one.push(row);
        }
    }
    all
}

fn plain(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}
