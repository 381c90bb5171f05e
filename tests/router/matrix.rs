//! Who may post what: every address of a server function against origins, Fetch Metadata and kinds of bodies.

use crate::app::{Answer, Browser, TestApp};
use crate::authenticator::encode;
use crate::dump::Dump;
use crate::functions::FUNCTIONS;
use axum::Router;
use axum::routing::get;
use http::{Method, StatusCode, header};
use keymend::server::router::ADDRESSES;
use std::collections::BTreeSet;

const OURS: &str = "http://localhost:3000";

/// Empty: the header is not sent.
const ORIGINS: &[&str] = &["", OURS, "null", "https://localhost:3000", "http://localhost:3001", "https://evil.example"];
const SITES: &[&str] = &["", "same-origin", "same-site", "cross-site", "none", "Same-Origin", "nonsense"];
const FORM: &str = "application/x-www-form-urlencoded";
const KINDS: &[&str] =
    &[FORM, "", "text/plain", "application/json", "multipart/form-data; boundary=x", "application/octet-stream"];

/// As `layers/origin.rs` has it, said the other way round.
fn is_ours(origin: &str, site: &str) -> bool {
    match site {
        "" => origin == OURS,
        "same-origin" => origin.is_empty() || origin == OURS,
        _ => false,
    }
}

#[tokio::test]
async fn only_our_own_pages_post_and_only_forms() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let before = Dump::of(&app.app().db).await;
    // A form of another flow changes nothing even where it is let in, so one session serves for all.
    let body = "flow=0&identifier=bob&password=short";
    let (mut refused, mut let_in) = (0, 0);
    for function in FUNCTIONS {
        let path = format!("/api/{function}");
        for origin in ORIGINS {
            for site in SITES {
                for kind in KINDS {
                    let headers = [
                        ("origin", *origin),
                        ("sec-fetch-site", site),
                        ("content-type", kind),
                        ("accept", "application/json"),
                    ];
                    let answer = ada.browser.raw(&path, body, &headers).await;
                    let what = format!("{path} from {origin:?}, {site:?}, as {kind:?}: {}", answer.status);
                    match (is_ours(origin, site), *kind == FORM) {
                        (false, _) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}"),
                        (true, false) => assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{what}"),
                        (true, true) => assert!(
                            answer.status.is_success()
                                || [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::NOT_FOUND].contains(&answer.status),
                            "{what}"
                        ),
                    }
                    if is_ours(origin, site) && *kind == FORM { let_in += 1 } else { refused += 1 }
                }
            }
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::CONNECT, Method::TRACE] {
            for origin in ORIGINS {
                let headers = [("origin", *origin), ("content-type", FORM), ("accept", "application/json")];
                let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                let answer = ada.browser.send(method.clone(), &path, body.into(), &headers).await;
                assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
                refused += 1;
            }
        }
    }
    assert_eq!(Dump::of(&app.app().db).await, before, "nothing of it changed anything");
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    println!("{refused} posts refused, {let_in} let in and without effect");
}

#[test]
fn every_server_function_is_on_the_list() {
    let there: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let listed: BTreeSet<_> = FUNCTIONS.iter().map(|function| format!("/api/{function}")).collect();
    assert_eq!(listed, there);
    assert_eq!(FUNCTIONS.len(), there.len(), "each once");
}

#[tokio::test]
async fn a_get_changes_nothing() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let before = Dump::of(&app.app().db).await;
    let session = ada.browser.cookie("session");
    let more = [
        "/nothing",
        "/pkg/keymend.css",
        "/dashboard?remove=1",
        "/dashboard?rename=1",
        "/sign-in?identifier=ada",
        "/not-me?token=1",
        "/account?end=1",
    ];
    for address in ADDRESSES.iter().map(|(address, _)| *address).chain(more) {
        for method in [Method::GET, Method::HEAD] {
            ada.browser.send(method, address, Vec::new(), &[("accept", "text/html")]).await;
        }
    }
    for function in FUNCTIONS {
        let address = format!("/api/{function}?flow=0&identifier=bob&password=a+long+passphrase+for+bob");
        assert_eq!(ada.browser.get(&address).await.status, StatusCode::METHOD_NOT_ALLOWED, "{address}");
    }
    assert_eq!(Dump::of(&app.app().db).await, before);
    assert_eq!(ada.browser.cookie("session"), session);
}

/// What an address needs before it says anything of an account. A new one is declared here.
const SAYS: [(&str, bool); ADDRESSES.len()] = [
    ("/", false),
    ("/sign-in", false),
    ("/sign-up", false),
    ("/dashboard", true),
    ("/account", true),
    ("/account/password", true),
    ("/account/identifier", true),
    ("/account/delete", true),
    ("/account/export", true),
    ("/goodbye", false),
    ("/forgot-password", false),
    ("/not-me", false),
    ("/confirm-address", true),
    ("/account/new-address", true),
    ("/recovery-codes", true),
    ("/recovery-codes.txt", true),
    ("/brand.css", false),
    ("/.well-known/change-password", false),
    ("/.well-known/passkey-endpoints", false),
    ("/healthz", false),
    ("/readyz", false),
    ("/metrics", false),
];

#[tokio::test]
async fn no_address_says_anything_of_an_account_without_its_session() {
    assert_eq!(
        SAYS.map(|(address, _)| address),
        ADDRESSES.map(|(address, _)| address),
        "declare a new address in SAYS"
    );
    let app = TestApp::start().await;
    let mut owner = app.person("countess@example.org");
    owner.settles_in().await;
    // On the owner's screen at this moment.
    let codes = owner.gets_codes().await;
    let mut never = codes.clone();
    never.push(owner.identifier.clone());
    never.extend(owner.device.passkeys.iter().map(|passkey| encode(&passkey.id)));

    // With nothing; in the owner's browser after the session is gone; with one that never was.
    let (stranger, left, guessed) = (app.browser(), owner.browser.copy(), app.browser());
    left.drop_cookie("session");
    guessed.set_cookie("session", &"A".repeat(43));
    for (address, needs_session) in SAYS {
        for accept in ["text/html", "application/json"] {
            let asks =
                async |browser: &Browser| browser.send(Method::GET, address, Vec::new(), &[("accept", accept)]).await;
            for (who, browser) in [("a stranger", &stranger), ("one that guesses", &guessed)] {
                let answer = asks(browser).await;
                let text = answer.text();
                let found = never.iter().find(|secret| text.contains(secret.as_str()));
                assert_eq!(found, None, "{address} tells {who}");
                assert!(!needs_session || leads_away(&answer), "{address} shows {who}: {} {text}", answer.status);
            }
            // It may be named where it was remembered, by its one tap, and nothing else of it.
            let text = asks(&left).await.text();
            assert_eq!(
                codes.iter().find(|code| text.contains(code.as_str())),
                None,
                "{address} tells whoever comes after"
            );
        }
    }
    // Its own session sees them.
    let file = owner.browser.get("/recovery-codes.txt").await.text();
    assert!(codes.iter().all(|code| file.contains(code.as_str())), "{file}");
    assert!(owner.browser.get("/account/export").await.text().contains(&owner.identifier));
}

/// To the door, or to where one is led to it.
fn leads_away(answer: &Answer) -> bool {
    let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok());
    answer.status.is_redirection() && matches!(to, Some("/sign-in" | "/recovery-codes"))
}

#[tokio::test]
async fn even_the_answer_to_a_panic_has_its_headers_and_the_server_lives() {
    let app = TestApp::start_with(HTTPS, |_| {}).await;
    app.replace_routes(Router::new().route("/panic", get(panics)).route("/fine", get(|| async { "fine" })));
    // What answers have to have is looked at in `send_anyway`.
    let answer = app.browser().send_anyway(Method::GET, "/panic", Vec::new(), &[]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.body.is_empty(), "{}", answer.text());
    assert_eq!(app.browser().get("/fine").await.text(), "fine");
}

async fn panics() -> &'static str {
    panic!("this is part of the test")
}

const HTTPS: &str = "[relying_party]\nid = \"example.org\"\norigin = \"https://login.example.org\"\n";
