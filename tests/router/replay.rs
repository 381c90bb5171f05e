//! Today's rules over what was recorded: nothing is different until the records or the rules are.

use crate::app::TestApp;
use crate::authenticator::honest;
use crate::person::{failed, not_allowed};
use domain::ceremony::{ErrorName, Observation};
use domain::ids::BrowserId;
use domain::intelligence::RULES_VERSION;
use domain::time::{DAY, HOUR, MINUTE, Millis};
use http::StatusCode;
use keymend::server::db::StandIn;
use keymend::server::db::failure_events::{self, FailureEvent};
use keymend::server::services::replay::{Kind, Replay, replay};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

/// A year in the life of an installation, as far as its passkeys do not simply work.
async fn with_records() -> TestApp {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;

    // It is gone, and healed.
    app.wait(DAY);
    let old = ada.device.clone();
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    app.wait(MINUTE);
    ada.creates_passkey().await;
    ada.continues().await;
    // What is left of it is removed, and answers from elsewhere all the same.
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.removes_passkey(0).await;
    ada.signs_out().await;
    app.wait(HOUR);
    ada.identifies().await;
    let answer = old.get_with(&old.passkeys[0], &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    // Trouble of the technical kind, and then it works.
    ada.reports(&failed(Observation { name: Some(ErrorName::Security), elapsed: 3, ..not_allowed() })).await;
    ada.uses_passkey().await;
    ada.shows("dashboard");
    // One that was asked for is not made.
    ada.adds_a_passkey().await;
    ada.reports(&failed(not_allowed())).await;
    ada.says_not_now().await;
    ada.signs_out().await;

    // On another machine none answers; then the password comes first.
    let mut there = ada.elsewhere(&app);
    there.comes_to(2, "needs-proof").await;
    there.continues().await;
    there.signs_out().await;
    app.wait(DAY);
    there.comes_to(0, "dashboard").await;
    there.signs_out().await;
    // Dismissed although it is here: creation finds it.
    app.wait(DAY);
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.shows("already-here");
    ada.reports(&failed(not_allowed())).await;
    ada.continues().await;
    ada.signs_out().await;

    // In one tap, which is a click.
    ada.comes_back_later().await;
    ada.continues_in_one_tap().await;
    ada.fails(1).await;
    // Nobody at all.
    let mut nobody = app.person("nobody@example.org");
    nobody.identifies().await;
    nobody.fails(2).await;
    app
}

async fn replayed(app: &TestApp) -> Replay {
    replay(&app.app(), 30 * DAY, 2).await.unwrap()
}

fn tally(replay: &Replay, kind: Kind) -> (u64, u64) {
    let tally = replay.kinds.iter().find(|tally| tally.kind == kind).unwrap();
    (tally.different, tally.decisions)
}

async fn run(app: &TestApp, sql: &str) {
    app.app().db.read().execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn every_decision_that_was_reported_on_comes_out_as_it_did() {
    let app = with_records().await;
    let told = replayed(&app).await;
    assert_eq!((told.different, told.unreadable, told.left_out, told.future), (0, 0, 0, 0), "{told}");
    assert!(told.changes.is_empty());
    assert_eq!(told.failures, u64::try_from(app.count("failure_events").await).unwrap());
    assert_eq!(told.sign_ins + told.creations, u64::try_from(app.count("decisions").await).unwrap());
    let kinds = told.kinds.iter().map(|tally| (tally.kind, tally.decisions)).collect::<Vec<_>>();
    let expected = [
        (Kind::FirstStep, 7),
        (Kind::Assessment, 14),
        (Kind::LikeliestCause, 15),
        (Kind::Offer, 5),
        (Kind::Learning, 1),
    ];
    assert_eq!(kinds, expected, "{told}");
    let last = format!("\n0 of {} would be decided differently by rules version {RULES_VERSION}.\n", told.decisions);
    assert!(told.to_string().ends_with(&last), "{told}");
}

#[tokio::test]
async fn a_record_that_says_something_else_is_found() {
    let app = with_records().await;
    run(&app, "UPDATE failure_events SET outcome = 'timed-out' WHERE outcome = 'not-accepted'").await;
    // Whether nobody is asked for a passkey is up to the ghost.
    run(
        &app,
        r#"UPDATE failure_events SET decision = REPLACE(decision, '"immediately"', '"on-click"') WHERE user_id IS NOT NULL"#,
    )
    .await;
    run(&app, r#"UPDATE decisions SET decision = REPLACE(decision, '"after-error"', '"second-browser"')"#).await;
    run(&app, r#"UPDATE decisions SET decision = '{"absent":[],"diagnosis":{"causes":[["technical",900],["dismissed",99]]}}' WHERE kind = 'creation'"#).await;
    let told = replayed(&app).await;
    let changes: Vec<_> = told
        .changes
        .iter()
        .map(|change| (change.kind, change.then.as_str(), change.now.as_str(), change.count))
        .collect();
    // The likeliest cause is the rules' own affair; a server that could make a passkey had no technical trouble.
    let likeliest = changes[2].2;
    assert!(["deleted-here", "other-cloud-account", "dismissed"].contains(&likeliest), "{likeliest}");
    let expected = [
        (Kind::FirstStep, "on-click", "immediately", 5),
        (Kind::Assessment, "timed-out", "not-accepted", 1),
        (Kind::LikeliestCause, "technical", likeliest, 1),
        (Kind::Offer, "second-browser", "after-error", 3),
        (Kind::Learning, "0 absent", "1 absent", 1),
    ];
    assert_eq!(changes, expected);
    assert!(told.changes.iter().all(|change| (1..=2).contains(&change.examples.len())));
    assert_eq!(told.different, 11);
    let words = told.to_string();
    assert!(words.contains("\nkind of failure: timed-out → not-accepted (1)\n  20"), "{words}");
    let json = serde_json::to_value(&told).unwrap();
    assert_eq!(json["different"], 11);
    assert_eq!(json["changes"][1]["now"], "not-accepted");
}

#[tokio::test]
async fn a_plan_that_something_came_between_is_left_out_and_not_called_different() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    assert!(ada.is_prompted());
    // Two failures in another tab: by now, the password would come first.
    let mut other = ada.another_tab();
    other.browser = ada.browser.copy();
    other.browser.drop_cookie("flow");
    other.identifies().await;
    other.fails(2).await;
    ada.fails(1).await;
    let told = replayed(&app).await;
    assert_eq!((told.failures, told.different, told.left_out), (3, 0, 1), "{told}");
    assert_eq!(tally(&told, Kind::FirstStep), (0, 1));
    assert!(told.to_string().contains("Left out, as what they looked at was not recorded: 1 decision.\n"), "{told}");
}

/// As version 1 of the rules stored it.
fn version_1(at: Millis, number: u128) -> FailureEvent {
    FailureEvent {
        id: Uuid::from_u128(number),
        at,
        user: None,
        browser: Some(BrowserId(Uuid::from_u128(7))),
        identifier_hash: vec![1],
        purpose: "sign-in".to_owned(),
        outcome: "cancelled-or-missing".to_owned(),
        observation: r#"{"name":"NotAllowedError","elapsed":1800,"focused":true,"visible":true,"activated":false,
            "blurred":true,"aborted":false,"settled":true}"#
            .to_owned(),
        evidence: r#"{"environment":{"platform":"mac-os","browser":"chrome",
            "can":{"webauthn":true,"platform_authenticator":true,"hybrid":null}},
            "passkeys":[],"ever_had_passkey":true,"strikes":0,"known_browser":true,"first_seen":1799998000000,
            "offers":{"declined":0,"paused_until":null,"present":null,"failures_since_present":0},
            "policy":{"auto_start":"likely"}}"#
            .to_owned(),
        decision: r#"{"outcome":"immediately","reasons":["best-is-likely","created-here"],"rules_version":1}"#
            .to_owned(),
        diagnosis: r#"{"causes":[["dismissed",700],["deleted-here",300]]}"#.to_owned(),
        rules_version: 1,
    }
}

async fn store(app: &TestApp, events: impl IntoIterator<Item = FailureEvent>) {
    let tx = app.app().db.write().await.unwrap();
    for event in events {
        failure_events::add(&tx, event, StandIn::of(&[0])).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn records_of_the_first_rules_are_read_as_far_as_they_tell() {
    let app = TestApp::start().await;
    store(&app, [version_1(app.now(), 1)]).await;
    let told = replayed(&app).await;
    assert_eq!((told.failures, told.unreadable, told.different), (1, 0, 0), "{told}");
    assert_eq!(tally(&told, Kind::Assessment), (0, 1));
    assert_eq!((told.decisions, told.left_out), (1, 2), "the plan and the causes need what was not written then");
}

#[tokio::test]
async fn records_that_cannot_be_read_are_counted_and_stop_nothing() {
    let app = TestApp::start().await;
    let broken = |number, change: fn(&mut FailureEvent)| {
        let mut event = version_1(app.now(), number);
        change(&mut event);
        event
    };
    let events = [
        version_1(app.now(), 1),
        broken(2, |event| event.evidence = "[".repeat(100_000)),
        broken(3, |event| event.outcome = "'; DROP TABLE users; --".to_owned()),
        broken(4, |event| event.observation = String::new()),
        broken(5, |event| event.diagnosis = r#"{"causes":[["sunspots",1000]]}"#.to_owned()),
        version_1(app.now(), 6),
    ];
    store(&app, events).await;
    let told = replayed(&app).await;
    assert_eq!((told.failures, told.unreadable), (2, 4), "{told}");
    assert!(told.to_string().contains("Left out, as they cannot be read: 4 rows.\n"), "{told}");
}

#[tokio::test]
async fn many_records_come_page_by_page_and_each_one_once() {
    let app = TestApp::start().await;
    // More than two pages, most of them of one and the same millisecond.
    let now = app.now();
    store(&app, (0..1_234).map(|number| version_1(now.plus(-i64::from(number >= 1_200)), u128::from(number + 1_u32))))
        .await;
    assert_eq!(replayed(&app).await.failures, 1_234);
}

#[tokio::test]
async fn since_leaves_out_what_is_older_and_not_what_a_clock_dated_too_late() {
    let app = TestApp::start().await;
    let now = app.now();
    let times = [now.plus(-31 * DAY), now.plus(-30 * DAY), now, now.plus(DAY), Millis(i64::MAX)];
    store(&app, times.into_iter().zip(1..).map(|(at, number)| version_1(at, number))).await;
    let told = replayed(&app).await;
    assert_eq!((told.failures, told.future), (4, 2), "{told}");
    assert!(told.to_string().contains("as after a clock was set back: 2 rows.\n"), "{told}");
    // A clock that stands before everything else.
    app.wait(-400 * DAY);
    assert_eq!(replayed(&app).await.failures, 5);
    let all = replay(&app.app(), i64::MAX, 1).await.unwrap();
    assert_eq!(all.failures, 5);
}

#[tokio::test]
async fn an_account_that_is_gone_takes_its_records_with_it() {
    let app = with_records().await;
    run(&app, "DELETE FROM users").await;
    let told = replayed(&app).await;
    assert_eq!((told.failures, told.sign_ins, told.different), (2, 0, 0), "what is left is nobody's: {told}");
    let empty = TestApp::start().await;
    let told = replayed(&empty).await;
    assert_eq!((told.decisions, told.different), (0, 0));
}
