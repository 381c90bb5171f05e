//! Whether a database holds what was acknowledged, and nothing that is half of something.

use crate::load::Acknowledged;
use keymend::server::db::{Db, installation, passkeys, users};
use keymend::server::mail::Mail;
use keymend::server::seal::{Purpose, Sealer};
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Rows that no step of Keymend leaves behind, as it writes what belongs together in one transaction.
const HALVES: [(&str, &str); 7] = [
    ("an account without a session", "users u WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id)"),
    (
        "an account that no browser knows",
        "users u WHERE NOT EXISTS (SELECT 1 FROM browser_accounts b WHERE b.user_id = u.id)",
    ),
    (
        "a passkey that no browser made",
        "passkeys p WHERE NOT EXISTS \
         (SELECT 1 FROM browser_passkeys b WHERE b.passkey_id = p.id AND b.created_at IS NOT NULL)",
    ),
    (
        "an account that does not know of its passkey",
        "users u WHERE u.ever_had_passkey <> EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)",
    ),
    (
        "a passkey that was used for no session",
        "passkeys p WHERE p.last_used_at IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM sessions s WHERE s.user_id = p.user_id AND s.created_at = p.last_used_at)",
    ),
    (
        "a passkey of which nobody was told",
        "passkeys p WHERE NOT EXISTS \
         (SELECT 1 FROM notices n WHERE n.user_id = p.user_id AND n.created_at = p.created_at)",
    ),
    (
        "a session by passkey that no browser remembers",
        "sessions s WHERE s.passkey_at = s.created_at AND NOT EXISTS \
         (SELECT 1 FROM browser_accounts b WHERE b.user_id = s.user_id AND b.verified_at >= s.created_at)",
    ),
];

/// How much of what was acknowledged is not there.
pub async fn lost(db: &Db, all: &Acknowledged) -> Acknowledged {
    let mut lost = Acknowledged::default();
    for account in &all.accounts {
        if users::find_by_key(db.read(), account).await.unwrap().is_none() {
            lost.accounts.push(account.clone());
        }
    }
    // A proof since then has given it another token.
    let alive = "sessions WHERE ended_at IS NULL AND (token_hash = $1 OR previous_token_hash = $1)";
    for session in &all.sessions {
        if count(db, alive, vec![session.to_vec().into()]).await != 1 {
            lost.sessions.push(*session);
        }
    }
    for session in &all.ended {
        if count(db, alive, vec![session.to_vec().into()]).await != 0 {
            lost.ended.push(*session);
        }
    }
    for passkey in &all.passkeys {
        if passkeys::find_by_credential_id(db.read(), passkey).await.unwrap().is_none() {
            lost.passkeys.push(passkey.clone());
        }
    }
    let failures = failures(db).await;
    lost.failures.extend(all.failures.iter().filter(|marker| !failures.contains(marker)));
    lost
}

/// What is half of something, or damaged. Mails are in the outbox, or files in the folder already.
pub async fn faults(db: &Db, mails: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for (what, sql) in HALVES {
        let many = count(db, sql, Vec::new()).await;
        if many > 0 {
            found.push(format!("{what}: {many}"));
        }
    }
    let mut told: Vec<String> = told_of_passkeys(db, mails).await.into_values().collect();
    let owners = "SELECT u.identifier AS text FROM passkeys p JOIN users u ON u.id = p.user_id";
    for owner in texts(db, owners).await {
        match told.iter().position(|to| *to == owner) {
            Some(at) => drop(told.swap_remove(at)),
            None => found.push(format!("{owner} has a passkey of which no mail tells")),
        }
    }
    if db.read().get_database_backend() == DbBackend::Sqlite {
        let check = texts(db, "SELECT integrity_check AS text FROM pragma_integrity_check").await;
        found.extend(check.into_iter().filter(|line| line != "ok"));
        let strays = texts(db, r#"SELECT "table" AS text FROM pragma_foreign_key_check"#).await;
        found.extend(strays.into_iter().map(|table| format!("{table} refers to a row that is not there")));
    }
    found
}

/// To whom mails tell of a new passkey, by the ids of these mails: waiting, or written already.
async fn told_of_passkeys(db: &Db, folder: &Path) -> BTreeMap<String, String> {
    let key = std::fs::read(folder.with_file_name("root.key")).unwrap();
    let epoch = installation::find(db.read()).await.unwrap().epoch;
    let sealer = Sealer::in_epoch(&key.try_into().unwrap(), epoch);
    let sql = Statement::from_string(db.read().get_database_backend(), "SELECT id, mail FROM outbox");
    let waiting = db.read().query_all_raw(sql).await.unwrap().into_iter().map(|row| {
        let id: Uuid = row.try_get("", "id").unwrap();
        let sealed: String = row.try_get("", "mail").unwrap();
        let mail: Mail = sealer.open(Purpose::Mail, id.as_bytes(), &sealed).unwrap();
        (id.simple().to_string(), mail.to, mail.subject)
    });
    let files = std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    let written = files.filter_map(|path| {
        let (_, id) = path.file_name()?.to_str()?.strip_suffix(".eml")?.split_once('-')?;
        let text = std::fs::read_to_string(&path).unwrap();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
        Some((id.to_owned(), header("To: "), header("Subject: ")))
    });
    let of_passkeys = |subject: &str| subject.starts_with("A new passkey was added to your account");
    waiting.chain(written).filter(|(.., subject)| of_passkeys(subject)).map(|(id, to, _)| (id, to)).collect()
}

async fn failures(db: &Db) -> BTreeSet<u32> {
    let seen = texts(db, "SELECT observation AS text FROM failure_events").await;
    let elapsed = |text: &String| serde_json::from_str::<serde_json::Value>(text).unwrap()["elapsed"].as_u64();
    seen.iter().filter_map(elapsed).filter_map(|elapsed| u32::try_from(elapsed).ok()).collect()
}

async fn count(db: &Db, from: &str, values: Vec<Value>) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {from}");
    let statement = Statement::from_sql_and_values(db.read().get_database_backend(), sql, values);
    db.read().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.read().get_database_backend(), sql);
    let rows = db.read().query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "text").unwrap()).collect()
}
