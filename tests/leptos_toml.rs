//! `Leptos.toml` is what the server reads, the metadata in `Cargo.toml` what the build reads. What stands in both must agree:
//! otherwise the server would look for files where the build did not put them.

#![expect(clippy::expect_used, reason = "a test may fail loudly, and so may its helpers")]

use toml::Spanned;
use toml::de::{DeTable, DeValue};

const LEPTOS_TOML: &str = include_str!("../Leptos.toml");
const CARGO_TOML: &str = include_str!("../Cargo.toml");

fn parse(text: &str) -> Spanned<DeTable<'_>> {
    DeTable::parse(text).expect("valid TOML")
}

fn leptos_options<'a, 'text>(file: &'a DeTable<'text>) -> &'a DeTable<'text> {
    ["package", "metadata", "leptos"].iter().fold(file, |table, name| {
        table.get(*name).and_then(|value| value.get_ref().as_table()).expect("the table of Leptos")
    })
}

/// A value as it would be typed, without regard to where it stands in the file.
fn plain(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        other => format!("a {} that this test cannot compare", other.type_str()),
    }
}

#[test]
fn server_and_build_agree() {
    let (server, build) = (parse(LEPTOS_TOML), parse(CARGO_TOML));
    let (server, build) = (leptos_options(server.get_ref()), leptos_options(build.get_ref()));
    for (name, value) in server {
        let name: &str = name.get_ref();
        let in_build = build.get(name).map(|value| plain(value.get_ref()));
        assert_eq!(Some(plain(value.get_ref())), in_build, "{name} in Leptos.toml and in Cargo.toml");
    }
}

#[test]
fn what_the_server_must_know_is_written_down() {
    let file = parse(LEPTOS_TOML);
    let options = leptos_options(file.get_ref());
    // The defaults of every other file stand here: left out, Leptos would choose, and takes "." as the root.
    for name in ["output-name", "site-root", "site-pkg-dir", "site-addr", "reload-port", "hash-files"] {
        assert!(options.contains_key(name), "{name} is missing");
    }
}
