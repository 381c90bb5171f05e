//! A server that is used and used is at the end what it was at the beginning: its memory, its open files, its threads, and the
//! tables of its database that nothing is to be kept in.

use crate::app::Browser;
use crate::dump::Dump;
use crate::person::{Person, failed, not_allowed};
use crate::served::Served;
use http::StatusCode;
use keymend::page::Screen;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What people do in each third, together.
const SHORT: usize = 72;
const LONG: usize = 2_400;
/// At a time.
const PEOPLE: usize = 6;
/// Beside the growth that is allowed: what a debug build gets from the system at once, in MiB.
const SLACK: f64 = 6.0;
/// Connections to the database that are opened when they are needed, each with a thread or two files.
const MORE: usize = 32;

/// Where a row stays as long as the account, the browser or the code it belongs to, and no longer. The others are records, and
/// are deleted by their age (`tests/router/housekeeping.rs`).
const STEADY: [&str; 12] = [
    "users",
    "passkeys",
    "saved_codes",
    "mailed_codes",
    "pending_identifiers",
    "heals",
    "browsers",
    "browser_accounts",
    "browser_passkeys",
    "strikes",
    "password_attempts",
    "outbox",
];

/// What a server holds while nobody asks for anything.
#[derive(Clone, Debug)]
struct Held {
    memory: f64,
    files: usize,
    threads: usize,
    rows: BTreeMap<&'static str, usize>,
}

impl Held {
    async fn by(served: &Served) -> Self {
        let dump = settled(served).await;
        Self {
            memory: served.memory(),
            files: served.files(),
            threads: served.threads(),
            rows: STEADY.map(|table| (table, dump.rows(table))).into(),
        }
    }

    /// What has become more.
    fn more_than(&self, before: &Self) -> Vec<String> {
        let mut more = Vec::new();
        if self.memory > 1.1 * before.memory + SLACK {
            more.push(format!("memory: {:.0} MiB after {:.0}", self.memory, before.memory));
        }
        for (what, now, then) in [("files", self.files, before.files), ("threads", self.threads, before.threads)] {
            if now > then + MORE {
                more.push(format!("{what}: {now} after {then}"));
            }
        }
        for (table, now) in &self.rows {
            if *now > before.rows[table] {
                more.push(format!("{table}: {now} rows after {}", before.rows[table]));
            }
        }
        more
    }
}

/// Waits until every mail has left and every connection is closed, and looks what there is then.
async fn settled(served: &Served) -> Dump {
    for _ in 0..300 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let dump = Dump::of(&served.database().await).await;
        if dump.rows("outbox") == 0 {
            return dump;
        }
    }
    panic!("mails wait: {}", served.log());
}

/// Somebody with an account, and somebody else who comes and goes in the same browser.
struct Visitor {
    regular: Person,
    browser: Browser,
    number: usize,
}

impl Visitor {
    async fn settles_in(served: &Served, number: usize) -> Self {
        let mut regular = served.person(&format!("regular-{number}@example.org"));
        regular.settles_in().await;
        Self { regular, browser: served.browser(), number }
    }

    async fn does(&mut self, turn: usize) {
        for cookie in ["session", "flow"] {
            self.regular.browser.drop_cookie(cookie);
        }
        match turn % 6 {
            0 | 1 => self.signs_in().await,
            2 => self.signs_in_after_a_failure().await,
            3 => self.signs_in_by_password().await,
            4 => self.guesses(turn).await,
            _ => self.joins_and_leaves(turn).await,
        }
        // Whatever it was, looked at once more.
        for address in ["/dashboard", "/sign-in"] {
            self.regular.browser.visit(address).await;
        }
    }

    async fn signs_in(&mut self) {
        self.regular.signs_in_with_passkey().await;
        assert!(self.regular.browser.cookie("session").is_some());
    }

    async fn signs_in_after_a_failure(&mut self) {
        self.regular.identifies().await;
        self.regular.reports(&failed(not_allowed())).await;
        self.regular.uses_passkey().await;
        assert_eq!(self.regular.status, StatusCode::OK, "{:?}", self.regular.page);
    }

    async fn signs_in_by_password(&mut self) {
        self.regular.signs_in_with_password().await;
        // It is said in the next visit that the passkey was there all the time.
        self.regular.browser.drop_cookie("session");
        self.regular.browser.drop_cookie("flow");
        self.signs_in().await;
    }

    /// The password of one of a few people, who have none here.
    async fn guesses(&mut self, turn: usize) {
        let mut guesser =
            Person::new(&format!("nobody-{}", turn / 6 % 12), self.browser.clone(), self.regular.device.clone());
        self.browser.drop_cookie("flow");
        guesser.identifies().await;
        if let Screen::UsePasskey(_) = guesser.page.screen {
            guesser.uses_password_instead().await;
        }
        guesser.enters_password().await;
        assert!(
            [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&guesser.status),
            "{:?}",
            guesser.page
        );
    }

    async fn joins_and_leaves(&mut self, turn: usize) {
        let name = format!("guest-{}-{turn}@example.org", self.number);
        let mut device = self.regular.device.clone();
        device.passkeys.clear();
        let mut guest = Person::new(&name, self.browser.clone(), device);
        guest.settles_in().await;
        guest.changes("/account/delete", &[("confirmation", &name)]).await;
        guest.shows("told");
    }
}

/// All of them together do so much.
async fn use_it(mut people: Vec<Visitor>, turns: usize) -> Vec<Visitor> {
    let each = turns / people.len();
    let busy: JoinSet<Visitor> = people
        .drain(..)
        .map(|mut visitor| async move {
            for turn in 0..each {
                visitor.does(turn).await;
            }
            visitor
        })
        .collect();
    busy.join_all().await
}

async fn soak(turns: usize) {
    let served = Served::start(&[]).await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(Visitor::settles_in(&served, number).await);
    }
    let began = tokio::time::Instant::now();
    let mut held = Vec::new();
    for _ in 0..3 {
        people = use_it(people, turns).await;
        held.push(Held::by(&served).await);
    }
    let [first, .., last] = held.as_slice() else { unreachable!("there are three") };
    println!(
        "{} times somebody did something, in {:.0} s: {:.1} MiB, {} files, {} threads after a third of it, {:.1} MiB, {} files, {} threads at the end",
        3 * turns,
        began.elapsed().as_secs_f64(),
        first.memory,
        first.files,
        first.threads,
        last.memory,
        last.files,
        last.threads
    );
    assert_eq!(last.more_than(first), Vec::<String>::new());

    // The control: what nobody gives back is seen.
    let mut kept = Vec::new();
    for _ in 0..2 * MORE {
        kept.push(TcpStream::connect(served.address()).await.unwrap());
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let leaky = Held { files: served.files(), ..last.clone() };
    assert_eq!(leaky.more_than(last).len(), 1, "{leaky:?} after {last:?}");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_used_and_used_holds_no_more_at_the_end() {
    soak(SHORT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: seven thousand times"]
async fn a_server_that_is_used_for_long_holds_no_more_at_the_end() {
    soak(LONG).await;
}
