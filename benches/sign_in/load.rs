//! Sign-ins per second through the real router, on SQLite in a file as it comes: write-ahead log, every commit durable.
//!
//! The people and the server share the process and its cores. In each round one half has said who they are and signed, and the other
//! has opened the page: then all of them send what they have to send, and that alone counts, which is what the server does for one
//! sign-in after the other, of people who do not wait for each other. What they send is prepared before, and what was answered is
//! looked at afterwards.

use crate::app::{Answer, Prepared, TestApp};
use crate::authenticator::honest;
use crate::bounds::{self, Durably};
use crate::person::Person;
use crate::stopwatch::{Running, Spent, median, range};
use crate::table::{Row, Table};
use http::StatusCode;
use keymend::page::Report;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::vec::IntoIter;

const ROUNDS: usize = 9;
/// Enough for a round of some hundred milliseconds, in which half of them sign in.
const WITH_PASSKEYS: usize = 1_200;
const ROUNDS_WITH_PASSWORDS: usize = 9;
/// Enough for a round of several seconds: at its two ends not all threads have something to hash.
const WITH_PASSWORDS: usize = 400;
/// How many are under way at a time, some of whom only wait for their answer (`sign_in.answer_after_ms`).
const PASSKEYS_AT_A_TIME: usize = 64;
/// Enough to keep the threads that hash busy, and far fewer than may wait for them.
const PASSWORDS_AT_A_TIME: usize = 8;
/// How long a bound is measured beside each round.
const BOUND: Duration = Duration::from_secs(1);

pub fn measure(table: &mut Table) {
    println!("==> sign-ins through the router");
    // As the server's own.
    let runtime = keymend::server::runtime().unwrap();
    runtime.block_on(async {
        let app = TestApp::start().await;
        passkeys(&app, table).await;
        passwords(&app, table).await;
    });
}

async fn passkeys(app: &TestApp, table: &mut Table) {
    let cores = std::thread::available_parallelism().unwrap().get();
    let folder = app.app().settings.server.data.clone();
    let people: Vec<Person> = (0..WITH_PASSKEYS).map(|n| app.person(&format!("passkey-{n}@example.org"))).collect();
    let people = together(people, PASSKEYS_AT_A_TIME, settle_in).await.0;
    let mut halves = Halves::of(people, PASSKEYS_AT_A_TIME).await;
    let before = app.sessions().await;

    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS {
        let fsync = bounds::durable_writes(&folder, Durably::Fsync, BOUND / 2);
        let fdatasync = bounds::durable_writes(&folder, Durably::Fdatasync, BOUND / 2);
        let p256 = bounds::p256(cores, BOUND / 2);
        let spent = halves.sign_in(PASSKEYS_AT_A_TIME).await;
        let nothing = halves.ask_for_nothing(PASSKEYS_AT_A_TIME).await;
        rounds.push([spent, fsync, fdatasync, p256, nothing]);
    }
    let made = app.sessions().await - before;
    assert_eq!(made, (WITH_PASSKEYS / 2 * (ROUNDS + 1)) as i64, "every sign-in makes a session");

    let [sign_in, fsync, fdatasync, p256, nothing] = Series::of(&rounds);
    table.add(Row {
        name: format!("passkey sign-ins/s, {PASSKEYS_AT_A_TIME} at a time"),
        value: sign_in.rate(),
        beside: format!("{} fsync/s", fsync.rate()),
        ratio: sign_in.share_of(&fsync),
        ..Row::default()
    });
    table.add(Row {
        beside: format!("{} fdatasync/s", fdatasync.rate()),
        ratio: sign_in.share_of(&fdatasync),
        ..Row::default()
    });
    table.add(Row {
        beside: format!("{} P-256 verifications/s, {cores} threads", p256.rate()),
        ratio: sign_in.share_of(&p256),
        ..Row::default()
    });
    for (what, part) in [("a P-256 verification", &p256), ("two empty requests, with the driver", &nothing)] {
        table.add(Row {
            name: "  processor time of one".to_owned(),
            value: format!("{:.2} ms", sign_in.processor()),
            beside: format!("{:.2} ms for {what}", part.processor()),
            ratio: format!("{:.0} %", 100.0 * part.processor() / sign_in.processor()),
            ..Row::default()
        });
    }
}

async fn passwords(app: &TestApp, table: &mut Table) {
    let threads = app.app().settings.password.hash_threads;
    let mut people: Vec<Person> =
        (0..WITH_PASSWORDS).map(|n| app.person(&format!("password-{n}@example.org"))).collect();
    people = together(people, PASSWORDS_AT_A_TIME, sign_up).await.0;

    let before = app.sessions().await;
    let mut rounds = Vec::new();
    for _ in 0..=ROUNDS_WITH_PASSWORDS {
        // Half of the bound before and half after, as what the neighbours leave changes from one second to the next.
        let (there, _) = together(people, PASSWORDS_AT_A_TIME, arrive).await;
        let before = bounds::argon2(threads, BOUND);
        let (done, spent) = together(there, PASSWORDS_AT_A_TIME, sign_in_with_password).await;
        let argon2 = before.with(bounds::argon2(threads, BOUND));
        people = done.into_iter().map(Unread::signed_in).collect();
        rounds.push([spent, argon2]);
    }
    let made = app.sessions().await - before;
    assert_eq!(made, (WITH_PASSWORDS * (ROUNDS_WITH_PASSWORDS + 1)) as i64, "every sign-in makes a session");

    let [sign_in, argon2] = Series::of(&rounds);
    table.add(Row {
        name: format!("password sign-ins/s, {PASSWORDS_AT_A_TIME} at a time"),
        value: sign_in.rate(),
        beside: format!("{} argon2id/s, {threads} threads", argon2.rate()),
        ratio: sign_in.share_of(&argon2),
        target: "≥ 85 %".to_owned(),
        met: Some(median(&sign_in.ratios(&argon2)) >= 85.0),
    });
    table.add(Row {
        name: "  processor time of one".to_owned(),
        value: format!("{:.1} ms", sign_in.processor()),
        beside: format!("{:.1} ms for argon2id", argon2.processor()),
        ratio: format!("{:.0} %", 100.0 * argon2.processor() / sign_in.processor()),
        ..Row::default()
    });
}

/// The same thing, measured once in every round.
pub struct Series(Vec<Spent>);

impl Series {
    /// What was measured in each round, one series for each thing. The first round found everything cold.
    pub fn of<const N: usize>(rounds: &[[Spent; N]]) -> [Self; N] {
        std::array::from_fn(|thing| Self(rounds.iter().skip(1).map(|round| round[thing]).collect()))
    }

    pub fn rates(&self) -> Vec<f64> {
        self.0.iter().map(|spent| spent.per_second()).collect()
    }

    /// `154 (91 to 268)`
    pub fn rate(&self) -> String {
        format!("{:.0} ({})", median(&self.rates()), range(&self.rates()))
    }

    /// Milliseconds of processor time for one.
    pub fn processor(&self) -> f64 {
        median(&self.0.iter().map(|spent| spent.processor_each()).collect::<Vec<_>>())
    }

    /// Percent of what was measured beside it, round by round: both had the same neighbours.
    fn ratios(&self, bound: &Self) -> Vec<f64> {
        self.rates().iter().zip(bound.rates()).map(|(rate, bound)| 100.0 * rate / bound).collect()
    }

    fn share_of(&self, bound: &Self) -> String {
        let ratios = self.ratios(bound);
        format!("{:.0} % ({})", median(&ratios), range(&ratios))
    }
}

pub async fn settle_in(mut person: Person) -> Person {
    person.settles_in().await;
    person
}

async fn sign_up(mut person: Person) -> Person {
    person.signs_up().await;
    person
}

/// Somebody who has an answer and has not looked at it yet.
pub struct Unread {
    person: Person,
    answer: Answer,
}

impl Unread {
    pub fn read(self) -> Person {
        let Self { mut person, answer } = self;
        person.sees(&answer);
        person
    }

    /// They are signed in.
    pub fn signed_in(self) -> Person {
        let person = self.read();
        assert_eq!(person.status, StatusCode::OK, "{:?}", person.page);
        assert!(person.browser.cookie("session").is_some(), "{:?}", person.page);
        person
    }
}

/// Somebody who has prepared what they send next.
pub struct Ready {
    person: Person,
    sends: Prepared,
}

pub async fn send(Ready { person, sends }: Ready) -> Unread {
    let answer = person.browser.sends(sends).await;
    Unread { person, answer }
}

/// The page of the sign-in where one says who one is, with no session left of the last time.
pub async fn arrive(mut person: Person) -> Ready {
    person.browser.looks = false;
    person.browser.drop_cookie("session");
    person.opens("/sign-in").await;
    if person.is_remembered() {
        person.uses_another_account().await;
    }
    let sends = person.identifier_to_post();
    Ready { person, sends }
}

/// The device of somebody who said who they are signs.
pub fn sign(identified: Unread) -> Ready {
    let mut person = identified.read();
    let ceremony = person.ceremony().clone();
    let credential = person.device.get(&ceremony.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let sends = person.report_to_post(&ceremony, &outcome);
    Ready { person, sends }
}

/// People of whom one half has said who they are and signed, and the other half begins.
pub struct Halves {
    signed: Vec<Ready>,
    others: Vec<Person>,
}

/// Who sends what.
enum Sends {
    Identifier(Ready),
    Report(Ready),
}

enum Answered {
    Identified(Unread),
    SignedIn(Unread),
}

impl Halves {
    pub async fn of(mut people: Vec<Person>, at_a_time: usize) -> Self {
        let others = people.split_off(people.len() / 2);
        let arrived = together(people, at_a_time, arrive).await.0;
        let identified = together(arrived, at_a_time, send).await.0;
        Self { signed: identified.into_iter().map(sign).collect(), others }
    }

    /// One half signs in while the other says who they are: a whole sign-in of as many.
    pub async fn sign_in(&mut self, at_a_time: usize) -> Spent {
        let arrived = together(std::mem::take(&mut self.others), at_a_time, arrive).await.0;
        let signed = std::mem::take(&mut self.signed);
        let sign_ins = signed.len();
        let in_turn = signed.into_iter().zip(arrived);
        let all = in_turn.flat_map(|(one, other)| [Sends::Report(one), Sends::Identifier(other)]).collect();
        let (all, spent) = together(all, at_a_time, send_either).await;
        for answered in all {
            match answered {
                Answered::Identified(unread) => self.signed.push(sign(unread)),
                Answered::SignedIn(unread) => self.others.push(unread.signed_in()),
            }
        }
        Spent { times: sign_ins, ..spent }
    }

    /// What it costs to ask twice, for those who have signed in last.
    pub async fn ask_for_nothing(&mut self, at_a_time: usize) -> Spent {
        let (same, spent) = together(std::mem::take(&mut self.others), at_a_time, ask_for_nothing).await;
        self.others = same;
        spent
    }

    /// Everybody is signed in.
    pub async fn join(self, at_a_time: usize) -> Vec<Person> {
        let signed = together(self.signed, at_a_time, send).await.0;
        signed.into_iter().map(Unread::signed_in).chain(self.others).collect()
    }
}

async fn send_either(sends: Sends) -> Answered {
    match sends {
        Sends::Identifier(ready) => Answered::Identified(send(ready).await),
        Sends::Report(ready) => Answered::SignedIn(send(ready).await),
    }
}

async fn sign_in_with_password(ready: Ready) -> Unread {
    let person = send(ready).await.read();
    let answer = person.posts_password(&person.password).await;
    Unread { person, answer }
}

/// As many requests as a sign-in has, through the same browser and the same layers, for a route that does nothing.
pub async fn ask_for_nothing(person: Person) -> Person {
    for _ in 0..2 {
        assert_eq!(person.browser.get("/healthz").await.status, StatusCode::OK);
    }
    person
}

/// The value that so large a share of all is below or at.
pub fn share(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(last.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// Everybody does the same, so many at a time.
pub async fn together<T, U, F>(all: Vec<T>, at_a_time: usize, work: fn(T) -> F) -> (Vec<U>, Spent)
where
    T: Send + 'static,
    U: Send + 'static,
    F: Future<Output = U> + Send + 'static,
{
    let waiting = Arc::new(Mutex::new(all.into_iter()));
    let next = move |waiting: &Mutex<IntoIter<T>>| waiting.lock().unwrap().next();
    let running = Running::begin();
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
    let spent = running.stop(all.len());
    (all, spent)
}
