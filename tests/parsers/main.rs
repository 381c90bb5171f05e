//! Every parser that meets the network, driven by properties: by any bytes, and by right messages of which a little was
//! changed. The functions are those of the fuzz targets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, and so may its helpers")]

#[path = "../common/authenticator.rs"]
mod authenticator;
#[path = "../../fuzz/entries.rs"]
mod entries;

use authenticator::{Authenticator, honest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};

/// Each entry gets so many of either kind.
const CASES: u32 = 400;
const CASES_LONG: u32 = 100_000;

/// Feeds an entry with so many messages of a kind.
fn feed(cases: u32, name: &str, entry: fn(&[u8]), messages: &impl Strategy<Value = Vec<u8>>) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let fed = runner.run(messages, |bytes| {
        entry(&bytes);
        Ok(())
    });
    match fed {
        Ok(()) => {}
        Err(TestError::Fail(reason, bytes)) => panic!("{name}: {reason}, by \"{}\"", bytes.escape_ascii()),
        Err(TestError::Abort(reason)) => panic!("{name}: {reason}"),
    }
}

/// Right messages to begin with.
fn samples(name: &str) -> Vec<Vec<u8>> {
    let mut device = Authenticator::new("https://login.example.org");
    let create = r#"{"challenge":"AAAA","rp":{"id":"example.org"},"user":{"id":"AAAA"},"authenticatorSelection":{"residentKey":"required","userVerification":"required"}}"#;
    let made = device.create(create, honest).unwrap();
    let got = device.get(r#"{"challenge":"AAAA","rpId":"example.org","allowCredentials":[]}"#, honest).unwrap();
    let bytes = |value: &serde_json::Value| URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap();
    let texts: &[&str] = match name {
        "form" => &["flow=0&identifier=ada%40example.org&password=a+long+passphrase&environment=%7B%7D"],
        "environment" => &[
            r#"{"webauthn":true,"platform_authenticator":true,"hybrid":true,"touch_points":5,"navigator_platform":"MacIntel"}"#,
            r#"{"name":"NotAllowedError","elapsed":1800,"focused":true,"visible":true,"activated":false,"blurred":true,"aborted":false,"settled":true}"#,
        ],
        "cookies" => &["session=AAAA; flow=BBBB; browser=CCCC; __Host-session=DDDD"],
        "identifier" => &["Ada@Example.org", "ada", "αδα@παράδειγμα.ελ"],
        "forwarded_for" => &["203.0.113.9, 10.0.0.2", "[2001:db8::1]:4711, 10.1.2.3", "::ffff:10.0.0.1, unknown"],
        "return_to" => &[
            "return_to=https%3A%2F%2Fapp.example.org%2Fstart%3Fx%3D1",
            "https://app.example.org/start",
            "https://login.example.org/account",
            "/account?x=1",
        ],
        "leptos_toml" => &[include_str!("../../Leptos.toml")],
        "page_address" => &["/sign-in?return_to=%2Faccount", "/account/password", "/dashboard?remove=0"],
        "browser" => &["Mozilla/5.0 (iPad; CPU OS 18_4 like Mac OS X) Safari/604.1\n\"iOS\"\n{\"touch_points\":5}"],
        "typed_code" => &["654-321", "６５４　３２１", "0o1i-lLIO 0123 4567"],
        "stored_hash" => &[
            "$argon2id$v=19$m=19456,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
            "$argon2id$v=19$m=8,t=64,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
        ],
        "new_password" => &["ada\nfour words of her own"],
        "request" => &["GET /sign-in\nAccept: text/html\nCookie: __Host-flow={flow}\n\n"],
        _ => &[],
    };
    let mut all: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    match name {
        "json" | "outcome" => all.extend([made.to_string().into_bytes(), got.to_string().into_bytes()]),
        "client_data" => all.push(bytes(&got["response"]["clientDataJSON"])),
        "attestation" => all.push(bytes(&made["response"]["attestationObject"])),
        "assertion" => all.push(bytes(&got["response"]["authenticatorData"])),
        "sealed" => all.push(vec![1; 100]),
        "creation_answer" => all.extend(parts(&entries::answers::right_creation(), &["attestationObject"])),
        "assertion_answer" => {
            all.extend(parts(&entries::answers::right_assertion(), &["authenticatorData", "signature"]));
        }
        _ => {}
    }
    assert!(!all.is_empty(), "{name} has no sample");
    all
}

/// A whole answer, and parts of it.
fn parts(answer: &serde_json::Value, names: &[&str]) -> Vec<Vec<u8>> {
    let parts = names.iter().map(|name| authenticator::bytes(&answer["response"][name]));
    std::iter::once(answer.to_string().into_bytes()).chain(parts).collect()
}

/// What the fuzz targets begin with.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/fuzz/seeds/{name}", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

/// What is done to a right message.
#[derive(Clone, Debug)]
enum Edit {
    Set(prop::sample::Index, u8),
    Flip(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index),
    Double(prop::sample::Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || any::<prop::sample::Index>();
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (at(), 0_u8..8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        at().prop_map(Edit::Remove),
        (at(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        at().prop_map(Edit::Cut),
        at().prop_map(Edit::Double),
    ]
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match edit {
            Edit::Set(at, byte) => bytes[at.index(length)] = *byte,
            Edit::Flip(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Edit::Remove(at) => _ = bytes.remove(at.index(length)),
            Edit::Insert(at, more) => _ = bytes.splice(at.index(length)..at.index(length), more.iter().copied()),
            Edit::Cut(at) => bytes.truncate(at.index(length)),
            Edit::Double(at) => bytes.extend_from_within(at.index(length)..),
        }
    }
    bytes
}

fn drive(cases: u32) {
    for (name, entry) in entries::ALL {
        let samples = [samples(name), seeds(name)].concat();
        samples.iter().for_each(|sample| entry(sample));
        feed(cases, name, *entry, &prop::collection::vec(any::<u8>(), 0..300));
        let changed = (prop::sample::select(samples), prop::collection::vec(edit(), 1..6));
        feed(cases, name, *entry, &changed.prop_map(|(bytes, edits)| edited(bytes, &edits)));
    }
    println!("{} parsers, {cases} times any bytes and as often a message that was changed", entries::ALL.len());
}

#[test]
fn no_parser_breaks_whatever_comes() {
    drive(CASES);
}

#[test]
#[ignore = "long: half an hour of bytes"]
fn no_parser_breaks_whatever_comes_for_long() {
    drive(CASES_LONG);
}

#[test]
fn the_answers_to_begin_with_verify() {
    let wrong = |seed: &&Vec<u8>| !entries::answers::creates(seed);
    // One for each format of attestation; that of a TPM is signed over a SHA-1, which is read and not taken.
    assert_eq!(seeds("creation_answer").iter().filter(wrong).count(), 1);
    assert!(seeds("assertion_answer").iter().all(|seed| entries::answers::signs_in(seed)));
}

#[test]
fn every_server_function_has_a_request_to_begin_with() {
    let texts = include_str!("../../src/server/present/paths.rs").split('"');
    for function in texts.filter(|text| text.starts_with("/api/")).chain(["/api/page"]) {
        let first = format!("POST {function}\n").into_bytes();
        assert!(seeds("request").iter().any(|seed| seed.starts_with(&first)), "{function}");
    }
}

#[test]
fn every_parser_has_its_fuzz_target() {
    let manifest = include_str!("../../fuzz/Cargo.toml");
    for (name, _) in entries::ALL {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        let file = format!("{}/fuzz/fuzz_targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        assert!(std::path::Path::new(&file).exists(), "{file}");
        assert!(!seeds(name).is_empty(), "{name}");
    }
}
