//! Counting what passed and what failed, from what the tools print.

use std::time::Duration;

use crate::say;

/// How much is told again of what a failed test has printed, in lines; a panic comes last, and its backtrace is left out.
const TOLD_AGAIN: usize = 30;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
    /// The name of each failed test and the last that it printed, where we can tell.
    pub failures: Vec<String>,
    /// The tests that passed when they were tried again. They count as passed, but somebody should look at them.
    pub flaky: Vec<String>,
}

impl Tally {
    pub const ONE_PASSED: Self = Self { passed: 1, failed: 0, skipped: 0, failures: Vec::new(), flaky: Vec::new() };
    pub const ONE_FAILED: Self = Self { passed: 0, failed: 1, skipped: 0, failures: Vec::new(), flaky: Vec::new() };

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
        self.flaky.extend(other.flaky);
    }

    /// A program that failed without counting a failure (it crashed, or never came to its tests) still failed.
    pub fn given_success(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// The `test result:` lines of Rust's test programs, and what stands under `---- name stdout ----`.
    pub fn of_rust_tests(lines: &[String]) -> Self {
        let mut tally = Self { failures: failures(lines), ..Self::default() };
        for line in lines.iter().filter_map(|line| line.strip_prefix("test result: ")) {
            let counts = line.split_once(". ").map_or(line, |(_, counts)| counts);
            for (number, what) in counts.split("; ").filter_map(number_and_word) {
                match what {
                    "passed" => tally.passed += number,
                    "failed" => tally.failed += number,
                    "ignored" => tally.skipped += number,
                    _ => {}
                }
            }
        }
        tally
    }

    /// The lines with which Playwright's reporters end, one per kind: `  12 passed (3.4s)`, and below it the tests of that kind.
    pub fn of_playwright(lines: &[String]) -> Self {
        let mut tally = Self::default();
        // A test may print such a line too; Playwright's own come last.
        let mut seen = Vec::new();
        for (at, line) in lines.iter().enumerate().rev() {
            let Some((number, what)) = number_and_word(line.trim()) else { continue };
            let what = what.split_once(" (").map_or(what, |(what, _)| what);
            if seen.contains(&what) {
                continue;
            }
            match what {
                "passed" => tally.passed += number,
                "flaky" => {
                    tally.passed += number;
                    tally.flaky = names(&lines[at + 1..], number);
                }
                "failed" | "interrupted" | "did not run" => tally.failed += number,
                "skipped" => tally.skipped += number,
                _ => continue,
            }
            seen.push(what);
        }
        tally
    }
}

/// `    [macos] › a.spec.ts:3:1 › a person signs in ────`
fn names(lines: &[String], number: u32) -> Vec<String> {
    let number = usize::try_from(number).unwrap_or_default();
    let listed = lines.iter().map(|line| line.trim()).take_while(|line| line.starts_with('['));
    let mut names: Vec<String> = listed.take(number).map(|line| line.trim_end_matches(['─', ' ']).to_owned()).collect();
    // The number is what the last line tells, whatever becomes of the list.
    names.resize(number, "a test that was not named".to_owned());
    names
}

/// What stands below `failures:`. Below `successes:` stands in the same way what the others have printed.
fn failures(lines: &[String]) -> Vec<String> {
    let heads = |line: &String| line.starts_with("---- ") && line.ends_with(" stdout ----");
    let parts = |line: &String| line == "failures:" || line == "successes:";
    let mut failures = Vec::new();
    let mut of_failures = false;
    for (at, line) in lines.iter().enumerate() {
        if parts(line) {
            of_failures = line == "failures:";
        }
        if !(of_failures && heads(line)) {
            continue;
        }
        let printed = &lines[at + 1..];
        let end = printed.iter().position(|line| heads(line) || parts(line)).unwrap_or(printed.len());
        let printed_by_it = without_backtraces(&printed[..end]);
        let last = &printed_by_it[printed_by_it.len().saturating_sub(TOLD_AGAIN)..];
        failures.push(format!("{line}\n{}", last.join("\n").trim_end()));
    }
    failures
}

fn without_backtraces(lines: &[String]) -> Vec<&str> {
    let mut inside = false;
    let mut rest = Vec::new();
    for line in lines {
        inside = if inside { line.starts_with(' ') } else { line == "stack backtrace:" };
        if !inside {
            rest.push(line.as_str());
        }
    }
    rest
}

fn number_and_word(text: &str) -> Option<(u32, &str)> {
    let (number, what) = text.split_once(' ')?;
    Some((number.parse().ok()?, what))
}

/// What became of each stage of a long command.
#[derive(Default)]
pub struct Report {
    stages: Vec<(String, Option<Tally>, Duration)>,
}

impl Report {
    pub fn record(&mut self, stage: &str, tally: Tally, time: Duration) {
        self.stages.push((stage.to_owned(), Some(tally), time));
    }

    pub fn record_left_out(&mut self, stage: &str) {
        self.stages.push((stage.to_owned(), None, Duration::ZERO));
    }

    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.stages.iter().filter_map(|(_, tally, _)| tally.clone()).for_each(|tally| total.add(tally));
        total
    }

    /// What failed once more, as it passed by long ago, and what passed at the second try only; the table; and then the one
    /// line that tells.
    pub fn print(&self) {
        for (stage, tally, _) in &self.stages {
            for failure in tally.iter().flat_map(|tally| &tally.failures) {
                say::line(&format!("\n{stage}: {failure}"));
            }
        }
        for (stage, tally, _) in &self.stages {
            for name in tally.iter().flat_map(|tally| &tally.flaky) {
                say::line(&format!("\n{stage}, flaky, passed when it was tried again: {name}"));
            }
        }
        say::line(&format!("\n{:<28}{:>8}{:>8}{:>9}{:>12}", "stage", "passed", "failed", "skipped", "time"));
        for (stage, tally, time) in &self.stages {
            say::line(&match tally {
                Some(Tally { passed, failed, skipped, .. }) => {
                    format!("{stage:<28}{passed:>8}{failed:>8}{skipped:>9}{:>12}", say::duration(*time))
                }
                None => format!("{stage:<28}{:>25}", "not run, see above"),
            });
        }
        say::line(&format!("\n{}", self.last_line()));
    }

    /// `12 passed, 0 failed; not run: Rust tests, PostgreSQL; flaky: 1 (names above)`: whoever reads nothing else should not take
    /// for proven what was not tried, or not at once.
    fn last_line(&self) -> String {
        let Tally { passed, failed, flaky, .. } = self.total();
        let mut line = format!("{passed} passed, {failed} failed");
        let left_out: Vec<&str> =
            self.stages.iter().filter(|(_, tally, _)| tally.is_none()).map(|(stage, ..)| stage.as_str()).collect();
        if !left_out.is_empty() {
            line += &format!("; not run: {}", left_out.join(" and "));
        }
        if !flaky.is_empty() {
            line += &format!("; flaky: {} (names above)", flaky.len());
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn rust_tests_are_summed_over_all_programs() {
        let output = lines(
            "running 2 tests\ntest a ... ok\n\
             test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
             test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.01s",
        );
        assert_eq!(Tally::of_rust_tests(&output), Tally { passed: 7, failed: 3, skipped: 1, ..Tally::default() });
    }

    #[test]
    fn a_failed_test_is_told_with_the_last_that_it_printed() {
        let long: String = (0..40).map(|n| format!("line {n}\n")).collect();
        let output = lines(&format!(
            "test one ... FAILED\ntest two ... FAILED\n\nsuccesses:\n\n---- three stdout ----\na figure\n\nsuccesses:\n    three\n\n\
             failures:\n\n---- one stdout ----\n{long}panicked at a.rs\n\n\n\
             ---- of::two stdout ----\nshort\nstack backtrace:\n   0: a\n             at b\nnote: more\n\n\nfailures:\n    one\n    of::two\n\ntest result: FAILED. 0 passed; 2 failed; 0 ignored"
        ));
        let failures = Tally::of_rust_tests(&output).failures;
        assert_eq!(failures.len(), 2);
        assert!(failures[0].starts_with("---- one stdout ----\nline 13\n"), "{}", failures[0]);
        assert!(failures[0].ends_with("line 39\npanicked at a.rs"), "{}", failures[0]);
        assert_eq!(failures[1], "---- of::two stdout ----\nshort\nnote: more");
    }

    #[test]
    fn playwright_is_counted_by_its_last_lines() {
        let output = lines(
            "Running 9 tests using 1 worker\n3 passed\n  1 failed\n    [macos] › a.spec.ts:3:1 › a ──\n  1 flaky\n    [ios] › b\n  \
             2 skipped\n  1 did not run\n  4 passed (1.2m)",
        );
        let flaky = vec!["[ios] › b".to_owned()];
        assert_eq!(
            Tally::of_playwright(&output),
            Tally { passed: 5, failed: 2, skipped: 2, flaky, ..Tally::default() }
        );
    }

    #[test]
    fn flaky_tests_are_counted_as_passed_and_named() {
        let output = lines(
            "  2 flaky\n    [macos] › a.spec.ts:2:1 › comes and goes ────\n    [ios] › b.spec.ts:4:3 › group › 1 passed ───\n  4 passed (1.2m)",
        );
        let tally = Tally::of_playwright(&output);
        assert_eq!((tally.passed, tally.failed), (6, 0));
        assert_eq!(
            tally.flaky,
            ["[macos] › a.spec.ts:2:1 › comes and goes", "[ios] › b.spec.ts:4:3 › group › 1 passed"]
        );
        assert_eq!(Tally::of_playwright(&lines("  2 flaky\n  4 passed")).flaky.len(), 2);
    }

    #[test]
    fn a_crash_counts_as_one_failure() {
        let passed = Tally { passed: 4, ..Tally::default() };
        assert_eq!(passed.clone().given_success(false).failed, 1);
        assert_eq!(Tally { failed: 2, ..passed.clone() }.given_success(false).failed, 2);
        assert_eq!(passed.given_success(true).failed, 0);
    }

    #[test]
    fn the_total_is_over_all_stages() {
        let mut report = Report::default();
        report.record("one", Tally::ONE_PASSED, Duration::ZERO);
        report.record("two", Tally { passed: 3, failed: 2, skipped: 1, ..Tally::default() }, Duration::ZERO);
        report.record_left_out("three");
        assert_eq!(report.total(), Tally { passed: 4, failed: 2, skipped: 1, ..Tally::default() });
    }

    #[test]
    fn the_last_line_tells_what_was_not_run_and_what_is_flaky() {
        let mut report = Report::default();
        report.record("one", Tally { passed: 3, ..Tally::default() }, Duration::ZERO);
        assert_eq!(report.last_line(), "3 passed, 0 failed");
        report.record_left_out("Rust tests, PostgreSQL");
        assert_eq!(report.last_line(), "3 passed, 0 failed; not run: Rust tests, PostgreSQL");
        report.record(
            "two",
            Tally { passed: 2, flaky: vec!["a".to_owned(), "b".to_owned()], ..Tally::default() },
            Duration::ZERO,
        );
        let line = "5 passed, 0 failed; not run: Rust tests, PostgreSQL; flaky: 2 (names above)";
        assert_eq!(report.last_line(), line);
        assert_eq!(report.total().failed, 0);
    }
}
