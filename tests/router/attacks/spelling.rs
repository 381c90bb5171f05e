//! Another spelling of an address that was confirmed.

use crate::app::TestApp;
use domain::time::MINUTE;
use http::StatusCode;

const ADDRESS: &str = "ada@example.org";

async fn keeps_mail_from_its_owner(spelling: &str) {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    thief.shows("create-passkey");
    thief.says_not_now().await;
    thief.changes("/account/identifier", &[("identifier", spelling)]).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNPROCESSABLE_ENTITY, "change-identifier"), "{spelling}");
    assert_eq!(app.texts("identifier", "users").await, [ADDRESS]);
    thief.changes("/account/password", &[("new_password", "an entirely different passphrase")]).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::OK, "account"));
    // The owner is told of it, and says that it was not them.
    let mail = app.mail(ADDRESS, "The password of your account at Keymend was changed").await;
    let mut phone = app.person(ADDRESS);
    phone.opens(&mail.link()).await;
    phone.shows("not-me");
    phone.answers(&[]).await;
    phone.shows("told");
    app.wait(MINUTE);
    let mut owner = app.person(ADDRESS);
    owner.has_forgotten().await;
    let code = app.mail(ADDRESS, "new password").await.code();
    owner.chooses_password(&code).await;
    assert_eq!((owner.status, owner.step()), (StatusCode::OK, "create-passkey"), "{spelling}");
    thief.opens("/dashboard").await;
    thief.shows("identify");
}

#[tokio::test]
async fn a_thief_with_the_password_of_an_account_without_passkeys_keeps_no_mail_from_its_owner() {
    keeps_mail_from_its_owner("ada\u{ff20}example.org").await;
}

#[tokio::test]
async fn nor_by_letters_that_look_wider() {
    keeps_mail_from_its_owner("\u{ff41}da@example.org").await;
}

/// Somebody who is called what a thief wants to be called.
#[tokio::test]
async fn another_spelling_of_an_address_is_given_back_too() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(MINUTE);
    ada.changes("/account/identifier", &[("identifier", "ADA@EXAMPLE.ORG")]).await;
    assert_eq!(ada.status, StatusCode::OK);
    let link = app.mail(ADDRESS, "another address").await.link();
    let mut phone = app.person(ADDRESS);
    phone.opens(&link).await;
    phone.answers(&[]).await;
    assert_eq!(app.texts("identifier", "users").await, [ADDRESS]);
}

#[tokio::test]
async fn a_new_spelling_of_a_confirmed_address_can_be_written_to() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    ada.changes("/account/identifier", &[("identifier", "ada\u{ff20}example.org")]).await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY);
}
