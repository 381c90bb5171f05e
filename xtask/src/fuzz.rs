//! The fuzz targets, each for a while: a part of `cargo xtask test --long`.
//!
//! libFuzzer needs switches of the compiler that only nightly ones have by that name; `RUSTC_BOOTSTRAP` opens them in the one that
//! everything else is built with. Its corpus grows in `fuzz/corpus`, which is nobody's but this checkout's; what each target
//! begins with stands in `fuzz/seeds`.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::command::{program, run};
use crate::tally::Tally;
use crate::{Outcome, rust, say, workspace};

const CARGO_FUZZ: &str = "0.13.2";
/// For each target.
const SECONDS: u32 = 30;

/// `cargo xtask fuzz`
pub fn alone() -> Outcome {
    match fuzz()?.failed {
        0 => Ok(()),
        failed => Err(format!("{failed} of the fuzz targets found something; what it was lies in fuzz/artifacts")),
    }
}

/// Builds them all and runs one after the other.
pub fn fuzz() -> Outcome<Tally> {
    rust::ensure("cargo-fuzz", CARGO_FUZZ, "about a minute")?;
    let folder = workspace::root().join("fuzz");
    // A workspace of its own, but built of the same versions.
    fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| format!("cannot write {}: {error}", folder.join("Cargo.lock").display()))?;
    run(cargo_fuzz(&["build"]))?;
    let mut tally = Tally::default();
    for target in targets(&folder)? {
        let (passed, said) = run_one(&folder, &target)?;
        say::line(&said);
        tally.add(if passed { Tally::ONE_PASSED } else { Tally::ONE_FAILED });
    }
    Ok(tally)
}

fn cargo_fuzz(arguments: &[&str]) -> Command {
    let mut command = program("cargo-fuzz");
    command.arg("fuzz").args(arguments).env("RUSTC_BOOTSTRAP", "1");
    command
}

/// By name, as the files have them; a test holds these against the parsers there are.
fn targets(folder: &Path) -> Outcome<Vec<String>> {
    let files = fs::read_dir(folder.join("fuzz_targets")).map_err(|error| format!("no fuzz targets: {error}"))?;
    let mut names: Vec<String> =
        files.flatten().filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// Whether it ran to its end, and one line that tells how far it came.
fn run_one(folder: &Path, target: &str) -> Outcome<(bool, String)> {
    let corpus = folder.join("corpus").join(target);
    let cannot = |error: std::io::Error| format!("the fuzz target {target} cannot be run: {error}");
    fs::create_dir_all(&corpus).map_err(cannot)?;
    let log = corpus.with_extension("log");
    let (seconds, seeds) = (format!("-max_total_time={SECONDS}"), folder.join("seeds").join(target));
    let mut command = cargo_fuzz(&["run", target]);
    command.args([&corpus, &seeds]).args(["--", &seconds, "-print_final_stats=1"]);
    // libFuzzer says a line for each thing it finds out.
    command
        .stdout(File::create(&log).map_err(cannot)?)
        .stderr(File::options().append(true).open(&log).map_err(cannot)?);
    let started = say::stopwatch();
    let passed = command.status().map_err(cannot)?.success();
    let said = fs::read_to_string(&log).unwrap_or_default();
    let line = match passed {
        true => format!("{target}: {}", figures(&said, started.elapsed())),
        false => format!("{target}: failed, and says\n{}", last_lines(&said, 25)),
    };
    Ok((passed, line))
}

/// What libFuzzer's last words come to.
fn figures(said: &str, took: Duration) -> String {
    let executions = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    // `#8192 pulse  cov: 512 ft: 1033 corp: …`: features are edges with how often they were taken.
    let features = said.lines().rev().find_map(|line| line.split_once(" ft: ")?.1.split(' ').next());
    format!(
        "{} executions, {} features covered, {:.0} s",
        executions.map_or("?", str::trim),
        features.unwrap_or("?"),
        took.as_secs_f64()
    )
}

fn last_lines(text: &str, many: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(many)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_the_end() {
        let said = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n#9\tNEW    cov: 20 ft: 31 corp: 2/9b\nDone 900 runs in 3 second(s)\n\
                    stat::number_of_executed_units: 900\n";
        assert_eq!(figures(said, Duration::from_secs(3)), "900 executions, 31 features covered, 3 s");
        assert_eq!(figures("", Duration::ZERO), "? executions, ? features covered, 0 s");
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
    }

    #[test]
    fn every_target_has_something_to_begin_with() {
        let folder = workspace::root().join("fuzz");
        let targets = targets(&folder).unwrap();
        assert_eq!(targets.len(), 21);
        for target in targets {
            let seeds =
                fs::read_dir(folder.join("seeds").join(&target)).unwrap_or_else(|error| panic!("{target}: {error}"));
            assert!(seeds.count() > 0, "{target}");
        }
    }
}
