//! Known browsers, forgotten from afar.

use super::{flow, limited, settled};
use crate::app::TestApp;
use crate::person::Person;
use domain::time::DAY;
use http::StatusCode;

/// The same person with the same passkey in another browser, which it has made known.
async fn at_home(app: &TestApp, ada: &Person) -> Person {
    let mut home = ada.elsewhere(app);
    home.device = ada.device.clone();
    home.signs_in_with_passkey().await;
    home.shows("dashboard");
    home
}

#[tokio::test]
async fn known_browsers_are_listed_with_the_last_use_of_a_passkey() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.opens("/account").await;
    assert_eq!(ada.list("browsers").items.len(), 1);
    assert_eq!(ada.list("browsers").items[0].state, "This browser");
    assert_eq!(ada.list("browsers").items[0].facts, ["Passkey used just now"]);
    let _away = limited(&app, &ada).await;
    ada.opens("/account").await;
    assert_eq!(ada.list("browsers").items.len(), 1, "the password makes no browser known");
    let _home = at_home(&app, &ada).await;
    ada.opens("/account").await;
    assert_eq!(ada.list("browsers").items.len(), 2);
    app.wait(91 * DAY);
    ada.browser.drop_cookie("session");
    ada.signs_in_with_passkey().await;
    ada.opens("/account").await;
    assert_eq!(ada.list("browsers").items.len(), 1, "it is known for ninety days");
}

#[tokio::test]
async fn one_that_is_forgotten_is_like_a_new_one_at_the_next_sign_in() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut home = at_home(&app, &ada).await;
    let mut bob = Person::new("bob", home.browser.clone(), app.device());
    home.signs_out().await;
    bob.settles_in().await;
    bob.signs_out().await;
    ada.opens("/account").await;
    let items = &ada.list("browsers").items;
    let forget = items.iter().find(|item| item.state.is_empty()).unwrap().end.clone().unwrap();
    ada.presses(&forget, &[]).await;
    assert_eq!(ada.status, StatusCode::OK);
    assert!(ada.reads("That browser is forgotten."), "{:?}", ada.page);
    assert_eq!(ada.list("browsers").items.len(), 1);
    // Twice is over already.
    ada.presses(&forget, &[]).await;
    assert_eq!(ada.status, StatusCode::NOT_FOUND);
    home.device.passkeys.clear();
    home.signs_in_with_password().await;
    home.shows("needs-proof");
    home.continues().await;
    home.signs_out().await;
    // What it knows of others is theirs.
    bob.opens("/sign-in").await;
    bob.types_identifier("bob").await;
    assert!(bob.is_prompted());
}

#[tokio::test]
async fn all_others_are_forgotten_and_this_one_stays_known() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    for _ in 0..3 {
        at_home(&app, &ada).await;
    }
    ada.opens("/account").await;
    assert_eq!(ada.list("browsers").items.len(), 4);
    let all = ada.list("browsers").all.clone().unwrap();
    for _ in 0..2 {
        ada.presses(&all, &[]).await;
        assert_eq!(ada.status, StatusCode::OK);
        assert_eq!(ada.list("browsers").items.len(), 1);
    }
    assert_eq!(ada.list("browsers").items[0].state, "This browser");
    assert_eq!(app.audit("ada").await.iter().filter(|event| *event == "browsers-forgotten").count(), 1);
    assert_eq!(app.count("browser_passkeys").await, 1);
}

#[tokio::test]
async fn what_somebody_else_is_known_by_is_not_there_to_be_forgotten() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    bob.opens("/account").await;
    let bobs = bob.list("browsers").items[0].end.clone().unwrap().hidden[1].1.clone();
    for id in [bobs.as_str(), "", "7", "not-an-id"] {
        let answer = ada.browser.post("/api/account/forget-browser", &[("flow", &flow(&ada)), ("id", id)]).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "account"), "{id}");
    }
    let answer = ada.browser.post("/api/account/forget-browsers", &[("flow", &flow(&ada))]).await;
    assert_eq!(answer.status, StatusCode::OK);
    bob.opens("/account").await;
    assert_eq!(bob.list("browsers").items.len(), 1);
}
