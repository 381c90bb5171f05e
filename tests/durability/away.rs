//! A database that does not answer for a while: PostgreSQL behind a line that is cut, SQLite in the hands of somebody else.

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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

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
    assert_eq!(json.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(json.1, "a page says that it did not work");
    assert!(document.0 == StatusCode::SERVICE_UNAVAILABLE || document.0.is_redirection(), "{}", document.0);
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

async fn answers_the_prompt(person: &mut Person, accept: &str) -> (StatusCode, bool) {
    let ceremony = person.ceremony().clone();
    let credential = person.device.get(&ceremony.options, crate::authenticator::honest).unwrap();
    let outcome = serde_json::to_string(&keymend::page::Report::Credential(credential.to_string())).unwrap();
    let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
    let origin = person.browser.origin();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [form, ("origin", origin.as_str()), ("accept", accept)];
    let body = crate::app::encode(&fields).into_bytes();
    let answer = person.browser.send_anyway(Method::POST, &ceremony.report, body, &headers).await;
    let told = !answer.status.is_redirection() && matches!(answer.page().screen, Screen::Told(_));
    (answer.status, told)
}

/// What can come between a server and its database.
struct Line {
    url: String,
    cut: watch::Sender<bool>,
    open: Arc<AtomicBool>,
    /// SQLite: who keeps it.
    keeper: Option<DatabaseConnection>,
}

impl Line {
    async fn to(database: &TestDatabase) -> Self {
        let (open, cut) = (Arc::new(AtomicBool::new(true)), watch::Sender::new(false));
        if !database.is_postgres() {
            let url = database.url().to_owned();
            return Self { url, cut, open, keeper: None };
        }
        let mut url = url::Url::parse(database.url()).unwrap();
        let there = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5_432));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let here: SocketAddr = listener.local_addr().unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(here.port())).unwrap();
        let (is_open, hears) = (open.clone(), cut.clone());
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                // Before the look at whether it is open: a cut between the two would not be heard.
                let (there, mut cut) = (there.clone(), hears.subscribe());
                if !is_open.load(Ordering::SeqCst) {
                    continue;
                }
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(there).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { url: url.into(), cut, open, keeper: None }
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
