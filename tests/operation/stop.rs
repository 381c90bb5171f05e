//! Told to stop under load: whoever was being served is answered, and then it is quiet.

use crate::app::{Browser, NO_CONNECTION};
use crate::served::Served;
use http::Method;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Service managers give up after ten.
const WITHIN: Duration = Duration::from_secs(5);

async fn asks_on(browser: Browser, stopped: Arc<AtomicBool>) -> (usize, Vec<u16>) {
    let (mut answered, mut wrong) = (0, Vec::new());
    loop {
        // A document, and a password that takes its time.
        for what in ["/sign-in", ""] {
            let answer = if what.is_empty() {
                let fields = [("identifier", "ada"), ("password", "a long passphrase that nobody has")];
                browser.post_anyway("/api/sign-up", &fields).await
            } else {
                browser.send_anyway(Method::GET, what, Vec::new(), &[("accept", "text/html")]).await
            };
            match answer.status.as_u16() {
                NO_CONNECTION if stopped.load(Ordering::SeqCst) => return (answered, wrong),
                status if status >= 500 => wrong.push(status),
                _ => answered += 1,
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn told_to_stop_under_load_it_answers_what_is_under_way_and_ends_within_five_seconds() {
    let mut served = Served::start(&[]).await;
    let stopped = Arc::new(AtomicBool::new(false));
    let mut crowd = JoinSet::new();
    for _ in 0..8 {
        crowd.spawn(asks_on(served.app.browser(), stopped.clone()));
    }
    // Two who never finish what they say, and one who never begins.
    let mut slow = Vec::new();
    for begun in
        ["POST /api/sign-up HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nabc", "GET /sign-in HTT", ""]
    {
        let mut connection = TcpStream::connect(served.address).await.unwrap();
        connection.write_all(begun.as_bytes()).await.unwrap();
        slow.push(connection);
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    stopped.store(true, Ordering::SeqCst);
    served.tell_to_stop();
    let began = tokio::time::Instant::now();
    let status = loop {
        if let Some(status) = served.ended() {
            break status;
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
    assert!(answered > 20 && took <= WITHIN && status.success(), "{answered} {took:?} {status}");
}

#[tokio::test]
async fn a_quiet_server_stops_at_once() {
    let mut served = Served::start(&[]).await;
    served.app.browser().get("/sign-in").await;
    served.tell_to_stop();
    let began = tokio::time::Instant::now();
    while served.ended().is_none() {
        assert!(began.elapsed() < Duration::from_secs(3), "{}", served.log());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
