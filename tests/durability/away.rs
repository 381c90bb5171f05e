//! A database that does not answer for a while: PostgreSQL behind a line that is cut, SQLite in the hands of somebody else.

use crate::app::{Answer, Browser};
use crate::database::TestDatabase;
use crate::person::Person;
use crate::program::Installation;
use http::{Method, StatusCode};
use keymend::page::Screen;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// As many as the server has to PostgreSQL at most.
const CONNECTIONS: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_told_and_all_is_well_when_it_is_back() {
    let database = TestDatabase::new().await;
    let mut line = Line::to(&database).await;
    let installation = Installation::with_database(&line.url);
    let server = installation.start().await;
    let (mut ada, mut ben) = (installation.person("ada", &server.gate()), installation.person("ben", &server.gate()));
    for person in [&mut ada, &mut ben] {
        person.settles_in().await;
        person.signs_out().await;
        person.identifies().await;
    }

    line.cut().await;
    // A program and a person ask, at the same time.
    let (json, document) =
        tokio::join!(answers_the_prompt(&mut ada, "application/json"), answers_the_prompt(&mut ben, "text/html"));
    assert_eq!(json.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(json.page().screen, Screen::Told(_)), "a page says that it did not work: {}", json.text());
    // And so does the document that a form without JavaScript leads to, not another one.
    assert_eq!(document.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(document.page().screen, Screen::Told(_)), "{}", document.text());
    assert_eq!((ada.browser.cookie("session"), ben.browser.cookie("session")), (None, None));
    assert_eq!(server.asks("/healthz").await, StatusCode::OK);
    line.mend().await;

    // The same people, and the server as it is.
    for person in [&mut ada, &mut ben] {
        person.browser.drop_cookie("flow");
        person.signs_in_with_passkey().await;
        person.shows("dashboard");
    }
    assert_eq!(server.asks("/readyz").await, StatusCode::OK);
}

/// The one that met the cut is all that it costs: the other connections of the pool died too, were used less than a second ago, and
/// would not be asked whether they live.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_was_cut_costs_one_answer_and_not_one_for_each_connection() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let mut line = Line::to(&database).await;
    let installation = Installation::with_database(&line.url);
    let server = installation.start().await;
    let mut ada = installation.person("ada", &server.gate());
    ada.settles_in().await;
    // Where the machine is so slow that a second passes, the round shows nothing, and there is another one.
    for _ in 0..10 {
        let began = line.fills_with(&ada.browser).await;
        line.cut().await;
        assert_eq!(dashboards(&ada.browser, 1).await, [StatusCode::SERVICE_UNAVAILABLE]);
        line.mend().await;
        let answers = dashboards(&ada.browser, CONNECTIONS - 1).await;
        assert!(answers.iter().all(|status| *status == StatusCode::OK), "{answers:?}");
        if began.elapsed() < Duration::from_secs(1) {
            return;
        }
    }
    panic!("no round was quick enough");
}

/// Neither open nor closed: what is sent arrives nowhere, and nobody is told. Only PostgreSQL is at the end of a line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_falls_silent_is_given_up_and_all_is_well_when_it_speaks_again() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let line = Line::to(&database).await;
    let installation = Installation::with_database(&line.url);
    let server = installation.start().await;
    let (mut ada, mut ben) = (installation.person("ada", &server.gate()), installation.person("ben", &server.gate()));
    for person in [&mut ada, &mut ben] {
        person.settles_in().await;
    }
    line.fills_with(&ben.browser).await;
    ada.signs_out().await;
    ada.identifies().await;

    line.silent.send_replace(true);
    // Nothing of this may wait for as long as a network does.
    let all = async {
        let answer = answers_the_prompt(&mut ada, "application/json").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(matches!(answer.page().screen, Screen::Told(_)), "a page says that it did not work: {}", answer.text());
        // More than there are connections, and twice: none of them is waited for by everybody who comes after.
        for _ in 0..2 {
            let answers = dashboards(&ben.browser, 2 * CONNECTIONS).await;
            assert!(answers.iter().all(|status| *status == StatusCode::SERVICE_UNAVAILABLE), "{answers:?}");
        }
        assert_eq!(server.asks("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(server.asks("/healthz").await, StatusCode::OK);
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("it was given up");

    line.silent.send_replace(false);
    ada.browser.drop_cookie("flow");
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
    assert_eq!(server.asks("/readyz").await, StatusCode::OK);
}

/// So many of them at once.
async fn dashboards(browser: &Browser, many: usize) -> Vec<StatusCode> {
    let mut all = JoinSet::new();
    for _ in 0..many {
        let browser = browser.clone();
        // As the browser's own code asks: a document takes longer to make than all that is read for it.
        all.spawn(async move { browser.post_anyway("/api/page", &[("address", "/dashboard")]).await.status });
    }
    all.join_all().await
}

async fn answers_the_prompt(person: &mut Person, accept: &str) -> Answer {
    let ceremony = person.ceremony().clone();
    let credential = person.device.get(&ceremony.options, crate::authenticator::honest).unwrap();
    let outcome = serde_json::to_string(&keymend::page::Report::Credential(credential.to_string())).unwrap();
    let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
    let origin = person.browser.origin();
    let form = ("content-type", "application/x-www-form-urlencoded");
    // Where the form was: what the framework would lead back to by itself.
    let from = format!("{origin}/sign-in");
    let headers = [form, ("origin", origin.as_str()), ("referer", &from), ("accept", accept)];
    let body = crate::app::encode(&fields).into_bytes();
    person.browser.send_anyway(Method::POST, &ceremony.report, body, &headers).await
}

/// What can come between a server and its database.
struct Line {
    url: String,
    cut: watch::Sender<bool>,
    open: Arc<AtomicBool>,
    /// Nothing passes.
    silent: watch::Sender<bool>,
    /// SQLite: who keeps it.
    keeper: Option<DatabaseConnection>,
}

impl Line {
    async fn to(database: &TestDatabase) -> Self {
        let (open, cut) = (Arc::new(AtomicBool::new(true)), watch::Sender::new(false));
        let silent = watch::Sender::new(false);
        if !database.is_postgres() {
            let url = database.url().to_owned();
            return Self { url, cut, open, silent, keeper: None };
        }
        let mut url = url::Url::parse(database.url()).unwrap();
        let there = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5_432));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let here: SocketAddr = listener.local_addr().unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(here.port())).unwrap();
        let (is_open, hears, falls_silent) = (open.clone(), cut.clone(), silent.clone());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                // Before the look at whether it is open: a cut between the two would not be heard.
                let (there, mut cut) = (there.clone(), hears.subscribe());
                if !is_open.load(Ordering::SeqCst) {
                    continue;
                }
                let silent = falls_silent.subscribe();
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(there).await.unwrap();
                    let ((from_near, to_near), (from_far, to_far)) = (near.split(), far.split());
                    tokio::select! {
                        _ = pass_on(from_near, to_far, silent.clone()) => {}
                        _ = pass_on(from_far, to_near, silent) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { url: url.into(), cut, open, silent, keeper: None }
    }

    /// Has the server open as many connections as it may. Returns when they were used last, or a moment before.
    async fn fills_with(&self, browser: &Browser) -> Instant {
        for _ in 0..50 {
            let began = Instant::now();
            assert!(dashboards(browser, CONNECTIONS).await.iter().all(|status| *status == StatusCode::OK));
            // Each connection listens for the cut.
            if self.cut.receiver_count() >= CONNECTIONS {
                return began;
            }
        }
        panic!("{} connections", self.cut.receiver_count());
    }

    async fn cut(&mut self) {
        if self.url.starts_with("sqlite:") {
            let keeper = Database::connect(&self.url).await.unwrap();
            keeper.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
            self.keeper = Some(keeper);
        }
        self.open.store(false, Ordering::SeqCst);
        self.cut.send_replace(true);
    }

    async fn mend(&mut self) {
        self.open.store(true, Ordering::SeqCst);
        if let Some(keeper) = self.keeper.take() {
            keeper.execute_unprepared("ROLLBACK").await.unwrap();
            keeper.close().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Until one end hangs up. What comes while the line is silent arrives when it speaks again.
async fn pass_on(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, mut silent: watch::Receiver<bool>) {
    let mut bytes = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        silent.wait_for(|silent| !silent).await.unwrap();
        if to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
