//! The one doorway for developers. `cargo xtask` without a word lists the commands.

mod audit;
mod bench;
mod browser;
mod command;
mod e2e;
mod fuzz;
mod lint;
mod npm;
mod packages;
mod postgres;
mod run;
mod rust;
mod say;
mod setup;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <command>

  run [--release]           build, and serve on http://localhost:3000
  test [--long] [word …]    everything: checks, Rust tests on SQLite and PostgreSQL, end to end;
                            with words, only the tests whose names contain one of them, and no checks;
                            --long adds the tests that are left out because they take long
  lint                      format of Rust and TOML, clippy for the server, clippy for the browser
  e2e [argument …]          the end-to-end suite; the arguments go to playwright test
  bench [--short] [parts]   the measurements, or some of them: decisions, sizes, soak, router, flood, durable, million
  fuzz                      every parser that meets the network, each for half a minute; part of test --long
  audit                     what it is built of: licences, known vulnerabilities, a list of parts
  setup                     install what the commands above need; they do it themselves when something is missing";

/// A failure is one line that says what is missing or wrong, and what to do about it.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match command {
        "run" => run::run(rest),
        // The summary is the last line: no error after it.
        "test" => match test::test(rest) {
            Ok(false) => return ExitCode::FAILURE,
            other => other.map(drop),
        },
        "lint" => no_arguments(rest).and_then(|()| lint::lint()),
        "e2e" => e2e::e2e(rest),
        "fuzz" => no_arguments(rest).and_then(|()| fuzz::alone()),
        "audit" => no_arguments(rest).and_then(|()| audit::audit()),
        "bench" => bench::bench(rest),
        "setup" => no_arguments(rest).and_then(|()| setup::setup()),
        "help" | "-h" | "--help" => {
            say::line(USAGE);
            Ok(())
        }
        unknown => Err(format!("no command is called {unknown}\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say::problem(&problem);
            ExitCode::FAILURE
        }
    }
}

fn no_arguments(rest: &[String]) -> Outcome {
    match rest.first() {
        Some(unknown) => Err(format!("this command takes no argument, but there is {unknown}")),
        None => Ok(()),
    }
}
