//! Names that are asked for inside a session.

use crate::app::TestApp;
use http::StatusCode;

#[tokio::test]
async fn whoever_has_an_account_asks_only_so_many_names_whether_they_are_taken() {
    let app = TestApp::start().await;
    let mut taken = app.person("taken");
    taken.signs_up().await;
    let mut mallory = app.person("mallory");
    mallory.browser.peer = Some("203.0.113.9".parse().unwrap());
    mallory.signs_up().await;
    mallory.says_not_now().await;
    let mut told = 0;
    for _ in 0..60 {
        mallory.changes("/account/identifier", &[("identifier", "taken")]).await;
        told += usize::from(mallory.status == StatusCode::CONFLICT);
    }
    // Of twenty-one, one was the account of their own.
    assert_eq!(told, 20, "times that a name is taken");
}
