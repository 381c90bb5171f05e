//! Accounts that a version before made with an address of which nobody has shown whose it is: it proves nothing until a code
//! that was mailed to it came back; and then whatever was bound before it ends.

use crate::app::TestApp;
use domain::time::MINUTE;
use http::StatusCode;

const ADDRESS: &str = "ada@example.org";

#[tokio::test]
async fn an_account_with_an_unconfirmed_address_works_and_confirms_it_by_a_code() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.has_an_unconfirmed_account(&app).await;
    ada.says_not_now().await;
    assert!(ada.reads("not confirmed yet"), "{:?}", ada.page);
    ada.opens("/confirm-address").await;
    assert!(ada.reads("Ask for a code"), "{:?}", ada.page);
    ada.chooses("Send a code").await;
    let mail = app.mail(ADDRESS, "Confirm your email address").await;
    assert!(ada.reads("A code is on its way"), "{:?}", ada.page);
    // Loaded again, it waits for the same code.
    ada.opens("/confirm-address").await;
    assert!(ada.reads("A code is on its way"), "{:?}", ada.page);
    ada.types_code("").await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNPROCESSABLE_ENTITY, "confirm-address"));
    ada.types_code("nonsense").await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNAUTHORIZED, "confirm-address"));
    ada.types_code(&mail.code()).await;
    ada.shows("dashboard");
    assert!(!ada.reads("not confirmed yet"), "{:?}", ada.page);
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL").await, 1);
    ada.opens("/confirm-address").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_code_that_came_too_late_is_replaced_by_another() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.has_an_unconfirmed_account(&app).await;
    ada.says_not_now().await;
    ada.opens("/confirm-address").await;
    ada.chooses("Send a code").await;
    let late = app.mail(ADDRESS, "Confirm your email address").await.code();
    app.wait(11 * MINUTE);
    ada.opens("/confirm-address").await;
    assert!(ada.reads("Ask for a code"), "{:?}", ada.page);
    ada.types_code(&late).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    ada.chooses("Send a code").await;
    let code = app.mail(ADDRESS, "Confirm your email address").await.code();
    ada.types_code(&code).await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_username_has_nothing_to_confirm() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    assert!(!ada.reads("not confirmed yet"), "{:?}", ada.page);
    ada.opens("/confirm-address").await;
    ada.shows("dashboard");
    let flow = ada.dashboard().add.hidden[0].1.clone();
    let answer = ada.browser.post("/api/address/send", &[("flow", &flow)]).await;
    assert_eq!(answer.step(), "dashboard");
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn the_first_confirmation_ends_what_somebody_else_had_bound() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.has_an_unconfirmed_account(&app).await;
    ada.says_not_now().await;
    ada.opens("/confirm-address").await;
    ada.chooses("Send a code").await;
    // Somebody else knows the password, and settles in.
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    thief.creates_passkey().await;
    thief.continues().await;
    let codes = thief.gets_codes().await;
    thief.keeps_codes().await;
    app.wait(MINUTE);
    // The owner comes with a passkey of their own, as the account has one by now, and confirms.
    ada.opens("/dashboard").await;
    assert!(ada.reads("was added"), "the other session is told: {:?}", ada.page);
    ada.signs_out().await;
    let mut settled = app.person("grace@example.org");
    settled.settles_in().await;

    // In the thief's own session the owner's code is not to be had.
    thief.opens("/confirm-address").await;
    let code = app.mail(ADDRESS, "Confirm your email address").await.code();
    thief.types_code(&code).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "confirm-address"));

    // From the mailbox alone: the account begins anew.
    ada.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    ada.chooses_password(&code).await;
    ada.shows("create-passkey");
    assert_eq!(app.count("users").await, 2);
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL").await, 2);
    thief.opens("/dashboard").await;
    thief.shows("identify");
    thief.identifies().await;
    // No passkey is asked for any more, and theirs is answered with all the same.
    thief.shows("enter-password");
    thief.uses_passkey().await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "enter-password"));
    thief.enters_password().await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "enter-password"));
    thief.has_forgotten().await;
    thief.chooses_password(&codes[0]).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "new-password"));
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn a_confirmation_from_inside_keeps_what_this_browser_knows_and_ends_the_rest() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.unconfirms(ADDRESS).await;
    ada.opens("/confirm-address").await;
    ada.chooses("Send a code").await;
    let code = app.mail(ADDRESS, "Confirm your email address").await.code();
    let kept = ada.gets_codes().await;
    ada.keeps_codes().await;
    // A second passkey, made in another browser with the first one.
    let mut other = ada.elsewhere(&app);
    other.device = ada.device.clone();
    other.signs_in_with_passkey().await;
    other.shows("dashboard");
    other.device.passkeys.clear();
    other.adds_a_passkey().await;
    other.creates_passkey().await;
    other.continues().await;
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 2);

    ada.opens("/confirm-address").await;
    ada.types_code(&code).await;
    ada.shows("dashboard");
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
    assert_eq!(app.count("browser_accounts WHERE mark_hash IS NOT NULL").await, 1);
    app.mail(ADDRESS, "A passkey was removed").await;
    other.opens("/dashboard").await;
    other.shows("identify");
    // The codes were made in this very session.
    ada.signs_out().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.types_code(&kept[0]).await;
    laptop.shows("create-passkey");
}
