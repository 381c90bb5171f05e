//! As much of HTTP as it takes to ask our own server on this machine, with nothing between that would cost time.

use crate::app::encode;
use crate::stopwatch;
use keymend::page::{Action, Ceremony, Page, Report};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection that stays open, and the cookies that came over it.
pub struct Client {
    connection: BufReader<TcpStream>,
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

pub struct Answer {
    pub status: u16,
    pub encoding: String,
    /// As it came, still compressed.
    pub body: Vec<u8>,
    /// From the last byte of the question to the first of the answer.
    pub first_byte: Duration,
}

impl Client {
    pub fn connect(address: SocketAddr) -> std::io::Result<Self> {
        Ok(Self { connection: connection(address)?, address, cookies: BTreeMap::new() })
    }

    /// After a while of silence: the server has hung up by then.
    pub fn reconnect(&mut self) -> std::io::Result<()> {
        self.connection = connection(self.address)?;
        Ok(())
    }

    /// Asks as a browser does that opens an address; `compressed` or as it is.
    pub fn get(&mut self, path: &str, compressed: bool) -> Answer {
        let accepted = if compressed { "Accept-Encoding: gzip, deflate, br, zstd\r\n" } else { "" };
        self.ask(&format!("GET {path} HTTP/1.1\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\n{accepted}"), "")
    }

    /// Posts a form as the browser's own code does.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let (body, origin) = (encode(fields), self.origin());
        let form = "Content-Type: application/x-www-form-urlencoded";
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nAccept: application/json\r\nOrigin: {origin}\r\n{form}\r\nContent-Length: {length}\r\n"
        );
        let answer = self.ask(&head, &body);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub fn press(&mut self, action: &Action, fields: &[(&str, &str)]) -> Page {
        let hidden = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.post(&action.path, &hidden.chain(fields.iter().copied()).collect::<Vec<_>>())
    }

    /// Reports how a ceremony ended.
    pub fn report(&mut self, ceremony: &Ceremony, report: &Report) -> Page {
        let outcome = serde_json::to_string(report).unwrap();
        let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
        self.post(&ceremony.report, &fields)
    }

    pub fn page(&mut self, address: &str) -> Page {
        self.post("/api/page", &[("address", address)])
    }

    pub fn drop_cookie(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    pub fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    fn ask(&mut self, head: &str, body: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let host = self.address.port();
        let question =
            format!("{head}Host: localhost:{host}\r\nUser-Agent: {}\r\n{cookies}\r\n{body}", crate::app::MAC);
        self.connection.get_mut().write_all(question.as_bytes()).unwrap();
        let started = stopwatch::start();
        assert!(!self.connection.fill_buf().unwrap().is_empty(), "the server hung up");
        let first_byte = started.elapsed();

        let status = self.line().split(' ').nth(1).unwrap().parse().unwrap();
        let (mut encoding, mut length, mut chunked) = (String::new(), 0, false);
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-encoding" => encoding = value.to_owned(),
                "content-length" => length = value.parse().unwrap(),
                "transfer-encoding" => chunked = value == "chunked",
                "set-cookie" => self.keep(value),
                _ => {}
            }
        }
        let body = if chunked { self.chunks() } else { self.bytes(length) };
        Answer { status, encoding, body, first_byte }
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.connection.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.connection.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let length = usize::from_str_radix(&self.line(), 16).unwrap();
            all.extend(self.bytes(length));
            self.line();
            if length == 0 {
                return all;
            }
        }
    }
}

fn connection(address: SocketAddr) -> std::io::Result<BufReader<TcpStream>> {
    let connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(BufReader::new(connection))
}
