//! What the providers of passkeys are told (WebAuthn Level 3, section 5.1.10): only what is certain, and never too little.

use crate::app::TestApp;
use crate::authenticator::{UV, bytes, encode, honest};
use crate::person::Person;
use domain::time::MINUTE;
use http::StatusCode;
use keymend::page::{Report, Screen, SignalMethod};
use keymend::server::db;
use serde_json::{Value, json};

fn told(person: &Person, method: SignalMethod) -> Vec<Value> {
    let signals = person.page.signals.iter().filter(|signal| signal.method == method);
    signals.map(|signal| serde_json::from_str(&signal.options).unwrap()).collect()
}

/// The one list of the page, if it tells one.
fn list(person: &Person) -> Option<Vec<Vec<u8>>> {
    let all = told(person, SignalMethod::AllAccepted);
    assert!(all.len() <= 1);
    let ids = all.first()?["allAcceptedCredentialIds"].as_array().unwrap();
    Some(ids.iter().map(bytes).collect())
}

#[tokio::test]
async fn a_dashboard_tells_the_whole_list_and_what_the_account_is_called() {
    let app = TestApp::start().await;
    let mut ada = app.person("Ada@example.org");
    ada.settles_in().await;
    let passkey = ada.device.passkeys[0].clone();
    let handle = encode(&passkey.handle);
    assert_eq!(
        told(&ada, SignalMethod::AllAccepted),
        [json!({ "rpId": "localhost", "userId": handle, "allAcceptedCredentialIds": [encode(&passkey.id)] })]
    );
    assert_eq!(
        told(&ada, SignalMethod::UserDetails),
        [json!({ "rpId": "localhost", "userId": handle, "name": "Ada@example.org", "displayName": "Ada@example.org" })]
    );
    assert_eq!(told(&ada, SignalMethod::Unknown), [] as [Value; 0]);
}

#[tokio::test]
async fn what_is_suspected_or_absent_here_stays_on_the_list() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let old = std::mem::take(&mut ada.device.passkeys).remove(0);
    app.wait(MINUTE);
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.continues().await;
    assert_eq!(ada.dashboard().passkeys[0].good, Some(false));
    assert_eq!(list(&ada), Some(vec![old.id, ada.device.passkeys[0].id.clone()]));
}

#[tokio::test]
async fn a_list_is_empty_only_where_something_was_removed() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    ada.shows("dashboard");
    assert!(ada.page.signals.is_empty());

    let mut bob = app.person("bob");
    bob.settles_in().await;
    bob.removes_passkey(0).await;
    assert_eq!(list(&bob), Some(Vec::new()));
    assert!(told(&bob, SignalMethod::UserDetails).is_empty());
}

#[tokio::test]
async fn while_a_passkey_may_be_in_the_making_elsewhere_there_is_no_list() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut phone = ada.elsewhere(&app);
    phone.device = ada.device.clone();
    phone.signs_in_with_passkey().await;
    phone.adds_a_passkey().await;
    phone.shows("create-passkey");
    ada.opens("/dashboard").await;
    assert!(ada.page.signals.is_empty());
    app.wait(4 * MINUTE);
    ada.opens("/dashboard").await;
    assert!(ada.page.signals.is_empty(), "the dialog may still be open");

    let mut other = phone.device.clone();
    other.passkeys.clear();
    phone.device = other;
    phone.creates_passkey().await;
    phone.shows("passkey-created");
    ada.opens("/dashboard").await;
    assert_eq!(list(&ada), Some(vec![ada.device.passkeys[0].id.clone(), phone.device.passkeys[0].id.clone()]));
}

#[tokio::test]
async fn a_dialog_that_was_left_open_somewhere_does_not_silence_the_list_for_ever() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut phone = ada.elsewhere(&app);
    phone.device = ada.device.clone();
    phone.signs_in_with_passkey().await;
    phone.adds_a_passkey().await;
    app.wait(12 * MINUTE);
    ada.opens("/dashboard").await;
    assert!(list(&ada).is_some());
}

#[tokio::test]
async fn a_passkey_that_was_made_and_refused_is_nobodys_and_one_that_was_stored_never_is() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.creates_passkey_with(|making| making.flags &= !UV).await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = ada.device.passkeys.remove(0);
    let unknown = json!({ "rpId": "localhost", "credentialId": encode(&refused.id) });
    assert_eq!(told(&ada, SignalMethod::Unknown), [unknown]);

    let ceremony = ada.ceremony().clone();
    let credential = ada.device.create(&ceremony.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    for copy in 0..3 {
        let answer = ada.posts_report(&ceremony, &outcome).await;
        ada.sees(&answer);
        ada.shows("passkey-created");
        assert!(ada.page.signals.is_empty(), "copy {copy}");
    }
}

#[tokio::test]
async fn what_is_not_certain_is_not_told() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (app.person("ada"), app.person("bob"));
    ada.settles_in().await;
    bob.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    let answer = bob.device.get_with(&bob.device.passkeys[0], &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    assert!(ada.reads("That passkey belongs to another account.") && ada.page.signals.is_empty());
    ada.uses_passkey_with(|making| making.flags &= !UV).await;
    assert!(ada.status.is_client_error() && ada.page.signals.is_empty());
    ada.shows("enter-password");

    // Nobody has it, and nobody ever had.
    let mut passkey = ada.device.passkeys[0].clone();
    passkey.id = vec![9; 20];
    let answer = ada.device.get_with(&passkey, &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    assert_eq!(
        told(&ada, SignalMethod::Unknown),
        [json!({ "rpId": "localhost", "credentialId": encode(&passkey.id) })]
    );
}

#[tokio::test]
async fn telling_changes_nothing_here() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let user = app.user("ada").await.unwrap();
    let before = (app.stored().await, db::passkeys::of_user(app.app().db.read(), user).await.unwrap());
    for _ in 0..3 {
        ada.opens("/dashboard").await;
        assert!(list(&ada).is_some());
    }
    let after = (app.stored().await, db::passkeys::of_user(app.app().db.read(), user).await.unwrap());
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_browser_that_cannot_tell_is_not_asked_to() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.browser.environment = Some(r#"{"webauthn":true,"signals":false}"#.to_owned());
    ada.settles_in().await;
    let Screen::Dashboard(_) = ada.page.screen else { panic!("{:?}", ada.page) };
    assert!(ada.page.signals.is_empty());
}
