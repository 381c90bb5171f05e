//! What is measured, and how thoroughly.

/// Set for a short run, which shows that everything works; its numbers say little.
const SHORT: &str = "KEYMEND_BENCH_SHORT";

pub fn short() -> bool {
    std::env::var_os(SHORT).is_some()
}

/// Set where a target that is missed is a failure.
const HOLD: &str = "KEYMEND_BENCH_HOLD";

pub fn holds_to_targets() -> bool {
    std::env::var_os(HOLD).is_some()
}

/// Whether this part is wanted: those that are named on the command line, or all of them.
pub fn wants(part: &str) -> bool {
    let mut named = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|name| name == part)
}

/// A tenth in a short run.
pub fn fewer(number: usize) -> usize {
    if short() { number / 10 } else { number }
}
