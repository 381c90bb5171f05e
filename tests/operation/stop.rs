//! Told to stop: whoever was being served is answered, the mail that was on its way leaves, and then it is quiet.

use crate::app::Browser;
use crate::dump::Dump;
use crate::mail_server::{MailServer, Secrecy};
use crate::program::{Installation, Program};
use crate::served::Served;
use http::{Method, StatusCode};
use keymend::server::db::{Db, file_url, users};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Service managers give up after ten.
const WITHIN: Duration = Duration::from_secs(5);

/// Asks until nobody answers any more; how often there was an answer, and those that say that something is wrong.
async fn asks_on(browser: Browser, stopped: Arc<AtomicBool>) -> (usize, Vec<StatusCode>) {
    let (mut answered, mut wrong) = (0, Vec::new());
    loop {
        // A document, and a password that takes its time.
        let document = browser.send_anyway(Method::GET, "/sign-in", Vec::new(), &[("accept", "text/html")]);
        let fields = [("identifier", "ada"), ("password", "a long passphrase that nobody has")];
        let both = async { [document.await, browser.post_anyway("/api/sign-up", &fields).await] };
        // Without a connection there is no answer, not even a wrong one.
        let Ok(answers) = tokio::time::timeout(2 * WITHIN, both).await else {
            assert!(stopped.load(Ordering::SeqCst), "no answer while the server runs");
            return (answered, wrong);
        };
        for answer in answers {
            answered += 1;
            wrong.extend(Some(answer.status).filter(StatusCode::is_server_error));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn told_to_stop_under_load_it_answers_what_is_under_way_and_ends_within_five_seconds() {
    let mut served = Served::start(&[]).await;
    let stopped = Arc::new(AtomicBool::new(false));
    let mut crowd = JoinSet::new();
    for _ in 0..8 {
        crowd.spawn(asks_on(served.browser(), stopped.clone()));
    }
    // Two who never finish what they say, and one who never begins.
    let mut slow = Vec::new();
    for begun in
        ["POST /api/sign-up HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nabc", "GET /sign-in HTT", ""]
    {
        let mut connection = TcpStream::connect(served.address()).await.unwrap();
        connection.write_all(begun.as_bytes()).await.unwrap();
        slow.push(connection);
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    stopped.store(true, Ordering::SeqCst);
    served.tell_to_stop();
    let began = tokio::time::Instant::now();
    let ended_well = loop {
        if let Some(well) = served.ended() {
            break well;
        }
        assert!(began.elapsed() < WITHIN + Duration::from_secs(1), "it does not end: {}", served.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let took = began.elapsed();
    let all = crowd.join_all().await;
    let answered: usize = all.iter().map(|(answered, _)| answered).sum();
    let wrong: Vec<_> = all.into_iter().flat_map(|(_, wrong)| wrong).collect();
    println!("{answered} requests answered, none wrong; ended {:.2} s after it was told to", took.as_secs_f64());
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(answered > 20 && took <= WITHIN && ended_well, "{answered} {took:?} {}", served.log());
}

#[tokio::test]
async fn a_quiet_server_stops_at_once() {
    let mut served = Served::start(&[]).await;
    served.browser().get("/sign-in").await;
    served.tell_to_stop();
    let began = tokio::time::Instant::now();
    while served.ended().is_none() {
        assert!(began.elapsed() < Duration::from_secs(3), "{}", served.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// As a service manager stops it, a closed terminal, and Ctrl+C. Whoever copies the one file then has all of it.
#[tokio::test]
async fn a_server_that_was_stopped_leaves_its_database_in_one_file() {
    for signal in ["TERM", "HUP", "INT"] {
        leaves_its_database_in_one_file(signal).await;
    }
}

async fn leaves_its_database_in_one_file(signal: &str) {
    let installation = Installation::new();
    // Whoever runs the tests may have asked that these outlive their terminal, and what they start does so too.
    let mut program = started_by(&installation, &["env", "--default-signal=HUP"]).await;
    installation.person("ada@example.org", &program.gate()).settles_in().await;
    program.signal(signal);
    let began = tokio::time::Instant::now();
    let status = loop {
        if let Some(status) = program.ended() {
            break status;
        }
        assert!(began.elapsed() < WITHIN);
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(status.success(), "{signal}: {status}");
    let log = std::path::PathBuf::from(format!("{}-wal", installation.database_file().display()));
    assert!(!log.exists());
    let copy = installation.folder.join("copy.db");
    std::fs::copy(installation.database_file(), &copy).unwrap();
    let db = Db::open(&file_url(&copy)).await.unwrap();
    assert!(users::find_by_key(db.read(), "ada@example.org").await.unwrap().is_some());
    db.close().await;
}

/// A server that such a command starts, with the signals as that leaves them.
async fn started_by(installation: &Installation, command: &[&str]) -> Program {
    let server = installation.command(&["serve"]);
    let mut starter = Command::new(command[0]);
    starter.args(&command[1..]).arg(server.get_program()).args(server.get_args()).current_dir(&installation.folder);
    starter.envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
    starter.env("LEPTOS_SITE_ADDR", installation.address().to_string()).stdin(Stdio::null());
    installation.run_as_server(starter, installation.address()).await
}

#[tokio::test]
async fn a_server_that_was_told_to_outlive_its_terminal_does() {
    let installation = Installation::new();
    let mut program = started_by(&installation, &["nohup"]).await;
    // Once it answers it listens for signals too.
    assert_eq!(program.asks("/healthz").await, StatusCode::OK);
    program.signal("HUP");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(program.ended().is_none());
    assert_eq!(program.asks("/healthz").await, StatusCode::OK);
    program.signal("TERM");
    let began = tokio::time::Instant::now();
    while program.ended().is_none() {
        assert!(began.elapsed() < WITHIN);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_it_sends_the_mail_that_is_on_its_way_and_no_other() {
    let mails = MailServer::start(Secrecy::None, &[]);
    mails.takes_its_time(Duration::from_secs(2));
    let mut served = Served::start(&[("KEYMEND__MAIL__SMTP", &mails.url("smtp://localhost", ""))]).await;
    for address in ["ada@example.org", "grace@example.org"] {
        served.person(address).begins_to_sign_up().await;
    }
    let began = tokio::time::Instant::now();
    while mails.tries().is_empty() {
        assert!(began.elapsed() < WITHIN, "no mail: {}", served.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    served.tell_to_stop();
    while served.ended().is_none() {
        assert!(began.elapsed() < 2 * WITHIN, "it does not end: {}", served.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((mails.tries().len(), mails.taken().len()), (1, 1), "{}", served.log());
    // The other one is there for the next start.
    assert_eq!(Dump::of(&served.database().await).await.rows("outbox"), 1);
}
