//! A mail server on this machine that speaks enough of RFC 5321, in the clear, with STARTTLS (RFC 3207) or with TLS from the
//! first byte (RFC 8314); and an authority of our own for its certificates.

#![allow(dead_code, reason = "each test program uses its part")]

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server has to keep others from listening.
#[derive(Clone)]
pub enum Secrecy {
    None,
    /// Begins in the clear, and offers more.
    StartTls(Arc<ServerConfig>),
    /// Offers more, and then cannot.
    BrokenStartTls,
    /// From the first byte.
    Implicit(Arc<ServerConfig>),
}

/// The first mails are answered with what it was told to say.
pub struct MailServer {
    port: u16,
    mails: Arc<Mutex<Mails>>,
}

#[derive(Default)]
struct Mails {
    answers: Vec<&'static str>,
    /// Before it answers a mail.
    delay: Duration,
    tries: Vec<String>,
    taken: Vec<(String, String, String)>,
    heard: Vec<Heard>,
}

/// The first word of a line that a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub word: String,
    pub in_secret: bool,
}

impl MailServer {
    pub fn start(secrecy: Secrecy, answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = answers.iter().rev().copied().collect();
        let mails = Arc::new(Mutex::new(Mails { answers, ..Mails::default() }));
        let shared = mails.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that hangs up is no reason to stop.
                let _ = serve(stream.unwrap(), &secrecy, &shared);
            }
        });
        Self { port, mails }
    }

    /// From now on each mail is answered so much later.
    pub fn takes_its_time(&self, delay: Duration) {
        self.mails.lock().unwrap().delay = delay;
    }

    /// What `mail.smtp` is to be: `smtp://localhost`, and what comes after the port.
    pub fn url(&self, host: &str, rest: &str) -> String {
        format!("{host}:{}{rest}", self.port)
    }

    pub fn taken(&self) -> Vec<(String, String, String)> {
        self.mails.lock().unwrap().taken.clone()
    }

    pub fn tries(&self) -> Vec<String> {
        self.mails.lock().unwrap().tries.clone()
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.mails.lock().unwrap().heard.clone()
    }
}

fn serve(mut stream: TcpStream, secrecy: &Secrecy, mails: &Mutex<Mails>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    match secrecy {
        Secrecy::None => converse(&mut stream, Stage::Clear { offers: false, can: false }, mails).map(drop),
        Secrecy::BrokenStartTls => converse(&mut stream, Stage::Clear { offers: true, can: false }, mails).map(drop),
        Secrecy::StartTls(config) => match converse(&mut stream, Stage::Clear { offers: true, can: true }, mails)? {
            End::StartTls => converse(&mut secure(stream, config)?, Stage::Secret { greets: false }, mails).map(drop),
            End::Gone => Ok(()),
        },
        Secrecy::Implicit(config) => {
            converse(&mut secure(stream, config)?, Stage::Secret { greets: true }, mails).map(drop)
        }
    }
}

fn secure(stream: TcpStream, config: &Arc<ServerConfig>) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
    let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
    Ok(StreamOwned::new(connection, stream))
}

#[derive(Clone, Copy)]
enum Stage {
    Clear { offers: bool, can: bool },
    Secret { greets: bool },
}

enum End {
    Gone,
    /// From here on in secret.
    StartTls,
}

fn converse(stream: &mut (impl Read + Write), stage: Stage, mails: &Mutex<Mails>) -> io::Result<End> {
    let (mut from, mut to) = (String::new(), String::new());
    if !matches!(stage, Stage::Secret { greets: false }) {
        stream.write_all(b"220 localhost ready\r\n")?;
        stream.flush()?;
    }
    while let Some(line) = line(stream)? {
        let address = || line.split([':', ' ']).nth(2).unwrap_or_default().to_owned();
        let word = line.split([' ', ':']).next().unwrap().to_uppercase();
        if !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            // TLS, where none is spoken.
            return Ok(End::Gone);
        }
        let in_secret = matches!(stage, Stage::Secret { .. });
        mails.lock().unwrap().heard.push(Heard { word: word.clone(), in_secret });
        let answer = match (word.as_str(), stage) {
            ("EHLO", Stage::Clear { offers: true, .. }) => "250-localhost\r\n250 STARTTLS",
            ("EHLO", Stage::Secret { .. }) => "250-localhost\r\n250 AUTH PLAIN",
            ("EHLO" | "HELO" | "NOOP" | "RSET", _) => "250 fine",
            ("STARTTLS", Stage::Clear { can: true, .. }) => {
                stream.write_all(b"220 go on\r\n")?;
                return Ok(End::StartTls);
            }
            ("STARTTLS", Stage::Clear { .. }) => "454 not today",
            ("AUTH", Stage::Secret { .. }) => "235 welcome",
            ("MAIL", _) => {
                from = address();
                "250 fine"
            }
            ("RCPT", _) => {
                to = address();
                "250 fine"
            }
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n")?;
                stream.flush()?;
                let raw = message(stream)?;
                let delay = {
                    let mut mails = mails.lock().unwrap();
                    mails.tries.push(raw.clone());
                    mails.delay
                };
                std::thread::sleep(delay);
                let mut mails = mails.lock().unwrap();
                match mails.answers.pop() {
                    Some(answer) => answer,
                    None => {
                        mails.taken.push((from.clone(), to.clone(), raw));
                        "250 taken"
                    }
                }
            }
            ("QUIT", _) => {
                stream.write_all(b"221 bye\r\n")?;
                stream.flush()?;
                return Ok(End::Gone);
            }
            _ => "502 not here",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
        stream.flush()?;
    }
    Ok(End::Gone)
}

fn message(stream: &mut impl Read) -> io::Result<String> {
    let mut raw = String::new();
    while let Some(line) = line(stream)?.filter(|line| line != ".") {
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
        raw.push_str("\r\n");
    }
    Ok(raw)
}

/// Byte by byte, so that nothing of what comes after STARTTLS is taken away from TLS.
fn line(stream: &mut impl Read) -> io::Result<Option<String>> {
    let (mut line, mut byte) = (Vec::new(), [0]);
    while stream.read(&mut byte)? == 1 {
        match byte[0] {
            b'\n' => return Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            b'\r' => {}
            other => line.push(other),
        }
    }
    Ok(None)
}

/// Somebody who gives out certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own, for those who trust it.
    pub pem: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// For a server of this name.
    pub fn certifies(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let chain = vec![params.signed_by(&key, &self.issuer).unwrap().der().clone()];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap())
    }
}
