//! `cargo xtask test`: everything, with one line at the end that tells.
//!
//! A stage that fails does not keep the later ones from running; only without a build there is nothing to run.

use std::path::{Path, PathBuf};

use crate::command::{Stdout, cargo, program, watch};
use crate::postgres::{self, Source};
use crate::tally::{Report, Tally};
use crate::{Outcome, audit, bench, browser, e2e, fuzz, lint, npm, rust, say, workspace};

/// Whether everything passed; what did not has been told.
pub fn test(arguments: &[String]) -> Outcome<bool> {
    let wishes = Wishes::from(arguments)?;
    let mut report = Report::default();
    let outcome = stages(&wishes, &mut report);
    if let Err(problem) = &outcome {
        say::problem(problem);
    }
    report.print();
    Ok(outcome.is_ok() && report.total().failed == 0)
}

#[derive(Debug, Default, PartialEq)]
struct Wishes {
    long: bool,
    words: Vec<String>,
}

impl Wishes {
    fn from(arguments: &[String]) -> Outcome<Self> {
        let mut wishes = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--long" => wishes.long = true,
                unknown if unknown.starts_with('-') => {
                    return Err(format!("cargo xtask test knows --long and words to look for, not {unknown}"));
                }
                word => wishes.words.push(word.to_owned()),
            }
        }
        Ok(wishes)
    }

    /// What Rust's test programs are told.
    fn for_rust(&self) -> Vec<&str> {
        let long = self.long.then_some("--include-ignored");
        // What a test has measured is told also when it passed.
        ["--show-output"].into_iter().chain(long).chain(self.words.iter().map(String::as_str)).collect()
    }

    /// What Playwright is told: any of the words, as they are.
    fn for_playwright(&self) -> Option<String> {
        let words: Vec<String> = self.words.iter().map(|word| literally(word)).collect();
        (!words.is_empty()).then(|| words.join("|"))
    }
}

/// A regular expression for exactly this text.
fn literally(word: &str) -> String {
    word.chars()
        .flat_map(|c| (!c.is_alphanumeric() && c != '_' && c != ' ').then_some('\\').into_iter().chain([c]))
        .collect()
}

fn stages(wishes: &Wishes, report: &mut Report) -> Outcome {
    rust::ensure_checkers().and_then(|()| rust::ensure_builders()).inspect_err(|_| {
        report.record("set up", Tally::ONE_FAILED, std::time::Duration::ZERO);
    })?;
    rust::ensure_crates();
    // Asked for now, so that whoever watches learns at once what will be missing.
    let postgres = postgres::ensure().inspect_err(|problem| say::problem(problem));
    let browser = npm::ensure().and_then(|()| browser::ensure()).inspect_err(|problem| say::problem(problem));

    if wishes.words.is_empty() {
        for (name, command) in lint::checks() {
            stage(report, name, || {
                let success = watch(command, Stdout::PassOn)?.status.success();
                Ok(if success { Tally::ONE_PASSED } else { Tally::ONE_FAILED })
            });
        }
    }

    if wishes.long && wishes.words.is_empty() {
        stage(report, "dependencies", || {
            let success = watch(audit::rules()?, Stdout::PassOn)?.status.success();
            Ok(if success { Tally::ONE_PASSED } else { Tally::ONE_FAILED })
        });
    }

    let built = build(report)?;
    if wishes.long && wishes.words.is_empty() {
        stage(report, "fuzz targets", fuzz::fuzz);
    }

    stage(report, "Rust tests, SQLite", || rust_tests_on_sqlite(wishes));
    match &postgres {
        Ok(source) => stage(report, "Rust tests, PostgreSQL", || rust_tests_on_postgres(wishes, &built, source)),
        Err(_) => report.record_left_out("Rust tests, PostgreSQL"),
    }
    if wishes.long && wishes.words.is_empty() {
        stage(report, "the time of an answer, release", || timing_of_release(postgres.as_ref()));
        stage(report, "passkeys under a flood", || {
            Ok(if bench::flood()? { Tally::ONE_PASSED } else { Tally::ONE_FAILED })
        });
    }
    stage(report, "end to end", || end_to_end(wishes, &built.server, &browser?));
    Ok(())
}

fn stage(report: &mut Report, name: &str, work: impl FnOnce() -> Outcome<Tally>) {
    say::step(name);
    let started = say::stopwatch();
    let tally = work().unwrap_or_else(|problem| {
        say::problem(&problem);
        Tally::ONE_FAILED
    });
    report.record(name, tally, started.elapsed());
}

/// What the build has made.
#[derive(Debug, Default, PartialEq)]
struct Built {
    server: PathBuf,
    /// The test programs of the package keymend.
    tests: Vec<PathBuf>,
}

/// Everything once. The end-to-end suite runs the server that cargo builds for the Rust tests, so cargo-leptos is left with
/// the browser's part: features and flags differ between the two ways, and each would compile the server for itself.
fn build(report: &mut Report) -> Outcome<Built> {
    say::step("build");
    let started = say::stopwatch();
    let outcome = (|| {
        let mut tests = cargo(["test", "--workspace", "--no-run"]);
        tests.arg("--message-format=json-render-diagnostics");
        let finished = watch(tests, Stdout::Keep)?;
        if !finished.status.success() {
            return Err("the server or the tests do not compile".to_owned());
        }
        let site = watch(rust::cargo_leptos(["build", "--frontend-only"]), Stdout::PassOn)?;
        if !site.status.success() {
            return Err("the browser's part does not compile".to_owned());
        }
        let built = what_was_built(&finished.lines, &workspace::root().join("Cargo.toml"));
        if built.server.as_os_str().is_empty() {
            Err("cargo has not built the program keymend".to_owned())
        } else {
            Ok(built)
        }
    })();
    let tally = if outcome.is_ok() { Tally::default() } else { Tally::ONE_FAILED };
    report.record("build", tally, started.elapsed());
    outcome
}

/// Reads cargo's messages, one JSON object on a line. Three plain fields are of interest, hence no parser.
fn what_was_built(messages: &[String], manifest: &Path) -> Built {
    let mut built = Built::default();
    let ours = format!("\"manifest_path\":\"{}\"", manifest.display());
    for message in messages.iter().filter(|message| message.contains(&ours)) {
        let Some(program) = between(message, "\"executable\":\"", '"').map(PathBuf::from) else { continue };
        let profile = between(message, "\"profile\":{", '}').unwrap_or_default();
        if profile.contains("\"test\":true") {
            built.tests.push(program);
        } else if program.file_stem().is_some_and(|name| name == "keymend") {
            built.server = program;
        }
    }
    // cargo names them as they are ready, each time in another order.
    built.tests.sort();
    built
}

fn between<'a>(message: &'a str, start: &str, end: char) -> Option<&'a str> {
    let (_, rest) = message.split_once(start)?;
    rest.split_once(end).map(|(text, _)| text)
}

fn rust_tests_on_sqlite(wishes: &Wishes) -> Outcome<Tally> {
    let mut tests = cargo(["test", "--workspace", "--no-fail-fast", "--"]);
    tests.args(wishes.for_rust()).env_remove(postgres::URL);
    let finished = watch(tests, Stdout::PassOnAndKeep)?;
    Ok(Tally::of_rust_tests(&finished.lines).given_success(finished.status.success()))
}

/// The programs that know a database again, started without cargo: asked for one package of the workspace, it would choose other
/// features for what they share, and compile again.
fn rust_tests_on_postgres(wishes: &Wishes, built: &Built, source: &Source) -> Outcome<Tally> {
    let (url, _cluster) = source.for_tests()?;
    let mut total = Tally::default();
    for test_program in built.tests.iter().filter(|program| knows_a_database(program)) {
        say::note(&test_program.display().to_string());
        let mut tests = program(test_program);
        tests.args(wishes.for_rust()).env(postgres::URL, &url).env("CARGO_MANIFEST_DIR", workspace::root());
        let finished = watch(tests, Stdout::PassOnAndKeep)?;
        total.add(Tally::of_rust_tests(&finished.lines).given_success(finished.status.success()));
    }
    Ok(total)
}

/// Whether the tests of this program take the database that they are given; to all others it would be the same again.
fn knows_a_database(program: &Path) -> bool {
    let name = program.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.rsplit_once('-'));
    let main = name.map(|(name, _)| workspace::root().join("tests").join(name).join("main.rs"));
    main.and_then(|main| std::fs::read_to_string(main).ok()).is_some_and(|text| text.contains("common/database.rs"))
}

/// As people meet it: what a debug build hides in its own slowness, and the wait that hides the rest.
fn timing_of_release(postgres: Result<&Source, &String>) -> Outcome<Tally> {
    let mut total = Tally::default();
    for on_postgres in [false, true] {
        let cluster = match on_postgres {
            true => Some(postgres.map_err(Clone::clone)?.for_tests()?),
            false => None,
        };
        let url = cluster.as_ref().map(|(url, _)| url);
        let mut tests =
            cargo(["test", "--release", "--workspace", "--test", "router", "--", "--show-output", "timing::"]);
        // One at a time: they measure.
        tests.arg("--test-threads=1").env_remove(postgres::URL).envs(url.map(|url| (postgres::URL, url)));
        let finished = watch(tests, Stdout::PassOnAndKeep)?;
        total.add(Tally::of_rust_tests(&finished.lines).given_success(finished.status.success()));
    }
    Ok(total)
}

fn end_to_end(wishes: &Wishes, server: &Path, browser: &Path) -> Outcome<Tally> {
    let mut suite = e2e::playwright(server, browser);
    suite.arg("--reporter=list,html");
    if let Some(pattern) = wishes.for_playwright() {
        suite.args(["--pass-with-no-tests", "--grep", &pattern]);
    }
    let finished = watch(suite, Stdout::PassOnAndKeep)?;
    Ok(Tally::of_playwright(&finished.lines).given_success(finished.status.success()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn wishes_are_words_and_long() {
        let wishes = Wishes::from(&words("heal --long two.tabs")).unwrap();
        assert_eq!(wishes.for_rust(), ["--show-output", "--include-ignored", "heal", "two.tabs"]);
        assert_eq!(wishes.for_playwright().as_deref(), Some("heal|two\\.tabs"));
        assert_eq!(Wishes::from(&[]).unwrap().for_playwright(), None);
        assert!(Wishes::from(&words("--verbose")).is_err());
    }

    #[test]
    fn the_tests_of_the_server_are_told_from_the_others() {
        let message = |manifest: &str, test: bool, executable: &str| {
            format!(
                "{{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file://{manifest}\",\"manifest_path\":\"/k{manifest}/Cargo.toml\",\
                 \"target\":{{\"kind\":[\"bin\"],\"name\":\"keymend\",\"test\":true}},\"profile\":{{\"opt_level\":\"0\",\"test\":{test}}},\
                 \"features\":[],\"filenames\":[],\"executable\":{executable},\"fresh\":true}}"
            )
        };
        let messages = [
            message("/crates/domain", true, "\"/t/debug/deps/domain-1\""),
            message("", false, "null"),
            message("", true, "\"/t/debug/deps/keymend-2\""),
            message("", false, "\"/t/debug/keymend\""),
            message("", true, "\"/t/debug/deps/leptos_toml-3\""),
        ];
        let built = what_was_built(&messages, Path::new("/k/Cargo.toml"));
        assert_eq!(built.server, Path::new("/t/debug/keymend"));
        assert_eq!(built.tests, [Path::new("/t/debug/deps/keymend-2"), Path::new("/t/debug/deps/leptos_toml-3")]);
    }

    #[test]
    fn whether_a_program_knows_a_database_stands_in_its_first_file() {
        for (name, knows) in
            [("router", true), ("repositories", true), ("parsers", false), ("leptos_toml", false), ("keymend", false)]
        {
            assert_eq!(knows_a_database(&Path::new("/t/debug/deps").join(format!("{name}-00ab"))), knows, "{name}");
        }
    }
}
