//! Other programs: how they are started, and how their output is passed on.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::{Outcome, say, workspace};

/// After this long without a word from a program, say that it is still at work.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A program, started in the root of the workspace, that finds our tools first.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace::root());
    command.env("PATH", path());
    // We run under `cargo run`, which describes xtask in the environment. Build scripts that look there would
    // see a difference to a plain `cargo build`, and be built again.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_this_package) {
            command.env_remove(name);
        }
    }
    if say::on_terminal() && std::env::var_os("NO_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    command
}

pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = program("cargo");
    command.args(arguments);
    command
}

fn describes_this_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
}

/// Our own tools, those of npm, those just installed by cargo, then what was there.
fn path() -> std::ffi::OsString {
    let mut folders = Vec::new();
    if let Ok(tools) = workspace::tools()
        && let Ok(version) = workspace::locked_version("wasm-bindgen")
    {
        folders.push(tools.join(format!("wasm-bindgen-cli-{version}")).join("bin"));
        folders.push(tools.join(format!("cargo-leptos-{}", crate::rust::CARGO_LEPTOS)).join("bin"));
    }
    folders.push(workspace::end2end().join("node_modules").join(".bin"));
    let before = std::env::var_os("PATH").unwrap_or_default();
    let mut rest: Vec<PathBuf> = std::env::split_paths(&before).collect();
    if let Some(installed) = cargo_home().map(|home| home.join("bin"))
        && !rest.contains(&installed)
    {
        rest.push(installed);
    }
    std::env::join_paths(folders.into_iter().filter(|folder| folder.is_dir()).chain(rest)).unwrap_or(before)
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

/// The program of this name that [`program`] would start.
pub fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&path()).map(|folder| folder.join(name)).find(|file| is_program(file))
}

pub fn is_program(file: &Path) -> bool {
    file.is_file() || file.with_extension("exe").is_file()
}

/// What a program prints, if it can be started and succeeds.
pub fn answer(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program to its end while its output is passed on; fails if the program does.
pub fn run(command: Command) -> Outcome {
    let title = title(&command);
    let finished = watch(command, Stdout::PassOn)?;
    if finished.status.success() { Ok(()) } else { Err(format!("{title} failed ({})", finished.status)) }
}

/// What to do with the lines that a program prints.
#[derive(Clone, Copy, PartialEq)]
pub enum Stdout {
    PassOn,
    PassOnAndKeep,
    Keep,
}

pub struct Finished {
    pub status: ExitStatus,
    /// What was kept of the output, without colours.
    pub lines: Vec<String>,
}

enum Line {
    Out(String),
    Err(String),
}

/// Runs a program to its end, whether it succeeds or not.
pub fn watch(mut command: Command, stdout: Stdout) -> Outcome<Finished> {
    let title = title(&command);
    let cannot = |error: std::io::Error| format!("cannot start {title}: {error}");
    let on_terminal = say::on_terminal();
    if on_terminal && stdout == Stdout::PassOn {
        // Nothing to read and somebody to see it: the program draws its own progress.
        let status = command.status().map_err(cannot)?;
        return Ok(Finished { status, lines: Vec::new() });
    }

    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if on_terminal { Stdio::inherit() } else { Stdio::piped() });
    let started = say::stopwatch();
    let mut child = command.spawn().map_err(cannot)?;
    let (sender, lines) = channel();
    if let Some(pipe) = child.stdout.take() {
        forward(pipe, Line::Out, sender.clone());
    }
    if let Some(pipe) = child.stderr.take() {
        forward(pipe, Line::Err, sender.clone());
    }
    drop(sender);

    let mut kept = Vec::new();
    loop {
        match lines.recv_timeout(HEARTBEAT) {
            Ok(Line::Out(line)) => {
                if stdout != Stdout::Keep {
                    say::line(&line);
                }
                if stdout != Stdout::PassOn {
                    kept.push(without_colours(&line));
                }
            }
            Ok(Line::Err(line)) => {
                let _ = writeln!(std::io::stderr(), "{line}");
            }
            Err(RecvTimeoutError::Timeout) => {
                // A program that it left behind may still hold the pipe.
                if child.try_wait().map_err(cannot)?.is_some() {
                    break;
                }
                if !on_terminal {
                    say::note(&format!("… {title} ({})", say::duration(started.elapsed())));
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(cannot)?;
    Ok(Finished { status, lines: kept })
}

fn forward(pipe: impl Read + Send + 'static, wrap: fn(String) -> Line, sender: Sender<Line>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send(wrap(line)).is_err() {
                break;
            }
        }
    });
}

/// `cargo test --workspace`: what a person would have typed, cut short.
fn title(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).take(4);
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..start]);
        let code = &rest[start + 2..];
        rest = code.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &code[end + 1..]);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(without_colours("test result: \u{1b}[32mok\u{1b}[0m. 5 passed"), "test result: ok. 5 passed");
        assert_eq!(without_colours("\u{1b}[1A\u{1b}[2K plain"), " plain");
        assert_eq!(without_colours("cut \u{1b}[3"), "cut ");
    }

    #[test]
    fn output_is_kept_and_failure_is_seen() {
        let mut command = program("sh");
        command.args(["-c", "echo one; echo two; exit 3"]);
        let finished = watch(command, Stdout::Keep).unwrap();
        assert_eq!(finished.lines, ["one", "two"]);
        assert_eq!(finished.status.code(), Some(3));
    }

    #[test]
    fn a_failure_names_the_command() {
        let mut command = program("sh");
        command.args(["-c", "exit 1"]);
        assert!(run(command).unwrap_err().starts_with("sh -c exit 1 failed"));
    }

    #[test]
    fn what_cargo_says_of_xtask_is_not_passed_on() {
        let mut command = program("env");
        command.env_remove("NOTHING");
        assert!(!answer(command).unwrap().contains("CARGO_PKG_NAME="));
    }
}
