//! The doors of the first step: suggestions, one tap, immediate mode, other devices. What answers there is judged like any
//! other passkey, and a hint is a hint.

use crate::app::TestApp;
use crate::authenticator::{BITWARDEN, Making, UV, bytes, honest, ids, new_key};
use crate::person::{Person, failed, not_allowed};
use domain::time::MINUTE;
use http::StatusCode;
use keymend::page::{Ceremony, Mediation, Screen};
use serde_json::{Value, json};

const EVERY_DOOR: &str =
    r#"{"webauthn":true,"platform_authenticator":true,"hybrid":true,"conditional_get":true,"immediate_get":true}"#;

/// What somebody does to an answer before it is signed.
type Change = fn(&mut Making);

/// An account with a passkey, in a browser with every door, signed out and back another time.
async fn settled(app: &TestApp, name: &str) -> Person {
    let mut person = app.person(name);
    person.browser.environment = Some(EVERY_DOOR.to_owned());
    person.settles_in().await;
    person.signs_out().await;
    person.comes_back_later().await;
    person
}

/// The same, before the field.
async fn at_the_field(app: &TestApp) -> Person {
    let mut ada = settled(app, "ada").await;
    ada.uses_another_account().await;
    ada
}

fn options(ceremony: &Ceremony) -> Value {
    serde_json::from_str(&ceremony.options).unwrap()
}

/// What a page says in place of the account.
fn account(person: &Person) -> String {
    let (proceed, _) = person.identify().one_tap.clone().unwrap();
    proceed.hidden.iter().find(|(name, _)| name == "account").unwrap().1.clone()
}

#[tokio::test]
async fn one_tap_asks_for_every_passkey_of_the_account_with_its_transports() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.device.provider = BITWARDEN;
    let apple = std::mem::take(&mut ada.device.passkeys);
    ada.adds_a_passkey().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    ada.comes_back_later().await;
    ada.continues_in_one_tap().await;
    assert!(ada.is_prompted(), "it was asked for");
    let asked = options(ada.ceremony());
    let mut listed = ids(&asked["allowCredentials"]);
    let mut all = vec![apple[0].id.clone(), ada.device.passkeys[0].id.clone()];
    listed.sort();
    all.sort();
    assert_eq!(listed, all);
    for descriptor in asked["allowCredentials"].as_array().unwrap() {
        assert_eq!(descriptor["transports"], json!(["hybrid", "internal"]));
    }
    ada.uses_passkey().await;
    assert_eq!(ada.dashboard().identifier, "Signed in as ada");
}

#[tokio::test]
async fn whoever_signs_out_meets_the_field_and_the_tap_comes_back_with_the_next_visit() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    for _ in 0..2 {
        assert!(ada.identify().form.is_some() && ada.identify().one_tap.is_none());
        ada.opens("/sign-in").await;
    }
    app.wait(61 * MINUTE);
    ada.opens("/sign-in").await;
    assert!(ada.identify().form.is_none() && ada.identify().one_tap.is_some());
}

#[tokio::test]
async fn a_hint_signs_nobody_in() {
    let app = TestApp::start().await;
    let ada = settled(&app, "ada").await;
    let mut bob = settled(&app, "bob").await;
    let before = app.stored().await;
    let hints = [account(&ada), "ada".to_owned(), String::new(), "a".repeat(10_000)];
    for hint in hints {
        let (mut proceed, _) = bob.identify().one_tap.clone().unwrap();
        proceed.hidden.retain(|(name, _)| name != "account");
        let answer = bob.browser.press(&proceed, &[("account", &hint)]).await;
        bob.sees(&answer);
        bob.shows("identify");
        assert!(!bob.reads("ada"), "{:?}", bob.page);
    }
    assert_eq!(app.stored().await, before);
    bob.continues_in_one_tap().await;
    bob.shows("use-passkey");
    assert_eq!(app.sessions().await, 0, "nor does the right one");
}

#[tokio::test]
async fn a_passkey_of_another_account_does_not_serve_the_one_that_was_tapped() {
    let app = TestApp::start().await;
    let mut ada = settled(&app, "ada").await;
    let bob = settled(&app, "bob").await;
    ada.continues_in_one_tap().await;
    let answer = bob.device.get_with(&bob.device.passkeys[0], &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert!(ada.reads("That passkey belongs to another account."));
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn a_suggestion_signs_in_whom_its_passkey_belongs_to_and_serves_once() {
    let app = TestApp::start().await;
    let mut ada = at_the_field(&app).await;
    let waits = ada.identify().autofill.clone().unwrap();
    assert_eq!((waits.mediation, waits.auto), (Mediation::Conditional, false));
    let asked = options(&waits);
    assert_eq!(asked["allowCredentials"], json!([]));
    assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("localhost"), &json!("required")));

    let thief = ada.another_tab();
    let answer = ada.device.get_with(&ada.device.passkeys[0], &waits.options, honest);
    let outcome = serde_json::to_string(&keymend::page::Report::Credential(answer.to_string())).unwrap();
    let first = ada.posts_report(&waits, &outcome).await;
    ada.sees(&first);
    assert_eq!(ada.dashboard().identifier, "Signed in as ada");
    ada.signs_out().await;
    let again = thief.posts_report(&waits, &outcome).await;
    assert_eq!(again.step(), "identify");
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn what_answers_is_judged_by_what_the_server_knows_then() {
    let app = TestApp::start().await;
    let mut ada = at_the_field(&app).await;
    let wrong: [(&str, Change); 4] = [
        ("nobody was verified", |making| making.flags &= !UV),
        ("nobody says whose it is", |making| making.handle = None),
        ("it says somebody else's", |making| making.handle = Some(vec![7; 16])),
        ("another key signed", |making| making.key = new_key()),
    ];
    for (what, change) in wrong {
        let ceremony = ada.identify().autofill.clone().unwrap();
        ada.answers_to_anyone(&ceremony, change).await;
        assert_eq!(ada.status, StatusCode::UNAUTHORIZED, "{what}");
        assert!(ada.reads("That passkey could not be checked. Try another passkey"), "{what}");
        assert!(ada.page.signals.is_empty(), "{what}: nothing is certain");
    }

    // Removed elsewhere while the request waits.
    let waits = ada.identify().autofill.clone().unwrap();
    let mut phone = ada.elsewhere(&app);
    phone.device = ada.device.clone();
    phone.signs_in_with_passkey().await;
    phone.removes_passkey(0).await;
    ada.answers_to_anyone(&waits, honest).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert!(ada.reads("That passkey is no longer accepted here. Try another passkey"));
    assert!(ada.identify().form.is_some());
}

#[tokio::test]
async fn a_suggestion_that_waited_for_too_long_is_too_old_and_a_fresh_one_waits() {
    let app = TestApp::start().await;
    let mut ada = at_the_field(&app).await;
    let waits = ada.identify().autofill.clone().unwrap();
    assert!(i64::from(waits.good_for) < 10 * MINUTE, "the browser asks again before that");
    app.wait(10 * MINUTE);
    ada.answers_to_anyone(&waits, honest).await;
    assert_eq!(ada.status, StatusCode::CONFLICT);
    assert!(ada.reads("That took too long"));
    ada.picks_a_suggestion().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn every_page_has_challenges_of_its_own_for_every_door() {
    let app = TestApp::start().await;
    let mut ada = at_the_field(&app).await;
    let mut challenges = std::collections::BTreeSet::new();
    for _ in 0..3 {
        ada.opens("/sign-in").await;
        let screen = ada.identify().clone();
        for ceremony in [screen.autofill.unwrap(), screen.immediate.unwrap().1] {
            challenges.insert(options(&ceremony)["challenge"].to_string());
        }
    }
    assert_eq!(challenges.len(), 6);
}

#[tokio::test]
async fn a_request_that_gave_nothing_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let mut ada = at_the_field(&app).await;
    let before = app.stored().await;
    for _ in 0..3 {
        let waits = ada.identify().autofill.clone().unwrap();
        let outcome = serde_json::to_string(&failed(not_allowed())).unwrap();
        let answer = ada.posts_report(&waits, &outcome).await;
        ada.sees(&answer);
        ada.shows("identify");
        assert_eq!((ada.status, ada.page.status.as_str()), (StatusCode::OK, ""));
    }
    assert_eq!(app.stored().await, before);
    assert_eq!(app.count("strikes").await, 0);
    ada.types_identifier("ada").await;
    assert!(ada.is_prompted());
}

#[tokio::test]
async fn at_once_asks_for_any_passkey_without_a_list() {
    let app = TestApp::start().await;
    let mut ada = at_the_field(&app).await;
    let (_, ceremony) = ada.identify().immediate.clone().unwrap();
    assert_eq!((ceremony.mediation, ceremony.auto), (Mediation::Immediate, false));
    assert_eq!(
        (&options(&ceremony)["allowCredentials"], &options(&ceremony)["rpId"]),
        (&json!([]), &json!("localhost"))
    );
    ada.signs_in_at_once().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn who_turned_a_prompt_down_is_not_urged_in_this_visit() {
    let app = TestApp::start().await;
    let mut ada = settled(&app, "ada").await;
    ada.continues_in_one_tap().await;
    ada.fails(1).await;
    let Screen::UsePasskey(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert!(!screen.ceremony.auto);
    let not_you = screen.person.not_you.clone();
    let answer = ada.browser.press(&not_you, &[]).await;
    ada.sees(&answer);
    for _ in 0..2 {
        let screen = ada.identify();
        assert!(screen.form.is_some() && screen.one_tap.is_none() && screen.immediate.is_none());
        assert!(screen.autofill.is_some(), "what is silent may wait");
        ada.opens("/sign-in").await;
    }
}

#[tokio::test]
async fn the_handle_is_there_before_the_first_passkey_stays_and_tells_nothing() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.signs_up().await;
    let first = bytes(&options(ada.ceremony())["user"]["id"]);
    ada.creates_passkey().await;
    ada.continues().await;
    ada.adds_a_passkey().await;
    let second = bytes(&options(ada.ceremony())["user"]["id"]);
    assert_eq!((&first, first.len()), (&second, 16));
    assert_eq!(ada.device.passkeys[0].handle, first);
    let mut bob = app.person("bob");
    bob.signs_up().await;
    assert_ne!(bytes(&options(bob.ceremony())["user"]["id"]), first);
}

#[tokio::test]
async fn an_offer_is_for_this_device_and_what_is_added_on_the_dashboard_may_be_anywhere() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let offered = options(ada.ceremony());
    assert_eq!(offered["hints"], json!(["client-device"]));
    assert_eq!(offered["authenticatorSelection"]["authenticatorAttachment"], "platform");
    ada.creates_passkey().await;
    ada.continues().await;
    ada.adds_a_passkey().await;
    let added = options(ada.ceremony());
    assert_eq!(
        (&added["hints"], &added["authenticatorSelection"]["authenticatorAttachment"]),
        (&Value::Null, &Value::Null)
    );

    // A platform that has nothing to answer with is not insisted on: a manager may do.
    let mut bob = app.person("bob");
    bob.browser.environment = Some(r#"{"webauthn":true,"platform_authenticator":false}"#.to_owned());
    bob.signs_up().await;
    let offered = options(bob.ceremony());
    assert_eq!(offered["authenticatorSelection"]["authenticatorAttachment"], Value::Null);
}
