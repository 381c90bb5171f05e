//! What is wrong, and would be taken for something else without a word.

use super::leptos_table::Variable;
use super::{DEFAULT_FILE, without_source};
use config::{Config, File, FileFormat, Source as _, Value, ValueKind};

/// The key that the file of the repository does not set.
const NOT_IN_FILE: &str = "server.root_key";

/// A variable that is a key but for its underscores. Others that begin like ours belong to somebody else: where containers
/// know of each other there is a `KEYMEND_SERVICE_HOST`.
///
/// # Errors
/// One line with the right spelling.
pub(super) fn in_names(variables: &[Variable]) -> Result<(), String> {
    let keys = keys()?;
    for (variable, _) in variables {
        let Some(name) = variable.to_str().map(str::to_uppercase).filter(|name| name.starts_with("KEYMEND_")) else {
            continue;
        };
        for key in keys.iter().map(|(key, _)| key.as_str()).chain([NOT_IN_FILE]) {
            let right = format!("KEYMEND__{}", key.replace('.', "__").to_uppercase());
            if name != right && name.replace('_', "") == right.replace('_', "") {
                return Err(format!(
                    "unknown variable {} in the environment; it is written {right}",
                    variable.display()
                ));
            }
        }
    }
    Ok(())
}

/// A fraction, which would be rounded, or a `true`, which would be 1.
///
/// # Errors
/// One line that names the key.
pub(super) fn in_numbers(raw: &Config) -> Result<(), String> {
    for (key, default) in keys()? {
        if !matches!(default.kind, ValueKind::I64(_)) {
            continue;
        }
        let value: serde_json::Value = raw.get(&key).map_err(|error| without_source(&error))?;
        // From the environment it is a text.
        let is_whole = value.as_str().map_or(value.is_i64(), |text| text.parse::<i64>().is_ok());
        if !is_whole {
            return Err(format!("{key} must be a whole number, not {value}"));
        }
    }
    Ok(())
}

/// Keymend's own keys, with their defaults.
fn keys() -> Result<Vec<(String, Value)>, String> {
    let file = Config::builder().add_source(File::from_str(DEFAULT_FILE, FileFormat::Toml)).build();
    let tables = file.and_then(|file| file.collect()).map_err(|error| error.to_string())?;
    let mut keys = Vec::new();
    for (table, within) in tables {
        // The table of Leptos is looked at elsewhere.
        if let ValueKind::Table(within) = within.kind
            && table != "package"
        {
            keys.extend(within.into_iter().map(|(key, default)| (format!("{table}.{key}"), default)));
        }
    }
    Ok(keys)
}
