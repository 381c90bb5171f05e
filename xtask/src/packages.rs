//! Packages of a Debian-like system.

use std::process::Stdio;

use crate::command::{answer, find, program, run};
use crate::{Outcome, say};

/// Installs packages, where that is possible without asking anybody. `wanted` says what for.
pub fn install(wanted: &str, packages: &[&str], otherwise: &str) -> Outcome {
    let by_hand = format!("apt-get install {}", packages.join(" "));
    let missing = |why: &str| format!("{wanted} is missing{why}: sudo {by_hand}, or {otherwise}");
    if find("apt-get").is_none() {
        return Err(format!("{wanted} is missing: {otherwise}"));
    }
    if !is_root() && !can_sudo() {
        return Err(missing(""));
    }
    say::step(&by_hand);
    apt_get(&["update"])
        .and_then(|()| apt_get(&[&["install", "--yes", "--no-install-recommends"], packages].concat()))
        .map_err(|error| missing(&format!(" and could not be installed ({error})")))
}

fn apt_get(arguments: &[&str]) -> Outcome {
    let mut command = if is_root() {
        program("apt-get")
    } else {
        let mut sudo = program("sudo");
        sudo.args(["--non-interactive", "apt-get"]);
        sudo
    };
    command.args(arguments).args(["--quiet", "--quiet"]).env("DEBIAN_FRONTEND", "noninteractive");
    run(command)
}

pub fn is_root() -> bool {
    let mut id = program("id");
    id.arg("-u");
    answer(id).as_deref() == Some("0")
}

fn can_sudo() -> bool {
    let mut sudo = program("sudo");
    sudo.args(["--non-interactive", "true"]).stderr(Stdio::null());
    answer(sudo).is_some()
}
