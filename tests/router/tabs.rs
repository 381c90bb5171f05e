//! Two tabs, double clicks, and cookies that are not this browser's.

use crate::app::TestApp;
use crate::authenticator::honest;
use crate::person::Person;
use domain::time::HOUR;
use http::StatusCode;
use keymend::page::{Report, Screen};
use tokio::task::JoinSet;

#[tokio::test]
async fn a_form_of_another_tab_changes_nothing_and_shows_the_present_step() {
    let app = TestApp::start().await;
    let mut first = Person::settled(&app, "ada").await;
    let mut second = first.another_tab();
    first.identifies().await;
    first.uses_password_instead().await;
    // The second tab begins anew, with somebody else.
    let Screen::EnterPassword(screen) = &first.page.screen else { panic!("{:?}", first.page) };
    let answer = second.browser.press(&screen.person.not_you, &[]).await;
    second.sees(&answer);
    second.shows("identify");
    second.types_identifier("bob").await;
    let before = app.stored().await;

    first.enters_password().await;
    assert!(first.reads("bob") && !first.reads("\"ada\""), "{:?}", first.page);
    let mut third = first.another_tab();
    third.opens("/sign-in").await;
    third.fails(1).await;
    assert_eq!(app.sessions().await, 0);
    assert_eq!(app.stored().await[..6], before[..6]);
}

#[tokio::test]
async fn an_old_ceremony_of_the_same_flow_still_serves_in_the_other_tab() {
    let app = TestApp::start().await;
    let mut first = Person::settled(&app, "ada").await;
    first.identifies().await;
    let mut second = first.another_tab();
    second.opens("/sign-in").await;
    first.uses_passkey().await;
    first.shows("dashboard");
    // The second tab learns that it is over.
    second.uses_passkey().await;
    second.shows("dashboard");
    assert_eq!(app.sessions().await, 1);
}

#[tokio::test]
async fn a_tab_that_was_left_behind_shows_the_dashboard_whatever_is_pressed() {
    let app = TestApp::start().await;
    let mut first = Person::settled(&app, "ada").await;
    first.identifies().await;
    first.uses_password_instead().await;
    let mut second = first.another_tab();
    first.enters_password().await;
    first.shows("dashboard");
    second.enters_password().await;
    second.shows("dashboard");
    assert_eq!(app.sessions().await, 1);
}

#[tokio::test]
async fn a_dashboard_of_an_earlier_session_changes_nothing() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut old = ada.another_tab();
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    for _ in 0..2 {
        let answer = old.browser.press(&old.dashboard().sign_out.clone(), &[]).await;
        assert_eq!(answer.step(), "dashboard", "the session of now is not ended by a form of before");
    }
    let answer = old.browser.press(&old.dashboard().forget.clone(), &[]).await;
    old.sees(&answer);
    old.shows("account");
    assert!(old.reads("so nothing was changed"), "{:?}", old.page);
    assert_eq!(app.count("browser_passkeys").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_double_click_on_create_account_makes_one_account() {
    let app = TestApp::start().await;
    let ada = app.person("ada");
    let fields = [("identifier".to_owned(), ada.identifier.clone()), ("password".to_owned(), ada.password.clone())];
    let mut clicks = JoinSet::new();
    for _ in 0..6 {
        let (browser, fields) = (ada.browser.copy(), fields.clone());
        clicks.spawn(async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.post("/api/sign-up", &fields).await.status
        });
    }
    let statuses = clicks.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(*status, StatusCode::OK | StatusCode::CONFLICT)), "{statuses:?}");
    assert_eq!((app.count("users").await, app.sessions().await), (1, 1));
}

#[tokio::test]
async fn every_button_of_the_way_can_be_pressed_twice() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.device.passkeys.clear();
    ada.identifies().await;
    ada.fails(2).await;
    let mut again = ada.another_tab();
    ada.enters_password().await;
    again.enters_password().await;
    again.shows("create-passkey");
    let options = ada.ceremony().clone();
    let answer = ada.device.create(&options.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(answer.to_string())).unwrap();
    for _ in 0..2 {
        assert_eq!(ada.posts_report(&options, &outcome).await.step(), "passkey-created");
    }
    ada.opens("/sign-in").await;
    let mut again = ada.another_tab();
    ada.continues().await;
    again.continues().await;
    again.shows("dashboard");
    ada.adds_a_passkey().await;
    again.adds_a_passkey().await;
    again.shows("create-passkey");
    let mut again = ada.another_tab();
    ada.says_not_now().await;
    again.says_not_now().await;
    again.shows("dashboard");
    assert_eq!(app.count("passkeys").await, 2);
    assert_eq!(app.count("heals").await, 1);
}

#[tokio::test]
async fn a_flow_of_another_browser_tampered_with_or_old_is_a_new_beginning() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    ada.uses_password_instead().await;
    let flow = ada.browser.cookie("flow").unwrap();
    let mut tampered = flow.clone().into_bytes();
    tampered[100] = if tampered[100] == b'A' { b'B' } else { b'A' };
    let tampered = String::from_utf8(tampered).unwrap();

    let mut thief = ada.elsewhere(&app);
    thief.opens("/sign-in").await;
    thief.browser.set_cookie("flow", &flow);
    thief.opens("/sign-in").await;
    thief.shows("identify");
    for cookie in [tampered.as_str(), "", "AQ", &flow[..flow.len() - 4], &ada.ceremony().state.clone()] {
        let mut copy = ada.another_tab();
        copy.browser = ada.browser.copy();
        copy.browser.set_cookie("flow", cookie);
        copy.enters_password().await;
        copy.shows("identify");
    }
    assert_eq!(app.sessions().await, 0);
    app.wait(HOUR);
    ada.enters_password().await;
    ada.shows("identify");
}

#[tokio::test]
async fn back_and_reload_show_the_present_step() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.device.passkeys.clear();
    ada.identifies().await;
    ada.fails(2).await;
    for address in ["/sign-in", "/", "/dashboard", "/sign-in?x=1"] {
        ada.opens(address).await;
        ada.shows("enter-password");
    }
    ada.enters_password().await;
    for address in ["/sign-in", "/", "/dashboard", "/sign-up"] {
        ada.opens(address).await;
        ada.shows("create-passkey");
        assert!(!ada.ceremony().auto);
    }
    ada.creates_passkey().await;
    ada.opens("/sign-in").await;
    ada.shows("passkey-created");
    ada.continues().await;
    ada.opens("/sign-in").await;
    ada.shows("dashboard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_in_one_browser_goes_through_one_after_the_other() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    let browser = app.browser();
    for name in ["ada", "bob", "cyd", "dee"] {
        let mut person = Person::new(name, browser.clone(), app.device());
        person.settles_in().await;
        person.signs_out().await;
        people.push(person);
    }
    // Each in three tabs with cookies of their own: one fails twice and heals, one signs in, one dismisses and leaves.
    let mut crowd = JoinSet::new();
    for person in people {
        for tab in 0..3 {
            let mut person = person.another_tab();
            person.browser = browser.copy();
            crowd.spawn(async move {
                person.identifies().await;
                match tab {
                    0 => {
                        person.fails(2).await;
                        person.enters_password().await;
                    }
                    1 => person.uses_passkey().await,
                    _ => person.fails(1).await,
                }
                person.status
            });
        }
    }
    assert_eq!(crowd.join_all().await, [StatusCode::OK; 12]);
    assert_eq!(app.sessions().await, 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sign_up_at_once_in_a_browser_that_was_never_here() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.page("/sign-up").await;
    let mut crowd = JoinSet::new();
    for number in 0..8 {
        let mut person = Person::new(&format!("person{number}"), browser.copy(), app.device());
        crowd.spawn(async move {
            person.settles_in().await;
            person.status
        });
    }
    assert_eq!(crowd.join_all().await, [StatusCode::OK; 8]);
    assert_eq!((app.count("users").await, app.count("passkeys").await), (8, 8));
}
