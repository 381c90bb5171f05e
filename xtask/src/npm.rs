//! The packages of `end2end/`: Playwright for the tests, wasm-opt for release builds, taplo for files in TOML.

use std::path::Path;
use std::time::SystemTime;

use crate::command::{find, program, run};
use crate::{Outcome, say, workspace};

pub fn ensure() -> Outcome {
    let folder = workspace::end2end();
    if !folder.join("package-lock.json").is_file() {
        return Err("end2end/package-lock.json is missing: git checkout end2end/package-lock.json".to_owned());
    }
    if find("node").is_none() || find("npm").is_none() {
        return Err(
            "Node.js with npm is missing: sudo apt-get install nodejs npm, or https://nodejs.org (20 or newer)"
                .to_owned(),
        );
    }
    if is_current(&folder) {
        return Ok(());
    }
    say::step("npm ci, in end2end/");
    let mut npm = program("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder);
    // The browser is the system's.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run(npm).map_err(|error| format!("the npm packages could not be installed ({error}): cd end2end && npm ci"))
}

/// npm writes its own copy of the lock into `node_modules` when it has finished.
fn is_current(folder: &Path) -> bool {
    let installed = changed(&folder.join("node_modules").join(".package-lock.json"));
    let wanted = changed(&folder.join("package-lock.json"));
    installed.is_some() && installed >= wanted
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).ok()?.modified().ok()
}
