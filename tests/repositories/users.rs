use crate::database::TestDatabase;
use crate::fixture::{T0, add_user, new_user, strikes_of, two_people, user, uuid};
use keymend::server::db::users::{self, Created, NewUser, User};
use keymend::server::db::{passkeys, strikes};
use std::time::Duration;

#[tokio::test]
async fn an_account_is_found_by_its_comparable_identifier_and_by_its_id() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    add_user(&tx, 1).await;
    tx.commit().await.unwrap();

    let expected = User {
        id: user(1),
        handle: uuid(1_001),
        identifier: "Person1@Example.org".to_owned(),
        identifier_key: "person1@example.org".to_owned(),
        password_hash: Some("$argon2id$secret".to_owned()),
        ever_had_passkey: false,
        created_at: T0,
        password_changed_at: T0,
        verified_at: None,
        reset_at: None,
        password_by: None,
        void_passwords: Vec::new(),
    };
    assert_eq!(users::find_by_key(db.read(), "person1@example.org").await.unwrap(), Some(expected.clone()));
    assert_eq!(users::find(db.read(), user(1)).await.unwrap(), Some(expected.clone()));
    assert_eq!(users::find_by_key(db.read(), "Person1@Example.org").await.unwrap(), None);
    assert_eq!(users::find(db.read(), user(2)).await.unwrap(), None);
    let tx = db.write().await.unwrap();
    assert_eq!(users::lock(&tx, user(1)).await.unwrap(), Some(expected));
    assert_eq!(users::lock(&tx, user(2)).await.unwrap(), None);
}

#[tokio::test]
async fn a_taken_identifier_is_an_answer_and_the_transaction_goes_on() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let again = NewUser { identifier_key: "person1@example.org".to_owned(), ..new_user(7) };
    assert_eq!(users::create(&tx, again).await.unwrap(), Created::KeyTaken);
    assert_eq!(users::create(&tx, new_user(8)).await.unwrap(), Created::Created);
    tx.commit().await.unwrap();
    assert_eq!(users::find(db.read(), user(7)).await.unwrap(), None);
    assert!(users::find(db.read(), user(8)).await.unwrap().is_some());
}

#[tokio::test]
async fn of_two_who_create_the_same_account_at_once_one_is_told_it_is_taken() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let attempts = (1..=4).map(|n| {
        let db = db.clone();
        tokio::spawn(async move {
            let tx = db.write().await.unwrap();
            let new = NewUser { identifier_key: "same".to_owned(), ..new_user(n) };
            let created = users::create(&tx, new).await.unwrap();
            tx.commit().await.unwrap();
            created
        })
    });
    let mut created = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        created += usize::from(attempt.await.unwrap() == Created::Created);
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn an_account_without_a_password_is_possible() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    let _ = users::create(&tx, NewUser { password_hash: None, ..new_user(1) }).await.unwrap();
    assert_eq!(users::find(&tx, user(1)).await.unwrap().unwrap().password_hash, None);
}

#[tokio::test]
async fn marks_and_hashes_change_one_account_alone() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    users::mark_had_passkey(&tx, user(1)).await.unwrap();
    users::set_password_hash(&tx, user(1), "stronger").await.unwrap();
    tx.commit().await.unwrap();
    let (one, two) = (find(&db, 1).await, find(&db, 2).await);
    assert_eq!((one.ever_had_passkey, one.password_hash.as_deref()), (true, Some("stronger")));
    assert_eq!(one.password_changed_at, T0);
    assert_eq!((two.ever_had_passkey, two.password_hash.as_deref()), (false, Some("$argon2id$secret")));
}

/// A step reads the account, thinks, and writes; what it read must still be true then.
#[tokio::test]
async fn while_an_account_is_locked_another_step_of_it_waits() {
    let (_database, db) = two_people().await;
    let first = db.write().await.unwrap();
    users::lock(&first, user(1)).await.unwrap();
    let second = tokio::spawn({
        let db = db.clone();
        async move {
            let tx = db.write().await.unwrap();
            users::lock(&tx, user(1)).await.unwrap();
            let seen = strikes_of(&tx, b"k").await;
            tx.commit().await.unwrap();
            seen
        }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!second.is_finished());
    strikes::set(&first, b"k", 5, T0).await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), Some((5, T0)));
}

/// A failure is reported in one tab while another signs in: who stores a row that refers to the account must not wait for
/// its lock while holding what the other wants.
#[tokio::test]
async fn a_locked_account_can_still_be_referred_to() {
    let (database, db) = two_people().await;
    if !database.is_postgres() {
        return;
    }
    let first = db.write().await.unwrap();
    users::lock(&first, user(1)).await.unwrap();
    let second = db.write().await.unwrap();
    let added = crate::healing::add_event(&second, 1, Some(user(1)));
    tokio::time::timeout(Duration::from_secs(2), added).await.unwrap();
    second.commit().await.unwrap();
    users::mark_had_passkey(&first, user(1)).await.unwrap();
    first.commit().await.unwrap();
}

#[tokio::test]
async fn the_share_of_accounts_with_passkeys_is_told() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    users::mark_had_passkey(&tx, user(1)).await.unwrap();
    // From anywhere on: after the last comes the first.
    let [one, other] = [uuid(1_001), uuid(1_002)];
    for from in [uuid(0), one, other, uuid(u128::MAX)] {
        assert_eq!(users::passkey_share(&tx, from, 10).await.unwrap(), (1, 2), "{from}");
    }
    assert_eq!(users::passkey_share(&tx, one, 1).await.unwrap(), (1, 1));
    assert_eq!(users::passkey_share(&tx, other, 1).await.unwrap(), (0, 1));
}

#[tokio::test]
async fn deleting_an_account_leaves_nothing_of_it_behind() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    crate::healing::add_event(&tx, 1, Some(user(1))).await;
    crate::healing::start_heal(&tx, 1, user(1), 1).await;
    keymend::server::db::sessions::create(&tx, crate::fixture::new_session(1, user(1))).await.unwrap();
    keymend::server::db::browsers::mark_known(&tx, crate::fixture::browser(1), user(1), b"mark", T0).await.unwrap();
    keymend::server::db::browsers::worked(&tx, crate::fixture::browser(1), crate::fixture::passkey(1), T0)
        .await
        .unwrap();
    users::delete(&tx, user(1)).await.unwrap();
    tx.commit().await.unwrap();

    for table in ["sessions", "heals", "failure_events", "browser_accounts", "browser_passkeys"] {
        assert_eq!(crate::schema::count(&db, table).await, 0, "{table}");
    }
    assert_eq!(crate::schema::count(&db, "passkeys").await, 1);
    assert_eq!(passkeys::of_user(db.read(), user(2)).await.unwrap().len(), 1);
}

#[test]
fn what_is_printed_names_nobody_and_holds_no_secret() {
    let text = format!("{:?}", new_user(1));
    assert!(!text.contains("erson1") && !text.contains("argon2id"), "{text}");
}

async fn find(db: &keymend::server::db::Db, n: u128) -> User {
    users::find(db.read(), user(n)).await.unwrap().unwrap()
}
