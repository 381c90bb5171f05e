//! News by the dozen.

use crate::app::TestApp;

const ADDRESS: &str = "ada@example.org";

/// Nobody is flooded with mails by whoever has their password.
#[tokio::test]
async fn news_fill_no_mailbox() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    if thief.step() != "dashboard" {
        thief.says_not_now().await;
    }
    let before = app.mails().await.len();
    for number in 0..60 {
        let name = if number % 2 == 0 { "Ada@example.org" } else { "aDa@example.org" };
        thief.changes("/account/identifier", &[("identifier", name)]).await;
    }
    let after = app.mails().await.len();
    assert!(after - before <= 30, "{} mails", after - before);
}
