//! An account without passkeys: nobody is sent to one that is not there.

use crate::app::TestApp;
use domain::time::MINUTE;
use http::StatusCode;
use keymend::page::{RowMode, Screen};

/// What sends a person to a passkey.
const TO_A_PASSKEY: [&str; 4] =
    ["passkey first", "a passkey that you already have", "a passkey of yours works", "Use a passkey"];

#[tokio::test]
async fn nobody_is_sent_to_a_passkey_when_all_of_them_were_removed() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.continues().await;
    let RowMode::Shown { rename, remove } = laptop.dashboard().passkeys[0].mode.clone() else {
        panic!("{:?}", laptop.page)
    };
    ada.removes_passkey(0).await;

    // The rows of before say what became of them.
    let (flow, id) = (laptop.dashboard().add.hidden[0].1.clone(), remove.hidden[0].1.clone());
    for path in ["/api/passkeys/rename", "/api/passkeys/remove"] {
        let answer = laptop.browser.post(path, &[("flow", &flow), ("id", &id), ("name", "mine")]).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "dashboard"));
        laptop.sees(&answer);
        assert!(laptop.reads("That passkey was removed before."), "{:?}", laptop.page);
        laptop.reads_nothing_of(&TO_A_PASSKEY);
    }
    for ask in [&rename, &remove] {
        let answer = laptop.browser.press(ask, &[]).await;
        laptop.sees(&answer);
        laptop.reads_nothing_of(&TO_A_PASSKEY);
    }

    laptop.signs_out().await;
    laptop.signs_in_with_password().await;
    laptop.shows("dashboard");
    laptop.reads_nothing_of(&TO_A_PASSKEY);
    assert!(laptop.reads("All passkeys of this account were removed"), "{:?}", laptop.page);
    assert!(laptop.reads("in the last 90 days"), "{:?}", laptop.page);
    laptop.adds_a_passkey().await;
    let Screen::NeedsProof(screen) = &laptop.page.screen else { panic!("{:?}", laptop.page) };
    assert_eq!(screen.ways.len(), 3, "another browser, the people who run it, later: {:?}", screen.ways);
    assert!(screen.ways[0].contains("in the last 90 days") && screen.ways[1].contains("Keymend"), "{:?}", screen.ways);
    for words in screen.ways.iter().chain([&screen.lead]) {
        assert!(!TO_A_PASSKEY.iter().any(|to| words.contains(to)), "{words}");
    }

    // What was said is so: there the password does it.
    ada.signs_out().await;
    ada.device.passkeys.clear();
    ada.signs_in_with_password().await;
    ada.shows("create-passkey");
    ada.says_not_now().await;
    ada.shows("dashboard");
    assert!(ada.dashboard().notices.is_empty(), "nothing is out of reach: {:?}", ada.page);
    app.wait(6 * MINUTE);
    ada.adds_a_passkey().await;
    let Screen::NeedsProof(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert_eq!(screen.ways.len(), 2, "the password, or later: {:?}", screen.ways);
    ada.enters_password().await;
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn a_password_of_a_while_ago_is_asked_for_once_more_before_the_first_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(6 * MINUTE);
    ada.adds_a_passkey().await;
    let Screen::NeedsProof(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert_eq!(screen.ways.len(), 2, "the password, or later: {:?}", screen.ways);
}
