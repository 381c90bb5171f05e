//! Limits per address. They stand beside those per account, and never reach a passkey or a known browser.

use crate::app::TestApp;
use crate::person::Person;
use domain::time::{HOUR, MINUTE, SECOND};
use http::StatusCode;
use keymend::page::Screen;
use tokio::task::JoinSet;

const WRONG: &str = "not the password at all";

/// Wrong passwords from one address that cost nothing.
const FREE: usize = 30;

/// Wrong passwords from the neighbourhood of an address that cost nothing.
const FREE_AROUND: usize = 300;

/// Somebody in a fresh browser at an address tries one password for one name.
async fn tries(app: &TestApp, name: &str, from: &str, forwarded: Option<&str>) -> StatusCode {
    let mut stranger = app.person(name);
    stranger.browser.peer = Some(from.parse().unwrap());
    stranger.browser.forwarded = forwarded.map(str::to_owned);
    stranger.identifies().await;
    stranger.comes_to_the_password().await;
    stranger.types_password(WRONG).await;
    stranger.status
}

/// Tries so many names, and tells how many passwords were looked at.
async fn sprays(app: &TestApp, times: usize, from: impl Fn(usize) -> (String, Option<String>)) -> usize {
    let mut looked_at = 0;
    for number in 0..times {
        let (from, forwarded) = from(number);
        let status = tries(app, &format!("name{number}"), &from, forwarded.as_deref()).await;
        assert!([StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&status), "{status}");
        looked_at += usize::from(status == StatusCode::UNAUTHORIZED);
    }
    looked_at
}

#[tokio::test]
async fn one_password_for_many_names_is_slowed_down_where_it_comes_from() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let here = "203.0.113.9";
    assert_eq!(sprays(&app, FREE + 6, |_| (here.to_owned(), None)).await, FREE + 1);
    // A restart forgives nothing.
    app.restart().await;
    assert_eq!(tries(&app, "somebody", here, None).await, StatusCode::TOO_MANY_REQUESTS);
    // Others are not concerned: another address, a known browser at this one, a passkey at this one.
    assert_eq!(tries(&app, "somebody", "203.0.113.10", None).await, StatusCode::UNAUTHORIZED);
    ada.browser.peer = Some(here.parse().unwrap());
    ada.signs_in_with_password().await;
    ada.signs_out().await;
    let mut visitor = ada.elsewhere(&app);
    (visitor.device, visitor.browser.peer) = (ada.device.clone(), ada.browser.peer);
    visitor.signs_in_with_passkey().await;
    // Time forgives, one at a time.
    app.wait(2 * HOUR);
    assert_eq!(tries(&app, "somebody", here, None).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_address() {
    let app = TestApp::start().await;
    let from = |number: usize| (format!("2001:db8:1:2::{number:x}"), None);
    assert_eq!(sprays(&app, FREE + 4, from).await, FREE + 1);
    assert_eq!(tries(&app, "somebody", "2001:db8:1:3::1", None).await, StatusCode::UNAUTHORIZED);
}

/// Wrong passwords from twelve addresses of a neighbourhood, fewer from each than would cost anything.
async fn a_neighbourhood_is_slowed_down(inside: impl Fn(usize) -> String, neighbours: [&str; 2]) {
    const ADDRESSES: usize = 12;
    const TRIES: usize = FREE_AROUND + 6;
    assert!(TRIES.div_ceil(ADDRESSES) < FREE);
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    assert_eq!(sprays(&app, TRIES, |number| (inside(number % ADDRESSES), None)).await, FREE_AROUND + 1);
    // An address of the neighbourhood that did nothing waits as well; those next door do not.
    let quiet = inside(ADDRESSES);
    assert_eq!(tries(&app, "somebody", &quiet, None).await, StatusCode::TOO_MANY_REQUESTS);
    for neighbour in neighbours {
        assert_eq!(tries(&app, "somebody", neighbour, None).await, StatusCode::UNAUTHORIZED, "{neighbour}");
    }
    // In a known browser wrong ones count apart, and the right one gets in; and a passkey does in any.
    ada.browser.peer = Some(quiet.parse().unwrap());
    ada.identifies().await;
    for _ in 0..3 {
        ada.types_wrong_password().await;
        assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    }
    ada.enters_password().await;
    ada.shows("dashboard");
    let mut elsewhere = ada.elsewhere(&app);
    (elsewhere.device, elsewhere.browser.peer) = (ada.device.clone(), ada.browser.peer);
    elsewhere.signs_in_with_passkey().await;
    // Time forgives, one at a time.
    for number in 0..4 {
        app.wait(12 * SECOND);
        let [late, later] = ["late", "later"].map(|name| format!("{name}{number}"));
        assert_eq!(tries(&app, &late, &quiet, None).await, StatusCode::UNAUTHORIZED, "{late}");
        assert_eq!(tries(&app, &later, &inside(0), None).await, StatusCode::TOO_MANY_REQUESTS, "{later}");
    }
}

#[tokio::test]
async fn many_addresses_of_a_slash_24_are_slowed_down_together() {
    let inside = |number: usize| format!("203.0.113.{}", 9 + 20 * number);
    a_neighbourhood_is_slowed_down(inside, ["203.0.112.255", "203.0.114.0"]).await;
}

#[tokio::test]
async fn many_networks_of_a_slash_48_are_slowed_down_together() {
    let inside = |number: usize| format!("2001:db8:1:{:x}::1", 9 + 0x1001 * number);
    a_neighbourhood_is_slowed_down(inside, ["2001:db8:0:ffff::1", "2001:db8:2::1"]).await;
}

#[tokio::test]
async fn an_address_that_somebody_only_claims_is_not_believed() {
    let app = TestApp::start().await;
    let from = |number: usize| ("203.0.113.9".to_owned(), Some(format!("198.51.100.{number}")));
    assert_eq!(sprays(&app, FREE + 4, from).await, FREE + 1);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_client_counts_and_what_it_claims_does_not() {
    let proxies = "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"127.0.0.0/8\"]\n";
    let app = TestApp::start_with(proxies, |_| {}).await;
    // A chain of two proxies, and a client that makes up what stands left of it.
    let from = |number: usize| {
        ("127.0.0.1".to_owned(), Some(format!("192.0.2.{number}, 10.0.0.9, 203.0.113.9, 10.0.0.{number}")))
    };
    assert_eq!(sprays(&app, FREE + 4, from).await, FREE + 1);
    let another = Some("203.0.113.9, 203.0.113.10, 10.0.0.1");
    assert_eq!(tries(&app, "somebody", "127.0.0.1", another).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn sign_ups_are_limited_where_they_come_from_taken_ones_too() {
    let app = TestApp::start().await;
    let mut taken = app.person("taken");
    taken.signs_up().await;
    let ask = async |name: &str, from: &str| {
        let mut browser = app.browser();
        browser.peer = Some(from.parse().unwrap());
        let fields = [("identifier", name), ("password", "a long passphrase that nobody has")];
        browser.post("/api/sign-up", &fields).await
    };
    for number in 0..21 {
        let (name, status) = if number % 2 == 0 {
            (format!("new{number}"), StatusCode::OK)
        } else {
            ("taken".to_owned(), StatusCode::CONFLICT)
        };
        assert_eq!(ask(&name, "203.0.113.9").await.status, status, "{number}");
    }
    let before = app.count("users").await;
    for name in ["another", "taken"] {
        let answer = ask(name, "203.0.113.9").await;
        assert_eq!((answer.status, answer.step()), (StatusCode::TOO_MANY_REQUESTS, "sign-up"));
        assert_eq!(answer.headers["retry-after"], "5");
        let Screen::SignUp(screen) = answer.page().screen else { panic!("{}", answer.text()) };
        assert!(screen.identifier.problem.contains("wait"), "{}", screen.identifier.problem);
        assert_eq!(screen.identifier.value, name);
    }
    assert_eq!(app.count("users").await, before);
    assert_eq!(ask("another", "203.0.113.10").await.status, StatusCode::OK);
    app.wait(4 * MINUTE);
    assert_eq!(ask("one-more", "203.0.113.9").await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_has_to_wait_is_told_how_long() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let mut stranger = ada.elsewhere(&app);
    stranger.identifies().await;
    let Screen::EnterPassword(screen) = stranger.page.screen.clone() else { panic!("{:?}", stranger.page) };
    for _ in 0..7 {
        stranger.types_password(WRONG).await;
    }
    let answer = stranger.browser.press(&screen.sign_in, &[("password", WRONG)]).await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "5"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_forty_guesses_at_once_six_are_answered_and_the_right_one_is_not_told_from_the_others() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let mut crowd = JoinSet::new();
    for number in 0..40 {
        let mut guesser = ada.elsewhere(&app);
        guesser.identifies().await;
        // The right one comes last.
        let password = if number == 39 { ada.password.clone() } else { WRONG.to_owned() };
        crowd.spawn(async move {
            guesser.types_password(&password).await;
            guesser.status
        });
    }
    let answers = crowd.join_all().await;
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    let (wrong, right, told_to_wait) =
        (of(StatusCode::UNAUTHORIZED), of(StatusCode::OK), of(StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(wrong + right + told_to_wait, 40, "{answers:?}");
    assert!(wrong <= 6 + 6 * right, "{answers:?}");
    assert!(told_to_wait >= 27, "{answers:?}");
    // Where the right one came too late, its owner waits as everybody does, and gets in then.
    app.wait(2 * HOUR);
    let mut owner: Person = ada.elsewhere(&app);
    owner.signs_in_with_password().await;
}
