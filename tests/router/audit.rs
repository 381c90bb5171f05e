//! The audit log: every event of every way through, in order, and nothing else.

use crate::app::TestApp;
use crate::authenticator::{honest, new_key};
use crate::person::Person;
use domain::time::{DAY, MINUTE};
use keymend::server::config::Settings;
use keymend::server::housekeeping;
use tokio::task::JoinSet;

/// Events of one moment stand in the order of their names, so that each step gets a moment of its own.
macro_rules! one_by_one {
    ($app:ident: $($step:expr;)*) => {$(
        $step.await;
        $app.wait(1);
    )*};
}

mod codes;

async fn settled(app: &TestApp) -> Person {
    let mut ada = app.person("ada");
    one_by_one! { app:
        ada.signs_up();
        ada.creates_passkey();
        ada.continues();
        ada.signs_out();
    }
    ada
}

const SETTLED: [&str; 3] = ["signed-up", "passkey-added", "signed-out"];

async fn since_settled(app: &TestApp) -> Vec<String> {
    let all = app.audit("ada").await;
    assert_eq!(all[..3], SETTLED);
    all[3..].to_vec()
}

#[tokio::test]
async fn a_sign_up_with_its_first_passkey_and_a_sign_in_with_it() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    one_by_one! { app:
        ada.signs_in_with_passkey();
        ada.signs_out();
    }
    assert_eq!(since_settled(&app).await, ["signed-in-with-passkey", "signed-out"]);
}

#[tokio::test]
async fn passwords_refused_and_taken() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    one_by_one! { app:
        ada.identifies();
        ada.uses_password_instead();
        ada.types_password("not the password at all");
        ada.types_password("nor is this the password");
        ada.types_password("");
        ada.enters_password();
    }
    assert_eq!(since_settled(&app).await, ["password-refused", "password-refused", "signed-in-with-password"]);
}

#[tokio::test]
async fn a_heal_from_its_beginning_to_its_confirmation() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();
    one_by_one! { app:
        ada.comes_to_the_offer();
        ada.creates_passkey();
        ada.continues();
        ada.signs_out();
        ada.signs_in_with_passkey();
    }
    let expected = [
        "signed-in-with-password",
        "heal-begun",
        "passkey-added",
        "signed-out",
        "heal-confirmed",
        "signed-in-with-passkey",
    ];
    assert_eq!(since_settled(&app).await, expected);
}

#[tokio::test]
async fn changes_to_passkeys_and_to_the_browser() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    one_by_one! { app:
        ada.signs_in_with_passkey();
        ada.renames_passkey(0, "The blue one");
        ada.renames_passkey(0, "");
        ada.opens("/dashboard");
        ada.forgets_browser();
        ada.removes_passkey(0);
    }
    let expected = ["signed-in-with-passkey", "passkey-renamed", "browser-forgotten", "passkey-removed"];
    assert_eq!(since_settled(&app).await, expected);
}

#[tokio::test]
async fn more_proof_inside_a_session() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut away = ada.elsewhere(&app);
    one_by_one! { app:
        away.signs_in_with_password();
    }
    away.shows("needs-proof");
    away.device = ada.device.clone();
    one_by_one! { app:
        away.uses_passkey();
        away.says_not_now();
        away.signs_out();
        ada.signs_in_with_passkey();
    }
    app.wait(6 * MINUTE);
    one_by_one! { app:
        ada.adds_a_passkey();
        ada.types_password("not the password at all");
        ada.enters_password();
    }
    let expected = [
        "signed-in-with-password",
        "passkey-confirmed",
        "signed-out",
        "signed-in-with-passkey",
        "password-refused",
        "password-confirmed",
    ];
    assert_eq!(since_settled(&app).await, expected);
}

#[tokio::test]
async fn an_answer_that_does_not_verify() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    one_by_one! { app:
        ada.identifies();
        ada.uses_passkey_with(|making| making.key = new_key());
        ada.uses_passkey();
    }
    assert_eq!(since_settled(&app).await, ["passkey-refused", "signed-in-with-passkey"]);
}

#[tokio::test]
async fn a_session_that_another_one_ends_in_the_same_browser() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut mallory = app.person("mallory");
    mallory.settles_in().await;
    ada.browser.set_cookie("session", &mallory.browser.cookie("session").unwrap());
    ada.types_identifier("ada").await;
    app.wait(1);
    ada.uses_passkey().await;
    assert_eq!(since_settled(&app).await, ["signed-in-with-passkey"]);
    assert_eq!(app.audit("mallory").await.last().unwrap(), "session-ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_counts_once_is_written_down_once() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.identifies().await;
    let options = ada.ceremony().options.clone();
    let credential = ada.device.get(&options, honest).unwrap();
    let outcome = serde_json::to_string(&keymend::page::Report::Credential(credential.to_string())).unwrap();
    let mut copies = JoinSet::new();
    for _ in 0..12 {
        let (mut tab, ceremony, outcome) = (ada.another_tab(), ada.ceremony().clone(), outcome.clone());
        tab.browser = ada.browser.copy();
        copies.spawn(async move { drop(tab.posts_report(&ceremony, &outcome).await) });
    }
    copies.join_all().await;
    assert_eq!(since_settled(&app).await, ["signed-in-with-passkey"]);
}

#[tokio::test]
async fn of_an_identifier_nobody_has_a_hash_is_written_down() {
    let app = TestApp::start().await;
    let mut nobody = app.person("nobody");
    nobody.identifies().await;
    nobody.comes_to_the_password().await;
    nobody.enters_password().await;
    assert_eq!(app.count("audit WHERE user_id IS NULL AND event = 'password-refused'").await, 1);
    let hashes = app.blobs("identifier_hash", "audit").await;
    assert_eq!(hashes.len(), 1);
    assert_eq!(hashes[0].len(), 32);
}

#[tokio::test]
async fn after_as_many_days_as_the_operator_says_it_is_deleted() {
    let app = TestApp::start_with("", |settings: &mut Settings| settings.audit.keep_days = 30).await;
    let mut ada = settled(&app).await;
    app.wait(29 * DAY);
    ada.signs_in_with_passkey().await;
    housekeeping::purge(&app.app()).await.unwrap();
    assert_eq!(app.audit("ada").await.len(), 4);
    app.wait(2 * DAY);
    housekeeping::purge(&app.app()).await.unwrap();
    assert_eq!(app.audit("ada").await, ["signed-in-with-passkey"]);
}
