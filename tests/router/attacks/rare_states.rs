//! Accounts as they seldom are: without a password, never confirmed, with their last passkey removed. Nobody tells them from a ghost.

use crate::app::TestApp;
use crate::ghosts::{Try, attempt, haunted};
use domain::time::{DAY, MINUTE};

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
                        who.shows("new-password");
                        let name = who.identifier.clone();
                        let flow = who.ask().submit.hidden[0].1.clone();
                        let fields = [("flow", flow.as_str()), ("identifier", &name)];
                        let answer = who.browser.post("/api/forgot/send", &fields).await;
                        who.sees(&answer)
                    }
                }
                let text = serde_json::to_string(&who.page).unwrap().replace(&who.identifier, "X");
                let text = text.replace(&who.ask().submit.hidden[0].1, "F");
                seen.push((who.status, text, more(&before, &rows(&app).await)));
            }
            assert_eq!(seen[0], seen[1], "{state}: {step}");
        }
    }
}
