//! Whoever reads the mailbox that an account had, while its owner takes another name.

use crate::app::TestApp;
use domain::time::SECOND;
use keymend::server::db::users;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const ADDRESS: &str = "ada@example.org";

/// A code for a new password is for the account of that name: once it has another, the mailbox opens it no more.
#[tokio::test]
async fn a_code_for_a_new_password_ends_with_the_name_it_was_for() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut thief = ada.elsewhere(&app);
    thief.has_forgotten().await;
    app.mail(ADDRESS, "A new password for Keymend").await;
    assert_eq!(app.count("mailed_codes").await, 1);
    app.wait(SECOND);
    ada.changes("/account/identifier", &[("identifier", "lovelace")]).await;
    ada.shows("account");
    assert_eq!(app.count("mailed_codes").await, 0);
}

/// The code was right, and while the new password waits for a thread the account gets another name, whose address nobody has
/// confirmed, as it is none.
#[tokio::test]
async fn an_account_that_is_renamed_while_a_password_is_hashed_is_not_taken_for_one_that_nobody_confirmed() {
    for _ in 0..5 {
        if renamed_while_it_is_hashed().await {
            return;
        }
    }
    panic!("the moment was missed five times");
}

/// False: the moment was missed. One who begins to wait is not seen if another leaves the queue in the same instant.
async fn renamed_while_it_is_hashed() -> bool {
    let app = TestApp::start_with("", |settings| settings.password.hash_threads = 1).await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let before = app.user(ADDRESS).await.unwrap();
    let mut thief = ada.elsewhere(&app);
    thief.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password for Keymend").await.code();
    app.wait(SECOND);

    let server = app.app();
    let hasher = &server.hasher;
    let mut others = JoinSet::new();
    for _ in 0..40 {
        let server = server.clone();
        others.spawn(async move { server.hasher.hash("a password of somebody else").await.is_ok() });
    }
    while hasher.waiting() < 39 {
        sleep(Duration::from_millis(1)).await;
    }
    let chooses = async {
        thief.chooses_password(&code).await;
        thief
    };
    let renames = async {
        let mut behind = hasher.waiting();
        // One more than before waits: the code was looked at.
        let is_seen = timeout(Duration::from_secs(60), async {
            while hasher.waiting() <= behind {
                behind = hasher.waiting();
                if behind == 0 {
                    return false;
                }
                tokio::task::yield_now().await;
            }
            true
        });
        if !is_seen.await.unwrap() {
            return false;
        }
        ada.changes("/account/identifier", &[("identifier", "lovelace")]).await;
        ada.shows("account");
        assert!(hasher.waiting() > 0, "the new password was hashed before the name was another");
        true
    };
    let (thief, is_renamed) = tokio::join!(chooses, renames);
    others.join_all().await;
    if !is_renamed {
        return false;
    }
    thief.shows("new-password");
    let after = users::find(app.app().db.read(), before).await.unwrap().unwrap();
    assert_eq!(after.identifier, "lovelace");
    assert!(after.ever_had_passkey && app.count("passkeys WHERE removed_at IS NULL").await == 1);
    true
}
