//! The file of a SQLite database taken away under the server, which has it open: nobody is told that something was kept which
//! nobody will find there.

use crate::check::faults;
use crate::full::{begins, is_sent_away};
use crate::person::Person;
use crate::program::{Gate, Installation, Program};
use crate::starting::refuses_to_start;
use http::StatusCode;
use keymend::server::db::{Db, file_url, users};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_file_that_was_moved_is_told_and_all_is_well_when_it_is_back() {
    let (installation, mut server, _, mut people) = ada_and_ben().await;
    let (file, elsewhere) = (installation.database_file(), installation.folder.join("elsewhere.db"));
    for person in &mut people {
        begins(person).await;
    }
    fs::rename(&file, &elsewhere).unwrap();
    is_sent_away(&mut people[0]).await;
    assert_eq!(server.asks("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.asks("/healthz").await, StatusCode::OK);
    assert!(!file.exists(), "no other database begins there");

    // Nor is one of the same content in its place the one that is written.
    fs::copy(&elsewhere, &file).unwrap();
    is_sent_away(&mut people[1]).await;
    assert_eq!(server.asks("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);

    fs::rename(&elsewhere, &file).unwrap();
    assert_eq!(server.asks("/readyz").await, StatusCode::OK);
    for person in &mut people {
        begins(person).await;
        person.uses_passkey().await;
        person.shows("dashboard");
    }
    server.kill();
    nothing_is_wrong_with(&installation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_the_log_that_was_deleted_is_told_too() {
    let (installation, server, _, mut people) = ada_and_ben().await;
    begins(&mut people[0]).await;
    fs::remove_file(beside(&installation.database_file(), "-shm")).unwrap();
    is_sent_away(&mut people[0]).await;
    assert_eq!(server.asks("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_deleted_takes_nothing_along_that_was_acknowledged() {
    let (installation, mut server, gate, mut people) = ada_and_ben().await;
    for person in &mut people {
        begins(person).await;
    }
    let log = beside(&installation.database_file(), "-wal");
    fs::remove_file(&log).unwrap();
    is_sent_away(&mut people[0]).await;
    assert_eq!(server.asks("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    // Another program would make a new one.
    fs::write(&log, b"").unwrap();
    is_sent_away(&mut people[1]).await;
    assert_eq!(server.asks("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    // Whoever stops the server saves what stood there: it is copied into the file.
    stops(&mut server).await;
    let server = installation.start().await;
    gate.leads_to(server.address);
    for person in &mut people {
        begins(person).await;
        person.uses_passkey().await;
        person.shows("dashboard");
    }
    drop(server);
    nothing_is_wrong_with(&installation).await;
}

/// A database that begins in the place of one that is gone would have its log deleted, in which everything stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_without_its_file_is_left_alone_until_the_file_is_back() {
    for is_killed in [false, true] {
        let (installation, mut server, gate, mut people) = ada_and_ben().await;
        let (file, elsewhere) = (installation.database_file(), installation.folder.join("elsewhere.db"));
        fs::rename(&file, &elsewhere).unwrap();
        if is_killed {
            server.kill();
        } else {
            stops(&mut server).await;
        }
        is_left_alone(&installation, "is gone").await;
        assert!(!file.exists());
        fs::write(&file, b"").unwrap();
        is_left_alone(&installation, "is empty").await;

        fs::rename(&elsewhere, &file).unwrap();
        let mut server = installation.start().await;
        gate.leads_to(server.address);
        for person in &mut people {
            begins(person).await;
            person.uses_passkey().await;
            person.shows("dashboard");
        }
        server.kill();
        nothing_is_wrong_with(&installation).await;
    }
}

/// No server starts, and no command has anything to do with it.
async fn is_left_alone(installation: &Installation, why: &str) {
    let log = beside(&installation.database_file(), "-wal");
    let before = fs::read(&log).unwrap();
    assert!(!before.is_empty());
    let mut told = vec![refuses_to_start(installation).await];
    let copy = installation.folder.join("copy.db");
    for command in [
        &["migrate"][..],
        &["backup", copy.to_str().unwrap()],
        &["restore", "--confirm-signals"],
        &["user", "show", "ada@example.org"],
        &["user", "reset", "ada@example.org"],
        &["explain", "ada@example.org"],
        &["replay"],
    ] {
        let (done, said) = installation.run(command);
        assert!(!done, "{command:?}: {said}");
        told.push(said);
    }
    for said in told {
        assert!(said.contains(why) && said.contains("put the file back"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(fs::read(&log).unwrap(), before);
    assert!(!copy.exists());
}

/// Whoever finds the file later has all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_in_place_of_a_file_that_is_gone_keeps_its_log() {
    let installation = Installation::new();
    let mut server = installation.start().await;
    let (file, elsewhere) = (installation.database_file(), installation.folder.join("elsewhere.db"));
    let copy = installation.folder.join("copy.db");
    let (done, said) = installation.run(&["backup", copy.to_str().unwrap()]);
    assert!(done, "{said}");
    let mut ada = installation.person("ada", &server.gate());
    ada.settles_in().await;
    fs::rename(&file, &elsewhere).unwrap();
    server.kill();

    let (done, said) = installation.run(&["restore", copy.to_str().unwrap()]);
    assert!(done, "{said}");
    is_there("ada", &file, false).await;
    let names = fs::read_dir(installation.data()).unwrap().map(|file| file.unwrap().path());
    let log = names.filter(|name| name.to_str().unwrap().ends_with("-wal")).find(|name| *name != beside(&file, "-wal"));
    fs::rename(log.unwrap(), beside(&elsewhere, "-wal")).unwrap();
    is_there("ada", &elsewhere, true).await;
    installation.start().await;
}

async fn is_there(identifier: &str, database: &Path, is: bool) {
    let db = Db::open(&file_url(database)).await.unwrap();
    assert_eq!(users::find_by_key(db.read(), identifier).await.unwrap().is_some(), is);
    db.close().await;
}

async fn ada_and_ben() -> (Installation, Program, Gate, Vec<Person>) {
    let installation = Installation::new();
    let server = installation.start().await;
    let (gate, mut people) = (server.gate(), Vec::new());
    for name in ["ada@example.org", "ben@example.org"] {
        let mut person = installation.person(name, &gate);
        person.settles_in().await;
        people.push(person);
    }
    (installation, server, gate, people)
}

fn beside(database: &Path, what: &str) -> PathBuf {
    PathBuf::from(format!("{}{what}", database.display()))
}

async fn stops(server: &mut Program) {
    let told = std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
    for _ in 0..500 {
        if server.ended().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it goes on");
}

async fn nothing_is_wrong_with(installation: &Installation) {
    let db = Db::open(&file_url(&installation.database_file())).await.unwrap();
    assert_eq!(faults(&db, &installation.mails()).await, Vec::<String>::new());
    db.close().await;
}
