//! The file of a SQLite database taken away under the server, which has it open: nobody is told that something was kept which
//! nobody will find there.

use crate::check::faults;
use crate::full::{begins, is_sent_away};
use crate::person::Person;
use crate::program::{Gate, Installation, Program};
use http::StatusCode;
use keymend::server::db::{Db, file_url};
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
