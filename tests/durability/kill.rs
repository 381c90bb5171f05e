//! Killed at any moment, and without power at any moment.

use crate::check::{faults, lost};
use crate::database::TestDatabase;
use crate::disk::Disk;
use crate::load::{Acknowledged, Crowd};
use crate::program::{Gate, Installation};
use keymend::server::db::{Db, file_url};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// On either database.
const ROUNDS: usize = 50;
/// People who come back in each round; two newcomers at a time are beside them.
const PEOPLE: usize = 12;

/// In these each goes on until the log of SQLite is copied into the file, which takes a few hundred sign-ins.
const LONG_ROUNDS: usize = 4;

/// When a round ends.
#[derive(Clone, Copy, PartialEq)]
enum When {
    /// Something was done, and a moment later.
    Soon,
    /// While the log is copied into the file.
    LogIsCopied,
}

/// What came of a number of rounds.
#[derive(Default)]
struct Figures {
    rounds: usize,
    /// In so many the log was being copied into the file.
    copying: usize,
    acknowledged: usize,
    lost: usize,
    faults: Vec<String>,
}

impl Figures {
    fn print(&self, what: &str) {
        let Self { rounds, copying, acknowledged, lost, .. } = self;
        println!(
            "{what}: {rounds} rounds, {copying} of them while the log was copied, {acknowledged} acknowledged, \
             {lost} of them lost"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_survives_being_killed() {
    let figures = kill_again_and_again(&TestDatabase::new().await, ROUNDS, When::Soon).await;
    figures.print("killed");
    assert_eq!((figures.lost, figures.faults), (0, Vec::new()));
    assert!(figures.acknowledged > ROUNDS, "the server has hardly been asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: a thousand rounds"]
async fn whatever_was_acknowledged_survives_being_killed_a_thousand_times() {
    let figures = kill_again_and_again(&TestDatabase::sqlite(), 1_000, When::Soon).await;
    figures.print("killed");
    assert_eq!((figures.lost, figures.faults), (0, Vec::new()));
}

/// The rounds above end long before the log is copied into the file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_survives_being_killed_while_the_log_is_copied() {
    let figures = kill_again_and_again(&TestDatabase::sqlite(), LONG_ROUNDS, When::LogIsCopied).await;
    figures.print("killed");
    assert_eq!((figures.lost, figures.faults), (0, Vec::new()));
    assert!(figures.copying > 0, "the log was not being copied in any round");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_survives_a_power_cut_while_the_log_is_copied() {
    let figures = without_power_again_and_again(LONG_ROUNDS, false, When::LogIsCopied).await;
    figures.print("without power");
    assert_eq!((figures.lost, figures.faults), (0, Vec::new()));
    assert!(figures.copying > 0, "the log was not being copied in any round");
}

/// Not only the program ends, but also what the disk had not been told to keep is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_survives_a_power_cut() {
    let figures = without_power_again_and_again(10, false, When::Soon).await;
    figures.print("without power");
    assert_eq!((figures.lost, figures.faults), (0, Vec::new()));
    assert!(figures.acknowledged > 10, "the server has hardly been asked");
}

/// The control: on a disk that only says that it keeps things, what was acknowledged does get lost, and these tests see it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_disk_that_lies_the_loss_is_seen() {
    let figures = without_power_again_and_again(3, true, When::Soon).await;
    figures.print("without power, on a disk that lies");
    assert!(figures.lost > 0, "{} were acknowledged, and none was lost", figures.acknowledged);
}

async fn kill_again_and_again(database: &TestDatabase, rounds: usize, when: When) -> Figures {
    let installation = Arc::new(Installation::with_database(database.url()));
    let mut server = installation.start().await;
    let crowd = Crowd::gather(&installation, &server.gate(), PEOPLE).await;
    let (mut figures, mut all) = (Figures { rounds, ..Figures::default() }, Acknowledged::default());
    for round in 0..rounds {
        if round > 0 {
            server = installation.start().await;
        }
        let rush = crowd.rush();
        until(when, &crowd, database.url()).await;
        server.kill();
        figures.copying += usize::from(when == When::LogIsCopied && is_copied(database.url()));
        rush.stop().await;
        let acknowledged = crowd.acknowledged();
        look(&mut figures, &installation, database.url(), &acknowledged).await;
        all.add(acknowledged);
    }
    // Nor has a later round taken away what an earlier one had kept.
    let before = std::mem::take(&mut figures.acknowledged);
    look(&mut figures, &installation, database.url(), &all).await;
    assert_eq!(figures.acknowledged, before);
    figures
}

async fn without_power_again_and_again(rounds: usize, lying: bool, when: When) -> Figures {
    let mut installation = Installation::new();
    let disk = Disk::under(&mut installation);
    let installation = Arc::new(installation);
    let gate = Gate::to(installation.address());
    let url = file_url(&installation.database_file());
    let mut server = installation.start().await;
    let crowd = Crowd::gather(&installation, &gate, PEOPLE).await;
    let mut figures = Figures { rounds, ..Figures::default() };
    for round in 0..rounds {
        if round > 0 {
            server = installation.start().await;
        }
        disk.lies(lying);
        let rush = crowd.rush();
        until(when, &crowd, &url).await;
        server.kill();
        figures.copying += usize::from(when == When::LogIsCopied && is_copied(&url));
        rush.stop().await;
        disk.forgets();
        disk.lies(false);
        look(&mut figures, &installation, &url, &crowd.acknowledged()).await;
    }
    figures
}

async fn look(figures: &mut Figures, installation: &Installation, url: &str, acknowledged: &Acknowledged) {
    let db = Db::open(url).await.unwrap();
    figures.acknowledged += acknowledged.len();
    figures.lost += lost(&db, acknowledged).await.len();
    figures.faults.extend(faults(&db, &installation.mails()).await);
    db.close().await;
}

async fn until(when: When, crowd: &Crowd, url: &str) {
    let (limit, much) = match when {
        When::Soon => (30, rand::random_range(1..20)),
        When::LogIsCopied => (120, 1),
    };
    tokio::time::timeout(Duration::from_secs(limit), crowd.has_done(much)).await.unwrap();
    match when {
        When::Soon => tokio::time::sleep(Duration::from_millis(rand::random_range(0..40))).await,
        When::LogIsCopied => {
            let begins = async {
                while !is_copied(url) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(limit), begins).await.unwrap();
            tokio::time::sleep(Duration::from_millis(rand::random_range(0..2))).await;
        }
    }
}

/// Whether the log is being copied, as SQLite says it in the memory that its connections share: more of it was begun than is done.
/// Bytes 96 and 128 of the index of the log (SQLite's documentation of WAL mode, "The WAL-Index File Format").
fn is_copied(url: &str) -> bool {
    let path = format!("{}-shm", url.trim_start_matches("sqlite:"));
    let mut head = [0; 132];
    let Ok(()) = File::open(Path::new(&path)).and_then(|mut file| file.read_exact(&mut head)) else { return false };
    let number = |at: usize| u32::from_ne_bytes(head[at..at + 4].try_into().unwrap());
    number(128) > number(96)
}
