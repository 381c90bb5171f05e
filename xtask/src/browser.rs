//! The browser of the end-to-end tests.

use std::path::PathBuf;

use crate::command::{find, is_program};
use crate::{Outcome, packages};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const ELSEWHERE: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

pub fn ensure() -> Outcome<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM_PATH").map(PathBuf::from) {
        return if is_program(&chosen) {
            Ok(chosen)
        } else {
            Err(format!("CHROMIUM_PATH is {}, where there is no program", chosen.display()))
        };
    }
    let otherwise = "set CHROMIUM_PATH to a Chromium or Chrome";
    match present() {
        Some(browser) => Ok(browser),
        // Without the fonts the pictures would show boxes.
        None => packages::install("Chromium", &["chromium", "fonts-liberation"], otherwise)
            .and_then(|()| present().ok_or_else(|| format!("Chromium is installed but not in PATH: {otherwise}"))),
    }
}

fn present() -> Option<PathBuf> {
    let elsewhere = || ELSEWHERE.iter().map(PathBuf::from).find(|file| is_program(file));
    NAMES.iter().find_map(|name| find(name)).or_else(elsewhere)
}
