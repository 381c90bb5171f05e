//! The program of this build, on a port and in a folder of its own. People reach it through a router that passes every
//! request on over a connection, so that they walk here as they do in the other tests.

use crate::app::{NO_CONNECTION, TestApp};
use crate::database::TestDatabase;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use keymend::server::db::Db;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long it may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Served {
    pub address: SocketAddr,
    /// The people's side: its browsers and devices believe in the origin of the program.
    pub app: TestApp,
    process: Child,
    folder: PathBuf,
    // After the process, which uses it.
    database: TestDatabase,
}

impl Served {
    /// With settings of the environment: `("KEYMEND__PASSWORD__QUEUE", "8")`.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        // Free until now, and nobody is in a hurry to take it.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let folder = std::env::temp_dir().join(format!("keymend_test_{:032x}", rand::random::<u128>()));
        std::fs::create_dir_all(&folder).unwrap();
        let database = TestDatabase::new().await;
        let origin = format!("http://localhost:{}", address.port());
        let mut command = Command::new(env!("CARGO_BIN_EXE_keymend"));
        command.arg("serve").stdout(Stdio::null()).stderr(File::create(folder.join("log")).unwrap());
        command.env("KEYMEND_CONFIG", concat!(env!("CARGO_MANIFEST_DIR"), "/Leptos.toml"));
        command.env("KEYMEND__SERVER__DATA", folder.join("data")).env("KEYMEND__DATABASE__URL", database.url());
        command.env("KEYMEND__RELYING_PARTY__ORIGIN", &origin);
        command.env("LEPTOS_SITE_ROOT", &folder).env("LEPTOS_SITE_ADDR", address.to_string());
        command.envs(settings.iter().copied());
        let process = command.spawn().unwrap();
        let app = TestApp::start_with(&format!("[relying_party]\norigin = \"{origin}\"\n"), |_| {}).await;
        app.replace_router(Router::new().fallback(move |request: Request| passed_on(address, request)));
        let mut served = Self { address, app, process, folder, database };
        served.answers().await;
        served
    }

    async fn answers(&mut self) {
        let began = tokio::time::Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            assert!(self.process.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE, "{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// Its database, opened a second time.
    pub async fn database(&self) -> Db {
        self.database.open().await
    }

    /// Its memory now, in MiB.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// The signal that service managers send.
    pub fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// As much of HTTP as it takes: one connection a request. Where there is no connection, or it ends without an answer, the
/// status is one that no server of ours gives.
async fn passed_on(address: SocketAddr, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n",
        parts.method,
        parts.uri,
        address.port()
    );
    for (name, value) in &parts.headers {
        head += &format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
    }
    if !body.is_empty() {
        head += &format!("content-length: {}\r\n", body.len());
    }
    let answer = async {
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(format!("{head}\r\n").as_bytes()).await?;
        connection.write_all(&body).await?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    match answer.await {
        Ok(answer) if !answer.is_empty() => understood(&answer),
        _ => Response::builder().status(NO_CONNECTION).body(Body::empty()).unwrap(),
    }
}

fn understood(answer: &[u8]) -> Response {
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    let (head, rest) = (std::str::from_utf8(&answer[..end]).unwrap(), &answer[end + 4..]);
    let mut lines = head.split("\r\n");
    let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut response = Response::builder().status(status);
    let mut chunked = false;
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        chunked |= name.eq_ignore_ascii_case("transfer-encoding");
        response = response.header(name, value.trim());
    }
    response.body(Body::from(if chunked { joined(rest) } else { rest.to_vec() })).unwrap()
}

/// The pieces of a chunked body.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let end = rest.windows(2).position(|part| part == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        all.extend(&rest[end + 2..end + 2 + length]);
        if length == 0 {
            return all;
        }
        rest = &rest[end + 4 + length..];
    }
}
