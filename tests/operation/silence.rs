//! Connections that say nothing, little, or too much, and those that do not read.

use crate::served::Served;
use http::StatusCode;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// So long a connection may say nothing.
const WITHIN: Duration = Duration::from_secs(10);

/// Says the beginning of something, and waits for the end of the connection.
async fn waits(served: &Served, begun: &str) -> (Duration, String) {
    let mut connection = TcpStream::connect(served.address()).await.unwrap();
    connection.write_all(begun.as_bytes()).await.unwrap();
    let (began, mut answer) = (tokio::time::Instant::now(), String::new());
    let _ = tokio::time::timeout(3 * WITHIN, connection.read_to_string(&mut answer)).await;
    (began.elapsed(), answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_says_nothing_or_never_ends_its_headers_is_closed() {
    let served = Served::start(&[]).await;
    // Six hundred who only stand there.
    let mut idle = Vec::new();
    for _ in 0..600 {
        idle.push(TcpStream::connect(served.address()).await.unwrap());
    }
    let answer = served.browser().get("/sign-in").await;
    assert_eq!(answer.status, StatusCode::OK, "others are served meanwhile");
    let (little, kept) = tokio::join!(
        waits(&served, "GET /sign-in HTTP/1.1\r\nhost: localhost\r\n"),
        waits(&served, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    );
    assert!(kept.1.starts_with("HTTP/1.1 200"), "{}", kept.1);
    for (took, _) in [&little, &kept] {
        assert!(*took > WITHIN / 2 && *took < 2 * WITHIN, "{took:?}");
    }
    let mut closed = 0;
    for mut connection in idle {
        let mut nothing = [0; 1];
        let end = tokio::time::timeout(2 * WITHIN, connection.read(&mut nothing)).await;
        closed += usize::from(matches!(end, Ok(Ok(0) | Err(_))));
    }
    println!(
        "600 idle connections, {closed} closed; one that never ended its headers after {:.1} s",
        little.0.as_secs_f64()
    );
    assert_eq!(closed, 600);
}

/// The wait that hides the work begins when the question is there as a whole: nobody waits it out with half of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_slowly_is_answered_no_sooner() {
    const WAIT: Duration = Duration::from_millis(150);
    let served = Served::start(&[("KEYMEND__SIGN_IN__ANSWER_AFTER_MS", "150")]).await;
    let body = "flow=&identifier=nobody%40example.org";
    let head = format!(
        "POST /api/sign-in/identify HTTP/1.1\r\nhost: localhost\r\norigin: {}\r\naccept: application/json\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        served.origin(),
        body.len()
    );
    let mut connection = TcpStream::connect(served.address()).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(2 * WAIT).await;
    let began = tokio::time::Instant::now();
    connection.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let took = began.elapsed();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(took >= WAIT, "{took:?}");
}

/// Lifts the limit of open files, of this program and of those that it starts from now on.
fn let_me_open_many() {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let raised = rustix::process::Rlimit { current: files.maximum, ..files };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();
}

/// There are eight hundred places, and whoever comes later waits outside until one is free.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: ten thousand connections"]
async fn ten_thousand_idle_connections_cost_little_memory_and_keep_nobody_out() {
    const CONNECTIONS: usize = 10_000;
    /// What 800 connections may take, in MiB.
    const SLACK: f64 = 32.0;
    let_me_open_many();
    let served = Served::start(&[]).await;
    served.browser().get("/sign-in").await;
    let (base, address) = (served.memory(), served.address());
    let mut idle = JoinSet::new();
    for _ in 0..CONNECTIONS {
        idle.spawn(async move { TcpStream::connect(address).await?.read(&mut [0]).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (began, browser) = (tokio::time::Instant::now(), served.browser());
    let mut newcomer = tokio::spawn(async move { browser.get("/sign-in").await.status });
    let mut most = base;
    let status = loop {
        most = most.max(served.memory());
        if let Ok(status) = tokio::time::timeout(Duration::from_millis(20), &mut newcomer).await {
            break status.unwrap();
        }
    };
    println!(
        "{CONNECTIONS} idle connections: memory {base:.0} MiB before and {most:.0} at most; \
         somebody who came after them was answered after {:.0} s",
        began.elapsed().as_secs_f64()
    );
    assert_eq!(status, StatusCode::OK);
    assert!(began.elapsed() < 6 * WITHIN, "{:?}", began.elapsed());
    assert!(most < base + SLACK, "{base} {most}");
    // All of them hang up.
    idle.shutdown().await;
    let began = tokio::time::Instant::now();
    assert_eq!(served.browser().get("/sign-in").await.status, StatusCode::OK);
    assert!(began.elapsed() < WITHIN / 2, "all is well again: {:?}", began.elapsed());
}

#[tokio::test]
async fn too_many_headers_and_too_long_ones_are_refused() {
    let served = Served::start(&[]).await;
    let many: String = (0..10_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    let long = format!("x-long: {}\r\n", "a".repeat(1_000_000));
    for headers in [many, long] {
        let mut connection = TcpStream::connect(served.address()).await.unwrap();
        let request = format!("GET /sign-in HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        // The other side may hang up before all of it was said.
        let _ = connection.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer:.100}");
    }
    assert_eq!(served.browser().get("/healthz").await.status, StatusCode::OK);
}

/// It is not silent, and so no connection that says nothing.
#[tokio::test]
async fn a_body_that_does_not_end_is_refused_after_twenty_seconds() {
    const PATIENCE: Duration = Duration::from_secs(20);
    let served = Served::start(&[]).await;
    let head = format!(
        "POST /api/sign-in/identify HTTP/1.1\r\nhost: localhost\r\norigin: {}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nidentifier=",
        served.origin()
    );
    let (mut reading, mut writing) = TcpStream::connect(served.address()).await.unwrap().into_split();
    writing.write_all(head.as_bytes()).await.unwrap();
    let began = tokio::time::Instant::now();
    let drops = tokio::spawn(async move {
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut answer = Vec::new();
    // A connection that is reset after its answer has answered too.
    let _ = tokio::time::timeout(2 * PATIENCE, reading.read_to_end(&mut answer)).await;
    let took = began.elapsed();
    drops.abort();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer:.200}");
    assert!(took > PATIENCE / 2 && took < PATIENCE + WITHIN, "{took:?}");
    println!("a body that did not end was refused after {:.1} s", took.as_secs_f64());
    assert_eq!(served.browser().get("/healthz").await.status, StatusCode::OK);
}

/// So long an answer waits for somebody who takes nothing of it.
const STALL: Duration = Duration::from_secs(60);

/// A file that neither the server's system nor that of a small reader can hold meanwhile.
struct Large(PathBuf);

impl Large {
    const LENGTH: usize = 8 * 1024 * 1024;

    fn new() -> Self {
        let site = std::env::temp_dir().join(format!("keymend_site_{:032x}", rand::random::<u128>()));
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        std::fs::write(site.join("pkg/large.wasm"), vec![b'a'; Self::LENGTH]).unwrap();
        Self(site)
    }

    async fn served(&self) -> Served {
        Served::start(&[("LEPTOS_SITE_ROOT", self.0.to_str().unwrap())]).await
    }

    /// A connection of somebody who asks for it, and whose system holds little for them.
    async fn asked(address: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut connection = socket.connect(address).await.unwrap();
        let request = b"GET /pkg/large.wasm HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        connection.write_all(request).await.unwrap();
        connection
    }
}

impl Drop for Large {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_never_read_are_closed_and_others_are_served_again() {
    const PLACES: usize = 800;
    /// What those who do not read may take, in MiB.
    const SLACK: f64 = 200.0;
    let_me_open_many();
    let large = Large::new();
    let served = large.served().await;
    let (base, address) = (served.memory(), served.address());
    let began = tokio::time::Instant::now();
    let mut readers = Vec::new();
    for _ in 0..PLACES + 5 {
        readers.push(Large::asked(address).await);
    }
    let answer = tokio::time::timeout(2 * STALL, served.browser().get("/healthz")).await;
    let took = began.elapsed();
    assert!(answer.is_ok_and(|answer| answer.status == StatusCode::OK), "nobody else is served");
    let most = served.memory();
    println!(
        "{PLACES} who did not read: memory {base:.0} MiB before and {most:.0} then; others waited {:.1} s",
        took.as_secs_f64()
    );
    assert!(took > STALL / 2, "not all places were taken: {took:?}");
    assert!(most < base + SLACK, "{base} {most}");
    // Those who came first, as the others had to wait for their places.
    tokio::time::sleep(WITHIN).await;
    for mut connection in readers.drain(..PLACES) {
        let end = tokio::time::timeout(WITHIN, connection.read_to_end(&mut Vec::new())).await;
        assert!(matches!(end, Ok(Err(_))), "cut off before its end: {end:?}");
    }
}

/// A connection that is used again and again keeps its place for as long as there are others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_again_and_again_in_all_places_keeps_nobody_out() {
    const PLACES: usize = 800;
    let_me_open_many();
    let served = Served::start(&[]).await;
    let address = served.address();
    let mut kept = Vec::new();
    for _ in 0..PLACES {
        kept.push(TcpStream::connect(address).await.unwrap());
    }
    let mut crowd = JoinSet::new();
    for mut connection in kept {
        crowd.spawn(async move {
            loop {
                let asked = connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
                let mut piece = [0; 4_096];
                let read = connection.read(&mut piece).await;
                if asked.is_err() || !read.is_ok_and(|length| length > 0) {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..5 {
        let answer = tokio::time::timeout(WITHIN / 2, served.browser().get("/healthz")).await;
        assert!(answer.is_ok_and(|answer| answer.status == StatusCode::OK), "nobody else is served");
    }
    crowd.abort_all();
}

#[tokio::test]
async fn whoever_reads_slowly_but_steadily_gets_all_of_a_large_file() {
    let large = Large::new();
    let served = large.served().await;
    let mut connection = Large::asked(served.address()).await;
    let (began, mut piece, mut length) = (tokio::time::Instant::now(), vec![0; 8 * 1024], 0);
    // 100 KiB a second at most.
    let mut beat = tokio::time::interval(Duration::from_millis(80));
    loop {
        beat.tick().await;
        match connection.read(&mut piece).await.unwrap() {
            0 => break,
            bytes => length += bytes,
        }
    }
    let took = began.elapsed();
    println!("{length} bytes were read in {:.1} s", took.as_secs_f64());
    assert!(length > Large::LENGTH, "{length} bytes, head and all");
    assert!(took > STALL + WITHIN, "slowly enough: {took:?}");
}
