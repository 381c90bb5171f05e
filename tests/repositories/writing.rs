use crate::database::TestDatabase;
use crate::fixture::{T0, add_user, two_people, user};
use keymend::server::db::{Db, strikes, users};
use std::time::Duration;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn what_is_not_committed_did_not_happen() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx, b"k", 1, T0).await.unwrap();
    assert_eq!(strikes::find(&tx, b"k").await.unwrap(), Some((1, T0)));
    drop(tx);
    assert_eq!(strikes::find(db.read(), b"k").await.unwrap(), None);
}

#[tokio::test]
async fn reading_goes_on_while_somebody_writes() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    add_user(&tx, 1).await;
    let before = timeout(Duration::from_secs(1), users::find(db.read(), user(1))).await.unwrap().unwrap();
    assert_eq!(before, None);
    tx.commit().await.unwrap();
    assert!(users::find(db.read(), user(1)).await.unwrap().is_some());
}

/// Who waits for SQLite's one writer waits without a connection, else a handful of them would shut out every reader.
#[tokio::test]
async fn reading_goes_on_while_many_wait_to_write() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let first = db.write().await.unwrap();
    add_user(&first, 1).await;
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { one_more_strike(&db).await })
        })
        .collect();
    sleep(Duration::from_millis(100)).await;
    timeout(Duration::from_secs(1), users::find(db.read(), user(1))).await.unwrap().unwrap();
    first.commit().await.unwrap();
    for writer in waiting {
        writer.await.unwrap();
    }
    assert_eq!(strikes::find(db.read(), b"k").await.unwrap(), Some((20, T0)));
}

/// Reading, thinking and writing: no step may overwrite what another did meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_at_once_lose_nothing() {
    let (database, db) = two_people().await;
    // As another process would have it: SQLite's writers of both meet at the file alone.
    let other = database.open().await;
    let writers: Vec<_> = (0..60)
        .map(|n| {
            let db = if n % 3 == 0 { other.clone() } else { db.clone() };
            tokio::spawn(async move { one_more_strike(&db).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(strikes::find(db.read(), b"k").await.unwrap(), Some((60, T0)));
}

/// A person who closes the tab ends the request wherever it is, also between a statement and its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_request_that_is_given_up_blocks_nobody() {
    let (_database, db) = two_people().await;
    for round in 0..150_u64 {
        let writer = tokio::spawn({
            let db = db.clone();
            async move { one_more_strike(&db).await }
        });
        sleep(Duration::from_micros(round * 37 % 4_000)).await;
        writer.abort();
        drop(writer.await);
    }
    let before = strikes::find(db.read(), b"k").await.unwrap().map_or(0, |(points, _)| points);
    for _ in 0..20 {
        timeout(Duration::from_secs(2), one_more_strike(&db)).await.unwrap();
    }
    assert_eq!(strikes::find(db.read(), b"k").await.unwrap(), Some((before + 20, T0)));
}

async fn one_more_strike(db: &Db) {
    let tx = db.write().await.unwrap();
    users::lock(&tx, user(1)).await.unwrap();
    let (points, _) = strikes::find(&tx, b"k").await.unwrap().unwrap_or((0, T0));
    tokio::task::yield_now().await;
    strikes::set(&tx, b"k", points + 1, T0).await.unwrap();
    tx.commit().await.unwrap();
}
