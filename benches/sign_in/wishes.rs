//! How thoroughly it is measured.

/// Set for a short run, which shows that everything works; its numbers say little.
const SHORT: &str = "KEYMEND_BENCH_SHORT";

pub fn short() -> bool {
    std::env::var_os(SHORT).is_some()
}

/// A tenth in a short run.
pub fn fewer(number: usize) -> usize {
    if short() { number / 10 } else { number }
}
