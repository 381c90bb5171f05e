//! How many decisions one thread takes in a second, and what they allocate.
//!
//! `cargo xtask bench` runs this before the measurements of the server. Nothing here passes or fails by the time it takes.

#![expect(clippy::print_stdout, reason = "a measurement says what it found")]

mod counting;
mod people;

use counting::allocations;
use domain::ceremony::Purpose;
use domain::intelligence::{Evidence, SignedInBy, diagnose, judge, offer, plan};
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
    let [closed, unseen] = observations();
    println!("decisions per second, one thread (target: {TARGET:.0}; median of {ROUNDS} rounds), and allocations each");
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
    let (mut times, before) = (0_u64, allocations());
    for _ in 0..ROUNDS {
        let (started, mut round) = (now(), 0_u64);
        while started.elapsed() < ROUND {
            people.iter().map(black_box).for_each(&mut decide);
            round += people.len() as u64;
        }
        rates.push(round as f64 / started.elapsed().as_secs_f64());
        times += round;
    }
    let allocated = (allocations() - before) as f64 / times as f64;
    rates.sort_by(f64::total_cmp);
    let (rate, least, most) = (rates[ROUNDS / 2], rates[0], rates[ROUNDS - 1]);
    let met = if rate >= TARGET { "yes" } else { "NO" };
    println!("{name:<36}{rate:>12.0} ({least:.0} to {most:.0})  allocations {allocated:.3}  target met: {met}");
}

#[expect(clippy::disallowed_methods, reason = "here the time it takes is the result")]
fn now() -> Instant {
    Instant::now()
}
