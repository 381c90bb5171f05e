//! A ceremony belongs to one purpose, one flow and one browser, lives ten minutes and counts once.

use crate::app::TestApp;
use crate::authenticator::{encode, honest};
use crate::person::{Person, failed, not_allowed};
use domain::time::MINUTE;
use http::StatusCode;
use keymend::page::{Ceremony, Report};
use serde_json::Value;
use tokio::task::JoinSet;

fn credential(credential: &Value) -> String {
    serde_json::to_string(&Report::Credential(credential.to_string())).unwrap()
}

#[tokio::test]
async fn after_ten_minutes_a_ceremony_is_too_old_and_a_new_one_is_there() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    app.wait(11 * MINUTE);
    ada.uses_passkey().await;
    assert_eq!(ada.status, StatusCode::CONFLICT);
    ada.shows("use-passkey");
    ada.uses_passkey().await;
    ada.shows("dashboard");

    ada.adds_a_passkey().await;
    app.wait(11 * MINUTE);
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    assert_eq!(ada.status, StatusCode::CONFLICT);
    assert_eq!(app.count("passkeys").await, 1);
}

#[tokio::test]
async fn nine_minutes_are_not_too_long() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    app.wait(9 * MINUTE);
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_copies_of_an_assertion_one_signs_in() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let ceremony = ada.ceremony().clone();
    let outcome = credential(&ada.device.get(&ceremony.options, honest).unwrap());
    let mut copies = JoinSet::new();
    for _ in 0..50 {
        let (browser, ceremony, outcome) = (ada.browser.copy(), ceremony.clone(), outcome.clone());
        copies.spawn(async move {
            let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
            browser.post(&ceremony.report, &fields).await.step()
        });
    }
    let steps = copies.join_all().await;
    assert_eq!(steps.iter().filter(|step| **step == "dashboard").count(), 1, "{steps:?}");
    assert_eq!(steps.iter().filter(|step| **step == "use-passkey").count(), 49, "{steps:?}");
    assert_eq!(app.sessions().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_copies_of_a_creation_one_is_stored() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let ceremony = ada.ceremony().clone();
    let outcome = credential(&ada.device.create(&ceremony.options, honest).unwrap());
    let mut copies = JoinSet::new();
    for _ in 0..20 {
        let (browser, ceremony, outcome) = (ada.browser.clone(), ceremony.clone(), outcome.clone());
        copies.spawn(async move {
            let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
            browser.post(&ceremony.report, &fields).await.step()
        });
    }
    // Whoever comes too late sees how it went.
    assert_eq!(copies.join_all().await, ["passkey-created"; 20]);
    assert_eq!(app.count("passkeys").await, 1);
}

#[tokio::test]
async fn a_failure_reported_twice_counts_once() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let ceremony = ada.ceremony().clone();
    let outcome = serde_json::to_string(&failed(not_allowed())).unwrap();
    for _ in 0..5 {
        assert_eq!(ada.posts_report(&ceremony, &outcome).await.step(), "use-passkey");
    }
    assert_eq!(app.count("failure_events").await, 1);
    assert_eq!(app.count("strikes WHERE points = 1000").await, 1);
}

#[tokio::test]
async fn a_ceremony_that_failed_cannot_succeed_later() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let ceremony = ada.ceremony().clone();
    let outcome = credential(&ada.device.get(&ceremony.options, honest).unwrap());
    ada.fails(1).await;
    let answer = ada.posts_report(&ceremony, &outcome).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::CONFLICT, "use-passkey"));
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn a_ceremony_of_another_browser_is_nobodys() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    let mut thief = ada.elsewhere(&app);
    thief.device = ada.device.clone();
    ada.identifies().await;
    thief.identifies().await;
    let state = ada.ceremony().state.clone();
    let outcome = credential(&thief.device.get(&ada.ceremony().options, honest).unwrap());
    for flow in [&thief.ceremony().flow, &ada.ceremony().flow] {
        let foreign = Ceremony { state: state.clone(), flow: flow.clone(), ..thief.ceremony().clone() };
        assert_eq!(thief.posts_report(&foreign, &outcome).await.step(), "use-passkey");
    }
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn a_ceremony_of_another_flow_is_too_old() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let before = ada.ceremony().clone();
    let outcome = credential(&ada.device.get(&before.options, honest).unwrap());
    ada.browser.drop_cookie("flow");
    ada.identifies().await;
    let now = Ceremony { state: before.state.clone(), ..ada.ceremony().clone() };
    let answer = ada.posts_report(&now, &outcome).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::CONFLICT, "use-passkey"));
    // With its own flow it belongs to a form that is gone.
    assert_eq!(ada.posts_report(&before, &outcome).await.step(), "use-passkey");
    assert_eq!(app.sessions().await, 0);
}

/// An authenticator that answers with anything else would have made a passkey that nobody takes.
#[tokio::test]
async fn only_keys_that_are_taken_are_asked_for() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let options: serde_json::Value = serde_json::from_str(&ada.ceremony().options).unwrap();
    let asked: Vec<_> = options["pubKeyCredParams"].as_array().unwrap().iter().map(|key| &key["alg"]).collect();
    assert_eq!(asked, [-7, -257], "ES256 rather than RS256");
}

#[tokio::test]
async fn a_ceremony_serves_its_purpose_only() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.device = ada.device.clone();
    laptop.signs_in_with_password().await;
    // A verification is not a creation.
    let verify = laptop.ceremony().clone();
    let mut other = app.device();
    let options = r#"{"challenge":"AAAA","rp":{"id":"localhost"},"user":{"id":"AAAA"},"authenticatorSelection":{"residentKey":"required","userVerification":"required"}}"#;
    let challenge = serde_json::from_str::<Value>(&verify.options).unwrap()["challenge"].as_str().unwrap().to_owned();
    let made = other.create(&options.replacen("AAAA", &challenge, 1), honest).unwrap();
    let wrong = Ceremony { report: "/api/healing/report".to_owned(), ..verify.clone() };
    assert_eq!(laptop.posts_report(&wrong, &credential(&made)).await.step(), "needs-proof");
    // A creation is not a verification, and neither is a sign-in.
    ada.adds_a_passkey().await;
    let create = ada.ceremony().clone();
    let answer = ada.device.get_with(
        &ada.device.passkeys[0],
        &create.options.replace(r#""rp":{"id":"localhost""#, r#""rpId":"localhost","rp":{"id":"localhost""#),
        honest,
    );
    let wrong = Ceremony { report: "/api/session/verify".to_owned(), ..create };
    assert_eq!(ada.posts_report(&wrong, &credential(&answer)).await.status, StatusCode::CONFLICT);
    assert_eq!(app.count("passkeys").await, 1);
}

#[tokio::test]
async fn a_state_that_was_tampered_with_is_too_old() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let right = ada.ceremony().clone();
    let outcome = credential(&ada.device.get(&right.options, honest).unwrap());
    let flow_cookie = ada.browser.cookie("flow").unwrap();
    let changed = {
        let mut bytes = crate::authenticator::bytes(&right.state.clone().into());
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        encode(bytes)
    };
    for state in
        ["", "x", "%", changed.as_str(), &right.state[..right.state.len() - 4], &flow_cookie, &right.state.repeat(5)]
    {
        let wrong = Ceremony { state: state.to_owned(), ..right.clone() };
        let answer = ada.posts_report(&wrong, &outcome).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::CONFLICT, "use-passkey"));
    }
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn every_prompt_has_its_own_challenge_and_states_are_of_one_size() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    let mut challenges = std::collections::HashSet::new();
    let mut sizes = std::collections::HashSet::new();
    ada.identifies().await;
    for _ in 0..10 {
        ada.opens("/sign-in").await;
        let options: Value = serde_json::from_str(&ada.ceremony().options).unwrap();
        challenges.insert(options["challenge"].as_str().unwrap().to_owned());
        sizes.insert(ada.ceremony().state.len());
    }
    assert_eq!((challenges.len(), sizes.len()), (10, 1));
}
