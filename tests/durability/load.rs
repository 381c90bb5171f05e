//! People who sign up, sign in and do not get in, all at once, and a ledger of what they were told.

use crate::person::{Person, failed, not_allowed};
use crate::program::{Gate, Installation};
use domain::ceremony::Observation;
use http::StatusCode;
use keymend::server::cookies;
use keymend::server::visit::session_hash;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::task::JoinHandle;

/// What the server has acknowledged: an answer said so, and it came in whole.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged {
    pub accounts: Vec<String>,
    /// Hashes of their tokens.
    pub sessions: Vec<[u8; 32]>,
    /// The same of those that were ended.
    pub ended: Vec<[u8; 32]>,
    /// Credential ids.
    pub passkeys: Vec<Vec<u8>>,
    /// What the reports of failures are told apart by: how long the ceremony took.
    pub failures: Vec<u32>,
}

impl Acknowledged {
    pub fn len(&self) -> usize {
        self.accounts.len() + self.sessions.len() + self.ended.len() + self.passkeys.len() + self.failures.len()
    }

    pub fn add(&mut self, more: Self) {
        self.accounts.extend(more.accounts);
        self.sessions.extend(more.sessions);
        self.ended.extend(more.ended);
        self.passkeys.extend(more.passkeys);
        self.failures.extend(more.failures);
    }
}

/// A crowd in front of one installation.
pub struct Crowd {
    gate: Gate,
    installation: Arc<Installation>,
    ledger: Arc<Mutex<Acknowledged>>,
    returning: Vec<Arc<tokio::sync::Mutex<Person>>>,
}

/// Told apart by it, over all rounds. Nobody waits for a ceremony for so long, so no other report has these.
static MARKER: AtomicU32 = AtomicU32::new(100_000);

impl Crowd {
    /// So many people with an account and a passkey.
    pub async fn gather(installation: &Arc<Installation>, gate: &Gate, people: usize) -> Self {
        let settling = (0..people).map(|n| {
            let mut person = installation.person(&format!("returning-{n}@example.org"), gate);
            tokio::spawn(async move {
                person.settles_in().await;
                person
            })
        });
        let mut returning = Vec::new();
        for person in settling.collect::<Vec<_>>() {
            returning.push(Arc::new(tokio::sync::Mutex::new(person.await.unwrap())));
        }
        Self { gate: gate.clone(), installation: installation.clone(), ledger: Arc::default(), returning }
    }

    /// Everybody does what they came for, again and again. They stop when they are told to.
    pub fn rush(&self) -> Rush {
        let mut tasks = Vec::new();
        for (n, person) in self.returning.iter().enumerate() {
            let (person, ledger) = (person.clone(), self.ledger.clone());
            tasks.push(tokio::spawn(async move {
                let mut person = person.lock().await;
                loop {
                    match n % 3 {
                        0 => does_not_get_in(&mut person, &ledger).await,
                        1 => comes_and_goes(&mut person, &ledger).await,
                        _ => signs_in(&mut person, &ledger).await,
                    }
                }
            }));
        }
        for _ in 0..2 {
            let (installation, gate, ledger) = (self.installation.clone(), self.gate.clone(), self.ledger.clone());
            tasks.push(tokio::spawn(async move {
                loop {
                    let name = format!("newcomer-{:016x}@example.org", rand::random::<u64>());
                    joins(installation.person(&name, &gate), &ledger).await;
                }
            }));
        }
        Rush(tasks)
    }

    /// Waits until so much has been acknowledged since the last time.
    pub async fn has_done(&self, much: usize) {
        while self.ledger.lock().unwrap().len() < much {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// What has been acknowledged since the last time.
    pub fn acknowledged(&self) -> Acknowledged {
        std::mem::take(&mut self.ledger.lock().unwrap())
    }
}

/// What a crowd is doing.
pub struct Rush(Vec<JoinHandle<()>>);

impl Rush {
    /// Whoever waits for an answer waits no longer. An assertion that did not hold is still one.
    pub async fn stop(self) {
        for task in &self.0 {
            task.abort();
        }
        for task in self.0 {
            if let Err(error) = task.await
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

async fn joins(mut person: Person, ledger: &Mutex<Acknowledged>) {
    person.signs_up().await;
    let session = session(&person).unwrap();
    note(ledger).accounts.push(person.identifier.clone());
    note(ledger).sessions.push(session);
    person.creates_passkey().await;
    person.shows("passkey-created");
    note(ledger).passkeys.push(person.device.passkeys[0].id.clone());
}

async fn signs_in(person: &mut Person, ledger: &Mutex<Acknowledged>) {
    person.browser.drop_cookie("session");
    person.browser.drop_cookie("flow");
    person.signs_in_with_passkey().await;
    let session = session(person).unwrap();
    note(ledger).sessions.push(session);
}

async fn comes_and_goes(person: &mut Person, ledger: &Mutex<Acknowledged>) {
    person.browser.drop_cookie("session");
    person.browser.drop_cookie("flow");
    person.signs_in_with_passkey().await;
    let session = session(person).unwrap();
    person.signs_out().await;
    note(ledger).ended.push(session);
}

async fn does_not_get_in(person: &mut Person, ledger: &Mutex<Acknowledged>) {
    person.browser.drop_cookie("session");
    person.browser.drop_cookie("flow");
    person.identifies().await;
    let marker = MARKER.fetch_add(1, Ordering::Relaxed);
    person.reports(&failed(Observation { elapsed: marker, ..not_allowed() })).await;
    assert_eq!(person.status, StatusCode::OK, "{:?}", person.page);
    note(ledger).failures.push(marker);
}

fn session(person: &Person) -> Option<[u8; 32]> {
    person.browser.cookie("session").and_then(|cookie| cookies::token(&cookie)).map(|token| session_hash(&token))
}

fn note(ledger: &Mutex<Acknowledged>) -> MutexGuard<'_, Acknowledged> {
    ledger.lock().unwrap()
}
