//! How long a sign-in by passkey takes while more passwords come than can be looked at, beside the same without them in the same
//! run.
//!
//! The passwords come evenly, whether or not those before are answered: five times as many as the threads that hash could do on a
//! machine that does nothing else. People, crowd and server share the process and its cores. The two requests of a
//! sign-in count, not the page before them, nor what the device does.

use crate::app::TestApp;
use crate::bounds;
use crate::load::{arrive, send, settle_in, share, sign, together};
use crate::person::Person;
use crate::stopwatch::{self, median, range};
use crate::table::{Row, Table};
use crate::wishes;
use http::StatusCode;
use keymend::page::Screen;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

/// Enough that hardly anybody guesses so often that they have to wait.
const CROWD: usize = 2_000;
const TIMES: f64 = 5.0;
const ROUNDS: usize = 7;
/// Some two hundred sign-ins without a flood.
const ROUND: Duration = Duration::from_secs(4);
const BOUND: Duration = Duration::from_millis(500);

/// What was measured in one round.
struct Round {
    /// Milliseconds of each sign-in, without and under the flood.
    quiet: Vec<f64>,
    flooded: Vec<f64>,
    argon2: f64,
    answers: Vec<StatusCode>,
}

pub fn measure(table: &mut Table) {
    println!("==> passkeys under a flood of passwords");
    let runtime = keymend::server::runtime().unwrap();
    runtime.block_on(async {
        let app = TestApp::start().await;
        let threads = app.app().settings.password.hash_threads;
        let crowd = (0..wishes::fewer(CROWD)).map(|n| app.person(&format!("crowd-{n}@example.org"))).collect();
        let crowd = Arc::new(together(crowd, 16, at_the_password).await.0);
        let mut ada = settle_in(app.person("ada@example.org")).await;
        let mut rounds = Vec::new();
        for number in 0..=wishes::fewer(ROUNDS).max(1) {
            let argon2 = bounds::argon2(threads, BOUND).per_second();
            let (quiet, flooded);
            (ada, quiet) = sign_ins(ada).await;
            let stop = Arc::new(AtomicBool::new(false));
            let flood = tokio::spawn(flood(crowd.clone(), number, TIMES * argon2, stop.clone()));
            (ada, flooded) = sign_ins(ada).await;
            stop.store(true, Ordering::SeqCst);
            rounds.push(Round { quiet, flooded, argon2, answers: flood.await.unwrap() });
        }
        tell(&rounds[1..], threads, table);
    });
}

async fn at_the_password(person: Person) -> Person {
    let mut person = send(arrive(person).await).await.read();
    if let Screen::UsePasskey(_) = person.page.screen {
        person.uses_password_instead().await;
    }
    person
}

/// One after the other, for a round.
async fn sign_ins(mut person: Person) -> (Person, Vec<f64>) {
    let (began, mut times) = (stopwatch::start(), Vec::new());
    while began.elapsed() < ROUND {
        let arrived = arrive(person).await;
        let first = stopwatch::start();
        let identified = send(arrived).await;
        let first = first.elapsed();
        let signed = sign(identified);
        let second = stopwatch::start();
        let answered = send(signed).await;
        times.push((first + second.elapsed()).as_secs_f64() * 1e3);
        person = answered.signed_in();
    }
    (person, times)
}

/// What became of the passwords, once told to stop. Each round begins with somebody else.
async fn flood(crowd: Arc<Vec<Person>>, round: usize, per_second: f64, stop: Arc<AtomicBool>) -> Vec<StatusCode> {
    let mut turns = tokio::time::interval(Duration::from_secs_f64(1.0 / per_second));
    let (mut sent, mut answers) = (JoinSet::new(), Vec::new());
    for person in crowd.iter().cycle().skip(round * crowd.len() / 3) {
        turns.tick().await;
        // What is answered after the end was looked at without a flood, and does not count.
        while let Some(answered) = sent.try_join_next() {
            answers.push(answered.unwrap());
        }
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let Screen::EnterPassword(screen) = &person.page.screen else { panic!("{:?}", person.page) };
        let (browser, action) = (person.browser.clone(), screen.sign_in.clone());
        sent.spawn(
            async move { browser.press_anyway(&action, &[("password", "not the password at all")]).await.status },
        );
    }
    sent.join_all().await;
    answers
}

fn tell(rounds: &[Round], threads: usize, table: &mut Table) {
    for (name, of, target) in [("p99", 0.99, "< 200 %"), ("p50", 0.5, "")] {
        let of_all =
            |times: fn(&Round) -> &[f64]| rounds.iter().map(|round| share(times(round), of)).collect::<Vec<_>>();
        let (quiet, flooded) = (of_all(|round| &round.quiet), of_all(|round| &round.flooded));
        let ratios: Vec<_> = flooded.iter().zip(&quiet).map(|(flooded, quiet)| 100.0 * flooded / quiet).collect();
        table.add(Row {
            name: format!("a passkey sign-in under a flood of passwords, {name}"),
            value: format!("{:.1} ms ({})", median(&flooded), range(&flooded)),
            beside: format!("{:.1} ms without ({})", median(&quiet), range(&quiet)),
            ratio: format!("{:.0} % ({})", median(&ratios), range(&ratios)),
            target: target.to_owned(),
            met: (!target.is_empty()).then(|| median(&ratios) < 200.0),
        });
    }
    let each_second = |count: fn(&StatusCode) -> bool| {
        let counts = rounds.iter().map(|round| round.answers.iter().filter(|status| count(status)).count());
        median(&counts.map(|count| count as f64 / ROUND.as_secs_f64()).collect::<Vec<_>>())
    };
    let argon2 = median(&rounds.iter().map(|round| round.argon2).collect::<Vec<_>>());
    let looked_at = each_second(|status| *status == StatusCode::UNAUTHORIZED);
    table.add(Row {
        name: "  passwords a second: looked at".to_owned(),
        value: format!("{looked_at:.0} of {:.0} that came", each_second(|_| true)),
        beside: format!("{argon2:.0} argon2id/s, {threads} threads"),
        ratio: format!("{:.0} %", 100.0 * looked_at / argon2),
        ..Row::default()
    });
    table.add(Row {
        name: "  told to come back".to_owned(),
        value: format!("{:.0}", each_second(|status| *status == StatusCode::SERVICE_UNAVAILABLE)),
        ..Row::default()
    });
}
