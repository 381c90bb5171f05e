//! Transactions that begin with a question and are about different things. On SQLite they are asked together, worked upon beside each
//! other, and written together: none may come to feel that the others are there.

use crate::asking::refuse_bad;
use crate::fixture::{T0, browser, passkey, strikes_of, two_people_on_sqlite, user, uuid};
use domain::ids::SessionId;
use domain::time::Millis;
use keymend::server::db::known::{self, Known};
use keymend::server::db::{Db, WriteTx, browsers, challenges, strikes};
use sea_orm::{ConnectionTrait as _, DbErr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{sleep, timeout};

const T1: Millis = Millis(T0.0 + 1);
/// As many as there are in a commit.
const MOST: usize = 64;

/// What the challenge and the strikes of the nth are called.
fn key(n: usize) -> Vec<u8> {
    format!("beside {n}").into_bytes()
}

/// The nth of many who have nothing to do with each other: another challenge, person, browser and name.
async fn ask(db: &Db, n: usize) -> Result<(WriteTx, Known), DbErr> {
    let key = key(n);
    let (tx, found) = known::write_spend_and_lock(db, (&key, T1), user(n as u128), browser(n as u128), &key).await?;
    Ok((tx, found.unwrap()))
}

/// Finds one strike less than they set.
async fn set_and_commit(tx: WriteTx, found: &Known, n: usize) -> Result<(), DbErr> {
    let points = found.strikes.map_or(0, |(points, _)| points) + 1;
    let key = key(n);
    strikes::set(&tx.later(), &key, points, T0).await?;
    let (user, browser) = (user(n as u128), browser(n as u128));
    let (after, _) = known::find_and_commit(tx, user, browser, &key, (SessionId(uuid(0)), T0)).await?;
    assert_eq!(after.strikes, Some((points, T0)), "its own rows, and none of the others");
    Ok(())
}

fn job(db: &Db, n: usize) -> JoinHandle<Result<(), DbErr>> {
    let db = db.clone();
    tokio::spawn(async move {
        let (tx, found) = ask(&db, n).await?;
        set_and_commit(tx, &found, n).await
    })
}

async fn is_spent(db: &Db, n: usize) -> bool {
    let tx = db.write().await.unwrap();
    !challenges::spend(&tx, &key(n), T1).await.unwrap()
}

async fn points(db: &Db, n: usize) -> Option<u32> {
    strikes_of(db.read(), &key(n)).await.map(|(points, _)| points)
}

/// Each waits until all have asked; and nobody is answered before all of them have written.
#[tokio::test]
async fn as_many_as_fill_a_commit_have_their_turn_at_the_same_time() {
    let (_database, db) = two_people_on_sqlite().await;
    let (before, commits) = db.jobs_and_commits().unwrap();
    let (all, answered) = (Arc::new(Barrier::new(MOST)), Arc::<AtomicUsize>::default());
    let jobs: Vec<_> = (0..MOST)
        .map(|n| {
            let (db, all, answered) = (db.clone(), all.clone(), answered.clone());
            tokio::spawn(async move {
                let (tx, found) = ask(&db, n).await.unwrap();
                all.wait().await;
                if n == MOST - 1 {
                    sleep(Duration::from_millis(50)).await;
                    assert_eq!(answered.load(Ordering::SeqCst), 0, "before the commit");
                }
                set_and_commit(tx, &found, n).await.unwrap();
                answered.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    for job in jobs {
        timeout(Duration::from_secs(10), job).await.unwrap().unwrap();
    }
    assert_eq!(db.jobs_and_commits().unwrap(), (before + MOST as u64, commits + 1));
    for n in 0..MOST {
        assert_eq!(points(&db, n).await, Some(1));
        assert!(is_spent(&db, n).await);
    }
}

/// What one is about in common with another may be any of the four.
#[tokio::test]
async fn whoever_is_about_the_same_waits_and_so_does_everybody_behind() {
    let (_database, db) = two_people_on_sqlite().await;
    for same in 0..4 {
        // Of challenge, person, browser and name.
        let of = move |n: usize, part: usize| if part == same { 10_000 * (same + 1) } else { 100 * (same + 1) + n };
        let asks = |n: usize| {
            let db = db.clone();
            tokio::spawn(async move {
                let (user, browser) = (user(of(n, 1) as u128), browser(of(n, 2) as u128));
                known::write_spend_and_lock(&db, (&key(of(n, 0)), T1), user, browser, &key(of(n, 3))).await.unwrap()
            })
        };
        let (first, found) = asks(1).await.unwrap();
        assert!(found.is_some());
        let second = asks(2);
        yield_now().await;
        let third = job(&db, 20_000 + same);
        sleep(Duration::from_millis(20)).await;
        assert!(!second.is_finished() && !third.is_finished(), "{same}");
        strikes::set(&first.later(), &key(of(1, 3)), 7, T0).await.unwrap();
        let first = tokio::spawn(first.commit());
        let (second, found) = second.await.unwrap();
        match same {
            0 => assert!(found.is_none(), "the challenge was spent"),
            3 => assert_eq!(found.unwrap().strikes, Some((7, T0))),
            _ => assert_eq!(found.unwrap().strikes, None),
        }
        drop(second);
        first.await.unwrap().unwrap();
        third.await.unwrap().unwrap();
    }
}

/// Whoever has a turn alone sees what those before have written, and those behind see what they wrote.
#[tokio::test]
async fn whoever_says_nothing_beforehand_has_a_turn_alone() {
    let (_database, db) = two_people_on_sqlite().await;
    let before: Vec<_> = (0..10).map(|n| job(&db, n)).collect();
    yield_now().await;
    let alone = tokio::spawn({
        let db = db.clone();
        async move {
            let tx = db.write().await.unwrap();
            for n in 0..10 {
                assert_eq!(strikes_of(&tx, &key(n)).await, Some((1, T0)));
            }
            for n in 10..20 {
                assert_eq!(strikes_of(&tx, &key(n)).await, None);
                strikes::set(&tx, &key(n), 5, T0).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
    });
    yield_now().await;
    let behind: Vec<_> = (10..20).map(|n| job(&db, n)).collect();
    for job in before.into_iter().chain(behind) {
        job.await.unwrap().unwrap();
    }
    alone.await.unwrap();
    for n in 10..20 {
        assert_eq!(points(&db, n).await, Some(6));
    }
}

/// Some need the connection in the middle of their work, and have it until they end.
#[tokio::test]
async fn those_who_need_an_answer_in_the_middle_get_it() {
    let (_database, db) = two_people_on_sqlite().await;
    let all = Arc::new(Barrier::new(30));
    let jobs: Vec<JoinHandle<Result<(), DbErr>>> = (0..30)
        .map(|n| {
            let (db, all) = (db.clone(), all.clone());
            tokio::spawn(async move {
                let (tx, found) = ask(&db, n).await?;
                all.wait().await;
                strikes::set(&tx.later(), &key(n), 3, T0).await?;
                match n % 5 {
                    // Of all those who have the connection each sees what the one before wrote: it goes from one to the next.
                    0 => {
                        let (counted, _) = strikes_of(&tx, b"counted").await.unwrap_or((0, T0));
                        assert_eq!(strikes_of(&tx, &key(n)).await, Some((3, T0)), "what waited goes before");
                        yield_now().await;
                        strikes::set(&tx.later(), b"counted", counted + 1, T0).await?;
                        tx.commit().await
                    }
                    1 => {
                        strikes::set(&tx, &key(n), 4, T0).await?;
                        Err(DbErr::RecordNotInserted)
                    }
                    2 => {
                        tx.execute_unprepared("INSERT INTO strikes (key) VALUES (NULL)").await?;
                        tx.commit().await
                    }
                    3 => Err(DbErr::RecordNotInserted),
                    _ => set_and_commit(tx, &found, n).await,
                }
            })
        })
        .collect();
    for (n, job) in jobs.into_iter().enumerate() {
        let outcome = timeout(Duration::from_secs(10), job).await.unwrap().unwrap();
        assert_eq!(outcome.is_ok(), matches!(n % 5, 0 | 4), "{n}: {outcome:?}");
    }
    assert_eq!(strikes_of(db.read(), b"counted").await, Some((6, T0)));
    for n in 0..30 {
        assert_eq!(points(&db, n).await, [Some(3), None, None, None, Some(1)][n % 5], "{n}");
        assert_eq!(is_spent(&db, n).await, matches!(n % 5, 0 | 4), "{n}");
    }
}

/// From here on nobody can count the codes of the first person any more.
async fn refuse_to_count_the_codes_of_the_first(db: &Db) {
    let tx = db.write().await.unwrap();
    let codes =
        "SELECT id AS user_id, CASE WHEN hex(id) LIKE '%01' THEN abs(-9223372036854775808) END AS used_at FROM users";
    tx.execute_unprepared(&format!("DROP TABLE saved_codes; CREATE VIEW saved_codes AS {codes}")).await.unwrap();
    tx.commit().await.unwrap();
}

/// Whoever is refused has had a turn: however many of them come, those who wrote before are answered.
#[tokio::test]
async fn those_who_are_refused_keep_no_group_from_its_commit() {
    let (_database, db) = two_people_on_sqlite().await;
    refuse_to_count_the_codes_of_the_first(&db).await;
    let (_, commits) = db.jobs_and_commits().unwrap();
    let first = db.write().await.unwrap();
    let before = job(&db, 7);
    yield_now().await;
    let refused: Vec<_> = (0..2 * MOST).map(|_| job(&db, 1)).collect();
    yield_now().await;
    let behind = job(&db, 8);
    yield_now().await;
    drop(first);
    before.await.unwrap().unwrap();
    for job in refused {
        assert!(job.await.unwrap().is_err());
    }
    behind.await.unwrap().unwrap();
    assert_eq!(db.jobs_and_commits().unwrap().1, commits + 2, "not all in one");
}

#[tokio::test]
async fn a_question_that_is_refused_is_refused_alone() {
    let (_database, db) = two_people_on_sqlite().await;
    refuse_to_count_the_codes_of_the_first(&db).await;
    assert!(ask(&db, 1).await.is_err());
    let first = db.write().await.unwrap();
    let jobs: Vec<_> = [7, 8, 1, 2, 9, 1, 10, 11].map(|n| job(&db, n)).into();
    yield_now().await;
    strikes::set(&first, b"first", 1, T0).await.unwrap();
    first.commit().await.unwrap();
    let mut outcomes = Vec::new();
    for job in jobs {
        outcomes.push(job.await.unwrap().is_ok());
    }
    assert_eq!(outcomes, [true, true, false, true, true, false, true, true]);
    assert_eq!(strikes_of(db.read(), b"first").await, Some((1, T0)));
    assert!(!is_spent(&db, 1).await && is_spent(&db, 2).await && is_spent(&db, 11).await);
}

/// They are written together: those before the one that is refused are kept, and those behind are written once more.
#[tokio::test]
async fn what_is_refused_takes_none_of_the_others_along() {
    let (_database, db) = two_people_on_sqlite().await;
    refuse_bad(&db, "strikes", "key", "FAIL").await;
    let all = Arc::new(Barrier::new(16));
    let jobs: Vec<JoinHandle<Result<(), DbErr>>> = (0..16)
        .map(|n| {
            let (db, all) = (db.clone(), all.clone());
            tokio::spawn(async move {
                let (tx, _) = ask(&db, n).await?;
                all.wait().await;
                // All write the same with other values.
                strikes::set(&tx.later(), &key(n), 1, T0).await?;
                let bad = n % 4 == 1;
                let other = format!("other {n}");
                strikes::set(&tx.later(), if bad { b"bad" } else { other.as_bytes() }, 1, T0).await?;
                tx.commit().await
            })
        })
        .collect();
    for (n, job) in jobs.into_iter().enumerate() {
        assert_eq!(job.await.unwrap().is_ok(), n % 4 != 1, "{n}");
    }
    for n in 0..16 {
        let is_good = n % 4 != 1;
        assert_eq!(points(&db, n).await.is_some(), is_good, "{n}");
        assert_eq!(strikes_of(db.read(), format!("other {n}").as_bytes()).await.is_some(), is_good, "{n}");
        assert_eq!(is_spent(&db, n).await, is_good, "{n}");
    }
}

/// SQLite ends the transaction with what it refuses: whoever was in it is told so, those who had asked in it too, and the next are not.
#[tokio::test]
async fn a_group_that_is_lost_is_lost_for_all_who_had_asked_in_it() {
    let (_database, db) = two_people_on_sqlite().await;
    refuse_bad(&db, "strikes", "key", "ROLLBACK").await;
    let (first, _) = ask(&db, 1).await.unwrap();
    let (second, _) = ask(&db, 2).await.unwrap();
    let (third, found) = ask(&db, 3).await.unwrap();
    let behind = tokio::spawn({
        let db = db.clone();
        async move { db.write().await.unwrap().commit().await }
    });
    yield_now().await;
    strikes::set(&first.later(), &key(1), 1, T0).await.unwrap();
    let first = tokio::spawn(first.commit());
    strikes::set(&second.later(), b"bad", 1, T0).await.unwrap();
    sleep(Duration::from_millis(20)).await;
    assert!(second.commit().await.is_err());
    assert!(first.await.unwrap().is_err());
    behind.await.unwrap().unwrap();
    assert!(set_and_commit(third, &found, 3).await.is_err(), "what it found may be true no more");
    for n in 1..=3 {
        assert_eq!(points(&db, n).await, None);
        assert!(!is_spent(&db, n).await);
        job(&db, n).await.unwrap().unwrap();
    }
}

/// Any of them may go away at any moment: what each wrote is there with all of it, or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_go_away_at_any_moment_take_nobody_along() {
    let (_database, db) = two_people_on_sqlite().await;
    for round in 0..20 {
        let numbers: Vec<usize> = (0..60).map(|n| 1_000 + 100 * round + n).collect();
        let jobs: Vec<JoinHandle<Result<(), DbErr>>> = numbers
            .iter()
            .map(|&n| {
                let db = db.clone();
                tokio::spawn(async move {
                    let (tx, found) = ask(&db, n).await?;
                    if n % 4 == 0 {
                        assert_eq!(strikes_of(&tx, &key(n)).await, None);
                    }
                    if n % 7 == 0 {
                        browsers::worked(&tx.later(), browser(1), passkey(1), T0).await?;
                    }
                    set_and_commit(tx, &found, n).await
                })
            })
            .collect();
        for (n, job) in jobs.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
            sleep(Duration::from_micros((97 * round + 31 * n) as u64 % 700)).await;
            job.abort();
        }
        for (n, job) in jobs.into_iter().enumerate() {
            let outcome = job.await;
            assert!(n % 3 == 0 || matches!(outcome, Ok(Ok(()))), "{n}: {outcome:?}");
        }
        for (n, &number) in numbers.iter().enumerate() {
            // What was given up while it was being committed may still happen, before this.
            let spent = is_spent(&db, number).await;
            assert_eq!(points(&db, number).await.is_some(), spent, "both or none of {n}");
            assert!(n % 3 == 0 || spent, "{n}");
        }
    }
}
