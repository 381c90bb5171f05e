//! What gets into the log, and what never does. The program runs with everything of its own logged, as an operator does who
//! looks for trouble.

use crate::app::{Browser, encode};
use crate::dump::Dump;
use crate::functions::FUNCTIONS;
use crate::person::Person;
use crate::served::Served;
use http::{Method, StatusCode};
use serde_json::Value;

/// More than any of them takes.
const FIELDS: [&str; 14] = [
    "flow",
    "identifier",
    "password",
    "new_password",
    "confirmation",
    "code",
    "token",
    "ceremony",
    "outcome",
    "left",
    "id",
    "name",
    "address",
    "environment",
];

const EVERYTHING: (&str, &str) = ("RUST_LOG", "keymend=trace,info");

/// A text that is nowhere else.
fn canary(name: &str) -> String {
    format!("Canary-{name}-{:016x}", rand::random::<u64>())
}

/// The same, which looks like an address of ours.
fn plain_canary(name: &str) -> String {
    let letters = format!("{:016x}", rand::random::<u64>()).replace(|digit: char| digit.is_ascii_digit(), "z");
    format!("canary-{name}-{letters}")
}

/// Sends a text wherever something can be sent.
async fn send_everywhere(browser: &Browser, text: &str) {
    for function in FUNCTIONS {
        let path = format!("/api/{function}");
        let all = FIELDS.map(|field| (field, text));
        let twice = [all, all].concat();
        let nested = FIELDS.map(|field| format!("{field}[{text}]={text}")).join("&");
        for body in [encode(&all), encode(&twice), nested, text.to_owned()] {
            let headers = [
                ("accept", "application/json"),
                ("referer", text),
                ("x-forwarded-for", text),
                ("x-request-id", text),
                ("authorization", text),
                ("sec-ch-ua-platform", text),
            ];
            browser.raw(&path, &body, &headers).await;
        }
        browser.raw(&path, text, &[("content-type", text), ("accept", text)]).await;
        browser.raw(&format!("{path}?{text}={text}"), "", &[("origin", text)]).await;
    }
    for path in [format!("/{text}"), format!("/sign-in?{text}"), format!("/api/{text}"), format!("/pkg/{text}")] {
        browser.get(&path).await;
    }
    browser.send(Method::from_bytes(text.as_bytes()).unwrap(), "/sign-in", Vec::new(), &[]).await;
    for cookie in ["session", "flow", "browser"] {
        let other = browser.copy();
        other.set_cookie(cookie, text);
        other.get("/dashboard").await;
    }
}

#[tokio::test]
async fn no_secret_gets_into_the_log_or_the_database() {
    let (token, key) = (canary("metrics"), "c5a1".repeat(16));
    let served = Served::start(&[
        EVERYTHING,
        ("KEYMEND__SERVER__LOG", "json"),
        ("KEYMEND__SERVER__METRICS_TOKEN", &token),
        ("KEYMEND__SERVER__ROOT_KEY", &key),
    ])
    .await;
    let mut ada: Person = served.person(&canary("identifier"));
    ada.password = format!("{} with some words", canary("password"));
    ada.settles_in().await;
    let mut secrets = vec![("the password", ada.password.clone()), ("the root key", key)];
    let bearer = format!("Bearer {token}");
    let metrics = served.browser().send(Method::GET, "/metrics", Vec::new(), &[("authorization", &bearer)]).await;
    assert_eq!(metrics.status, StatusCode::OK);
    secrets.push(("the token of the metrics", token));
    for code in ada.gets_codes().await {
        secrets.push(("a recovery code as it is compared", code.replace('-', "")));
        secrets.push(("a recovery code", code));
    }
    ada.keeps_codes().await;
    secrets.extend(["session", "browser"].map(|name| (name, ada.browser.cookie(name).unwrap())));
    ada.signs_out().await;
    ada.identifies().await;
    secrets.push(("the flow", ada.browser.cookie("flow").unwrap()));
    secrets.push(("the state of a ceremony", ada.ceremony().state.clone()));
    ada.fails(1).await;
    ada.uses_passkey_with(|making| making.flags = 0).await;
    let wrong = format!("{} which is wrong", canary("wrong"));
    ada.types_password(&wrong).await;
    secrets.push(("a wrong password", wrong));
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::OK);
    secrets.push(("a session", ada.browser.cookie("session").unwrap()));
    // What a person pastes by mistake may be a password, wherever it goes.
    for pasted in [canary("pasted"), plain_canary("pasted")] {
        send_everywhere(&served.browser(), &pasted).await;
        send_everywhere(&ada.browser, &pasted).await;
        secrets.push(("what was pasted", pasted));
    }

    let (log, dump) = (served.log(), Dump::of(&served.database().await).await);
    assert!(log.contains("answered") && log.contains("an assertion was refused"), "nothing was logged: {log}");
    for (what, secret) in &secrets {
        assert!(!log.contains(secret.as_str()), "{what} is in the log: {}", line_with(&log, secret));
        assert!(!dump.holds(secret), "{what} is in the database");
    }
    // These are in the database, where they belong.
    let id = crate::authenticator::encode(&ada.device.passkeys[0].id);
    for text in [&ada.identifier, &id] {
        assert!(!log.contains(text.as_str()), "{}", line_with(&log, text));
    }
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(entry["timestamp"].is_string() && entry["level"].is_string(), "{line}");
    }
    let answered = log.lines().find(|line| line.contains("answered")).unwrap();
    let entry: Value = serde_json::from_str(answered).unwrap();
    assert!(entry["span"]["id"].as_str().unwrap().len() == 32 && entry["span"]["path"].is_string(), "{answered}");
    println!("{} lines of log, {} secrets, none of them in it", log.lines().count(), secrets.len());
}

#[tokio::test]
async fn nobody_writes_lines_into_the_log() {
    let served = Served::start(&[EVERYTHING]).await;
    for text in [
        "forged",
        "\n2026 ERROR forged",
        "\r\n2026 ERROR forged",
        "\u{1b}[31mforged",
        "%0a2026 ERROR forged",
        "\u{2028}forged",
    ] {
        let browser = served.browser();
        for function in FUNCTIONS {
            let fields = [("flow", text), ("identifier", text), ("outcome", text), ("id", text), ("address", text)];
            browser.post(&format!("/api/{function}"), &fields).await;
        }
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        browser.get(&format!("/{encoded}")).await;
        browser.get(&format!("/api/{encoded}")).await;
    }
    served.browser().send(Method::from_bytes(b"forged!").unwrap(), "/sign-in", Vec::new(), &[]).await;
    let log = served.log();
    assert!(log.contains("answered") && !log.contains("forged"), "{}", line_with(&log, "forged"));
    assert!(!log.contains('\u{1b}') && log.lines().all(|line| line.starts_with("20")), "{log}");
    for method in ["POST", "GET", "(another)"] {
        assert!(log.contains(&format!(" method={method} ")), "{method}");
    }
}

#[tokio::test]
async fn the_name_of_a_request_is_in_its_answer_and_in_the_log() {
    let served = Served::start(&[("KEYMEND__SERVER__LOG", "json")]).await;
    let answer = served.browser().send(Method::GET, "/sign-in", Vec::new(), &[("accept", "text/html")]).await;
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    let log = served.log();
    let entry: Value = serde_json::from_str(line_with(&log, &id)).unwrap();
    assert_eq!((&entry["span"]["path"], &entry["fields"]["status"]), (&"/sign-in".into(), &200.into()), "{entry}");
    assert!(entry["fields"]["milliseconds"].is_u64());
}

fn line_with<'a>(log: &'a str, text: &str) -> &'a str {
    log.lines().find(|line| line.contains(text)).unwrap_or_default()
}
