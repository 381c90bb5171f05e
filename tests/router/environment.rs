//! What a browser tells about itself is a matter of comfort: it can be absurd, and changes nothing.

use crate::app::{ANDROID, CAPABLE, TestApp};
use crate::person::not_allowed;
use domain::ceremony::Observation;

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
    ada.reports(&crate::person::failed(Observation { elapsed: u32::MAX, ..not_allowed() })).await;
    ada.shows("use-passkey");
    assert_eq!(app.count("failure_events WHERE observation LIKE '%3600000%'").await, 1);
    // Numbers that fit nowhere, names that nobody knows.
    let whole = serde_json::to_string(&crate::person::failed(not_allowed())).unwrap();
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
