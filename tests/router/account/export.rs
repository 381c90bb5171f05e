//! What a person takes along.

use super::settled;
use crate::app::TestApp;
use crate::authenticator::encode;
use domain::audit::Event;
use domain::ids::{BrowserId, FlowId, SessionId};
use http::{StatusCode, header};
use keymend::server::db::StandIn;
use keymend::server::db::audit::{self, NewEntry};
use keymend::server::db::decisions::{self, StoredDecision};
use keymend::server::db::failure_events::{self, FailureEvent};
use keymend::server::db::sessions::{self, NewSession};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn everything_is_in_it_and_nothing_that_opens_anything() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.removes_passkey(0).await;
    app.execute("UPDATE users SET void_passwords = '$argon2id$taken-away'").await;
    let answer = ada.browser.get("/account/export").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json; charset=utf-8");
    assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"account.json\"");
    let text = answer.text();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["account"]["identifier"], "ada");
    assert_eq!(file["account"]["created"], "2027-01-15T08:00:00Z");
    for (part, count) in [
        ("passkeys", 2),
        ("sessions", 2),
        ("browsers", 1),
        ("heals", 1),
        ("prompts_without_a_passkey", 2),
        ("decisions", 2),
    ] {
        assert_eq!(file[part].as_array().unwrap().len(), count, "{part}: {text}");
    }
    assert_eq!(file["activity"].as_array().unwrap().len(), app.audit("ada").await.len());
    assert_eq!(file["browsers"][0]["passkeys"].as_array().unwrap().len(), 2);
    // Secrets, hashes and keys, however they may be written.
    let mut secrets = vec![
        ada.password.clone(),
        "argon2".to_owned(),
        "taken-away".to_owned(),
        "\"cred\"".to_owned(),
        "EC_EC2".to_owned(),
    ];
    for (column, table) in [
        ("token_hash", "sessions"),
        ("token_hash", "browsers"),
        ("mark_hash", "browser_accounts"),
        ("identifier_hash", "failure_events"),
        ("token_hash", "notices"),
    ] {
        for bytes in app.blobs(column, table).await {
            secrets.push(encode(&bytes));
            secrets.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
            secrets.push(bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(","));
        }
    }
    for cookie in ["session", "browser"] {
        secrets.push(ada.browser.cookie(cookie).unwrap());
    }
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret}: {text}");
    }
}

/// The numbers of a list that are in the file, from the name of a browser.
fn numbers(list: &Value) -> Vec<u128> {
    let browsers = list.as_array().unwrap().iter().map(|row| row["browser"].as_str().unwrap());
    browsers.map(|id| Uuid::parse_str(id).unwrap().as_u128()).collect()
}

/// Strangers can have failures and refusals written down without end, and whoever signs in decisions and sessions.
#[tokio::test]
async fn of_many_rows_the_latest_are_in_it_and_it_says_so() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let file: Value = serde_json::from_str(&ada.browser.get("/account/export").await.text()).unwrap();
    assert_eq!(file["only_the_latest"], json!({}), "nothing is left out");
    let (user, own) = (app.user("ada").await.unwrap(), file["activity"].as_array().unwrap().len());
    let tx = app.app().db.write().await.unwrap();
    for n in 0..3_000_u32 {
        let (id, at) = (Uuid::from_u128(n.into()), app.now().plus(n.into()));
        let browser = BrowserId(id);
        let text = String::new;
        let failure = FailureEvent {
            id,
            at,
            user: Some(user),
            browser: Some(browser),
            identifier_hash: b"ada".to_vec(),
            purpose: text(),
            outcome: text(),
            observation: text(),
            evidence: text(),
            decision: text(),
            diagnosis: text(),
            rules_version: 1,
        };
        failure_events::add(&tx, failure, StandIn::of(&[0])).await.unwrap();
        let (kind, given, evidence, decision) = (text(), text(), text(), text());
        let decision = StoredDecision { id, at, user, browser, kind, given, evidence, decision, rules_version: 1 };
        decisions::add(&tx, decision).await.unwrap();
        let refused = NewEntry {
            id,
            at,
            event: Event::PasskeyRefused,
            user: Some(user),
            browser: Some(browser),
            session: None,
            subject: None,
            identifier_hash: None,
        };
        audit::add(&tx, refused).await.unwrap();
        let session = NewSession {
            id: SessionId(id),
            token_hash: id.as_bytes().to_vec(),
            user,
            browser,
            flow: FlowId(id),
            healing: text(),
            password_at: None,
            passkey_at: None,
            code_at: None,
            now: at,
            expires_at: at,
        };
        sessions::create(&tx, session).await.unwrap();
    }
    tx.commit().await.unwrap();
    let file: Value = serde_json::from_str(&ada.browser.get("/account/export").await.text()).unwrap();
    let latest: Vec<u128> = (2_000..3_000).rev().collect();
    assert_eq!(numbers(&file["prompts_without_a_passkey"]), latest);
    assert_eq!(numbers(&file["decisions"]), latest);
    assert_eq!(numbers(&file["sessions"]), (2_000..3_000).collect::<Vec<_>>());
    // What strangers do pushes nothing else out of it.
    assert_eq!(numbers(&file["activity"])[..1_000], latest);
    assert_eq!(file["activity"].as_array().unwrap().len(), 1_000 + own);
    let cut =
        json!({"activity": 1_000 + own, "decisions": 1_000, "prompts_without_a_passkey": 1_000, "sessions": 1_000});
    assert_eq!(file["only_the_latest"], cut);
    assert_eq!(file["passkeys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn of_another_session_it_tells_no_more_than_the_step() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    app.wait(1);
    let mut there = ada.elsewhere(&app);
    there.opens("/sign-in?return_to=/account?ticket=of-the-other-one").await;
    there.types_identifier("ada").await;
    there.fails(2).await;
    there.enters_password().await;
    ada.gets_codes().await;
    let healing = app.texts("healing", "sessions").await.join("\n");
    let held: Vec<Value> = healing.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |part: &str| held.iter().find(|flow| !flow[part].is_null()).map(|flow| flow[part].to_string()).unwrap();
    let secrets = [of("codes"), "of-the-other-one".to_owned()];
    assert!(of("return_to").contains(&secrets[1]), "{healing}");
    let text = ada.browser.get("/account/export").await.text();
    let file: Value = serde_json::from_str(&text).unwrap();
    let steps: Vec<_> = file["sessions"].as_array().unwrap().iter().map(|session| &session["step"]).collect();
    assert_eq!(steps, ["done", "needs-proof"]);
    // However it is spaced.
    let packed = file.to_string();
    for secret in secrets {
        assert!(!packed.contains(&secret), "{secret}: {packed}");
    }
}

#[tokio::test]
async fn each_gets_their_own_and_a_stranger_nothing() {
    let app = TestApp::start().await;
    let (ada, mut bob) = (settled(&app).await, app.person("bob"));
    bob.settles_in().await;
    assert!(!ada.browser.get("/account/export").await.text().contains("bob"));
    let stranger = app.browser().get("/account/export").await;
    assert_eq!(
        (stranger.status, &stranger.headers[header::LOCATION]),
        (StatusCode::SEE_OTHER, &"/sign-in".parse().unwrap())
    );
    assert!(stranger.body.is_empty());
}
