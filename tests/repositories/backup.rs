//! Copies of a SQLite database, and what is refused.

use crate::database::TestDatabase;
use crate::fixture::{T0, add_passkey, add_user, new_session, token_hash, user, uuid};
use domain::time::Millis;
use keymend::server::db::installation::{self, GENERATION, GhostShare};
use keymend::server::db::known::{self, Whom};
use keymend::server::db::{Db, backup, browsers, file_url, saved_codes, sessions, users};
use sea_orm::ConnectionTrait as _;
use std::path::{Path, PathBuf};

/// A database with two people, one of them signed in, and a copy of it from before the second came.
struct Copied {
    database: TestDatabase,
    folder: PathBuf,
    copy: PathBuf,
}

impl Copied {
    async fn start() -> Self {
        let database = TestDatabase::sqlite();
        let db = database.open().await;
        let tx = db.write().await.unwrap();
        let one = add_user(&tx, 1).await;
        add_passkey(&tx, 1, one).await;
        sessions::create(&tx, new_session(1, one)).await.unwrap();
        tx.commit().await.unwrap();
        let folder = PathBuf::from(database.url().trim_start_matches("sqlite:")).parent().unwrap().to_owned();
        let copy = folder.join("copy.db");
        backup::back_up(database.url(), &copy).await.unwrap();
        let tx = db.write().await.unwrap();
        add_user(&tx, 2).await;
        tx.commit().await.unwrap();
        db.close().await;
        drop(db);
        Self { database, folder, copy }
    }

    fn files(&self) -> Vec<String> {
        let names =
            std::fs::read_dir(&self.folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "keymend.db.lock").collect();
        names.sort();
        names
    }

    async fn is_refused(&self, copy: &Path, because: &str) {
        let before = self.files();
        let error = backup::restore(self.database.url(), copy, T0).await.err().unwrap().to_string();
        assert!(error.contains(because), "{error}");
        assert_eq!(self.files(), before, "nothing is left of the attempt");
        let db = self.database.open().await;
        assert!(users::find(db.read(), user(2)).await.unwrap().is_some());
        db.close().await;
    }
}

#[tokio::test]
async fn a_restored_copy_is_the_database_of_then_and_begins_anew() {
    let copied = Copied::start().await;
    let restored = backup::restore(copied.database.url(), &copied.copy, T0).await.unwrap();
    let db = copied.database.open().await;
    assert!(users::find(db.read(), user(1)).await.unwrap().is_some());
    assert_eq!(users::find(db.read(), user(2)).await.unwrap(), None);
    assert_eq!(sessions::find_by_token(db.read(), &token_hash(1), T0).await.unwrap().map(|(session, _)| session), None);
    let now = installation::find(db.read()).await.unwrap();
    assert!(now.epoch > 0, "another than that of a database that was never restored");
    assert_eq!(now.signals_withheld, Some(T0));

    // The one before is whole, and can be gone back to.
    let before = restored.before.unwrap();
    let old = Db::open(&file_url(&before)).await.unwrap();
    assert!(users::find(old.read(), user(2)).await.unwrap().is_some());
    old.close().await;
    let tx = db.write().await.unwrap();
    installation::confirm_signals(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(installation::find(db.read()).await.unwrap().signals_withheld, None);
}

#[tokio::test]
async fn where_no_database_was_a_copy_becomes_one() {
    let (copied, empty) = (Copied::start().await, TestDatabase::sqlite());
    let restored = backup::restore(empty.url(), &copied.copy, T0).await.unwrap();
    assert_eq!(restored.before, None);
    assert!(users::find(empty.open().await.read(), user(1)).await.unwrap().is_some());
}

/// As after a crash, when somebody has taken the damaged file away and not what SQLite had put beside it: the log would be
/// written over the copy.
/// Somebody has copied all the files, the log with them, as the last commits stand in it.
#[tokio::test]
async fn a_copy_with_its_log_is_restored_with_what_stands_in_the_log() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    add_user(&tx, 1).await;
    tx.commit().await.unwrap();
    let place = PathBuf::from(database.url().trim_start_matches("sqlite:"));
    let elsewhere = place.parent().unwrap().join("copy");
    std::fs::create_dir(&elsewhere).unwrap();
    for name in ["keymend.db", "keymend.db-wal", "keymend.db-shm"] {
        std::fs::copy(place.with_file_name(name), elsewhere.join(name)).unwrap();
    }
    let tx = db.write().await.unwrap();
    add_user(&tx, 2).await;
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);

    backup::restore(database.url(), &elsewhere.join("keymend.db"), T0).await.unwrap();
    let db = database.open().await;
    assert!(users::find(db.read(), user(1)).await.unwrap().is_some());
    assert_eq!(users::find(db.read(), user(2)).await.unwrap(), None);
}

/// Whichever of its names a database is opened by, it is in use.
#[cfg(unix)]
#[tokio::test]
async fn a_database_behind_a_link_is_in_use_under_both_names() {
    let copied = Copied::start().await;
    let link = copied.folder.join("link.db");
    std::os::unix::fs::symlink(copied.folder.join("keymend.db"), &link).unwrap();
    let db = Db::open(&file_url(&link)).await.unwrap();
    let refused = backup::restore(copied.database.url(), &copied.copy, T0).await.err().unwrap();
    assert!(refused.to_string().contains("stop it first"), "{refused}");
    db.close().await;
    drop(db);
    backup::restore(&file_url(&link), &copied.copy, T0).await.unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink(), "the link stays, and what it leads to is another");
    let db = copied.database.open().await;
    assert_eq!(users::find(db.read(), user(2)).await.unwrap(), None);
}

#[tokio::test]
async fn what_lay_beside_a_database_that_is_gone_is_no_part_of_the_restored_one() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    let one = add_user(&tx, 1).await;
    sessions::create(&tx, new_session(1, one)).await.unwrap();
    tx.commit().await.unwrap();
    let place = PathBuf::from(database.url().trim_start_matches("sqlite:"));
    let copy = place.with_file_name("copy.db");
    backup::back_up(database.url(), &copy).await.unwrap();
    let tx = db.write().await.unwrap();
    add_user(&tx, 2).await;
    tx.commit().await.unwrap();
    let beside = ["keymend.db-wal", "keymend.db-shm"].map(|name| place.with_file_name(name));
    let left = beside.clone().map(|file| (file.clone(), std::fs::read(file).unwrap()));
    db.close().await;
    drop(db);
    std::fs::remove_file(&place).unwrap();
    for (file, content) in left {
        std::fs::write(file, content).unwrap();
    }

    backup::restore(database.url(), &copy, T0).await.unwrap();
    let db = database.open().await;
    assert_eq!(users::find(db.read(), user(2)).await.unwrap(), None);
    assert_eq!(sessions::find_by_token(db.read(), &token_hash(1), T0).await.unwrap().map(|(session, _)| session), None);
    assert!(installation::find(db.read()).await.unwrap().signals_withheld.is_some());
}

/// The first account has three codes in the copy; since then one was used.
#[tokio::test]
async fn recovery_codes_that_were_used_or_replaced_since_stay_void() {
    let database = TestDatabase::sqlite();
    let db = database.open().await;
    let set = |from: u128| (from..from + 3).map(|n| (uuid(n), token_hash(n))).collect::<Vec<_>>();
    let tx = db.write().await.unwrap();
    for n in 1..=3 {
        let user = add_user(&tx, n).await;
        saved_codes::replace(&tx, user, set(10 * n), T0).await.unwrap();
    }
    assert!(saved_codes::spend(&tx, user(1), &token_hash(10), T0).await.unwrap());
    tx.commit().await.unwrap();
    let copy = PathBuf::from(database.url().trim_start_matches("sqlite:")).with_file_name("copy.db");
    backup::back_up(database.url(), &copy).await.unwrap();
    let tx = db.write().await.unwrap();
    assert!(saved_codes::spend(&tx, user(1), &token_hash(11), T0).await.unwrap());
    saved_codes::replace(&tx, user(2), set(70), T0).await.unwrap();
    users::delete(&tx, user(3)).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    drop(db);

    let restored = backup::restore(database.url(), &copy, T0).await.unwrap();
    assert_eq!(restored.voided, Some(4));
    let db = database.open().await;
    let good = |n: u128, code: u128| {
        let db = &db;
        async move { saved_codes::is_good(db.read(), user(n), &token_hash(code)).await.unwrap() }
    };
    assert_eq!([good(1, 10).await, good(1, 11).await, good(1, 12).await], [false, false, true]);
    assert_eq!([good(2, 20).await, good(2, 70).await], [false, false], "neither the replaced set nor the one of later");
    assert!(good(3, 30).await, "an account that was deleted since is as it was");
    db.close().await;
    drop(db);

    // Where nothing can be asked, they are as they were.
    let other = TestDatabase::sqlite();
    assert_eq!(backup::restore(other.url(), &copy, T0).await.unwrap().voided, None);
    let db = other.open().await;
    assert!(saved_codes::is_good(db.read(), user(1), &token_hash(11)).await.unwrap());
    db.close().await;
    drop(db);
    let place = PathBuf::from(other.url().trim_start_matches("sqlite:"));
    std::fs::write(&place, "not a database, but long enough to look at ".repeat(400)).unwrap();
    assert_eq!(backup::restore(other.url(), &copy, T0).await.unwrap().voided, None);
}

#[tokio::test]
async fn no_browser_is_known_after_a_restore() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let tx = db.write().await.unwrap();
    let (one, here) = (add_user(&tx, 1).await, crate::fixture::add_browser(&tx, 1).await);
    browsers::mark_known(&tx, here, one, b"mark", T0).await.unwrap();
    sessions::create(&tx, new_session(1, one)).await.unwrap();
    backup::begin_anew(&tx, T0).await.unwrap();
    tx.commit().await.unwrap();
    let found = known::find(db.read(), Whom::Id(one), here, &[]).await.unwrap();
    let known = found.here.unwrap();
    assert_eq!((known.mark_hash, known.verified), (None, None));
    assert_eq!(sessions::find_by_token(db.read(), &token_hash(1), T0).await.unwrap().map(|(session, _)| session), None);
}

#[tokio::test]
async fn a_copy_that_is_no_good_changes_nothing() {
    let copied = Copied::start().await;
    let whole = std::fs::read(&copied.copy).unwrap();
    let bad = copied.folder.join("bad.db");

    std::fs::write(&bad, &whole[..whole.len() / 2]).unwrap();
    copied.is_refused(&bad, "bad.db").await;
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4_096].fill(0xa5);
    std::fs::write(&bad, &damaged).unwrap();
    copied.is_refused(&bad, "bad.db").await;
    std::fs::write(&bad, "not a database, but long enough to look at ".repeat(40)).unwrap();
    copied.is_refused(&bad, "not a database").await;
    std::fs::remove_file(&bad).unwrap();
    copied.is_refused(&bad, "No such file").await;
}

/// The second comes while the first still writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_copies_to_one_name_one_is_whole_and_the_other_is_refused() {
    let copied = Copied::start().await;
    let db = copied.database.open().await;
    let sql = "CREATE TABLE ballast AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
        SELECT randomblob(100000) AS what FROM n";
    db.read().execute_unprepared(sql).await.unwrap();
    db.close().await;
    let (to, kept) = (copied.folder.join("again.db"), copied.folder.join("again.db.part"));
    let back_up = || {
        let (url, to) = (copied.database.url().to_owned(), to.clone());
        tokio::spawn(async move { backup::back_up(&url, &to).await })
    };
    let is_begun = || {
        let parts = std::fs::read_dir(&copied.folder).unwrap().map(|file| file.unwrap().path());
        let mut parts = parts.filter(|path| path.to_str().unwrap().contains("again.db."));
        parts.any(|part| std::fs::metadata(part).is_ok_and(|part| part.len() > 0))
    };
    let mut first = back_up();
    while !is_begun() && !first.is_finished() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let mut second = back_up();
    // Whichever is done sooner has the name.
    let (sooner, other) = tokio::select! {
        done = &mut first => (done, second),
        done = &mut second => (done, first),
    };
    sooner.unwrap().unwrap();
    let written = std::fs::read(&to).unwrap();
    let refused = other.await.unwrap().unwrap_err().to_string();
    assert!(std::fs::read(&to).unwrap() == written, "nobody goes on writing to it");
    assert!(refused.contains("exists already"), "{refused}");
    assert!(!is_begun(), "{:?}", copied.files());
    let empty = TestDatabase::sqlite();
    backup::restore(empty.url(), &to, T0).await.unwrap();

    // Whatever else is called so is somebody's.
    std::fs::remove_file(&to).unwrap();
    std::fs::write(&kept, "mine").unwrap();
    backup::back_up(copied.database.url(), &to).await.unwrap();
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "mine");
}

#[tokio::test]
async fn no_folder_is_made_for_a_copy() {
    let copied = Copied::start().await;
    let before = copied.files();
    let to = copied.folder.join("not-mounted").join("copy.db");
    let error = backup::back_up(copied.database.url(), &to).await.unwrap_err().to_string();
    assert!(error.contains("there is no folder ") && error.contains("not-mounted"), "{error}");
    assert_eq!(copied.files(), before);
}

/// Where the pages of a table are lost, SQLite makes a sound copy without its rows.
#[tokio::test]
async fn a_damaged_database_is_not_copied() {
    let copied = Copied::start().await;
    let db = copied.database.open().await;
    let sql = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema \
        WHERE name = 'heals') WHERE name = 'users'; PRAGMA writable_schema = OFF";
    db.read().execute_unprepared(sql).await.unwrap();
    db.close().await;
    let (before, again) = (copied.files(), copied.folder.join("again.db"));
    let error = backup::back_up(copied.database.url(), &again).await.unwrap_err().to_string();
    assert!(error.contains("keymend.db: it is damaged: "), "{error}");
    assert_eq!(copied.files(), before, "nothing is left of the attempt");
}

#[tokio::test]
async fn a_copy_of_a_newer_version_or_of_something_else_changes_nothing() {
    let copied = Copied::start().await;
    let copy = Db::open(&file_url(&copied.copy)).await.unwrap();
    let sql = format!("UPDATE installation SET oldest_generation = {}", GENERATION + 1);
    copy.read().execute_unprepared(&sql).await.unwrap();
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_from_the_future', 0)";
    copy.read().execute_unprepared(sql).await.unwrap();
    copy.close().await;
    copied.is_refused(&copied.copy, "newer version of Keymend").await;

    let copy = Db::open(&file_url(&copied.folder.join("else.db"))).await.unwrap();
    copy.read().execute_unprepared("DROP TABLE seaql_migrations").await.unwrap();
    copy.close().await;
    copied.is_refused(&copied.folder.join("else.db"), "it is not a database of Keymend").await;
}

#[tokio::test]
async fn a_database_in_use_is_not_replaced_and_a_file_is_not_overwritten() {
    let copied = Copied::start().await;
    let db = copied.database.open().await;
    let error = backup::restore(copied.database.url(), &copied.copy, T0).await.err().unwrap().to_string();
    assert!(error.contains("stop it first"), "{error}");
    assert!(users::find(db.read(), user(2)).await.unwrap().is_some());

    let error = backup::back_up(copied.database.url(), &copied.copy).await.unwrap_err().to_string();
    assert!(error.contains("exists already"), "{error}");
    let nowhere = copied.folder.join("nowhere.db");
    let error =
        backup::back_up(&file_url(&nowhere), &copied.folder.join("of-nowhere.db")).await.unwrap_err().to_string();
    assert!(error.contains("nowhere.db"), "{error}");
    assert!(!nowhere.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_a_copy() {
    use std::os::unix::fs::PermissionsExt as _;
    let copied = Copied::start().await;
    backup::restore(copied.database.url(), &copied.copy, T0).await.unwrap();
    for file in ["copy.db", "keymend.db"] {
        let mode = std::fs::metadata(copied.folder.join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
}

#[tokio::test]
async fn the_share_of_ghosts_is_raised_once_by_however_many() {
    let database = TestDatabase::new().await;
    let db = database.open().await;
    let begun = installation::find(db.read()).await.unwrap().ghosts;
    assert_eq!(begun, GhostShare { percent: 50, from: Millis(0) });
    let raised = GhostShare { percent: 51, from: T0 };
    for from in [T0, Millis(T0.0 + 1)] {
        let tx = db.write().await.unwrap();
        installation::raise_ghosts(&tx, begun, GhostShare { percent: 51, from }).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(installation::find(db.read()).await.unwrap().ghosts, raised);
}
