//! Time that passes, and what to make of many measurements.

use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "here the time it takes is the result")]
pub fn start() -> Instant {
    Instant::now()
}

/// The processor time of this process so far, where the system tells (Linux, in hundredths of a second). Unlike the rates
/// it hardly depends on what else the machine does.
fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name of the program, which may hold anything: fields 14 and 15, in user code and in the system.
    let ticks = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(|number| number.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some(Duration::from_millis(ticks * 10))
}

/// The same of everything that runs on the machine, for work that another program does a part of.
fn of_machine() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let mut times = stat.lines().next()?.split_whitespace().skip(1).map(|number| number.parse::<u64>().ok());
    // user, nice, system, then idle and waiting for the disk, then interrupts.
    let [user, nice, system, _, _, hard, soft] = std::array::from_fn(|_| times.next().flatten());
    Some(Duration::from_millis((user? + nice? + system? + hard? + soft?) * 10))
}

/// What a number of equal things took.
#[derive(Clone, Copy)]
pub struct Spent {
    pub times: usize,
    pub wall: Duration,
    pub processor: Option<Duration>,
}

impl Spent {
    pub fn per_second(self) -> f64 {
        self.times as f64 / self.wall.as_secs_f64()
    }

    /// Milliseconds of processor time for one.
    pub fn processor_each(self) -> f64 {
        self.processor.map_or(f64::NAN, |spent| spent.as_secs_f64() * 1e3 / self.times as f64)
    }

    /// More of the same things.
    pub fn with(self, more: Self) -> Self {
        let processor = self.processor.zip(more.processor).map(|(one, other)| one + other);
        Self { times: self.times + more.times, wall: self.wall + more.wall, processor }
    }
}

/// A stopwatch that runs.
pub struct Running {
    since: Instant,
    before: Option<Duration>,
    processor: fn() -> Option<Duration>,
}

impl Running {
    pub fn begin() -> Self {
        Self { since: start(), before: processor(), processor }
    }

    /// With the processor time of all programs, which says something where no other work is done.
    pub fn begin_with_others() -> Self {
        Self { since: start(), before: of_machine(), processor: of_machine }
    }

    pub fn stop(self, times: usize) -> Spent {
        let processor = (self.processor)().zip(self.before).map(|(now, before)| now.saturating_sub(before));
        Spent { times, wall: self.since.elapsed(), processor }
    }
}

/// The value in the middle: one disturbed round does not move it.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
        _ => sorted[middle],
    }
}

/// `12 to 16`
pub fn range(values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{least:.0} to {most:.0}")
}
