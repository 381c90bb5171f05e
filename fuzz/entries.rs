//! Everything that reads what the network brings, as functions of bytes: none may panic, and what each promises is asserted.
//! The fuzz targets feed them with whatever libFuzzer finds, `tests/parsers` with properties in every normal run.

use domain::ceremony::Observation;
use domain::identifier::{Identifier, IdentifierKind};
use http::{HeaderMap, HeaderValue};
use keymend::page::{BrowserFacts, Report};
use keymend::server::config::RelyingParty;
use keymend::server::cookies::{self, Cookie};
use keymend::server::layers::address;
use keymend::server::seal::{Purpose, Sealer};
use keymend::server::services::authenticator_data::{AuthenticatorData, is_whole_assertion};
use keymend::server::services::ceremonies::{self, Assertion};
use keymend::server::services::client_data::{self, Expected, Kind};
use keymend::server::{config, json, mail, passwords, return_to};
use std::net::{IpAddr, Ipv4Addr};

#[path = "entries/answers.rs"]
pub mod answers;
#[path = "entries/visits.rs"]
mod visits;
#[path = "entries/world.rs"]
mod world;

pub use visits::{browser, new_password, page_address, request, typed_code};

/// Name and function.
pub type Entry = (&'static str, fn(&[u8]));

pub const ALL: &[Entry] = &[
    ("form", form),
    ("json", strict_json),
    ("environment", environment),
    ("outcome", outcome),
    ("client_data", client_data),
    ("attestation", attestation),
    ("assertion", assertion),
    ("cookies", all_cookies),
    ("sealed", sealed),
    ("identifier", identifier),
    ("forwarded_for", forwarded_for),
    ("leptos_toml", leptos_toml),
    ("return_to", way_back),
    ("creation_answer", creation_answer),
    ("assertion_answer", assertion_answer),
    ("page_address", page_address),
    ("browser", browser),
    ("typed_code", typed_code),
    ("new_password", new_password),
    ("stored_hash", stored_hash),
    ("request", request),
];

/// A posted form, as it is decoded before its fields are looked at.
pub fn form(bytes: &[u8]) {
    for (name, value) in url::form_urlencoded::parse(bytes) {
        strict_json(value.as_bytes());
        identifier(name.as_bytes());
    }
}

/// JSON: what is accepted says nothing twice, so reading it in the usual way gives the same.
pub fn strict_json(bytes: &[u8]) {
    if let Some(value) = json::strict(bytes) {
        assert_eq!(serde_json::from_slice::<serde_json::Value>(bytes).ok(), Some(value));
    }
}

/// The field `environment`, and what was seen of a prompt that was left.
pub fn environment(bytes: &[u8]) {
    let _ = serde_json::from_slice::<BrowserFacts>(bytes);
    if let Ok(seen) = serde_json::from_slice::<Observation>(bytes) {
        assert!(seen.bounded().elapsed <= domain::ceremony::MAX_ELAPSED);
    }
}

/// A password as it is stored: what is taken for one costs no more than a server has, and says what it costs in one way only.
pub fn stored_hash(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some((m, t, p)) = passwords::cost_of(text) {
        assert!(text.starts_with(&format!("$argon2id$v=19$m={m},t={t},p={p}$")));
        assert!((8..=1 << 20).contains(&m) && (1..=64).contains(&t) && (1..=16).contains(&p));
    }
}

/// The field `outcome`.
pub fn outcome(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let report = serde_json::to_string(&Report::Credential(text.to_owned())).unwrap_or_default();
    for text in [text, &report] {
        if let Ok(ceremonies::Told::Credential(json)) = ceremonies::read_outcome(text)
            && let Ok(assertion) = Assertion::read(json)
        {
            assert!((1..=1_023).contains(&assertion.credential_id().len()));
        }
    }
}

/// The client data inside a credential.
pub fn client_data(bytes: &[u8]) {
    let credential = serde_json::json!({ "response": { "clientDataJSON": encode(bytes) } });
    let expected = Expected { kind: Kind::Get, challenge: "AAAA", origin: "https://login.example.org" };
    if client_data::check(&credential, &expected).is_ok() {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains("webauthn.get") && text.contains("AAAA"), "{text}");
    }
}

/// An attestation object: CBOR, and the authenticator data with AAGUID and COSE key in it.
pub fn attestation(bytes: &[u8]) {
    let _ = AuthenticatorData::of_attestation(bytes);
}

/// The authenticator data of an assertion.
pub fn assertion(bytes: &[u8]) {
    if is_whole_assertion(bytes) {
        assert!(bytes.len() == 37 || bytes[32] & 0x80 != 0);
    }
}

/// The header Cookie.
pub fn all_cookies(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.append(http::header::COOKIE, value);
    for cookie in [Cookie::Session, Cookie::Flow, Cookie::Browser] {
        for https in [true, false] {
            if let Some(text) = cookie.read(&headers, https) {
                assert!(!text.contains(';'));
                let _ = cookies::token(text);
            }
        }
    }
}

/// A sealed value: nothing opens that was not sealed here.
pub fn sealed(bytes: &[u8]) {
    let sealer = Sealer::new(&[7; 32]);
    for text in [String::from_utf8_lossy(bytes).into_owned(), encode(bytes)] {
        for purpose in [Purpose::Flow, Purpose::Ceremony] {
            assert!(sealer.open::<serde_json::Value>(purpose, b"nobody", &text).is_none());
        }
    }
}

/// What a person types where they say who they are: what is accepted is read the same again.
pub fn identifier(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(who) = Identifier::parse(&text) {
        let again = Identifier::parse(who.key()).map(|again| again.key().to_owned());
        assert_eq!(again.as_deref(), Ok(who.key()), "{text:?}");
        // What a mail can be written to is never taken for a name, which nobody confirms.
        assert!(who.kind() == IdentifierKind::Email || !mail::is_address(who.typed()), "{text:?}");
    }
}

/// `X-Forwarded-For`: without trusted proxies the peer counts, with them never a trusted one that passed it on for another.
pub fn forwarded_for(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    headers.append("x-forwarded-for", value);
    let (peer, outside) = (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
    assert_eq!(address::client(Some(peer), &headers, &[]).0, None);
    assert_eq!(address::client(Some(outside), &headers, &[]).0, Some(outside));
    let trusted: Vec<_> = "10.0.0.0/8".parse().into_iter().collect();
    let _ = address::client(Some(peer), &headers, &trusted).networks();
}

/// The configuration file.
pub fn leptos_toml(bytes: &[u8]) {
    if let Err(line) = config::parse(&String::from_utf8_lossy(bytes), "the file") {
        assert!(line.starts_with("the file: "), "{line}");
    }
}

/// The query of `/sign-in`, and any text as its `return_to`: where it leads, if anywhere, is one of two origins as every reader of URLs
/// has it.
pub fn way_back(bytes: &[u8]) {
    const OURS: &str = "https://login.example.org";
    const LISTED: &str = "https://app.example.org";
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (Ok(origin), Ok(listed)) = (OURS.parse(), LISTED.parse()) else { return };
    let party = RelyingParty { id: "example.org".to_owned(), origin, name: String::new(), return_to: vec![listed] };
    let encoded = url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &text).finish();
    for query in [text, encoded] {
        let Some(address) = return_to::wanted(&party, &query) else { continue };
        assert!(address.len() <= return_to::LONGEST && address.is_ascii() && !address.contains('\\'), "{address}");
        let of = |origin: &str| address.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
        assert!(of(OURS) || of(LISTED), "{address}");
    }
}

/// A whole answer of a `create()`, or its attestation object.
pub fn creation_answer(bytes: &[u8]) {
    answers::creates(bytes);
}

/// A whole answer of a `get()`, or its authenticator data, or its signature.
pub fn assertion_answer(bytes: &[u8]) {
    answers::signs_in(bytes);
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
