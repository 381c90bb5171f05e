//! A broken passkey is healed.

use crate::app::TestApp;
use crate::authenticator::{BITWARDEN, honest};
use crate::person::{Person, failed, not_allowed};
use domain::ceremony::{ErrorName, Observation};
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::page::{NoticeKind, RowMode, Screen};
use keymend::server::db;

async fn settled(app: &TestApp) -> Person {
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    // Passkeys are listed by age.
    app.wait(MINUTE);
    ada
}

#[tokio::test]
async fn a_deleted_passkey_is_healed_from_the_identifier_to_the_confirmation() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();

    ada.identifies().await;
    assert!(ada.is_prompted());
    ada.uses_passkey().await;
    ada.shows("use-passkey");
    assert!(!ada.is_prompted(), "the second try is the person's");
    ada.uses_passkey().await;
    ada.shows("enter-password");
    ada.enters_password().await;
    let Screen::CreatePasskey(offer) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert!(!offer.ceremony.auto && !offer.causes.is_empty());
    ada.creates_passkey().await;
    ada.shows("passkey-created");
    ada.continues().await;

    // The old one is suspected and kept.
    let rows = &ada.dashboard().passkeys;
    assert_eq!(rows.iter().map(|row| row.good).collect::<Vec<_>>(), [Some(false), Some(true)]);
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 2);
    let user = app.user("ada@example.org").await.unwrap();
    let heal = db::heals::latest_of_user(app.app().db.read(), user).await.unwrap().unwrap();
    assert_eq!((heal.why.as_str(), heal.confirmed_at), ("after-error", None));
    assert!(heal.failed_at.is_some());
    assert_eq!(app.count("failure_events").await, 2);
    assert_eq!(app.count("strikes").await, 0, "creation wipes them");

    ada.signs_out().await;
    ada.identifies().await;
    assert!(ada.is_prompted());
    ada.uses_passkey().await;
    assert!(ada.is_told_of_the_heal());
    let heal = db::heals::latest_of_user(app.app().db.read(), user).await.unwrap().unwrap();
    assert_eq!(heal.confirmed_at, Some(app.now()));

    // Said once: the next session has nothing new to say.
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    assert!(!ada.is_told_of_the_heal());
}

#[tokio::test]
async fn a_new_passkey_of_another_provider_says_nothing_about_the_old_one() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();
    ada.device.provider = BITWARDEN;
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.continues().await;
    assert_eq!(app.count("browser_passkeys WHERE absent_at IS NOT NULL").await, 0);
    assert_eq!(ada.dashboard().passkeys[1].name, "Bitwarden");
}

#[tokio::test]
async fn a_passkey_that_is_here_after_all_is_not_broken_and_not_offered_again() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    // Dismissed twice; the passkey is there.
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.shows("already-here");
    assert_eq!(app.count("heals").await, 0);
    assert_eq!(app.count("passkeys").await, 1);
    assert_eq!(app.count("browser_passkeys WHERE absent_at IS NOT NULL").await, 0);
    assert_eq!(app.count("browser_passkeys WHERE failures > 0").await, 0, "the suspicion is cleared");
    assert_eq!(app.count("strikes").await, 0);
    ada.uses_passkey().await;
    ada.shows("dashboard");
    assert!(ada.dashboard().notices.iter().all(|notice| notice.kind != NoticeKind::Problem));
    ada.signs_out().await;

    ada.identifies().await;
    assert!(ada.is_prompted(), "nothing is held against it");
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("dashboard");
    ada.signs_out().await;

    // Two more visits with two failures each are new evidence.
    ada.identifies().await;
    ada.shows("enter-password");
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn already_here_can_be_left_by_continue_and_stays_left() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.comes_to_the_offer().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.shows("dashboard");
    ada.opens("/sign-in").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn an_account_without_passkeys_cannot_have_one_here() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.reports(&failed(Observation { name: Some(ErrorName::InvalidState), ..not_allowed() })).await;
    ada.shows("create-passkey");
    assert_eq!(app.count("browser_accounts WHERE present_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn not_now_is_an_answer_for_two_weeks() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    ada.says_not_now().await;
    ada.shows("dashboard");
    ada.signs_out().await;
    app.wait(13 * DAY);
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("dashboard");
    ada.signs_out().await;
    app.wait(2 * DAY);
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn a_cancelled_dialog_keeps_the_offer_and_pauses_the_next_one() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    ada.fails(1).await;
    ada.shows("create-passkey");
    let Screen::CreatePasskey(offer) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert!(!offer.said.is_empty() && !offer.ceremony.auto);
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn nothing_is_offered_where_passkeys_cannot_be_made() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.browser.environment = Some(r#"{"webauthn":false}"#.to_owned());
    ada.signs_up().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn the_password_can_be_chosen_at_once_and_that_is_no_failure() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.identifies().await;
    ada.uses_password_instead().await;
    ada.shows("enter-password");
    assert_eq!(app.count("failure_events").await, 0);
    ada.enters_password().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_click_on_use_a_passkey_beside_the_password_stays_possible_and_the_page_stays() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.identifies().await;
    ada.fails(2).await;
    for _ in 0..5 {
        ada.shows("enter-password");
        ada.fails(1).await;
    }
    ada.uses_passkey().await;
    ada.shows("dashboard");
    assert_eq!(app.count("strikes").await, 0);
}

#[tokio::test]
async fn a_prompt_that_was_left_after_half_a_minute_did_not_work_for_the_person() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.identifies().await;
    let left = Observation { name: Some(ErrorName::Abort), aborted: true, elapsed: 30_000, ..not_allowed() };
    ada.leaves_the_prompt(&serde_json::to_string(&left).unwrap()).await;
    ada.enters_password().await;
    ada.shows("create-passkey");
    assert_eq!(app.count("strikes").await, 0);
}

#[tokio::test]
async fn technical_trouble_counts_in_the_flow_and_strikes_nobody() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.identifies().await;
    ada.reports(&failed(Observation { name: Some(ErrorName::Security), elapsed: 3, ..not_allowed() })).await;
    ada.shows("use-passkey");
    ada.reports(&failed(Observation { name: None, settled: false, aborted: true, elapsed: 70_000, ..not_allowed() }))
        .await;
    ada.shows("enter-password");
    assert_eq!(app.count("strikes").await, 0);
}

#[tokio::test]
async fn after_two_strikes_the_next_visit_starts_with_the_password() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.identifies().await;
    ada.fails(2).await;
    let mut next = ada.another_tab();
    next.browser.drop_cookie("flow");
    next.identifies().await;
    next.shows("enter-password");
    app.wait(DAY);
    next.browser.drop_cookie("flow");
    next.identifies().await;
    next.shows("enter-password");
    // Half of it is forgotten in thirty days; what was seen of the passkey is not, so it is not opened by itself.
    app.wait(31 * DAY);
    next.browser.drop_cookie("flow");
    next.identifies().await;
    next.shows("use-passkey");
    assert!(!next.is_prompted());
    next.uses_passkey().await;
    next.shows("dashboard");
    assert_eq!(app.count("strikes").await, 0, "success wipes them");
}

#[tokio::test]
async fn in_an_unknown_browser_a_password_makes_no_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    let Screen::NeedsProof(screen) = &thief.page.screen else { panic!("{:?}", thief.page) };
    assert!(screen.password.is_none() && !screen.ways.is_empty());
    let flow = thief.ceremony().flow.clone();

    // A create() that was minted for the owner's own session, with a passkey of the thief's.
    ada.adds_a_passkey().await;
    ada.shows("create-passkey");
    let stolen = ada.ceremony().clone();
    let credential = thief
        .device
        .create(&stolen.options.replace(r#""excludeCredentials":["#, r#""excludeCredentials_":["#), honest)
        .unwrap();
    let outcome = serde_json::to_string(&keymend::page::Report::Credential(credential.to_string())).unwrap();
    for flow in [flow.as_str(), &stolen.flow, ""] {
        let fields = [("flow", flow), ("ceremony", &stolen.state), ("outcome", &outcome)];
        let answer = thief.browser.post("/api/healing/report", &fields).await;
        assert_eq!(answer.step(), "needs-proof");
    }
    assert_eq!(app.count("passkeys").await, 1);

    thief.continues().await;
    thief.shows("dashboard");
    thief.adds_a_passkey().await;
    thief.shows("needs-proof");
    assert_eq!(app.count("passkeys").await, 1);
}

#[tokio::test]
async fn a_session_of_the_password_alone_changes_no_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    thief.continues().await;
    let RowMode::Shown { rename, remove } = thief.dashboard().passkeys[0].mode.clone() else {
        panic!("{:?}", thief.page)
    };
    for ask in [&rename, &remove] {
        let answer = thief.browser.press(ask, &[]).await;
        assert!(answer.text().contains("Nothing was changed"), "{}", answer.text());
    }
    // And for those who do not ask.
    let (flow, id) = (thief.dashboard().add.hidden[0].1.clone(), remove.hidden[0].1.clone());
    for path in ["/api/passkeys/rename", "/api/passkeys/remove"] {
        let answer = thief.browser.post(path, &[("flow", &flow), ("id", &id), ("name", "mine")]).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::FORBIDDEN, "dashboard"));
    }
    thief.opens("/dashboard").await;
    assert_eq!(thief.dashboard().passkeys[0].name, "Apple Passwords");
}

#[tokio::test]
async fn where_no_proof_is_left_an_unknown_browser_makes_no_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.removes_passkey(0).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.shows("dashboard");
    laptop.adds_a_passkey().await;
    let Screen::NeedsProof(screen) = &laptop.page.screen else { panic!("{:?}", laptop.page) };
    assert!(screen.ceremony.is_none() && screen.password.is_none());
    laptop.continues().await;
    laptop.shows("dashboard");
    // Where a passkey worked before, the password is enough.
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.signs_in_with_password().await;
    ada.shows("create-passkey");
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn a_passkey_from_another_device_is_the_proof_that_an_unknown_browser_needs() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.shows("needs-proof");
    let options = laptop.ceremony().options.clone();
    let answer = ada.device.get_with(&ada.device.passkeys[0], &options, |making| making.attachment = "cross-platform");
    laptop.reports_credential(&answer).await;
    laptop.shows("create-passkey");
    laptop.creates_passkey().await;
    laptop.shows("passkey-created");
    assert_eq!(app.count("passkeys").await, 2);
}

#[tokio::test]
async fn the_proof_is_looked_at_again_when_creation_finishes() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();
    ada.comes_to_the_offer().await;
    app.wait(6 * MINUTE);
    ada.creates_passkey().await;
    assert_eq!(ada.status, StatusCode::FORBIDDEN);
    ada.shows("needs-proof");
    assert_eq!(app.count("passkeys").await, 1);
    ada.types_password("not the password at all").await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    ada.enters_password().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.shows("passkey-created");
    assert_eq!(app.count("passkeys").await, 2);
}

#[tokio::test]
async fn a_browser_is_known_for_ninety_days_after_its_last_passkey() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.device.passkeys.clear();
    app.wait(91 * DAY);
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("confirm");
}

#[tokio::test]
async fn a_forgotten_browser_is_an_unknown_one() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let before = ada.browser.cookie("browser");
    ada.forgets_browser().await;
    ada.shows("dashboard");
    assert_ne!(ada.browser.cookie("browser"), before);
    assert_eq!(app.count("browser_passkeys").await + app.count("browser_accounts").await, 0);
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("needs-proof");
}

#[tokio::test]
async fn with_the_policy_password_the_operator_takes_the_risk() {
    let app = TestApp::start_with("[healing]\nassurance = \"password\"\n", |_| {}).await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.shows("create-passkey");
    laptop.creates_passkey().await;
    laptop.shows("passkey-created");
}
