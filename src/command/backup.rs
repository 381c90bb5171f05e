//! `keymend backup` and `keymend restore`.

use clap::Args;
use keymend::server::clock::{Clock as _, SystemClock};
use keymend::server::config;
use keymend::server::db::{Db, backup, installation};
use std::path::PathBuf;

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
    backup::back_up(&url, &arguments.file).await.map_err(|error| error.to_string())?;
    println!("{} holds the database. Keep root.key with it, but not in the same place.", arguments.file.display());
    Ok(())
}

pub async fn restore(arguments: &Restore) -> Result<(), String> {
    let url = config::load()?.settings.database_url();
    let done = async {
        match &arguments.file {
            _ if arguments.confirm_signals => {
                let db = Db::open(&url).await?;
                let tx = db.write().await?;
                installation::confirm_signals(&tx).await?;
                tx.commit().await?;
                println!("Providers of passkeys are told again, from the next minute on.");
            }
            Some(file) => {
                let restored = backup::restore(&url, file, SystemClock.now()).await?;
                println!("The database is that of {}.", file.display());
                if let Some(before) = restored.before {
                    println!("The one before it is kept as {}.", before.display());
                }
                match restored.voided {
                    Some(codes) => println!("{codes} recovery codes that were used or replaced since count no more."),
                    None => println!("Recovery codes that were used since the backup count once more."),
                }
                println!("{NOTE}");
            }
            None if url.starts_with("sqlite:") => {
                return Err(sea_orm::DbErr::Custom("name the copy to restore".to_owned()));
            }
            None => {
                let db = Db::open(&url).await?;
                let tx = db.write().await?;
                backup::begin_anew(&tx, SystemClock.now()).await?;
                tx.commit().await?;
                println!("This database begins anew. Restart every server that uses it.\n{NOTE}");
            }
        }
        Ok::<(), sea_orm::DbErr>(())
    };
    done.await.map_err(|error| error.to_string())
}

const NOTE: &str = "All sessions have ended. Passkeys that were made since the backup are not known here, and the providers of passkeys \
    would delete them if they were told; so they are told nothing until you run `keymend restore --confirm-signals`.";
