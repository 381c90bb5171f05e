//! `cargo xtask bench`: the measurements.

use crate::Outcome;

pub fn bench() -> Outcome {
    Err("there is nothing to measure with yet: cargo xtask bench is not built".to_owned())
}
