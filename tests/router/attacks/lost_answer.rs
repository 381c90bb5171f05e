//! Recovery codes after an answer that was lost.

use crate::app::TestApp;
use domain::time::MINUTE;

#[tokio::test]
async fn a_planted_token_that_takes_the_session_back_sees_no_recovery_codes() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(10 * MINUTE);
    let mut thief = ada.another_tab();
    thief.browser = ada.browser.copy();
    // The owner asks for codes, types the password, has them on the screen, and closes the browser there.
    ada.opens("/recovery-codes").await;
    let password = ada.password.clone();
    ada.answers(&[("password", &password)]).await;
    let codes = ada.codes().codes.clone();
    app.wait(MINUTE);
    let flow = thief.dashboard().add.hidden[0].1.clone();
    let seen = thief.browser.page("/recovery-codes").await.text();
    assert!(!seen.contains(&codes[0]), "at once");
    thief.browser.post("/api/account/end-sessions", &[("flow", &flow)]).await;
    let seen = thief.browser.page("/recovery-codes").await.text();
    let file = thief.browser.get("/recovery-codes.txt").await.text();
    assert!(!seen.contains(&codes[0]) && !file.contains(&codes[0]), "the thief reads the codes of the owner");
}
