//! Sessions: they begin with a proof, and end when they should.

use crate::app::TestApp;
use crate::authenticator::encode;
use domain::time::{HOUR, MINUTE};
use http::StatusCode;
use std::time::Duration;

#[tokio::test]
async fn nobody_stays_in_a_session_that_was_planted() {
    let app = TestApp::start().await;
    let (mut ada, mut mallory) = (app.person("ada"), app.person("mallory"));
    ada.settles_in().await;
    ada.signs_out().await;
    mallory.settles_in().await;
    let planted = mallory.browser.cookie("session").unwrap();
    ada.browser.set_cookie("session", &planted);
    // She says who she is all the same, with a form of before.
    ada.types_identifier("ada").await;
    ada.uses_passkey().await;
    assert_eq!(ada.dashboard().identifier, "Signed in as ada");
    assert_ne!(ada.browser.cookie("session").unwrap(), planted);
    mallory.opens("/dashboard").await;
    mallory.shows("identify");
    assert_eq!(app.sessions().await, 1);
}

#[tokio::test]
async fn a_made_up_session_is_no_session() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    for cookie in [encode([7; 32]), encode([7; 31]), "x".repeat(3_000), String::new()] {
        ada.browser.set_cookie("session", &cookie);
        ada.opens("/dashboard").await;
        ada.shows("identify");
    }
    // Nor does one that somebody chose become the one that is handed out.
    ada.opens("/sign-up").await;
    ada.browser.set_cookie("session", &encode([7; 32]));
    ada.signs_up().await;
    ada.shows("create-passkey");
    assert_ne!(ada.browser.cookie("session").unwrap(), encode([7; 32]));
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_wherever_its_cookie_is() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut copy = ada.another_tab();
    copy.browser = ada.browser.copy();
    let flow = ada.dashboard().sign_out.hidden[0].1.clone();
    ada.signs_out().await;
    assert_eq!(ada.browser.cookie("session"), None);
    for path in ["/api/passkeys/add", "/api/healing/continue", "/api/browser/forget"] {
        assert_eq!(copy.browser.copy().post(path, &[("flow", &flow)]).await.step(), "identify");
    }
    copy.opens("/dashboard").await;
    copy.shows("identify");
    assert_eq!(copy.browser.cookie("session"), None);
}

#[tokio::test]
async fn signing_out_leaves_the_other_browsers_alone() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    ada.signs_out().await;
    laptop.opens("/dashboard").await;
    assert_ne!(laptop.step(), "identify");
}

#[tokio::test]
async fn an_hour_without_use_ends_a_session_and_use_keeps_it() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for _ in 0..5 {
        app.wait(59 * MINUTE);
        ada.opens("/dashboard").await;
        ada.shows("dashboard");
    }
    app.wait(61 * MINUTE);
    ada.opens("/dashboard").await;
    ada.shows("identify");
}

#[tokio::test]
async fn a_day_ends_a_session_however_busy() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for _ in 0..23 {
        app.wait(HOUR - 1);
        ada.opens("/dashboard").await;
        ada.shows("dashboard");
    }
    app.wait(50 * MINUTE);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    app.wait(11 * MINUTE);
    ada.opens("/dashboard").await;
    ada.shows("identify");
}

#[tokio::test]
async fn a_form_of_a_session_that_expired_leads_to_the_sign_in_and_changes_nothing() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    app.wait(2 * HOUR);
    let before = app.stored().await;
    ada.adds_a_passkey().await;
    ada.shows("identify");
    assert_eq!(app.stored().await, before);
}

#[tokio::test]
async fn a_start_without_a_proof_is_forgotten_after_an_hour() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.uses_password_instead().await;
    app.wait(61 * MINUTE);
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::OK);
    ada.shows("identify");
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn a_restart_of_the_server_in_the_middle_is_not_noticed() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    app.restart().await;
    ada.creates_passkey().await;
    ada.shows("passkey-created");
    app.restart().await;
    ada.continues().await;
    ada.signs_out().await;
    ada.identifies().await;
    app.restart().await;
    ada.fails(1).await;
    ada.shows("use-passkey");
    app.restart().await;
    ada.fails(1).await;
    ada.shows("enter-password");
    app.restart().await;
    ada.enters_password().await;
    ada.shows("create-passkey");
    app.restart().await;
    ada.creates_passkey().await;
    ada.shows("already-here");
    app.restart().await;
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn the_database_knows_no_token_and_no_password() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let token = crate::authenticator::bytes(&ada.browser.cookie("session").unwrap().into());
    let hashes = app.blobs("token_hash", "sessions").await;
    assert_eq!(hashes.len(), 1);
    assert!(hashes.iter().all(|hash| *hash != token));
    let browser = crate::authenticator::bytes(&ada.browser.cookie("browser").unwrap().into());
    assert!(app.blobs("token_hash", "browsers").await.iter().all(|hash| *hash != browser));
    assert_eq!(app.count("users WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'").await, 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_locks_nobody_out() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for millis in [-HOUR, -30 * HOUR, 45 * HOUR] {
        app.wait(millis);
        ada.browser.drop_cookie("session");
        ada.signs_in_with_passkey().await;
        ada.shows("dashboard");
        ada.signs_out().await;
        ada.identifies().await;
        ada.uses_password_instead().await;
        for _ in 0..3 {
            ada.types_password("not the password at all").await;
        }
        ada.enters_password().await;
        ada.shows("dashboard");
    }
}

#[tokio::test]
async fn whoever_only_reads_waits_for_nobody_who_writes() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    // So that the next page would be noted.
    app.wait(2 * MINUTE);
    let writing = app.app().db.write().await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), ada.opens("/dashboard")).await.unwrap();
    ada.shows("dashboard");
    drop(writing);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}
