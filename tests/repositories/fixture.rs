//! Rows that tests begin with. Small numbers make ids, so that a failing test names them readably.

use crate::database::TestDatabase;
use domain::ids::{BrowserId, FlowId, PasskeyId, SessionId, UserId};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use domain::time::Millis;
use keymend::server::db::known::{self, Known, Whom};
use keymend::server::db::passkeys::NewPasskey;
use keymend::server::db::sessions::NewSession;
use keymend::server::db::users::NewUser;
use keymend::server::db::{Db, StandIn, WriteTx, browsers, passkeys, users};
use sea_orm::ConnectionTrait;
use sea_orm::prelude::Uuid;

pub const T0: Millis = Millis(1_800_000_000_000);

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub const fn user(n: u128) -> UserId {
    UserId(Uuid::from_u128(n))
}

pub const fn passkey(n: u128) -> PasskeyId {
    PasskeyId(Uuid::from_u128(n))
}

pub const fn browser(n: u128) -> BrowserId {
    BrowserId(Uuid::from_u128(n))
}

pub const fn session(n: u128) -> SessionId {
    SessionId(Uuid::from_u128(n))
}

pub fn new_user(n: u128) -> NewUser {
    NewUser {
        id: user(n),
        handle: uuid(1_000 + n),
        identifier: format!("Person{n}@Example.org"),
        identifier_key: format!("person{n}@example.org"),
        password_hash: Some("$argon2id$secret".to_owned()),
        now: T0,
    }
}

pub fn new_passkey(n: u128, of: UserId) -> NewPasskey {
    NewPasskey {
        id: passkey(n),
        user: of,
        credential_id: credential_id(n),
        passkey: r#"{"cred":"secret"}"#.to_owned(),
        name: format!("Passkey {n}"),
        aaguid: Aaguid(n),
        transports: r#"["internal","hybrid"]"#.to_owned(),
        attachment: Some("platform".to_owned()),
        backup_eligible: true,
        backed_up: false,
        created_on: Platform::IpadOs,
        created_browser: Some(browser(1)),
        now: T0,
    }
}

/// Not UTF-8, with a zero in it.
pub fn credential_id(n: u128) -> Vec<u8> {
    [&[0xff, 0, 0xfe], n.to_be_bytes().as_slice()].concat()
}

pub fn new_session(n: u128, of: UserId) -> NewSession {
    NewSession {
        id: session(n),
        token_hash: token_hash(n),
        user: of,
        browser: browser(1),
        flow: FlowId(uuid(n)),
        healing: r#"{"at":"done"}"#.to_owned(),
        password_at: Some(T0),
        passkey_at: None,
        code_at: None,
        now: T0,
        expires_at: T0.plus(1_000),
    }
}

pub fn token_hash(n: u128) -> Vec<u8> {
    [n.to_le_bytes(), n.to_be_bytes()].concat()
}

/// The row that nobody's rows refer to, of those that are enough for a test.
pub fn nobody() -> StandIn {
    StandIn::of(b"nobody")
}

pub async fn add_user(tx: &WriteTx, n: u128) -> UserId {
    assert_eq!(users::create(tx, new_user(n)).await.unwrap(), users::Created::Created);
    user(n)
}

pub async fn add_passkey(tx: &WriteTx, n: u128, of: UserId) -> PasskeyId {
    assert_eq!(passkeys::add(tx, new_passkey(n, of)).await.unwrap(), passkeys::Added::Added);
    passkey(n)
}

pub async fn add_browser(tx: &WriteTx, n: u128) -> BrowserId {
    browsers::touch_or_create(tx, browser(n), &token_hash(n), Platform::MacOs, Browser::Safari, T0).await.unwrap();
    browser(n)
}

/// An account 1 with the passkeys 1 and 2, an account 2 with the passkey 3, and the browsers 1 and 2.
pub async fn two_people() -> (TestDatabase, Db) {
    two_people_in(TestDatabase::new().await).await
}

/// For what SQLite alone does so.
pub async fn two_people_on_sqlite() -> (TestDatabase, Db) {
    two_people_in(TestDatabase::sqlite()).await
}

async fn two_people_in(database: TestDatabase) -> (TestDatabase, Db) {
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    let (one, two) = (add_user(&tx, 1).await, add_user(&tx, 2).await);
    for (n, of) in [(1, one), (2, one), (3, two)] {
        add_passkey(&tx, n, of).await;
    }
    add_browser(&tx, 1).await;
    add_browser(&tx, 2).await;
    tx.commit().await.unwrap();
    (database, db)
}

/// What browser `b` knows of account `u`.
pub async fn known(c: &impl ConnectionTrait, b: u128, u: u128) -> Known {
    known::find(c, Whom::Id(user(u)), browser(b), b"nobody's").await.unwrap()
}

pub async fn strikes_of(c: &impl ConnectionTrait, key: &[u8]) -> Option<(u32, Millis)> {
    known::find(c, Whom::Id(user(0)), browser(0), key).await.unwrap().strikes
}
