//! What Keymend is built of: licences, sources and bans as `deny.toml` has them, over everything that the lock file names.
//! `cargo xtask audit` asks cargo-deny for the same and for advisories; this needs nothing but cargo. And nothing is asked for
//! that no code names.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly, and so may its helpers")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;
use toml::de::DeTable;

const DENY: &str = include_str!("../deny.toml");

/// A list of texts in `deny.toml`.
fn list(table: &str, key: &str) -> Vec<String> {
    let file = DeTable::parse(DENY).unwrap();
    let list = file.get_ref()[table].get_ref().as_table().unwrap()[key].get_ref().as_array().unwrap();
    list.iter().map(|text| text.get_ref().as_str().unwrap().to_owned()).collect()
}

/// All that the lock file names, whichever system it is built for.
fn packages() -> Vec<Value> {
    metadata(&["--locked"])
}

fn metadata(arguments: &[&str]) -> Vec<Value> {
    let mut metadata = Command::new(env!("CARGO"));
    metadata.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = metadata.args(["metadata", "--format-version=1", "--offline"]).args(arguments).output().unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    // A build fetches what this system needs; `cargo xtask test` fetches the rest as well.
    assert!(output.status.success(), "cargo fetch --locked has to come first: {problem}");
    let mut metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

/// Whether an SPDX expression can be met with the allowed licences.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = expression.split_whitespace().peekable();
    let met = any_of(&mut words, allowed);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut met = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        // Not in one line: the rest must be read even when it is not needed.
        let other = all_of(words, allowed);
        met |= other;
    }
    met
}

fn all_of(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        let other = one(words, allowed);
        met &= other;
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let met = any_of(words, allowed);
        return words.next() == Some(")") && met;
    }
    let mut licence = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        let plain = licence.clone();
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
        // An exception only permits more.
        return allowed.contains(&licence) || allowed.contains(&plain);
    }
    allowed.contains(&licence)
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    let allowed = ["MIT".to_owned(), "ISC".to_owned()];
    for met in ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(GPL-3.0 OR MIT) AND ISC", "MIT WITH LLVM-exception"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["GPL-3.0", "", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "MIT ISC", "(MIT"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_dependency_has_a_licence_that_we_accept() {
    let allowed = list("licenses", "allow");
    let packages = packages();
    let unmet: Vec<_> = packages
        .iter()
        .filter(|package| !is_met(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(unmet.is_empty(), "{unmet:#?}");
    println!("{} packages, each under a licence of the list", packages.len());
}

#[test]
fn no_dependency_comes_from_elsewhere_and_none_is_banned() {
    let banned = list("bans", "deny");
    // The public registry is where the crate serde comes from.
    let serde = packages().into_iter().find(|package| package["name"] == "serde").unwrap();
    let registry = &serde["source"];
    assert!(registry.as_str().unwrap().starts_with("registry+"), "{registry}");
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        assert!(package["source"].is_null() || package["source"] == *registry, "{name} from {}", package["source"]);
        assert!(!banned.iter().any(|banned| banned == name), "{name} is banned");
    }
}

/// The text of every Rust file of a package, without that of packages in folders below.
fn code(folder: &Path) -> String {
    let mut code = String::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rs") {
            code += &std::fs::read_to_string(&entry).unwrap();
        } else if entry.is_dir() && !is_foreign(&entry, &name) {
            code += &self::code(&entry);
        }
    }
    code
}

/// Another package, or what others have written there.
fn is_foreign(folder: &Path, name: &str) -> bool {
    name.starts_with('.') || ["target", "node_modules", "data"].contains(&name) || folder.join("Cargo.toml").exists()
}

/// Whether a line starts a path with the name, or brings it in. Comments do not count, nor does a module of that name in
/// another path.
fn names(code: &str, name: &str) -> bool {
    let is_start = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
    let goes_on = |after: &str| ["::", ";", " as "].iter().any(|sign| after.starts_with(sign));
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| line.match_indices(name).any(|(at, _)| is_start(&line[..at]) && goes_on(&line[at + name.len()..])))
}

#[test]
fn a_name_is_found_where_it_is_used() {
    for used in ["use time::Date;", "    let x = time::now();", "#[time::main]", "extern crate time;", "use time as t;"]
    {
        assert!(names(used, "time"), "{used}");
    }
    for other in ["// time::now()", "let time = 1 + 1", "use leptos::time::X;", "use some_time::X;", "use timer::X;"] {
        assert!(!names(other, "time"), "{other}");
    }
}

#[test]
fn every_dependency_is_named_by_the_package_that_asks_for_it() {
    let ours = [metadata(&["--no-deps"]), metadata(&["--no-deps", "--manifest-path", "fuzz/Cargo.toml"])].concat();
    assert_eq!(ours.len(), 6);
    for package in ours {
        let manifest = package["manifest_path"].as_str().unwrap();
        let code = code(Path::new(manifest).parent().unwrap());
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap().replace('-', "_");
            assert!(names(&code, &name), "nothing in the package of {manifest} names {name}");
        }
    }
}
