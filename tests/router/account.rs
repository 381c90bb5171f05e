//! The person's own account. What every change has in common stands here, each one in a file of its own.

mod deletion;
mod export;
mod identifier;
mod known;
mod new_address;
mod password;
mod sessions;

use crate::app::{TestApp, encode};
use crate::person::Person;
use domain::time::MINUTE;
use http::StatusCode;
use keymend::page::{NoticeKind, Screen};
use keymend::server::db::browsers;

/// Longer than any proof is fresh.
const LATER: i64 = 6 * MINUTE;

/// The functions that change something, with fields that would do.
const CHANGES: [(&str, &[(&str, &str)]); 7] = [
    ("account/change-password", &[("new_password", "an entirely different passphrase")]),
    ("account/change-identifier", &[("identifier", "lovelace")]),
    ("account/delete", &[("confirmation", "ada")]),
    ("account/end-session", &[]),
    ("account/end-sessions", &[]),
    ("account/forget-browser", &[]),
    ("account/forget-browsers", &[]),
];

/// What a limited session may do none of.
const STRONG: [&str; 5] = [
    "account/change-password",
    "account/change-identifier",
    "account/delete",
    "account/forget-browser",
    "account/forget-browsers",
];

async fn settled(app: &TestApp) -> Person {
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada
}

/// The same person elsewhere, with the password of an account that has a passkey.
async fn limited(app: &TestApp, ada: &Person) -> Person {
    let mut there = ada.elsewhere(app);
    there.signs_in_with_password().await;
    there.continues().await;
    there.shows("dashboard");
    there
}

fn flow(person: &Person) -> String {
    match &person.page.screen {
        Screen::Dashboard(screen) => screen.sign_out.hidden[0].1.clone(),
        other => panic!("no dashboard: {}", other.name()),
    }
}

/// What an account is made of, as it is stored.
async fn state(app: &TestApp) -> Vec<i64> {
    let mut all: Vec<i64> = app.stored().await.into_iter().map(|(_, count)| count).collect();
    for table in
        ["users WHERE identifier_key = 'ada'", "browser_accounts", "browser_accounts WHERE mark_hash IS NOT NULL"]
    {
        all.push(app.count(table).await);
    }
    all
}

#[tokio::test]
async fn the_account_is_reached_from_the_dashboard_and_only_inside_a_session() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    assert_eq!(ada.dashboard().account.path, "/account");
    for (address, step) in [
        ("/account", "account"),
        ("/account/password", "change-password"),
        ("/account/identifier", "change-identifier"),
        ("/account/delete", "delete-account"),
    ] {
        let document = ada.browser.visit(address).await;
        assert_eq!((document.status, document.step()), (StatusCode::OK, step));
        assert_eq!(document.page().address, address);
        ada.opens(address).await;
        ada.shows(step);
        assert_eq!(ada.page.address, address);
        let stranger = app.browser();
        assert_eq!(stranger.visit(address).await.step(), "identify");
        assert_eq!(stranger.page(address).await.step(), "identify");
        // While a passkey is being offered, that comes first.
        let mut bob = app.person(&format!("bob{}", address.len()));
        bob.signs_up().await;
        bob.opens(address).await;
        bob.shows("create-passkey");
        assert_eq!(bob.browser.visit(address).await.step(), "create-passkey");
    }
}

#[tokio::test]
async fn a_form_of_another_session_or_of_none_changes_nothing() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let bob = {
        let mut bob = app.person("bob");
        bob.settles_in().await;
        bob
    };
    let before = state(&app).await;
    for (path, fields) in CHANGES {
        for stale in [flow(&bob), String::new(), "0".repeat(32)] {
            let fields: Vec<_> = fields.iter().copied().chain([("flow", stale.as_str())]).collect();
            let answer = ada.browser.post(&format!("/api/{path}"), &fields).await;
            assert!(matches!(answer.step(), "account" | "change-password" | "change-identifier" | "delete-account"));
            let stranger = app.browser();
            assert_eq!(stranger.post(&format!("/api/{path}"), &fields).await.step(), "identify");
        }
    }
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let before = state(&app).await;
    for (path, fields) in CHANGES {
        let flow = flow(&ada);
        let fields: Vec<_> = fields.iter().copied().chain([("flow", flow.as_str())]).collect();
        for headers in [
            &[("origin", "https://evil.example"), ("accept", "text/html")][..],
            &[("origin", "null"), ("accept", "text/html")],
            &[("sec-fetch-site", "cross-site"), ("accept", "application/json")],
            &[("sec-fetch-site", "same-site"), ("accept", "application/json")],
        ] {
            let answer = ada.browser.raw(&format!("/api/{path}"), &encode(&fields), headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn a_limited_session_changes_nothing_and_is_told_why_and_how() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut thief = limited(&app, &ada).await;
    let flow = flow(&thief);
    let user = app.user("ada").await.unwrap();
    let known = browsers::known_to(app.app().db.read(), user, app.now()).await.unwrap()[0].0.to_string();
    let before = state(&app).await;
    for (path, fields) in CHANGES.iter().filter(|(path, _)| STRONG.contains(path)) {
        let password = thief.password.clone();
        let proof = [("flow", flow.as_str()), ("password", &password), ("id", &known)];
        let fields: Vec<_> = fields.iter().copied().chain(proof).collect();
        let answer = thief.browser.post(&format!("/api/{path}"), &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.text().contains("use a passkey first"), "{path}: {}", answer.text());
    }
    assert_eq!(state(&app).await, before);
    for address in ["/account/password", "/account/identifier", "/account/delete"] {
        thief.opens(address).await;
        assert!(thief.change().form.is_none() && thief.change().prove.is_some(), "{:?}", thief.page);
    }
}

#[tokio::test]
async fn a_passkey_lifts_the_limit_and_leads_back_to_where_it_was_asked_for() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    for (address, step) in [("/account", "account"), ("/account/password", "change-password")] {
        let mut there = limited(&app, &ada).await;
        there.device = ada.device.clone();
        there.opens(address).await;
        there.uses_passkey().await;
        assert_eq!(there.status, StatusCode::OK);
        there.shows(step);
        assert_eq!(there.page.address, address);
        assert!(there.reads("that was you"), "{:?}", there.page);
        there.opens("/account/password").await;
        let (fields, _) = there.change().form.clone().unwrap();
        assert_eq!(fields.len(), 1, "a fresh passkey stands for the password");
    }
}

#[tokio::test]
async fn a_passkey_of_somebody_else_lifts_nothing() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let mut thief = limited(&app, &ada).await;
    thief.opens("/account/delete").await;
    let ceremony = thief.ceremony().clone();
    let own: serde_json::Value = serde_json::from_str(&ceremony.options).unwrap();
    let mut options = own.clone();
    options["allowCredentials"] = serde_json::json!([]);
    let credential = bob.device.get(&options.to_string(), |_| {}).unwrap();
    thief.reports_credential(&credential).await;
    assert_eq!(thief.status, StatusCode::UNAUTHORIZED);
    thief.shows("delete-account");
    assert!(thief.change().form.is_none());
    assert_eq!(thief.change().notices[0].kind, NoticeKind::Problem);
}
