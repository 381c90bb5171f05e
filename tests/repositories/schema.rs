//! The schema, described in the words of neither database: the same text on both.

use crate::database::TestDatabase;
use keymend::server::db::Db;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

const SQLITE: [&str; 3] = [
    r#"SELECT m.name || '.' || c.name || ' ' || c.type || CASE c."notnull" WHEN 1 THEN '' ELSE '?' END AS line
       FROM sqlite_master m, pragma_table_info(m.name) c
       WHERE m.type = 'table' AND m.name <> 'seaql_migrations'"#,
    r#"SELECT m.name || CASE WHEN i.origin = 'pk' THEN ' primary' WHEN i."unique" THEN ' unique' ELSE ' index' END || ' (' ||
         (SELECT group_concat(x.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) x) || ')' AS line
       FROM sqlite_master m, pragma_index_list(m.name) i
       WHERE m.type = 'table' AND m.name <> 'seaql_migrations'"#,
    r#"SELECT m.name || '.' || f."from" || ' -> ' || f."table" || '.' || f."to" || ' on delete ' || lower(f.on_delete) AS line
       FROM sqlite_master m, pragma_foreign_key_list(m.name) f
       WHERE m.type = 'table'"#,
];

const POSTGRES: [&str; 3] = [
    "SELECT table_name::text || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN '' ELSE '?' END AS line
     FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'",
    "SELECT t.relname::text || CASE WHEN i.indisprimary THEN ' primary' WHEN i.indisunique THEN ' unique' ELSE ' index' END || ' (' ||
       (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(i.indkey::int[]) WITH ORDINALITY k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) || ')' AS line
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
     WHERE s.nspname = 'public' AND t.relname <> 'seaql_migrations'",
    "SELECT c.conrelid::regclass::text || '.' || a.attname || ' -> ' || c.confrelid::regclass::text || '.' || b.attname
       || ' on delete ' || CASE c.confdeltype WHEN 'c' THEN 'cascade' ELSE c.confdeltype::text END AS line
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'",
];

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let database = TestDatabase::new().await;
    let found = describe(&database.open().await).await;
    let expected = include_str!("schema.txt");
    assert!(found == expected, "the schema is now:\n{found}");
}

async fn describe(db: &Db) -> String {
    let backend = db.read().get_database_backend();
    let mut lines = Vec::new();
    for sql in if backend == DbBackend::Sqlite { SQLITE } else { POSTGRES } {
        for row in db.read().query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
            let line: String = row.try_get("", "line").unwrap();
            // SQLite has one kind of integer.
            lines.push(
                line.to_lowercase().replace("uuid_text", "uuid").replace("bytea", "blob").replace("bigint", "integer")
                    + "\n",
            );
        }
    }
    lines.sort();
    lines.concat()
}

pub async fn count(db: &Db, table: &str) -> i64 {
    let backend = db.read().get_database_backend();
    let sql = Statement::from_string(backend, format!("SELECT COUNT(*) AS rows FROM {table}"));
    db.read().query_one_raw(sql).await.unwrap().unwrap().try_get("", "rows").unwrap()
}
