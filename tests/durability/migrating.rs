//! A server that is killed while it brings a database up to date. What is done to the tables is one transaction, so the next start
//! finds them as they were or as they are to be.

use crate::program::Installation;
use keymend::server::db::file_url;
use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement, TransactionTrait as _};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use tokio::time::{Instant, sleep};

/// So many that the tables take a moment.
const ACCOUNTS: i64 = 20_000;
const TIMES: u32 = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_killed_in_a_migration_leaves_the_database_as_it_was_or_as_it_is_to_be() {
    let all = i64::try_from(Migrator::migrations().len()).unwrap();
    let old = Installation::new();
    make(&old.database_file()).await;
    assert_eq!(look(&old.database_file()).await, 1);

    let undisturbed = like(&old);
    let began = Instant::now();
    undisturbed.start().await.kill();
    let takes = began.elapsed();
    assert_eq!(look(&undisturbed.database_file()).await, all);

    let (mut before, mut after) = (0, 0);
    for n in 0..TIMES {
        let installation = like(&old);
        let mut command = installation.command(&["serve"]);
        command.env("LEPTOS_SITE_ADDR", installation.address().to_string());
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(takes * 2 * n / TIMES).await;
        process.kill().unwrap();
        process.wait().unwrap();
        match look(&installation.database_file()).await {
            1 => before += 1,
            applied => {
                assert_eq!(applied, all, "killed after {n} of {TIMES} parts of twice {takes:?}");
                after += 1;
            }
        }
        installation.start().await.kill();
        assert_eq!(look(&installation.database_file()).await, all);
    }
    println!("killed at {TIMES} moments of twice {takes:?}: {before} times nothing was done, {after} times all");
    assert!(before > 0 && after > 0, "{before} and {after}");
}

/// A database of the first version, with accounts.
async fn make(file: &Path) {
    let db = connect(file).await;
    let tx = db.begin().await.unwrap();
    Migrator::up(&tx, Some(1)).await.unwrap();
    let all = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ACCOUNTS}) \
         INSERT INTO users (id, handle, identifier, identifier_key, ever_had_passkey, created_at, password_changed_at) \
         SELECT randomblob(16), randomblob(16), 'person-' || n, 'person-' || n, 0, n, n FROM numbers"
    );
    tx.execute_unprepared(&all).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await.unwrap();
}

/// Another one with the same database.
fn like(old: &Installation) -> Installation {
    let installation = Installation::new();
    fs::copy(old.database_file(), installation.database_file()).unwrap();
    installation
}

/// How many migrations a database has, which is whole and has lost nobody.
async fn look(file: &Path) -> i64 {
    let db = connect(file).await;
    let backend = db.get_database_backend();
    let one = async |sql: &str| db.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
    let whole: String = one("PRAGMA integrity_check").await.try_get_by_index(0).unwrap();
    assert_eq!(whole, "ok");
    let accounts: i64 = one("SELECT count(*) FROM users").await.try_get_by_index(0).unwrap();
    assert_eq!(accounts, ACCOUNTS);
    let applied = one("SELECT count(*) FROM seaql_migrations").await.try_get_by_index(0).unwrap();
    db.close().await.unwrap();
    applied
}

async fn connect(file: &Path) -> DatabaseConnection {
    Database::connect(format!("{}?mode=rwc", file_url(file))).await.unwrap()
}
