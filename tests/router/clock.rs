//! A clock that jumps, as clocks of servers do when they are set right.

use crate::app::TestApp;
use domain::time::{HOUR, MINUTE};
use http::StatusCode;
use keymend::page::Report;
use keymend::server::housekeeping;

#[tokio::test]
async fn a_clock_that_is_set_forward_asks_people_to_begin_again() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    app.wait(HOUR + MINUTE);
    ada.uses_passkey().await;
    ada.shows("identify");
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_clock_that_is_set_back_is_not_noticed() {
    let app = TestApp::start().await;
    let (mut ada, mut ben) = (app.person("ada"), app.person("ben"));
    ada.settles_in().await;
    ben.settles_in().await;
    ben.signs_out().await;
    ben.identifies().await;
    ben.fails(1).await;
    app.wait(-HOUR);
    // Signed in, and in the middle of signing in.
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    ben.uses_passkey().await;
    ben.shows("dashboard");
    // And set right again.
    app.wait(HOUR);
    for person in [&mut ada, &mut ben] {
        person.opens("/dashboard").await;
        person.shows("dashboard");
        person.signs_out().await;
        person.signs_in_with_passkey().await;
        person.shows("dashboard");
    }
}

#[tokio::test]
async fn nobody_waits_longer_because_the_clock_was_set_back() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.browser.drop_cookie("session");
    ada.identifies().await;
    for _ in 0..6 {
        ada.types_password("not the password at all").await;
    }
    app.wait(-HOUR);
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::TOO_MANY_REQUESTS);
    // The longest wait there is, and no more.
    app.wait(HOUR);
    app.wait(MINUTE);
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
}

/// Old challenges are deleted; one that was spent must not be forgotten while a clock that is set back makes it good again.
#[tokio::test]
async fn what_was_spent_stays_spent_when_the_clock_jumps() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    let (ceremony, thief) = (ada.ceremony().clone(), ada.browser.copy());
    let credential = ada.device.get(&ceremony.options, crate::authenticator::honest).unwrap();
    ada.reports_credential(&credential).await;
    ada.shows("dashboard");

    app.wait(HOUR);
    housekeeping::purge(&app.app()).await.unwrap();
    app.wait(-HOUR);
    let mut mallory = ada.another_tab();
    mallory.browser = thief;
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let answer = mallory.posts_report(&ceremony, &outcome).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(mallory.browser.cookie("session"), None);
}
