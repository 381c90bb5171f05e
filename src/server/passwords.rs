//! Hashing of passwords: argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane (OWASP's and ASVS's floor), on a few threads of
//! its own behind a bounded queue, so that a flood of passwords costs bounded memory and delays passkeys little.

use super::random;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

mod policy;

pub use policy::{PasswordProblem, check_new};

/// Memory of one hash, in KiB.
pub const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT: usize = 32;
const SALT: usize = 16;

/// Passwords longer than this many bytes are refused before they are looked at.
pub const MAX_BYTES: usize = 4 * 1024;

/// A thread keeps its memory this long after its last hash, so that a busy server does not ask the system for it each
/// time and an idle one gives it back.
const KEEP_MEMORY: Duration = Duration::from_secs(2);

/// How much lower the priority of the threads that hash is, in steps of `nice(2)`.
#[cfg(target_os = "linux")]
const YIELDS: i32 = 10;

/// Bytes that are asked for and let go of after the memory of a hash was. The allocator keeps that for a second, in case somebody
/// wants it, and gives it back to the system when it next lets go of as large a piece: on a server at rest never.
const LAST_WORD: usize = 1 << 20;

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting")]
pub struct Busy;

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, and its hash was made with weaker parameters than today's.
    RightButWeak,
    /// It is not.
    Wrong,
}

enum Job {
    Hash { password: Zeroizing<String>, unless: Vec<String>, answer: oneshot::Sender<Hashed> },
    Verify { password: Zeroizing<String>, stored: Option<String>, answer: oneshot::Sender<Verdict> },
}

/// What came of hashing a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hashed {
    /// Its PHC string.
    As(String),
    /// It is the password of this one of the stored hashes.
    IsOf(usize),
}

/// No more than this many passwords are at the desk, however many threads there are: half of the connections to PostgreSQL.
const MOST_AT_THE_DESK: usize = 8;

/// The threads that hash, and the desk before it: as many passwords as there are threads may ask the database at a time, before
/// and after they are hashed. The others wait, in order, and leave it to whoever brings a passkey.
pub struct Hasher {
    queue: Arc<Queue>,
    desk: Arc<Semaphore>,
}

/// A place at the desk, until it is dropped.
#[must_use = "a place that is dropped is somebody else's"]
pub struct Place(#[expect(dead_code, reason = "held, not looked at")] Option<OwnedSemaphorePermit>);

/// What waits for a thread. Not a channel: its one receiver could be waited at by one thread only, and the others, behind
/// its lock, would never notice that they have been idle for long.
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    room: usize,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
}

/// What a thread is to do next.
enum Next {
    Answer(Job),
    /// Nothing came for [`KEEP_MEMORY`].
    Rest,
    End,
}

impl Queue {
    fn give(&self, job: Job) -> Result<(), Busy> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.jobs.len() >= self.room {
            return Err(Busy);
        }
        waiting.jobs.push_back(job);
        drop(waiting);
        self.changed.notify_one();
        Ok(())
    }

    fn next(&self, patience: Option<Duration>) -> Next {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |waiting: &mut Waiting| waiting.jobs.is_empty() && !waiting.closed;
        let mut waiting = match patience {
            Some(patience) => {
                let woken = self.changed.wait_timeout_while(waiting, patience, idle);
                woken.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.changed.wait_while(waiting, idle).unwrap_or_else(PoisonError::into_inner),
        };
        match waiting.jobs.pop_front() {
            Some(job) => Next::Answer(job),
            None if waiting.closed => Next::End,
            None => Next::Rest,
        }
    }

    fn close(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }
}

impl Drop for Hasher {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Hasher {
    /// Starts `threads` threads with room for `queue` waiting jobs. They end when the hasher is dropped.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: usize, queue: usize) -> std::io::Result<Self> {
        let queue = Queue { waiting: Mutex::default(), changed: Condvar::new(), room: queue };
        let hasher = Self { queue: Arc::new(queue), desk: Arc::new(Semaphore::new(threads.min(MOST_AT_THE_DESK))) };
        for number in 0..threads {
            let queue = Arc::clone(&hasher.queue);
            std::thread::Builder::new().name(format!("password-{number}")).spawn(move || work(&queue))?;
        }
        Ok(hasher)
    }

    /// Waits for a place at the desk.
    pub async fn desk(&self) -> Place {
        // Nobody closes it.
        Place(self.desk.clone().acquire_owned().await.ok())
    }

    /// How many passwords wait for a thread.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner).jobs.len()
    }

    /// Whether another password would be told to come back. To be asked before the database is.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.waiting() >= self.queue.room
    }

    /// Hashes a new password into a PHC string.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, password: &str) -> Result<String, Busy> {
        match self.hash_unless(password, Vec::new()).await? {
            Hashed::As(hash) => Ok(hash),
            Hashed::IsOf(_) => Err(Busy),
        }
    }

    /// As [`Hasher::hash`], unless it is the password of one of these stored hashes. In one place of the queue: who is told to come
    /// back has learnt nothing, and comes through as often as everybody else.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash_unless(&self, password: &str, stored: Vec<String>) -> Result<Hashed, Busy> {
        let (answer, hashed) = oneshot::channel();
        self.queue.give(Job::Hash { password: normalised(password), unless: stored, answer })?;
        hashed.await.map_err(|_| Busy)
    }

    /// Verifies a password. Without a stored hash it does the same work and answers [`Verdict::Wrong`].
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<Verdict, Busy> {
        let (answer, verdict) = oneshot::channel();
        self.queue.give(Job::Verify { password: normalised(password), stored, answer })?;
        verdict.await.map_err(|_| Busy)
    }
}

/// The same password typed on another keyboard is the same password (NIST SP 800-63B, section 3.1.1.2: NFKC or NFKD).
fn normalised(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfkc().collect())
}

/// Whether two typed passwords are the same one.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    normalised(one).as_bytes().ct_eq(normalised(other).as_bytes()).into()
}

fn work(queue: &Queue) {
    give_way();
    let mut memory: Vec<Block> = Vec::new();
    // Whether the system has back what the last hash took.
    let mut is_at_rest = true;
    loop {
        match queue.next((!is_at_rest).then_some(KEEP_MEMORY)) {
            Next::Answer(job) => {
                answer(job, &mut memory);
                is_at_rest = false;
            }
            Next::Rest if memory.capacity() > 0 => memory = Vec::new(),
            Next::Rest => {
                drop(std::hint::black_box(Vec::<u8>::with_capacity(LAST_WORD)));
                is_at_rest = true;
            }
            Next::End => return,
        }
    }
}

/// Whoever brings a passkey is answered first, also when all that this machine can do goes into passwords: a hash is a long
/// piece of work, and on as few cores as there are threads that hash, every step of everybody else would wait for its turn.
fn give_way() {
    // Elsewhere it would be the whole process that gives way.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(YIELDS) {
        tracing::debug!(%error, "passwords are hashed at the priority of everything else");
    }
}

fn answer(job: Job, memory: &mut Vec<Block>) {
    match job {
        Job::Hash { password, unless, answer } => {
            let is_of = |stored: &String| verify(&password, Some(stored), memory) != Verdict::Wrong;
            if let Some(which) = unless.iter().position(is_of) {
                let _ = answer.send(Hashed::IsOf(which));
                return;
            }
            let salt: [u8; SALT] = random::bytes();
            if let Some(hash) = compute(&password, &salt, (MEMORY_KIB, PASSES, LANES), memory) {
                let _ = answer.send(Hashed::As(phc(&salt, &hash)));
            }
        }
        Job::Verify { password, stored, answer } => {
            let _ = answer.send(verify(&password, stored.as_deref(), memory));
        }
    }
}

fn verify(password: &str, stored: Option<&str>, memory: &mut Vec<Block>) -> Verdict {
    let Some(stored) = stored.and_then(Stored::parse) else {
        // The same work for nobody, so that the time does not tell who exists.
        let _ = compute(password, &[0; SALT], (MEMORY_KIB, PASSES, LANES), memory);
        return Verdict::Wrong;
    };
    let computed = compute(password, &stored.salt, stored.cost, memory);
    match computed.is_some_and(|hash| bool::from(hash.ct_eq(&stored.hash))) {
        true if stored.cost == (MEMORY_KIB, PASSES, LANES) => Verdict::Right,
        true => Verdict::RightButWeak,
        false => Verdict::Wrong,
    }
}

fn compute(password: &str, salt: &[u8], (m, t, p): (u32, u32, u32), memory: &mut Vec<Block>) -> Option<[u8; OUTPUT]> {
    let params = Params::new(m, t, p, Some(OUTPUT)).ok()?;
    let blocks = params.block_count().max(memory.len());
    memory.reserve_exact(blocks - memory.len());
    memory.resize(blocks, Block::default());
    let mut out = [0; OUTPUT];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, memory).ok()?;
    Some(out)
}

/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, as the PHC string format has it.
fn phc(salt: &[u8], hash: &[u8]) -> String {
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19${}${salt}${hash}", written(MEMORY_KIB, PASSES, LANES))
}

fn written(m: u32, t: u32, p: u32) -> String {
    format!("m={m},t={t},p={p}")
}

/// KiB, passes and lanes of a stored hash; `None` for a text that is none, or one that this server would not compute.
#[must_use]
pub fn cost_of(stored: &str) -> Option<(u32, u32, u32)> {
    Stored::parse(stored).map(|stored| stored.cost)
}

struct Stored {
    cost: (u32, u32, u32),
    salt: Vec<u8>,
    hash: [u8; OUTPUT],
}

impl Stored {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (cost, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let mut numbers = cost.split(',').map(|pair| pair.split_once('=').and_then(|(_, number)| number.parse().ok()));
        let (m, t, p): (u32, u32, u32) = (numbers.next()??, numbers.next()??, numbers.next()??);
        // A damaged row must not make the server allocate what it does not have.
        if parts.next().is_some() || cost != written(m, t, p) || m > 1 << 20 || t > 64 || p > 16 {
            return None;
        }
        Params::new(m, t, p, Some(OUTPUT)).ok()?;
        let salt = STANDARD_NO_PAD.decode(salt).ok().filter(|salt| salt.len() >= argon2::MIN_SALT_LEN)?;
        let hash = STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?;
        Some(Self { cost: (m, t, p), salt, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_is_right_and_nobody_is_wrong() {
        let hasher = Hasher::start(1, 4).unwrap();
        let stored = hasher.hash("a mended key is stronger").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(hasher.verify("a mended key is stronger", Some(stored.clone())).await, Ok(Verdict::Right));
        assert_eq!(hasher.verify("a mended key is stronger!", Some(stored)).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.verify("a mended key is stronger", None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_hash_of_weaker_parameters_is_told() {
        let hasher = Hasher::start(1, 4).unwrap();
        let mut memory = Vec::new();
        let hash = compute("tulips from amsterdam", &[3; SALT], (8 * 1024, 1, 1), &mut memory).unwrap();
        let (salt, hash) = (STANDARD_NO_PAD.encode([3; SALT]), STANDARD_NO_PAD.encode(hash));
        let stored = format!("$argon2id$v=19$m=8192,t=1,p=1${salt}${hash}");
        assert_eq!(hasher.verify("tulips from amsterdam", Some(stored)).await, Ok(Verdict::RightButWeak));
    }

    #[tokio::test]
    async fn a_full_queue_says_so_at_once() {
        let hasher = Hasher::start(1, 1).unwrap();
        let jobs = (0..20).map(|_| hasher.verify("whatever it may be", None));
        let answers = futures_join(jobs).await;
        assert!(answers.contains(&Err(Busy)));
        assert!(answers.contains(&Ok(Verdict::Wrong)));
    }

    async fn futures_join<T>(jobs: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
        let mut pending: Vec<_> = jobs.map(Box::pin).collect();
        let mut done = Vec::new();
        std::future::poll_fn(|cx| {
            pending.retain_mut(|job| match job.as_mut().poll(cx) {
                std::task::Poll::Ready(answer) => {
                    done.push(answer);
                    false
                }
                std::task::Poll::Pending => true,
            });
            if pending.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        done
    }

    #[test]
    fn damaged_hashes_are_no_hashes() {
        for text in [
            "",
            "$argon2id$v=19$m=99999999999,t=2,p=1$AAAA$AAAA",
            "$argon2id$v=19$m=4294967295,t=2,p=1$AAAA$AAAA",
            "$2b$10$x",
        ] {
            assert!(Stored::parse(text).is_none(), "{text}");
        }
        let good = phc(&[1; SALT], &[2; OUTPUT]);
        assert_eq!(cost_of(&good), Some((MEMORY_KIB, PASSES, LANES)));
        for (part, damaged) in [
            ("m=19456,t=2", "t=2,m=19456"),
            ("m=19456", "m=+19456"),
            ("m=19456", "m=019456"),
            ("m=19456", "n=19456"),
            ("m=19456", "m=7"),
            ("t=2", "t=0"),
            ("p=1$", "p=1,keyid=1$"),
            ("$AQEBAQEBAQEBAQEBAQEBAQ$", "$AQEB$"),
            ("v=19", "v=16"),
        ] {
            let text = good.replacen(part, damaged, 1);
            assert_ne!(text, good, "{part}");
            assert!(Stored::parse(&text).is_none(), "{text}");
        }
    }
}
