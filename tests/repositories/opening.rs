use crate::database::TestDatabase;
use crate::fixture::{
    T0, add_browser, add_passkey, add_user, browser, credential_id, new_session, nobody, passkey, session, strikes_of,
    token_hash, two_people, user, uuid,
};
use crate::healing::{add_event, start_heal};
use domain::audit::Event;
use domain::ids::{BrowserId, FlowId, PasskeyId};
use domain::intelligence::Here;
use domain::platform::{Browser, Platform};
use domain::time::Millis;
use keymend::server::db::attempts::{self, Attempts};
use keymend::server::db::audit::{self, Entry, NewEntry};
use keymend::server::db::browsers::{self, BrowserAccount, BrowserRow};
use keymend::server::db::decisions::{self, SIGN_IN, StoredDecision};
use keymend::server::db::failure_events::{self, FailureEvent};
use keymend::server::db::heals::{self, Heal};
use keymend::server::db::installation::{self, GENERATION, GhostShare, Installation};
use keymend::server::db::known::{self, Blocked, Limits, SavedCodes, Whom};
use keymend::server::db::notices::{self, NewNotice, Notice};
use keymend::server::db::outbox::{self, Waiting};
use keymend::server::db::passkeys::{self, PasskeyRow, Use};
use keymend::server::db::pending::{self, Pending};
use keymend::server::db::sessions::{self, Session};
use keymend::server::db::users::{self, CodeKind, Renamed, User};
use keymend::server::db::{Db, Work, backup, challenges, file_url, is_first, mailed_codes, saved_codes, strikes};
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, TransactionTrait as _};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

#[tokio::test]
async fn opening_again_keeps_what_is_there() {
    let (database, db) = two_people().await;
    db.ping().await.unwrap();
    db.close().await;
    assert!(db.ping().await.is_err());
    let again = database.open().await;
    assert!(users::find(again.read(), user(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn several_instances_may_start_at_once() {
    let database = TestDatabase::new().await;
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move { Db::open(&url).await })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_database_that_a_newer_version_has_changed_beyond_us_is_refused() {
    let (database, db) = two_people().await;
    from_the_future(&db, GENERATION + 1).await;
    let error = Db::open(database.url()).await.err().unwrap().to_string();
    assert!(
        error.contains("newer version of Keymend") && error.contains("m29991231_000001_from_the_future"),
        "{error}"
    );
}

/// The rule of migrations is that they add: then the program of the version before goes on working beside the new one.
/// It is running when they happen, with its statements prepared.
#[tokio::test]
async fn a_database_to_which_a_newer_version_has_added_is_used_as_ever() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tables = columns_of(db.read()).await;
    let as_ever = lives(&db, &tables).await;

    from_the_future(&db, GENERATION).await;
    for table in tables.keys() {
        let sql = format!(
            "ALTER TABLE {table} ADD COLUMN shoe_size INTEGER;
             ALTER TABLE {table} ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';
             CREATE INDEX {table}_by_colour ON {table} (colour, shoe_size)"
        );
        db.read().execute_unprepared(&sql).await.unwrap();
    }
    let sql = "CREATE TABLE hats (user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE)";
    db.read().execute_unprepared(sql).await.unwrap();
    assert_eq!(lives(&db, &tables).await, as_ever);

    let again = database.open().await;
    fill(&again).await;
    again.read().execute_unprepared("INSERT INTO hats (user_id) SELECT id FROM users").await.unwrap();
    assert_eq!((find(&again).await, rows_of(again.read(), &tables).await), as_ever);
    // An account that is deleted takes along what it has in the new table.
    empty(&again, &tables).await;
    assert_eq!(crate::schema::count(&again, "hats").await, 0);
}

/// SQLite cannot change everything about a table, so a newer version may make one anew, with its columns in any order.
#[tokio::test]
async fn a_table_that_a_newer_version_has_made_anew_is_used_as_ever() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tables = columns_of(db.read()).await;
    let as_ever = lives(&db, &tables).await;

    from_the_future(&db, GENERATION).await;
    make_anew(&db, &tables).await;
    for (table, columns) in columns_of(db.read()).await {
        assert_eq!((columns[0].as_str(), &columns[1..]), ("colour", &*tables[&table]), "{table}");
    }
    db.close().await;
    let again = database.open().await;
    assert_eq!(lives(&again, &tables).await, as_ever);
}

/// The versions are told apart by their schemas. What one of them has stored is carried along, and is then what this one
/// would have stored, had it known no more.
#[tokio::test]
async fn what_every_version_before_has_stored_is_found_by_this_one() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tables = columns_of(db.read()).await;
    fill(&db).await;
    let another = TestDatabase::new().await;
    let today = another.open().await;
    let at_first = rows_of(today.read(), &tables).await;
    for applied in 1..Migrator::migrations().len() {
        let earlier = TestDatabase::new().await;
        let before = connect(&earlier).await;
        let tx = before.begin().await.unwrap();
        Migrator::up(&tx, Some(u32::try_from(applied).unwrap())).await.unwrap();
        tx.commit().await.unwrap();
        let columns = columns_of(&before).await;
        let rows = rows_of(db.read(), &columns).await;
        store(&before, &columns, &rows).await;
        before.close().await.unwrap();

        let after = earlier.open().await;
        assert_eq!(rows_of(after.read(), &columns).await, rows, "after {applied} migrations");
        // Tables that it did not have yet are as they begin.
        let (mut all_columns, mut all_rows) = (tables.clone(), at_first.clone());
        all_columns.extend(columns);
        all_rows.extend(rows);
        store(today.read(), &all_columns, &all_rows).await;
        assert_eq!(rows_of(after.read(), &tables).await, rows_of(today.read(), &tables).await);
        let found = find(&after).await;
        assert_eq!(found, find(&today).await, "after {applied} migrations");
        assert!(found.users[0].is_some() && found.passkeys.len() == 2, "{found:?}");
        after.close().await;
    }
}

/// The columns of each table, in their order.
type Columns = BTreeMap<String, Vec<String>>;
/// The values of each row, as SQL writes them.
type Rows = BTreeMap<String, Vec<String>>;

/// Stores, finds and deletes something in every table. What was found, and what was stored in these columns.
async fn lives(db: &Db, tables: &Columns) -> (Found, Rows) {
    fill(db).await;
    let lived = (find(db).await, rows_of(db.read(), tables).await);
    for (table, rows) in &lived.1 {
        assert!(!rows.is_empty(), "nothing was stored in {table}");
    }
    empty(db, tables).await;
    lived
}

const LATER: Millis = Millis(T0.0 + 100_000);

/// What accounts, browsers and strangers leave behind, with a statement of each kind.
async fn fill(db: &Db) {
    let tx = db.write().await.unwrap();
    let (one, two) = (add_user(&tx, 1).await, add_user(&tx, 2).await);
    for (n, of) in [(1, one), (2, one), (3, two)] {
        add_passkey(&tx, n, of).await;
    }
    let (here, there) = (add_browser(&tx, 1).await, add_browser(&tx, 2).await);
    browsers::touch(&tx, here, &token_hash(1), Platform::Ios, Browser::Edge, T0.plus(1)).await.unwrap();
    users::mark_had_passkey(&tx.later(), one).await.unwrap();
    users::verify_address(&tx, one, T0.plus(1)).await.unwrap();
    users::replace_password(&tx, one, "$by-code", CodeKind::Saved, T0.plus(2)).await.unwrap();
    let other = users::lock(&tx, two).await.unwrap().unwrap();
    users::reset(&tx, &other, "$by-the-operator", T0.plus(3)).await.unwrap();
    assert_eq!(users::rename(&tx, two, "Two", "two", None).await.unwrap(), Renamed::Renamed);
    passkeys::used(
        &tx,
        passkey(1),
        &Use { changed: Some(r#"{"used":1}"#), backed_up: true, now: T0.plus(4), on: Platform::MacOs },
    )
    .await
    .unwrap();
    passkeys::rename(&tx, one, passkey(1), "Mine").await.unwrap();
    passkeys::remove(&tx, one, passkey(2), T0.plus(5)).await.unwrap();

    browsers::first_seen(&tx, here, one, T0).await.unwrap();
    browsers::mark_known(&tx, here, one, b"mark", T0.plus(1)).await.unwrap();
    browsers::present(&tx, here, one, T0.plus(2)).await.unwrap();
    browsers::failure_since_present(&tx, here, one).await.unwrap();
    browsers::offer_paused(&tx, here, one, T0.plus(9), true).await.unwrap();
    browsers::created(&tx, here, passkey(1), T0).await.unwrap();
    browsers::worked(&tx, here, passkey(1), T0.plus(1)).await.unwrap();
    browsers::failed(&tx, here, &[passkey(1), passkey(3)], T0.plus(2)).await.unwrap();
    browsers::absent(&tx, here, &[passkey(3)], T0.plus(3)).await.unwrap();
    browsers::across(&tx, there, passkey(1), T0.plus(4)).await.unwrap();

    sessions::create(&tx, new_session(1, one)).await.unwrap();
    sessions::create(&tx, new_session(2, two)).await.unwrap();
    let held = sessions::lock(&tx, session(1), &token_hash(1), T0).await.unwrap().unwrap();
    sessions::renew(&tx, &held, [1, 9].map(token_hash), T0.plus(1)).await.unwrap();
    sessions::take(&tx, session(1), &token_hash(9), T0.plus(2)).await.unwrap();
    sessions::prove_passkey(&tx, session(1), T0.plus(3)).await.unwrap();
    sessions::prove_code(&tx, session(1), T0.plus(4)).await.unwrap();
    sessions::save_healing(&tx, session(1), FlowId(uuid(7)), "{}").await.unwrap();
    sessions::seen(&tx, session(1), T0.plus(5), T0.plus(2_000)).await.unwrap();
    sessions::end(&tx, session(2), T0.plus(6)).await.unwrap();

    strikes::set(&tx, b"strikes", 7, T0).await.unwrap();
    attempts::lock(&tx, b"attempts").await.unwrap();
    attempts::set(&tx, b"attempts", 3, T0, T0.plus(60)).await.unwrap();
    add_event(&tx, 1, Some(one)).await;
    add_event(&tx, 2, None).await;
    decisions::add(&tx, decision()).await.unwrap();
    start_heal(&tx, 1, one, 1).await;
    heals::confirm(&tx, passkey(1), session(1), T0.plus(5)).await.unwrap();
    start_heal(&tx, 2, two, 3).await;

    mailed_codes::issue(&tx, b"mailed", Some(one), nobody(), b"hash", LATER).await.unwrap();
    assert!(mailed_codes::count_try(&tx, b"mailed", 5, T0).await.unwrap().is_some());
    saved_codes::replace(&tx, one, vec![(uuid(1), vec![1]), (uuid(2), vec![2])], T0).await.unwrap();
    assert!(saved_codes::spend(&tx, one, &[1], T0.plus(1)).await.unwrap());
    let wanted = Pending { identifier: "new".to_owned(), password_hash: Some("$new".to_owned()), user: Some(two) };
    pending::put(&tx, b"pending", wanted, LATER).await.unwrap();
    outbox::put(&tx, uuid(1), "sealed".to_owned(), T0, LATER).await.unwrap();
    notices::add(&tx, notice(1)).await.unwrap();
    notices::add(&tx, notice(2)).await.unwrap();
    assert!(notices::disown(&tx, uuid(2), T0.plus(1)).await.unwrap());
    audit::add(&tx, entry()).await.unwrap();
    let (none, some) = (installation::find(&tx).await.unwrap().ghosts, GhostShare { percent: 51, from: T0 });
    installation::raise_ghosts(&tx, none, some).await.unwrap();
    installation::raise_ghosts(&tx, some, none).await.unwrap();
    installation::note_root_key(&tx, b"check").await.unwrap();
    tx.commit().await.unwrap();
    answer_the_challenge(db).await;
}

/// The transaction of a sign-in with a passkey.
async fn answer_the_challenge(db: &Db) {
    let challenge = (&b"challenge"[..], LATER);
    let (tx, found) = known::write_spend_and_lock(db, challenge, user(1), browser(1), b"strikes").await.unwrap();
    assert_eq!(found.unwrap().strikes, Some((7, T0)));
    browsers::worked(&tx.later(), browser(1), passkey(1), T0.plus(6)).await.unwrap();
    let (after, accepted) =
        known::find_and_commit(tx, user(1), browser(1), b"strikes", (session(1), T0)).await.unwrap();
    assert_eq!((after.passkeys.len(), after.memory.len(), accepted.some_removed), (1, 1, true));
}

fn decision() -> StoredDecision {
    StoredDecision {
        id: uuid(1),
        at: T0,
        user: user(1),
        browser: browser(1),
        kind: SIGN_IN.to_owned(),
        given: "1".to_owned(),
        evidence: "2".to_owned(),
        decision: "3".to_owned(),
        rules_version: 7,
    }
}

fn notice(n: u128) -> NewNotice {
    let news = format!(r#"{{"news":{n}}}"#);
    let (session, browser) = (Some(session(1)), Some(browser(2)));
    NewNotice { id: uuid(n), user: user(1), news, session, browser, token_hash: token_hash(n), now: T0 }
}

fn entry() -> NewEntry {
    NewEntry {
        id: uuid(1),
        at: T0,
        event: Event::SignedUp,
        user: Some(user(1)),
        browser: Some(browser(1)),
        session: Some(session(1)),
        subject: Some(uuid(9)),
        identifier_hash: Some(vec![1, 2, 3]),
    }
}

/// What the functions of the repositories tell of all that.
#[derive(Debug, PartialEq)]
struct Found {
    users: [Option<User>; 2],
    passkeys: Vec<PasskeyRow>,
    owned: Option<(PasskeyRow, sea_orm::prelude::Uuid)>,
    accepted: (Vec<Vec<u8>>, bool, bool),
    known: [Known; 2],
    blocked: Blocked,
    browsers: HashMap<BrowserId, BrowserRow>,
    accounts: Vec<(BrowserId, BrowserAccount)>,
    memory: HashMap<(BrowserId, PasskeyId), Here>,
    sessions: Vec<(Session, Option<Millis>)>,
    by_token: Option<(Session, User)>,
    attempts: Option<Attempts>,
    failures: Vec<FailureEvent>,
    decisions: Vec<StoredDecision>,
    heals: Vec<Heal>,
    codes: [bool; 2],
    pending: Option<Pending>,
    waiting: Vec<Waiting>,
    notices: Vec<Notice>,
    audit: Vec<Entry>,
    installation: Installation,
}

/// What is known of an account in a browser.
type Known = (
    Option<User>,
    Vec<PasskeyRow>,
    HashMap<PasskeyId, Here>,
    Option<BrowserAccount>,
    (Option<(u32, Millis)>, SavedCodes, Vec<PasskeyId>, Option<Millis>),
);

async fn find(db: &Db) -> Found {
    let (c, one) = (db.read(), user(1));
    let memory = browsers::everywhere(c, &[1, 2, 3].map(passkey)).await.unwrap();
    let accepted = passkeys::accepted(c, one, session(9), T0).await.unwrap();
    let limits = Limits { known: Some(b"attempts"), others: [Some(b"attempts"), None, None] };
    let limited = known::find_with_limits(c, Whom::Key("two"), browser(1), b"strikes", limits).await.unwrap();
    Found {
        users: [users::find(c, one).await.unwrap(), users::find_by_key(c, "two").await.unwrap()],
        passkeys: passkeys::all_of_user(c, one).await.unwrap(),
        owned: passkeys::find_of(c, "two", &credential_id(3)).await.unwrap(),
        accepted: (accepted.credential_ids, accepted.some_removed, accepted.one_may_come),
        known: [told(known::find(c, Whom::Id(one), browser(1), b"strikes").await.unwrap()), told(limited.0)],
        blocked: limited.1,
        browsers: browsers::find_all(c, [1, 2].map(browser)).await.unwrap(),
        accounts: browsers::all_of_user(c, one).await.unwrap(),
        memory: memory.into_iter().map(|(browser, passkey, here)| ((browser, passkey), here)).collect(),
        sessions: sessions::all_of_user(c, one, 9).await.unwrap(),
        by_token: sessions::find_by_token(c, &token_hash(9), T0).await.unwrap(),
        attempts: attempts::find(c, b"attempts").await.unwrap(),
        failures: failure_events::after(c, (Millis(0), uuid(0)), 9).await.unwrap(),
        decisions: decisions::of_user(c, one, 9).await.unwrap(),
        heals: heals::of_user(c, one).await.unwrap(),
        codes: [
            mailed_codes::is_waited_for(c, b"mailed", T0).await.unwrap(),
            saved_codes::is_good(c, one, &[2]).await.unwrap(),
        ],
        pending: pending::find(c, b"pending", T0).await.unwrap(),
        waiting: outbox::due(c, LATER, 9).await.unwrap(),
        notices: notices::all_since(c, one, T0).await.unwrap(),
        audit: audit::of_user(c, one, None).await.unwrap(),
        installation: installation::find(c).await.unwrap(),
    }
}

fn told(known: known::Known) -> Known {
    let more = (known.strikes, known.saved_codes, known.unconfirmed, known.told_at);
    (known.user, known.passkeys, known.memory, known.here, more)
}

/// Old rows are deleted, accounts too, and then nothing is left.
async fn empty(db: &Db, tables: &Columns) {
    // A restore begins anew, and is thought better of.
    let tx = db.write().await.unwrap();
    backup::begin_anew(&tx, T0).await.unwrap();
    assert_eq!(installation::find(&tx).await.unwrap().signals_withheld, Some(T0));
    drop(tx);

    let tx = db.write().await.unwrap();
    assert!(is_first(&tx, Work::Purge).await.unwrap());
    assert!(!challenges::spend(&tx, b"challenge", LATER).await.unwrap());
    let mail = outbox::due(&tx, LATER, 1).await.unwrap().remove(0);
    assert!(outbox::take(&tx, &mail, LATER).await.unwrap());
    outbox::remove(&tx, mail.id).await.unwrap();
    assert_eq!(sessions::end_all_of_user_but(&tx, user(1), None, T0).await.unwrap(), 1);
    let late = LATER.plus(1);
    let purged = [
        challenges::purge(&tx, late).await.unwrap(),
        sessions::purge(&tx, late).await.unwrap(),
        strikes::purge(&tx, late).await.unwrap(),
        browsers::purge(&tx, late).await.unwrap(),
        attempts::purge(&tx, late).await.unwrap(),
        mailed_codes::purge(&tx, late).await.unwrap(),
        pending::purge(&tx, late).await.unwrap(),
        notices::purge(&tx, late).await.unwrap(),
        failure_events::purge(&tx, late).await.unwrap(),
        decisions::purge(&tx, late).await.unwrap(),
        audit::purge(&tx, late).await.unwrap(),
    ];
    assert_eq!(purged, [1, 2, 1, 2, 1, 1, 1, 2, 2, 1, 1]);
    users::delete(&tx, user(1)).await.unwrap();
    users::delete(&tx, user(2)).await.unwrap();
    tx.commit().await.unwrap();
    for (table, rows) in rows_of(db.read(), tables).await {
        let stay = match table.as_str() {
            "installation" => 1,
            "stand_ins" => 256,
            _ => 0,
        };
        assert_eq!(rows.len(), stay, "{table}: {rows:?}");
    }
}

async fn connect(database: &TestDatabase) -> sea_orm::DatabaseConnection {
    if database.is_postgres() {
        return Database::connect(database.url()).await.unwrap();
    }
    let file = PathBuf::from(database.url().trim_start_matches("sqlite:"));
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    Database::connect(format!("{}?mode=rwc", database.url())).await.unwrap()
}

/// Of the tables that are Keymend's own.
async fn columns_of(c: &impl ConnectionTrait) -> Columns {
    let sql = match c.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '.' || c.name AS line FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name <> 'seaql_migrations' ORDER BY m.name, c.cid"
        }
        _ => {
            "SELECT table_name || '.' || column_name AS line FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name <> 'seaql_migrations' ORDER BY table_name, ordinal_position"
        }
    };
    let mut columns = Columns::new();
    for line in lines(c, sql).await {
        let (table, column) = line.split_once('.').unwrap();
        columns.entry(table.to_owned()).or_default().push(column.to_owned());
    }
    columns
}

async fn rows_of(c: &impl ConnectionTrait, tables: &Columns) -> Rows {
    let quote = if c.get_database_backend() == DbBackend::Sqlite { "quote" } else { "quote_nullable" };
    let mut rows = Rows::new();
    for (table, columns) in tables {
        let values: Vec<_> = columns.iter().map(|column| format!("{quote}({column})")).collect();
        let sql = format!("SELECT {} AS line FROM {table} ORDER BY 1", values.join(" || ', ' || "));
        rows.insert(table.clone(), lines(c, &sql).await);
    }
    rows
}

/// In the place of what is there.
async fn store(c: &impl ConnectionTrait, columns: &Columns, rows: &Rows) {
    // Owners go first.
    let owners = ["stand_ins", "users", "browsers", "passkeys"];
    let others = rows.keys().map(String::as_str).filter(|table| !owners.contains(table));
    let tables: Vec<_> = owners.into_iter().filter(|table| rows.contains_key(*table)).chain(others).collect();
    let mut sql: Vec<_> = tables.iter().map(|table| format!("DELETE FROM {table}")).collect();
    for table in tables {
        let insert = |row| format!("INSERT INTO {table} ({}) VALUES ({row})", columns[table].join(", "));
        sql.extend(rows[table].iter().map(insert));
    }
    c.execute_unprepared(&format!("BEGIN; {}; COMMIT", sql.join("; "))).await.unwrap();
}

async fn lines(c: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let rows = c.query_all_raw(Statement::from_string(c.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

/// Each table, while nothing but what is there from the beginning is in it, with one column more before the others.
async fn make_anew(db: &Db, tables: &Columns) {
    let c = db.read();
    let rows = rows_of(c, tables).await;
    let statements = if c.get_database_backend() == DbBackend::Sqlite {
        let makers = "SELECT replace(sql, '\n', ' ') AS line FROM sqlite_master \
                      WHERE sql IS NOT NULL AND name <> 'seaql_migrations' ORDER BY type DESC";
        let makers = lines(c, makers).await.into_iter().map(|sql| match sql.split_once('(') {
            Some((table, columns)) if table.starts_with("CREATE TABLE") => format!("{table}({COLOUR}, {columns}"),
            _ => sql,
        });
        let drops = tables.keys().map(|table| format!("DROP TABLE {table}"));
        drops.chain(makers).collect::<Vec<_>>()
    } else {
        let owners = "SELECT format('ALTER TABLE %s ADD %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line \
                      FROM pg_constraint WHERE contype = 'f'";
        let owners = lines(c, owners).await;
        let tables = tables.keys().map(|table| {
            format!(
                "CREATE TABLE anew ({COLOUR}, LIKE {table} INCLUDING ALL);
                 DROP TABLE {table} CASCADE; ALTER TABLE anew RENAME TO {table}"
            )
        });
        tables.chain(owners).collect()
    };
    for sql in statements {
        c.execute_unprepared(&sql).await.unwrap();
    }
    store(c, tables, &rows).await;
}

const COLOUR: &str = "colour TEXT NOT NULL DEFAULT 'blue'";

/// What the version before this one writes and looks for: it knows nothing of tokens that were replaced.
#[tokio::test]
async fn a_session_is_the_same_to_the_version_before() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    // As it inserts, the columns of the new version are left out.
    sessions::create(&tx, new_session(1, user(1))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(crate::schema::count(&db, "sessions WHERE renewed_at IS NULL AND previous_token_hash IS NULL").await, 1);
    let found = sessions::find_by_token(db.read(), &token_hash(1), T0).await.unwrap().unwrap().0;
    let tx = db.write().await.unwrap();
    sessions::renew(&tx, &found, [1, 2].map(token_hash), T0).await.unwrap();
    // It proves in it without a new token, and ends it, by the id.
    sessions::prove_passkey(&tx, found.id, T0.plus(1)).await.unwrap();
    tx.commit().await.unwrap();
    let found = sessions::find_by_token(db.read(), &token_hash(2), T0).await.unwrap().unwrap().0;
    assert_eq!((found.password_at, found.passkey_at), (Some(T0), Some(T0.plus(1))));
}

/// Half of one version and half of another is nobody's database.
#[tokio::test]
async fn a_database_that_lacks_what_we_know_and_has_what_we_do_not_is_refused() {
    let (database, db) = two_people().await;
    from_the_future(&db, GENERATION).await;
    db.read().execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE '%across'").await.unwrap();
    assert!(Db::open(database.url()).await.is_err());
}

async fn from_the_future(db: &Db, oldest_generation: u32) {
    let sql = format!("UPDATE installation SET oldest_generation = {oldest_generation}");
    db.read().execute_unprepared(&sql).await.unwrap();
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_from_the_future', 0)";
    db.read().execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn migrations_happen_all_or_not_at_all() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    // As if nothing had been migrated, and the last table were somebody else's. Owners go last.
    let tables = "seaql_migrations audit installation outbox notices mailed_codes saved_codes pending_identifiers \
                  spent_challenges strikes password_attempts heals failure_events decisions sessions \
                  browser_passkeys browser_accounts browsers passkeys users stand_ins";
    for table in tables.split(' ') {
        db.read().execute_unprepared(&format!("DROP TABLE {table}")).await.unwrap();
    }
    db.read().execute_unprepared("CREATE TABLE heals (id INTEGER)").await.unwrap();
    assert!(Db::open(database.url()).await.is_err());
    assert!(db.read().execute_unprepared("SELECT 1 FROM users").await.is_err());
    assert!(db.read().execute_unprepared("SELECT 1 FROM seaql_migrations").await.is_err());

    db.read().execute_unprepared("DROP TABLE heals").await.unwrap();
    Db::open(database.url()).await.unwrap();
}

#[tokio::test]
async fn every_connection_to_sqlite_is_safe() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    // All at once, so that each is another connection, and as many as there are: two that read, and the one that writes.
    let readers = [db.read().hold().await.unwrap(), db.read().hold().await.unwrap()];
    let writer = db.write().await.unwrap();
    assert_eq!(pragmas(&readers[0]).await, ["wal", "2", "1", "5000", "2", "4000"]);
    assert_eq!(pragmas(&readers[1]).await, ["wal", "2", "1", "5000", "2", "4000"]);
    assert_eq!(pragmas(&writer).await, ["wal", "2", "1", "5000", "2", "4000"]);
}

/// Such as an export, or `keymend explain` that stands there.
#[tokio::test]
async fn the_log_becomes_small_again_after_somebody_has_read_for_long() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let log = format!("{}-wal", database.url().strip_prefix("sqlite:").unwrap());
    let megabytes = || std::fs::metadata(&log).unwrap().len() / 1_000_000;
    let writes = async |sql: &str| {
        let tx = db.write().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    };
    writes("CREATE TABLE filler (bytes BLOB)").await;
    let reading = db.read().hold().await.unwrap();
    for sql in ["BEGIN", "SELECT COUNT(*) FROM filler"] {
        reading.execute_unprepared(sql).await.unwrap();
    }
    for _ in 0..60 {
        writes("INSERT INTO filler VALUES (zeroblob(1000000))").await;
    }
    assert!(megabytes() >= 60, "{}", megabytes());
    reading.execute_unprepared("ROLLBACK").await.unwrap();
    for _ in 0..3 {
        writes("INSERT INTO filler VALUES (zeroblob(1))").await;
    }
    assert!(megabytes() < 35, "{}", megabytes());
}

async fn pragmas(c: &impl ConnectionTrait) -> Vec<String> {
    let mut found = Vec::new();
    for pragma in ["journal_mode", "synchronous", "foreign_keys", "busy_timeout", "temp_store"] {
        let sql = format!("SELECT CAST({pragma} AS TEXT) AS value FROM pragma_{pragma}");
        let sql = if pragma == "busy_timeout" { sql.replace("CAST(busy_timeout", "CAST(timeout") } else { sql };
        let row = c.query_one_raw(Statement::from_string(c.get_database_backend(), sql)).await.unwrap().unwrap();
        found.push(row.try_get::<String>("", "value").unwrap());
    }
    // This one has no table.
    let log = Statement::from_string(c.get_database_backend(), "PRAGMA wal_autocheckpoint");
    let pages = c.query_one_raw(log).await.unwrap().unwrap();
    found.push(pages.try_get_by_index::<i64>(0).unwrap().to_string());
    found
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    strikes::set(&db.write().await.unwrap(), b"k", 1, T0).await.unwrap();
    let folder = PathBuf::from(database.url().trim_start_matches("sqlite:")).parent().unwrap().to_owned();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.clone()), 0o700);
    for file in ["keymend.db", "keymend.db-wal", "keymend.db-shm"] {
        assert_eq!(mode(folder.join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn any_path_can_hold_the_file() {
    let folder = TestDatabase::sqlite();
    let root = PathBuf::from(folder.url().trim_start_matches("sqlite:")).parent().unwrap().to_owned();
    let path = root.join("50 % #1?").join("Schlüssel.db");
    Db::open(&file_url(&path)).await.unwrap();
    assert!(path.is_file());
}

#[tokio::test]
async fn a_database_in_memory_lasts_as_long_as_it_is_open() {
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite:anything?mode=memory"] {
        let db = Db::open(url).await.unwrap();
        let tx = db.write().await.unwrap();
        strikes::set(&tx, b"k", 1, T0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(strikes_of(db.read(), b"k").await, Some((1, T0)), "{url}");
    }
    assert!(!PathBuf::from("anything").exists());
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_without_telling_the_password() {
    let folder = TestDatabase::sqlite();
    let root = PathBuf::from(folder.url().trim_start_matches("sqlite:")).parent().unwrap().to_owned();
    std::fs::create_dir_all(&root).unwrap();
    let no_database = root.join("notes.txt");
    std::fs::write(&no_database, "hunter2 is not a database, but long enough to look at ".repeat(40)).unwrap();
    let below_a_file = no_database.join("keymend.db");
    for (url, why) in [
        ("mysql://root:hunter2@localhost/keymend", "begins with sqlite: or postgres://"),
        ("", "begins with sqlite: or postgres://"),
        ("postgres://keymend:hunter2@localhost:port/keymend", "cannot be used"),
        (file_url(&no_database).as_str(), "not a database"),
        (file_url(&below_a_file).as_str(), "cannot be created"),
    ] {
        let error = Db::open(url).await.err().unwrap();
        assert!(error.to_string().contains(why), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}
