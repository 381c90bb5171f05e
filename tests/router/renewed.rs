//! A proof inside a session gives it a new token, and counts for that one only.

use crate::app::{Answer, TestApp};
use crate::authenticator::honest;
use crate::person::Person;
use domain::time::{MINUTE, SECOND};
use http::StatusCode;
use keymend::page::{Report, Screen};
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";
const NEW: &str = "an entirely different passphrase";

fn token(person: &Person) -> String {
    person.browser.cookie("session").unwrap()
}

/// The same cookies in a jar of its own: what comes for the one does not reach the other.
fn copy(person: &Person) -> Person {
    let mut copy = person.another_tab();
    copy.browser = person.browser.copy();
    copy
}

/// Somebody who has only the password, in a browser of their own and on the dashboard.
async fn thief(app: &TestApp, owner: &Person) -> Person {
    let mut thief = owner.elsewhere(app);
    thief.signs_in_with_password().await;
    thief.shows("needs-proof");
    thief.continues().await;
    thief.shows("dashboard");
    thief
}

/// Whether an answer takes the session away from a browser.
fn signs_out(answer: &Answer) -> bool {
    answer.cookies().iter().any(|cookie| cookie.starts_with("session=;"))
}

#[tokio::test]
async fn a_token_that_was_planted_before_a_heal_is_worth_nothing_after_it() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let mut thief = thief(&app, &ada).await;
    let planted = token(&thief);
    ada.browser.set_cookie("session", &planted);
    ada.device.passkeys.clear();
    // In her own browser, known to the account, the password that the thief typed a moment ago is enough.
    ada.opens("/dashboard").await;
    ada.adds_a_passkey().await;
    ada.creates_passkey().await;
    ada.shows("passkey-created");
    assert_ne!(token(&ada), planted);

    // For a moment it looks at what it saw before, and does nothing.
    let flow = thief.dashboard().add.hidden[0].1.clone();
    thief.opens("/dashboard").await;
    let stored = app.stored().await;
    for path in ["/api/passkeys/add", "/api/healing/continue", "/api/healing/not-now", "/api/account/end-sessions"] {
        thief.browser.post(path, &[("flow", &flow)]).await;
    }
    thief.opens("/account/password").await;
    let password = thief.password.clone();
    let fields = [("flow", flow.as_str()), ("password", &password), ("new_password", NEW)];
    thief.browser.post("/api/account/change-password", &fields).await;
    assert_eq!(token(&thief), planted, "nothing is handed out");
    assert_eq!(app.stored().await, stored);

    ada.continues().await;
    ada.shows("dashboard");
    assert!(ada.dashboard().passkeys.len() == 2 && !ada.reads("signed in without a passkey"), "{:?}", ada.page);
    thief.opens("/dashboard").await;
    thief.shows("dashboard");
    assert!(thief.reads("signed in without a passkey"), "a session of the password alone: {:?}", thief.page);
    app.wait(11 * SECOND);
    thief.opens("/dashboard").await;
    thief.shows("identify");
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn whoever_has_planted_a_token_and_waits_until_the_new_one_is_lost_has_what_they_had() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let mut thief = thief(&app, &ada).await;
    ada.browser.set_cookie("session", &token(&thief));
    ada.device.passkeys.clear();
    ada.opens("/dashboard").await;
    ada.adds_a_passkey().await;
    ada.creates_passkey().await;
    // She closes the browser on *Passkey created*.
    app.wait(MINUTE);
    thief.opens("/dashboard").await;
    thief.shows("passkey-created");
    thief.continues().await;
    thief.shows("dashboard");
    assert!(thief.reads("signed in without a passkey"), "{:?}", thief.page);
    let stored = app.stored().await;
    let flow = thief.dashboard().add.hidden[0].1.clone();
    let password = thief.password.clone();
    let fields = [("flow", flow.as_str()), ("password", &password), ("new_password", NEW)];
    let answer = thief.browser.post("/api/account/change-password", &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(app.stored().await, stored);
}

#[tokio::test]
async fn every_proof_brings_another_token() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    let mut tokens = Vec::new();
    ada.signs_up().await;
    tokens.push(token(&ada));
    ada.creates_passkey().await;
    tokens.push(token(&ada));
    ada.continues().await;
    app.unconfirms(ADDRESS).await;
    ada.confirms_address(&app).await;
    tokens.push(token(&ada));
    // A proof that is not fresh any more: the password once more, beside what is changed.
    app.wait(6 * MINUTE);
    let password = ada.password.clone();
    ada.changes("/account/password", &[("password", &password), ("new_password", NEW)]).await;
    assert_eq!(ada.status, StatusCode::OK);
    tokens.push(token(&ada));
    // In another browser: a code, then a passkey.
    let mut laptop = ada.elsewhere(&app);
    (laptop.password, laptop.device) = (NEW.to_owned(), ada.device.clone());
    laptop.signs_in_with_password().await;
    laptop.shows("confirm");
    tokens.push(token(&laptop));
    laptop.types_code(&app.mail(ADDRESS, "Your code for Keymend").await.code()).await;
    laptop.shows("create-passkey");
    tokens.push(token(&laptop));
    laptop.says_not_now().await;
    laptop.opens("/account").await;
    laptop.uses_passkey().await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
    tokens.push(token(&laptop));
    // Where the browser is known, the password once more in the middle of a heal.
    laptop.signs_out().await;
    laptop.device.passkeys.clear();
    laptop.signs_in_with_password().await;
    tokens.push(token(&laptop));
    app.wait(6 * MINUTE);
    laptop.adds_a_passkey().await;
    laptop.shows("needs-proof");
    laptop.types_password(NEW).await;
    laptop.shows("create-passkey");
    tokens.push(token(&laptop));
    let before = tokens.len();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), before);
    // What is none changes nothing.
    let last = token(&laptop);
    laptop.opens("/account/password").await;
    laptop.opens("/dashboard").await;
    assert_eq!(token(&laptop), last);
}

#[tokio::test]
async fn new_recovery_codes_are_shown_to_whoever_gave_the_proof() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(6 * MINUTE);
    ada.opens("/recovery-codes").await;
    let mut planted = copy(&ada);
    let password = ada.password.clone();
    ada.answers(&[("password", &password)]).await;
    assert_eq!(ada.codes().codes.len(), 10);
    planted.opens("/recovery-codes").await;
    assert!(!matches!(planted.page.screen, Screen::RecoveryCodes(_)), "{:?}", planted.page);
    assert!(planted.browser.get("/recovery-codes.txt").await.status.is_redirection());
    ada.opens("/recovery-codes").await;
    assert_eq!(ada.codes().codes.len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_double_click_on_a_proof_signs_nobody_out() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(6 * MINUTE);
    ada.opens("/account/password").await;
    let (_, act) = ada.change().form.clone().unwrap();
    let fields: Vec<(String, String)> = act
        .hidden
        .iter()
        .cloned()
        .chain([("password".to_owned(), ada.password.clone()), ("new_password".to_owned(), NEW.to_owned())])
        .collect();
    let mut clicks = JoinSet::new();
    for _ in 0..6 {
        let (browser, path, fields) = (ada.browser.copy(), act.path.clone(), fields.clone());
        clicks.spawn(async move {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = browser.post(&path, &fields).await;
            (answer.step(), signs_out(&answer), browser.cookie("session"))
        });
    }
    let clicks = clicks.join_all().await;
    assert!(clicks.iter().all(|(step, out, _)| *step != "identify" && !out), "{clicks:?}");
    let mut tokens: Vec<_> = clicks.into_iter().filter_map(|(_, _, token)| token).collect();
    tokens.retain(|token| *token != self::token(&ada));
    assert_eq!(tokens.len(), 1, "one of them gave the proof, and one token came of it");
    assert_eq!(app.audit("ada").await.iter().filter(|event| *event == "password-changed").count(), 1);
    ada.browser.set_cookie("session", &tokens[0]);
    ada.opens("/account").await;
    ada.shows("account");
}

#[tokio::test]
async fn another_tab_goes_on_where_it_is() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    let mut tab = ada.another_tab();
    ada.creates_passkey().await;
    ada.continues().await;
    // Its form was made before the proof; the cookie is the one of now.
    tab.says_not_now().await;
    tab.shows("dashboard");
    app.wait(MINUTE);
    tab.renames_passkey(0, "of the other tab").await;
    assert!(tab.reads("of the other tab"));
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn an_answer_that_was_lost_signs_nobody_out() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    let ceremony = ada.ceremony().clone();
    let credential = ada.device.create(&ceremony.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    // It is done, and the answer does not arrive.
    assert_eq!(copy(&ada).posts_report(&ceremony, &outcome).await.step(), "passkey-created");
    // The browser asks once more, by itself or by the button, soon or late.
    for wait in [0, 5 * SECOND, 30 * SECOND] {
        app.wait(wait);
        let again = ada.posts_report(&ceremony, &outcome).await;
        assert_eq!((again.step(), signs_out(&again)), ("passkey-created", false));
        ada.sees(&again);
    }
    ada.continues().await;
    ada.shows("dashboard");
    assert_eq!(app.count("passkeys").await, 2);
    // The proof went with the answer; the new passkey gives it again.
    assert!(ada.reads("signed in without a passkey"), "{:?}", ada.page);
    ada.opens("/account").await;
    ada.uses_passkey().await;
    assert_eq!(ada.status, StatusCode::OK);
    ada.opens("/dashboard").await;
    assert!(!ada.reads("signed in without a passkey"), "{:?}", ada.page);
    app.wait(50 * MINUTE);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn signing_out_counts_also_with_the_token_of_a_moment_ago() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    app.wait(6 * MINUTE);
    ada.opens("/dashboard").await;
    let mut old = copy(&ada);
    let password = ada.password.clone();
    ada.changes("/account/password", &[("password", &password), ("new_password", NEW)]).await;
    assert_ne!(token(&ada), token(&old));
    let answer = old.browser.press(&old.dashboard().sign_out.clone(), &[]).await;
    old.sees(&answer);
    old.shows("identify");
    ada.opens("/dashboard").await;
    ada.shows("identify");
}
