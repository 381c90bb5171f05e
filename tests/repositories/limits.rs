use crate::database::TestDatabase;
use crate::fixture::{T0, strikes_of};
use keymend::server::db::attempts::{self, Attempts};
use keymend::server::db::{challenges, strikes};

#[tokio::test]
async fn a_challenge_counts_once() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    assert!(challenges::spend(&tx, b"one", T0).await.unwrap());
    assert!(!challenges::spend(&tx, b"one", T0.plus(9)).await.unwrap());
    assert!(challenges::spend(&tx, b"two", T0.plus(5)).await.unwrap());
    tx.commit().await.unwrap();

    let tx = db.write().await.unwrap();
    assert!(!challenges::spend(&tx, b"one", T0).await.unwrap());
    assert_eq!(challenges::purge(&tx, T0).await.unwrap(), 0);
    assert_eq!(challenges::purge(&tx, T0.plus(1)).await.unwrap(), 1);
    assert!(!challenges::spend(&tx, b"two", T0).await.unwrap());
}

#[tokio::test]
async fn of_many_who_spend_a_challenge_at_once_one_succeeds() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let tx = db.write().await.unwrap();
                let first = challenges::spend(&tx, b"same", T0).await.unwrap();
                tx.commit().await.unwrap();
                first
            })
        })
        .collect();
    let mut spent = 0;
    for attempt in tries {
        spent += u32::from(attempt.await.unwrap());
    }
    assert_eq!(spent, 1);
}

#[tokio::test]
async fn a_ceremony_that_did_not_finish_gives_its_challenge_back() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    assert!(challenges::spend(&tx, b"one", T0).await.unwrap());
    drop(tx);
    let tx = db.write().await.unwrap();
    assert!(challenges::spend(&tx, b"one", T0).await.unwrap());
}

#[tokio::test]
async fn strikes_are_set_replaced_cleared_and_purged() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    assert_eq!(strikes_of(&tx, b"a").await, None);
    strikes::set(&tx, b"a", 1_000, T0).await.unwrap();
    strikes::set(&tx, b"a", 2_000, T0.plus(1)).await.unwrap();
    strikes::set(&tx, b"b", u32::MAX, T0).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(strikes_of(db.read(), b"a").await, Some((2_000, T0.plus(1))));
    // More than the column holds is the most that it holds.
    assert_eq!(strikes_of(db.read(), b"b").await, Some((i32::MAX.unsigned_abs(), T0)));

    let tx = db.write().await.unwrap();
    strikes::clear(&tx, b"a").await.unwrap();
    strikes::clear(&tx, b"never").await.unwrap();
    assert_eq!(strikes::purge(&tx, T0).await.unwrap(), 0);
    assert_eq!(strikes::purge(&tx, T0.plus(1)).await.unwrap(), 1);
    assert_eq!(strikes_of(&tx, b"a").await, None);
}

#[tokio::test]
async fn wrong_passwords_are_counted_blocked_cleared_and_purged() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    assert_eq!(attempts::find(&tx, b"a").await.unwrap(), None);
    attempts::set(&tx, b"a", 1, T0, T0).await.unwrap();
    attempts::set(&tx, b"a", 2, T0.plus(1), T0.plus(10)).await.unwrap();
    attempts::set(&tx, b"b", 1, T0, T0).await.unwrap();
    tx.commit().await.unwrap();
    let expected = Attempts { failures: 2, last: T0.plus(1), blocked_until: T0.plus(10) };
    assert_eq!(attempts::find(db.read(), b"a").await.unwrap(), Some(expected));

    let tx = db.write().await.unwrap();
    // The other one still blocks.
    assert_eq!(attempts::purge(&tx, T0.plus(5)).await.unwrap(), 1);
    attempts::clear(&tx, b"a").await.unwrap();
    assert_eq!(attempts::find(&tx, b"a").await.unwrap(), None);
}
