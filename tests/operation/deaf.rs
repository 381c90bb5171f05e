//! A program whose output nobody reads.

use crate::program::{Gate, Installation};
use http::StatusCode;
use std::fs::File;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Its disk is full, or whoever read it is gone. What it said is lost, and nobody's sign-in or mail is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_costs_nobody_their_sign_in() {
    let installation = Installation::new();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut command = installation.command(&["serve"]);
    command.env("LEPTOS_SITE_ADDR", installation.address().to_string()).env("RUST_LOG", "keymend=debug,warn");
    let mut process = command.stdout(full()).stderr(full()).spawn().unwrap();
    listens(&installation).await;
    // With an address, so that a mail has to come.
    let mut ada = installation.person("ada@example.org", &Gate::to(installation.address()));
    ada.settles_in().await;
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
    assert!(process.try_wait().unwrap().is_none(), "it serves");
    process.kill().unwrap();
    process.wait().unwrap();
}

async fn listens(installation: &Installation) {
    for _ in 0..400 {
        if TcpStream::connect(installation.address()).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// A server whose log is a pipe that nobody reads yet.
async fn unread(installation: &Installation) -> Child {
    let mut command = installation.command(&["serve"]);
    command.env("LEPTOS_SITE_ADDR", installation.address().to_string());
    let process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    listens(installation).await;
    process
}

/// Whether so many requests are answered, and the check of the service manager too.
async fn answers(installation: &Installation, requests: usize) -> bool {
    let browser = installation.browser(&Gate::to(installation.address()));
    let all = async {
        for _ in 0..requests {
            assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
        }
        browser.get("/healthz").await.status == StatusCode::OK
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.unwrap_or(false)
}

/// Of so many requests on one connection, none of which waits for the answer to the one before, how many are answered.
async fn answered_in_a_row(installation: &Installation, requests: usize) -> usize {
    let (mut from, mut to) = TcpStream::connect(installation.address()).await.unwrap().into_split();
    let request = |more| format!("PUT /sign-in HTTP/1.1\r\nhost: localhost\r\n{more}\r\n");
    let all = request("").repeat(requests - 1) + &request("connection: close\r\n");
    let mut answers = Vec::new();
    let both = async { tokio::join!(to.write_all(all.as_bytes()), from.read_to_end(&mut answers)) };
    let _ = tokio::time::timeout(Duration::from_secs(60), both).await;
    String::from_utf8_lossy(&answers).matches("HTTP/1.1 ").count()
}

/// Whether it ends in order within five seconds after it was told to. If not, it is killed.
async fn ends(process: &mut Child) -> bool {
    let told = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(told.success());
    for _ in 0..1_000 {
        if let Some(status) = process.try_wait().unwrap() {
            return status.success();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process.kill().unwrap();
    process.wait().unwrap();
    false
}

/// As a terminal that is held, or a program for logs that hangs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_of_the_log_who_stalls_keeps_nobody_waiting() {
    let installation = Installation::new();
    let mut process = unread(&installation).await;
    let answered = answers(&installation, 600).await;
    let ended = ends(&mut process).await;
    let mut log = String::new();
    process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(answered && ended, "answered: {answered}, ended: {ended}, {} bytes of log", log.len());
    // As much as a pipe holds: its reader had stalled indeed.
    assert!(log.len() > 60_000 && log.len() < 70_000, "{}", log.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_reader_who_stalled_has_missed_is_counted_in_the_log() {
    const MISSED: &str = "lines of the log are missing here";
    let installation = Installation::new();
    let mut process = unread(&installation).await;
    // More than the program keeps for whoever is late.
    let answered = answered_in_a_row(&installation, 10_000).await;
    let mut pipe = process.stderr.take().unwrap();
    let reads = std::thread::spawn(move || {
        let mut log = String::new();
        pipe.read_to_string(&mut log).unwrap();
        log
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let last = installation.browser(&Gate::to(installation.address())).get("/sign-in").await;
    let ended = ends(&mut process).await;
    let log = reads.join().unwrap();
    assert!(answered == 10_000 && ended, "answered: {answered}, ended: {ended}");
    let told: Vec<_> = log.lines().filter(|line| line.contains(MISSED)).collect();
    let lost = told.first().and_then(|line| line.rsplit_once("lost=")?.1.parse::<u64>().ok());
    assert!(told.len() == 1 && lost > Some(0), "{told:?}");
    let (before, after) = log.split_once(MISSED).unwrap();
    assert!(before.len() > 1_000_000, "{}", before.len());
    // From there on nothing is missing, to the end.
    let name = last.headers["x-request-id"].to_str().unwrap();
    assert!(after.contains(name) && !before.contains(name));
}
