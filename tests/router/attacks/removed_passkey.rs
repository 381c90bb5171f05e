//! What is left of a passkey that was removed.

use super::at_create;
use crate::app::TestApp;
use crate::authenticator::honest;
use crate::person::Person;
use domain::time::{DAY, HOUR, MINUTE};
use http::StatusCode;
use keymend::page::RowMode;

const ADDRESS: &str = "ada@example.org";

/// The owner takes a passkey away that was made elsewhere, and her own is left.
async fn removes_the_newest(app: &TestApp, ada: &mut Person) {
    // The newest stands last.
    let last = ada.dashboard().passkeys.len() - 1;
    ada.removes_passkey(last).await;
    assert_eq!(
        app.blobs("credential_id", "passkeys WHERE removed_at IS NULL").await,
        [ada.device.passkeys[0].id.clone()]
    );
}

#[tokio::test]
async fn a_session_of_a_passkey_that_was_removed_makes_no_other() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(MINUTE);
    // A second passkey, on a computer that somebody else has now.
    let mut other = at_create(&app, &ada).await;
    other.creates_passkey().await;
    other.continues().await;
    app.wait(HOUR * 2);
    other.signs_in_with_passkey().await;
    other.shows("dashboard");
    app.wait(MINUTE);
    ada.signs_in_with_passkey().await;
    removes_the_newest(&app, &mut ada).await;
    other.opens("/dashboard").await;
    // Where it would be made, more proof is asked for; the passkey that opened the session is none any more.
    other.adds_a_passkey().await;
    other.shows("needs-proof");
    let answer = other.device.get_with(&other.device.passkeys[0], &other.ceremony().options, honest);
    other.reports_credential(&answer).await;
    assert_eq!((other.status, other.step()), (StatusCode::UNAUTHORIZED, "needs-proof"));
    other.device.passkeys.clear();
    other.enters_password().await;
    other.shows("confirm");
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
}

#[tokio::test]
async fn the_browser_of_a_passkey_that_was_removed_makes_no_other_with_the_password_alone() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(MINUTE);
    let mut other = at_create(&app, &ada).await;
    other.creates_passkey().await;
    other.continues().await;
    other.signs_out().await;
    app.wait(DAY);
    ada.signs_in_with_passkey().await;
    removes_the_newest(&app, &mut ada).await;
    // The password is all that they have.
    other.device.passkeys.clear();
    other.signs_in_with_password().await;
    other.shows("confirm");
    other.chooses("Not now").await;
    other.adds_a_passkey().await;
    other.shows("confirm");
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
}

#[tokio::test]
async fn a_session_of_a_passkey_that_was_removed_takes_no_other_away() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(MINUTE);
    let mut other = at_create(&app, &ada).await;
    other.creates_passkey().await;
    other.continues().await;
    app.wait(30 * MINUTE);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    removes_the_newest(&app, &mut ada).await;
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
