//! The simulation from outside: what it prints and writes, and what the rules come to in it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

mod bytes;
mod held_out;
mod names;
mod people;
mod targets;

use simulate::{Rates, Summary, World, simulate};

/// A run of the default world.
fn run(people: u64, seed: u64, threads: usize) -> Summary {
    simulate(&World { rates: Rates::default(), people, seed, threads }, &|_| {})
}
