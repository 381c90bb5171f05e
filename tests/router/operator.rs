//! What the operator does for somebody who has lost everything.

use crate::app::TestApp;
use crate::forgotten::NOT_NEW;
use crate::person::Person;
use domain::time::{HOUR, MINUTE};
use http::StatusCode;
use keymend::server::services::operator;

const NEW: &str = "an entirely different passphrase";

/// The operator resets the account, and hands the password over.
pub async fn reset(app: &TestApp, identifier: &str) -> String {
    let printed = operator::reset(&app.app(), identifier).await.unwrap();
    let line = printed.lines().find(|line| line.starts_with("    ")).unwrap_or_else(|| panic!("{printed}"));
    line.trim().to_owned()
}

/// The person, in a browser that was never here, with the password that was handed over.
async fn let_in(app: &TestApp, person: &Person) -> Person {
    let password = reset(app, &person.identifier).await;
    let mut again = Person { password, ..person.elsewhere(app) };
    again.signs_in_with_password().await;
    again
}

#[tokio::test]
async fn everything_else_ends_and_the_passkeys_stay() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let old = ada.password.clone();
    app.wait(1);
    reset(&app, "ADA").await;
    ada.opens("/dashboard").await;
    ada.shows("identify");
    assert_eq!(app.count("browser_accounts WHERE mark_hash IS NOT NULL").await, 0);
    assert_eq!(app.audit("ada").await.last().unwrap(), "reset-by-operator");
    assert_eq!(app.count("notices WHERE news LIKE '%password-changed%'").await, 1);
    let mut other = ada.elsewhere(&app);
    other.identifies().await;
    other.uses_password_instead().await;
    other.types_password(&old).await;
    assert_eq!(other.status, StatusCode::UNAUTHORIZED);
    // Who still has the passkey needs no password, and is asked for none.
    ada.identifies().await;
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn the_password_handed_over_signs_in_once_and_then_a_new_one_is_chosen() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut again = let_in(&app, &ada).await;
    again.shows("change-password");
    assert!(again.change().back.is_none() && again.reads("let you in again"), "{:?}", again.page);
    for address in ["/", "/dashboard", "/sign-in", "/account", "/account/delete"] {
        again.opens(address).await;
        again.shows("change-password");
        assert_eq!(again.browser.visit(address).await.step(), "change-password");
    }
    let mut thief = Person { password: again.password.clone(), ..ada.elsewhere(&app) };
    thief.signs_in_by_hand().await;
    assert_eq!(thief.status, StatusCode::UNAUTHORIZED, "it is good once");
    // An hour later is not too late for the one who is in.
    app.wait(50 * MINUTE);
    again.changes("/account/password", &[("new_password", "short")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.changes("/account/password", &[("new_password", NEW)]).await;
    assert_eq!(again.status, StatusCode::OK, "{:?}", again.page);
    assert_ne!(again.step(), "change-password");
    let mut next = Person { password: NEW.to_owned(), ..ada.elsewhere(&app) };
    next.signs_in_with_password().await;
    assert_ne!(next.step(), "change-password");
}

/// A thief may know the one of before, and the operator knows the other.
#[tokio::test]
async fn neither_the_password_of_before_nor_the_one_handed_over_is_chosen() {
    const ADDRESS: &str = "ada@example.org";
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(1);
    // One that nobody used is void as well, once there is another one.
    let unused = reset(&app, ADDRESS).await;
    app.wait(1);
    let mut by_mail = ada.elsewhere(&app);
    let mut again = let_in(&app, &ada).await;
    let handed_over = again.password.clone();
    by_mail.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    for former in [&ada.password, &unused, &handed_over] {
        again.changes("/account/password", &[("new_password", former)]).await;
        assert_eq!((again.status, again.step()), (StatusCode::UNPROCESSABLE_ENTITY, "change-password"), "{former}");
        assert!(again.reads(NOT_NEW), "{:?}", again.page);
        by_mail.answers(&[("code", &code), ("password", former)]).await;
        assert_eq!((by_mail.status, by_mail.step()), (StatusCode::UNPROCESSABLE_ENTITY, "new-password"), "{former}");
        assert!(by_mail.reads(NOT_NEW), "{:?}", by_mail.page);
    }
    again.changes("/account/password", &[("new_password", NEW)]).await;
    assert_eq!(again.status, StatusCode::OK, "{:?}", again.page);

    // Before anybody has used it neither.
    app.wait(1);
    let handed_over = reset(&app, ADDRESS).await;
    let mut by_mail = ada.elsewhere(&app);
    by_mail.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    for former in [&ada.password, NEW, &handed_over] {
        by_mail.answers(&[("code", &code), ("password", former)]).await;
        assert_eq!(by_mail.status, StatusCode::UNPROCESSABLE_ENTITY, "{former}");
    }
    by_mail.chooses_password(&code).await;
    assert_eq!(by_mail.status, StatusCode::OK, "{:?}", by_mail.page);
    let text = operator::show(&app.app(), ADDRESS).await.unwrap();
    assert!(!text.contains("argon2"), "{text}");
}

/// What was handed over and the new password are two proofs; the new password alone is one.
#[tokio::test]
async fn with_the_new_password_a_passkey_is_bound_in_that_session_and_in_no_other() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut again = let_in(&app, &ada).await;
    again.changes("/account/password", &[("new_password", NEW)]).await;
    assert_eq!(again.status, StatusCode::OK, "{:?}", again.page);
    let mut other = Person { password: NEW.to_owned(), ..ada.elsewhere(&app) };
    other.signs_in_with_password().await;
    other.shows("needs-proof");
    other.continues().await;
    other.adds_a_passkey().await;
    other.shows("needs-proof");

    again.opens("/dashboard").await;
    again.shows("create-passkey");
    again.creates_passkey().await;
    again.shows("passkey-created");
    again.continues().await;
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 2);
    again.signs_out().await;
    again.signs_in_with_passkey().await;
    again.shows("dashboard");
}

#[tokio::test]
async fn with_the_new_password_nothing_but_the_password_was_changed() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let again = let_in(&app, &ada).await;
    let (_, act) = again.change().form.clone().unwrap();
    let flow = act.hidden[0].1.clone();
    for (path, fields) in [
        ("account/change-identifier", &[("identifier", "lovelace")][..]),
        ("account/delete", &[("confirmation", "ada")]),
        ("account/forget-browsers", &[]),
        ("passkeys/remove", &[("id", "0")]),
    ] {
        let fields: Vec<_> = fields.iter().copied().chain([("flow", flow.as_str())]).collect();
        let answer = again.browser.post(&format!("/api/{path}"), &fields).await;
        assert_eq!(answer.step(), "change-password", "{path}");
    }
    assert!(app.user("ada").await.is_some());
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
}

#[tokio::test]
async fn nobody_waits_longer_than_a_day_with_it() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let password = reset(&app, "ada").await;
    app.wait(24 * HOUR + 1);
    ada.identifies().await;
    ada.uses_password_instead().await;
    ada.types_password(&password).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    let password = reset(&app, "ada").await;
    ada.types_password(&password).await;
    assert_eq!(ada.status, StatusCode::OK);
    ada.shows("change-password");
}

#[tokio::test]
async fn without_javascript_as_well() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    let again = let_in(&app, &ada).await;
    let browser = again.browser.without_script();
    let document = browser.visit("/dashboard").await;
    let keymend::page::Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (_, act) = screen.form.unwrap();
    let document = browser.submit(&act, &[("new_password", NEW)]).await;
    assert_ne!(document.step(), "change-password");
    let mut next = Person { password: NEW.to_owned(), ..ada.elsewhere(&app) };
    next.signs_in_with_password().await;
}

#[tokio::test]
async fn an_account_is_shown_without_its_secrets() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let text = operator::show(&app.app(), " Ada ").await.unwrap();
    for part in ["identifier        ada", "passkey", "sessions          1", "known browsers    1", "signed-up"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("argon2"), "{text}");
    for nobody in ["nobody", "", "a b"] {
        assert!(operator::show(&app.app(), nobody).await.is_err());
        assert!(operator::reset(&app.app(), nobody).await.is_err());
    }
}
