//! Sign-up and sign-in as they should go.

use crate::app::TestApp;
use crate::authenticator::{BITWARDEN, UV};
use crate::person::Person;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::time::MINUTE;
use http::StatusCode;
use serde_json::Value;

#[tokio::test]
async fn sign_up_offers_the_first_passkey_and_leads_to_the_dashboard() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.signs_up().await;
    ada.shows("create-passkey");
    ada.creates_passkey().await;
    ada.shows("passkey-created");
    ada.continues().await;
    let dashboard = ada.dashboard();
    assert_eq!(dashboard.identifier, "Signed in as ada@example.org");
    assert_eq!(dashboard.passkeys.len(), 1);
    assert_eq!(dashboard.passkeys[0].name, "Apple Passwords");
    assert_eq!(dashboard.passkeys[0].good, Some(true));
    assert_eq!(app.count("heals").await, 0, "nothing was broken");
}

#[tokio::test]
async fn a_passkey_made_here_is_asked_for_at_once_and_signs_in() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.shows("use-passkey");
    assert!(ada.is_prompted());
    ada.uses_passkey().await;
    ada.shows("dashboard");
    assert!(!ada.is_told_of_the_heal());
}

#[tokio::test]
async fn a_reload_shows_the_button_and_prompts_no_second_time() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    assert!(ada.is_prompted());
    for _ in 0..2 {
        ada.opens("/sign-in").await;
        ada.shows("use-passkey");
        assert!(!ada.is_prompted());
    }
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn the_identifier_is_found_however_it_is_written() {
    let app = TestApp::start().await;
    let mut ada = app.person("Ada@Example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifier = "  ａda@example.ORG ".to_owned();
    ada.signs_in_with_passkey().await;
    assert_eq!(ada.dashboard().identifier, "Signed in as Ada@Example.org");
}

#[tokio::test]
async fn the_password_alone_signs_in_where_there_is_no_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    ada.shows("dashboard");
    ada.signs_out().await;
    ada.identifies().await;
    ada.shows("enter-password");
    ada.enters_password().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn two_accounts_share_a_browser_and_nothing_else() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let mut bob = ada.another_tab();
    bob.identifier = "bob".to_owned();
    bob.settles_in().await;
    assert_eq!(bob.dashboard().passkeys.len(), 1);
    bob.signs_out().await;
    // Ada's failures here are not Bob's.
    ada.comes_to_the_offer().await;
    ada.says_not_now().await;
    ada.signs_out().await;
    bob.identifies().await;
    assert!(bob.is_prompted());
    bob.uses_passkey().await;
    assert_eq!(bob.dashboard().identifier, "Signed in as bob");
}

#[tokio::test]
async fn every_passkey_is_listed_with_its_transports_whatever_is_thought_of_it() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.device.provider = BITWARDEN;
    let apple = std::mem::take(&mut ada.device.passkeys);
    ada.adds_a_passkey().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    ada.identifies().await;
    let options: Value = serde_json::from_str(&ada.ceremony().options).unwrap();
    let listed = crate::authenticator::ids(&options["allowCredentials"]);
    assert!(listed.contains(&apple[0].id) && listed.contains(&ada.device.passkeys[0].id) && listed.len() == 2);
    assert_eq!(options["allowCredentials"][0]["transports"], serde_json::json!(["hybrid", "internal"]));
    assert_eq!(options["userVerification"], "required");
    ada.device.passkeys = apple;
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn another_device_that_answers_leads_to_an_offer_for_this_one() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    let phone = ada.device.clone();
    laptop.identifies().await;
    let options = laptop.ceremony().options.clone();
    let answer = phone.get_with(&phone.passkeys[0], &options, |making| making.attachment = "cross-platform");
    laptop.reports_credential(&answer).await;
    laptop.shows("create-passkey");
    laptop.creates_passkey().await;
    laptop.shows("passkey-created");
    assert_eq!(app.count("heals WHERE why = 'after-cross-device'").await, 1);
}

#[tokio::test]
async fn a_counting_device_signs_in_again_and_again() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.device.counts = true;
    ada.settles_in().await;
    for _ in 0..3 {
        ada.signs_out().await;
        ada.signs_in_with_passkey().await;
        ada.shows("dashboard");
    }
}

#[tokio::test]
async fn a_session_of_a_passkey_renames_and_removes() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.renames_passkey(0, "  My laptop ").await;
    assert_eq!(ada.dashboard().passkeys[0].name, "My laptop");
    ada.removes_passkey(0).await;
    assert_eq!((ada.status, ada.dashboard().passkeys.len()), (StatusCode::OK, 0));
    ada.signs_out().await;
    // The account once had a passkey and has a password still.
    ada.signs_in_with_password().await;
}

#[tokio::test]
async fn user_verification_is_asked_for_and_required() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.creates_passkey_with(|making| making.flags &= !UV).await;
    assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY);
    ada.shows("create-passkey");
    assert_eq!(app.count("passkeys").await, 0);
}

/// What the page needs is read before the commit, and shows what the sign-in itself has written.
#[tokio::test]
async fn the_page_of_a_sign_in_is_what_a_reload_shows() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    // A heal, which the passkey confirms.
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    app.wait(3 * MINUTE);
    ada.signs_in_with_passkey().await;
    is_what_a_reload_shows(&mut ada).await;
    assert!(!ada.page.signals.is_empty());
    assert_eq!(ada.dashboard().passkeys.len(), 2);

    // The first time in another browser.
    let mut there = ada.elsewhere(&app);
    there.device = ada.device.clone();
    there.signs_in_with_passkey().await;
    is_what_a_reload_shows(&mut there).await;

    // With a password, and an offer that was just declined.
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    ada.says_not_now().await;
    ada.signs_out().await;
    ada.signs_in_with_password().await;
    is_what_a_reload_shows(&mut ada).await;
}

async fn is_what_a_reload_shows(person: &mut Person) {
    person.shows("dashboard");
    let shown = person.page.clone();
    person.opens("/dashboard").await;
    assert_eq!(person.page, shown);
}

/// As it was stored by whoever asked for less.
fn weak_hash(password: &str) -> String {
    let params = Params::new(8 * 1_024, 1, 1, Some(32)).unwrap();
    let (salt, mut hash) = ([3; 16], [0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password.as_bytes(), &salt, &mut hash).unwrap();
    format!("$argon2id$v=19$m=8192,t=1,p=1${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash))
}

#[tokio::test]
async fn a_weaker_hash_is_replaced_at_the_next_sign_in_and_the_password_stays() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    ada.signs_out().await;
    app.execute(&format!("UPDATE users SET password_hash = '{}'", weak_hash(&ada.password))).await;
    let stored = async || app.texts("password_hash", "users").await.remove(0);

    // A wrong one replaces nothing.
    ada.identifies().await;
    ada.types_password("not the password at all").await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stored().await, weak_hash(&ada.password));
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
    let strong = stored().await;
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    ada.signs_out().await;
    ada.signs_in_with_password().await;
    assert_eq!(stored().await, strong, "it is strong enough now");
}
