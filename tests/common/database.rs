//! A database of its own for each test: SQLite in a temporary folder, or PostgreSQL where `KEYMEND_TEST_POSTGRES_URL` points.
//! The same tests run on both.

#![expect(clippy::expect_used, reason = "a test may fail loudly, and so may its helpers")]
#![allow(dead_code, reason = "each test program uses its part")]

use keymend::server::db::{Db, file_url};
use sea_orm::{ConnectionTrait, Database};
use std::path::PathBuf;

/// Says where PostgreSQL is; its user must be allowed to create databases. Without it the tests use SQLite.
const POSTGRES: &str = "KEYMEND_TEST_POSTGRES_URL";

/// An empty database, gone when this is dropped.
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
        let name = random_name();
        execute(&server, &format!("CREATE DATABASE {name}")).await;
        let mut url = url::Url::parse(&server).expect("a URL in KEYMEND_TEST_POSTGRES_URL");
        url.set_path(&name);
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
                // `Drop` cannot wait for a future, and blocking the test's own runtime would stop what the future waits for.
                let (server, sql) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                let dropping = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                    runtime.expect("a runtime").block_on(execute(&server, &sql));
                });
                if dropping.join().is_err() {
                    eprintln!("the test database {name} could not be dropped");
                }
            }
        }
    }
}

async fn execute(server: &str, sql: &str) {
    let connection = Database::connect(server).await.expect("PostgreSQL answers");
    connection.execute_unprepared(sql).await.expect("PostgreSQL creates and drops databases");
    connection.close().await.expect("PostgreSQL says goodbye");
}

fn random_name() -> String {
    format!("keymend_test_{:032x}", rand::random::<u128>())
}
