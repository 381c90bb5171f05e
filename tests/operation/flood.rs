//! Hundreds of passwords at once: the queue takes some, the others are told to come back, and the memory stays what it is. What
//! passkeys notice of it is a ratio of times: `benches/sign_in/flood.rs`.

use crate::person::Person;
use crate::served::Served;
use http::StatusCode;
use keymend::page::Screen;
use std::time::Duration;
use tokio::task::JoinSet;

const CROWD: usize = 500;
const WRONG: &str = "not the password at all";
/// As `password.hash_threads` has it by default, each with as many MiB.
const THREADS: f64 = 2.0;
const EACH: f64 = 19.0;
/// What 500 connections and their answers may take beside that, in MiB.
const SLACK: f64 = 64.0;

/// Five hundred people in front of the password.
async fn crowd(served: &Served) -> Vec<Person> {
    let mut crowd = Vec::new();
    // Some at a time: how many may stand there at once is not what is measured.
    for first in (0..CROWD).step_by(20) {
        let some: JoinSet<Person> =
            (first..first + 20).map(|number| arrives(served.person(&format!("somebody{number}")))).collect();
        crowd.extend(some.join_all().await);
    }
    crowd
}

async fn arrives(mut person: Person) -> Person {
    person.identifies().await;
    if let Screen::UsePasskey(_) = person.page.screen {
        person.uses_password_instead().await;
    }
    person
}

/// All of them press at once. Status, whether it says when to come back, and how long it took.
async fn press(people: &[Person]) -> Vec<(StatusCode, bool, Duration)> {
    let mut all = JoinSet::new();
    for person in people {
        let Screen::EnterPassword(screen) = &person.page.screen else { panic!("{:?}", person.page) };
        let (browser, action) = (person.browser.clone(), screen.sign_in.clone());
        all.spawn(async move {
            let began = tokio::time::Instant::now();
            let answer = browser.press_anyway(&action, &[("password", WRONG)]).await;
            (answer.status, answer.headers.contains_key("retry-after"), began.elapsed())
        });
    }
    all.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_passwords_at_once_cost_bounded_memory_and_the_rest_is_told_to_come_back() {
    let served = Served::start(&[]).await;
    let people = crowd(&served).await;
    let base = served.memory();
    let (mut most, mut answers) = (base, tokio::spawn(async move { press(&people).await }));
    let answers = loop {
        most = most.max(served.memory());
        if let Ok(answers) = tokio::time::timeout(Duration::from_millis(5), &mut answers).await {
            break answers.unwrap();
        }
    };
    let of = |status| answers.iter().filter(|answer| answer.0 == status).count();
    let (wrong, busy) = (of(StatusCode::UNAUTHORIZED), of(StatusCode::SERVICE_UNAVAILABLE));
    let slowest =
        answers.iter().filter(|answer| answer.0 == StatusCode::SERVICE_UNAVAILABLE).map(|answer| answer.2).max();
    println!(
        "{CROWD} passwords at once: {wrong} looked at, {busy} told to come back (the last after {:.2} s); \
         memory {base:.0} MiB before, {most:.0} at most, {:.0} allowed",
        slowest.unwrap_or_default().as_secs_f64(),
        base + THREADS * EACH + SLACK
    );
    assert_eq!(wrong + busy, CROWD);
    assert!(busy > 0 && wrong >= 66, "the queue takes 64 beside the two that are looked at");
    assert!(answers.iter().all(|answer| answer.1 == (answer.0 == StatusCode::SERVICE_UNAVAILABLE)));
    assert!(most <= base + THREADS * EACH + SLACK);
}

#[tokio::test]
async fn the_threads_that_hash_give_way_and_no_others() {
    let served = Served::start(&[("KEYMEND__PASSWORD__HASH_THREADS", "3")]).await;
    let ours = rustix::process::nice(0).unwrap();
    let lower = (ours + 10).min(19);
    let (mut hashing, mut others) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        (hashing, others) = served.nice().into_iter().partition(|(name, _)| name.starts_with("password-"));
        // They take their names and give way themselves, a moment after they were started.
        if hashing.len() == 3 && hashing.iter().all(|(_, nice)| *nice == lower) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(hashing.len(), 3, "{hashing:?} {others:?}");
    assert!(hashing.iter().all(|(_, nice)| *nice == lower), "{hashing:?}");
    assert!(others.iter().any(|(name, _)| name == "keymend"), "the main thread: {others:?}");
    assert!(others.iter().all(|(_, nice)| *nice == ours), "{others:?}");
}
