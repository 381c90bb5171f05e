use crate::database::TestDatabase;
use crate::fixture::{
    T0, add_passkey, add_user, browser, credential_id, known, passkey, strikes_of, two_people, user, uuid,
};
use domain::intelligence::{Here, OfferHistory};
use domain::time::Millis;
use keymend::server::db::known::{self, Blocked, Known, Limits, SavedCodes, Whom};
use keymend::server::db::users::CodeKind;
use keymend::server::db::{Db, attempts, browsers, challenges, passkeys, saved_codes, strikes, users};
use sea_orm::{ConnectionTrait as _, Statement};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

const T1: Millis = Millis(T0.0 + 1);
const T2: Millis = Millis(T0.0 + 2);

fn ids(known: &Known) -> Vec<u128> {
    known.passkeys.iter().map(|row| row.id.0.as_u128()).collect()
}

#[tokio::test]
async fn one_statement_reads_what_each_part_wrote() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::mark_known(&tx, browser(1), user(1), b"mark", T1).await.unwrap();
    browsers::worked(&tx, browser(1), passkey(2), T2).await.unwrap();
    strikes::set(&tx, b"key", 1_500, T1).await.unwrap();
    saved_codes::replace(&tx, user(1), vec![(uuid(1), vec![1]), (uuid(2), vec![2])], T0).await.unwrap();
    assert!(saved_codes::spend(&tx, user(1), &[2], T1).await.unwrap());
    // Within the transaction, and by either way to the account.
    for whom in [Whom::Key("person1@example.org"), Whom::Id(user(1))] {
        for known in [
            known::find(&tx, whom, browser(1), b"key").await.unwrap(),
            known::lock(&tx, whom, browser(1), b"key").await.unwrap(),
        ] {
            let found = known.user.as_ref().unwrap();
            assert_eq!((found.id, found.identifier.as_str()), (user(1), "Person1@Example.org"));
            assert_eq!(found.password_hash.as_deref(), Some("$argon2id$secret"));
            assert_eq!(ids(&known), [1, 2]);
            assert_eq!(known.passkeys[1].credential_id, credential_id(2));
            let worked = Here { worked: Some(T2), ..Here::default() };
            assert_eq!((known.memory.len(), known.memory.get(&passkey(2))), (1, Some(&worked)));
            let here = known.here.unwrap();
            assert_eq!((here.mark_hash, here.verified), (Some(b"mark".to_vec()), Some(T1)));
            assert_eq!(known.strikes, Some((1_500, T1)));
            assert_eq!(known.saved_codes, SavedCodes { made: 2, left: 1 });
        }
    }
}

/// They are read by their places: each has a value that no other of its kind has.
#[tokio::test]
async fn each_column_is_read_into_its_own_field() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::mark_known(&tx, browser(1), user(1), b"mark", T1).await.unwrap();
    browsers::worked(&tx, browser(1), passkey(1), T2).await.unwrap();
    for sql in [
        "UPDATE passkeys SET created_browser = (SELECT handle FROM users WHERE identifier_key LIKE 'person2%')",
        "UPDATE users SET created_at = 11, password_changed_at = 12, verified_at = 13, password_by = 'saved', reset_at = 14",
        "UPDATE passkeys SET attachment = 'cross-platform', created_at = 21, created_on = 'ios', last_used_at = 22, \
            last_used_on = 'android', backed_up = (1 = 1), backup_eligible = (1 = 0)",
        "UPDATE browser_passkeys SET created_at = 31, worked_at = 32, failed_at = 33, failures = 34, absent_at = 35, \
            across_at = 36",
        "UPDATE browser_accounts SET first_seen_at = 41, verified_at = 42, offers_declined = 43, \
            offers_paused_until = 44, present_at = 45, failures_since_present = 46",
    ] {
        tx.execute_unprepared(sql).await.unwrap();
    }
    let found = known::find(&tx, Whom::Id(user(1)), browser(1), b"key").await.unwrap();
    let user = found.user.clone().unwrap();
    assert!(user == users::find(&tx, user.id).await.unwrap().unwrap());
    assert_eq!(
        (user.created_at, user.password_changed_at, user.verified_at),
        (Millis(11), Millis(12), Some(Millis(13)))
    );
    assert_eq!((user.password_by, ids(&found)), (Some(CodeKind::Saved), vec![1, 2]));
    for (row, id) in found.passkeys.iter().zip([passkey(1), passkey(2)]) {
        assert!(*row == passkeys::find(&tx, id).await.unwrap().unwrap());
    }
    assert_eq!((found.passkeys[0].created_at, found.passkeys[0].last_used_at), (Millis(21), Some(Millis(22))));
    let [created, worked, failed, absent, across] = [31, 32, 33, 35, 36].map(|at| Some(Millis(at)));
    let here = Here { created, worked, failed, failures: 34, absent, across };
    assert_eq!(found.memory.get(&passkey(1)), Some(&here));
    let met = found.here.unwrap();
    assert_eq!((met.first_seen, met.verified), (Millis(41), Some(Millis(42))));
    let [paused_until, present] = [44, 45].map(|at| Some(Millis(at)));
    assert_eq!(met.offers, OfferHistory { declined: 43, paused_until, present, failures_since_present: 46 });
}

/// The ceremony ends with the question, and is asked about once.
#[tokio::test]
async fn an_answer_counts_once_and_is_told_what_is_known() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx, b"key", 1_500, T1).await.unwrap();
    tx.commit().await.unwrap();
    let ask = async |challenge: &[u8], whom| {
        let (tx, found) = known::write_spend_and_lock(&db, (challenge, T2), whom, browser(1), b"key").await.unwrap();
        tx.commit().await.unwrap();
        found
    };
    let found = ask(b"one", user(1)).await.unwrap();
    assert_eq!((ids(&found), found.strikes), (vec![1, 2], Some((1_500, T1))));
    assert!(ask(b"one", user(1)).await.is_none());
    assert!(ask(b"one", user(2)).await.is_none(), "whoever asks");
    assert_eq!(ids(&ask(b"two", user(2)).await.unwrap()), [3]);
    let nobody = ask(b"three", user(9)).await.unwrap();
    assert!(nobody.user.is_none() && nobody.passkeys.is_empty());
    let tx = db.write().await.unwrap();
    assert!(!challenges::spend(&tx, b"three", T2).await.unwrap(), "also for nobody");
    assert!(!challenges::spend(&tx, b"one", T2).await.unwrap());
    assert_eq!(challenges::purge(&tx, T2).await.unwrap(), 0);
    assert_eq!(challenges::purge(&tx, Millis(T2.0 + 1)).await.unwrap(), 3);
}

#[tokio::test]
async fn what_is_of_others_is_left_out() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (b, u, p) in [(2, 1, 1), (1, 2, 3)] {
        browsers::mark_known(&tx, browser(b), user(u), b"mark", T1).await.unwrap();
        browsers::worked(&tx, browser(b), passkey(p), T2).await.unwrap();
    }
    saved_codes::replace(&tx, user(2), vec![(uuid(1), vec![1])], T0).await.unwrap();
    strikes::set(&tx, b"another key", 1, T1).await.unwrap();
    let found = known::find(&tx, Whom::Id(user(1)), browser(1), b"key").await.unwrap();
    assert_eq!(ids(&found), [1, 2]);
    assert!(found.memory.is_empty() && found.here.is_none() && found.strikes.is_none());
    assert_eq!(found.saved_codes, SavedCodes::default());
}

#[tokio::test]
async fn the_passkeys_are_those_that_can_be_used_the_oldest_first() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    add_passkey(&tx, 4, user(1)).await;
    assert!(passkeys::remove(&tx, user(1), passkey(1), T1).await.unwrap());
    assert_eq!(ids(&known(&tx, 1, 1).await), [2, 4]);
    for n in [2, 4] {
        assert!(passkeys::remove(&tx, user(1), passkey(n), T1).await.unwrap());
    }
    let none = known(&tx, 1, 1).await;
    assert!(none.user.is_some() && none.passkeys.is_empty() && none.memory.is_empty());
}

#[tokio::test]
async fn of_nobody_the_strikes_are_known() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    strikes::set(&tx, b"key", 7, T1).await.unwrap();
    for whom in [Whom::Key("nobody"), Whom::Id(user(9))] {
        for found in [
            known::find(&tx, whom, browser(1), b"key").await.unwrap(),
            known::lock(&tx, whom, browser(1), b"key").await.unwrap(),
        ] {
            assert!(found.user.is_none() && found.passkeys.is_empty() && found.here.is_none(), "{found:?}");
            assert_eq!(found.strikes, Some((7, T1)));
        }
    }
}

/// On SQLite the transaction is the lock, of somebody and of nobody.
#[tokio::test]
async fn where_nobody_has_a_name_another_row_is_locked() {
    let (database, db) = two_people().await;
    let of_nobody = if database.is_postgres() { 255 } else { 256 };
    for (whom, free) in [("nobody", of_nobody), ("person1@example.org", 256)] {
        let tx = db.write().await.unwrap();
        known::lock(&tx, Whom::Key(whom), browser(1), b"key").await.unwrap();
        assert_eq!(free_stand_ins(&db, &database).await, free, "{whom}");
        tx.commit().await.unwrap();
        assert_eq!(free_stand_ins(&db, &database).await, 256);
    }
}

/// From any browser, and whatever it writes: what one step of a name counts the next finds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_steps_of_one_name_take_turns_whether_somebody_has_it_or_nobody() {
    let (_database, db) = two_people().await;
    for whom in ["person1@example.org", "nobody"] {
        let key = whom.as_bytes();
        let mut steps = JoinSet::new();
        for n in 0..8 {
            let db = db.clone();
            steps.spawn(async move {
                let tx = db.write().await.unwrap();
                let found = known::lock(&tx, Whom::Key(whom), browser(n % 2), key).await.unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
                strikes::set(&tx, key, found.strikes.map_or(0, |(points, _)| points) + 1, T1).await.unwrap();
                tx.commit().await.unwrap();
            });
        }
        steps.join_all().await;
        assert_eq!(strikes_of(db.read(), key).await, Some((8, T1)), "{whom}");
    }
}

/// Whoever signs up while another step of the name waits for its turn: that step finds the account, and has it to itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_was_made_meanwhile_is_locked_too() {
    let (_database, db) = two_people().await;
    let first = db.write().await.unwrap();
    known::lock(&first, Whom::Key("person3@example.org"), browser(1), b"key").await.unwrap();
    let second = tokio::spawn({
        let db = db.clone();
        async move {
            let tx = db.write().await.unwrap();
            let found = known::lock(&tx, Whom::Key("person3@example.org"), browser(2), b"key").await.unwrap();
            (tx, found)
        }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    add_user(&first, 3).await;
    // SQLite answers it together with the second.
    let first = tokio::spawn(first.commit());
    let (second, found) = second.await.unwrap();
    assert_eq!(found.user.unwrap().id, user(3));
    let third = async {
        let tx = db.write().await.unwrap();
        users::lock(&tx, user(3)).await.unwrap();
    };
    assert!(timeout(Duration::from_millis(50), third).await.is_err());
    second.commit().await.unwrap();
    first.await.unwrap().unwrap();
}

/// And two names do not wait for each other. SQLite has one writer.
#[tokio::test]
async fn nobody_waits_for_somebody_else() {
    let (database, db) = two_people().await;
    if !database.is_postgres() {
        let first = db.write().await.unwrap();
        assert!(timeout(Duration::from_millis(50), db.write()).await.is_err());
        return drop(first);
    }
    let first = db.write().await.unwrap();
    known::lock(&first, Whom::Key("nobody"), browser(1), b"key").await.unwrap();
    // One of them has the same stand-in: there are 256.
    for n in 0..300 {
        let second = db.write().await.unwrap();
        let whom = format!("nobody else {n}");
        known::lock(&second, Whom::Key(&whom), browser(1), b"key").await.unwrap();
        second.commit().await.unwrap();
    }
    let same = db.write().await.unwrap();
    let waits = known::lock(&same, Whom::Key("nobody"), browser(2), b"another");
    assert!(timeout(Duration::from_millis(100), waits).await.is_err());
}

async fn free_stand_ins(db: &Db, database: &TestDatabase) -> i64 {
    let free = if database.is_postgres() { "FOR NO KEY UPDATE SKIP LOCKED" } else { "" };
    let sql = format!("SELECT count(*) AS free FROM (SELECT key FROM stand_ins {free}) AS s");
    db.read()
        .query_one_raw(Statement::from_string(db.read().get_database_backend(), sql))
        .await
        .unwrap()
        .unwrap()
        .try_get("", "free")
        .unwrap()
}

/// Until when no password is looked at is told by the rows of this browser or of all others, never by those of somebody else.
#[tokio::test]
async fn the_limits_of_passwords_come_with_what_is_known() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (key, until) in [(b"known", 10), (b"other", 20), (b"place", 30), (b"round", 40), (b"alien", 90)] {
        attempts::set(&tx, key, 1, T0, T0.plus(until)).await.unwrap();
    }
    let ask = async |whom, known, others| {
        let limits = Limits { known, others };
        known::find_with_limits(&tx, whom, browser(1), b"key", limits).await.unwrap()
    };
    let [known, other, place, round, none]: [Option<&[u8]>; 5] =
        [b"known", b"other", b"place", b"round", b"never"].map(|key| Some(&key[..]));
    let whom = Whom::Key("person1@example.org");
    let (found, blocked) = ask(whom, known, [other, round, place]).await;
    assert_eq!((found.user.as_ref().map(|user| user.id), ids(&found)), (Some(user(1)), vec![1, 2]));
    assert_eq!(blocked, Blocked { known: T0.plus(10), others: T0.plus(40) });
    for (others, until) in
        [([other, None, None], T0.plus(20)), ([other, place, none], T0.plus(30)), ([None; 3], Millis(0))]
    {
        let (_, blocked) = ask(Whom::Id(user(1)), none, others).await;
        assert_eq!(blocked, Blocked { known: Millis(0), others: until }, "{others:?}");
    }
    let (nobody, blocked) = ask(Whom::Key("nobody"), known, [other, None, None]).await;
    assert!(nobody.user.is_none());
    assert_eq!(blocked, Blocked { known: T0.plus(10), others: T0.plus(20) }, "nobody waits as anybody does");

    tx.commit().await.unwrap();
    for (limits, until) in [
        ([known, None, None], T0.plus(10)),
        ([none, place, round], T0.plus(40)),
        ([other, place, none], T0.plus(30)),
        ([none, none, none], Millis(0)),
        ([None; 3], Millis(0)),
    ] {
        let whom = Whom::Id(user(1));
        let begun = known::write_and_lock_with_limit(&db, whom, browser(1), b"key", limits).await;
        let (_tx, found, blocked) = begun.unwrap();
        assert_eq!((ids(&found), blocked), (vec![1, 2], until));
    }
}
