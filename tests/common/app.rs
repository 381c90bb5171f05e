//! The whole server in a test: a fresh database and data folder, a clock that stands still, and browsers that talk to the
//! router without a network.

#![allow(dead_code, reason = "each test program uses its part")]

use crate::authenticator::Authenticator;
use crate::database::TestDatabase;
use crate::person::Person;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::response::Response;
use domain::ids::UserId;
use domain::time::Millis;
use http::{HeaderMap, Method, Request, StatusCode, header};
use keymend::page::{Action, Page, Start};
use keymend::server::clock::{Clock as _, ManualClock};
use keymend::server::config::{self, Loaded, Settings};
use keymend::server::db;
use keymend::server::mail;
use keymend::server::router::{router, surrounded};
use keymend::server::seal::Purpose;
use keymend::server::services::codes::GOOD_FOR;
use keymend::server::state::App;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait as _, Statement};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;
use tower::ServiceExt as _;

/// When every test begins.
pub const T0: Millis = Millis(1_800_000_000_000);

pub const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
pub const ANDROID: &str =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

/// What a page of ours tells about a browser that can do everything.
pub const CAPABLE: &str = r#"{"webauthn":true,"platform_authenticator":true,"hybrid":true}"#;

/// The same of one whose field suggests passkeys.
pub const SUGGESTS: &str = r#"{"webauthn":true,"platform_authenticator":true,"hybrid":true,"conditional_get":true}"#;

/// One running installation.
pub struct TestApp {
    server: Arc<Server>,
    app: Arc<RwLock<App>>,
    clock: Arc<ManualClock>,
    loaded: Loaded,
    // After the rest, as they take away what that still uses.
    _database: TestDatabase,
    _folder: Folder,
}

/// What browsers know of it.
struct Server {
    router: RwLock<Router>,
    origin: String,
    https: bool,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with("", |_| {}).await
    }

    /// With settings of one's own, as an operator writes them and beyond.
    pub async fn start_with(leptos_toml: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let (database, folder) = (TestDatabase::new().await, Folder::new());
        let mut loaded = config::parse(leptos_toml, "the test").unwrap();
        loaded.settings.database.url = database.url().to_owned();
        loaded.settings.server.data = folder.0.join("data");
        loaded.leptos.site_root = folder.site().into();
        change(&mut loaded.settings);
        let clock = Arc::new(ManualClock::new(T0));
        let app = App::start_with(loaded.clone(), clock.clone()).await.unwrap();
        let server = Server {
            router: RwLock::new(router(app.clone())),
            origin: loaded.settings.relying_party.origin.origin().ascii_serialization(),
            https: loaded.settings.is_https(),
        };
        let server = Arc::new(server);
        Self { server, app: Arc::new(RwLock::new(app)), clock, loaded, _database: database, _folder: folder }
    }

    /// The process ends and another one starts on the same data.
    pub async fn restart(&self) {
        self.restart_with(|_| {}).await;
    }

    /// As [`TestApp::restart`], with settings that are others until the next time.
    pub async fn restart_with(&self, change: impl FnOnce(&mut Settings)) {
        self.app().db.close().await;
        let mut loaded = self.loaded.clone();
        change(&mut loaded.settings);
        let app = App::start_with(loaded, self.clock.clone()).await.unwrap();
        *self.server.router.write().unwrap() = router(app.clone());
        *self.app.write().unwrap() = app;
    }

    /// Another instance on the same data, as a second server has it.
    pub async fn another(&self) -> App {
        App::start_with(self.loaded.clone(), self.clock.clone()).await.unwrap()
    }

    pub fn app(&self) -> App {
        self.app.read().unwrap().clone()
    }

    pub fn origin(&self) -> &str {
        &self.server.origin
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Lets time pass, in milliseconds.
    pub fn wait(&self, millis: i64) {
        self.clock.advance(millis);
    }

    /// Answers with other routes, inside the layers of all.
    pub fn replace_routes(&self, routes: Router<App>) {
        *self.server.router.write().unwrap() = surrounded(routes, &self.app()).with_state(self.app());
    }

    /// A browser that was never here, on a Mac.
    pub fn browser(&self) -> Browser {
        Browser { mails: Some(Mails::Outbox(self.app.clone())), ..Browser::of(self.server.clone()) }
    }

    pub fn device(&self) -> Authenticator {
        Authenticator::new(self.origin())
    }

    /// Somebody with a browser and a device, without an account yet.
    pub fn person(&self, identifier: &str) -> Person {
        Person::new(identifier, self.browser(), self.device())
    }

    /// The account of an identifier.
    pub async fn user(&self, identifier: &str) -> Option<UserId> {
        db::users::find_by_key(self.app().db.read(), identifier).await.unwrap().map(|user| user.id)
    }

    /// How many rows a table has, or how many fit a condition.
    pub async fn count(&self, from: &str) -> i64 {
        let db = self.app().db.clone();
        let statement =
            Statement::from_string(db.read().get_database_backend(), format!("SELECT COUNT(*) AS n FROM {from}"));
        db.read().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
    }

    /// How much is stored, table by table: what a request without effect leaves as it was. Strikes and wrong passwords are
    /// counted on purpose, refusals and codes that are asked for are written down, and a browser may be remembered at any time.
    pub async fn stored(&self) -> Vec<(&'static str, i64)> {
        const TABLES: [&str; 8] = [
            "users",
            "passkeys WHERE removed_at IS NULL",
            "sessions",
            "sessions WHERE ended_at IS NULL",
            "browser_passkeys",
            "heals",
            "audit WHERE event NOT LIKE '%-refused' AND event <> 'code-asked-for'",
            "failure_events",
        ];
        let mut all = Vec::new();
        for table in TABLES {
            all.push((table, self.count(table).await));
        }
        all
    }

    /// What is written down about an account, oldest first.
    pub async fn audit(&self, identifier: &str) -> Vec<String> {
        let user = self.user(identifier).await.unwrap();
        self.audit_of(user).await
    }

    pub async fn audit_of(&self, user: UserId) -> Vec<String> {
        let entries = db::audit::of_user(self.app().db.read(), user, None).await.unwrap();
        entries.into_iter().rev().map(|entry| entry.event).collect()
    }

    /// The bytes in a column.
    pub async fn blobs(&self, column: &str, table: &str) -> Vec<Vec<u8>> {
        let db = self.app().db.clone();
        let statement =
            Statement::from_string(db.read().get_database_backend(), format!("SELECT {column} AS b FROM {table}"));
        let rows = db.read().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "b").unwrap()).collect()
    }

    /// The texts in a column.
    pub async fn texts(&self, column: &str, table: &str) -> Vec<String> {
        let db = self.app().db.clone();
        let statement =
            Statement::from_string(db.read().get_database_backend(), format!("SELECT {column} AS t FROM {table}"));
        let rows = db.read().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get("", "t").unwrap()).collect()
    }

    /// As a version before made accounts: that the address is theirs nobody has shown.
    pub async fn unconfirms(&self, identifier: &str) {
        self.execute(&format!("UPDATE users SET verified_at = NULL WHERE identifier_key = '{identifier}'")).await;
        self.execute("DELETE FROM audit WHERE event = 'address-confirmed'").await;
    }

    /// Changes the database behind the server's back.
    pub async fn execute(&self, sql: &str) {
        let tx = self.app().db.write().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Sends what waits in the outbox, and reads the folder where mails become files, oldest first.
    pub async fn mails(&self) -> Vec<Letter> {
        mail::sender::send_due(&self.app()).await.unwrap();
        let mut files: Vec<_> = std::fs::read_dir(self.outbox())
            .map_or_else(|_| Vec::new(), |folder| folder.map(|file| file.unwrap().path()).collect());
        files.sort();
        files.iter().map(|file| Letter::read(&std::fs::read_to_string(file).unwrap())).collect()
    }

    /// The latest mail to an address whose subject has these words. The clock stands still, so only kinds can be told apart.
    pub async fn mail(&self, to: &str, subject: &str) -> Letter {
        let mails = self.mails().await;
        let mail = mails.iter().rev().find(|mail| mail.to == to && mail.subject.contains(subject));
        mail.unwrap_or_else(|| panic!("no mail to {to} about {subject}: {mails:?}")).clone()
    }

    pub fn is_postgres(&self) -> bool {
        self._database.is_postgres()
    }

    pub fn outbox(&self) -> PathBuf {
        self.loaded.settings.server.data.join("outbox")
    }

    /// How many sessions are alive.
    pub async fn sessions(&self) -> i64 {
        self.count("sessions WHERE ended_at IS NULL").await
    }
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub id: String,
    pub text: String,
}

impl Letter {
    pub fn read(raw: &str) -> Self {
        let (head, text) = raw.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
        };
        Self {
            to: header("To"),
            subject: header("Subject"),
            id: header("Message-ID"),
            text: text.replace("\r\n", "\n"),
        }
    }

    /// The address of the link in it, without the origin.
    #[track_caller]
    pub fn link(&self) -> String {
        let line = self.text.lines().find(|line| line.starts_with("http"));
        let line = line.unwrap_or_else(|| panic!("no link in {}", self.text));
        line[line.find("//").unwrap() + 2..].split_once('/').map(|(_, path)| format!("/{path}")).unwrap()
    }

    /// The six digits in it.
    #[track_caller]
    pub fn code(&self) -> String {
        six_digits(&self.text)
    }
}

#[track_caller]
fn six_digits(text: &str) -> String {
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.split_whitespace().find(is_code).unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

/// A temporary folder with the files of the browser in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = Self(std::env::temp_dir().join(format!("keymend_test_{:032x}", rand::random::<u128>())));
        std::fs::create_dir_all(folder.0.join("site/pkg")).unwrap();
        std::fs::write(folder.0.join("site/pkg/keymend.css"), "main{}").unwrap();
        folder
    }

    fn site(&self) -> String {
        self.0.join("site").to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A browser profile. A clone is another tab: it shares the cookies.
#[derive(Clone)]
pub struct Browser {
    server: Arc<Server>,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    pub user_agent: &'static str,
    /// The field `environment` of every post; none before hydration.
    pub environment: Option<String>,
    /// Where its connections come from; none: from this machine.
    pub peer: Option<IpAddr>,
    /// What stands in `X-Forwarded-For`.
    pub forwarded: Option<String>,
    /// Where whoever sits here reads their mail.
    pub mails: Option<Mails>,
    /// Looks whether every answer is fit to leave.
    pub looks: bool,
}

/// Where the mails of an installation wait to be taken out, each once.
#[derive(Clone)]
pub enum Mails {
    /// Of the server in this process: nothing was sent yet.
    Outbox(Arc<RwLock<App>>),
    /// Of programs: files, in the folder `outbox` of each of these folders' folders.
    Folders(PathBuf),
}

impl Mails {
    /// The six digits that were mailed to an address just now, under a subject with these words. The mail is gone then, so that
    /// no other test comes upon it.
    pub async fn takes_code(&self, to: &str, subject: &str) -> String {
        for _ in 0..400 {
            let mail = match self {
                Self::Outbox(app) => {
                    let app = app.read().unwrap().clone();
                    Self::take_waiting(&app, to, subject).await
                }
                Self::Folders(folder) => Self::take_file(folder, to, subject),
            };
            if let Some(text) = mail {
                return six_digits(&text);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no mail to {to} about {subject}");
    }

    /// Codes are good for minutes only, and so few of them wait at a time.
    async fn take_waiting(app: &App, to: &str, subject: &str) -> Option<String> {
        let soon = app.clock.now().plus(GOOD_FOR).0;
        let sql = format!("SELECT id, mail FROM outbox WHERE expires_at <= {soon} ORDER BY created_at DESC");
        let statement = Statement::from_string(app.db.read().get_database_backend(), sql);
        for row in app.db.read().query_all_raw(statement).await.unwrap() {
            let (id, sealed): (Uuid, String) = (row.try_get("", "id").unwrap(), row.try_get("", "mail").unwrap());
            let mail: mail::Mail = app.sealer.open(Purpose::Mail, id.as_bytes(), &sealed).unwrap();
            if mail.to == to && mail.subject.contains(subject) {
                let tx = app.db.write().await.unwrap();
                db::outbox::remove(&tx, id).await.unwrap();
                tx.commit().await.unwrap();
                return Some(mail.text);
            }
        }
        None
    }

    fn take_file(folder: &Path, to: &str, subject: &str) -> Option<String> {
        let within = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
        let outboxes = within(folder).map(|data| data.join("outbox"));
        let mut files: Vec<_> = outboxes.flat_map(|outbox| within(&outbox).collect::<Vec<_>>()).collect();
        // One that is still written begins with a dot.
        files.retain(|file| file.file_name().unwrap().to_str().unwrap().starts_with(|c: char| c.is_ascii_digit()));
        files.sort_by_key(|file| file.file_name().unwrap().to_owned());
        for file in files.into_iter().rev() {
            // Taken by somebody else this very moment.
            let Ok(raw) = std::fs::read_to_string(&file) else { continue };
            let mail = Letter::read(&raw);
            if mail.to == to && mail.subject.contains(subject) {
                std::fs::remove_file(file).unwrap();
                return Some(mail.text);
            }
        }
        None
    }
}

/// A request that is ready to be sent.
pub struct Prepared {
    asked: String,
    request: Request<Body>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    asked: String,
}

impl Browser {
    /// One that reaches an installation of this origin through a router that is not of a [`TestApp`].
    pub fn new(router: Router, origin: &str) -> Self {
        let https = origin.starts_with("https:");
        Self::of(Arc::new(Server { router: RwLock::new(router), origin: origin.to_owned(), https }))
    }

    fn of(server: Arc<Server>) -> Self {
        Self {
            server,
            cookies: Arc::default(),
            user_agent: MAC,
            environment: Some(CAPABLE.to_owned()),
            peer: None,
            forwarded: None,
            mails: None,
            looks: true,
        }
    }

    /// From now on it reaches its origin through another router.
    pub fn goes_through(&mut self, router: Router) {
        let Server { origin, https, .. } = &*self.server;
        self.server = Arc::new(Server { router: RwLock::new(router), origin: origin.clone(), https: *https });
    }

    /// Somebody else with a copy of the cookies.
    pub fn copy(&self) -> Self {
        Self { cookies: Arc::new(Mutex::new(self.cookies.lock().unwrap().clone())), ..self.clone() }
    }

    /// The same browser before hydration, or with JavaScript switched off: it tells nothing about itself.
    pub fn without_script(&self) -> Self {
        Self { environment: None, ..self.clone() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(&self.name(name)).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(self.name(name), value.to_owned());
    }

    pub fn drop_cookie(&self, name: &str) {
        self.cookies.lock().unwrap().remove(&self.name(name));
    }

    /// The origin of the pages that it shows.
    pub fn origin(&self) -> String {
        self.server.origin.clone()
    }

    fn name(&self, name: &str) -> String {
        if self.server.https { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// Asks for a page as the browser's own code does.
    pub async fn page(&self, address: &str) -> Answer {
        self.post("/api/page", &[("address", address)]).await
    }

    /// Posts a form as the browser's own code does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.sends(self.form(path, fields)).await;
        assert!(!answer.status.is_server_error(), "{}: {} {}", answer.asked, answer.status, answer.text());
        answer.keeps_to_itself(fields);
        answer
    }

    /// The form that [`Browser::post`] sends.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Prepared {
        let environment = self.environment.as_deref().map(|environment| ("environment", environment));
        let fields: Vec<_> = fields.iter().copied().chain(environment).collect();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.server.origin.as_str()),
            ("accept", "application/json"),
        ];
        self.prepare(Method::POST, path, encode(&fields).into_bytes(), &headers)
    }

    /// The form behind a button of a page.
    pub fn form_of(&self, action: &Action, fields: &[(&str, &str)]) -> Prepared {
        let hidden = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.form(&action.path, &hidden.chain(fields.iter().copied()).collect::<Vec<_>>())
    }

    /// As [`Browser::post`], where the server may say that it is too busy.
    pub async fn post_anyway(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.server.origin.as_str()),
            ("accept", "application/json"),
        ];
        self.send_anyway(Method::POST, path, encode(fields).into_bytes(), &headers).await
    }

    /// As [`Browser::press`], likewise.
    pub async fn press_anyway(&self, action: &Action, fields: &[(&str, &str)]) -> Answer {
        let hidden = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.post_anyway(&action.path, &hidden.chain(fields.iter().copied()).collect::<Vec<_>>()).await
    }

    /// Presses a button of a page.
    pub async fn press(&self, action: &Action, fields: &[(&str, &str)]) -> Answer {
        if action.get {
            return self.page(&address(action)).await;
        }
        let hidden = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        self.post(&action.path, &fields).await
    }

    /// Posts any body as a form.
    pub async fn raw(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let form = [("content-type", "application/x-www-form-urlencoded"), ("origin", self.server.origin.as_str())];
        let own = |name: &str| headers.iter().any(|(other, _)| *other == name);
        let mut all: Vec<_> = form.into_iter().filter(|(name, _)| !own(name)).collect();
        // A header with an empty value is left out.
        all.extend(headers.iter().filter(|(_, value)| !value.is_empty()));
        self.send(Method::POST, path, body.to_owned().into_bytes(), &all).await
    }

    /// Opens an address without JavaScript, and follows where it leads.
    pub async fn visit(&self, address: &str) -> Answer {
        let answer = self.get(address).await;
        self.follow(answer).await
    }

    /// Presses a button without JavaScript, and follows where it leads.
    pub async fn submit(&self, action: &Action, fields: &[(&str, &str)]) -> Answer {
        if action.get {
            return self.visit(&address(action)).await;
        }
        let answer = self.submit_only(action, fields).await;
        self.follow(answer).await
    }

    /// As [`Browser::submit`], without following.
    pub async fn submit_only(&self, action: &Action, fields: &[(&str, &str)]) -> Answer {
        let hidden = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        let answer =
            self.raw(&action.path, &encode(&fields), &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]).await;
        answer.keeps_to_itself(&fields);
        answer
    }

    /// Asks for an address, without following.
    pub async fn get(&self, address: &str) -> Answer {
        self.send(Method::GET, address, Vec::new(), &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]).await
    }

    async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            if !answer.status.is_redirection() {
                return answer;
            }
            let to = answer.headers[header::LOCATION].to_str().unwrap().to_owned();
            assert!(to.starts_with('/') && !to.starts_with("//"), "{} leads to {to}", answer.asked);
            answer = self.get(&to).await;
        }
        panic!("{} leads in circles", answer.asked);
    }

    /// Sends a request with the cookies of this browser, keeps those of the answer, and looks whether the answer is one
    /// that may ever leave the server.
    pub async fn send(&self, method: Method, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        let answer = self.send_anyway(method, path, body, headers).await;
        assert!(!answer.status.is_server_error(), "{}: {} {}", answer.asked, answer.status, answer.text());
        answer
    }

    /// As [`Browser::send`], where the server may say that it is too busy.
    pub async fn send_anyway(&self, method: Method, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        self.sends(self.prepare(method, path, body, headers)).await
    }

    /// A request that is ready to be sent, with the cookies that the browser has by now.
    pub fn prepare(&self, method: Method, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Prepared {
        let asked = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(path).header(header::USER_AGENT, self.user_agent);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(forwarded) = &self.forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        if let Some(peer) = self.peer {
            request = request.extension(ConnectInfo(SocketAddr::new(peer, 4_711)));
        }
        Prepared { asked, request: request.body(Body::from(body)).unwrap() }
    }

    pub async fn sends(&self, Prepared { asked, request }: Prepared) -> Answer {
        let router = self.server.router.read().unwrap().clone();
        let response = router.oneshot(request).await.unwrap();
        let answer = Answer::of(response, asked).await;
        if self.looks {
            answer.is_fit_to_leave(self.server.https);
        }
        self.keep(&answer);
        answer
    }

    fn keep(&self, answer: &Answer) {
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in answer.cookies() {
            let (name, rest) = cookie.split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Answer {
    async fn of(response: Response, asked: String) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Self { status: parts.status, headers: parts.headers, body, asked }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The page in it: the body is one, or the document holds one.
    pub fn page(&self) -> Page {
        let text = self.text();
        if let Ok(page) = serde_json::from_str(&text) {
            return page;
        }
        let data = text.split_once(r#"id="start">"#).and_then(|(_, rest)| rest.split_once("</script>"));
        let data = data.unwrap_or_else(|| panic!("{}: {} is no page: {text}", self.asked, self.status)).0;
        serde_json::from_str::<Start>(data).unwrap().page
    }

    /// The step that its page shows.
    pub fn step(&self) -> &'static str {
        self.page().screen.name()
    }

    /// The `Set-Cookie` values.
    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Every answer there is, whatever was asked.
    fn is_fit_to_leave(&self, https: bool) {
        let asked = &self.asked;
        let header = |name: &str| {
            let mut all = self.headers.get_all(name).iter();
            let value = all.next().unwrap_or_else(|| panic!("{asked}: {name} is missing")).to_str().unwrap();
            assert!(all.next().is_none(), "{asked}: {name} stands twice");
            value
        };
        assert!(is_strict(header("content-security-policy")), "{asked}: {}", header("content-security-policy"));
        assert_eq!(header("x-content-type-options"), "nosniff", "{asked}");
        assert_eq!(header("referrer-policy"), "same-origin", "{asked}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{asked}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{asked}");
        let permissions = "publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), geolocation=(), microphone=()";
        assert_eq!(header("permissions-policy"), permissions, "{asked}");
        assert!(!header("content-type").is_empty(), "{asked}");
        let cached = header("cache-control");
        // Files may be kept that are the same for everybody.
        let path = asked.split(' ').nth(1).unwrap_or_default();
        let is_file = path.starts_with("/pkg/") || (path.contains('.') && !path.starts_with("/recovery-codes"));
        assert!(
            cached == "no-store" || (cached == "no-cache" && is_file && self.cookies().is_empty()),
            "{asked}: {cached}"
        );
        assert_eq!(self.headers.contains_key(header::STRICT_TRANSPORT_SECURITY), https, "{asked}");
        assert!(!self.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{asked}");
        for cookie in self.cookies() {
            let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
            for attribute in ["Path=/", "HttpOnly", "SameSite=Lax"] {
                assert!(attributes.contains(&attribute), "{asked}: {cookie}");
            }
            assert_eq!(attributes.contains(&"Secure"), https, "{asked}: {cookie}");
            assert_eq!(cookie.starts_with("__Host-"), https, "{asked}: {cookie}");
            assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{asked}: {cookie}");
            // Browsers drop a cookie of more than 4,096 bytes without a word.
            assert!(cookie.len() <= 4_096, "{asked}: a cookie of {} bytes", cookie.len());
        }
    }

    /// A password never comes back.
    fn keeps_to_itself(&self, fields: &[(&str, &str)]) {
        let secret = fields.iter().find(|(name, value)| *name == "password" && value.len() >= 8);
        let public = |text: &str| fields.iter().any(|(name, value)| *name != "password" && *value == text);
        if let Some((_, password)) = secret.filter(|(_, password)| !public(password)) {
            assert!(!self.text().contains(password), "{} sends the password back", self.asked);
        }
    }
}

/// Whether it is one of our two policies, to the letter: of a document, with its nonce and the origins that are led back to, or of
/// anything else.
fn is_strict(policy: &str) -> bool {
    let reload = if cfg!(debug_assertions) { " ws:" } else { "" };
    let of_files = format!(
        "; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'{reload}; manifest-src 'self'; \
         base-uri 'none'; form-action 'self'"
    );
    let parts = || {
        let rest = policy.strip_prefix("default-src 'none'; script-src 'self' 'nonce-")?;
        let (nonce, rest) = rest.split_once("' 'wasm-unsafe-eval'")?;
        let origins = rest.strip_prefix(of_files.as_str())?.strip_suffix("; frame-ancestors 'none'")?;
        Some((nonce, origins))
    };
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte));
    let is_origin = |text: &str| text.starts_with("https://") || text.starts_with("http://localhost");
    match parts() {
        Some((nonce, origins)) => nonce.len() >= 22 && is_plain(nonce) && origins.split_whitespace().all(is_origin),
        None => policy == "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    }
}

/// A form as browsers encode it.
pub fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Where a form that only asks for a page leads.
fn address(action: &Action) -> String {
    let hidden: Vec<_> = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if hidden.is_empty() { action.path.clone() } else { format!("{}?{}", action.path, encode(&hidden)) }
}
