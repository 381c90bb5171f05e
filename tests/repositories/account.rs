//! What the account page asks for, and the log of what happened.

use crate::fixture::{self, T0, browser, new_session, passkey, session, two_people, user, uuid};
use domain::audit::Event;
use keymend::server::db::audit::{self, NewEntry};
use keymend::server::db::users::{CodeKind, Renamed};
use keymend::server::db::{WriteTx, browsers, sessions, users};

#[tokio::test]
async fn events_come_back_newest_first_and_the_old_ones_go() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (n, event, of) in [(1, Event::SignedUp, 1), (2, Event::PasskeyAdded, 1), (3, Event::SignedUp, 2)] {
        add(&tx, n, event, of).await;
    }
    tx.commit().await.unwrap();
    let mine = audit::of_user(db.read(), user(1), None).await.unwrap();
    assert_eq!(mine.iter().map(|entry| entry.event.as_str()).collect::<Vec<_>>(), ["passkey-added", "signed-up"]);
    assert_eq!(
        (mine[0].browser, mine[0].session, mine[0].subject),
        (Some(browser(1)), Some(session(1)), Some(uuid(9)))
    );
    assert_eq!(audit::of_user(db.read(), user(1), Some(1)).await.unwrap().len(), 1);
    let tx = db.write().await.unwrap();
    assert_eq!(audit::purge(&tx, T0.plus(2)).await.unwrap(), 1);
    // Who deletes an account does not delete its traces.
    users::delete(&tx, user(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(audit::of_user(db.read(), user(1), None).await.unwrap().len(), 1);
}

async fn add(tx: &WriteTx, n: i64, event: Event, of: u128) {
    let entry = NewEntry {
        id: uuid(u128::try_from(n).unwrap()),
        at: T0.plus(n),
        event,
        user: Some(user(of)),
        browser: Some(browser(1)),
        session: Some(session(1)),
        subject: Some(uuid(9)),
        identifier_hash: None,
    };
    audit::add(tx, entry).await.unwrap();
}

#[tokio::test]
async fn only_sessions_that_are_alive_are_listed() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (n, of) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
        sessions::create(&tx, new_session(n, user(of))).await.unwrap();
    }
    sessions::seen(&tx, session(2), T0.plus(5), T0.plus(2_000)).await.unwrap();
    sessions::end(&tx, session(3), T0).await.unwrap();
    let alive = |since, now| sessions::alive_of_user(&tx, user(1), (T0.plus(since), T0.plus(now)), 9);
    let ids = |rows: Vec<sessions::Session>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(alive(0, 10).await.unwrap()), [session(2), session(1)]);
    assert_eq!(ids(sessions::alive_of_user(&tx, user(1), (T0, T0), 1).await.unwrap()), [session(2)], "the latest one");
    assert_eq!(sessions::count_alive_of_user(&tx, user(1), (T0, T0)).await.unwrap(), 2);
    let others = |one| sessions::others_are_alive(&tx, user(1), (session(1), one), T0);
    assert!(others(None).await.unwrap() && others(Some(session(2))).await.unwrap());
    for (one, why) in [(1, "itself"), (3, "ended"), (4, "of somebody else")] {
        assert!(!others(Some(session(one))).await.unwrap(), "{why}");
    }
    assert_eq!(ids(alive(1, 10).await.unwrap()), [session(2)], "the other one was not used lately");
    assert_eq!(ids(alive(0, 1_000).await.unwrap()), [session(2)], "the other one ran out");
    sessions::end(&tx, session(2), T0.plus(7)).await.unwrap();
    sessions::end(&tx, session(2), T0.plus(8)).await.unwrap();
    assert!(!sessions::others_are_alive(&tx, user(1), (session(1), None), T0).await.unwrap());
    let stored = async |most| {
        let all = sessions::all_of_user(&tx, user(1), most).await.unwrap();
        all.iter().map(|(row, ended)| (row.id, *ended)).collect::<Vec<_>>()
    };
    assert_eq!(stored(9).await, [(session(3), Some(T0)), (session(2), Some(T0.plus(7))), (session(1), None)]);
    assert_eq!(stored(1).await, [(session(3), Some(T0))], "the latest one");
}

#[tokio::test]
async fn a_browser_forgets_one_account_and_keeps_the_other() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for (at, of) in [(1, 1), (1, 2), (2, 1)] {
        let now = T0.plus(i64::try_from(at).unwrap());
        browsers::mark_known(&tx, browser(at), user(of), b"mark", now).await.unwrap();
        browsers::worked(&tx, browser(at), passkey(if of == 1 { 1 } else { 3 }), T0).await.unwrap();
    }
    let known = |since| browsers::known_to(&tx, user(1), T0.plus(since));
    let ids = |rows: Vec<(domain::ids::BrowserId, browsers::BrowserAccount)>| {
        rows.into_iter().map(|(browser, _)| browser).collect::<Vec<_>>()
    };
    assert_eq!(ids(known(0).await.unwrap()), [browser(2), browser(1)]);
    assert_eq!(ids(known(2).await.unwrap()), [browser(2)]);
    let machines = browsers::find_all(&tx, [browser(1), browser(7)]).await.unwrap();
    assert_eq!(machines.keys().collect::<Vec<_>>(), [&browser(1)]);

    assert!(browsers::forget_account(&tx, browser(1), user(1)).await.unwrap());
    assert!(!browsers::forget_account(&tx, browser(1), user(1)).await.unwrap());
    assert!(fixture::known(&tx, 1, 1).await.memory.is_empty());
    assert_eq!(fixture::known(&tx, 1, 2).await.memory.len(), 1);
    assert!(fixture::known(&tx, 1, 2).await.here.is_some());
    assert_eq!(ids(known(0).await.unwrap()), [browser(2)]);
    browsers::mark_known(&tx, browser(1), user(1), b"mark", T0).await.unwrap();
    assert_eq!(browsers::forget_account_elsewhere(&tx, browser(1), user(1)).await.unwrap(), 1);
    assert_eq!(browsers::forget_account_elsewhere(&tx, browser(1), user(1)).await.unwrap(), 0);
    assert_eq!(ids(known(0).await.unwrap()), [browser(1)]);
    assert!(browsers::everywhere(&tx, &[passkey(1)]).await.unwrap().is_empty());
    assert_eq!(browsers::everywhere(&tx, &[passkey(3)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_that_somebody_has_is_an_answer_and_no_error() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let taken = users::rename(&tx, user(1), "PERSON2@example.org", "person2@example.org", None).await.unwrap();
    assert_eq!(taken, Renamed::KeyTaken);
    drop(tx);
    let tx = db.write().await.unwrap();
    assert_eq!(users::rename(&tx, user(1), "Lovelace", "lovelace", None).await.unwrap(), Renamed::Renamed);
    tx.commit().await.unwrap();
    let one = users::find(db.read(), user(1)).await.unwrap().unwrap();
    assert_eq!((one.identifier.as_str(), one.identifier_key.as_str()), ("Lovelace", "lovelace"));
}

#[tokio::test]
async fn a_new_password_tells_since_when() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    users::change_password(&tx, user(1), "$argon2id$new", T0.plus(7)).await.unwrap();
    tx.commit().await.unwrap();
    let one = users::find(db.read(), user(1)).await.unwrap().unwrap();
    assert_eq!((one.password_hash.as_deref(), one.password_changed_at), (Some("$argon2id$new"), T0.plus(7)));
    let two = users::find(db.read(), user(2)).await.unwrap().unwrap();
    assert_eq!(two.password_changed_at, T0);
}

#[tokio::test]
async fn passwords_that_were_taken_away_are_remembered_up_to_a_number_and_no_others_are() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let locked = async || users::lock(&tx, user(1)).await.unwrap().unwrap();
    assert!(locked().await.void_passwords.is_empty());
    users::take_password(&tx, &locked().await, T0.plus(1)).await.unwrap();
    assert_eq!(locked().await.void_passwords, ["$argon2id$secret"]);
    // There is none to take away.
    users::take_password(&tx, &locked().await, T0.plus(2)).await.unwrap();
    assert_eq!(locked().await.void_passwords, ["$argon2id$secret"]);

    // What somebody changes was not taken away.
    users::change_password(&tx, user(1), "$1", T0.plus(3)).await.unwrap();
    users::replace_password(&tx, user(1), "$2", CodeKind::Mailed, T0.plus(4)).await.unwrap();
    users::set_password_hash(&tx, user(1), "$2-stronger").await.unwrap();
    users::reset(&tx, &locked().await, "$3", T0.plus(5)).await.unwrap();
    let found = locked().await;
    assert_eq!((found.password_hash.as_deref(), found.is_reset()), (Some("$3"), true));
    assert_eq!(found.void_passwords, ["$2-stronger", "$argon2id$secret"]);
    users::spend_reset(&tx, &locked().await).await.unwrap();
    let found = locked().await;
    assert_eq!((found.password_hash.as_deref(), found.is_reset()), (None, true));
    assert_eq!(found.void_passwords, ["$3", "$2-stronger", "$argon2id$secret"]);

    for hash in ["$4", "$5", "$6"] {
        users::change_password(&tx, user(1), hash, T0.plus(6)).await.unwrap();
        users::take_password(&tx, &locked().await, T0.plus(7)).await.unwrap();
    }
    assert_eq!(locked().await.void_passwords, ["$6", "$5", "$4", "$3", "$2-stronger"]);
    assert!(users::find(&tx, user(2)).await.unwrap().unwrap().void_passwords.is_empty());
}
