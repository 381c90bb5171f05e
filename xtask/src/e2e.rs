//! `cargo xtask e2e`: people in a real browser.

use std::path::Path;
use std::process::Command;

use crate::command::{program, run as run_command};
use crate::{Outcome, browser, npm, postgres, run, rust, say, workspace};

pub fn e2e(arguments: &[String]) -> Outcome {
    let browser = browser::ensure()?;
    npm::ensure()?;
    rust::ensure_builders()?;
    run::build(false)?;
    say::step("end to end");
    let mut playwright = playwright(&workspace::target().join("debug").join("keymend"), &browser);
    playwright.args(arguments);
    run_command(playwright)
}

/// The suite starts the server by itself, with a database of its own.
pub fn playwright(server: &Path, browser: &Path) -> Command {
    let mut command = program("playwright");
    command.arg("test").current_dir(workspace::end2end());
    command.env("KEYMEND_BIN", server).env("CHROMIUM_PATH", browser);
    // A fixed port may be taken, by a server that somebody left running or by another checkout.
    if std::env::var_os("KEYMEND_TEST_PORT").is_none()
        && let Ok(port) = postgres::free_port()
    {
        command.env("KEYMEND_TEST_PORT", port.to_string());
    }
    // A report is written, but no browser opened to show it: that would keep the command from ending.
    command.env("PLAYWRIGHT_HTML_OPEN", "never");
    command
}
