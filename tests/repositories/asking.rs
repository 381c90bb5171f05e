//! Transactions that begin with a question. On SQLite those that are about the same take turns.

use crate::fixture::{T0, browser, passkey, strikes_of, two_people, two_people_on_sqlite, user, uuid};
use domain::ids::SessionId;
use domain::time::Millis;
use keymend::server::db::known::{self, Known, Whom};
use keymend::server::db::{Db, WriteTx, browsers, challenges, strikes};
use sea_orm::{ConnectionTrait as _, DbErr};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

const T1: Millis = Millis(T0.0 + 1);

/// Answers a challenge, and asks what is known of the first person.
async fn ask(db: &Db, challenge: &[u8]) -> Result<(WriteTx, Option<Known>), DbErr> {
    known::write_spend_and_lock(db, (challenge, T1), user(1), browser(1), b"key").await
}

type Asker = JoinHandle<Result<Option<u32>, DbErr>>;

/// Each tells the strikes that they found, sets as many and one more, and commits. They wait in order.
fn askers(db: &Db, challenges: &[&'static [u8]]) -> Vec<Asker> {
    let one = |challenge: &'static [u8]| {
        let db = db.clone();
        tokio::spawn(async move {
            let (tx, found) = ask(&db, challenge).await?;
            let Some(found) = found else { return Ok(None) };
            let points = found.strikes.map_or(0, |(points, _)| points);
            strikes::set(&tx.later(), b"key", points + 1, T0).await?;
            let (after, _) = known::find_and_commit(tx, user(1), browser(1), b"key", (SessionId(uuid(0)), T0)).await?;
            assert_eq!(after.strikes, Some((points + 1, T0)), "its own rows, and none of whoever comes next");
            assert_eq!(after.passkeys.len(), 2);
            Ok(Some(points))
        })
    };
    challenges.iter().copied().map(one).collect()
}

async fn outcomes(askers: Vec<Asker>) -> Vec<Option<Option<u32>>> {
    let mut all = Vec::new();
    for asker in askers {
        all.push(asker.await.unwrap().ok());
    }
    all
}

async fn is_spent(db: &Db, challenge: &[u8]) -> bool {
    let tx = db.write().await.unwrap();
    !challenges::spend(&tx, challenge, T1).await.unwrap()
}

/// From here on SQLite refuses to store what is called `bad`, once it is there.
pub async fn refuse_bad(db: &Db, table: &str, key: &str, how: &str) {
    let tx = db.write().await.unwrap();
    let when = format!("AFTER INSERT ON {table} WHEN NEW.{key} = CAST('bad' AS BLOB)");
    tx.execute_unprepared(&format!("CREATE TRIGGER bad {when} BEGIN SELECT RAISE({how}, 'no'); END")).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn each_finds_what_the_one_before_has_written() {
    let (_database, db) = two_people().await;
    let first = db.write().await.unwrap();
    known::lock(&first, Whom::Id(user(1)), browser(1), b"key").await.unwrap();
    let askers = askers(&db, &[b"a", b"b", b"b", b"c"]);
    yield_now().await;
    strikes::set(&first, b"key", 5, T0).await.unwrap();
    first.commit().await.unwrap();
    let mut outcomes = outcomes(askers).await;
    // PostgreSQL does not promise the order in which they come.
    outcomes.sort();
    assert_eq!(outcomes, [Some(None), Some(Some(5)), Some(Some(6)), Some(Some(7))]);
    assert_eq!(strikes_of(db.read(), b"key").await, Some((8, T0)));
}

#[tokio::test]
async fn those_who_ask_first_and_those_who_do_not_take_turns() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let mut jobs = Vec::new();
    for n in 0..30_u8 {
        let db = db.clone();
        jobs.push(tokio::spawn(async move {
            let tx = if n % 3 == 0 { db.write().await? } else { ask(&db, &[n]).await?.0 };
            let (points, _) = strikes_of(&tx, b"key").await.unwrap_or((0, T0));
            strikes::set(&tx, b"key", points + 1, T0).await?;
            if n % 5 == 4 { Err(DbErr::RecordNotInserted) } else { tx.commit().await }
        }));
    }
    yield_now().await;
    first.commit().await.unwrap();
    for (n, job) in jobs.into_iter().enumerate() {
        assert_eq!(job.await.unwrap().is_ok(), n % 5 != 4, "{n}");
    }
    assert_eq!(strikes_of(db.read(), b"key").await, Some((24, T0)));
    for n in 0..30_u8 {
        assert_eq!(is_spent(&db, &[n]).await, n % 3 != 0 && n % 5 != 4, "{n}");
    }
}

/// More than there are in a commit.
#[tokio::test]
async fn many_who_ask_first_are_answered_in_turn() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let jobs: Vec<JoinHandle<u32>> = (0..150_u8)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let (tx, found) = ask(&db, &[n]).await.unwrap();
                let points = found.unwrap().strikes.map_or(0, |(points, _)| points);
                strikes::set(&tx.later(), b"key", points + 1, T0).await.unwrap();
                tx.commit().await.unwrap();
                points
            })
        })
        .collect();
    yield_now().await;
    first.commit().await.unwrap();
    for (n, job) in jobs.into_iter().enumerate() {
        assert_eq!(job.await.unwrap() as usize, n);
    }
    let (jobs, commits) = db.jobs_and_commits().unwrap();
    // One more before them, which made the people.
    assert_eq!((jobs, commits), (152, 4));
}

/// The first of all, one behind somebody who is kept, and one behind somebody who gives up.
#[tokio::test]
async fn a_challenge_that_cannot_be_spent_lets_nobody_in_and_keeps_nobody_else_out() {
    let (_database, db) = two_people_on_sqlite().await;
    // The row itself stays where it is: only the savepoint takes it back.
    refuse_bad(&db, "spent_challenges", "challenge", "FAIL").await;
    assert!(ask(&db, b"bad").await.unwrap().0.commit().await.is_err());
    let first = db.write().await.unwrap();
    let askers = askers(&db, &[b"bad", b"a", b"bad", b"bad", b"b"]);
    yield_now().await;
    drop(first);
    assert_eq!(outcomes(askers).await, [None, Some(Some(0)), None, None, Some(Some(1))]);
    assert_eq!(strikes_of(db.read(), b"key").await, Some((2, T0)));
    assert!(is_spent(&db, b"a").await && is_spent(&db, b"b").await);
    assert_eq!(crate::schema::count(&db, "spent_challenges").await, 2);
}

#[tokio::test]
async fn a_job_that_is_refused_at_its_end_takes_nobody_along() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let askers = askers(&db, &[b"a", b"b"]);
    yield_now().await;
    strikes::set(&first.later(), b"key", 9, T0).await.unwrap();
    // Neither the browser nor the account exists.
    browsers::first_seen(&first.later(), browser(99), user(99), T0).await.unwrap();
    assert!(first.commit().await.is_err());
    assert_eq!(outcomes(askers).await, [Some(Some(0)), Some(Some(1))]);
    assert_eq!(strikes_of(db.read(), b"key").await, Some((2, T0)));
}

/// SQLite ends the transaction with a write: what was kept in it is lost, whoever wrote it is told so, and the next is not.
#[tokio::test]
async fn a_challenge_with_which_the_group_is_lost_is_answered_so_and_the_next_one_works() {
    let (_database, db) = two_people_on_sqlite().await;
    refuse_bad(&db, "spent_challenges", "challenge", "ROLLBACK").await;
    let first = db.write().await.unwrap();
    let askers = askers(&db, &[b"a", b"bad", b"b"]);
    yield_now().await;
    strikes::set(&first, b"first", 1, T0).await.unwrap();
    let committed = first.commit().await;
    let outcomes = outcomes(askers).await;
    assert!(committed.is_err());
    assert_eq!(outcomes, [None, None, Some(Some(0))]);
    assert_eq!(strikes_of(db.read(), b"first").await, None);
    assert!(!is_spent(&db, b"a").await, "nobody was let in for it");
    for challenge in [b"c".as_slice(), b"d"] {
        let (tx, found) = ask(&db, challenge).await.unwrap();
        assert!(found.is_some());
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn whoever_waits_behind_one_with_whom_the_group_is_lost_has_their_turn() {
    let (_database, db) = two_people_on_sqlite().await;
    refuse_bad(&db, "strikes", "key", "ROLLBACK").await;
    let first = db.write().await.unwrap();
    let askers = askers(&db, &[b"a", b"b"]);
    yield_now().await;
    strikes::set(&first.later(), b"bad", 1, T0).await.unwrap();
    assert!(first.commit().await.is_err());
    assert_eq!(outcomes(askers).await, [Some(Some(0)), Some(Some(1))]);
}

#[tokio::test]
async fn whoever_asked_and_went_away_has_spent_nothing() {
    let (_database, db) = two_people_on_sqlite().await;
    // Before the turn comes.
    let first = db.write().await.unwrap();
    let gone = askers(&db, &[b"gone"]);
    let stays = askers(&db, &[b"stays"]);
    yield_now().await;
    gone[0].abort();
    yield_now().await;
    first.commit().await.unwrap();
    assert_eq!(outcomes(stays).await, [Some(Some(0))]);
    // With the answer in hand.
    let (tx, found) = ask(&db, b"dropped").await.unwrap();
    assert!(found.is_some());
    let stays = askers(&db, &[b"stays too"]);
    yield_now().await;
    drop(tx);
    assert_eq!(outcomes(stays).await, [Some(Some(1))]);
    assert!(!is_spent(&db, b"gone").await && !is_spent(&db, b"dropped").await);
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit_of_whoever_asked_behind_them() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let second = tokio::spawn({
        let db = db.clone();
        async move { ask(&db, b"second").await.unwrap() }
    });
    yield_now().await;
    strikes::set(&first, b"key", 3, T0).await.unwrap();
    let committed = tokio::spawn(first.commit());
    let (second, found) = second.await.unwrap();
    assert_eq!(found.unwrap().strikes, Some((3, T0)));
    sleep(Duration::from_millis(50)).await;
    assert!(!committed.is_finished());
    assert_eq!(strikes_of(db.read(), b"key").await, None);
    second.commit().await.unwrap();
    committed.await.unwrap().unwrap();
    assert_eq!(strikes_of(db.read(), b"key").await, Some((3, T0)));
}

/// Any of them may go away at any moment: what each asked and wrote is there with all of it, or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_go_away_at_any_moment_take_nobody_along() {
    let (_database, db) = two_people_on_sqlite().await;
    for round in 0..20_u8 {
        let jobs: Vec<JoinHandle<Result<(), DbErr>>> = (0..60_u8)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let (tx, found) = ask(&db, &[round, n]).await?;
                    assert!(found.is_some());
                    strikes::set(&tx.later(), &[round, n], 1, T0).await?;
                    browsers::worked(&tx.later(), browser(1), passkey(1), T0).await?;
                    tx.commit().await
                })
            })
            .collect();
        for (n, job) in jobs.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
            sleep(Duration::from_micros((u64::from(round) * 97 + n as u64 * 31) % 700)).await;
            job.abort();
        }
        for (n, job) in jobs.into_iter().enumerate() {
            let outcome = job.await;
            assert!(n % 3 == 0 || matches!(outcome, Ok(Ok(()))), "{n}: {outcome:?}");
        }
        for n in 0..60_u8 {
            // What was given up while it was being committed may still happen, before this.
            let spent = is_spent(&db, &[round, n]).await;
            assert_eq!(strikes_of(db.read(), &[round, n]).await.is_some(), spent, "both or none of {n}");
            assert!(n % 3 == 0 || spent, "{n}");
        }
    }
}
