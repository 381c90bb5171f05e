//! What a browser tells about itself is a matter of comfort: it can be absurd, and changes nothing.

use crate::app::{ANDROID, CAPABLE, TestApp};
use crate::person::{failed, not_allowed};
use domain::ceremony::{ErrorName, Observation};

#[tokio::test]
async fn absurd_facts_are_unknown_facts() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let long = format!(r#"{{"navigator_platform":"{}"}}"#, "x".repeat(200_000));
    let nested = "[".repeat(60_000);
    let absurd = [
        "",
        "null",
        "[]",
        "7",
        "{",
        "\u{0}",
        r#"{"webauthn":"yes"}"#,
        r#"{"webauthn":-1}"#,
        r#"{"touch_points":-1}"#,
        r#"{"touch_points":1000000000000}"#,
        r#"{"touch_points":1e400}"#,
        r#"{"unknown":{"deep":[1,2,3]}}"#,
        r#"{"navigator_platform":"\u0000\u202e<script>"}"#,
        r#"{"navigator_platform":7}"#,
        long.as_str(),
        &nested,
    ];
    for environment in absurd {
        ada.browser.environment = Some(environment.to_owned());
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        assert_eq!(ada.step(), "use-passkey", "{:.80}", environment);
        assert!(ada.is_prompted(), "{:.80}", environment);
    }
    ada.uses_passkey().await;
    ada.shows("dashboard");
    assert_eq!(app.count("browsers WHERE platform = 'macos'").await, 1);
}

#[tokio::test]
async fn a_browser_without_webauthn_starts_with_the_password() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.browser.environment = Some(r#"{"webauthn":false}"#.to_owned());
    ada.identifies().await;
    ada.shows("enter-password");
    ada.enters_password().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn the_words_fit_the_platform() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut phone = ada.elsewhere(&app);
    phone.browser.user_agent = ANDROID;
    phone.identifies().await;
    assert!(!phone.is_prompted(), "a passkey of Apple is not on Android");
    assert!(!phone.reads("Touch ID"), "{:?}", phone.page);
    ada.signs_out().await;
    ada.identifies().await;
    assert!(ada.reads("Touch ID"), "{:?}", ada.page);
}

#[tokio::test]
async fn absurd_observations_are_cut_to_what_can_be() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.reports(&failed(Observation { elapsed: u32::MAX, ..not_allowed() })).await;
    ada.shows("use-passkey");
    assert_eq!(app.count("failure_events WHERE observation LIKE '%3600000%'").await, 1);
    // Numbers that fit nowhere, names that nobody knows.
    let whole = serde_json::to_string(&failed(not_allowed())).unwrap();
    for (from, to) in
        [("1800", "-1"), ("1800", "1000000000000"), ("1800", "1.5"), ("\"focused\":true", "\"focused\":7")]
    {
        let ceremony = ada.ceremony().clone();
        let answer = ada.posts_report(&ceremony, &whole.replace(from, to)).await;
        assert_eq!(answer.status, http::StatusCode::BAD_REQUEST, "{to}");
        ada.sees(&answer);
        ada.shows("use-passkey");
    }
    let ceremony = ada.ceremony().clone();
    let answer = ada.posts_report(&ceremony, &whole.replace("NotAllowedError", "SunspotError")).await;
    ada.sees(&answer);
    ada.shows("enter-password");
    ada.browser.environment = Some(CAPABLE.to_owned());
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn an_observation_of_a_prompt_that_was_left_may_be_anything() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    for left in ["", "null", "{}", "[", "-1", &"x".repeat(100_000)] {
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        let flow = ada.ceremony().flow.clone();
        let answer = ada.browser.post("/api/sign-in/use-password", &[("flow", &flow), ("left", left)]).await;
        assert_eq!(answer.step(), "enter-password");
    }
    assert_eq!(app.count("failure_events").await, 0);
}

#[tokio::test]
async fn a_prompt_that_was_left_is_told_of_once_and_cut_to_what_can_be() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    let (cookie, before) = (ada.browser.cookie("flow").unwrap(), ada.page.clone());
    let ceremony = ada.ceremony().clone();
    let seen = Observation { name: Some(ErrorName::Abort), aborted: true, elapsed: 1_000_000_000, ..not_allowed() };
    let left = serde_json::to_string(&seen).unwrap();
    // Which prompt it was must be said, or it is not told of.
    let fields = [("flow", ceremony.flow.as_str()), ("left", &left)];
    for more in [None, Some(("ceremony", "")), Some(("ceremony", "nonsense"))] {
        let fields: Vec<_> = fields.into_iter().chain(more).collect();
        assert_eq!(ada.browser.post("/api/sign-in/use-password", &fields).await.step(), "enter-password");
        ada.browser.set_cookie("flow", &cookie);
    }
    assert_eq!(app.count("failure_events").await, 0);
    for _ in 0..4 {
        ada.page = before.clone();
        ada.leaves_the_prompt(&left).await;
        ada.shows("enter-password");
        ada.browser.set_cookie("flow", &cookie);
    }
    assert_eq!(app.count("failure_events").await, 1);
    assert_eq!(app.count("failure_events WHERE outcome = 'never-settled' AND observation LIKE '%3600000%'").await, 1);
    // Nor is it told of a second time as one that has ended.
    let outcome = serde_json::to_string(&failed(not_allowed())).unwrap();
    assert_eq!(ada.posts_report(&ceremony, &outcome).await.step(), "use-passkey");
    assert_eq!((app.count("failure_events").await, app.count("strikes").await), (1, 0));
}

#[tokio::test]
async fn inside_a_session_too_a_ceremony_is_told_of_once_and_cut_to_what_can_be() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut there = ada.elsewhere(&app);
    there.signs_in_with_password().await;
    there.shows("needs-proof");
    ada.adds_a_passkey().await;
    let seen = Observation { elapsed: 1_000_000_000, ..not_allowed() };
    let whole = serde_json::to_string(&failed(seen)).unwrap();
    for (person, purpose) in [(&mut ada, "create"), (&mut there, "verify")] {
        let ceremony = person.ceremony().clone();
        for (from, to) in [("1000000000", "-1"), ("1000000000", "1e30"), ("\"settled\":true", "\"settled\":[]")] {
            let answer = person.posts_report(&ceremony, &whole.replace(from, to)).await;
            assert_eq!(answer.status, http::StatusCode::BAD_REQUEST, "{to}");
        }
        let odd = whole.replace("NotAllowedError", &"SunspotError".repeat(1_000));
        for outcome in [&odd, &whole, &whole] {
            person.posts_report(&ceremony, outcome).await;
        }
        let stored = format!("failure_events WHERE purpose = '{purpose}'");
        assert_eq!(app.count(&stored).await, 1, "{purpose}");
        assert_eq!(app.count(&format!("{stored} AND observation LIKE '%3600000%'")).await, 1, "{purpose}");
        assert_eq!(app.count(&format!("{stored} AND observation LIKE '%Sunspot%'")).await, 0, "{purpose}");
    }
}

#[tokio::test]
async fn capabilities_that_nobody_knows_are_not_stored_and_known_ones_beside_them_are() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let many: String = (0..300).map(|number| format!(r#""extension:{number}":true,"#)).collect();
    // As many keys as the field may hold are ignored; what is longer than that is unknown as a whole.
    for (keys, known) in [(r#""telepathy":true,"#, 1), (many.as_str(), 0)] {
        ada.browser.environment = Some(format!(r#"{{{keys}"webauthn":true,"hybrid":false}}"#));
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        ada.shows("use-passkey");
        ada.fails(1).await;
        assert_eq!(app.count(r#"failure_events WHERE evidence LIKE '%"hybrid":false%'"#).await, known);
        assert_eq!(
            app.count("failure_events WHERE evidence LIKE '%telepathy%' OR evidence LIKE '%extension%'").await,
            0
        );
        // The second half looks at one event of its own.
        ada.uses_passkey().await;
        ada.signs_out().await;
        let db = app.app().db.clone();
        sea_orm::ConnectionTrait::execute_unprepared(db.read(), "DELETE FROM failure_events").await.unwrap();
    }
}
