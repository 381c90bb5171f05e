//! Wrong passwords slow down.

use crate::app::TestApp;
use crate::person::Person;
use domain::time::{DAY, MINUTE, SECOND};
use http::StatusCode;
use keymend::page::Screen;

pub const WRONG: &str = "not the password at all";

async fn guess(person: &mut Person, times: usize) {
    for _ in 0..times {
        person.types_password(WRONG).await;
    }
}

/// Somebody who has an account, in a browser that does not know it.
pub async fn at_the_password(app: &TestApp) -> Person {
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let mut stranger = ada.elsewhere(app);
    stranger.identifies().await;
    stranger
}

#[tokio::test]
async fn a_wrong_password_says_so_and_keeps_the_identifier() {
    let app = TestApp::start().await;
    let mut ada = at_the_password(&app).await;
    ada.types_password(WRONG).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    let Screen::EnterPassword(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert_eq!(screen.person.identifier, "ada");
    assert!(!screen.field.problem.is_empty() && screen.field.value.is_empty());
    ada.enters_password().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn five_are_free_the_sixth_costs_a_wait_that_doubles() {
    let app = TestApp::start().await;
    let mut ada = at_the_password(&app).await;
    guess(&mut ada, 6).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    // Not even the right one is looked at.
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(ada.reads("wait 5 seconds"));
    app.wait(4 * SECOND);
    ada.enters_password().await;
    assert!(ada.reads("wait a second"));
    app.wait(SECOND);
    guess(&mut ada, 1).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    guess(&mut ada, 1).await;
    assert!(ada.reads("wait 10 seconds"));
    app.wait(10 * SECOND);
    ada.enters_password().await;
    ada.shows("create-passkey");
    assert_eq!(app.count("password_attempts").await, 0, "the right one forgives");
}

#[tokio::test]
async fn a_day_without_a_guess_forgives() {
    let app = TestApp::start().await;
    let mut ada = at_the_password(&app).await;
    guess(&mut ada, 6).await;
    app.wait(DAY);
    ada.identifies().await;
    guess(&mut ada, 5).await;
    ada.enters_password().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn strangers_do_not_lock_out_the_owner_in_a_known_browser() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let mut stranger = ada.elsewhere(&app);
    stranger.identifies().await;
    stranger.uses_password_instead().await;
    guess(&mut stranger, 12).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
    // A fresh browser is a stranger too, whoever sits there.
    let mut another = ada.elsewhere(&app);
    another.identifies().await;
    another.uses_password_instead().await;
    another.enters_password().await;
    assert_eq!(another.status, StatusCode::TOO_MANY_REQUESTS);
    ada.signs_in_with_password().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn inside_a_session_guesses_are_counted_too() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    app.wait(6 * MINUTE);
    ada.adds_a_passkey().await;
    ada.shows("needs-proof");
    guess(&mut ada, 6).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::TOO_MANY_REQUESTS);
    ada.shows("needs-proof");
    app.wait(5 * SECOND);
    ada.enters_password().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn a_passkey_is_never_slowed_down() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.uses_password_instead().await;
    guess(&mut ada, 8).await;
    assert_eq!(ada.status, StatusCode::TOO_MANY_REQUESTS);
    ada.uses_passkey().await;
    ada.shows("dashboard");
}
