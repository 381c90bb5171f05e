//! Everything that a database holds, as text, to be compared before and after.

#![allow(dead_code, reason = "each test program uses its part")]

use keymend::server::db::Db;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use std::collections::BTreeMap;

/// The rows of each table, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump(pub BTreeMap<String, Vec<String>>);

impl Dump {
    pub async fn of(db: &Db) -> Self {
        let mut tables = BTreeMap::new();
        for table in lines(db, tables_of(db)).await.into_iter().filter(|table| table != "seaql_migrations") {
            let rows = match db.read().get_database_backend() {
                DbBackend::Sqlite => {
                    let columns =
                        format!("SELECT 'quote(\"' || name || '\")' AS line FROM pragma_table_info('{table}')");
                    let columns = lines(db, columns).await.join(" || ',' || ");
                    format!("SELECT {columns} AS line FROM \"{table}\" ORDER BY 1")
                }
                _ => format!("SELECT t::text AS line FROM \"{table}\" t ORDER BY 1"),
            };
            tables.insert(table, lines(db, rows).await);
        }
        Self(tables)
    }

    /// The same without some tables.
    pub fn without(mut self, tables: &[&str]) -> Self {
        self.0.retain(|table, _| !tables.contains(&table.as_str()));
        self
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> usize {
        self.0[table].len()
    }

    /// Whether a text stands anywhere in it.
    pub fn holds(&self, text: &str) -> bool {
        self.0.values().flatten().any(|row| row.contains(text))
    }
}

fn tables_of(db: &Db) -> String {
    match db.read().get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'".to_owned()
        }
        _ => "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'".to_owned(),
    }
}

async fn lines(db: &Db, sql: String) -> Vec<String> {
    let statement = Statement::from_string(db.read().get_database_backend(), sql);
    let rows = db.read().query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "line").unwrap()).collect()
}
