use crate::fixture::{T0, browser, known, nobody, passkey, session, two_people, user, uuid};
use domain::ids::UserId;
use keymend::server::db::failure_events::{self, FailureEvent};
use keymend::server::db::heals::{self, Heal, NewHeal};
use keymend::server::db::{Db, WriteTx};

#[tokio::test]
async fn failure_events_come_back_newest_first() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (n, of) in [(1, Some(user(1))), (3, Some(user(1))), (2, Some(user(1))), (4, Some(user(2))), (5, None)] {
        add_event(&tx, n, of).await;
    }
    tx.commit().await.unwrap();
    let found = failure_events::of_user(db.read(), user(1), 2).await.unwrap();
    assert_eq!(found, [event(3, Some(user(1))), event(2, Some(user(1)))]);
    assert_eq!(failure_events::of_user(db.read(), user(1), 9).await.unwrap().len(), 3);
    assert_eq!(failure_events::count_of_user(db.read(), user(1)).await.unwrap(), 3);
    assert_eq!(failure_events::count_of_user(db.read(), user(2)).await.unwrap(), 1);
    assert_eq!(failure_events::count_of_user(db.read(), user(3)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_heal_is_confirmed_once_by_its_own_passkey() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    start_heal(&tx, 1, user(1), 1).await;
    assert!(!heals::confirm(&tx, passkey(2), session(1), T0).await.unwrap());
    assert!(heals::confirm(&tx, passkey(1), session(1), T0.plus(5)).await.unwrap());
    assert!(!heals::confirm(&tx, passkey(1), session(2), T0.plus(6)).await.unwrap());
    tx.commit().await.unwrap();
    let expected = Heal {
        id: uuid(1),
        user: user(1),
        browser: browser(1),
        passkey: passkey(1),
        why: "after-error".to_owned(),
        failed_at: Some(T0.plus(-1)),
        created_at: T0.plus(1),
        confirmed_at: Some(T0.plus(5)),
        confirmed_session: Some(session(1)),
    };
    assert_eq!(latest(&db, 1).await, Some(expected));
}

/// A sign-in learns with everything else that its passkey has a heal to confirm.
#[tokio::test]
async fn a_heal_that_waits_is_known_until_it_is_confirmed() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    assert_eq!(known(&tx, 1, 1).await.unconfirmed, []);
    start_heal(&tx, 1, user(1), 1).await;
    start_heal(&tx, 3, user(2), 3).await;
    assert_eq!(known(&tx, 1, 1).await.unconfirmed, [passkey(1)]);
    assert_eq!(known(&tx, 2, 2).await.unconfirmed, [passkey(3)]);
    heals::confirm(&tx.later(), passkey(1), session(1), T0).await.unwrap();
    assert_eq!(known(&tx, 1, 1).await.unconfirmed, []);
    assert_eq!(known(&tx, 2, 2).await.unconfirmed, [passkey(3)]);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_latest_heal_is_the_accounts_own() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (n, of) in [(2, 1), (1, 1), (3, 2)] {
        start_heal(&tx, n, user(of), n).await;
    }
    tx.commit().await.unwrap();
    assert_eq!(latest(&db, 1).await.unwrap().id, uuid(2));
    assert_eq!(latest(&db, 2).await.unwrap().confirmed_at, None);
    assert_eq!(latest(&db, 3).await, None);
}

pub async fn add_event(tx: &WriteTx, n: i64, of: Option<UserId>) {
    failure_events::add(tx, event(n, of), nobody()).await.unwrap();
}

pub async fn start_heal(tx: &WriteTx, n: u128, of: UserId, new_passkey: u128) {
    let new = NewHeal {
        id: uuid(n),
        user: of,
        browser: browser(1),
        passkey: passkey(new_passkey),
        why: "after-error".to_owned(),
        failed_at: Some(T0.plus(-1)),
        now: T0.plus(i64::try_from(n).unwrap()),
    };
    heals::start(tx, new).await.unwrap();
}

fn event(n: i64, of: Option<UserId>) -> FailureEvent {
    FailureEvent {
        id: uuid(u128::from(n.unsigned_abs())),
        at: T0.plus(n),
        user: of,
        browser: of.map(|_| browser(1)),
        identifier_hash: vec![1, 2, 3],
        purpose: "sign-in".to_owned(),
        outcome: "dismissed".to_owned(),
        observation: r#"{"elapsed":120}"#.to_owned(),
        evidence: "{}".to_owned(),
        decision: "{}".to_owned(),
        diagnosis: "[]".to_owned(),
        rules_version: 1,
    }
}

async fn latest(db: &Db, n: u128) -> Option<Heal> {
    heals::latest_of_user(db.read(), user(n)).await.unwrap()
}
