//! `cargo xtask lint`: what can be said about the code without running it.

use std::process::Command;

use crate::command::{cargo, program, run};
use crate::{Outcome, npm, rust, say, workspace};

/// Each check, with the name it has in the summary of `cargo xtask test`.
pub fn checks() -> [(&'static str, Command); 4] {
    let server = cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);

    let mut browser = cargo([
        "clippy",
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
        "--no-default-features",
        "--features",
        "hydrate",
    ]);
    // The folder in which cargo-leptos builds for the browser: what runs at compile time is then built once.
    browser.arg("--target-dir").arg(workspace::target().join("front"));
    browser.args(["--", "-D", "warnings"]);

    // By npm it is there in seconds; cargo would compile it for minutes.
    let mut toml = program("taplo");
    toml.args(["fmt", "--check"]).env("RUST_LOG", "error");

    [
        ("format", cargo(["fmt", "--all", "--check"])),
        ("format, TOML", toml),
        ("clippy, server", server),
        ("clippy, browser", browser),
    ]
}

pub fn lint() -> Outcome {
    rust::ensure_checkers()?;
    rust::ensure_wasm_target()?;
    npm::ensure()?;
    let mut failed = Vec::new();
    for (name, command) in checks() {
        say::step(name);
        if let Err(error) = run(command) {
            say::problem(&error);
            failed.push(name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("not clean: {}", failed.join("; "))) }
}
