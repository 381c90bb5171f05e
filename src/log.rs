//! The log, and what else the program says on standard error.
//!
//! Whoever reads it may stall: a pipe that is full, a terminal that is held, a disk that hangs. A thread waits for them, and
//! nobody else does. While it waits lines gather up to a bound; what comes then is lost, and the log says how much.

use keymend::server::config::LogFormat;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Bytes of lines that wait at most: some thousand lines.
const MOST: usize = 1024 * 1024;

/// How long the last lines may take. Who reads at all reads them at once.
const LAST_LINES: Duration = Duration::from_secs(1);

static LINES: Lines = Lines::new(MOST);

/// When it goes, the last lines are waited for, but not for long.
pub struct Last(());

impl Drop for Last {
    fn drop(&mut self) {
        LINES.wait_for_the_last(LAST_LINES);
    }
}

/// Starts the thread that writes. What it gives is to be kept until the program ends.
///
/// # Errors
/// The system has no thread for it.
pub fn start() -> io::Result<Last> {
    let tell = |lost| tracing::warn!(lost, "lines of the log are missing here, as they were not read in time");
    std::thread::Builder::new().name("log".to_owned()).spawn(move || LINES.write_on(&mut io::stderr(), tell))?;
    Ok(Last(()))
}

/// Says a line that is no line of the log. Where nobody listens, it is lost.
pub fn say(line: &str) {
    LINES.add(format!("{line}\n").into_bytes());
}

/// From now on what is traced becomes lines, as many as `RUST_LOG` asks for.
///
/// # Errors
/// As [`filter`].
pub fn begin(format: LogFormat) -> Result<(), String> {
    let log = tracing_subscriber::fmt().with_env_filter(filter()?).with_writer(|| &LINES);
    // Where a line cannot be formatted nothing is said about it.
    let log = log.with_ansi(io::stderr().is_terminal()).log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    panics_are_lines();
    Ok(())
}

/// What `RUST_LOG` asks for.
///
/// # Errors
/// One line that says what is wrong with it.
pub fn filter() -> Result<EnvFilter, String> {
    let filter = match std::env::var_os(EnvFilter::DEFAULT_ENV).filter(|asked| !asked.is_empty()) {
        None => EnvFilter::new("keymend=info,warn"),
        Some(asked) => EnvFilter::builder()
            // People write a space after the comma.
            .parse(asked.to_string_lossy().split(',').map(str::trim).collect::<Vec<_>>().join(","))
            .map_err(|error| format!("{} says nothing that a log can follow: {error}", EnvFilter::DEFAULT_ENV))?,
    };
    // It would print what stands in the address of the database where it should not, a password perhaps.
    // What is said here of panics, and of lines that are missing, was said in any case before there was a log.
    let always = ["sqlx_postgres::options=error", "keymend::log=warn"];
    Ok(always.iter().filter_map(|rule| rule.parse().ok()).fold(filter, EnvFilter::add_directive))
}

/// Rust itself would write to standard error in the thread that panics, and wait there for whoever reads.
fn panics_are_lines() {
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| tracing::field::debug(backtrace));
        let (at, why) = (panic.location().map(tracing::field::display), panic.payload_as_str());
        tracing::error!(at, why = why.map(tracing::field::debug), backtrace, "a panic");
    }));
}

/// Lines on their way to whoever reads.
struct Lines {
    waiting: Mutex<Waiting>,
    /// There is something to write.
    news: Condvar,
    /// There is nothing left to write.
    rest: Condvar,
    most: usize,
}

struct Waiting {
    lines: Vec<Vec<u8>>,
    bytes: usize,
    /// So many came after these lines, and found no room.
    lost: u64,
    /// Others are being written.
    is_writing: bool,
}

impl Lines {
    const fn new(most: usize) -> Self {
        let waiting = Waiting { lines: Vec::new(), bytes: 0, lost: 0, is_writing: false };
        Self { waiting: Mutex::new(waiting), news: Condvar::new(), rest: Condvar::new(), most }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: Vec<u8>) {
        let mut waiting = self.lock();
        // After one that was lost a shorter one does not slip in, so that all that is missing is missing in one place.
        if waiting.lost > 0 || waiting.bytes.saturating_add(line.len()) > self.most {
            waiting.lost = waiting.lost.saturating_add(1);
        } else {
            waiting.bytes += line.len();
            waiting.lines.push(line);
        }
        drop(waiting);
        self.news.notify_one();
    }

    /// Writes whatever comes, each line by itself, for ever. Where some were lost, `tell` is to say so in a line.
    fn write_on(&self, out: &mut impl Write, tell: impl Fn(u64)) {
        loop {
            let (lines, lost) = self.take();
            // It becomes the first of the lines that wait now: what was lost would stand there.
            if lost > 0 {
                tell(lost);
            }
            for line in lines {
                // A log that cannot be written, as its disk is full or its reader gone, costs nobody their sign-in.
                let _ = out.write_all(&line);
            }
        }
    }

    /// All lines that wait, and how many were lost after them. Waits for the first.
    fn take(&self) -> (Vec<Vec<u8>>, u64) {
        let mut waiting = self.lock();
        waiting.is_writing = false;
        self.rest.notify_all();
        let nothing = |waiting: &mut Waiting| waiting.lines.is_empty() && waiting.lost == 0;
        let mut waiting = self.news.wait_while(waiting, nothing).unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = true;
        waiting.bytes = 0;
        (std::mem::take(&mut waiting.lines), std::mem::take(&mut waiting.lost))
    }

    fn wait_for_the_last(&self, at_most: Duration) {
        let unfinished = |waiting: &mut Waiting| waiting.is_writing || !waiting.lines.is_empty();
        let _ = self.rest.wait_timeout_while(self.lock(), at_most, unfinished);
    }
}

/// Each piece is a line: that is how the subscriber writes.
impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.add(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
