//! Another name.

use super::{LATER, settled};
use crate::app::TestApp;
use http::StatusCode;
use keymend::page::{Screen, SignalMethod};

#[tokio::test]
async fn the_new_name_signs_in_and_the_old_one_is_nobodys() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    app.wait(1);
    ada.changes("/account/identifier", &[("identifier", " Lovelace ")]).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
    ada.shows("account");
    assert_eq!(ada.account().identifier, "Signed in as Lovelace");
    let details = ada.page.signals.iter().find(|signal| signal.method == SignalMethod::UserDetails).unwrap();
    assert!(details.options.contains(r#""name":"Lovelace""#), "{}", details.options);
    assert_eq!(app.user("ada").await, None);
    assert_eq!(app.audit("lovelace").await.last().unwrap(), "identifier-changed");
    ada.signs_out().await;
    ada.identifier = "LOVELACE".to_owned();
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
    // Somebody else may have the old one.
    let mut other = app.person("ada");
    other.settles_in().await;
}

#[tokio::test]
async fn one_that_is_taken_or_no_name_at_all_is_refused_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let mut ada = settled(&app).await;
    let long = "x".repeat(300);
    for (typed, status) in [
        ("BOB", StatusCode::CONFLICT),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("a da", StatusCode::UNPROCESSABLE_ENTITY),
        (long.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada@@example.org", StatusCode::UNPROCESSABLE_ENTITY),
        ("ada@", StatusCode::UNPROCESSABLE_ENTITY),
        ("@example.org", StatusCode::UNPROCESSABLE_ENTITY),
        ("ada", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        ada.changes("/account/identifier", &[("identifier", typed)]).await;
        assert_eq!(ada.status, status, "{typed}");
        let (fields, _) = ada.change().form.clone().unwrap();
        assert!(!fields[0].problem.is_empty(), "{fields:?}");
        assert!(typed.is_empty() || typed.starts_with(&fields[0].value), "{fields:?}");
    }
    assert!(app.user("ada").await.is_some());
    assert!(!app.audit("ada").await.iter().any(|event| event == "identifier-changed"), "nothing was changed");
    // Another spelling of one's own is no other name.
    ada.changes("/account/identifier", &[("identifier", "ADA")]).await;
    assert_eq!(ada.status, StatusCode::OK);
    assert_eq!(ada.account().identifier, "Signed in as ADA");
}

#[tokio::test]
async fn it_takes_a_fresh_proof() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    app.wait(LATER);
    ada.changes("/account/identifier", &[("identifier", "lovelace")]).await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY);
    ada.changes("/account/identifier", &[("identifier", "lovelace"), ("password", "certainly not the one")]).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ada.change().form.clone().unwrap().0[1].value, "lovelace");
    assert_eq!(app.user("lovelace").await, None);
    // A passkey, used now, is one as well.
    ada.opens("/account/identifier").await;
    ada.uses_passkey().await;
    ada.shows("change-identifier");
    let (_, act) = ada.change().form.clone().unwrap();
    ada.presses(&act, &[("identifier", "lovelace")]).await;
    assert_eq!(ada.status, StatusCode::OK);
    assert!(app.user("lovelace").await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_want_the_same_name_at_once_do_not_both_get_it() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for name in ["ada", "bob", "cyd", "dee"] {
        let mut person = app.person(name);
        person.settles_in().await;
        people.push(person);
    }
    let mut crowd = tokio::task::JoinSet::new();
    for mut person in people {
        crowd.spawn(async move {
            person.changes("/account/identifier", &[("identifier", "lovelace")]).await;
            person.status
        });
    }
    let statuses = crowd.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CONFLICT).count(), 3, "{statuses:?}");
}

#[tokio::test]
async fn without_javascript_what_was_typed_stays_too() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let browser = ada.browser.without_script();
    let document = browser.visit("/account/identifier").await;
    let Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (_, act) = screen.form.unwrap();
    let document = browser.submit(&act, &[("identifier", "love lace")]).await;
    let Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (fields, _) = screen.form.unwrap();
    assert!(fields[0].value == "love lace" && !fields[0].problem.is_empty(), "{fields:?}");
    let document = browser.visit("/account/identifier").await;
    let Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (fields, _) = screen.form.unwrap();
    assert!(fields[0].value == "ada" && fields[0].problem.is_empty(), "said once: {fields:?}");
}
