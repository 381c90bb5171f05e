//! What an operator is told who is asked: why could they not sign in?

use crate::app::{ANDROID, TestApp};
use crate::authenticator::honest;
use crate::person::Person;
use domain::intelligence::RULES_VERSION;
use domain::time::{DAY, HOUR, MINUTE, SECOND};
use keymend::server::services::explain::{Explanation, explain};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

async fn told(app: &TestApp, identifier: &str) -> Explanation {
    explain(&app.app(), identifier).await.unwrap()
}

/// A passkey that is gone, its heal, and a stranger at the door.
async fn healed(app: &TestApp) -> Person {
    let mut ada = app.person("ada@example.org");
    ada.signs_up().await;
    app.wait(MINUTE);
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    app.wait(DAY);
    ada.device.passkeys.clear();
    ada.identifies().await;
    for _ in 0..2 {
        app.wait(10 * SECOND);
        ada.fails(1).await;
    }
    app.wait(30 * SECOND);
    ada.enters_password().await;
    app.wait(20 * SECOND);
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    app.wait(DAY);
    ada.signs_in_with_passkey().await;
    app.wait(HOUR);
    let mut stranger = ada.elsewhere(app);
    stranger.browser.user_agent = ANDROID;
    stranger.identifies().await;
    for _ in 0..6 {
        stranger.types_password("not the password at all").await;
    }
    ada
}

#[tokio::test]
async fn a_heal_is_told_from_the_first_failure_to_the_confirmation() {
    let app = TestApp::start().await;
    healed(&app).await;
    let told = told(&app, " Ada@Example.org ").await;
    assert_eq!(without_shares(&told.to_string()), HEALED);
}

/// The shares of causes are the rules' own affair.
fn without_shares(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    for at in 1..words.len() {
        if words[at].starts_with('%') {
            words[at - 1] = "…";
        }
    }
    words.join(" ")
}

const HEALED: &str = "\
ada@example.org
Account since 2027-01-15 08:00:00 UTC, with a password. Now it is 2027-01-17 09:02:10 UTC.
Recorded: 2 failed prompts.

Passkeys
  “Apple Passwords”: made 2027-01-15 08:01:00 UTC in browser 1 on macOS; kept by Apple Passwords, with a backup; never used.
  “Apple Passwords (2)”: made 2027-01-16 08:02:10 UTC in browser 1 on macOS; kept by Apple Passwords, with a backup; last used 2027-01-17 08:02:10 UTC.

Browsers
  Browser 1, Chrome on macOS: first sign-in 2027-01-15 08:00:00 UTC; last here 2027-01-17 08:02:10 UTC; known until 2027-04-17 08:02:10 UTC.
    “Apple Passwords” is unlikely to work here. Its provider could make a new passkey here, so the old one was not there.
    “Apple Passwords (2)” is likely to work here. It has signed in from this browser before.
    A sign-in now: the prompt opens by itself. A passkey is likely to work here. It has signed in from this browser before.
    Strikes: 0.0; from 2 on, the password comes first.
  In browsers that are not known: 6 wrong passwords in a row, the last one at 2027-01-17 09:02:10 UTC, and none is looked at for 5 s.

Timeline, oldest first
  2027-01-15 08:00:00 UTC  The account was made.
  2027-01-15 08:01:00 UTC  Browser 1: the passkey “Apple Passwords” was made.
  2027-01-16 08:01:10 UTC  Browser 1: a prompt to sign in: closed by the person, or there was no passkey to show.
      Before it: the prompt opens by itself. A passkey is likely to work here. It was made in this browser.
      Seen: NotAllowedError after 1.8 s; no click before it; the window lost the focus meanwhile.
      Known: a known browser; strikes 0.0; “Apple Passwords” made here.
      It may be, likeliest first: the prompt was closed … %, the device uses another cloud account … %, removed on this device … %.
  2027-01-16 08:01:20 UTC  Browser 1: a prompt to sign in: closed by the person, or there was no passkey to show.
      Seen: NotAllowedError after 1.8 s; no click before it; the window lost the focus meanwhile.
      Known: a known browser; strikes 1.0; “Apple Passwords” made here, asked for in vain once.
      It may be, likeliest first: the prompt was closed … %, the device uses another cloud account … %, removed on this device … %.
  2027-01-16 08:01:50 UTC  Browser 1: signed in with the password, after 2 failed prompts; a new passkey was offered, as none had answered.
      Offer: A prompt did not go through in this very sign-in.
  2027-01-16 08:02:10 UTC  Browser 1: the passkey “Apple Passwords (2)” was made.
  2027-01-16 08:02:10 UTC  Browser 1: as it could be made, these were not here: “Apple Passwords”.
      It may be, likeliest first: the device uses another cloud account … %, removed on this device … %, the prompt was closed … %.
  2027-01-16 08:02:10 UTC  Browser 1: “Apple Passwords (2)” is a heal (after-error), 1 min 0 s after the first failure.
  2027-01-17 08:02:10 UTC  Browser 1: signed in with a passkey.
  2027-01-17 08:02:10 UTC  The heal is confirmed: “Apple Passwords (2)” signed in.
";

#[tokio::test]
async fn what_a_program_reads_is_the_same() {
    let app = TestApp::start().await;
    healed(&app).await;
    // As text, since a provider's number is longer than 64 bits.
    let text = serde_json::to_string(&told(&app, "ada@example.org").await).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    let what: Vec<_> = json["timeline"]["moments"].as_array().unwrap().iter().map(|moment| &moment["what"]).collect();
    let expected = [
        "account-made",
        "passkey-made",
        "failed",
        "failed",
        "signed-in",
        "passkey-made",
        "learnt",
        "heal-began",
        "session-began",
        "heal-confirmed",
    ];
    assert_eq!(what, expected);
    let failed = &json["timeline"]["moments"][2];
    assert_eq!(failed["outcome"], "cancelled-or-missing");
    assert_eq!(failed["plan"]["reasons"][0], "best-is-likely");
    assert_eq!(failed["evidence"]["passkeys"].as_array().unwrap().len(), 1);
    let shares = failed["diagnosis"]["causes"].as_array().unwrap().iter().map(|cause| cause[1].as_u64().unwrap());
    assert!((990..=1_000).contains(&shares.sum::<u64>()), "{failed}");
    assert_eq!(json["browsers"][0]["passkeys"][1]["outcome"], "likely");
    assert_eq!(json["wrong_passwords"]["failures"], 6);
}

#[tokio::test]
async fn an_identifier_that_nobody_has_is_said_to_be_nobodys_with_what_is_recorded_for_it() {
    let app = TestApp::start().await;
    let text = told(&app, "nobody@example.org").await.to_string();
    assert_eq!(text, "Nobody has the identifier nobody@example.org.\nNothing is recorded for it.\n");
    // Whether a ghost is asked for a passkey or a password is its own affair; it has a button for both.
    let mut somebody = app.person("nobody@example.org");
    somebody.identifies().await;
    somebody.fails(2).await;
    for _ in 0..6 {
        somebody.types_password("not the password at all").await;
    }
    let text = told(&app, "NOBODY@example.org").await.to_string();
    assert_eq!(
        text,
        "Nobody has the identifier NOBODY@example.org.\n\
         Recorded for it all the same: 2 failed prompts, the last one at 2027-01-15 08:00:00 UTC; 6 wrong passwords in a \
         row, the last one at 2027-01-15 08:00:00 UTC, and none is looked at for 5 s.\n\
         Who asks is not told that nobody has it: prompts, strikes and waiting are the same as for an account.\n"
    );
    let json = serde_json::to_value(told(&app, "nobody@example.org").await).unwrap();
    assert!(json["account"].is_null());
    assert_eq!(json["failures"], 2);
    // What was recorded before an account was made is part of its story.
    somebody = app.person("nobody@example.org");
    somebody.signs_up().await;
    let told = told(&app, "nobody@example.org").await;
    assert_eq!(told.failures, 2);
    assert!(told.to_string().contains("a prompt to sign in: closed by the person"), "{told}");
}

#[tokio::test]
async fn nothing_that_steers_a_terminal_is_printed() {
    let app = TestApp::start().await;
    for typed in ["ada\u{1b}[2J", "\u{9b}2J", "a\u{202e}da", "ada\nroot", "a\u{0}", "", &"x".repeat(100_000)] {
        let why = explain(&app.app(), typed).await.unwrap_err().to_string();
        assert!(why.starts_with("the identifier "), "{why:?}");
        assert!(!why.chars().any(char::is_control), "{why:?}");
    }
    // As another program may have stored them.
    healed(&app).await;
    let db = app.app().db.clone();
    let escape = "\u{1b}]0;title\u{7}\u{9b}2J\u{202e}\u{2028}\r";
    for sql in [
        format!("UPDATE passkeys SET name = '{escape}'"),
        format!("UPDATE users SET identifier = 'ada{escape}'"),
        format!("UPDATE heals SET why = '{escape}'"),
    ] {
        db.read().execute_unprepared(&sql).await.unwrap();
    }
    let told = told(&app, "ada@example.org").await;
    for text in [told.to_string(), serde_json::to_string(&told).unwrap()] {
        let steers = |c: char| (c.is_control() && c != '\n') || ('\u{2028}'..='\u{202e}').contains(&c);
        assert!(!text.chars().any(steers), "{text:?}");
    }
    assert!(told.to_string().starts_with("ada\u{fffd}]0;title"), "{told}");
}

#[tokio::test]
async fn a_cause_is_certain_where_the_server_knows_it_and_nowhere_else() {
    let app = TestApp::start().await;
    let mut ada = healed(&app).await;
    assert!(!told(&app, "ada@example.org").await.to_string().contains("Cause:"));
    let removed = ada.device.passkeys[0].clone();
    ada.opens("/dashboard").await;
    ada.removes_passkey(1).await;
    ada.signs_out().await;
    app.wait(MINUTE);
    ada.identifies().await;
    let answer = ada.device.get_with(&removed, &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    let told = told(&app, "ada@example.org").await.to_string();
    assert!(told.contains("a prompt to sign in: a passkey that this server does not accept any more.\n"), "{told}");
    assert_eq!(told.matches("      Cause: removed from the account.\n").count(), 1, "{told}");
    assert_eq!(told.matches(" was removed from the account.\n").count(), 1, "{told}");
}

#[tokio::test]
async fn a_browser_that_was_forgotten_is_told_as_such_and_what_happened_in_it_stays() {
    let app = TestApp::start().await;
    let mut ada = healed(&app).await;
    ada.opens("/dashboard").await;
    ada.forgets_browser().await;
    let told = told(&app, "ada@example.org").await;
    assert!(told.browsers.is_empty());
    let told = told.to_string();
    assert!(told.contains("\nBrowsers\n  None is remembered.\n"), "{told}");
    assert!(told.contains("A browser that was forgotten: a prompt to sign in: closed by the person"), "{told}");
}

#[tokio::test]
async fn a_long_story_is_told_from_where_there_is_room() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    for _ in 0..230 {
        app.wait(SECOND);
        ada.fails(1).await;
    }
    let told = told(&app, "ada").await;
    // In a browser that the account knows all of them are kept.
    assert_eq!((told.failures, told.timeline.moments.len(), told.timeline.is_cut), (230, 200, true));
    assert_eq!(told.timeline.moments.last().unwrap().at, app.now());
    let text = told.to_string();
    assert!(text.contains("\n  What was before is left out.\n"), "{text}");
    assert!(text.contains("Recorded: 230 failed prompts.\n"), "{text}");
}

#[tokio::test]
async fn many_browsers_are_told_as_far_as_there_is_room() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for _ in 0..25 {
        let mut other = ada.elsewhere(&app);
        other.identifies().await;
        other.fails(1).await;
    }
    let told = told(&app, "ada").await;
    assert_eq!((told.browsers.len(), told.more_browsers), (20, 6));
    assert!(told.to_string().contains("  And 6 more browsers, seen before these.\n"), "{told}");
}

#[tokio::test]
async fn a_clock_that_was_set_back_and_records_that_cannot_be_read_stop_nothing() {
    let app = TestApp::start().await;
    healed(&app).await;
    app.app().db.read().execute_unprepared("UPDATE failure_events SET evidence = '{'").await.unwrap();
    app.app()
        .db
        .read()
        .execute_unprepared("UPDATE decisions SET given = '[]', at = 9223372036854775807")
        .await
        .unwrap();
    app.wait(-1_000 * DAY);
    let told = told(&app, "ada@example.org").await.to_string();
    let unreadable = format!("a record of rules version {RULES_VERSION} that cannot be read.\n");
    assert_eq!(told.matches(&unreadable).count(), 4, "{told}");
    assert!(told.contains("an unknown time  Browser 1: a record"), "{told}");
}
