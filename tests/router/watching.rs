//! What an operator sees: health, readiness, metrics, and the names of requests.

use crate::app::TestApp;
use http::{Method, StatusCode};

async fn metrics(app: &TestApp) -> String {
    let answer = app.browser().get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.text()
}

/// The value of a line.
fn value(text: &str, line: &str) -> f64 {
    let found = text.lines().find_map(|each| each.strip_prefix(line)?.strip_prefix(' ')?.parse().ok());
    found.unwrap_or_else(|| panic!("{line} is not in:\n{text}"))
}

#[tokio::test]
async fn a_heal_can_be_followed_in_the_metrics() {
    let app = TestApp::start().await;
    let before = metrics(&app).await;
    for line in ["keymend_sign_ins_total{method=\"passkey\"}", "keymend_heals_total{stage=\"confirmed\"}"] {
        assert_eq!(value(&before, line), 0.0, "what did not happen yet is zero");
    }
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    // Another device in the same browser: the passkey is not there any more.
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    ada.device.passkeys.reverse();
    ada.signs_in_with_passkey().await;
    let after = metrics(&app).await;
    for (line, expected) in [
        ("keymend_sign_ins_total{method=\"sign-up\"}", 1.0),
        ("keymend_sign_ins_total{method=\"password\"}", 1.0),
        ("keymend_sign_ins_total{method=\"passkey\"}", 1.0),
        ("keymend_heals_total{stage=\"offered\"}", 1.0),
        ("keymend_heals_total{stage=\"created\"}", 1.0),
        ("keymend_heals_total{stage=\"confirmed\"}", 1.0),
        ("keymend_failures_total{outcome=\"cancelled-or-missing\"}", 2.0),
        ("keymend_passwords_waiting", 0.0),
    ] {
        assert_eq!(value(&after, line), expected, "{line}");
    }
    assert!(value(&after, "keymend_database_seconds") >= 0.0);
    assert!(value(&after, "keymend_request_seconds_count{kind=\"function\",status=\"2xx\"}") > 10.0);
    assert!(!after.contains("ada"), "nothing of a person");
}

#[tokio::test]
async fn mails_that_wait_are_counted() {
    let app = TestApp::start().await;
    let waiting = "keymend_mails_waiting";
    assert_eq!(value(&metrics(&app).await, waiting), 0.0);
    app.person("ada@example.org").settles_in().await;
    let stored = app.count("outbox").await;
    assert!(stored > 0);
    assert_eq!(value(&metrics(&app).await, waiting), stored as f64);
    app.mails().await;
    assert_eq!(value(&metrics(&app).await, waiting), 0.0);
    // Where the database does not tell, it is not nothing.
    app.app().db.close().await;
    assert!(value(&metrics(&app).await, waiting).is_nan());
}

/// On SQLite one task writes, and what it does can be watched: so many transactions in so many commits.
#[tokio::test]
async fn writes_and_the_commits_that_they_took_together_are_counted_where_keymend_groups_them() {
    let app = TestApp::start().await;
    let both =
        |text: &str| ["keymend_database_writes_total", "keymend_database_commits_total"].map(|line| value(text, line));
    let before = metrics(&app).await;
    if app.is_postgres() {
        assert!(!before.contains("keymend_database_writes"), "PostgreSQL groups commits by itself: {before}");
        return;
    }
    let [writes, commits] = both(&before);
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let [one_by_one, each_its_own] = both(&metrics(&app).await);
    assert!(one_by_one > writes);
    assert_eq!(one_by_one - writes, each_its_own - commits, "nobody waited beside them");
    // While somebody writes, others wait, and one commit does for them.
    let db = app.app().db.clone();
    let first = db.write().await.unwrap();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.write().await.unwrap().commit().await.unwrap() })
        })
        .collect();
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    for each in waiting {
        each.await.unwrap();
    }
    let [grouped, together] = both(&metrics(&app).await);
    assert_eq!(grouped - one_by_one, 9.0);
    assert!(together - each_its_own < 9.0, "{}", together - each_its_own);
}

/// An operator sees which steps take longer than all answers wait.
#[tokio::test]
async fn answers_that_are_late_are_counted_by_step() {
    for (wait, in_time, other) in [(0, "no", "yes"), (1_000, "yes", "no")] {
        let app = TestApp::start_with("", |settings| settings.sign_in.answer_after_ms = wait).await;
        app.person("ada").identifies().await;
        app.browser().raw("/api/made-up", "", &[]).await;
        let text = metrics(&app).await;
        for (step, expected) in [("sign-in/identify", 1.0), ("none", 1.0)] {
            let line =
                |in_time| format!("keymend_answers_about_somebody_total{{step=\"{step}\",in_time=\"{in_time}\"}}");
            assert_eq!(value(&text, &line(in_time)), expected, "{step}");
            assert!(!text.contains(&line(other)), "{step}");
        }
    }
}

#[tokio::test]
async fn labels_are_few_whatever_is_asked_for() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for number in 0..50 {
        browser.get(&format!("/made-up-{number}")).await;
        browser.raw(&format!("/api/made-up-{number}"), "", &[]).await;
        browser.raw("/api/sign-up", "", &[("origin", "https://evil.example")]).await;
    }
    let text = metrics(&app).await;
    assert!(text.lines().count() < 150, "{}", text.lines().count());
    assert_eq!(value(&text, "keymend_turned_away_total{reason=\"origin\"}"), 50.0);
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn where_the_origin_is_public_metrics_want_their_token() {
    let toml = "[relying_party]\nid = \"example.org\"\norigin = \"https://login.example.org\"\n";
    let token = "[server]\nmetrics_token = \"a-token-of-some-length\"\n";
    let without = TestApp::start_with(toml, |_| {}).await;
    let with = TestApp::start_with(&format!("{token}{toml}"), |_| {}).await;
    for (app, bearer, status) in [
        (&without, "", StatusCode::NOT_FOUND),
        (&without, "Bearer ", StatusCode::NOT_FOUND),
        (&with, "", StatusCode::NOT_FOUND),
        (&with, "Bearer a-token-of-some-lengt", StatusCode::NOT_FOUND),
        (&with, "a-token-of-some-length", StatusCode::NOT_FOUND),
        (&with, "Bearer a-token-of-some-length", StatusCode::OK),
    ] {
        let headers = [("authorization", bearer)];
        let headers = if bearer.is_empty() { &[][..] } else { &headers };
        let answer = app.browser().send(Method::GET, "/metrics", Vec::new(), headers).await;
        assert_eq!(answer.status, status, "{bearer:?}");
    }
}

#[tokio::test]
async fn ready_means_that_the_database_answers() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.browser().get(path).await.status, StatusCode::OK);
    }
    app.app().db.close().await;
    let answer = app.browser().send_anyway(Method::GET, "/readyz", Vec::new(), &[]).await;
    assert_eq!(
        (answer.status, answer.headers["retry-after"].to_str().unwrap()),
        (StatusCode::SERVICE_UNAVAILABLE, "2")
    );
    // The process lives: nobody should restart it because of the database.
    assert_eq!(app.browser().get("/healthz").await.status, StatusCode::OK);
    app.restart().await;
    assert_eq!(app.browser().get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_has_a_name_of_our_own() {
    let app = TestApp::start().await;
    let mut names = std::collections::HashSet::new();
    for _ in 0..3 {
        let headers = [("x-request-id", "somebody else's")];
        let answer = app.browser().send(Method::GET, "/sign-in", Vec::new(), &headers).await;
        let name = answer.headers["x-request-id"].to_str().unwrap().to_owned();
        assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        assert!(names.insert(name));
    }
}
