//! A proxy that ends TLS in front of the program, as docs/security.md tells operators to put one there: it passes the host on,
//! and adds the address that it sees to `X-Forwarded-For`.

use crate::app::{Browser, Mails};
use crate::authenticator::Authenticator;
use crate::mail_server::Authority;
use crate::person::Person;
use crate::program::{Installation, Program, exchange};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use http::{Method, StatusCode};
use keymend::page::Screen;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

struct Proxy {
    address: SocketAddr,
    task: AbortHandle,
}

impl Proxy {
    fn start(listener: TcpListener, tls: TlsAcceptor, server: SocketAddr) -> Self {
        let address = listener.local_addr().unwrap();
        let serve = async move {
            while let Ok((connection, peer)) = listener.accept().await {
                // Whoever hangs up is no reason to stop.
                tokio::spawn(pass_on(connection, seen(peer.ip()), tls.clone(), server));
            }
        };
        Self { address, task: tokio::spawn(serve).abort_handle() }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Addresses of this machine are nobody's, so each stands for one of the world: 127.0.0.9 for 203.0.113.9.
fn seen(peer: IpAddr) -> IpAddr {
    let IpAddr::V4(peer) = peer else { panic!("{peer}") };
    Ipv4Addr::new(203, 0, 113, peer.octets()[3]).into()
}

/// One request, and its answer byte for byte.
async fn pass_on(connection: TcpStream, peer: IpAddr, tls: TlsAcceptor, server: SocketAddr) -> io::Result<()> {
    let mut outside = tls.accept(connection).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(outside.read_u8().await?);
    }
    let mut inside = TcpStream::connect(server).await?;
    inside.write_all(with_peer(&String::from_utf8_lossy(&head), peer).as_bytes()).await?;
    tokio::io::copy_bidirectional(&mut outside, &mut inside).await?;
    Ok(())
}

/// nginx: `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for`.
fn with_peer(head: &str, peer: IpAddr) -> String {
    const NAME: &str = "x-forwarded-for: ";
    let (claimed, others): (Vec<_>, Vec<_>) = head.trim_end().split("\r\n").partition(|line| line.starts_with(NAME));
    let claimed = claimed.iter().map(|line| format!("{}, ", &line[NAME.len()..])).collect::<String>();
    format!("{}\r\n{NAME}{claimed}{peer}\r\n\r\n", others.join("\r\n"))
}

/// The program behind its proxy.
struct Scene {
    proxy: Proxy,
    tls: TlsConnector,
    origin: String,
    installation: Installation,
    _program: Program,
}

impl Scene {
    async fn set() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let mut installation = Installation::behind(&origin);
        installation.environment.push(("KEYMEND__SERVER__TRUSTED_PROXIES".to_owned(), "127.0.0.1".to_owned()));
        let program = installation.start().await;

        let authority = Authority::new("ours");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let client = client.with_root_certificates(roots).with_no_client_auth();
        let proxy =
            Proxy::start(listener, TlsAcceptor::from(authority.certifies("localhost", |_| {})), program.address);
        Self { proxy, tls: TlsConnector::from(Arc::new(client)), origin, installation, _program: program }
    }

    /// The network: connections with TLS, from the address that a browser has.
    fn network(&self) -> Router {
        let (address, tls, host) = (self.proxy.address, self.tls.clone(), self.origin["https://".len()..].to_owned());
        Router::new().fallback(async move |request: Request| {
            let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::new(from.unwrap_or(Ipv4Addr::LOCALHOST.into()), 0)).unwrap();
            let connection = socket.connect(address).await.unwrap();
            let connection = tls.connect(ServerName::try_from("localhost").unwrap(), connection).await.unwrap();
            exchange(connection, &host, request).await.unwrap()
        })
    }

    fn person(&self, identifier: &str) -> Person {
        let mut browser = Browser::new(self.network(), &self.origin);
        browser.mails = Some(Mails::Folders(self.installation.folder.clone()));
        Person::new(identifier, browser, Authenticator::new(&self.origin))
    }

    /// Somebody in a fresh browser at an address tries a password for a name.
    async fn tries(&self, name: &str, from: [u8; 4], claims: Option<String>) -> StatusCode {
        let mut stranger = self.person(name);
        stranger.browser.peer = Some(from.into());
        stranger.browser.forwarded = claims;
        stranger.identifies().await;
        if matches!(stranger.page.screen, Screen::UsePasskey(_)) {
            stranger.uses_password_instead().await;
        }
        stranger.types_password("not the password at all").await;
        stranger.status
    }
}

/// Every answer is held to it: cookies are `__Host-` and Secure, and HTTPS is to stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_that_ends_tls_the_whole_way_works() {
    let scene = Scene::set().await;
    let mut ada = scene.person("ada@example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    assert!(ada.browser.cookie("session").is_some());

    // A document, as it is asked for without JavaScript, and where it leads.
    let document = ada.browser.without_script().visit("/").await;
    assert_eq!((document.status, document.step()), (StatusCode::OK, "dashboard"));
    // The same host without TLS is another origin.
    let aloud = scene.origin.replace("https:", "http:");
    let form = [("content-type", "application/x-www-form-urlencoded"), ("origin", aloud.as_str())];
    let answer = ada.browser.send(Method::POST, "/api/session/sign-out", Vec::new(), &form).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_it_each_address_has_its_own_limits_whatever_it_claims() {
    const FREE: usize = 30;
    let scene = Scene::set().await;
    let mut looked_at = 0;
    for number in 0..FREE + 4 {
        let claims = Some(format!("198.51.100.{number}"));
        let status = scene.tries(&format!("name{number}"), [127, 0, 0, 2], claims).await;
        assert!([StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&status), "{status}");
        looked_at += usize::from(status == StatusCode::UNAUTHORIZED);
    }
    assert_eq!(looked_at, FREE + 1);
    let claims = Some("203.0.113.2".to_owned());
    assert_eq!(scene.tries("somebody", [127, 0, 0, 3], claims).await, StatusCode::UNAUTHORIZED);
    assert_eq!(scene.tries("somebody", [127, 0, 0, 2], None).await, StatusCode::TOO_MANY_REQUESTS);
}
