//! The drill of restoring PostgreSQL, with the very lines that operators are told to type.

use crate::database::TestDatabase;
use crate::program::{Installation, PROGRAM};
use crate::restore::Drill;
use http::StatusCode;
use sea_orm::ConnectionTrait as _;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const OPERATING: &str = include_str!("../../docs/operating.md");

/// Where Debian keeps PostgreSQL's own programs, a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_made_under_load_restores_whole_and_revives_no_session() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let [backup, restore] = documented();
    let mut drill = Drill::with(Installation::with_database(database.url())).await;
    let rush = drill.comes_to_the_backup().await;
    pasted(&drill.installation, backup).await;
    let since = drill.goes_on(rush).await;
    drill.server.kill();
    let said = pasted(&drill.installation, restore).await;
    assert!(said.contains("--confirm-signals"), "{said}");

    drill.holds_what_was_acknowledged(database.url()).await;
    drill.begins_anew(since).await;
    // Nobody knows any more that it was used: it counts once more, and only once.
    assert_eq!(drill.sets_a_password_by_code(0).await, StatusCode::OK);
    assert_eq!(drill.sets_a_password_by_code(0).await, StatusCode::UNAUTHORIZED);
    drill.confirms_signals().await;
}

/// A newer version was brought in after the backup, and was no good. It had added a table of accounts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_of_the_version_before_restores_in_place_of_the_newer_one() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let [backup, restore] = documented();
    let installation = Installation::with_database(database.url());
    let mut server = installation.start().await;
    let mut ada = installation.person("ada@example.org", &server.gate());
    ada.settles_in().await;
    pasted(&installation, backup).await;
    let (done, said) = installation.run(&["restore"]);
    assert!(!done && said.contains("stop all of them first"), "{said}");
    server.kill();
    let db = database.open().await;
    for sql in [
        "CREATE TABLE hats (id INTEGER PRIMARY KEY, user_id UUID REFERENCES users (id) ON DELETE CASCADE)",
        "ALTER TABLE users ADD COLUMN shoe_size INTEGER",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_hats', 0)",
    ] {
        db.read().execute_unprepared(sql).await.unwrap();
    }
    db.close().await;

    pasted(&installation, restore).await;
    // Nothing is left that would be in the way when the newer version is brought in again.
    let db = database.open().await;
    for sql in ["SELECT 1 FROM hats", "SELECT shoe_size FROM users"] {
        assert!(db.read().execute_unprepared(sql).await.is_err(), "{sql}");
    }
    db.close().await;
    let _server = installation.start().await;
    ada.comes_back_later().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

/// What is typed for a backup, and what for a restore when no server runs any more.
fn documented() -> [&'static str; 2] {
    let (_, section) = OPERATING.split_once("\n## Backup and restore, PostgreSQL\n").unwrap();
    let (_, block) = section.split_once("\n```sh\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    let (backup, restore) = block.split_once("\n# with every server stopped:\n").unwrap();
    [backup, restore]
}

/// Pastes lines into a shell that has the settings of the installation in its environment, and tells what was said.
/// Whoever is there goes on meanwhile.
async fn pasted(installation: &Installation, lines: &str) -> String {
    let mut shell = Command::new("sh");
    shell.args(["-ec", lines]).current_dir(&installation.folder).stdin(Stdio::null());
    for (name, value) in installation.command(&[]).get_envs() {
        shell.env(name, value.unwrap());
    }
    let folders = [clients(), Path::new(PROGRAM).parent().unwrap().to_owned()];
    shell.env("PATH", env::join_paths(folders.into_iter().chain(path())).unwrap());
    let output = tokio::task::spawn_blocking(move || shell.output()).await.unwrap().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{lines}\n{said}");
    said
}

/// The folder with the newest of these programs: `pg_dump` refuses a server that is newer than itself.
fn clients() -> PathBuf {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let version = |folder: &PathBuf| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|version| version.path().join("bin")).filter(|bin| has_clients(bin)).max_by_key(version);
    newest.or_else(|| path().into_iter().find(|bin| has_clients(bin))).unwrap_or_else(|| {
        panic!(
            "the tests have a PostgreSQL, but there are no pg_dump, pg_restore and psql for it, neither in \
             {DEBIAN}/*/bin nor on the PATH (package postgresql-client)"
        )
    })
}

fn has_clients(folder: &Path) -> bool {
    ["pg_dump", "pg_restore", "psql"].iter().all(|program| folder.join(program).is_file())
}

fn path() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}
