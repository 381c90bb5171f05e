//! Sessions that are ended again and again.

use crate::app::TestApp;
use http::StatusCode;
use keymend::page::Screen;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_the_password_alone_keeps_the_owner_of_a_passkey_from_no_change() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    thief.continues().await;
    thief.shows("dashboard");
    let flow = thief.dashboard().add.hidden[0].1.clone();
    let browser = thief.browser.clone();
    let loops = tokio::spawn(async move {
        loop {
            browser.post("/api/account/end-sessions", &[("flow", &flow)]).await;
        }
    });
    let mut changed = false;
    for _ in 0..20 {
        ada.browser.drop_cookie("flow");
        ada.signs_in_with_passkey().await;
        ada.opens("/account/password").await;
        if let Screen::Change(screen) = &ada.page.screen {
            let (_, act) = screen.form.clone().unwrap();
            let fields = [("new_password", "an entirely different passphrase")];
            ada.presses(&act, &fields).await;
            changed |= ada.status == StatusCode::OK && ada.step() == "account";
        }
        if changed {
            break;
        }
    }
    loops.abort();
    assert!(changed, "twenty sign-ins with the passkey, and the password is as it was");
}
