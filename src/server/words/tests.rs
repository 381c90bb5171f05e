//! The words as a whole: nothing missing, nothing left over, nothing that nobody should read.

use super::*;
use std::path::{Path, PathBuf};

/// Texts in the code that only look like the names of messages.
const NOT_MESSAGES: &[&str] =
    &["one-time-code", "current-password", "new-password", "sign-in", "security-key", "not-copied"];

/// What people should never read, as whole words or phrases: the words of machines, blame, and what is not known.
const FORBIDDEN: &[&str] = &[
    "failed",
    "fails",
    "failure",
    "invalid",
    "error",
    "errors",
    "credential",
    "credentials",
    "authenticator",
    "repair",
    "repaired",
    "mended",
    "healed",
    "deleted",
    "broken",
    "webauthn",
    "ceremony",
    "aaguid",
    "challenge",
    "token",
    "timeout",
    "unauthorized",
    "forbidden",
    "illegal",
    "oops",
    "your fault",
    "you must",
    "wrong",
    "cookie",
    "cookies",
];

fn messages() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (_, text) in ENGLISH {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(" =") {
                Some((id, rest)) if is_id(id) => all.push((id.to_owned(), rest.to_owned())),
                _ if line.starts_with(' ') => {
                    let (_, message) = all.last_mut().unwrap();
                    message.push('\n');
                    message.push_str(line);
                }
                _ => assert!(line.is_empty(), "neither a message nor a comment: {line}"),
            }
        }
    }
    all
}

fn is_id(text: &str) -> bool {
    text.contains('-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Rust files under a folder, without tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
            found.push((path, code));
        }
    }
    found
}

/// The texts between double quotes that look like the name of a message.
fn named(code: &str) -> impl Iterator<Item = &str> {
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split('"').skip(1).step_by(2))
        .filter(|text| is_id(text))
}

fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server")
}

#[test]
fn english_can_be_read_completely() {
    assert_eq!(Words::english().complaints(), Vec::<String>::new());
}

#[test]
fn no_message_is_written_twice() {
    let mut ids: Vec<_> = messages().into_iter().map(|(id, _)| id).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn every_message_that_a_page_names_exists() {
    let known: BTreeSet<_> = messages().into_iter().map(|(id, _)| id).collect();
    let mut files = sources(&server().join("present"));
    files.push((server().join("present.rs"), std::fs::read_to_string(server().join("present.rs")).unwrap()));
    for (path, code) in files {
        for id in named(&code).filter(|text| !NOT_MESSAGES.contains(text)) {
            assert!(known.contains(id), "{} names {id}, which no file of locales/en has", path.display());
        }
    }
}

#[test]
fn no_message_is_left_over() {
    let code: String = sources(&server()).into_iter().map(|(_, code)| code).collect();
    let by_code: BTreeSet<_> = named(&code).collect();
    let messages = messages();
    for (id, _) in &messages {
        let by_message = || messages.iter().any(|(_, message)| message.contains(&format!("{{ {id} }}")));
        assert!(by_code.contains(id.as_str()) || by_message(), "nothing says {id}");
    }
}

#[test]
fn nobody_reads_the_words_of_machines() {
    for (id, message) in messages() {
        let plain: String = message.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let plain = format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "));
        for word in FORBIDDEN {
            assert!(!plain.contains(&format!(" {word} ")), "{id} says “{word}”");
        }
    }
}

#[test]
fn a_missing_message_is_its_own_name_and_is_complained_about_once() {
    let words = Words::english();
    assert_eq!(words.say("no-such-message"), "no-such-message");
    assert_eq!(words.say("no-such-message"), "no-such-message");
    assert_eq!(words.complaints(), ["no message no-such-message"]);
}

#[test]
fn broken_files_cost_only_what_is_broken() {
    let words = Words::new("en", &[("bad.ftl", "good-one = Good\nthis is no message\nanother-one = Also { $name }\n")]);
    assert_eq!(words.say("good-one"), "Good");
    assert_eq!(words.say_with("another-one", &[("name", "good")]), "Also good");
    assert_eq!(words.complaints().len(), 1);
}

#[test]
fn what_is_filled_in_brings_no_invisible_characters() {
    let words = Words::english();
    assert_eq!(words.say_with("common-title", &[("heading", "Sign in"), ("brand", "Keymend")]), "Sign in · Keymend");
}

#[test]
fn words_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Words>();
}
