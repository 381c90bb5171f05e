//! Leptos' own table: where the server listens, and where the files of the browser are.
//!
//! leptos_config could read it too. But it passes over keys that it does not know, tells of a wrong value neither the key nor
//! the value, and where `site-root` is missing it takes the folder in which the server was started, database and all.

use config::{Config, Map, Value};
use leptos::config::LeptosOptions;
use serde::Deserialize as _;
use std::ffi::OsString;

/// A variable of the environment.
pub type Variable = (OsString, OsString);

const TABLE: &str = "package.metadata.leptos";

/// The keys that change something here, and what each must be. Leptos knows more of them; those only matter to a build.
const KEYS: [(&str, &str); 9] = [
    ("output-name", "the name that the files of the browser were built with, like keymend"),
    ("site-root", "a folder, like target/site"),
    ("site-pkg-dir", "a folder in that of site-root, like pkg"),
    ("env", "DEV or PROD"),
    ("site-addr", "an address and a port, like 127.0.0.1:3000"),
    ("reload-port", "a port"),
    ("reload-external-port", "a port"),
    ("reload-ws-protocol", "WS or WSS"),
    ("hash-files", "false, as the pages name these files without a hash"),
];

/// The variables that only an operator sets: an unknown one is a typing error. Others may well be meant for cargo-leptos.
const OPERATORS: [&str; 2] = ["LEPTOS_SITE_", "LEPTOS_RELOAD_"];

/// Reads the table; the environment wins.
///
/// # Errors
/// One line that names the key or the variable and what is wrong with it.
pub fn read(raw: &Config, variables: impl IntoIterator<Item = Variable>) -> Result<LeptosOptions, String> {
    table(raw, "package", |key| key == "metadata")?;
    table(raw, "package.metadata", |key| key == "leptos")?;
    let mut table = table(raw, TABLE, |key| expected(key).is_some())?;
    for (key, value) in &table {
        usable(&format!("{TABLE}.{key}"), key, value)?;
    }
    for (variable, text) in variables {
        let Some((variable, key)) = key_of(variable)? else { continue };
        let text = text.into_string().map_err(|text| format!("{variable} must be Unicode, not {}", text.display()))?;
        let value = Value::from(text);
        usable(&variable, &key, &value)?;
        table.insert(key, value);
    }
    options(table).map_err(|error| format!("{TABLE}: {error}"))
}

fn table(raw: &Config, name: &str, is_known: impl Fn(&str) -> bool) -> Result<Map<String, Value>, String> {
    let table = raw.get_table(name).map_err(|error| error.to_string())?;
    match table.keys().find(|key| !is_known(key)) {
        Some(unknown) => Err(format!("unknown key `{unknown}` in the table {name}")),
        None => Ok(table),
    }
}

fn expected(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(known, _)| *known == key).map(|(_, expected)| *expected)
}

/// `LEPTOS_SITE_ADDR` is about `site-addr`; most variables are about nothing here.
fn key_of(variable: OsString) -> Result<Option<(String, String)>, String> {
    let Some(variable) = variable.into_string().ok().filter(|name| name.starts_with("LEPTOS_")) else {
        return Ok(None);
    };
    let key = variable.trim_start_matches("LEPTOS_").to_lowercase().replace('_', "-");
    if expected(&key).is_some() {
        Ok(Some((variable, key)))
    } else if OPERATORS.iter().any(|start| variable.starts_with(start)) {
        Err(format!("unknown variable {variable} in the environment"))
    } else {
        Ok(None)
    }
}

/// Whether Leptos can use the value, asked for this key alone: what it says of all of them does not tell which one it means.
fn usable(name: &str, key: &str, value: &Value) -> Result<(), String> {
    let alone = [("output-name", Value::from("keymend")), (key, value.clone())];
    let alone = alone.map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
    if options(alone).is_ok_and(|options| is_sound(&options)) {
        return Ok(());
    }
    Err(format!("{name} must be {}, not `{value}`", expected(key).unwrap_or("left out")))
}

/// What the types of Leptos let pass.
fn is_sound(options: &LeptosOptions) -> bool {
    let is_port = |port: u32| (1..=65_535).contains(&port);
    let is_inside = |path: &str| !path.split('/').any(|part| matches!(part, "" | "." | ".."));
    is_inside(&options.output_name)
        && is_inside(&options.site_pkg_dir)
        && !options.site_root.is_empty()
        && is_port(options.reload_port)
        && options.reload_external_port.is_none_or(is_port)
        && !options.hash_files
}

fn options(table: Map<String, Value>) -> Result<LeptosOptions, config::ConfigError> {
    LeptosOptions::deserialize(Value::from(table))
}
