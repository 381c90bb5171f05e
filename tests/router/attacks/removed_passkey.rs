//! What is left of a passkey that was removed.

use super::at_create;
use crate::app::TestApp;
use domain::time::{DAY, HOUR, MINUTE};
use http::StatusCode;
use keymend::page::RowMode;

const ADDRESS: &str = "ada@example.org";

#[tokio::test]
async fn a_session_of_a_passkey_that_was_removed_makes_no_other() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    // A second passkey, on a computer that somebody else has now.
    let mut other = at_create(&app, &ada).await;
    other.creates_passkey().await;
    other.continues().await;
    app.wait(HOUR * 2);
    other.signs_in_with_passkey().await;
    other.shows("dashboard");
    app.wait(MINUTE);
    ada.signs_in_with_passkey().await;
    // The newest stands last.
    let last = ada.dashboard().passkeys.len() - 1;
    ada.removes_passkey(last).await;
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
    other.opens("/dashboard").await;
    other.adds_a_passkey().await;
    if other.step() == "create-passkey" {
        other.device.passkeys.clear();
        other.creates_passkey().await;
    }
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1, "{}", other.step());
}

#[tokio::test]
async fn the_browser_of_a_passkey_that_was_removed_makes_no_other_with_the_password_alone() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut other = at_create(&app, &ada).await;
    other.creates_passkey().await;
    other.continues().await;
    other.signs_out().await;
    app.wait(DAY);
    ada.signs_in_with_passkey().await;
    let last = ada.dashboard().passkeys.len() - 1;
    ada.removes_passkey(last).await;
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
    // The password is all that they have.
    other.device.passkeys.clear();
    other.signs_in_with_password().await;
    if other.step() == "dashboard" {
        other.adds_a_passkey().await;
    }
    if other.step() == "create-passkey" {
        other.creates_passkey().await;
    }
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1, "{}", other.step());
}

#[tokio::test]
async fn a_session_of_a_passkey_that_was_removed_takes_no_other_away() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut other = at_create(&app, &ada).await;
    other.creates_passkey().await;
    other.continues().await;
    app.wait(30 * MINUTE);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    let last = ada.dashboard().passkeys.len() - 1;
    ada.removes_passkey(last).await;
    app.wait(20 * MINUTE);
    other.opens("/dashboard").await;
    other.shows("dashboard");
    let (flow, row) = (other.dashboard().add.hidden[0].1.clone(), other.dashboard().passkeys[0].clone());
    let RowMode::Shown { remove, .. } = row.mode else { panic!("{row:?}") };
    let id = remove.hidden[0].1.clone();
    let answer = other.browser.post("/api/passkeys/remove", &[("flow", &flow), ("id", &id)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
}
