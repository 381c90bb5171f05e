//! How many decisions one thread takes in a second, and what they allocate.
//!
//! `cargo xtask bench` runs this before the measurements of the server. Nothing here passes or fails by the time it takes.

#![expect(clippy::print_stdout, reason = "a measurement says what it found")]

mod counting;
mod people;

use counting::allocations;
use domain::ceremony::Purpose;
use domain::intelligence::{Ended, Evidence, SignedInBy, diagnose, judge, offer, plan};
use people::{NOW, observations, people};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Decisions per second.
const TARGET: f64 = 1_000_000.0;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_millis(300);

fn main() {
    // `cargo bench` says so; `cargo test --benches` does not, and has nothing to find here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let people = people();
    let [closed, unseen] = observations().map(Ended::Failed);
    println!(
        "Decisions per second of processor time, one thread (median and range of {ROUNDS} rounds); target: {TARGET:.0}"
    );
    measure("plan: how to begin", &people, |person| {
        black_box(plan(person, NOW));
    });
    measure("offer: whether to offer a passkey", &people, |person| {
        let failures = person.trail.failures;
        black_box(offer(person, SignedInBy::Password { failures }, NOW));
    });
    measure("judge: what a failed ceremony says", &people, |person| {
        let seen = if person.known_browser { &closed } else { &unseen };
        black_box(judge(person, Purpose::SignIn, seen, NOW));
    });
    measure("diagnose: what may be behind it", &people, |person| {
        black_box(diagnose(person, None, NOW));
    });
    measure("all four for one person", &people, |person| {
        let failures = person.trail.failures;
        black_box(plan(person, NOW));
        black_box(offer(person, SignedInBy::Password { failures }, NOW));
        black_box(judge(person, Purpose::SignIn, &closed, NOW));
        black_box(diagnose(person, None, NOW));
    });
}

/// Decides for one person after the other, and prints a line about it.
fn measure(name: &str, people: &[Evidence], mut decide: impl FnMut(&Evidence)) {
    let mut rates = Vec::with_capacity(ROUNDS);
    let mut on_the_clock = Vec::with_capacity(ROUNDS);
    let (mut times, before) = (0_u64, allocations());
    for _ in 0..ROUNDS {
        let (started, worked, mut round) = (now(), processor(), 0_u64);
        while started.elapsed() < ROUND {
            people.iter().map(black_box).for_each(&mut decide);
            round += people.len() as u64;
        }
        let wall = started.elapsed();
        let worked = processor().zip(worked).map_or(wall, |(now, before)| now.saturating_sub(before));
        rates.push(round as f64 / worked.as_secs_f64());
        on_the_clock.push(round as f64 / wall.as_secs_f64());
        times += round;
    }
    let allocated = (allocations() - before) as f64 / times as f64;
    let [rate, wall] = [&mut rates, &mut on_the_clock].map(|rates| {
        rates.sort_by(f64::total_cmp);
        rates[ROUNDS / 2] / 1e6
    });
    let (least, most) = (rates[0] / 1e6, rates[ROUNDS - 1] / 1e6);
    let met = if rate * 1e6 >= TARGET { "yes" } else { "NO" };
    println!(
        "{name:<34}{rate:>7.2} M/s ({least:.2} to {most:.2}; {wall:.2} on the clock)  {allocated:.3} allocations  target met: {met}"
    );
}

#[expect(clippy::disallowed_methods, reason = "here the time it takes is the result")]
fn now() -> Instant {
    Instant::now()
}

/// What this thread has had of the processor so far, where the system tells (Linux). Unlike the clock it hardly depends on
/// what else the machine does.
fn processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
