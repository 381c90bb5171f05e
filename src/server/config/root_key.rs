//! The key that all others derive from: configured, or a file in the data folder.

use crate::server::{files, random};
use std::io;
use std::path::Path;

pub(super) fn parse(text: &str) -> Result<[u8; 32], String> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(digit).collect();
    bytes
        .filter(|_| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| "server.root_key must be 64 hexadecimal digits".to_owned())
}

/// Made there where none is; then `was_made` is called.
pub(super) fn in_folder(folder: &Path, was_made: impl FnOnce()) -> Result<[u8; 32], String> {
    let path = folder.join("root.key");
    let wrong = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    files::create_folder(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let read = || match std::fs::read(&path) {
        Ok(bytes) => {
            bytes.try_into().map(Some).map_err(|_| wrong(&"must hold exactly 32 bytes; it was changed or cut"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(&error)),
    };
    if let Some(key) = read()? {
        return Ok(key);
    }
    let key: [u8; 32] = random::bytes();
    match files::write_new(&path, &key) {
        Ok(()) => {
            was_made();
            Ok(key)
        }
        // Another program has made one in this very moment.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read()?.ok_or_else(|| wrong(&error)),
        Err(error) => Err(wrong(&error)),
    }
}
