use crate::database::TestDatabase;
use crate::fixture::{T0, add_user, strikes_of, two_people, two_people_on_sqlite, user};
use keymend::server::db::{Db, file_of, strikes, users};
use sea_orm::{ConnectionTrait, DbErr};
use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

#[tokio::test]
async fn what_is_not_committed_did_not_happen() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx, b"k", 1, T0).await.unwrap();
    assert_eq!(strikes_of(&tx, b"k").await, Some((1, T0)));
    drop(tx);
    assert_eq!(strikes_of(db.read(), b"k").await, None);
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
    assert_eq!(strikes_of(db.read(), b"k").await, Some((20, T0)));
}

/// A full log is copied by the commit that fills it, and everybody who writes waits for that. So most of it is copied before.
#[tokio::test]
async fn what_was_committed_is_copied_into_the_file_before_the_log_is_full() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let file = file_of(database.url()).unwrap();
    let size = || fs::metadata(&file).unwrap().len();
    let write = async |jobs: Range<u32>| {
        for n in jobs {
            let tx = db.write().await.unwrap();
            strikes::set(&tx, &n.to_be_bytes().repeat(100), 1, T0).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    write(0..200).await;
    let before = size();
    write(200..300).await;
    let grown = async {
        while size() == before {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), grown).await.unwrap();
    let log = fs::metadata(format!("{}-wal", file.display())).unwrap().len();
    assert!(log < 4_000 * 4_096, "{log} bytes, so it was not full");
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
    assert_eq!(strikes_of(db.read(), b"k").await, Some((60, T0)));
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
    // What was given up while it was being committed counts; whoever writes next comes after it.
    timeout(Duration::from_secs(2), one_more_strike(&db)).await.unwrap();
    let before = strikes_of(db.read(), b"k").await.map_or(0, |(points, _)| points);
    for _ in 0..20 {
        timeout(Duration::from_secs(2), one_more_strike(&db)).await.unwrap();
    }
    assert_eq!(strikes_of(db.read(), b"k").await, Some((before + 20, T0)));
}

/// A job that has its turn may end before the writer looks again, where other threads are in the way: nobody else has to come for it
/// to be answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_alone_waits_for_nobody_else() {
    let (_database, db) = two_people_on_sqlite().await;
    let stop = Arc::new(AtomicBool::new(false));
    let in_the_way: Vec<_> = (0..4)
        .map(|_| {
            let stop = stop.clone();
            std::thread::spawn(move || while !stop.load(Ordering::Relaxed) {})
        })
        .collect();
    let mut waited = 0;
    for n in 1..500_u32 {
        let one = async {
            let tx = db.write().await?;
            strikes::set(&tx.later(), b"alone", n, T0).await?;
            tx.commit().await
        };
        match timeout(Duration::from_secs(5), one).await {
            Ok(done) => done.unwrap(),
            Err(_) => {
                waited = n;
                break;
            }
        }
    }
    stop.store(true, Ordering::Relaxed);
    in_the_way.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(waited, 0, "which one");
}

/// Who reads while many write sees whole groups, and few of them: each is one commit.
#[tokio::test]
async fn jobs_that_wait_share_a_commit() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let jobs = start_jobs(&db, 200, |_| true);
    tokio::task::yield_now().await;
    let mut seen = BTreeSet::from([rows(&db).await]);
    drop(first);
    while seen.last() != Some(&200) {
        seen.insert(rows(&db).await);
    }
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    // The first job of all is in the first group and writes nothing.
    assert!(seen.is_subset(&BTreeSet::from([0, 63, 127, 191, 200])), "{seen:?}");
}

#[tokio::test]
async fn a_job_that_fails_takes_nothing_of_the_others_along() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    // One in five gives up after it has written, as a service does that finds something wrong.
    let jobs = start_jobs(&db, 50, |n| n % 5 != 0);
    // Others are cancelled while they wait.
    let waiting = start_jobs(&db, 10, |_| true);
    tokio::task::yield_now().await;
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    drop(first);
    for (n, job) in jobs.into_iter().enumerate() {
        assert_eq!(job.await.unwrap().is_ok(), n % 5 != 0, "{n}");
    }
    assert_eq!(rows(&db).await, 40);
}

/// What stands before a job goes with its first statement, and what undoes it must not reach into the job before.
#[tokio::test]
async fn a_job_that_sends_nothing_undoes_nothing() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let good = start_jobs(&db, 1, |_| true);
    let idle = [false, true].map(|commits| {
        let db = db.clone();
        tokio::spawn(async move {
            let tx = db.write().await?;
            if commits { tx.commit().await } else { Ok(()) }
        })
    });
    let unsent = tokio::spawn({
        let db = db.clone();
        async move {
            let tx = db.write().await?;
            strikes::set(&tx.later(), b"unsent", 1, T0).await
        }
    });
    let later = tokio::spawn(job(db.clone(), 7, true));
    tokio::task::yield_now().await;
    drop(first);
    for job in good.into_iter().chain(idle).chain([unsent, later]) {
        job.await.unwrap().unwrap();
    }
    assert_eq!(rows(&db).await, 2);
    assert_eq!(strikes_of(db.read(), b"unsent").await, None);
}

/// Whoever goes away in the middle of a group takes nobody along: all others are answered, and what they wrote is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_go_away_take_nobody_along() {
    let (_database, db) = two_people_on_sqlite().await;
    for round in 0..20_u64 {
        let keys: Vec<String> = (0..60).map(|n| format!("job {round} {n}")).collect();
        let jobs: Vec<_> = keys.iter().map(|key| tokio::spawn(two_writes(db.clone(), key.clone()))).collect();
        for (n, job) in jobs.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
            sleep(Duration::from_micros((round * 97 + n as u64 * 31) % 700)).await;
            job.abort();
        }
        for (n, job) in jobs.into_iter().enumerate() {
            let outcome = job.await;
            assert!(n % 3 == 0 || matches!(outcome, Ok(Ok(()))), "{n}: {outcome:?}");
        }
        // What was given up while it was being committed may still happen, before this.
        one_more_strike(&db).await;
        for (n, key) in keys.iter().enumerate() {
            let later = format!("{key} later");
            let stored = [strikes_of(db.read(), key.as_bytes()).await, strikes_of(db.read(), later.as_bytes()).await];
            assert_eq!(stored[0], stored[1], "both or none of {key}");
            assert!(n % 3 == 0 || stored[0].is_some(), "{key}");
        }
    }
}

/// A query that goes in one piece with what stands before the job, a write whose outcome is asked, and one that waits.
async fn two_writes(db: Db, key: String) -> Result<(), DbErr> {
    let tx = db.write().await?;
    assert_eq!(strikes_of(&tx, key.as_bytes()).await, None);
    strikes::set(&tx, key.as_bytes(), 1, T0).await?;
    strikes::set(&tx.later(), format!("{key} later").as_bytes(), 1, T0).await?;
    tx.commit().await
}

/// A statement that SQLite refuses is undone alone; what the job did before it goes back with the job.
#[tokio::test]
async fn a_statement_that_is_refused_leaves_the_group_as_it_was() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let good = start_jobs(&db, 1, |_| true);
    let bad = tokio::spawn({
        let db = db.clone();
        async move {
            let tx = db.write().await?;
            strikes::set(&tx, b"bad", 1, T0).await?;
            tx.execute_unprepared("INSERT INTO strikes (key) VALUES (NULL)").await?;
            tx.commit().await
        }
    });
    let later = start_jobs(&db, 1, |_| true);
    tokio::task::yield_now().await;
    drop(first);
    for job in good.into_iter().chain(later) {
        job.await.unwrap().unwrap();
    }
    assert!(bad.await.unwrap().is_err());
    assert_eq!(strikes_of(db.read(), b"bad").await, None);
    assert_eq!(rows(&db).await, 1);
}

/// SQLite may end the transaction with a statement that it refuses. What comes then would be written outside of any.
#[tokio::test]
async fn a_step_that_goes_on_after_its_transaction_has_ended_writes_nothing() {
    let (_database, db) = two_people_on_sqlite().await;
    let tx = db.write().await.unwrap();
    let how = "BEFORE INSERT ON strikes WHEN NEW.points = 7 BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    tx.execute_unprepared(&format!("CREATE TRIGGER seven {how}")).await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.write().await.unwrap();
    assert!(strikes::set(&tx, b"seven", 7, T0).await.is_err());
    assert!(strikes::set(&tx, b"after", 1, T0).await.is_err());
    assert!(tx.execute_unprepared("DELETE FROM users").await.is_err());
    assert!(users::find(&tx, user(1)).await.is_err());
    strikes::set(&tx.later(), b"later", 1, T0).await.unwrap();
    assert!(tx.commit().await.is_err());
    one_more_strike(&db).await;
    let stored = [strikes_of(db.read(), b"after").await, strikes_of(db.read(), b"later").await];
    assert_eq!(stored, [None, None]);
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let second = tokio::spawn({
        let db = db.clone();
        async move { db.write().await.unwrap() }
    });
    tokio::task::yield_now().await;
    strikes::set(&first, b"first", 1, T0).await.unwrap();
    let committed = tokio::spawn(first.commit());
    let second = second.await.unwrap();
    // In the same transaction, after it and before the commit.
    assert_eq!(strikes_of(&second, b"first").await, Some((1, T0)));
    sleep(Duration::from_millis(50)).await;
    assert!(!committed.is_finished());
    assert_eq!(strikes_of(db.read(), b"first").await, None);
    drop(second);
    committed.await.unwrap().unwrap();
    assert_eq!(strikes_of(db.read(), b"first").await, Some((1, T0)));
}

/// SQLite ends a transaction by itself when the disk is full or broken.
#[tokio::test]
async fn a_group_that_is_lost_is_lost_for_all_of_it_and_the_next_one_works() {
    let (_database, db) = two_people_on_sqlite().await;
    let first = db.write().await.unwrap();
    let good = start_jobs(&db, 1, |_| true);
    tokio::task::yield_now().await;
    let last = tokio::spawn({
        let db = db.clone();
        async move { db.write().await.unwrap() }
    });
    strikes::set(&first, b"first", 1, T0).await.unwrap();
    let committed = tokio::spawn(first.commit());
    let last = last.await.unwrap();
    last.execute_unprepared("ROLLBACK").await.unwrap();
    drop(last);
    assert!(committed.await.unwrap().is_err());
    for job in good {
        assert!(job.await.unwrap().is_err());
    }
    // More than there are connections: none of them is left in a state that nobody expects.
    for _ in 0..8 {
        one_more_strike(&db).await;
        strikes_of(db.read(), b"k").await;
    }
    assert_eq!(strikes_of(db.read(), b"first").await, None);
    assert_eq!(strikes_of(db.read(), b"k").await, Some((8, T0)));
}

/// Each writes a row, and commits it or not. They wait in order.
fn start_jobs(db: &Db, jobs: usize, commits: fn(usize) -> bool) -> Vec<JoinHandle<Result<(), DbErr>>> {
    (0..jobs).map(|n| tokio::spawn(job(db.clone(), n, commits(n)))).collect()
}

async fn job(db: Db, n: usize, commits: bool) -> Result<(), DbErr> {
    let tx = db.write().await?;
    strikes::set(&tx, format!("job {n}").as_bytes(), 1, T0).await?;
    if commits { tx.commit().await } else { Err(DbErr::RecordNotInserted) }
}

async fn rows(db: &Db) -> i64 {
    crate::schema::count(db, "strikes WHERE CAST(key AS TEXT) LIKE 'job %'").await
}

async fn one_more_strike(db: &Db) {
    let tx = db.write().await.unwrap();
    users::lock(&tx, user(1)).await.unwrap();
    let (points, _) = strikes_of(&tx, b"k").await.unwrap_or((0, T0));
    tokio::task::yield_now().await;
    strikes::set(&tx, b"k", points + 1, T0).await.unwrap();
    tx.commit().await.unwrap();
}
