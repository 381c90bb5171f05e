//! Passkey sign-ins per second, each durable before it is answered, beside the two bounds that the machine sets in the same
//! run: how often the disk makes a write durable, with as many sign-ins in each as the server had in a commit, and what the
//! processor needs for the work that no sign-in gets around. On SQLite and on PostgreSQL, with few accounts and a million.
//!
//! As in `load`, people and server share the process, and what they send is all that counts: those who say who they are and those who
//! have signed send it at the same time.

use crate::app::TestApp;
use crate::bounds::{self, Durably};
use crate::database::TestDatabase;
use crate::load::{self, Halves, Series, arrive, send, settle_in, sign, together};
use crate::person::Person;
use crate::stopwatch::{self, Running, Spent, median};
use crate::table::{Row, Table};
use crate::{million, wishes};
use keymend::server::db::Db;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use std::path::Path;
use std::time::Duration;

/// So many people are under way at a time: enough to keep the disk and the processor busy together, while some only wait for
/// their answer (`sign_in.answer_after_ms`).
const AT_A_TIME: usize = 128;
/// Enough for a round of more than a second, in which half of them sign in: at its two ends there are not as many under way.
const PEOPLE: usize = 7_200;
const ROUNDS: usize = 9;
/// Half of it before each round, half after: what else a machine has to do changes within seconds.
const BOUND: Duration = Duration::from_millis(500);
/// What no sign-in gets around: in each of its two requests everything that the answer depends on is read once, and what
/// happened is written once, each by a statement of its own. The server joins some of them, and reads anew what it locked, and
/// what the dashboard shows after the commit.
const STATEMENTS: [&str; 21] = [
    // Who they say they are, and what is known of them here.
    "SELECT * FROM users WHERE identifier_key = $1",
    "SELECT * FROM passkeys WHERE user_id = $1",
    "SELECT * FROM strikes WHERE key = $1",
    "SELECT * FROM browser_passkeys WHERE browser_id = $1",
    "SELECT * FROM browser_accounts WHERE user_id = $1",
    // The passkey that answered: is it theirs, and what follows from what is known.
    "INSERT INTO spent_challenges (challenge, expires_at) VALUES ($1, 0)",
    "SELECT * FROM users WHERE id = $1",
    "SELECT * FROM passkeys WHERE credential_id = $1",
    "SELECT * FROM strikes WHERE key = $1",
    "SELECT * FROM browser_passkeys WHERE passkey_id = $1",
    "SELECT * FROM browser_accounts WHERE user_id = $1",
    // What happened.
    "UPDATE passkeys SET last_used_at = 1 WHERE id = $1",
    "UPDATE browsers SET seen_at = 1 WHERE token_hash = $1",
    "UPDATE browser_passkeys SET worked_at = 1 WHERE passkey_id = $1",
    "UPDATE browser_accounts SET verified_at = 1 WHERE user_id = $1",
    "INSERT INTO strikes (key, points, updated_at) VALUES ($1, 0, 0)",
    "UPDATE sessions SET seen_at = 1 WHERE id = $1",
    "UPDATE audit SET at = 1 WHERE id = $1",
    "UPDATE heals SET confirmed_at = 1 WHERE passkey_id = $1",
    // What the dashboard has to say.
    "SELECT * FROM notices WHERE user_id = $1",
    "SELECT count(*) FROM saved_codes WHERE user_id = $1",
];
/// Says where a PostgreSQL is that makes commits durable.
const POSTGRES: &str = "KEYMEND_BENCH_POSTGRES_URL";

pub fn measure(table: &mut Table) {
    let runtime = keymend::server::runtime().unwrap();
    runtime.block_on(async {
        println!("==> durable sign-ins, SQLite");
        let app = TestApp::start().await;
        on("SQLite", &app, table).await;
        drop(app);
        match std::env::var(POSTGRES) {
            Ok(server) if !server.is_empty() => {
                println!("==> durable sign-ins, PostgreSQL");
                let database = TestDatabase::postgres(server).await;
                let app = TestApp::start_with("", |settings| settings.database.url = database.url().to_owned()).await;
                on("PostgreSQL", &app, table).await;
            }
            _ => println!("    PostgreSQL is not measured: {POSTGRES} names none"),
        }
    });
}

async fn on(database: &str, app: &TestApp, table: &mut Table) {
    let people = wishes::fewer(PEOPLE);
    let people: Vec<Person> = (0..people).map(|n| app.person(&format!("durable-{n}@example.org"))).collect();
    let people = together(people, 16, settle_in).await.0;
    let (people, rate) = rounds(database, app, people, table).await;
    let people = half_of_that(database, people, rate, table).await;
    if wishes::wants("million") && !wishes::short() {
        println!("==> a million accounts, {database}");
        let seeded = million::seed(&app.app().db).await;
        let (_, with_a_million) = rounds(&format!("{database}, a million accounts"), app, people, table).await;
        million::tell(app.app().db.read(), seeded, database, with_a_million / rate, table).await;
    }
}

/// Sign-ins per second as they come, and the bounds beside them.
async fn rounds(what: &str, app: &TestApp, people: Vec<Person>, table: &mut Table) -> (Vec<Person>, f64) {
    let cores = cores();
    let folder = app.app().settings.server.data.clone();
    std::fs::create_dir_all(&folder).unwrap();
    let db = app.app().db.clone();
    let mut halves = Halves::of(people, AT_A_TIME).await;
    let (mut rounds, mut grouped) = (Vec::new(), Vec::new());
    for _ in 0..=ROUNDS {
        let [fsync, verified, rows, rows_with_others] = all_bounds(&folder, &db).await;
        let before = commits(app);
        let spent = halves.sign_in(AT_A_TIME).await;
        let after = commits(app);
        let nothing = halves.ask_for_nothing(AT_A_TIME).await;
        let [fsync, verified, rows, rows_with_others] = {
            let again = all_bounds(&folder, &db).await;
            [fsync.with(again[0]), verified.with(again[1]), rows.with(again[2]), rows_with_others.with(again[3])]
        };
        // At most all who are under way.
        let made = after.zip(before).map(|(after, before)| spent.times as f64 / (after - before).max(1) as f64);
        grouped.push(made.unwrap_or(AT_A_TIME as f64));
        rounds.push([spent, fsync, verified, rows, rows_with_others, nothing]);
    }
    let [sign_in, fsync, verified, rows, rows_with_others, nothing] = Series::of(&rounds);
    let group = median(&grouped[1..]);
    let disk = median(&fsync.rates()) * group;
    let bound = |rows: &Series| cores as f64 / ((verified.processor() + rows.processor() + nothing.processor()) / 1e3);
    // PostgreSQL does its part of the rows on the same cores, as SQLite does within this process.
    let is_apart = db.read().get_database_backend() == DbBackend::Postgres;
    let all_rows = if is_apart { &rows_with_others } else { &rows };
    let processors = bound(all_rows);
    let rate = median(&sign_in.rates());
    let least = disk.min(processors);
    table.add(Row {
        name: format!("durable passkey sign-ins/s, {what}"),
        value: sign_in.rate(),
        beside: format!("{disk:.0} by the disk: {} fsync/s, {group:.1} in a commit", fsync.rate()),
        ratio: format!("{:.0} %", 100.0 * rate / disk),
        ..Row::default()
    });
    table.add(Row {
        beside: format!(
            "{processors:.0} by {cores} cores: {:.2} ms to read and verify, {:.2} ms rows, {:.2} ms two requests",
            verified.processor(),
            all_rows.processor(),
            nothing.processor()
        ),
        ratio: format!("{:.0} %", 100.0 * rate / processors),
        ..Row::default()
    });
    // What is left for Keymend alone on a machine whose database is another.
    if is_apart {
        let own = bound(&rows);
        table.add(Row {
            beside: format!("{own:.0} without PostgreSQL's own part: {:.2} ms rows", rows.processor()),
            ratio: format!("{:.0} %", 100.0 * rate / own),
            ..Row::default()
        });
    }
    table.add(Row {
        name: "  of the smaller of the two".to_owned(),
        value: format!("{:.2} ms of processor each", sign_in.processor()),
        ratio: format!("{:.0} %", 100.0 * rate / least),
        target: "≥ 60 %".to_owned(),
        met: Some(rate >= 0.6 * least),
        ..Row::default()
    });
    (halves.join(AT_A_TIME).await, rate)
}

/// Durable writes, verifications on all cores, and the rows of a sign-in, of this process and together with all others.
async fn all_bounds(folder: &Path, db: &Db) -> [Spent; 4] {
    let fsync = bounds::durable_writes(folder, Durably::Fsync, BOUND / 2);
    let verified = bounds::verifications(cores(), BOUND / 2);
    let [rows, rows_with_others] = statements(db, BOUND / 2).await;
    [fsync, verified, rows, rows_with_others]
}

fn cores() -> usize {
    std::thread::available_parallelism().unwrap().get()
}

/// Commits so far. PostgreSQL groups by itself, and counts only now and then.
fn commits(app: &TestApp) -> Option<u64> {
    app.app().db.jobs_and_commits().map(|(_, commits)| commits)
}

/// What the rows of one sign-in take of the processor, one after the other and without making them durable: of this process, and
/// together with all others, as PostgreSQL is one. They are undone before there are more than in a commit: the longer a transaction
/// is, the more each of its writes costs.
async fn statements(db: &Db, time: Duration) -> [Spent; 2] {
    let mut tx = db.write().await.unwrap();
    let backend = tx.get_database_backend();
    let running = [Running::begin(), Running::begin_with_others()];
    let (started, mut times) = (stopwatch::start(), 0);
    while started.elapsed() < time {
        if times % AT_A_TIME == AT_A_TIME - 1 {
            drop(tx);
            tx = db.write().await.unwrap();
        }
        let id = uuid::Uuid::from_u128(rand::random());
        for sql in STATEMENTS {
            // Keys are bytes, ids are UUIDs.
            let is_bytes =
                ["(challenge", "token_hash", "key,", "strikes", "credential_id"].iter().any(|key| sql.contains(key));
            let value: sea_orm::Value = match is_bytes {
                _ if sql.contains("identifier_key") => id.to_string().into(),
                true => id.as_bytes().to_vec().into(),
                false => id.into(),
            };
            let statement = Statement::from_sql_and_values(backend, sql, [value]);
            if sql.starts_with("SELECT") {
                tx.query_all_raw(statement).await.unwrap();
            } else {
                tx.execute_raw(statement).await.unwrap();
            }
        }
        times += 1;
    }
    let spent = running.map(|running| running.stop(times));
    // Undone.
    drop(tx);
    spent
}

/// People arrive evenly, half as many as the server can take, whether it is ready or not.
async fn half_of_that(database: &str, people: Vec<Person>, rate: f64, table: &mut Table) -> Vec<Person> {
    let every = Duration::from_secs_f64(2.0 / rate);
    let (there, _) = together(people, AT_A_TIME, arrive).await;
    let mut tick = tokio::time::interval(every);
    let mut tasks = Vec::new();
    for person in there {
        tick.tick().await;
        tasks.push(tokio::spawn(async move {
            let begun = stopwatch::start();
            let identified = send(person).await;
            let first = begun.elapsed();
            let signed = sign(identified);
            let begun = stopwatch::start();
            let answered = send(signed).await;
            (answered, first, begun.elapsed())
        }));
    }
    let (mut people, mut both, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
    for task in tasks {
        let (answered, first, second) = task.await.unwrap();
        both.push((first + second).as_secs_f64() * 1e3);
        seconds.push(second.as_secs_f64() * 1e3);
        people.push(answered.signed_in());
    }
    table.add(Row {
        name: format!("  at half of that, {database}: p50 / p99"),
        value: format!("{:.1} / {:.1} ms", load::share(&both, 0.5), load::share(&both, 0.99)),
        beside: format!(
            "{:.1} / {:.1} ms for the request that commits",
            load::share(&seconds, 0.5),
            load::share(&seconds, 0.99)
        ),
        ..Row::default()
    });
    people
}
