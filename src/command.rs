//! What the program does beside serving.

use serde::Serialize;
use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

pub mod backup;
pub mod explain;
pub mod records;
pub mod replay;
pub mod simulate;
pub mod user;

/// Prints it in words, or as one JSON object. Whoever has read enough and closes the pipe is no error.
///
/// # Errors
/// When standard output takes no more.
fn print(told: &(impl Display + Serialize), json: bool) -> Result<(), String> {
    let text = match json {
        true => serde_json::to_string(told).map_err(|error| error.to_string())? + "\n",
        false => told.to_string(),
    };
    say(&text)
}

/// As [`print`].
///
/// # Errors
/// As [`print`].
pub fn say(text: &str) -> Result<(), String> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("cannot print: {error}")),
        _ => Ok(()),
    }
}
