use crate::fixture::{T0, browser, known, session, two_people, user, uuid};
use keymend::server::db::notices::{self, NewNotice};
use keymend::server::db::outbox;

#[tokio::test]
async fn a_mail_is_taken_by_one_until_its_turn_comes_again() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    outbox::put(&tx, uuid(2), "second".to_owned(), T0.plus(1), T0.plus(9)).await.unwrap();
    outbox::put(&tx, uuid(1), "first".to_owned(), T0, T0.plus(9)).await.unwrap();
    tx.commit().await.unwrap();
    let due = outbox::due(db.read(), T0.plus(1), 9).await.unwrap();
    assert_eq!(due.iter().map(|mail| mail.mail.as_str()).collect::<Vec<_>>(), ["first", "second"]);
    assert_eq!(outbox::due(db.read(), T0.plus(1), 1).await.unwrap().len(), 1);

    let tx = db.write().await.unwrap();
    assert!(outbox::take(&tx, &due[0], T0.plus(5)).await.unwrap());
    assert!(!outbox::take(&tx, &due[0], T0.plus(6)).await.unwrap(), "somebody else saw it before it was taken");
    outbox::remove(&tx, uuid(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(outbox::due(db.read(), T0.plus(4), 9).await.unwrap(), []);
    let again = outbox::due(db.read(), T0.plus(5), 9).await.unwrap();
    assert_eq!((again.len(), again[0].attempts, again[0].id), (1, 1, uuid(1)));
}

/// Who shows a dashboard learns with everything else whether there are news that somebody here has not made themselves.
#[tokio::test]
async fn what_was_told_of_others_is_known() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let told = async |b| known(&tx, b, 1).await.told_at;
    assert_eq!([told(1).await, told(2).await], [None, None]);
    for (n, browser) in [(1, Some(browser(1))), (2, Some(browser(2))), (3, None)] {
        let news = NewNotice { browser, ..notice(n) };
        notices::add(&tx, news).await.unwrap();
    }
    assert_eq!([told(1).await, told(2).await], [Some(T0.plus(3)); 2]);
    assert!(notices::disown(&tx, uuid(3), T0.plus(9)).await.unwrap());
    assert_eq!([told(1).await, told(2).await], [Some(T0.plus(2)), Some(T0.plus(1))]);
    assert!(notices::disown(&tx, uuid(2), T0.plus(9)).await.unwrap());
    assert_eq!([told(1).await, told(2).await], [None, Some(T0.plus(1))]);
    assert_eq!(known(&tx, 2, 2).await.told_at, None, "it is somebody else's");
}

fn notice(n: u128) -> NewNotice {
    NewNotice {
        id: uuid(n),
        user: user(1),
        news: "{}".to_owned(),
        session: Some(session(1)),
        browser: Some(browser(1)),
        token_hash: vec![u8::try_from(n).unwrap()],
        now: T0.plus(i64::try_from(n).unwrap()),
    }
}

#[tokio::test]
async fn what_was_told_is_found_by_its_token_and_disowned_once() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for n in [1, 2] {
        notices::add(&tx, notice(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let told = async |since| {
        let told = notices::of_user(db.read(), user(1), since, 9).await.unwrap();
        told.into_iter().map(|notice| notice.id).collect::<Vec<_>>()
    };
    assert_eq!(told(T0).await, [uuid(2), uuid(1)]);
    assert_eq!(told(T0.plus(2)).await, [uuid(2)]);
    assert!(notices::of_user(db.read(), user(2), T0, 9).await.unwrap().is_empty());
    assert!(notices::find(db.read(), user(2), uuid(1)).await.unwrap().is_none(), "it is somebody else's");
    assert!(notices::find(db.read(), user(1), uuid(1)).await.unwrap().is_some());
    assert_eq!(notices::find_by_token(db.read(), &[2]).await.unwrap().unwrap().id, uuid(2));
    assert!(notices::find_by_token(db.read(), &[3]).await.unwrap().is_none());

    let tx = db.write().await.unwrap();
    assert!(notices::disown(&tx, uuid(2), T0.plus(3)).await.unwrap());
    assert!(!notices::disown(&tx, uuid(2), T0.plus(4)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(told(T0).await, [uuid(1)]);
    let tx = db.write().await.unwrap();
    assert_eq!(notices::purge(&tx, T0.plus(2)).await.unwrap(), 1);
}
