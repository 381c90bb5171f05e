//! What a person takes along.

use super::settled;
use crate::app::TestApp;
use crate::authenticator::encode;
use http::{StatusCode, header};
use serde_json::Value;

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
    let mut secrets = vec![ada.password.clone(), "argon2".to_owned(), "\"cred\"".to_owned(), "EC_EC2".to_owned()];
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
