//! The program of this build with people in front of it.

use crate::app::Browser;
use crate::database::TestDatabase;
use crate::person::Person;
use crate::program::{Gate, Installation, Program};
use keymend::server::db::Db;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

pub struct Served {
    program: Program,
    gate: Gate,
    // After the program, which uses them.
    installation: Installation,
    database: TestDatabase,
}

impl Served {
    /// With settings of the environment: `("KEYMEND__PASSWORD__QUEUE", "8")`.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        let database = TestDatabase::new().await;
        let mut installation = Installation::with_database(database.url());
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        installation.environment.extend(settings);
        let program = installation.start().await;
        Self { gate: program.gate(), program, installation, database }
    }

    /// Somebody with a browser and a device, without an account yet.
    pub fn person(&self, identifier: &str) -> Person {
        self.installation.person(identifier, &self.gate)
    }

    pub fn browser(&self) -> Browser {
        self.installation.browser(&self.gate)
    }

    pub fn address(&self) -> SocketAddr {
        self.program.address
    }

    pub fn origin(&self) -> String {
        self.installation.origin()
    }

    /// What it wrote to standard error so far. It writes a moment after it has answered, and is waited for until it is quiet.
    pub fn log(&self) -> String {
        let file = self.installation.log_file(self.program.address);
        let mut log = String::new();
        for _ in 0..100 {
            let before = std::mem::replace(&mut log, std::fs::read_to_string(&file).unwrap()).len();
            if before > 0 && log.len() == before {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        log
    }

    /// Its database, opened a second time.
    pub async fn database(&self) -> Db {
        self.database.open().await
    }

    /// Its memory now, in MiB.
    pub fn memory(&self) -> f64 {
        self.number("VmRSS:") / 1024.0
    }

    /// How many threads it has now.
    pub fn threads(&self) -> usize {
        self.number("Threads:") as usize
    }

    /// Its threads now: what each is called, and how much it gives way to others (`nice`, proc(5)).
    pub fn nice(&self) -> Vec<(String, i32)> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.program.id())).unwrap();
        // One that has just ended is none.
        let stats = tasks.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).ok());
        let parts = |stat: String| {
            let (head, rest) = stat.rsplit_once(')').unwrap();
            // After the name comes field 3.
            let nice = rest.split_whitespace().nth(19 - 3).unwrap().parse().unwrap();
            (head.split_once('(').unwrap().1.to_owned(), nice)
        };
        stats.map(parts).collect()
    }

    /// How many files and connections it has open now.
    pub fn files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.program.id())).unwrap().count()
    }

    fn number(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.program.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The signal that service managers send.
    pub fn tell_to_stop(&self) {
        let told = Command::new("kill").args(["-TERM", &self.program.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Whether it ended well, if it has ended.
    pub fn ended(&mut self) -> Option<bool> {
        self.program.ended().map(|status| status.success())
    }
}
