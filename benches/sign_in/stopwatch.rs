//! Time that passes, and what to make of many measurements.

use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "here the time it takes is the result")]
pub fn start() -> Instant {
    Instant::now()
}

pub fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
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

/// `12.3 to 15.6`
pub fn range(values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{least:.0} to {most:.0}")
}
