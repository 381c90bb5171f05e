//! What failed and what was decided, as it is asked for again.

use crate::fixture::{T0, browser, nobody, two_people, user, uuid};
use crate::schema::count;
use domain::ids::UserId;
use domain::time::Millis;
use keymend::server::db::decisions::{self, SIGN_IN, StoredDecision};
use keymend::server::db::failure_events::{self, FailureEvent};
use keymend::server::db::{Db, mailed_codes};
use sea_orm::ConnectionTrait as _;

fn decision(n: u128, at: Millis) -> StoredDecision {
    StoredDecision {
        id: uuid(n),
        at,
        user: user(1),
        browser: browser(9),
        kind: SIGN_IN.to_owned(),
        given: "1".to_owned(),
        evidence: "2".to_owned(),
        decision: "3".to_owned(),
        rules_version: 7,
    }
}

fn failure(n: u128, at: Millis, user: Option<UserId>, hash: &[u8]) -> FailureEvent {
    FailureEvent {
        id: uuid(n),
        at,
        user,
        browser: None,
        identifier_hash: hash.to_vec(),
        purpose: "a".to_owned(),
        outcome: "b".to_owned(),
        observation: "c".to_owned(),
        evidence: "d".to_owned(),
        decision: "e".to_owned(),
        diagnosis: "f".to_owned(),
        rules_version: 1,
    }
}

async fn with_decisions(db: &Db, all: &[(u128, i64)]) {
    let tx = db.write().await.unwrap();
    for (n, after) in all {
        decisions::add(&tx, decision(*n, T0.plus(*after))).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn numbers(all: &[StoredDecision]) -> Vec<u128> {
    all.iter().map(|stored| stored.id.as_u128()).collect()
}

/// A reference takes its time to be checked: somebody's rows refer to an account, and nobody's to a row that stands in for it.
#[tokio::test]
async fn every_row_refers_to_an_account_or_to_a_stand_in() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (n, user) in [(1, Some(user(1))), (2, None)] {
        failure_events::add(&tx, failure(n, T0, user, b"h"), nobody()).await.unwrap();
        let key = n.to_be_bytes();
        mailed_codes::issue(&tx, &key, user, nobody(), b"code", T0.plus(9)).await.unwrap();
    }
    // The key stays, and whose it is changes.
    mailed_codes::issue(&tx, b"other", None, nobody(), b"code", T0.plus(9)).await.unwrap();
    mailed_codes::issue(&tx, b"other", Some(user(2)), nobody(), b"code", T0.plus(9)).await.unwrap();
    tx.commit().await.unwrap();
    for (table, of_somebody, of_nobody) in [("failure_events", 1, 1), ("mailed_codes", 2, 1)] {
        let refers = |to: &str| format!("(SELECT * FROM {table} WHERE {to}) AS s");
        let stands_in = "user_id IS NULL AND stand_in IN (SELECT key FROM stand_ins)";
        assert_eq!(count(&db, &refers("user_id IS NOT NULL AND stand_in IS NULL")).await, of_somebody, "{table}");
        assert_eq!(count(&db, &refers(stands_in)).await, of_nobody, "{table}");
    }
}

#[tokio::test]
async fn a_decision_reads_as_it_was_stored_and_the_latest_come_first() {
    let (_database, db) = two_people().await;
    with_decisions(&db, &[(1, 0), (3, 5), (2, 5)]).await;
    let all = decisions::of_user(db.read(), user(1), 10).await.unwrap();
    assert_eq!(numbers(&all), [3, 2, 1]);
    assert_eq!(all[2], decision(1, T0));
    assert_eq!(numbers(&decisions::of_user(db.read(), user(1), 2).await.unwrap()), [3, 2]);
    assert!(decisions::of_user(db.read(), user(2), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn pages_follow_each_other_also_within_one_millisecond() {
    let (_database, db) = two_people().await;
    with_decisions(&db, &[(5, 1), (4, 1), (3, 1), (2, 0), (1, 2)]).await;
    let mut found = Vec::new();
    let mut place = (T0, uuid(0));
    loop {
        let page = decisions::after(db.read(), place, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        place = (last.at, last.id);
        found.extend(numbers(&page));
    }
    assert_eq!(found, [2, 3, 4, 5, 1]);
    assert!(decisions::after(db.read(), (T0.plus(3), uuid(0)), 2).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_old_is_purged_and_what_an_account_leaves_goes_with_it() {
    let (_database, db) = two_people().await;
    with_decisions(&db, &[(1, 0), (2, 1)]).await;
    let tx = db.write().await.unwrap();
    failure_events::add(&tx, failure(1, T0, Some(user(1)), b"h"), nobody()).await.unwrap();
    failure_events::add(&tx, failure(2, T0.plus(1), None, b"h"), nobody()).await.unwrap();
    assert_eq!(decisions::purge(&tx, T0.plus(1)).await.unwrap(), 1);
    assert_eq!(failure_events::purge(&tx, T0.plus(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    db.read().execute_unprepared("DELETE FROM users").await.unwrap();
    assert!(decisions::of_user(db.read(), user(1), 10).await.unwrap().is_empty());
    assert_eq!(failure_events::after(db.read(), (T0, uuid(0)), 10).await.unwrap().len(), 1, "nobody's stays");
}

/// Whoever knows a name can have a failure written down at each try, and whoever makes one up too.
#[tokio::test]
async fn of_one_identifier_the_latest_failures_are_kept_whether_somebody_has_it_or_nobody() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for n in 0..3_000 {
        let at = T0.plus(i64::try_from(n / 2).unwrap());
        let purpose = if n % 2 == 0 { "sign-in" } else { "anyone" }.to_owned();
        for (n, user, name) in [(n, Some(user(1)), b"ada".as_slice()), (10_000 + n, None, b"nobody")] {
            let new = FailureEvent { purpose: purpose.clone(), ..failure(n, at, user, name) };
            failure_events::add(&tx, new, nobody()).await.unwrap();
        }
    }
    // Inside a session, before all of them.
    let new = FailureEvent { purpose: "create".to_owned(), ..failure(8_000, T0.plus(-1), Some(user(1)), b"ada") };
    failure_events::add(&tx, new, nobody()).await.unwrap();
    failure_events::add(&tx, failure(9_000, T0, Some(user(1)), b"countess"), nobody()).await.unwrap();
    for (name, user, more) in [(b"ada".as_slice(), Some(user(1)), 1), (b"nobody", None, 0)] {
        // Some hundreds at once, so that others wait for no more than that.
        failure_events::keep_latest(&tx, name, user, 200).await.unwrap();
        assert_eq!(failure_events::count_about(&tx, None, name).await.unwrap(), 2_500 + more);
        for _ in 0..5 {
            failure_events::keep_latest(&tx, name, user, 200).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let left = async |name: &[u8]| {
        let left = failure_events::about(db.read(), None, name, 9_999).await.unwrap();
        left.iter().map(|event| event.id.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(left(b"ada").await, (2_800..3_000).rev().chain([8_000]).collect::<Vec<_>>());
    assert_eq!(left(b"nobody").await, (12_800..13_000).rev().collect::<Vec<_>>());
    assert_eq!(left(b"countess").await, [9_000], "the same account under another name");
}

#[tokio::test]
async fn failures_are_found_by_account_and_by_identifier_and_each_once() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    // Before the account was made; as it is; as it was called before; somebody else's.
    failure_events::add(&tx, failure(1, T0, None, b"ada"), nobody()).await.unwrap();
    failure_events::add(&tx, failure(2, T0.plus(1), Some(user(1)), b"ada"), nobody()).await.unwrap();
    failure_events::add(&tx, failure(3, T0.plus(2), Some(user(1)), b"countess"), nobody()).await.unwrap();
    failure_events::add(&tx, failure(4, T0.plus(3), Some(user(2)), b"bob"), nobody()).await.unwrap();
    tx.commit().await.unwrap();
    let about = async |user, limit| {
        let all = failure_events::about(db.read(), user, b"ada", limit).await.unwrap();
        all.iter().map(|event| event.id.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(about(Some(user(1)), 10).await, [3, 2, 1]);
    assert_eq!(about(Some(user(1)), 2).await, [3, 2]);
    assert_eq!(about(None, 10).await, [2, 1]);
    assert_eq!(failure_events::count_about(db.read(), Some(user(1)), b"ada").await.unwrap(), 3);
}
