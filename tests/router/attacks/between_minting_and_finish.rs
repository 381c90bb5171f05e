//! What happens to an account after a new passkey was asked for and before it is there.

use super::at_create;
use crate::app::TestApp;
use domain::time::MINUTE;
use http::StatusCode;
use keymend::page::Report;

const ADDRESS: &str = "ada@example.org";

#[tokio::test]
async fn nothing_that_happens_between_the_minting_and_the_finish_is_overlooked() {
    // What happened, and where the finish leads then.
    for (what, leads_to) in [
        ("nothing", "passkey-created"),
        ("not-me", "identify"),
        ("password", "identify"),
        ("deleted", "identify"),
        ("late", "confirm"),
        ("signed-out", "identify"),
        ("ended", "identify"),
        ("forgot", "identify"),
        ("operator", "identify"),
    ] {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.settles_in().await;
        let link = app.mail(ADDRESS, "passkey was added").await.link();
        app.wait(MINUTE);
        let mut thief = at_create(&app, &ada).await;
        let options = thief.ceremony().clone();
        let credential = thief.device.create(&options.options, crate::authenticator::honest).ok().unwrap();
        match what {
            "nothing" => {}
            "not-me" => {
                let mut phone = app.person(ADDRESS);
                phone.opens(&link).await;
                phone.answers(&[]).await;
                assert_eq!((phone.status, phone.step()), (StatusCode::OK, "told"));
            }
            "password" => {
                ada.opens("/dashboard").await;
                ada.changes("/account/password", &[("new_password", "an entirely different passphrase")]).await;
                assert_eq!(ada.status, StatusCode::OK);
            }
            "deleted" => {
                ada.changes("/account/delete", &[("confirmation", ADDRESS)]).await;
                assert_eq!(ada.status, StatusCode::OK);
                let mut next = app.person(ADDRESS);
                next.signs_up().await;
                next.shows("create-passkey");
            }
            "late" => app.wait(6 * MINUTE),
            "signed-out" => {
                let flow = options.flow.clone();
                let answer = thief.browser.copy().post("/api/session/sign-out", &[("flow", &flow)]).await;
                assert_eq!((answer.status, answer.step()), (StatusCode::OK, "identify"));
            }
            "ended" => {
                ada.opens("/account").await;
                let all = ada.list("sessions").all.clone().unwrap();
                ada.presses(&all, &[]).await;
                assert_eq!(app.sessions().await, 1, "the owner's");
            }
            "operator" => {
                keymend::server::services::operator::reset(&app.app(), ADDRESS).await.unwrap();
            }
            "forgot" => {
                let mut phone = app.person(ADDRESS);
                phone.has_forgotten().await;
                let code = app.mail(ADDRESS, "password").await.code();
                phone.chooses_password(&code).await;
                assert_eq!(phone.status, StatusCode::OK);
            }
            other => panic!("{other}"),
        }
        let before = app.count("passkeys").await;
        let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
        let fields = [("flow", options.flow.as_str()), ("ceremony", &options.state), ("outcome", &outcome)];
        let answer = thief.browser.post("/api/healing/report", &fields).await;
        assert_eq!(answer.step(), leads_to, "{what}");
        let made = app.count("passkeys").await - before;
        assert_eq!(made, i64::from(what == "nothing"), "{what}: {}", answer.text());
    }
}

/// The same at the very same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn not_me_and_the_finish_at_once_leave_no_passkey() {
    for round in 0..12 {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.settles_in().await;
        app.wait(MINUTE);
        let link = app.mail(ADDRESS, "passkey was added").await.link();
        let mut thief = at_create(&app, &ada).await;
        let options = thief.ceremony().clone();
        let credential = thief.device.create(&options.options, crate::authenticator::honest).ok().unwrap();
        let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
        let mut phone = app.person(ADDRESS);
        phone.opens(&link).await;
        let finish = tokio::spawn(async move {
            let fields = [("flow", options.flow.as_str()), ("ceremony", &options.state), ("outcome", &outcome)];
            thief.browser.post("/api/healing/report", &fields).await.status
        });
        let not_me = tokio::spawn(async move {
            if round % 2 == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(round)).await;
            }
            phone.answers(&[]).await;
            phone.status
        });
        let (finish, not_me) = (finish.await.unwrap(), not_me.await.unwrap());
        assert!(!finish.is_server_error() && not_me.is_success(), "{finish} {not_me}");
        assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 0, "round {round}");
        assert_eq!(app.sessions().await, 0);
    }
}
