//! A new password: what it takes, and what follows from it.

use super::{LATER, limited, settled};
use crate::app::TestApp;
use crate::person::Person;
use domain::time::MINUTE;
use http::StatusCode;

const NEW: &str = "an entirely different passphrase";

async fn with_password(app: &TestApp) -> Person {
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    ada
}

#[tokio::test]
async fn the_new_one_signs_in_and_the_old_one_does_not() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    let old = ada.password.clone();
    app.wait(LATER);
    ada.changes("/account/password", &[("password", &old), ("new_password", NEW)]).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
    ada.shows("account");
    assert!(ada.reads("Your password is changed."), "{:?}", ada.page);
    ada.signs_out().await;
    ada.identifies().await;
    ada.types_password(&old).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    ada.types_password(NEW).await;
    assert_eq!(ada.status, StatusCode::OK);
}

#[tokio::test]
async fn the_current_password_is_asked_for_unless_a_proof_is_fresh() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    ada.opens("/account/password").await;
    assert_eq!(ada.change().form.clone().unwrap().0.len(), 1, "typed a moment ago");
    app.wait(5 * MINUTE);
    ada.opens("/account/password").await;
    assert_eq!(ada.change().form.clone().unwrap().0.len(), 1);
    app.wait(1);
    ada.opens("/account/password").await;
    assert_eq!(ada.change().form.clone().unwrap().0.len(), 2);
    for (typed, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("not the password at all", StatusCode::UNAUTHORIZED),
        (&"x".repeat(5_000), StatusCode::UNAUTHORIZED),
    ] {
        ada.changes("/account/password", &[("password", typed), ("new_password", NEW)]).await;
        assert_eq!(ada.status, status);
        ada.shows("change-password");
        let (fields, _) = ada.change().form.clone().unwrap();
        assert!(!fields[0].problem.is_empty() && fields[1].problem.is_empty(), "{fields:?}");
        assert!(fields.iter().all(|field| field.value.is_empty()));
    }
    // The form of a moment ago, without the field, is no way around it.
    let (_, act) = ada.change().form.clone().unwrap();
    ada.presses(&act, &[("new_password", NEW)]).await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY);
    ada.signs_out().await;
    ada.signs_in_with_password().await;
}

#[tokio::test]
async fn wrong_ones_slow_down_as_they_do_at_the_door() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    app.wait(LATER);
    for _ in 0..6 {
        ada.changes("/account/password", &[("password", "not the password at all"), ("new_password", NEW)]).await;
        assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    }
    let password = ada.password.clone();
    ada.changes("/account/password", &[("password", &password), ("new_password", NEW)]).await;
    assert_eq!(ada.status, StatusCode::TOO_MANY_REQUESTS);
    app.wait(10_000);
    ada.changes("/account/password", &[("password", &password), ("new_password", NEW)]).await;
    assert_eq!(ada.status, StatusCode::OK);
}

#[tokio::test]
async fn the_rules_are_those_of_sign_up() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    for new in ["", "short", "aaaaaaaaaaaaaaaaaaaa", "passwordpassword", &"x y".repeat(2_000)] {
        ada.changes("/account/password", &[("new_password", new)]).await;
        assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        let (fields, _) = ada.change().form.clone().unwrap();
        assert!(!fields[0].problem.is_empty(), "{fields:?}");
    }
    assert_eq!(app.audit("ada").await, ["signed-up"]);
}

#[tokio::test]
async fn other_sessions_end_and_no_browser_is_known_any_more() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut laptop = limited(&app, &ada).await;
    let mut home = ada.elsewhere(&app);
    home.device = ada.device.clone();
    home.signs_in_with_passkey().await;
    ada.changes("/account/password", &[("new_password", NEW)]).await;
    ada.shows("account");
    assert!(ada.list("browsers").items.is_empty());
    assert_eq!(ada.list("sessions").items.len(), 1);
    for other in [&mut laptop, &mut home] {
        other.opens("/dashboard").await;
        other.shows("identify");
    }
    // The password, new as it is, makes no passkey in a browser that was known before.
    for mut person in [ada, home] {
        person.password = NEW.to_owned();
        person.browser.drop_cookie("session");
        person.signs_in_with_password().await;
        person.shows("dashboard");
        person.adds_a_passkey().await;
        person.shows("needs-proof");
    }
}

#[tokio::test]
async fn the_passkeys_made_with_the_old_password_are_shown_to_be_looked_at() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    app.wait(1);
    ada.changes("/account/password", &[("new_password", NEW)]).await;
    let since = ada.list("since");
    assert_eq!(since.items.len(), 1);
    let remove = since.items[0].change.clone().unwrap();
    ada.opens(&remove.path).await;
    ada.shows("dashboard");
    assert!(ada.reads("Remove for good"), "{:?}", ada.page);
    app.wait(1);
    ada.changes("/account/password", &[("new_password", "a third passphrase, quite long")]).await;
    assert!(ada.account().sections.iter().all(|section| section.id != "since"), "none was made since");
    ada.opens("/account").await;
    assert!(!ada.reads("Your password is changed."), "said once");
}

#[tokio::test]
async fn pressing_twice_changes_it_once_more_to_the_same() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    app.wait(LATER);
    ada.opens("/account/password").await;
    let (_, act) = ada.change().form.clone().unwrap();
    let password = ada.password.clone();
    for _ in 0..2 {
        ada.presses(&act, &[("password", &password), ("new_password", NEW)]).await;
        assert_eq!(ada.status, StatusCode::OK);
        ada.shows("account");
    }
    ada.password = NEW.to_owned();
    ada.signs_out().await;
    ada.signs_in_with_password().await;
}

#[tokio::test]
async fn without_javascript_as_well() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    app.wait(LATER);
    let browser = ada.browser.without_script();
    let document = browser.visit("/account/password").await;
    let keymend::page::Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (_, act) = screen.form.unwrap();
    let document = browser.submit(&act, &[("password", "not the password at all"), ("new_password", NEW)]).await;
    assert_eq!(document.step(), "change-password");
    assert!(document.text().contains("This is not your current password."), "{}", document.text());
    let password = ada.password.clone();
    let document = browser.submit(&act, &[("password", &password), ("new_password", NEW)]).await;
    assert_eq!((document.step(), document.page().address.as_str()), ("account", "/account"));
    assert!(document.text().contains("Your password is changed."), "{}", document.text());
    ada.password = NEW.to_owned();
    ada.signs_out().await;
    ada.signs_in_with_password().await;
}
