//! The end of an account.

use super::{LATER, limited, settled};
use crate::app::TestApp;
use http::StatusCode;
use keymend::page::{Screen, SignalMethod};

#[tokio::test]
async fn nothing_of_it_is_left_but_traces_that_name_nobody() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let user = app.user("ada").await.unwrap();
    ada.signs_out().await;
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.says_not_now().await;
    let mut laptop = limited(&app, &ada).await;
    ada.opens("/account/delete").await;
    ada.uses_passkey().await;
    let (_, act) = ada.change().form.clone().unwrap();
    app.wait(1);
    ada.presses(&act, &[("confirmation", "ADA")]).await;
    assert_eq!((ada.status, ada.page.address.as_str()), (StatusCode::OK, "/goodbye"), "{:?}", ada.page);
    let all = &ada.page.signals[0];
    assert_eq!(all.method, SignalMethod::AllAccepted);
    assert!(all.options.contains(r#""allAcceptedCredentialIds":[]"#), "{}", all.options);
    assert_eq!(ada.browser.cookie("session"), None);
    for table in [
        "users",
        "passkeys",
        "sessions",
        "browser_accounts",
        "browser_passkeys",
        "failure_events",
        "decisions",
        "heals",
    ] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    assert_eq!(app.audit_of(user).await.last().unwrap(), "account-deleted");
    laptop.opens("/dashboard").await;
    laptop.shows("identify");
    // Its passkey opens nothing.
    ada.signs_in_by_hand().await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn afterwards_the_name_meets_a_ghost_and_is_free() {
    let app = TestApp::start().await;
    let mut nobody = app.person("ada");
    nobody.identifies().await;
    let before = nobody.step();
    let mut ada = settled(&app).await;
    ada.changes("/account/delete", &[("confirmation", "ada")]).await;
    ada.shows("told");
    let mut nobody = app.person("ada");
    nobody.identifies().await;
    assert_eq!(nobody.step(), before, "as if there had never been an account");
    let mut again = app.person("ada");
    again.settles_in().await;
}

#[tokio::test]
async fn it_takes_the_name_typed_and_a_fresh_proof() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    for typed in ["", "bob", "ada ada", "a", &"x".repeat(3_000)] {
        ada.changes("/account/delete", &[("confirmation", typed)]).await;
        assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let (fields, _) = ada.change().form.clone().unwrap();
        assert!(!fields[0].problem.is_empty(), "{fields:?}");
    }
    app.wait(LATER);
    ada.changes("/account/delete", &[("confirmation", "ada")]).await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY);
    ada.changes("/account/delete", &[("confirmation", "ada"), ("password", "certainly not the one")]).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.count("users").await, 1);
    let password = ada.password.clone();
    ada.changes("/account/delete", &[("confirmation", "ada"), ("password", &password)]).await;
    assert_eq!(app.count("users").await, 0);
}

#[tokio::test]
async fn pressing_twice_leads_to_the_door() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.opens("/account/delete").await;
    let (_, act) = ada.change().form.clone().unwrap();
    let cookies = ada.browser.copy();
    ada.presses(&act, &[("confirmation", "ada")]).await;
    ada.shows("told");
    assert_eq!(cookies.press(&act, &[("confirmation", "ada")]).await.step(), "identify");
}

#[tokio::test]
async fn others_are_not_touched() {
    let app = TestApp::start().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let mut ada = settled(&app).await;
    let answer =
        ada.browser.post("/api/account/delete", &[("flow", &super::flow(&ada)), ("confirmation", "bob")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    ada.changes("/account/delete", &[("confirmation", "ada")]).await;
    bob.opens("/dashboard").await;
    bob.shows("dashboard");
    assert_eq!(bob.dashboard().passkeys.len(), 1);
}

#[tokio::test]
async fn without_javascript_the_goodbye_is_a_page_of_its_own() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let browser = ada.browser.without_script();
    let document = browser.visit("/account/delete").await;
    let Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (_, act) = screen.form.unwrap();
    let document = browser.submit(&act, &[("confirmation", "ad a")]).await;
    assert_eq!(document.step(), "delete-account");
    let document = browser.submit(&act, &[("confirmation", "ada")]).await;
    assert!(document.text().contains("Your account is gone"), "{}", document.text());
    // The address by itself says nothing of the kind to anybody.
    let spoofed = app.browser().visit("/goodbye").await;
    assert!(spoofed.status == StatusCode::NOT_FOUND && !spoofed.text().contains("Your account is gone"));
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(app.count("users").await, 0);
}
