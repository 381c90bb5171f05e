//! Where the person is signed in, and how that ends.

use super::{limited, settled};
use crate::app::TestApp;
use domain::ids::SessionId;
use domain::time::{HOUR, MINUTE};
use http::StatusCode;
use keymend::server::db::sessions::{self, NewSession};
use uuid::Uuid;

#[tokio::test]
async fn every_session_is_listed_and_this_one_is_marked() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    app.wait(2 * MINUTE);
    let mut phone = ada.elsewhere(&app);
    phone.browser.user_agent = crate::app::ANDROID;
    phone.signs_in_with_password().await;
    app.wait(3 * MINUTE);
    ada.opens("/account").await;
    let items = &ada.list("sessions").items;
    assert_eq!(items.len(), 2);
    let here = items.iter().find(|item| !item.state.is_empty()).unwrap();
    assert_eq!((here.name.as_str(), here.end.is_none()), ("Chrome on a Mac", true));
    assert_eq!(here.facts, ["Started 5 minutes ago", "last used just now"]);
    let there = items.iter().find(|item| item.state.is_empty()).unwrap();
    assert_eq!(there.name, "Chrome on Android");
    assert_eq!(there.end.as_ref().unwrap().label, "Sign out Chrome on Android");
}

#[tokio::test]
async fn one_that_is_ended_is_signed_out_with_its_next_step() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut laptop = limited(&app, &ada).await;
    let mut phone = limited(&app, &ada).await;
    ada.opens("/account").await;
    let others: Vec<_> = ada.list("sessions").items.iter().filter_map(|item| item.end.clone()).collect();
    assert_eq!(others.len(), 2);
    ada.presses(&others[0], &[]).await;
    assert_eq!(ada.status, StatusCode::OK);
    assert!(ada.reads("That browser is signed out."), "{:?}", ada.page);
    assert_eq!(ada.list("sessions").items.len(), 2);
    laptop.opens("/dashboard").await;
    phone.opens("/dashboard").await;
    let ended = [laptop.step(), phone.step()].iter().filter(|step| **step == "identify").count();
    assert_eq!(ended, 1);
    // Once more: it is over already.
    ada.presses(&others[0], &[]).await;
    assert_eq!(ada.status, StatusCode::NOT_FOUND);
    assert_eq!(app.audit("ada").await.iter().filter(|event| *event == "session-ended").count(), 1);
}

#[tokio::test]
async fn all_others_end_at_once_and_this_one_stays() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let (mut laptop, mut phone) = (limited(&app, &ada).await, limited(&app, &ada).await);
    let mut bob = app.person("bob");
    bob.settles_in().await;
    ada.opens("/account").await;
    let all = ada.list("sessions").all.clone().unwrap();
    for _ in 0..2 {
        ada.presses(&all, &[]).await;
        assert_eq!(ada.status, StatusCode::OK);
        ada.shows("account");
    }
    assert!(ada.list("sessions").all.is_none());
    for other in [&mut laptop, &mut phone] {
        other.opens("/dashboard").await;
        other.shows("identify");
    }
    bob.opens("/dashboard").await;
    bob.shows("dashboard");
    assert_eq!(app.audit("ada").await.iter().filter(|event| *event == "sessions-ended").count(), 1);
}

/// The id of somebody's only session.
async fn session_of(app: &TestApp, identifier: &str) -> String {
    let (app, user, now) = (app.app(), app.user(identifier).await.unwrap(), app.now());
    sessions::alive_of_user(app.db.read(), user, (now, now), 1).await.unwrap()[0].id.to_string()
}

#[tokio::test]
async fn a_session_of_somebody_else_is_not_there_to_be_ended() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (settled(&app).await, app.person("bob"));
    bob.settles_in().await;
    let _laptop = limited(&app, &ada).await;
    ada.opens("/account").await;
    let end = ada.list("sessions").items.iter().find_map(|item| item.end.clone()).unwrap();
    let bobs = session_of(&app, "bob").await;
    for id in [bobs.as_str(), "", "0", "not-an-id", "' OR 1=1 --"] {
        let flow = end.hidden[0].1.as_str();
        let answer = ada.browser.post(&end.path, &[("flow", flow), ("id", id)]).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "account"), "{id}");
    }
    bob.opens("/dashboard").await;
    bob.shows("dashboard");
}

#[tokio::test]
async fn the_present_session_is_not_ended_from_the_list() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let own = session_of(&app, "ada").await;
    let flow = super::flow(&ada);
    let answer = ada.browser.post("/api/account/end-session", &[("flow", &flow), ("id", &own)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn of_many_the_latest_are_listed_and_all_of_them_end_at_once() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let (user, tx) = (app.user("ada").await.unwrap(), app.app().db.write().await.unwrap());
    let own = sessions::alive_of_user(&tx, user, (app.now(), app.now()), 1).await.unwrap().remove(0);
    for n in 0..150 {
        let id = SessionId(Uuid::from_u128(n));
        let new = NewSession {
            id,
            token_hash: n.to_be_bytes().to_vec(),
            user,
            browser: own.browser,
            flow: own.flow,
            healing: own.healing.clone(),
            password_at: None,
            passkey_at: None,
            code_at: None,
            now: app.now().plus(-1),
            expires_at: own.expires_at,
        };
        sessions::create(&tx, new).await.unwrap();
    }
    tx.commit().await.unwrap();
    ada.opens("/account").await;
    assert_eq!(ada.list("sessions").items.len(), 20);
    let all = ada.list("sessions").all.clone().unwrap();
    ada.presses(&all, &[]).await;
    assert!(ada.reads("signed out everywhere else"), "{:?}", ada.page);
    assert_eq!(app.count("sessions WHERE ended_at IS NULL").await, 1);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn sessions_that_ran_out_are_not_listed() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let _laptop = limited(&app, &ada).await;
    app.wait(HOUR - MINUTE);
    ada.opens("/account").await;
    app.wait(2 * MINUTE);
    ada.opens("/account").await;
    assert_eq!(ada.list("sessions").items.len(), 1);
}

#[tokio::test]
async fn a_limited_session_may_sign_out_the_others_too() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut there = limited(&app, &ada).await;
    there.opens("/account").await;
    let all = there.list("sessions").all.clone().unwrap();
    there.presses(&all, &[]).await;
    assert_eq!(there.status, StatusCode::OK);
    // But none in which a passkey has just answered: that is the owner, who is about to change the password.
    assert!(there.reads("stays signed in"), "{:?}", there.page);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    app.wait(11 * MINUTE);
    there.presses(&all, &[]).await;
    assert_eq!(there.status, StatusCode::OK);
    assert!(there.reads("signed out everywhere else"), "{:?}", there.page);
    ada.opens("/dashboard").await;
    ada.shows("identify");
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}
