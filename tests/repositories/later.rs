//! Writes that nobody asks the outcome of.

use crate::fixture::{T0, browser, known, passkey, strikes_of, two_people, user};
use keymend::server::db::{Db, WriteTx, browsers, strikes, users};
use sea_orm::DbErr;

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
    let others: Vec<_> = (0..20).map(|n| tokio::spawn(one_strike(db.clone(), n))).collect();
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"before", 1, T0).await.unwrap();
    // PostgreSQL is asked at once.
    let outcome = match refused(&tx).await {
        Ok(()) => tx.commit().await,
        Err(error) => Err(error),
    };
    assert!(outcome.is_err());
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(strikes_of(db.read(), b"before").await, None);
    for n in 0..20 {
        assert_eq!(strikes_of(db.read(), &[n]).await, Some((1, T0)));
    }
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
    // PostgreSQL takes the commit of a transaction that failed for its end.
    assert_eq!(tx.commit().await.is_err(), !database.is_postgres());
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
    let known = known(db.read(), 1, 1).await;
    assert_eq!(known.here.unwrap().offers.declined, 2);
    assert_eq!([known.memory[&passkey(1)].failures, known.memory[&passkey(2)].failures], [2, 1]);
    assert!(known.user.unwrap().ever_had_passkey);
    assert_eq!(strikes_of(db.read(), b"k").await, None);

    let tx = db.write().await.unwrap();
    // Which of the passkeys are the account's is asked in the statement.
    browsers::present(&tx.later(), b, u, T0).await.unwrap();
    tx.commit().await.unwrap();
    let known = crate::fixture::known(db.read(), 1, 1).await;
    assert_eq!([known.memory[&passkey(1)].failures, known.memory[&passkey(2)].failures], [0, 0]);
}

/// A query goes in one piece with what waits: it is refused with it, and nobody else is.
#[tokio::test]
async fn a_query_after_one_that_is_refused_is_refused() {
    let (database, db) = two_people().await;
    let others: Vec<_> = (0..20).map(|n| tokio::spawn(one_strike(db.clone(), n))).collect();
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), b"before", 1, T0).await.unwrap();
    assert_eq!(refused(&tx).await.is_err(), database.is_postgres());
    for _ in 0..2 {
        assert!(users::find(&tx, user(1)).await.is_err());
    }
    drop(tx);
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(strikes_of(db.read(), b"before").await, None);
}

/// Neither the browser nor the account exists.
async fn refused(tx: &WriteTx) -> Result<(), DbErr> {
    browsers::first_seen(&tx.later(), browser(99), user(99), T0).await
}

async fn one_strike(db: Db, key: u8) {
    let tx = db.write().await.unwrap();
    strikes::set(&tx.later(), &[key], 1, T0).await.unwrap();
    tx.commit().await.unwrap();
}
