//! Hundreds of passwords at once: the queue takes some, the others are told to come back, the memory stays what it is, and
//! passkeys hardly notice.

use crate::person::Person;
use crate::served::Served;
use http::StatusCode;
use keymend::page::Screen;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime;
use tokio::task::JoinSet;

const CROWD: usize = 500;
const WRONG: &str = "not the password at all";
/// As `password.hash_threads` has it by default, each with as many MiB.
const THREADS: f64 = 2.0;
const EACH: f64 = 19.0;
/// A flood is so many times as many passwords as can be looked at.
const TIMES: f64 = 5.0;
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

/// Signs in with a passkey until told to stop; the milliseconds of the answers that count.
async fn signs_in(mut ada: Person, stop: Arc<AtomicBool>) -> Vec<f64> {
    let mut times = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        ada.identifies().await;
        let began = tokio::time::Instant::now();
        ada.uses_passkey().await;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        assert_eq!(ada.status, StatusCode::OK);
        ada.signs_out().await;
    }
    times
}

/// On a thread of its own: the crowd waits for none of its turns, and it for none of the crowd's.
fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    std::thread::spawn(|| runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work))
}

fn quantile(times: &[f64], of_hundred: usize) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * of_hundred / 100).min(sorted.len() - 1)]
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

/// Passwords that come evenly, whether or not the ones before are answered; what became of them, once told to stop.
async fn flood(people: Arc<Vec<Person>>, per_second: f64, stop: Arc<AtomicBool>) -> Vec<StatusCode> {
    let mut turns = tokio::time::interval(Duration::from_secs_f64(1.0 / per_second));
    let mut sent = JoinSet::new();
    for person in people.iter().cycle() {
        turns.tick().await;
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let Screen::EnterPassword(screen) = &person.page.screen else { panic!("{:?}", person.page) };
        let (browser, action) = (person.browser.clone(), screen.sign_in.clone());
        sent.spawn(async move { browser.press_anyway(&action, &[("password", WRONG)]).await.status });
    }
    sent.join_all().await
}

/// How many passwords a second the threads that hash can do: one after the other, by all of them.
async fn capacity(people: &[Person]) -> f64 {
    let began = tokio::time::Instant::now();
    for person in people {
        let answered = press(std::slice::from_ref(person)).await;
        assert_eq!(answered[0].0, StatusCode::UNAUTHORIZED);
    }
    THREADS * people.len() as f64 / began.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: floods for half a minute, on a machine that has nothing else to do"]
async fn under_a_flood_of_passwords_passkeys_take_less_than_twice_as_long() {
    let served = Served::start(&[]).await;
    let people = Arc::new(crowd(&served).await);
    let mut ada = served.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let capacity = capacity(&people[..20]).await;
    let mut measured = Vec::new();
    let mut answers = Vec::new();
    for flooded in [false, true] {
        let stop = Arc::new(AtomicBool::new(false));
        let mut another = ada.another_tab();
        another.device = ada.device.clone();
        let signing_in = apart(signs_in(another, stop.clone()));
        let flood = flooded.then(|| apart(flood(people.clone(), TIMES * capacity, stop.clone())));
        tokio::time::sleep(Duration::from_secs(15)).await;
        stop.store(true, Ordering::SeqCst);
        measured.push(signing_in.join().unwrap());
        answers.extend(flood.into_iter().flat_map(|flood| flood.join().unwrap()));
    }
    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    println!(
        "{} passwords in 15 s, {:.0} a second can be looked at: {} wrong, {} told to come back, {} told to wait",
        answers.len(),
        capacity,
        of(StatusCode::UNAUTHORIZED),
        of(StatusCode::SERVICE_UNAVAILABLE),
        of(StatusCode::TOO_MANY_REQUESTS)
    );
    let [quiet, flooded] = [&measured[0], &measured[1]].map(|times| [quantile(times, 50), quantile(times, 99)]);
    println!(
        "a sign-in by passkey: p50 {:.1} ms, p99 {:.1} ms; under the flood p50 {:.1} ms, p99 {:.1} ms ({:.2} times; {} and {} sign-ins)",
        quiet[0],
        quiet[1],
        flooded[0],
        flooded[1],
        flooded[1] / quiet[1],
        measured[0].len(),
        measured[1].len()
    );
    assert!(of(StatusCode::SERVICE_UNAVAILABLE) > answers.len() / 2, "a flood is more than can be looked at");
    assert!(flooded[1] < 2.0 * quiet[1]);
}
