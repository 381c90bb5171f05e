//! Another spelling of an address that was confirmed.

use crate::app::TestApp;
use domain::time::MINUTE;
use http::StatusCode;

const ADDRESS: &str = "ada@example.org";

async fn keeps_mail_from_its_owner(spelling: &str) {
    {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.signs_up().await;
        ada.says_not_now().await;
        let mut thief = ada.elsewhere(&app);
        thief.signs_in_with_password().await;
        if thief.step() != "dashboard" {
            thief.says_not_now().await;
        }
        thief.changes("/account/identifier", &[("identifier", spelling)]).await;
        eprintln!("{spelling}: {} {}", thief.status, thief.step());
        thief.changes("/account/password", &[("new_password", "an entirely different passphrase")]).await;
        eprintln!("password: {} {}", thief.status, thief.step());
        let to: Vec<_> = app.mails().await.iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect();
        eprintln!("{to:#?}");
        // The owner was told of the name, and says that it was not them.
        if let Some(mail) = app.mails().await.iter().find(|mail| mail.text.contains("/not-me")) {
            let link = mail.link();
            let mut phone = app.person(ADDRESS);
            phone.opens(&link).await;
            phone.answers(&[]).await;
        }
        app.wait(MINUTE);
        let mut owner = app.person(ADDRESS);
        owner.has_forgotten().await;
        let mails = app.mails().await;
        assert!(
            mails.iter().any(|mail| mail.to == ADDRESS
                && mail.subject.to_lowercase().contains("password")
                && mail.text.split_whitespace().any(|w| w.len() == 6 && w.bytes().all(|b| b.is_ascii_digit()))),
            "{spelling}: no code for a new password reaches the owner: {:?}",
            mails.iter().map(|mail| format!("{}: {}", mail.to, mail.subject)).collect::<Vec<_>>()
        );
    }
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
