//! What held.

use super::at_create;
use crate::app::TestApp;
use crate::ghosts::{Try, attempt, haunted};
use crate::person::{failed, not_allowed};
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::page::{Report, Screen};
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";

async fn rows(app: &TestApp) -> Vec<(&'static str, i64)> {
    let mut all = Vec::new();
    for table in [
        "mailed_codes",
        "outbox",
        "audit",
        "password_attempts",
        "strikes",
        "failure_events",
        "spent_challenges",
        "browsers",
        "decisions",
        "sessions",
        "pending_identifiers",
        "notices",
        "browser_accounts",
        "browser_passkeys",
    ] {
        all.push((table, app.count(table).await));
    }
    all
}

fn more(before: &[(&'static str, i64)], after: &[(&'static str, i64)]) -> Vec<(&'static str, i64)> {
    before.iter().zip(after).map(|(b, a)| (b.0, a.1 - b.1)).collect()
}

async fn ghost_without(app: &TestApp, like: usize) -> String {
    for number in 0..200 {
        let name = format!("nobody{number:02}@example.org");
        assert_eq!(name.len(), like);
        let mut stranger = app.person(&name);
        stranger.identifies().await;
        if stranger.step() == "enter-password" && stranger.ceremony().options.contains("\"allowCredentials\":[]") {
            return name;
        }
    }
    panic!("no ghost");
}

#[tokio::test]
async fn accounts_in_rare_states_cannot_be_told_from_a_ghost() {
    use Try::*;
    let walks: &[&[Try]] = &[
        &[Identify, Reload, Dismiss, Reload, Dismiss, WrongPassword, EmptyPassword, Reload, ForgeUnknown, Foreign],
        &[
            Identify, EmailCode, EmptyCode, WrongCode, WrongCode, KeptCode, EmailCode, EmailCode, EmailCode, EmailCode,
            EmailCode, EmailCode, WrongCode,
        ],
        &[
            Identify,
            ForgeUnknown,
            WrongPassword,
            WrongPassword,
            WrongPassword,
            WrongPassword,
            WrongPassword,
            WrongPassword,
            WrongPassword,
        ],
        &[Identify, Wait(61 * MINUTE), Identify, StaleForm, Dismiss, Dismiss, Wait(DAY), Identify],
    ];
    let states = ["plain", "disowned", "unverified", "removed", "no-password", "reset"];
    for state in states {
        for walk in walks {
            let app = haunted().await;
            let name = "nobodyxx@example.org";
            let mut ada = app.person(name);
            ada.settles_in().await;
            ada.opens("/dashboard").await;
            ada.removes_passkey(0).await;
            match state {
                "disowned" | "no-password" => app.execute("UPDATE users SET password_hash = NULL").await,
                "unverified" => app.unconfirms(name).await,
                "reset" => app.execute("UPDATE users SET reset_at = password_changed_at").await,
                _ => {}
            }
            app.wait(8 * DAY);
            let mut bob = app.person("bob");
            bob.settles_in().await;
            let ghost = ghost_without(&app, name.len()).await;
            let (mut real, mut imaginary) = (app.person(name), app.person(&ghost));
            for (at, what) in walk.iter().enumerate() {
                if let Wait(millis) = what {
                    app.wait(*millis);
                    continue;
                }
                let zero = rows(&app).await;
                let one = attempt(&mut real, *what, &bob).await;
                let half = rows(&app).await;
                let other = attempt(&mut imaginary, *what, &bob).await;
                let whole = rows(&app).await;
                assert_eq!(one, other, "{state}: number {at} of {walk:?}");
                assert_eq!(more(&zero, &half), more(&half, &whole), "rows, {state}: number {at} of {walk:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_longest_name_fits_the_cookie_on_every_way() {
    let app = TestApp::start().await;
    for c in ["\u{10348}", "\"", "\\", "\u{fb03}", "a"] {
        let times = if c == "\u{fb03}" { 84 } else { 254 };
        let name = c.repeat(times);
        let mut long = app.person(&name);
        long.browser.without_script();
        long.opens("/sign-in?return_to=https%3A%2F%2Fexample.org%2F").await;
        long.types_identifier(&name).await;
        long.opens("/sign-in").await;
        assert_ne!(long.step(), "identify", "{c}: {:?}", long.page);
        long.browser.drop_cookie("flow");
        long.opens("/forgot-password").await;
        long.answers(&[("identifier", &name)]).await;
        assert_eq!(long.step(), "new-password", "{c}");
        long.answers(&[("code", "123456"), ("password", "a long passphrase that nobody has")]).await;
        assert_eq!((long.status, long.step()), (StatusCode::UNAUTHORIZED, "new-password"), "{c}");
        let _ = failed(not_allowed());
    }
}

#[tokio::test]
async fn nothing_that_happens_between_the_minting_and_the_finish_is_overlooked() {
    for what in ["not-me", "password", "deleted", "late", "signed-out", "ended", "forgot", "operator"] {
        let app = TestApp::start().await;
        let mut ada = app.person(ADDRESS);
        ada.settles_in().await;
        let link = app.mail(ADDRESS, "passkey was added").await.link();
        app.wait(MINUTE);
        let mut thief = at_create(&app, &ada).await;
        let options = thief.ceremony().clone();
        let credential = thief.device.create(&options.options, crate::authenticator::honest).ok().unwrap();
        match what {
            "not-me" => {
                let mut phone = app.person(ADDRESS);
                phone.opens(&link).await;
                phone.answers(&[]).await;
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
            }
            "late" => app.wait(6 * MINUTE),
            "signed-out" => {
                let flow = options.flow.clone();
                thief.browser.copy().post("/api/session/sign-out", &[("flow", &flow)]).await;
            }
            "ended" => {
                ada.opens("/account").await;
                let all = ada.list("sessions").all.clone().unwrap();
                ada.presses(&all, &[]).await;
            }
            "operator" => {
                keymend::server::services::operator::reset(&app.app(), ADDRESS).await.unwrap();
            }
            _ => {
                let mut phone = app.person(ADDRESS);
                phone.has_forgotten().await;
                let code = app.mail(ADDRESS, "password").await.code();
                phone.chooses_password(&code).await;
            }
        }
        let before = app.count("passkeys").await;
        let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
        let fields = [("flow", options.flow.as_str()), ("ceremony", &options.state), ("outcome", &outcome)];
        let answer = thief.browser.post("/api/healing/report", &fields).await;
        assert!(!answer.status.is_server_error(), "{what}");
        assert_eq!(app.count("passkeys").await, before, "{what}: {}", answer.text());
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
async fn a_new_password_by_code_and_the_old_one_at_once_break_nothing() {
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
        crowd.spawn(async move {
            phone.chooses_password(&code).await;
            phone.status
        });
        let answers = crowd.join_all().await;
        assert!(answers.iter().all(|status| !status.is_server_error()), "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn strangers_and_the_owner_at_once_break_nothing() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut crowd = JoinSet::new();
    for number in 0..60 {
        let mut other = ada.elsewhere(&app);
        other.browser.peer = Some(format!("203.0.113.{}", number % 3).parse().unwrap());
        crowd.spawn(async move {
            let mut seen = Vec::new();
            match number % 5 {
                0 => {
                    other.opens("/forgot-password").await;
                    other.answers(&[("identifier", ADDRESS)]).await;
                    seen.push(other.status);
                    if other.step() == "new-password" {
                        other.chooses_password("000000").await;
                        seen.push(other.status);
                    }
                }
                1 => {
                    other.signs_in_by_hand().await;
                    seen.push(other.status);
                    if other.step() == "confirm" {
                        other.types_code("111111").await;
                        seen.push(other.status);
                    }
                }
                2 => {
                    other.identifies().await;
                    other.types_wrong_password().await;
                    seen.push(other.status);
                }
                3 => {
                    other.identifies().await;
                    other.uses_password_instead().await;
                    other.asks_for_a_code().await;
                    seen.push(other.status);
                    if other.step() == "enter-code" {
                        other.types_code("000000").await;
                        seen.push(other.status);
                    }
                }
                _ => {
                    let answer = other
                        .browser
                        .post("/api/sign-up", &[("identifier", ADDRESS), ("password", "a long passphrase nobody has")])
                        .await;
                    seen.push(answer.status);
                }
            }
            seen
        });
    }
    let answers: Vec<_> = crowd.join_all().await.into_iter().flatten().collect();
    let bad: Vec<_> =
        answers.iter().filter(|s| s.is_server_error() && **s != StatusCode::SERVICE_UNAVAILABLE).collect();
    assert!(bad.is_empty(), "{bad:?}");
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
        assert!(right <= 1, "{all:?}");
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

#[tokio::test]
async fn a_forgotten_password_of_accounts_in_rare_states_is_answered_like_a_ghosts() {
    for state in ["plain", "disowned", "unverified", "reset", "passkey"] {
        let app = haunted().await;
        let name = "nobodyxx@example.org";
        let mut ada = app.person(name);
        ada.settles_in().await;
        if state != "passkey" {
            ada.opens("/dashboard").await;
            ada.removes_passkey(0).await;
        }
        match state {
            "disowned" => app.execute("UPDATE users SET password_hash = NULL").await,
            "unverified" => app.unconfirms(name).await,
            "reset" => app.execute("UPDATE users SET reset_at = password_changed_at").await,
            _ => {}
        }
        app.wait(DAY);
        let (mut real, mut ghost) = (app.person(name), app.person("nobody77@example.org"));
        for step in 0..14 {
            let mut seen = Vec::new();
            for who in [&mut real, &mut ghost] {
                let before = rows(&app).await;
                match step {
                    0 => who.opens("/forgot-password").await,
                    1 => {
                        let name = who.identifier.clone();
                        who.answers(&[("identifier", &name)]).await
                    }
                    2 => who.chooses_password("ABCD-EFGH-JKMN-PQRS").await,
                    3..=8 => who.chooses_password("000000").await,
                    9 => who.opens("/forgot-password").await,
                    _ => {
                        if who.step() == "new-password" {
                            let name = who.identifier.clone();
                            let flow = who.ask().submit.hidden[0].1.clone();
                            let answer =
                                who.browser.post("/api/forgot/send", &[("flow", &flow), ("identifier", &name)]).await;
                            who.sees(&answer)
                        }
                    }
                }
                let text = serde_json::to_string(&who.page).unwrap().replace(&who.identifier, "X");
                let text: String = {
                    let flow = match &who.page.screen {
                        Screen::Ask(ask) => ask.submit.hidden[0].1.clone(),
                        _ => String::from("-"),
                    };
                    text.replace(&flow, "F")
                };
                seen.push((who.status, text, more(&before, &rows(&app).await)));
            }
            assert_eq!(seen[0], seen[1], "{state}: {step}");
        }
    }
}

#[test]
fn a_key_is_its_own_key() {
    use domain::identifier::Identifier;
    let mut wrong = Vec::new();
    for c in '\u{21}'..=char::MAX {
        for text in [format!("a{c}b"), format!("{c}"), format!("{c}\u{301}"), format!("{c}\u{307}x"), format!("A{c}")] {
            let Ok(once) = Identifier::parse(&text) else { continue };
            match Identifier::parse(once.key()) {
                Ok(twice) if twice.key() == once.key() => {}
                other => wrong.push((text, other.map(|o| o.key().to_owned()))),
            }
        }
    }
    assert!(wrong.is_empty(), "{} {:?}", wrong.len(), &wrong[..wrong.len().min(10)]);
}
