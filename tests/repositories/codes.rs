use crate::fixture::{T0, known, nobody, two_people, user, uuid};
use keymend::server::db::pending::{self, Pending};
use keymend::server::db::users::{self, CodeKind};
use keymend::server::db::{mailed_codes, saved_codes};

#[tokio::test]
async fn a_mailed_code_has_so_many_tries_and_counts_once() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    mailed_codes::issue(&tx, b"key", Some(user(1)), nobody(), b"old", T0.plus(9)).await.unwrap();
    mailed_codes::issue(&tx, b"key", Some(user(1)), nobody(), b"new", T0.plus(9)).await.unwrap();
    mailed_codes::issue(&tx, b"nobody", None, nobody(), b"code", T0.plus(9)).await.unwrap();
    assert!(mailed_codes::is_waited_for(&tx, b"key", T0.plus(8)).await.unwrap());
    assert!(!mailed_codes::is_waited_for(&tx, b"key", T0.plus(9)).await.unwrap());
    for _ in 0..2 {
        assert_eq!(mailed_codes::count_try(&tx, b"key", 2, T0).await.unwrap().as_deref(), Some(&b"new"[..]));
    }
    assert_eq!(mailed_codes::count_try(&tx, b"key", 2, T0).await.unwrap(), None, "tried too often");
    assert_eq!(mailed_codes::count_try(&tx, b"nobody", 2, T0.plus(9)).await.unwrap(), None, "too old");
    assert!(!mailed_codes::spend(&tx, b"key", b"old").await.unwrap());
    assert!(mailed_codes::spend(&tx, b"key", b"new").await.unwrap());
    assert!(!mailed_codes::spend(&tx, b"key", b"new").await.unwrap());

    mailed_codes::issue(&tx, b"key", Some(user(1)), nobody(), b"new", T0.plus(20)).await.unwrap();
    assert_eq!(mailed_codes::purge(&tx, T0.plus(10)).await.unwrap(), 1);
    mailed_codes::forget_all_of_user(&tx, user(1)).await.unwrap();
    assert!(!mailed_codes::is_waited_for(&tx, b"key", T0).await.unwrap());
}

/// A right code is no guess, however often it is typed; a wrong one stays counted.
#[tokio::test]
async fn the_try_of_a_right_code_is_given_back() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    mailed_codes::issue(&tx, b"key", None, nobody(), b"code", T0.plus(9)).await.unwrap();
    for _ in 0..4 {
        assert!(mailed_codes::count_try(&tx, b"key", 2, T0).await.unwrap().is_some());
        mailed_codes::give_try_back(&tx, b"key", b"code").await.unwrap();
    }
    // None that was not counted, and not for another code.
    mailed_codes::give_try_back(&tx, b"key", b"code").await.unwrap();
    for _ in 0..2 {
        assert!(mailed_codes::count_try(&tx, b"key", 2, T0).await.unwrap().is_some());
        mailed_codes::give_try_back(&tx, b"key", b"another").await.unwrap();
    }
    assert_eq!(mailed_codes::count_try(&tx, b"key", 2, T0).await.unwrap(), None);
}

#[tokio::test]
async fn what_waits_for_a_code_is_replaced_expires_and_goes_with_its_account() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let wanted = |identifier: &str, hash: Option<&str>, user| Pending {
        identifier: identifier.to_owned(),
        password_hash: hash.map(str::to_owned),
        user,
    };
    pending::put(&tx, b"key", wanted("Ada@example.org", Some("$hash"), None), T0.plus(5)).await.unwrap();
    pending::put(&tx, b"key", wanted("ada@example.net", Some("$other"), None), T0.plus(9)).await.unwrap();
    pending::put(&tx, b"rename", wanted("bob@example.org", None, Some(user(1))), T0.plus(9)).await.unwrap();
    let found = pending::find(&tx, b"key", T0.plus(8)).await.unwrap().unwrap();
    assert_eq!(found, wanted("ada@example.net", Some("$other"), None));
    assert!(!format!("{found:?}").contains("$other"));
    assert_eq!(pending::find(&tx, b"key", T0.plus(9)).await.unwrap(), None, "too old");
    assert_eq!(pending::find(&tx, b"another", T0).await.unwrap(), None);

    users::delete(&tx, user(1)).await.unwrap();
    assert_eq!(pending::find(&tx, b"rename", T0).await.unwrap(), None);
    assert_eq!(pending::purge(&tx, T0.plus(9)).await.unwrap(), 0);
    assert_eq!(pending::purge(&tx, T0.plus(10)).await.unwrap(), 1);
    pending::put(&tx, b"key", wanted("ada", None, None), T0.plus(9)).await.unwrap();
    pending::remove(&tx, b"key").await.unwrap();
    assert_eq!(pending::find(&tx, b"key", T0).await.unwrap(), None);
}

#[tokio::test]
async fn saved_codes_are_replaced_as_a_set_and_each_counts_once() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let set = |from: u128| (from..from + 3).map(|n| (uuid(n), vec![u8::try_from(n).unwrap()])).collect::<Vec<_>>();
    assert_eq!(saved_codes::made_at(&tx, user(1)).await.unwrap(), None);
    saved_codes::replace(&tx, user(1), set(1), T0).await.unwrap();
    saved_codes::replace(&tx, user(2), set(11), T0).await.unwrap();
    assert_eq!(saved_codes::made_at(&tx, user(1)).await.unwrap(), Some(T0));
    assert!(saved_codes::is_good(&tx, user(1), &[1]).await.unwrap());
    assert!(!saved_codes::is_good(&tx, user(2), &[1]).await.unwrap(), "it is somebody else's");
    assert!(!saved_codes::spend(&tx, user(2), &[1], T0).await.unwrap());
    assert!(saved_codes::spend(&tx, user(1), &[1], T0).await.unwrap());
    assert!(!saved_codes::spend(&tx, user(1), &[1], T0).await.unwrap());
    assert!(!saved_codes::is_good(&tx, user(1), &[1]).await.unwrap());
    assert_eq!(known(&tx, 1, 1).await.saved_codes.left, 2);

    saved_codes::replace(&tx, user(1), set(21), T0.plus(1)).await.unwrap();
    assert!(!saved_codes::is_good(&tx, user(1), &[2]).await.unwrap());
    assert_eq!(known(&tx, 1, 1).await.saved_codes.left, 3);
    saved_codes::replace(&tx, user(1), Vec::new(), T0.plus(2)).await.unwrap();
    assert_eq!(known(&tx, 1, 1).await.saved_codes.left, 0);
    assert_eq!(known(&tx, 1, 2).await.saved_codes.left, 3);
}

#[tokio::test]
async fn another_password_remembers_what_it_was_set_with_and_a_deleted_account_leaves_nothing() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    users::replace_password(&tx, user(1), "$new", CodeKind::Saved, T0.plus(5)).await.unwrap();
    users::verify_address(&tx, user(1), T0.plus(6)).await.unwrap();
    let found = users::find(&tx, user(1)).await.unwrap().unwrap();
    assert_eq!((found.password_hash.as_deref(), found.password_by), (Some("$new"), Some(CodeKind::Saved)));
    assert_eq!((found.password_changed_at, found.verified_at), (T0.plus(5), Some(T0.plus(6))));
    users::take_password(&tx, &found, T0.plus(7)).await.unwrap();
    let found = users::find(&tx, user(1)).await.unwrap().unwrap();
    assert_eq!((found.password_hash, found.password_by), (None, None));
    saved_codes::replace(&tx, user(1), vec![(uuid(1), vec![1])], T0).await.unwrap();
    mailed_codes::issue(&tx, b"key", Some(user(1)), nobody(), b"code", T0.plus(9)).await.unwrap();
    users::delete(&tx, user(1)).await.unwrap();
    assert!(users::find(&tx, user(1)).await.unwrap().is_none());
    assert!(!mailed_codes::is_waited_for(&tx, b"key", T0).await.unwrap());
    assert!(users::find(&tx, user(2)).await.unwrap().is_some());
}
