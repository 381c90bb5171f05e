//! `cargo xtask audit`: what Keymend is built of, looked at by the tools for it. The tools compile for minutes, and news about
//! dependencies come from a network, so `cargo xtask test --long` asks for the rules only, and `tests/dependencies.rs` holds
//! licences, sources and bans to the same `deny.toml` in every run.

use std::process::Command;

use crate::command::{program, run};
use crate::{Outcome, rust, say, workspace};

const CARGO_DENY: &str = "0.20.2";
const CARGO_CYCLONEDX: &str = "0.5.9";

/// Licences, bans and sources as `deny.toml` has them.
pub fn rules() -> Outcome<Command> {
    rust::ensure("cargo-deny", CARGO_DENY, "about five minutes")?;
    let mut deny = program("cargo-deny");
    deny.args(["--workspace", "check", "bans", "licenses", "sources"]);
    Ok(deny)
}

pub fn audit() -> Outcome {
    say::step("licences, bans, sources");
    run(rules()?)?;
    // It needs no network, what comes after it does.
    say::step("list of parts");
    rust::ensure("cargo-cyclonedx", CARGO_CYCLONEDX, "about three minutes")?;
    let mut list = program("cargo-cyclonedx");
    list.args(["cyclonedx", "--format", "json", "--describe", "binaries", "--target", "all"]);
    run(list)?;
    say::note(&format!("CycloneDX, one file for each program, in {}", workspace::root().display()));
    say::step("known vulnerabilities");
    let mut advisories = program("cargo-deny");
    advisories.args(["--workspace", "check", "advisories"]);
    run(advisories).map_err(|error| format!("{error}; the list of them comes from a network"))
}
