//! The key that all others derive from: configured, or a file in the data folder.

use std::path::Path;

pub(super) fn parse(text: &str) -> Result<[u8; 32], String> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(digit).collect();
    bytes
        .filter(|_| text.len() == 64)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| "server.root_key must be 64 hexadecimal digits".to_owned())
}

/// Made there where none is.
pub(super) fn in_folder(folder: &Path) -> Result<[u8; 32], String> {
    let path = folder.join("root.key");
    let wrong = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    std::fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
    match std::fs::read(&path) {
        Ok(bytes) => bytes.try_into().map_err(|_| wrong(&"must hold exactly 32 bytes; it was changed or cut")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key: [u8; 32] = crate::server::random::bytes();
            write_new(&path, &key).map_err(|error| wrong(&error))?;
            Ok(key)
        }
        Err(error) => Err(wrong(&error)),
    }
}

/// Readable by its owner only from the first moment, and on the disk before it is used.
fn write_new(path: &Path, key: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key)?;
    file.sync_all()
}
