//! A million accounts, made by the database itself: each with a passkey, a browser that knows it, and a session.

use crate::stopwatch;
use crate::table::{Row, Table};
use keymend::server::db::{Db, Lanes};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;

const ACCOUNTS: u32 = 1_000_000;
/// In one statement: the server waits for none of them for long.
const AT_ONCE: u32 = 50_000;

/// Makes them, and tells how long it took.
pub async fn seed(db: &Db) -> Duration {
    let started = stopwatch::start();
    let tx = db.write().await.unwrap();
    let backend = tx.get_database_backend();
    // Ids come in no order, so every page of every index is visited again and again: meanwhile they stay in memory.
    if backend == DbBackend::Sqlite {
        tx.execute_unprepared("PRAGMA cache_size = -6000000").await.unwrap();
    }
    for before in (0..ACCOUNTS).step_by(AT_ONCE as usize) {
        for sql in statements(backend, before + 1, before + AT_ONCE) {
            tx.execute_unprepared(&sql).await.unwrap();
        }
    }
    if backend == DbBackend::Sqlite {
        tx.execute_unprepared("PRAGMA cache_size = -2000").await.unwrap();
    }
    tx.commit().await.unwrap();
    db.read().execute_unprepared("ANALYZE").await.unwrap();
    started.elapsed()
}

/// The rows are as long as real ones: what a passkey of webauthn-rs, a hash and a flow take.
fn statements(backend: DbBackend, first: u32, last: u32) -> Vec<String> {
    // Numbers that are spread as random ids are: a million in a row would make the indexes smaller than life.
    let (numbers, id, bytes) = if backend == DbBackend::Sqlite {
        (
            format!(
                "(WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last}) SELECT n FROM s) s"
            ),
            // As sea-orm stores it: 16 bytes.
            "CAST(unhex(printf('%08x%08x%016x', (s.n * 2654435761) & 4294967295, (s.n * 40503) & 4294967295, s.n)) AS BLOB)",
            "CAST(unhex(printf('%08x%08x%016x%032x', (s.n * 2654435761) & 4294967295, (s.n * 40503) & 4294967295, s.n, s.n)) AS BLOB)",
        )
    } else {
        (
            format!("generate_series({first}, {last}) AS s(n)"),
            "md5(s.n::text)::uuid",
            "decode(md5(s.n::text) || md5((-s.n)::text), 'hex')",
        )
    };
    let yes = if backend == DbBackend::Sqlite { "1" } else { "true" };
    let (hash, key, flow) =
        ("h".repeat(97), "k".repeat(700), r#"{"healing":{"step":"Done","trail":{}},"failed_at":null}"#);
    let at = 1_799_000_000_000_i64;
    let table = |into: &str, values: String| format!("INSERT INTO {into} SELECT {values} FROM {numbers}");
    vec![
        table(
            "users (id, handle, identifier, identifier_key, password_hash, ever_had_passkey, created_at, password_changed_at)",
            format!(
                "{id}, {id}, 'member-' || s.n || '@example.org', 'member-' || s.n || '@example.org', '{hash}', {yes}, {at}, {at}"
            ),
        ),
        table(
            "passkeys (id, user_id, credential_id, passkey, name, aaguid, transports, backup_eligible, backed_up, created_at, created_on)",
            format!(
                "{id}, {id}, {bytes}, '{key}', 'iCloud Keychain', {bytes}, '[\"internal\",\"hybrid\"]', {yes}, {yes}, {at}, 'ios'"
            ),
        ),
        table(
            "browsers (id, token_hash, platform, browser, created_at, seen_at)",
            format!("{id}, {bytes}, 'ios', 'safari', {at}, {at}"),
        ),
        table(
            "browser_accounts (browser_id, user_id, first_seen_at, mark_hash, verified_at, offers_declined, failures_since_present)",
            format!("{id}, {id}, {at}, {bytes}, {at}, 0, 0"),
        ),
        table(
            "browser_passkeys (browser_id, passkey_id, created_at, worked_at, failures)",
            format!("{id}, {id}, {at}, {at}, 0"),
        ),
        table(
            "sessions (id, token_hash, user_id, browser_id, flow_id, healing, passkey_at, created_at, seen_at, expires_at)",
            format!("{id}, {bytes}, {id}, {id}, {id}, '{flow}', {at}, {at}, {at}, {at}"),
        ),
    ]
}

/// How much room they take.
pub async fn tell(connection: &Lanes, seeded: Duration, database: &str, share: f64, table: &mut Table) {
    let backend = connection.get_database_backend();
    let sql = if backend == DbBackend::Sqlite {
        "SELECT CAST(page_count * page_size AS INTEGER) AS n FROM pragma_page_count(), pragma_page_size()"
    } else {
        "SELECT pg_database_size(current_database())::bigint AS n"
    };
    let row = connection.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
    let bytes: i64 = row.try_get("", "n").unwrap();
    table.add(Row {
        name: format!("  a million accounts, {database}"),
        value: format!("{:.2} GB", bytes as f64 / 1e9),
        beside: format!("{:.0} B for each, made in {:.0} s", bytes as f64 / f64::from(ACCOUNTS), seeded.as_secs_f64()),
        ratio: format!("{:.0} % of the speed with few", 100.0 * share),
        ..Row::default()
    });
    if backend == DbBackend::Postgres {
        let sql = "SELECT relname::text || ' ' || pg_total_relation_size(relid) / 1000000 || ' MB' AS line \
                   FROM pg_statio_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 6";
        let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        let lines: Vec<String> = rows.iter().map(|row| row.try_get("", "line").unwrap()).collect();
        println!("    {}", lines.join(", "));
    }
}
