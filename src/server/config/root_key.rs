//! The key that all others derive from: configured, or a file in the data folder.

use crate::server::{files, random};
use std::io;
use std::path::Path;

/// In the data folder.
const FILE: &str = "root.key";

pub(super) fn parse(text: &str) -> Result<[u8; 32], String> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(digit).collect();
    bytes
        .filter(|_| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| "server.root_key must be 64 hexadecimal digits".to_owned())
}

/// The one that is there, if there is one.
pub(super) fn read(folder: &Path) -> Result<Option<[u8; 32]>, String> {
    let path = folder.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => {
            bytes.try_into().map(Some).map_err(|_| wrong(&path, &"must hold exactly 32 bytes; it was changed or cut"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(&path, &error)),
    }
}

/// Made there where none is; then `was_made` is called.
pub(super) fn in_folder(folder: &Path, was_made: impl FnOnce()) -> Result<[u8; 32], String> {
    if let Some(key) = read(folder)? {
        return Ok(key);
    }
    files::create_folder(folder).map_err(|error| wrong(folder, &error))?;
    let (key, path): ([u8; 32], _) = (random::bytes(), folder.join(FILE));
    match files::write_new(&path, &key) {
        Ok(()) => {
            was_made();
            Ok(key)
        }
        // Another program has made one in this very moment.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(folder)?.ok_or_else(|| wrong(&path, &error)),
        Err(error) => Err(wrong(&path, &error)),
    }
}

fn wrong(path: &Path, what: &dyn std::fmt::Display) -> String {
    format!("{}: {what}", path.display())
}
