//! The server program itself, started as an operator starts it, and a way to it for the browsers of the tests.

#![allow(dead_code, reason = "each test program uses its part")]

use crate::app::{Browser, Mails};
use crate::authenticator::Authenticator;
use crate::person::Person;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Built by cargo before the tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_keymend");

/// A data folder, a database, and the origin that browsers see, whichever program serves it.
pub struct Installation {
    pub folder: PathBuf,
    database_url: String,
    port: u16,
    /// Further variables of the environment of its programs.
    pub environment: Vec<(String, String)>,
}

impl Installation {
    /// With SQLite in its folder.
    pub fn new() -> Self {
        Self::with_database("")
    }

    pub fn with_database(url: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("keymend_test_{:032x}", rand::random::<u128>()));
        std::fs::create_dir_all(folder.join("data")).unwrap();
        Self { folder, database_url: url.to_owned(), port: free_port(), environment: Vec::new() }
    }

    /// As [`Installation::new`], where browsers see it under another origin: that of a proxy.
    pub fn behind(origin: &str) -> Self {
        let mut installation = Self::new();
        installation.environment.push(("KEYMEND__RELYING_PARTY__ORIGIN".to_owned(), origin.to_owned()));
        installation
    }

    /// The folder of the database and the root key.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Where mails go, as there is no mail server.
    pub fn mails(&self) -> PathBuf {
        self.data().join("outbox")
    }

    pub fn database_file(&self) -> PathBuf {
        self.data().join("keymend.db")
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Where the server of the origin listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// A command of the program, with this installation's settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        command.env("KEYMEND_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/Leptos.toml"));
        command.env("KEYMEND__SERVER__DATA", self.data()).env("KEYMEND__DATABASE__URL", &self.database_url);
        command.env("KEYMEND__RELYING_PARTY__ORIGIN", self.origin());
        command.env("LEPTOS_SITE_ROOT", self.folder.join("site"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its end: whether it succeeded, and all that it said.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.command(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// Starts the server where the origin says, and waits until it answers.
    pub async fn start(&self) -> Program {
        self.start_on(self.port).await
    }

    /// Starts another server beside the first.
    pub async fn start_another(&self) -> Program {
        self.start_on(free_port()).await
    }

    /// What the server on this address says on standard error.
    pub fn log_file(&self, address: SocketAddr) -> PathBuf {
        self.folder.join(format!("log-{}", address.port()))
    }

    async fn start_on(&self, port: u16) -> Program {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut command = self.command(&["serve"]);
        command.env("LEPTOS_SITE_ADDR", address.to_string());
        self.run_as_server(command, address).await
    }

    /// Starts this command, which is to listen there, and waits until it answers.
    pub async fn run_as_server(&self, mut command: Command, address: SocketAddr) -> Program {
        let log = self.log_file(address);
        let stderr = std::fs::File::options().create(true).append(true).open(&log).unwrap();
        command.stdout(Stdio::null()).stderr(stderr);
        let mut program = Program { process: command.spawn().unwrap(), address };
        for _ in 0..6_000 {
            if TcpStream::connect(address).await.is_ok() {
                return program;
            }
            if program.process.try_wait().unwrap().is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the server does not answer on {address}: {}", std::fs::read_to_string(log).unwrap_or_default());
    }

    /// A browser that reaches this origin through this gate.
    pub fn browser(&self, gate: &Gate) -> Browser {
        let mut browser = Browser::new(gate.router(), &self.origin());
        browser.mails = Some(Mails::Folders(self.folder.clone()));
        browser
    }

    /// Somebody with such a browser.
    pub fn person(&self, identifier: &str, gate: &Gate) -> Person {
        Person::new(identifier, self.browser(gate), Authenticator::new(&self.origin()))
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A running server. It is killed when this is dropped.
pub struct Program {
    process: Child,
    pub address: SocketAddr,
}

impl Program {
    /// As a power cut does: no signal that a program could notice.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().unwrap();
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends it a signal: `TERM`, as service managers do.
    pub fn signal(&self, name: &str) {
        let told = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().unwrap()
    }

    /// The status that an address of operators has.
    pub async fn asks(&self, path: &str) -> StatusCode {
        ask(self.address, Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status()
    }

    pub fn gate(&self) -> Gate {
        Gate::to(self.address)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What stands between browsers and servers: passes each request on to the server of the moment. A request that gets no
/// whole answer gets none at all, as nobody was told anything by it.
#[derive(Clone)]
pub struct Gate(Arc<RwLock<SocketAddr>>);

impl Gate {
    pub fn to(address: SocketAddr) -> Self {
        Self(Arc::new(RwLock::new(address)))
    }

    /// From now on another server answers.
    pub fn leads_to(&self, address: SocketAddr) {
        *self.0.write().unwrap() = address;
    }

    pub fn router(&self) -> Router {
        let gate = self.clone();
        Router::new().fallback(move |request: Request| {
            let gate = gate.clone();
            async move {
                let address = *gate.0.read().unwrap();
                match ask(address, request).await {
                    Ok(response) => response,
                    Err(_) => std::future::pending().await,
                }
            }
        })
    }
}

async fn ask(address: SocketAddr, request: Request) -> io::Result<Response> {
    exchange(TcpStream::connect(address).await?, &address.to_string(), request).await
}

/// One request and its answer on a connection to this host: as much of HTTP as it takes.
pub async fn exchange(
    mut connection: impl AsyncRead + AsyncWrite + Unpin,
    host: &str,
    request: Request,
) -> io::Result<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(io::Error::other)?;
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut head = format!("{} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", parts.method);
    for (name, value) in &parts.headers {
        head += &format!("{name}: {}\r\n", value.to_str().map_err(io::Error::other)?);
    }
    head += &format!("content-length: {}\r\n\r\n", body.len());
    connection.write_all(&[head.as_bytes(), &body].concat()).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;

    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or(ErrorKind::UnexpectedEof)?;
    let (head, body) = (std::str::from_utf8(&answer[..end]).map_err(io::Error::other)?, &answer[end + 4..]);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or(ErrorKind::InvalidData)?;
    let (mut response, mut length, mut chunked) = (Response::builder().status(status), None, false);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match name {
            "content-length" => length = value.parse::<usize>().ok(),
            "transfer-encoding" => chunked = true,
            _ => response = response.header(name, value),
        }
    }
    let body = if chunked { unchunk(body)? } else { body.to_vec() };
    if length.is_some_and(|length| body.len() < length) {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    response.body(Body::from(body)).map_err(io::Error::other)
}

fn unchunk(mut body: &[u8]) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n").ok_or(ErrorKind::UnexpectedEof)?;
        let length = std::str::from_utf8(&body[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let length = length.ok_or(ErrorKind::InvalidData)?;
        let chunk = body.get(end + 2..end + 2 + length).ok_or(ErrorKind::UnexpectedEof)?;
        if length == 0 {
            return Ok(whole);
        }
        whole.extend_from_slice(chunk);
        body = body.get(end + 4 + length..).ok_or(ErrorKind::UnexpectedEof)?;
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
