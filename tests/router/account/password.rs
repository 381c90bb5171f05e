//! A new password: what it takes, and what follows from it.

use super::{LATER, limited, settled};
use crate::app::TestApp;
use crate::forgotten::{NOT_NEW, keeps_the_hasher, waits_for_the_hasher, with_one_thread};
use crate::person::Person;
use domain::time::{MINUTE, SECOND};
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
async fn the_present_password_is_no_new_one_whatever_the_proof() {
    let app = TestApp::start().await;
    let mut ada = with_password(&app).await;
    let mut grace = app.person("grace");
    grace.settles_in().await;
    let before = app.texts("password_hash", "users ORDER BY identifier_key").await;
    let present = ada.password.clone();
    // The same on another keyboard.
    let first = present.chars().find(char::is_ascii_lowercase).unwrap();
    let wide = char::from_u32(u32::from(first) + 0xFEE0).unwrap();
    let typed_elsewhere = present.replace(first, &wide.to_string());
    assert_ne!(typed_elsewhere, present);
    for new in [&present, &typed_elsewhere] {
        ada.changes("/account/password", &[("new_password", new)]).await;
        is_not_new(&ada);
    }
    app.wait(LATER);
    for new in [&present, &typed_elsewhere] {
        ada.changes("/account/password", &[("password", &present), ("new_password", new)]).await;
        is_not_new(&ada);
    }
    // Whoever does not know it learns nothing of it.
    ada.changes("/account/password", &[("password", NEW), ("new_password", &present)]).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert!(!ada.reads(NOT_NEW), "{:?}", ada.page);

    let present = grace.password.clone();
    grace.opens("/account/password").await;
    grace.uses_passkey().await;
    grace.changes("/account/password", &[("new_password", &present)]).await;
    is_not_new(&grace);
    assert_eq!(app.texts("password_hash", "users ORDER BY identifier_key").await, before);
    // A new one is still taken, once the other things are right.
    grace.changes("/account/password", &[("new_password", NEW)]).await;
    assert!(grace.reads("Your password is changed."), "{:?}", grace.page);
}

/// The page once more, with the words at the new password alone.
#[track_caller]
fn is_not_new(person: &Person) {
    assert_eq!((person.status, person.step()), (StatusCode::UNPROCESSABLE_ENTITY, "change-password"));
    let (fields, _) = person.change().form.clone().unwrap();
    let (new, others) = fields.split_last().unwrap();
    assert_eq!(new.problem, NOT_NEW);
    assert!(others.iter().all(|field| field.problem.is_empty()) && new.value.is_empty(), "{fields:?}");
}

/// What was compared is compared once more where it is another one under the lock. Whoever takes a password away ends the sessions too;
/// a hash that a sign-in elsewhere has renewed is looked at in the same way.
#[tokio::test]
async fn a_password_that_is_taken_away_while_it_is_being_chosen_is_not_set() {
    let app = with_one_thread().await;
    let mut ada = settled(&app).await;
    let void = app.app().hasher.hash(NEW).await.unwrap();
    let before = app.texts("password_hash", "users").await;
    ada.opens("/account/password").await;
    let (_, act) = ada.change().form.clone().unwrap();
    keeps_the_hasher(&app).await;
    let browser = ada.browser.clone();
    let choosing = tokio::spawn(async move { browser.press(&act, &[("new_password", NEW)]).await });
    waits_for_the_hasher(&app, 1).await;
    app.execute(&format!("UPDATE users SET void_passwords = '{void}'")).await;
    ada.sees(&choosing.await.unwrap());
    is_not_new(&ada);
    assert_eq!(app.texts("password_hash", "users").await, before);
}

/// Twice at the button, or once more as the answer was lost: it is said again that it is done, and nothing is.
#[tokio::test]
async fn pressing_twice_changes_it_once() {
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
        assert!(ada.reads("Your password is changed."), "{:?}", ada.page);
    }
    assert_eq!(app.audit("ada").await.iter().filter(|event| *event == "password-changed").count(), 1);
    // Typed as the current one it is no answer to that, nor is it later.
    app.wait(LATER);
    ada.changes("/account/password", &[("password", NEW), ("new_password", NEW)]).await;
    is_not_new(&ada);
    ada.password = NEW.to_owned();
    ada.signs_out().await;
    ada.signs_in_with_password().await;
    ada.changes("/account/password", &[("new_password", NEW)]).await;
    is_not_new(&ada);
}

/// With the cookie of before: that of the answer never came.
#[tokio::test]
async fn whose_answer_was_lost_is_told_that_the_password_is_changed() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    app.wait(SECOND);
    ada.opens("/account/password").await;
    let (_, act) = ada.change().form.clone().unwrap();
    let before = ada.browser.cookie("session").unwrap();
    ada.presses(&act, &[("new_password", NEW)]).await;
    assert!(ada.reads("Your password is changed."), "{:?}", ada.page);
    assert_ne!(ada.browser.cookie("session").unwrap(), before);
    ada.browser.set_cookie("session", &before);
    app.wait(11 * SECOND);
    ada.presses(&act, &[("new_password", NEW)]).await;
    ada.shows("account");
    assert!(ada.reads("Your password is changed."), "{:?}", ada.page);
    assert_eq!(app.audit(&ada.identifier).await.iter().filter(|event| *event == "password-changed").count(), 1);
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
    let document = browser.submit(&act, &[("password", &password), ("new_password", &password)]).await;
    assert!(document.step() == "change-password" && document.text().contains(NOT_NEW), "{}", document.text());
    let document = browser.submit(&act, &[("password", &password), ("new_password", NEW)]).await;
    assert_eq!((document.step(), document.page().address.as_str()), ("account", "/account"));
    assert!(document.text().contains("Your password is changed."), "{}", document.text());
    ada.password = NEW.to_owned();
    ada.signs_out().await;
    ada.signs_in_with_password().await;
}
