//! `cargo xtask setup`: everything that the other commands need, at once.

use crate::{Outcome, browser, npm, postgres, rust, say};

pub fn setup() -> Outcome {
    rust::ensure_crates();
    let results = [
        rust::ensure_checkers(),
        rust::ensure_builders(),
        npm::ensure(),
        browser::ensure().map(drop),
        postgres::ensure().map(drop),
    ];
    let problems: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    match problems.split_last() {
        None => {
            say::step("everything is there");
            Ok(())
        }
        Some((last, others)) => {
            others.iter().for_each(|problem| say::problem(problem));
            Err(last.clone())
        }
    }
}
