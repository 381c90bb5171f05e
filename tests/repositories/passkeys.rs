use crate::fixture::{T0, browser, credential_id, new_passkey, passkey, two_people, user, uuid};
use domain::platform::Platform;
use domain::provider::Aaguid;
use keymend::server::db::passkeys::{self, Added, NewPasskey, PasskeyRow, Use};

#[tokio::test]
async fn a_passkey_comes_back_as_it_was_stored() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let aaguid = Aaguid(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd);
    let _ = passkeys::add(&tx, NewPasskey { aaguid, ..new_passkey(9, user(2)) }).await.unwrap();
    tx.commit().await.unwrap();

    let expected = PasskeyRow {
        id: passkey(9),
        user: user(2),
        credential_id: credential_id(9),
        passkey: r#"{"cred":"secret"}"#.to_owned(),
        name: "Passkey 9".to_owned(),
        aaguid,
        transports: r#"["internal","hybrid"]"#.to_owned(),
        attachment: Some("platform".to_owned()),
        backup_eligible: true,
        backed_up: false,
        created_at: T0,
        created_on: Platform::IpadOs,
        created_browser: Some(browser(1)),
        last_used_at: None,
        last_used_on: None,
        removed_at: None,
    };
    assert_eq!(passkeys::find(db.read(), passkey(9)).await.unwrap(), Some(expected.clone()));
    assert_eq!(passkeys::find_by_credential_id(db.read(), &credential_id(9)).await.unwrap(), Some(expected));
    assert_eq!(passkeys::find_by_credential_id(db.read(), b"").await.unwrap(), None);
    assert_eq!(passkeys::find(db.read(), passkey(99)).await.unwrap(), None);
}

#[tokio::test]
async fn those_of_an_account_come_oldest_first_and_without_the_removed() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    let _ = passkeys::add(&tx, NewPasskey { now: T0.plus(-1), ..new_passkey(4, user(1)) }).await.unwrap();
    assert!(passkeys::remove(&tx, user(1), passkey(1), T0).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(ids(&db, 1).await, [passkey(4), passkey(2)]);
    assert_eq!(ids(&db, 2).await, [passkey(3)]);
    assert_eq!(ids(&db, 3).await, []);
}

#[tokio::test]
async fn one_that_answers_is_found_with_the_handle_of_whoever_can_use_it() {
    let (_database, db) = two_people().await;
    let find = async |key, n| passkeys::find_of(db.read(), key, &credential_id(n)).await.unwrap();
    let (row, handle) = find("person1@example.org", 2).await.unwrap();
    assert_eq!(Some(row), passkeys::find(db.read(), passkey(2)).await.unwrap());
    assert_eq!(handle, uuid(1_001));
    assert_eq!(find("person2@example.org", 2).await, None, "it is somebody else's");
    assert_eq!(find("Person1@Example.org", 2).await, None, "that is not the comparable identifier");
    assert_eq!(find("person1@example.org", 99).await, None);
    let tx = db.write().await.unwrap();
    assert!(passkeys::remove(&tx, user(1), passkey(2), T0).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(find("person1@example.org", 2).await, None);
}

#[tokio::test]
async fn a_credential_is_never_registered_twice_not_even_after_its_removal() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    passkeys::remove(&tx, user(1), passkey(1), T0).await.unwrap();
    let again = NewPasskey { credential_id: credential_id(1), ..new_passkey(8, user(2)) };
    assert_eq!(passkeys::add(&tx, again).await.unwrap(), Added::Taken);
    assert_eq!(passkeys::add(&tx, new_passkey(9, user(2))).await.unwrap(), Added::Added);
    tx.commit().await.unwrap();
    let found = passkeys::find_by_credential_id(db.read(), &credential_id(1)).await.unwrap().unwrap();
    assert_eq!((found.user, found.removed_at), (user(1), Some(T0)));
}

#[tokio::test]
async fn a_use_updates_what_the_signature_changed() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    passkeys::used(
        &tx,
        passkey(1),
        &Use { changed: Some("{}"), backed_up: true, now: T0.plus(5), on: Platform::Windows },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let one = passkeys::find(db.read(), passkey(1)).await.unwrap().unwrap();
    assert_eq!((one.passkey.as_str(), one.backed_up, one.backup_eligible), ("{}", true, true));
    assert_eq!((one.last_used_at, one.last_used_on), (Some(T0.plus(5)), Some(Platform::Windows)));
    assert_eq!(passkeys::find(db.read(), passkey(2)).await.unwrap().unwrap().last_used_at, None);
}

#[tokio::test]
async fn only_the_owner_renames_and_removes_and_only_once() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    assert!(!passkeys::rename(&tx, user(2), passkey(1), "mine").await.unwrap());
    assert!(!passkeys::remove(&tx, user(2), passkey(1), T0).await.unwrap());
    assert!(passkeys::rename(&tx, user(1), passkey(1), "Schlüssel 🔑").await.unwrap());
    assert!(passkeys::remove(&tx, user(1), passkey(1), T0).await.unwrap());
    assert!(!passkeys::remove(&tx, user(1), passkey(1), T0.plus(1)).await.unwrap());
    assert!(!passkeys::rename(&tx, user(1), passkey(1), "gone").await.unwrap());
    tx.commit().await.unwrap();
    let one = passkeys::find(db.read(), passkey(1)).await.unwrap().unwrap();
    assert_eq!((one.name.as_str(), one.removed_at), ("Schlüssel 🔑", Some(T0)));
}

#[tokio::test]
async fn what_is_printed_holds_neither_credential_nor_key_nor_name() {
    let (_database, db) = two_people().await;
    let row = passkeys::find(db.read(), passkey(1)).await.unwrap().unwrap();
    for text in [format!("{row:?}"), format!("{:?}", new_passkey(1, user(1)))] {
        assert!(!text.contains("secret") && !text.contains("255, 0, 254") && !text.contains("Passkey 1"), "{text}");
    }
}

async fn ids(db: &keymend::server::db::Db, n: u128) -> Vec<domain::ids::PasskeyId> {
    passkeys::of_user(db.read(), user(n)).await.unwrap().into_iter().map(|row| row.id).collect()
}
