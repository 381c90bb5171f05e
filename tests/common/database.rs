//! A database of its own for each test: SQLite in a temporary folder, or PostgreSQL where `KEYMEND_TEST_POSTGRES_URL` points.
//! The same tests run on both.
//!
//! PostgreSQL takes longer to create and drop a database than most tests take. So a test that is through leaves its own to the
//! next one, which finds it empty; whoever is the last at a time drops them all.

#![expect(clippy::expect_used, reason = "a test may fail loudly, and so may its helpers")]
#![allow(dead_code, reason = "each test program uses its part")]

use keymend::server::db::{Db, file_url};
use sea_orm::{ConnectionTrait, Database};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Says where PostgreSQL is; its user must be allowed to create databases. Without it the tests use SQLite.
const POSTGRES: &str = "KEYMEND_TEST_POSTGRES_URL";

/// Takes away what the test before has left: who is still connected, and all tables.
const EMPTY: &str = "
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();
    DO $$ DECLARE tables text; BEGIN
        SELECT string_agg(quote_ident(tablename), ', ') INTO tables FROM pg_tables WHERE schemaname = 'public';
        IF tables IS NOT NULL THEN EXECUTE 'DROP TABLE ' || tables || ' CASCADE'; END IF;
    END $$";

/// The databases on PostgreSQL of this test program.
static SHARED: Mutex<Shared> = Mutex::new(Shared { in_use: 0, left: Vec::new() });

struct Shared {
    in_use: usize,
    /// Those that a test has left.
    left: Vec<String>,
}

/// An empty database, nobody else's until this is dropped.
pub struct TestDatabase {
    url: String,
    remains: Remains,
}

enum Remains {
    Folder(PathBuf),
    Database { server: String, name: String },
}

impl TestDatabase {
    pub async fn new() -> Self {
        match std::env::var(POSTGRES) {
            Ok(server) if !server.is_empty() => Self::postgres(server).await,
            _ => Self::sqlite(),
        }
    }

    /// SQLite in a file, whatever the tests run on.
    pub fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(random_name());
        // Not the folder itself: creating it belongs to what is tested.
        Self { url: file_url(&folder.join("data").join("keymend.db")), remains: Remains::Folder(folder) }
    }

    /// On this PostgreSQL server.
    pub async fn postgres(server: String) -> Self {
        let left = shared(|shared| {
            shared.in_use += 1;
            shared.left.pop()
        });
        let name = left.clone().unwrap_or_else(random_name);
        let mut url = url::Url::parse(&server).expect("a URL in KEYMEND_TEST_POSTGRES_URL");
        url.set_path(&name);
        match left {
            Some(_) => execute(url.as_str(), EMPTY).await,
            None => execute(&server, &format!("CREATE DATABASE {name}")).await,
        }
        Self { url: url.into(), remains: Remains::Database { server, name } }
    }

    /// What `database.url` is to be.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.remains, Remains::Database { .. })
    }

    /// Opens it as the server does.
    pub async fn open(&self) -> Db {
        Db::open(&self.url).await.expect("a database for the test")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.remains {
            // It is not there if the test never opened it.
            Remains::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Remains::Database { server, name } => {
                let last = shared(|shared| {
                    shared.in_use -= 1;
                    shared.left.push(name.clone());
                    if shared.in_use == 0 { std::mem::take(&mut shared.left) } else { Vec::new() }
                });
                if last.is_empty() {
                    return;
                }
                // `Drop` cannot wait for a future, and blocking the test's own runtime would stop what the future waits for.
                let server = server.clone();
                let dropping = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(async {
                        for name in last {
                            execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                        }
                    });
                });
                if dropping.join().is_err() {
                    eprintln!("the databases of the tests could not be dropped");
                }
            }
        }
    }
}

fn shared<T>(change: impl FnOnce(&mut Shared) -> T) -> T {
    change(&mut SHARED.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn execute(server: &str, sql: &str) {
    let connection = Database::connect(server).await.expect("PostgreSQL answers");
    connection.execute_unprepared(sql).await.expect("PostgreSQL creates and drops databases");
    connection.close().await.expect("PostgreSQL says goodbye");
}

fn random_name() -> String {
    format!("keymend_test_{:032x}", rand::random::<u128>())
}
