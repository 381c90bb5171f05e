use crate::fixture::{T0, strikes_of, two_people, two_people_on_sqlite, user};
use keymend::server::db::{Db, Hold, strikes, users};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// As many connections as may read.
fn most(db: &Db) -> usize {
    if db.read().get_database_backend() == DbBackend::Postgres { 16 } else { 2 }
}

/// All of them at once, and then none is left.
async fn hold_all(db: &Db) -> Vec<Hold> {
    let mut held = Vec::new();
    for _ in 0..most(db) {
        held.push(timeout(Duration::from_secs(3), db.read().hold()).await.unwrap().unwrap());
    }
    assert!(timeout(Duration::from_millis(50), db.read().hold()).await.is_err(), "there are no more");
    for one in &held {
        let statement = Statement::from_string(one.get_database_backend(), "SELECT 1 AS one");
        let row = one.query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i32>("", "one").unwrap(), 1);
    }
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_give_up_reading_take_no_connection_along() {
    let (_database, db) = two_people().await;
    for _ in 0..100 {
        let reads: Vec<_> = (0..2 * most(&db))
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { users::find(db.read(), user(1)).await })
            })
            .collect();
        tokio::task::yield_now().await;
        for (n, read) in reads.into_iter().enumerate() {
            if n % 2 == 0 {
                read.abort();
            } else {
                assert_eq!(read.await.unwrap().unwrap().unwrap().id, user(1));
            }
        }
    }
    drop(hold_all(&db).await);
    // And those that rested are back in the pool, which hands them out again.
    sleep(Duration::from_millis(1_100)).await;
    db.rest();
    drop(hold_all(&db).await);
}

#[tokio::test]
async fn a_statement_that_is_refused_costs_no_connection() {
    let (_database, db) = two_people().await;
    for _ in 0..3 * most(&db) {
        assert!(db.read().execute_unprepared("SELECT nothing FROM nowhere").await.is_err());
        assert!(users::find(db.read(), user(1)).await.unwrap().is_some());
    }
    drop(hold_all(&db).await);
}

/// PostgreSQL has undone everything by then, and says of the commit that it went well.
#[tokio::test]
async fn a_step_that_goes_on_after_a_refused_statement_is_not_told_that_it_was_committed() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx, b"before", 1, T0).await.unwrap();
    assert!(tx.execute_unprepared("SELECT nothing FROM nowhere").await.is_err());
    let committed = tx.commit().await.is_ok();
    assert_eq!(strikes_of(db.read(), b"before").await.is_some(), committed);
    if db.read().get_database_backend() == DbBackend::Postgres {
        assert!(!committed);
    }
    let tx = db.write().await.unwrap();
    strikes::set(&tx, b"after", 1, T0).await.unwrap();
    tx.commit().await.unwrap();
    assert!(strikes_of(db.read(), b"after").await.is_some());
}

#[tokio::test]
async fn a_transaction_that_is_dropped_lets_go_of_what_it_locked() {
    let (_database, db) = two_people().await;
    for _ in 0..2 * most(&db) {
        let tx = db.write().await.unwrap();
        users::lock(&tx, user(1)).await.unwrap();
        strikes::set(&tx, b"dropped", 1, T0).await.unwrap();
        drop(tx);
    }
    let tx = db.write().await.unwrap();
    let locked = timeout(Duration::from_secs(3), users::lock(&tx, user(1))).await;
    assert!(locked.expect("nobody else has it locked").unwrap().is_some());
    assert_eq!(strikes_of(&tx, b"dropped").await, None);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn closing_waits_for_whoever_reads_and_refuses_those_who_come_after() {
    let (_database, db) = two_people().await;
    let held = db.read().hold().await.unwrap();
    let closing = tokio::spawn({
        let db = db.clone();
        async move { db.close().await }
    });
    sleep(Duration::from_millis(50)).await;
    assert!(!closing.is_finished());
    assert!(users::find(&held, user(1)).await.unwrap().is_some());
    drop(held);
    timeout(Duration::from_secs(3), closing).await.expect("nobody reads any more").unwrap();
    assert!(users::find(db.read(), user(1)).await.is_err());
    assert!(db.write().await.is_err());
}

/// What is looked at only then: here, whether a row that is referred to exists.
#[tokio::test]
async fn a_commit_that_is_refused_is_refused_for_all_of_it_and_the_next_one_works() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let bad = tokio::spawn({
        let db = db.clone();
        async move {
            let tx = db.write().await?;
            tx.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
            let nobody = "INSERT INTO saved_codes (id, user_id, code_hash, created_at) VALUES (x'01', x'02', x'03', 0)";
            tx.execute_unprepared(nobody).await?;
            tx.commit().await
        }
    });
    // It waits before the first has gone on, so both are in one group.
    tokio::task::yield_now().await;
    strikes::set(&first, b"first", 1, T0).await.unwrap();
    for refused in [first.commit().await, bad.await.unwrap()] {
        let why: DbErr = refused.unwrap_err();
        assert!(why.to_string().contains("FOREIGN KEY"), "{why}");
    }
    assert_eq!(strikes_of(db.read(), b"first").await, None);
    for _ in 0..3 {
        let tx = db.write().await.unwrap();
        strikes::set(&tx, b"next", 1, T0).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(strikes_of(db.read(), b"next").await, Some((1, T0)));
}
