//! What is needed of Rust: the target for the browser, and the two tools that build for it.

use std::process::Command;

use crate::command::{answer, cargo, find, program, run};
use crate::{Outcome, say, workspace};

/// 0.3.11 asks for a newer compiler than ours.
pub const CARGO_LEPTOS: &str = "0.3.10";

/// rustfmt and clippy.
pub fn ensure_checkers() -> Outcome {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if answer(cargo([subcommand, "--version"])).is_none() {
            rustup(["component", "add", component])?;
        }
    }
    Ok(())
}

/// Every crate that the lock file names, also those that only other systems build: a test looks at the licences of all of them.
/// Without a network what is here has to do.
pub fn ensure_crates() {
    if answer(cargo(["fetch", "--locked", "--offline"])).is_none() && answer(cargo(["fetch", "--locked"])).is_none() {
        say::note("not every crate of Cargo.lock could be fetched (cargo fetch --locked)");
    }
}

/// All that it takes to build the server and the browser's part.
pub fn ensure_builders() -> Outcome {
    ensure_wasm_target()?;
    ensure_cargo_leptos()?;
    ensure_wasm_bindgen()
}

/// `cargo leptos …`, but without cargo in between: cargo and rustup may look into their own folder before ours, and find
/// there the version that other projects need.
pub fn cargo_leptos<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = program("cargo-leptos");
    command.arg("leptos").args(arguments);
    command
}

pub fn ensure_wasm_target() -> Outcome {
    let target = "wasm32-unknown-unknown";
    let mut rustc = program("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]);
    let installed =
        answer(rustc).and_then(|folder| std::fs::read_dir(folder).ok()).is_some_and(|mut files| files.next().is_some());
    if installed { Ok(()) } else { rustup(["target", "add", target]) }
}

fn rustup(arguments: [&str; 3]) -> Outcome {
    let wanted = format!("rustup {}", arguments.join(" "));
    say::step(&wanted);
    let mut command = program("rustup");
    command.args(arguments);
    run(command).map_err(|error| format!("{} is missing and could not be added ({error}): {wanted}", arguments[2]))
}

fn ensure_cargo_leptos() -> Outcome {
    let mut version = program("cargo-leptos");
    version.arg("--version");
    let acceptable = |version: &str| version.starts_with("0.3.");
    // Its own release profile optimises for 17 minutes what runs for a second.
    let settings = [
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ];
    // Without no_downloads it would fetch programs by itself when it does not find them.
    let features = ["--no-default-features", "--features", "no_downloads"];
    ensure_tool(version, acceptable, "cargo-leptos", CARGO_LEPTOS, &features, &settings, "about five minutes")
}

/// It refuses code that was built for any version but its own.
fn ensure_wasm_bindgen() -> Outcome {
    let locked = workspace::locked_version("wasm-bindgen")?;
    let mut version = program("wasm-bindgen");
    version.arg("--version");
    ensure_tool(version, |found| found == locked, "wasm-bindgen-cli", &locked, &[], &[], "about two minutes")
}

/// A tool of this very version.
pub fn ensure(package: &str, version: &str, patience: &str) -> Outcome {
    let mut asked = program(package);
    // Most of them are subcommands of cargo, and want to hear their own name first.
    asked.args([package.trim_start_matches("cargo-"), "--version"]);
    ensure_tool(asked, |found| found == version, package, version, &[], &[], patience)
}

fn ensure_tool(
    asked_for_its_version: Command,
    acceptable: impl Fn(&str) -> bool,
    package: &str,
    version: &str,
    features: &[&str],
    settings: &[(&str, &str)],
    patience: &str,
) -> Outcome {
    let name = asked_for_its_version.get_program().to_string_lossy().into_owned();
    let found = answer(asked_for_its_version).and_then(|line| version_in(&line));
    if found.as_deref().is_some_and(acceptable) {
        return Ok(());
    }
    say::step(&format!("installing {package} {version} ({patience}, once)"));
    let mut install = cargo(["install", package, "--version", version, "--locked"]);
    install.args(features).envs(settings.iter().copied());
    if find(&name).is_some() {
        let folder = workspace::tools()?.join(format!("{package}-{version}"));
        say::note(&format!("another {name} is in use here and stays as it is; ours goes to {}", folder.display()));
        install.arg("--root").arg(folder);
    }
    run(install).map_err(|error| format!("{package} is missing and could not be installed ({error}): cargo install {package} --version {version} --locked"))
}

/// `wasm-bindgen 0.2.126` → `0.2.126`
fn version_in(line: &str) -> Option<String> {
    line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        assert_eq!(version_in("wasm-bindgen 0.2.126").as_deref(), Some("0.2.126"));
        assert_eq!(version_in("cargo-leptos 0.3.10 (abc 2026)").as_deref(), Some("0.3.10"));
        assert_eq!(version_in("no version here"), None);
    }
}
