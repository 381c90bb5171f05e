//! A program whose output nobody reads, and numbers that are no numbers.

use crate::program::{Gate, Installation};
use crate::served::Served;
use http::{Method, StatusCode};
use std::fs::File;
use std::time::Duration;
use tokio::net::TcpStream;

/// Its disk is full, or whoever read it is gone. What it said is lost, and nobody's sign-in or mail is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_costs_nobody_their_sign_in() {
    let installation = Installation::new();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let mut command = installation.command(&["serve"]);
    command.env("LEPTOS_SITE_ADDR", installation.address().to_string()).env("RUST_LOG", "keymend=debug,warn");
    let mut process = command.stdout(full()).stderr(full()).spawn().unwrap();
    for _ in 0..400 {
        if TcpStream::connect(installation.address()).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    // With an address, so that a mail has to come.
    let mut ada = installation.person("ada@example.org", &Gate::to(installation.address()));
    ada.settles_in().await;
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
    assert!(process.try_wait().unwrap().is_none(), "it serves");
    process.kill().unwrap();
    process.wait().unwrap();
}

#[tokio::test]
async fn a_token_of_digits_counts_as_it_was_written() {
    const TOKEN: &str = "00123456789012345678";
    let served = Served::start(&[("KEYMEND__SERVER__METRICS_TOKEN", TOKEN), ("KEYMEND__BRAND__NAME", "007")]).await;
    let metrics = async |token: &str| {
        let bearer = format!("Bearer {token}");
        served.browser().send(Method::GET, "/metrics", Vec::new(), &[("authorization", bearer.as_str())]).await.status
    };
    assert_eq!(metrics(TOKEN).await, StatusCode::OK);
    assert_eq!(metrics("123456789012345678").await, StatusCode::NOT_FOUND);
    let page = served.browser().get("/sign-in").await.text();
    assert!(page.contains("007"), "{page}");
}
