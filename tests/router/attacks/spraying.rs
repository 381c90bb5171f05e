//! One password, or a list of them, tried at many names.

use crate::app::TestApp;
use crate::person::Person;
use http::StatusCode;
use std::net::IpAddr;
use tokio::task::JoinSet;

const WRONG: &str = "not the password at all";

async fn comes_from(app: &TestApp, person: &Person, peer: IpAddr) -> Person {
    let mut guesser = person.elsewhere(app);
    guesser.browser.peer = Some(peer);
    guesser.identifies().await;
    guesser
}

/// A network that has guessed as often as it may is told no more of a right password than of a wrong one, even where all of them came
/// before the first was found to be wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_guesses_at_once_from_an_address_that_may_guess_once_more_the_right_ones_let_nobody_in() {
    let app = TestApp::start_with("", |settings| settings.password.hash_threads = 1).await;
    let peer = "203.0.113.9".parse().unwrap();
    let mut people = Vec::new();
    for number in 0..20 {
        let mut person = app.person(&format!("person{number}"));
        person.signs_up().await;
        people.push(person);
    }
    for number in 0..30 {
        let mut guesser = comes_from(&app, &app.person(&format!("name{number}")), peer).await;
        let sign_in = guesser.comes_to_the_password().await.sign_in;
        let answer = guesser.browser.press(&sign_in, &[("password", WRONG)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{number}");
    }
    let mut guesses = Vec::new();
    for number in 0..20 {
        let guesser = comes_from(&app, &app.person(&format!("other{number}")), peer).await;
        guesses.push((guesser, WRONG.to_owned()));
    }
    for person in &people {
        guesses.push((comes_from(&app, person, peer).await, person.password.clone()));
    }
    // While others are in front, all of them get as far as the threads that hash.
    let server = app.app();
    let mut others = JoinSet::new();
    for _ in 0..20 {
        let server = server.clone();
        others.spawn(async move { server.hasher.hash("a password of somebody else").await.is_ok() });
    }
    let mut crowd = JoinSet::new();
    for (mut guesser, password) in guesses {
        let sign_in = guesser.comes_to_the_password().await.sign_in;
        crowd.spawn(async move { guesser.browser.press_anyway(&sign_in, &[("password", &password)]).await.status });
    }
    let answers = crowd.join_all().await;
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    let looked_at = of(StatusCode::OK) + of(StatusCode::UNAUTHORIZED);
    assert!((1..=8).contains(&looked_at), "{answers:?}");
    assert_eq!(looked_at + of(StatusCode::TOO_MANY_REQUESTS), 40, "{answers:?}");
}
