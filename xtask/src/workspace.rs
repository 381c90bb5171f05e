//! Where things are, and which versions are asked for.

use std::path::{Path, PathBuf};

use crate::Outcome;

pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

pub fn end2end() -> PathBuf {
    root().join("end2end")
}

/// Where tools go that must not replace those which other projects of the same developer use.
pub fn tools() -> Outcome<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .ok_or("there is no home folder to keep tools in: set XDG_CACHE_HOME")?;
    Ok(cache.join("keymend").join("tools"))
}

/// The version of a package in Cargo.lock.
pub fn locked_version(package: &str) -> Outcome<String> {
    let path = root().join("Cargo.lock");
    let lock = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    find_locked_version(&lock, package)
        .ok_or_else(|| format!("Cargo.lock does not name {package}: cargo update --workspace"))
}

fn find_locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_package_with_exactly_this_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.76\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\nsource = \"registry\"\n";
        assert_eq!(find_locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.126"));
        assert_eq!(find_locked_version(lock, "wasm"), None);
    }

    #[test]
    fn this_workspace_locks_wasm_bindgen() {
        assert!(locked_version("wasm-bindgen").unwrap().starts_with("0.2."));
    }
}
