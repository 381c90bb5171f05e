//! A backup that is told to stop.

use crate::program::Installation;
use keymend::server::db::file_url;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_told_to_stop_leaves_nothing() {
    let installation = Installation::new();
    assert!(installation.run(&["migrate"]).0);
    let copies = installation.folder.join("copies");
    fs::create_dir(&copies).unwrap();
    // Somebody keeps it waiting.
    let mut options = ConnectOptions::new(file_url(&installation.database_file()));
    options.max_connections(1);
    let other = Database::connect(options).await.unwrap();
    other.execute_unprepared("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").await.unwrap();

    let mut command = installation.command(&["backup", copies.join("copy.db").to_str().unwrap()]);
    let backup = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let written = || fs::read_dir(&copies).unwrap().count();
    for _ in 0..400 {
        if written() > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(written(), 1);
    assert!(Command::new("kill").args(["-TERM", &backup.id().to_string()]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(|| backup.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("told to stop"), "{said}");
    assert_eq!(written(), 0);
}
