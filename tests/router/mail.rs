//! Mails: written with what they tell about, sent afterwards, at least once.

use crate::app::{Letter, TestApp};
use crate::mail_server::{MailServer, Secrecy};
use domain::time::{DAY, HOUR, MINUTE};
use keymend::server::mail::sender::send_due;

#[tokio::test]
async fn a_new_passkey_and_a_removed_one_are_announced() {
    let app = TestApp::start().await;
    let mut ada = app.person("Ada@example.org");
    ada.settles_in().await;
    let mail = app.mail("Ada@example.org", "A new passkey was added to your account at Keymend").await;
    for words in ["\"Apple Passwords\"", "Ada@example.org", "on a Mac", "15 January 2027 at 08:00 (UTC)"] {
        assert!(mail.text.replace('\n', " ").contains(words), "{words}: {}", mail.text);
    }
    let token = mail.link().strip_prefix("/not-me?token=").map(str::len);
    assert_eq!(token, Some(43), "in one piece, to be read and copied: {}", mail.text);

    app.wait(MINUTE);
    ada.removes_passkey(0).await;
    app.mail("Ada@example.org", "A passkey was removed from your account at Keymend").await;
    assert_eq!(app.count("outbox").await, 0, "what left stays nowhere");
}

#[tokio::test]
async fn a_username_gets_no_mail_and_its_news_are_kept_all_the_same() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    assert!(app.mails().await.is_empty());
    assert_eq!(app.count("notices").await, 1);
}

#[tokio::test]
async fn a_server_that_ends_before_it_sends_sends_after_its_start() {
    let app = TestApp::start().await;
    app.person("ada@example.org").settles_in().await;
    assert!(!app.outbox().exists());
    let waiting = app.count("outbox").await;
    assert!(waiting > 0);
    app.restart().await;
    assert_eq!(app.mails().await.len(), usize::try_from(waiting).unwrap());
}

#[tokio::test]
async fn the_database_does_not_tell_what_is_mailed_to_whom() {
    let app = TestApp::start().await;
    app.person("ada@example.org").settles_in().await;
    let stored = app.texts("mail", "outbox").await.concat();
    // Words that are too long to come by chance in what is sealed.
    assert!(stored.len() > 500 && !stored.contains("ada@example") && !stored.contains("passkey"), "{stored}");
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_mail_server_a_mail_is_a_file_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = TestApp::start().await;
    app.person("ada@example.org").settles_in().await;
    app.mails().await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&app.outbox()), 0o700);
    for file in std::fs::read_dir(app.outbox()).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[tokio::test]
async fn a_mail_server_gets_each_mail_once_and_says_who_it_is_from() {
    let server = MailServer::start(Secrecy::None, &[]);
    let app = TestApp::start_with("", |settings| {
        settings.mail.smtp = server.url("smtp://127.0.0.1", "");
        settings.mail.from = "sign-in@example.org".to_owned();
    })
    .await;
    app.person("ada@example.org").settles_in().await;
    let waiting = usize::try_from(app.count("outbox").await).unwrap();
    assert_eq!(send_due(&app.app()).await.unwrap(), waiting);
    assert_eq!(send_due(&app.app()).await.unwrap(), 0);
    let taken = server.taken();
    assert_eq!(taken.len(), waiting);
    for (from, to, raw) in &taken {
        assert_eq!((from.as_str(), to.as_str()), ("<sign-in@example.org>", "<ada@example.org>"));
        assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    }
    assert!(taken.iter().any(|(_, _, raw)| Letter::read(raw).text.contains("Apple Passwords")));
}

#[tokio::test]
async fn a_mail_server_that_is_busy_is_asked_again_later_and_gets_the_same_message() {
    let server = MailServer::start(Secrecy::None, &["451 not now", "421 not now either"]);
    let app = TestApp::start_with("", |settings| settings.mail.smtp = server.url("smtp://127.0.0.1", "")).await;
    // A username has no mail of its own, so that one mail is all there is.
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    app.execute("DELETE FROM outbox WHERE id NOT IN (SELECT id FROM outbox ORDER BY created_at DESC LIMIT 1)").await;
    for (waits, left) in [(0, 1), (MINUTE - 1, 1), (1, 1), (2 * MINUTE - 1, 1), (1, 0)] {
        app.wait(waits);
        send_due(&app.app()).await.unwrap();
        assert_eq!(app.count("outbox").await, left, "{waits}");
    }
    let ids: Vec<_> = server.tries().iter().map(|raw| Letter::read(raw).id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

/// A server may have been started with the wrong root key.
#[tokio::test]
async fn a_mail_that_was_sealed_with_another_root_key_waits_for_that_key_while_somebody_needs_it() {
    let app = TestApp::start().await;
    app.person("ada@example.org").settles_in().await;
    let waiting = app.count("outbox").await;
    let starts_with_another_key =
        async || app.restart_with(|settings| settings.server.root_key = "5a".repeat(32)).await;
    starts_with_another_key().await;
    assert_eq!(send_due(&app.app()).await.unwrap(), 0);
    assert_eq!(app.count("outbox").await, waiting);
    app.wait(MINUTE);
    app.restart().await;
    assert_eq!(app.mails().await.len(), usize::try_from(waiting).unwrap());

    app.person("grace@example.org").settles_in().await;
    starts_with_another_key().await;
    app.wait(30 * DAY);
    assert_eq!(send_due(&app.app()).await.unwrap(), 0);
    assert_eq!(app.count("outbox").await, 0);
}

#[tokio::test]
async fn a_mail_that_will_never_be_taken_or_that_nobody_needs_any_more_is_dropped() {
    let server = MailServer::start(Secrecy::None, &["550 nobody here"]);
    let app = TestApp::start_with("", |settings| settings.mail.smtp = server.url("smtp://127.0.0.1", "")).await;
    app.person("ada@example.org").settles_in().await;
    app.execute("DELETE FROM outbox WHERE id NOT IN (SELECT id FROM outbox ORDER BY created_at DESC LIMIT 1)").await;
    assert_eq!(send_due(&app.app()).await.unwrap(), 0);
    assert_eq!(app.count("outbox").await, 0);

    let app = TestApp::start_with("", |settings| settings.mail.smtp = "smtp://127.0.0.1:1".to_owned()).await;
    app.person("ada@example.org").settles_in().await;
    for _ in 0..40 {
        assert_eq!(send_due(&app.app()).await.unwrap(), 0);
        app.wait(HOUR);
    }
    assert!(app.count("outbox").await > 0);
    app.wait(30 * DAY);
    send_due(&app.app()).await.unwrap();
    assert_eq!(app.count("outbox").await, 0);
}
