//! Writes that nobody asks the outcome of.

use crate::fixture::{T0, browser, known, passkey, strikes_of, two_people, two_people_on_sqlite, user};
use keymend::server::db::{Db, WriteTx, browsers, strikes, users};
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement};
use std::pin::pin;
use std::task::Poll;
use tokio::task::JoinHandle;

#[tokio::test]
async fn what_waits_is_seen_by_whatever_comes_after_it() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"a", 1, T0).await.unwrap();
    strikes::set(&tx.later(), b"b", 2, T0).await.unwrap();
    strikes::set(&tx.later(), b"a", 3, T0).await.unwrap();
    assert_eq!(strikes_of(&tx, b"a").await, Some((3, T0)));
    assert_eq!(strikes_of(&tx.later(), b"b").await, Some((2, T0)));
    strikes::clear(&tx.later(), b"a").await.unwrap();
    // A write that somebody asks the outcome of comes after those that wait.
    strikes::set(&tx, b"a", 4, T0).await.unwrap();
    strikes::set(&tx.later(), b"c", 5, T0).await.unwrap();
    tx.commit().await.unwrap();
    let stored =
        [strikes_of(db.read(), b"a").await, strikes_of(db.read(), b"b").await, strikes_of(db.read(), b"c").await];
    assert_eq!(stored, [Some((4, T0)), Some((2, T0)), Some((5, T0))]);
}

#[tokio::test]
async fn what_waits_when_nobody_commits_did_not_happen() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"k", 1, T0).await.unwrap();
    drop(tx);
    // Whoever comes next does not carry it along.
    let next = db.write().await.unwrap();
    strikes::set(&next.later(), b"next", 1, T0).await.unwrap();
    next.commit().await.unwrap();
    assert_eq!(strikes_of(db.read(), b"k").await, None);
    assert_eq!(strikes_of(db.read(), b"next").await, Some((1, T0)));
}

#[tokio::test]
async fn one_that_is_refused_takes_its_transaction_along_and_no_other() {
    let (_database, db) = two_people().await;
    let others = twenty_strikes(&db);
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"before", 1, T0).await.unwrap();
    // PostgreSQL is asked at once.
    let outcome = match refused(&tx).await {
        Ok(()) => tx.commit().await,
        Err(error) => Err(error),
    };
    assert!(outcome.is_err());
    are_all_there(&db, others).await;
    assert_eq!(strikes_of(db.read(), b"before").await, None);
}

/// A step that goes on although something failed, as it may where a name is taken, does not commit the half of it.
#[tokio::test]
async fn one_that_was_refused_is_not_forgotten() {
    let (database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"before", 1, T0).await.unwrap();
    assert_eq!(refused(&tx).await.is_err(), database.is_postgres());
    for _ in 0..2 {
        assert!(strikes::set(&tx, b"between", 1, T0).await.is_err());
    }
    // PostgreSQL itself takes the commit of a transaction that failed for its end, and says that all is well.
    assert!(tx.commit().await.is_err());
    assert_eq!(strikes_of(db.read(), b"before").await, None);
    assert_eq!(strikes_of(db.read(), b"between").await, None);
}

/// In the order in which they came, also where they change the same row.
#[tokio::test]
async fn what_waits_is_seen_by_what_waits_after_it() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let (b, u) = (browser(1), user(1));
    browsers::first_seen(&tx.later(), b, u, T0).await.unwrap();
    browsers::offer_paused(&tx.later(), b, u, T0.plus(1), true).await.unwrap();
    browsers::offer_paused(&tx.later(), b, u, T0.plus(2), true).await.unwrap();
    browsers::failed(&tx.later(), b, &[passkey(1), passkey(2)], T0).await.unwrap();
    browsers::failed(&tx.later(), b, &[passkey(1)], T0).await.unwrap();
    users::mark_had_passkey(&tx.later(), u).await.unwrap();
    strikes::set(&tx.later(), b"k", 7, T0).await.unwrap();
    strikes::clear(&tx.later(), b"k").await.unwrap();
    tx.commit().await.unwrap();
    let found = known(db.read(), 1, 1).await;
    assert_eq!(found.here.unwrap().offers.declined, 2);
    assert_eq!([found.memory[&passkey(1)].failures, found.memory[&passkey(2)].failures], [2, 1]);
    assert!(found.user.unwrap().ever_had_passkey);
    assert_eq!(strikes_of(db.read(), b"k").await, None);

    let tx = db.write().await.unwrap();
    // Which of the passkeys are the account's is asked in the statement.
    browsers::present(&tx.later(), b, u, T0).await.unwrap();
    tx.commit().await.unwrap();
    let found = known(db.read(), 1, 1).await;
    assert_eq!([found.memory[&passkey(1)].failures, found.memory[&passkey(2)].failures], [0, 0]);
}

/// A step that waits no longer for what is on its way, and goes on, does not commit the rest of it.
#[tokio::test]
async fn one_that_was_given_up_on_its_way_is_not_forgotten() {
    let (_database, db) = two_people_on_sqlite().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"given up", 1, T0).await.unwrap();
    // It takes a while.
    let slow = "DELETE FROM strikes WHERE 0 = \
        (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 200000) SELECT max(n) FROM s)";
    tx.later().execute_raw(Statement::from_string(DbBackend::Sqlite, slow)).await.unwrap();
    {
        let mut query = pin!(users::find(&tx, user(1)));
        // It is sent, and nobody hears the answer.
        let sent = std::future::poll_fn(|cx| Poll::Ready(query.as_mut().poll(cx).is_pending())).await;
        assert!(sent, "nothing answers at once");
    }
    strikes::set(&tx.later(), b"after", 1, T0).await.unwrap();
    assert!(tx.commit().await.is_err());
    one_strike(db.clone(), 1).await;
    let stored = [strikes_of(db.read(), b"given up").await, strikes_of(db.read(), b"after").await];
    assert_eq!(stored, [None, None]);
}

/// A query goes in one piece with what waits: it is refused with it, and nobody else is.
#[tokio::test]
async fn a_query_after_one_that_is_refused_is_refused() {
    let (database, db) = two_people().await;
    let others = twenty_strikes(&db);
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"before", 1, T0).await.unwrap();
    assert_eq!(refused(&tx).await.is_err(), database.is_postgres());
    for _ in 0..2 {
        assert!(users::find(&tx, user(1)).await.is_err());
    }
    drop(tx);
    are_all_there(&db, others).await;
    assert_eq!(strikes_of(db.read(), b"before").await, None);
}

/// Neither the browser nor the account exists.
async fn refused(tx: &WriteTx) -> Result<(), DbErr> {
    browsers::first_seen(&tx.later(), browser(99), user(99), T0).await
}

fn twenty_strikes(db: &Db) -> Vec<JoinHandle<()>> {
    (0..20).map(|n| tokio::spawn(one_strike(db.clone(), n))).collect()
}

async fn are_all_there(db: &Db, strikes: Vec<JoinHandle<()>>) {
    for strike in strikes {
        strike.await.unwrap();
    }
    for n in 0..20 {
        assert_eq!(strikes_of(db.read(), &[n]).await, Some((1, T0)));
    }
}

async fn one_strike(db: Db, key: u8) {
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), &[key], 1, T0).await.unwrap();
    tx.commit().await.unwrap();
}
