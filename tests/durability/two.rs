//! Two servers on one database, behind one address.

use crate::app::Answer;
use crate::authenticator::honest;
use crate::database::TestDatabase;
use crate::person::Person;
use crate::program::{Gate, Installation, Program};
use http::StatusCode;
use keymend::page::Report;

/// They share the database and the root key, and nothing else.
struct Two {
    one: Program,
    other: Program,
    gate: Gate,
    installation: Installation,
    // After the servers that use it.
    _database: TestDatabase,
}

impl Two {
    async fn start() -> Self {
        let database = TestDatabase::new().await;
        let mut installation = Installation::with_database(database.url());
        let key = "0f".repeat(32);
        installation.environment.push(("KEYMEND__SERVER__ROOT_KEY".to_owned(), key));
        let one = installation.start().await;
        let elsewhere = installation.folder.join("other").to_str().unwrap().to_owned();
        installation.environment.push(("KEYMEND__SERVER__DATA".to_owned(), elsewhere));
        let other = installation.start_another().await;
        Self { gate: one.gate(), one, other, installation, _database: database }
    }

    fn person(&self, identifier: &str) -> Person {
        self.installation.person(identifier, &self.gate)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_began_with_one_server_goes_on_with_the_other_when_it_is_killed() {
    let mut two = Two::start().await;
    let (mut ada, mut ben) = (two.person("ada@example.org"), two.person("ben@example.org"));
    ada.settles_in().await;
    ben.settles_in().await;
    // A session is there for both.
    two.gate.leads_to(two.other.address);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    ada.signs_out().await;
    ben.signs_out().await;

    // Ada has the prompt before her, and Ben has failed once.
    two.gate.leads_to(two.one.address);
    ada.identifies().await;
    ben.identifies().await;
    ben.device.passkeys.clear();
    ben.fails(1).await;
    ben.shows("use-passkey");
    two.one.kill();
    two.gate.leads_to(two.other.address);
    ada.uses_passkey().await;
    ada.shows("dashboard");
    // The second failure in a row, whoever counts: the password, and a new passkey after it.
    ben.fails(1).await;
    ben.shows("enter-password");
    ben.enters_password().await;
    ben.creates_passkey().await;
    ben.shows("passkey-created");
    ben.continues().await;
    ben.signs_out().await;
    ben.signs_in_with_passkey().await;
    assert!(ben.is_told_of_the_heal());
}

/// Half of them here, half of them there, all at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_replays_at_two_servers_exactly_one_counts() {
    let two = Two::start().await;
    let mut ada = two.person("ada@example.org");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    let ceremony = ada.ceremony().clone();
    let credential = ada.device.get(&ceremony.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let replays: Vec<_> = (0..50)
        .map(|n| {
            let mut thief = ada.another_tab();
            let gate = Gate::to(if n % 2 == 0 { two.one.address } else { two.other.address });
            thief.browser = ada.browser.copy();
            thief.browser.goes_through(gate.router());
            let (ceremony, outcome) = (ceremony.clone(), outcome.clone());
            tokio::spawn(async move {
                let answer: Answer = thief.posts_report(&ceremony, &outcome).await;
                (answer.status, thief.browser.cookie("session").is_some())
            })
        })
        .collect();
    let mut inside = 0;
    for replay in replays {
        let (status, has_session) = replay.await.unwrap();
        assert!(if has_session { status == StatusCode::OK } else { status == StatusCode::CONFLICT }, "{status}");
        inside += usize::from(has_session);
    }
    println!("50 replays of one assertion at two servers: {inside} session");
    assert_eq!(inside, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_count_wherever_they_were_typed() {
    let two = Two::start().await;
    let (mut ada, mut mallory) = (two.person("ada@example.org"), two.person("ada@example.org"));
    ada.settles_in().await;
    mallory.identifies().await;
    mallory.uses_password_instead().await;
    for n in 0..6 {
        two.gate.leads_to(if n % 2 == 0 { two.one.address } else { two.other.address });
        mallory.types_password("not the password at all").await;
        assert_eq!(mallory.status, StatusCode::UNAUTHORIZED, "{n}");
    }
    for address in [two.one.address, two.other.address] {
        two.gate.leads_to(address);
        mallory.types_password("not the password at all").await;
        assert_eq!(mallory.status, StatusCode::TOO_MANY_REQUESTS);
    }
}
