use crate::fixture::{T0, browser, new_session, session, token_hash, two_people, user, uuid};
use domain::ids::FlowId;
use domain::time::Millis;
use keymend::server::db::Db;
use keymend::server::db::sessions::{self, GRACE, Held, NewSession, Session};

#[tokio::test]
async fn a_session_is_found_by_its_token_until_it_expires() {
    let (_database, db) = with_session().await;
    let expected = Session {
        id: session(1),
        user: user(1),
        browser: browser(1),
        flow: FlowId(uuid(1)),
        healing: r#"{"at":"done"}"#.to_owned(),
        password_at: Some(T0),
        passkey_at: None,
        code_at: None,
        created_at: T0,
        seen_at: T0,
        expires_at: T0.plus(1_000),
        held: Held::Now,
    };
    assert_eq!(find(&db, 1, T0.plus(999)).await, Some(expected.clone()));
    assert_eq!(find(&db, 1, T0.plus(1_000)).await, None);
    assert_eq!(find(&db, 2, T0).await, None);
    let tx = db.write().await.unwrap();
    assert_eq!(sessions::lock(&tx, session(1), &token_hash(1), T0).await.unwrap(), Some(expected));
    assert_eq!(sessions::lock(&tx, session(1), &token_hash(2), T0).await.unwrap(), None);
    assert_eq!(sessions::lock(&tx, session(2), &token_hash(2), T0).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_found_is_what_was_stored() {
    let (_database, db) = two_people().await;
    let proofs =
        [(2, Some(T0.plus(1)), None, None), (3, None, Some(T0.plus(2)), None), (4, None, None, Some(T0.plus(3)))];
    for (n, password_at, passkey_at, code_at) in proofs {
        let new = NewSession { password_at, passkey_at, code_at, ..new_session(n, user(1)) };
        let tx = db.write().await.unwrap();
        sessions::create(&tx, new.clone()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find(&db, n, T0).await.unwrap(), new.as_stored());
    }
}

#[tokio::test]
async fn a_session_notes_its_proofs_its_healing_and_its_use() {
    let (_database, db) = with_session().await;
    let tx = db.write().await.unwrap();
    sessions::create(&tx, NewSession { password_at: None, passkey_at: Some(T0), ..new_session(2, user(1)) })
        .await
        .unwrap();
    sessions::prove_password(&tx, session(1), T0.plus(1)).await.unwrap();
    sessions::prove_passkey(&tx, session(1), T0.plus(2)).await.unwrap();
    sessions::save_healing(&tx, session(1), FlowId(uuid(7)), "{}").await.unwrap();
    sessions::seen(&tx, session(1), T0.plus(3), T0.plus(5_000)).await.unwrap();
    tx.commit().await.unwrap();
    let one = find(&db, 1, T0.plus(4_000)).await.unwrap();
    assert_eq!((one.password_at, one.passkey_at), (Some(T0.plus(1)), Some(T0.plus(2))));
    assert_eq!((one.flow, one.healing.as_str()), (FlowId(uuid(7)), "{}"));
    assert_eq!((one.created_at, one.seen_at, one.expires_at), (T0, T0.plus(3), T0.plus(5_000)));
    let two = find(&db, 2, T0).await.unwrap();
    assert_eq!((two.password_at, two.passkey_at, two.flow), (None, Some(T0), FlowId(uuid(2))));
}

#[tokio::test]
async fn a_session_that_ended_is_gone_and_nothing_brings_it_back() {
    let (_database, db) = with_session().await;
    let tx = db.write().await.unwrap();
    sessions::end(&tx, session(1), T0).await.unwrap();
    sessions::seen(&tx, session(1), T0, T0.plus(9_000)).await.unwrap();
    sessions::end(&tx, session(1), T0.plus(1)).await.unwrap();
    assert_eq!(sessions::lock(&tx, session(1), &token_hash(1), T0).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(find(&db, 1, T0).await, None);
}

#[tokio::test]
async fn all_sessions_of_an_account_end_but_the_one_to_keep() {
    let (_database, db) = with_session().await;
    let tx = db.write().await.unwrap();
    for (n, of) in [(2, 1), (3, 1), (4, 2)] {
        sessions::create(&tx, new_session(n, user(of))).await.unwrap();
    }
    sessions::end(&tx, session(3), T0).await.unwrap();
    assert_eq!(sessions::end_all_of_user_but(&tx, user(1), Some(session(2)), T0).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(alive(&db).await, [2, 4]);

    let tx = db.write().await.unwrap();
    assert_eq!(sessions::end_all_of_user_but(&tx, user(1), None, T0).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(alive(&db).await, [4]);
}

#[tokio::test]
async fn a_token_belongs_to_one_session() {
    let (_database, db) = with_session().await;
    let tx = db.write().await.unwrap();
    let twin = NewSession { token_hash: token_hash(1), ..new_session(2, user(2)) };
    assert!(sessions::create(&tx, twin).await.is_err());
}

#[tokio::test]
async fn a_proof_counts_for_the_new_token_and_the_one_before_looks_for_a_moment() {
    let (_database, db) = with_long_session().await;
    let proven = prove(&db, 1, 2, T0.plus(5)).await;
    let new = find(&db, 2, T0.plus(5)).await.unwrap();
    assert_eq!((new.held, new.id, new.passkey_at), (Held::New, proven, Some(T0.plus(5))));
    let old = find(&db, 1, T0.plus(5)).await.unwrap();
    assert_eq!((old.held, old.id, old.password_at, old.passkey_at), (Held::Before, proven, Some(T0), None));
    let tx = db.write().await.unwrap();
    assert_eq!(sessions::lock(&tx, proven, &token_hash(1), T0.plus(5)).await.unwrap(), None, "it does nothing");
    // Taken by the old token it is not.
    sessions::take(&tx, proven, &token_hash(1), T0.plus(5)).await.unwrap();
    assert_eq!(sessions::lock(&tx, proven, &token_hash(2), T0.plus(5)).await.unwrap().unwrap().held, Held::New);
    sessions::take(&tx, proven, &token_hash(2), T0.plus(5)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find(&db, 2, T0.plus(5)).await.unwrap().held, Held::Now);
    assert_eq!(find(&db, 1, T0.plus(5 + GRACE)).await.unwrap().held, Held::Before);
    assert_eq!(find(&db, 1, T0.plus(6 + GRACE)).await, None);
}

#[tokio::test]
async fn a_new_token_that_never_arrived_is_taken_back_with_its_proof() {
    let (_database, db) = with_long_session().await;
    let id = prove(&db, 1, 2, T0).await;
    let late = T0.plus(GRACE + 1);
    let tx = db.write().await.unwrap();
    let still = sessions::lock(&tx, id, &token_hash(1), late).await.unwrap().unwrap();
    assert_eq!((still.held, still.password_at, still.passkey_at), (Held::Still, Some(T0), None));
    sessions::take_back(&tx, &still, token_hash(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find(&db, 2, late).await, None);
    let back = find(&db, 1, late).await.unwrap();
    assert_eq!((back.held, back.password_at, back.passkey_at), (Held::Now, Some(T0), None));
    // And so on, as often as there is a proof.
    prove(&db, 1, 3, late).await;
    assert_eq!(find(&db, 3, late).await.unwrap().passkey_at, Some(late));
}

#[tokio::test]
async fn of_three_tokens_the_first_opens_nothing() {
    let (_database, db) = with_session().await;
    prove(&db, 1, 2, T0).await;
    prove(&db, 2, 3, T0).await;
    assert_eq!(find(&db, 1, T0).await, None);
    assert_eq!(find(&db, 2, T0).await.unwrap().held, Held::Before);
    let tx = db.write().await.unwrap();
    sessions::end(&tx, session(1), T0).await.unwrap();
    tx.commit().await.unwrap();
    for token in 1..4 {
        assert_eq!(find(&db, token, T0).await, None, "{token}");
    }
}

/// A passkey is proven by whoever holds this token, and the session gets another.
async fn prove(db: &Db, old: u128, new: u128, now: Millis) -> domain::ids::SessionId {
    let found = sessions::find_by_token(db.read(), &token_hash(old), now).await.unwrap().unwrap().0;
    let tx = db.write().await.unwrap();
    sessions::renew(&tx, &found, [old, new].map(token_hash), now).await.unwrap();
    sessions::prove_passkey(&tx, found.id, now).await.unwrap();
    tx.commit().await.unwrap();
    found.id
}

#[tokio::test]
async fn old_sessions_are_purged() {
    let (_database, db) = with_session().await;
    let tx = db.write().await.unwrap();
    assert_eq!(sessions::purge(&tx, T0.plus(1_000)).await.unwrap(), 0);
    assert_eq!(sessions::purge(&tx, T0.plus(1_001)).await.unwrap(), 1);
}

#[test]
fn what_is_printed_does_not_hold_the_token() {
    let text = format!("{:?}", new_session(231, user(1)));
    assert!(!text.contains("231"), "{text}");
}

async fn with_session() -> (crate::database::TestDatabase, Db) {
    let (database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    sessions::create(&tx, new_session(1, user(1))).await.unwrap();
    tx.commit().await.unwrap();
    (database, db)
}

/// One that lasts longer than tokens are forgiven.
async fn with_long_session() -> (crate::database::TestDatabase, Db) {
    let (database, db) = with_session().await;
    let tx = db.write().await.unwrap();
    sessions::seen(&tx, session(1), T0, T0.plus(9 * GRACE)).await.unwrap();
    tx.commit().await.unwrap();
    (database, db)
}

async fn find(db: &Db, n: u128, now: Millis) -> Option<Session> {
    let found = sessions::find_by_token(db.read(), &token_hash(n), now).await.unwrap();
    found.map(|(session, whose)| {
        assert_eq!(session.user, whose.id);
        session
    })
}

async fn alive(db: &Db) -> Vec<u128> {
    let mut alive = Vec::new();
    for n in 1..=4 {
        if find(db, n, T0).await.is_some() {
            alive.push(n);
        }
    }
    alive
}
