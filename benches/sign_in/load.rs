//! Sign-ins per second through the real router, on SQLite in a file as it comes: write-ahead log, every commit durable.
//!
//! The people and the server share the process and its cores. In each round everybody signs in once: they open the page,
//! then they all say who they are, then all devices sign, then all send what was signed. Only the second and the fourth
//! count, which is what the server does for a sign-in, together with what it costs to ask and to look at the answers.

use crate::app::TestApp;
use crate::authenticator::honest;
use crate::bounds;
use crate::person::Person;
use crate::stopwatch::{self, median, per_second, range};
use crate::table::{Row, Table};
use http::StatusCode;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::vec::IntoIter;

const ROUNDS: usize = 9;
/// Enough for a round of about a second.
const WITH_PASSKEYS: usize = 400;
const WITH_PASSWORDS: usize = 128;
/// How many are under way at a time.
const PASSKEYS_AT_A_TIME: usize = 16;
/// Enough to keep the threads that hash busy, and far fewer than may wait for them.
const PASSWORDS_AT_A_TIME: usize = 8;
/// How long a bound is measured beside each round.
const BOUND: Duration = Duration::from_secs(1);

pub fn measure(table: &mut Table) {
    println!("==> sign-ins through the router");
    // As the server's own.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = TestApp::start().await;
        passkeys(&app, table).await;
        passwords(&app, table).await;
    });
}

async fn passkeys(app: &TestApp, table: &mut Table) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let folder = app.app().settings.server.data.clone();
    let mut people: Vec<Person> = (0..WITH_PASSKEYS).map(|n| app.person(&format!("passkey-{n}@example.org"))).collect();
    people = together(people, PASSKEYS_AT_A_TIME, settle_in).await.0;
    let before = app.sessions().await;

    let (mut sign_ins, mut asking, mut durable, mut verified) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        durable.push(bounds::fdatasync(&folder, BOUND));
        verified.push(bounds::p256(cores, BOUND / 2));
        let (there, _) = together(people, PASSKEYS_AT_A_TIME, arrive).await;
        let (identified, first) = together(there, PASSKEYS_AT_A_TIME, identify).await;
        let signed: Vec<(Person, Value)> = identified.into_iter().map(sign).collect();
        let (done, second) = together(signed, PASSKEYS_AT_A_TIME, report).await;
        done.iter().for_each(is_in);
        let (same, idle) = together(done, PASSKEYS_AT_A_TIME, ask_for_nothing).await;
        people = same;
        if round > 0 {
            sign_ins.push(per_second(WITH_PASSKEYS, first + second));
            asking.push(idle.as_secs_f64() / (first + second).as_secs_f64());
        }
    }
    let made = app.sessions().await - before;
    assert_eq!(made, (WITH_PASSKEYS * (ROUNDS + 1)) as i64, "every sign-in makes a session");

    let (value, disk, cpu) = (median(&sign_ins), median(&durable), median(&verified));
    table.add(Row {
        name: format!("passkey sign-ins/s, {PASSKEYS_AT_A_TIME} at a time"),
        value: format!("{value:.0} ({})", range(&sign_ins)),
        beside: format!("{disk:.0} fdatasync/s ({})", range(&durable)),
        ratio: format!("{:.0} %", 100.0 * value / disk),
        ..Row::default()
    });
    table.add(Row {
        beside: format!("{cpu:.0} P-256 verifications/s, {cores} threads"),
        ratio: format!("{:.1} %", 100.0 * value / cpu),
        ..Row::default()
    });
    table.add(Row {
        name: "  share of the driver and two empty requests".to_owned(),
        ratio: format!("{:.0} %", 100.0 * median(&asking)),
        ..Row::default()
    });
}

async fn passwords(app: &TestApp, table: &mut Table) {
    let threads = app.app().settings.password.hash_threads;
    let mut people: Vec<Person> =
        (0..WITH_PASSWORDS).map(|n| app.person(&format!("password-{n}@example.org"))).collect();
    people = together(people, PASSWORDS_AT_A_TIME, sign_up).await.0;

    let before = app.sessions().await;
    let (mut sign_ins, mut hashes, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let bound = bounds::argon2(threads, BOUND);
        let (there, _) = together(people, PASSWORDS_AT_A_TIME, arrive).await;
        let (done, time) = together(there, PASSWORDS_AT_A_TIME, sign_in_with_password).await;
        people = done;
        people.iter().for_each(is_in);
        if round > 0 {
            let rate = per_second(WITH_PASSWORDS, time);
            sign_ins.push(rate);
            hashes.push(bound);
            ratios.push(100.0 * rate / bound);
        }
    }
    let made = app.sessions().await - before;
    assert_eq!(made, (WITH_PASSWORDS * (ROUNDS + 1)) as i64, "every sign-in makes a session");

    let ratio = median(&ratios);
    table.add(Row {
        name: format!("password sign-ins/s, {PASSWORDS_AT_A_TIME} at a time"),
        value: format!("{:.1} ({})", median(&sign_ins), range(&sign_ins)),
        beside: format!("{:.1} argon2id/s, {threads} threads ({})", median(&hashes), range(&hashes)),
        ratio: format!("{ratio:.0} % ({})", range(&ratios)),
        target: "≥ 85 %".to_owned(),
        met: Some(ratio >= 85.0),
    });
}

async fn settle_in(mut person: Person) -> Person {
    person.settles_in().await;
    person
}

async fn sign_up(mut person: Person) -> Person {
    person.signs_up().await;
    person
}

/// The page of the sign-in, with no session left of the last time.
async fn arrive(mut person: Person) -> Person {
    person.browser.drop_cookie("session");
    person.opens("/sign-in").await;
    person
}

async fn identify(mut person: Person) -> Person {
    let identifier = person.identifier.clone();
    person.types_identifier(&identifier).await;
    person
}

fn sign(mut person: Person) -> (Person, Value) {
    let options = person.ceremony().options.clone();
    let credential = person.device.get(&options, honest).unwrap();
    (person, credential)
}

async fn report((mut person, credential): (Person, Value)) -> Person {
    person.reports_credential(&credential).await;
    person
}

async fn sign_in_with_password(person: Person) -> Person {
    let mut person = identify(person).await;
    person.enters_password().await;
    person
}

/// As many requests as a sign-in has, through the same browser and the same layers, for a route that does nothing.
async fn ask_for_nothing(person: Person) -> Person {
    for _ in 0..2 {
        assert_eq!(person.browser.get("/healthz").await.status, StatusCode::OK);
    }
    person
}

fn is_in(person: &Person) {
    assert_eq!(person.status, StatusCode::OK, "{:?}", person.page);
    assert!(person.browser.cookie("session").is_some(), "{:?}", person.page);
}

/// Everybody does the same, so many at a time, and how long all of them took.
async fn together<T, U, F>(all: Vec<T>, at_a_time: usize, work: fn(T) -> F) -> (Vec<U>, Duration)
where
    T: Send + 'static,
    U: Send + 'static,
    F: Future<Output = U> + Send + 'static,
{
    let waiting = Arc::new(Mutex::new(all.into_iter()));
    let next = move |waiting: &Mutex<IntoIter<T>>| waiting.lock().unwrap().next();
    let started = stopwatch::start();
    let tasks: Vec<_> = (0..at_a_time)
        .map(|_| {
            let waiting = Arc::clone(&waiting);
            tokio::spawn(async move {
                let mut done = Vec::new();
                while let Some(one) = next(&waiting) {
                    done.push(work(one).await);
                }
                done
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    (all, started.elapsed())
}
