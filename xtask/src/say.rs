//! What xtask tells. Unlike `println!`, it does not panic when the reader has gone away (`cargo xtask test | head`).

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A step begins.
pub fn step(text: &str) {
    line(&format!("==> {text}"));
}

/// Something worth knowing about the present step.
pub fn note(text: &str) {
    line(&format!("    {text}"));
}

pub fn problem(text: &str) {
    let _ = writeln!(std::io::stderr(), "error: {text}");
}

/// Somebody is watching: programs show their own progress, and may use colour.
pub fn on_terminal() -> bool {
    std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

#[expect(clippy::disallowed_methods, reason = "xtask tells how long its own steps took")]
pub fn stopwatch() -> Instant {
    Instant::now()
}

/// `7 s`, `3 m 05 s`
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    match seconds / 60 {
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} m {:02} s", seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(400)), "0 s");
        assert_eq!(duration(Duration::from_millis(7_400)), "7 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 m 05 s");
    }
}
