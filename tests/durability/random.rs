//! A system that has no random numbers: no secret is made of anything else.

use crate::disk::Disk;
use crate::person::Person;
use crate::program::Installation;
use http::StatusCode;
use keymend::page::{Report, Screen};
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_random_numbers_no_server_starts_and_no_key_is_made() {
    let mut installation = Installation::new();
    let disk = Disk::under(&mut installation);
    disk.has_random_numbers(false);
    let mut process = installation.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut ended = None;
    for _ in 0..1_000 {
        ended = process.try_wait().unwrap();
        if ended.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let _ = process.kill();
    assert!(ended.is_some_and(|status| !status.success()), "{ended:?}");
    assert!(!installation.data().join("root.key").exists());
    disk.has_random_numbers(true);
    installation.start().await;
}

/// Whoever gets no answer would wait for ever.
const ANSWERED: Duration = Duration::from_secs(120);

/// What generators were seeded with before still counts. Whoever would need a new one gets no session at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_random_numbers_end_every_session_is_another_or_none() {
    /// Enough that generators come to where they would be seeded anew. Whether they go on or a new thread needs one differs.
    const PEOPLE: usize = 300;
    let mut installation = Installation::new();
    let disk = Disk::under(&mut installation);
    let server = installation.start().await;
    let mut ada = installation.person("ada@example.org", &server.gate());
    ada.settles_in().await;
    disk.has_random_numbers(false);
    let mut all = JoinSet::new();
    for _ in 0..PEOPLE {
        let mut browser = installation.person(&ada.identifier, &server.gate());
        browser.device = ada.device.clone();
        all.spawn(async move { tries(browser).await });
    }
    let all = timeout(ANSWERED, all.join_all()).await.unwrap();
    let sessions: Vec<String> = all.into_iter().flatten().collect();
    let different: BTreeSet<_> = sessions.iter().collect();
    println!("without random numbers: {} of {PEOPLE} got a session, each another", sessions.len());
    assert_eq!(different.len(), sessions.len());

    // Until no generator has anything left: then too each request is answered, and has its name.
    let (mut refused, mut nobody) = (0, installation.person("nobody@example.org", &server.gate()));
    for _ in 0..20_000 {
        let page = nobody.browser.post_anyway("/api/page", &[("address", "/sign-in")]);
        let page = timeout(ANSWERED, page).await.unwrap();
        refused = if page.status.is_server_error() { refused + 1 } else { 0 };
        assert!(page.headers.contains_key("x-request-id"));
        if refused == 50 {
            break;
        }
        nobody = installation.person("nobody@example.org", &server.gate());
    }
    assert_eq!(refused, 50);
    assert_eq!(nobody.browser.get("/healthz").await.status, StatusCode::OK);

    disk.has_random_numbers(true);
    let mut again = installation.person(&ada.identifier, &server.gate());
    again.device = ada.device.clone();
    again.signs_in_with_passkey().await;
    again.shows("dashboard");
}

/// The session that somebody got, if the server was up to it.
async fn tries(mut person: Person) -> Option<String> {
    let page = person.browser.post_anyway("/api/page", &[("address", "/sign-in")]).await;
    if page.status.is_server_error() {
        return None;
    }
    person.sees(&page);
    let Screen::Identify(screen) = person.page.screen.clone() else { panic!("{:?}", person.page) };
    let (_, proceed) = screen.form.unwrap();
    let page = person.browser.press_anyway(&proceed, &[("identifier", &person.identifier)]).await;
    if page.status.is_server_error() {
        return None;
    }
    person.sees(&page);
    let ceremony = person.ceremony().clone();
    let credential = person.device.get(&ceremony.options, crate::authenticator::honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
    let answer = person.browser.post_anyway(&ceremony.report, &fields).await;
    assert!(answer.status == StatusCode::OK || answer.status.is_server_error(), "{}", answer.text());
    let session = person.browser.cookie("session");
    assert_eq!(session.is_some(), answer.status == StatusCode::OK);
    session
}
