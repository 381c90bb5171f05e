//! Many at once from one network.

use crate::app::TestApp;
use http::StatusCode;
use tokio::task::JoinSet;

const WRONG: &str = "not the password at all";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_names_at_once_from_one_address_no_more_than_that_address_may_try_are_looked_at() {
    let app = TestApp::start().await;
    let mut crowd = JoinSet::new();
    for number in 0..70 {
        let mut guesser = app.person(&format!("name{number}"));
        guesser.browser.peer = Some("203.0.113.9".parse().unwrap());
        guesser.identifies().await;
        crowd.spawn(async move {
            let sign_in = guesser.comes_to_the_password().await.sign_in;
            guesser.browser.press_anyway(&sign_in, &[("password", WRONG)]).await.status
        });
    }
    let answers = crowd.join_all().await;
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    let looked = of(StatusCode::UNAUTHORIZED);
    assert!(
        (31..=31 + 8).contains(&looked),
        "{looked} were looked at, {} told to wait, {} busy",
        of(StatusCode::TOO_MANY_REQUESTS),
        of(StatusCode::SERVICE_UNAVAILABLE)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_mails_at_once_from_one_address_no_more_than_it_may_ask_for_go_out() {
    let app = TestApp::start().await;
    let mut crowd = JoinSet::new();
    for number in 0..120 {
        let name = format!("name{number}@example.org");
        let mut browser = app.browser();
        browser.peer = Some("203.0.113.9".parse().unwrap());
        crowd.spawn(async move { browser.post("/api/forgot/send", &[("identifier", &name)]).await.status });
    }
    let answers = crowd.join_all().await;
    let looked = answers.iter().filter(|answer| **answer == StatusCode::OK).count();
    assert!(
        (31..=31 + 8).contains(&looked),
        "{looked} codes were asked for: {:?}",
        answers.iter().find(|a| **a != StatusCode::OK)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_names_asked_for_at_once_no_more_are_told_than_one_network_may_ask() {
    let app = TestApp::start().await;
    let mut taken = app.person("taken");
    taken.signs_up().await;
    let mut crowd = JoinSet::new();
    for _ in 0..60 {
        let mut browser = app.browser();
        browser.peer = Some("203.0.113.9".parse().unwrap());
        crowd.spawn(async move {
            let fields = [("identifier", "taken"), ("password", "a long passphrase that nobody has")];
            browser.post_anyway("/api/sign-up", &fields).await.status
        });
    }
    let answers = crowd.join_all().await;
    let told = answers.iter().filter(|status| **status == StatusCode::CONFLICT).count();
    assert!((21..=21 + 4).contains(&told), "{told} were told");
}
