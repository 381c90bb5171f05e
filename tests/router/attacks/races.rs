//! Several who want the same at the very same moment.

use crate::app::TestApp;
use http::StatusCode;
use keymend::page::Report;
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";

/// How a guess is answered, looked at or not.
const WAITS_OR_NOT: [StatusCode; 2] = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS];

/// Two of one account, each at its first passkey, one of them a thief.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_first_passkeys_at_once_one_is_made() {
    for _ in 0..8 {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.signs_up().await;
        let mut thief = ada.elsewhere(&app);
        thief.signs_in_with_password().await;
        thief.shows("create-passkey");
        ada.opens("/sign-in").await;
        let mut crowd = JoinSet::new();
        for mut who in [ada, thief] {
            crowd.spawn(async move {
                who.creates_passkey().await;
                who.step()
            });
        }
        let steps = crowd.join_all().await;
        assert_eq!(app.count("passkeys").await, 1, "{steps:?}");
    }
}

/// One ceremony of creation, finished many times with different keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_creation_makes_one_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    let options = ada.ceremony().clone();
    let mut crowd = JoinSet::new();
    for _ in 0..16 {
        let (mut device, browser, options) = (app.device(), ada.browser.clone(), options.clone());
        crowd.spawn(async move {
            let credential = device.create(&options.options, crate::authenticator::honest).ok().unwrap();
            let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
            let fields = [("flow", options.flow.as_str()), ("ceremony", &options.state), ("outcome", &outcome)];
            browser.post("/api/healing/report", &fields).await.status
        });
    }
    let answers = crowd.join_all().await;
    assert!(answers.iter().all(|status| !status.is_server_error()), "{answers:?}");
    assert_eq!(app.count("passkeys").await, 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_password_by_code_and_the_old_one_at_once_leave_one_session_and_the_new_password() {
    for _ in 0..10 {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.signs_up().await;
        ada.says_not_now().await;
        let mut phone = app.person(ADDRESS);
        phone.has_forgotten().await;
        let code = app.mail(ADDRESS, "password").await.code();
        let mut crowd = JoinSet::new();
        for _ in 0..6 {
            let mut other = ada.elsewhere(&app);
            other.identifies().await;
            crowd.spawn(async move {
                other.enters_password().await;
                other.status
            });
        }
        let choosing = tokio::spawn(async move {
            phone.chooses_password(&code).await;
            phone
        });
        let answers = crowd.join_all().await;
        let mut phone = choosing.await.unwrap();
        assert_eq!((phone.status, phone.step()), (StatusCode::OK, "create-passkey"), "{answers:?}");
        // Whoever was faster with the old password is out again.
        assert_eq!(app.sessions().await, 1, "{answers:?}");
        phone.opens("/dashboard").await;
        phone.shows("create-passkey");
        let mut old = ada.elsewhere(&app);
        old.signs_in_by_hand().await;
        assert_eq!((old.status, old.step()), (StatusCode::UNAUTHORIZED, "enter-password"), "{answers:?}");
        phone.elsewhere(&app).signs_in_with_password().await;
        assert_eq!(app.sessions().await, 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_strangers_at_once_keep_the_owner_neither_out_nor_from_signing_in() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut crowd = JoinSet::new();
    for number in 0..60 {
        let mut other = ada.elsewhere(&app);
        other.browser.peer = Some(format!("203.0.113.{}", number % 3).parse().unwrap());
        crowd.spawn(async move {
            match number % 5 {
                0 => {
                    other.opens("/forgot-password").await;
                    other.answers(&[("identifier", ADDRESS)]).await;
                    other.shows("new-password");
                    other.chooses_password("000000").await;
                    assert!(WAITS_OR_NOT.contains(&other.status), "{}", other.status);
                }
                1 => {
                    other.signs_in_by_hand().await;
                    // Where enough wrong passwords came before, the right one waits as well.
                    if other.status == StatusCode::OK {
                        other.shows("confirm");
                        other.types_code("111111").await;
                    }
                    assert!(WAITS_OR_NOT.contains(&other.status), "{}", other.status);
                }
                2 => {
                    other.identifies().await;
                    other.types_wrong_password().await;
                    assert!(WAITS_OR_NOT.contains(&other.status), "{}", other.status);
                }
                3 => {
                    other.identifies().await;
                    other.uses_password_instead().await;
                    other.asks_for_a_code().await;
                    other.shows("enter-code");
                    other.types_code("000000").await;
                    assert!(WAITS_OR_NOT.contains(&other.status), "{}", other.status);
                }
                _ => {
                    let fields = [("identifier", ADDRESS), ("password", "a long passphrase nobody has")];
                    let answer = other.browser.post("/api/sign-up", &fields).await;
                    assert!(
                        [StatusCode::OK, StatusCode::TOO_MANY_REQUESTS].contains(&answer.status),
                        "{}",
                        answer.text()
                    );
                }
            }
        });
    }
    crowd.join_all().await;
    assert_eq!(app.count("users").await, 1);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_kept_code_at_two_doors_at_once_counts_once() {
    for _ in 0..6 {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.settles_in().await;
        let codes = ada.gets_codes().await;
        ada.keeps_codes().await;
        let mut confirming = ada.elsewhere(&app);
        confirming.signs_in_with_password().await;
        confirming.shows("confirm");
        let mut forgetting = app.person(ADDRESS);
        forgetting.has_forgotten().await;
        let mut also = app.person(ADDRESS);
        also.has_forgotten().await;
        let code = codes[0].clone();
        let one = {
            let code = code.clone();
            tokio::spawn(async move {
                confirming.types_code(&code).await;
                (confirming.status, confirming.step())
            })
        };
        let two = {
            let code = code.clone();
            tokio::spawn(async move {
                forgetting.chooses_password(&code).await;
                (forgetting.status, forgetting.step())
            })
        };
        let three = {
            let code = code.clone();
            tokio::spawn(async move {
                also.chooses_password(&code).await;
                (also.status, also.step())
            })
        };
        let all = [one.await.unwrap(), two.await.unwrap(), three.await.unwrap()];
        assert_eq!(app.count("saved_codes WHERE used_at IS NOT NULL").await, 1);
        let right = all.iter().filter(|(status, step)| *status == StatusCode::OK && *step != "identify").count();
        assert_eq!(right, 1, "{all:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_mailed_code_begins_one_session() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    ada.signs_out().await;
    let mut phone = app.person(ADDRESS);
    phone.comes_to_the_code().await;
    let code = app.mail(ADDRESS, "Sign in to Keymend").await.code();
    let before = app.sessions().await;
    let mut crowd = JoinSet::new();
    for _ in 0..12 {
        let mut tab = phone.another_tab();
        tab.browser = phone.browser.copy();
        let code = code.clone();
        crowd.spawn(async move {
            tab.types_code(&code).await;
            tab.status
        });
    }
    let answers = crowd.join_all().await;
    assert_eq!(app.sessions().await - before, 1, "{answers:?}");
}
