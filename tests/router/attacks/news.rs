//! News by the dozen.

use crate::app::TestApp;
use http::StatusCode;

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
    thief.shows("create-passkey");
    thief.says_not_now().await;
    let before = app.mails().await.len();
    let mut changed = 0;
    for number in 0..60 {
        let name = if number % 2 == 0 { "Ada@example.org" } else { "aDa@example.org" };
        thief.changes("/account/identifier", &[("identifier", name)]).await;
        changed += usize::from(thief.status == StatusCode::OK);
    }
    let after = app.mails().await.len();
    assert_eq!(after - before, changed, "each change is told");
    assert!((1..=10).contains(&changed), "{changed} mails");
}
