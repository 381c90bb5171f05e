use crate::database::TestDatabase;
use crate::fixture::{T0, add_user, new_session, strikes_of, token_hash, two_people, user};
use keymend::server::db::installation::GENERATION;
use keymend::server::db::{Db, file_url, sessions, strikes, users};
use sea_orm::{ConnectionTrait, Statement};
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
#[tokio::test]
async fn a_database_to_which_a_newer_version_has_added_is_used_as_ever() {
    let (database, db) = two_people().await;
    from_the_future(&db, GENERATION).await;
    for sql in [
        "ALTER TABLE users ADD COLUMN shoe_size INTEGER",
        "ALTER TABLE sessions ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'",
        "CREATE TABLE hats (id INTEGER PRIMARY KEY)",
        "CREATE INDEX users_by_shoe_size ON users (shoe_size)",
    ] {
        db.read().execute_unprepared(sql).await.unwrap();
    }
    let again = Db::open(database.url()).await.unwrap();
    let tx = again.write().await.unwrap();
    add_user(&tx, 3).await;
    sessions::create(&tx, new_session(1, user(3))).await.unwrap();
    tx.commit().await.unwrap();
    assert!(users::find(again.read(), user(3)).await.unwrap().is_some());
    assert!(sessions::find_by_token(again.read(), &token_hash(1), T0).await.unwrap().is_some());
}

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
                  browser_passkeys browser_accounts browsers passkeys users";
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
