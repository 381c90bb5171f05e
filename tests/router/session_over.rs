//! A form that is still on the screen when its session is over, or when somebody else is signed in.

use crate::app::TestApp;
use http::StatusCode;
use keymend::page::Screen;
use keymend::server::db::sessions;

const OVER: &str = "You are not signed in any more, so nothing was changed.";
const ANOTHER: &str = "Somebody has signed in anew in this browser, so nothing was changed.";

#[tokio::test]
async fn whoever_is_not_signed_in_any_more_is_told_that_nothing_was_changed() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let flow = ada.dashboard().sign_out.hidden[0].1.clone();
    // From another browser, or as its time is over.
    let (server, user) = (app.app(), app.user("ada").await.unwrap());
    let tx = server.db.write().await.unwrap();
    sessions::end_all_of_user_but(&tx, user, None, app.now()).await.unwrap();
    tx.commit().await.unwrap();
    for path in ["account/change-password", "account/delete", "codes/renew", "passkeys/rename", "healing/not-now"] {
        let answer = ada.browser.post(&format!("/api/{path}"), &[("flow", &flow), ("password", &ada.password)]).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::OK, "identify"), "{path}");
        assert!(answer.text().contains(OVER), "{path}: {}", answer.text());
    }
    // Somebody has said who they are in another tab meanwhile.
    ada.identifies().await;
    let answer = ada.browser.post("/api/account/end-sessions", &[("flow", &flow)]).await;
    assert!(matches!(answer.step(), "use-passkey" | "enter-password"), "{}", answer.step());
    assert!(answer.text().contains(OVER), "{}", answer.text());
    // Whoever only comes is told nothing of the kind.
    let mut later = app.person("ada");
    later.opens("/dashboard").await;
    assert!(!later.reads(OVER), "{:?}", later.page);
}

#[tokio::test]
async fn a_form_of_somebody_elses_session_says_so_and_is_not_there_again_under_another_name() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let flow = ada.dashboard().sign_out.hidden[0].1.clone();
    ada.signs_out().await;
    // In the same browser.
    let mut grace = app.person("grace");
    grace.browser = ada.browser;
    grace.settles_in().await;
    for path in [
        "account/change-password",
        "account/change-identifier",
        "account/delete",
        "account/end-sessions",
        "account/forget-browsers",
        "passkeys/remove",
        "codes/renew",
    ] {
        let fields = [("flow", flow.as_str()), ("new_password", "another passphrase that nobody has")];
        let answer = grace.browser.post(&format!("/api/{path}"), &fields).await;
        grace.sees(&answer);
        assert!(matches!(grace.page.screen, Screen::Account(_)), "{path}: {:?}", grace.page);
        assert!(grace.reads(ANOTHER) && grace.reads("Signed in as grace"), "{path}: {:?}", grace.page);
    }
    grace.signs_out().await;
    grace.signs_in_with_password().await;
    assert_eq!(grace.status, StatusCode::OK, "her password is what it was");
}
