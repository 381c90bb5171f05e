//! `keymend backup` and `keymend restore`.

use clap::Args;
use keymend::server::clock::{Clock as _, SystemClock};
use keymend::server::config;
use keymend::server::db::{self, backup, installation};
use sea_orm::DbErr;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub struct Backup {
    /// The file to write; it must not exist.
    file: PathBuf,
}

#[derive(Args)]
pub struct Restore {
    /// The copy to restore. None on PostgreSQL, where pg_restore has done that already.
    #[arg(conflicts_with = "confirm_signals")]
    file: Option<PathBuf>,
    /// After a restore: let providers of passkeys be told again which passkeys this server accepts.
    #[arg(long)]
    confirm_signals: bool,
}

pub async fn back_up(arguments: &Backup) -> Result<(), String> {
    let url = config::load()?.settings.database_url();
    tokio::select! {
        biased;
        done = backup::back_up(&url, &arguments.file) => done.map_err(|error| db::reason(&error))?,
        // What is dropped halfway takes along what it has written.
        () = crate::told_to_stop() => return Err("told to stop, so no copy was made".to_owned()),
    }
    let file = arguments.file.display();
    super::say(&format!("{file} holds the database. Keep root.key too, in another place.\n"))
}

pub async fn restore(arguments: &Restore) -> Result<(), String> {
    let url = config::load()?.settings.database_url();
    let done = match &arguments.file {
        _ if arguments.confirm_signals => confirm_signals().await,
        Some(file) => put_back(&url, file).await,
        None if url.starts_with("sqlite:") => Err(DbErr::Custom("name the copy to restore".to_owned())),
        None => begin_anew(&url).await,
    };
    super::say(&done.map_err(|error| db::reason(&error))?)
}

async fn confirm_signals() -> Result<String, DbErr> {
    let db = super::records::database().await.map_err(DbErr::Custom)?;
    let tx = db.write().await?;
    installation::confirm_signals(&tx).await?;
    tx.commit().await?;
    db.close().await;
    Ok("Providers of passkeys are told again, from the next minute on.\n".to_owned())
}

async fn put_back(url: &str, file: &Path) -> Result<String, DbErr> {
    let restored = backup::restore(url, file, SystemClock.now()).await?;
    let before = restored.before.map(|before| format!("The one before it is kept as {}.\n", before.display()));
    let codes = match restored.voided {
        Some(1) => "One recovery code that was used or replaced since counts no more.".to_owned(),
        Some(codes) => format!("{codes} recovery codes that were used or replaced since count no more."),
        None => "Recovery codes that were used since the backup count once more.".to_owned(),
    };
    Ok(format!("The database is that of {}.\n{}{codes}\n{NOTE}\n", file.display(), before.unwrap_or_default()))
}

async fn begin_anew(url: &str) -> Result<String, DbErr> {
    backup::begin_anew_alone(url, SystemClock.now()).await?;
    Ok(format!("This database begins anew. Start the servers again.\n{NOTE}\n"))
}

const NOTE: &str = "All sessions have ended. Passkeys that were made since the backup are not known here, and the providers of passkeys \
    would delete them if they were told; so they are told nothing until you run `keymend restore --confirm-signals`.";
