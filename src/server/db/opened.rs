//! Whether the file of a SQLite database is still where it was opened. On Unix a file that was moved, deleted or replaced goes on
//! being written by whoever has it open, and nobody finds there what they were promised: SQLite does not look, with its log.

use super::connect::refused_because;
use sea_orm::DbErr;
use std::path::{Path, PathBuf};

/// The file as it was when it was opened. For a database in memory there is none, and all is always well.
#[derive(Clone, Debug, Default)]
pub(super) struct Opened(Option<Files>);

#[derive(Clone, Debug)]
struct Files {
    database: PathBuf,
    log: PathBuf,
    /// Device and number.
    identity: (u64, u64),
}

impl Opened {
    /// Remembers the file, which somebody has just opened.
    ///
    /// # Errors
    /// It is gone already.
    pub fn of(database: Option<PathBuf>) -> Result<Self, DbErr> {
        let Some(database) = database else { return Ok(Self::default()) };
        let identity = identity(&database).ok_or_else(|| gone(&database))?;
        let log = PathBuf::from(format!("{}-wal", database.display()));
        Ok(Self(Some(Files { database, log, identity })))
    }

    /// # Errors
    /// It is gone, or another file has its name.
    pub fn is_there(&self) -> Result<(), DbErr> {
        let Some(Files { database, identity: opened, .. }) = &self.0 else { return Ok(()) };
        match identity(database) {
            Some(now) if now == *opened => Ok(()),
            Some(_) => Err(refused_because(&format!(
                "the database file {} was replaced while the server has it open: put the one before back, or start the \
                 server again",
                database.display()
            ))),
            None => Err(gone(database)),
        }
    }

    /// As [`Opened::is_there`], just after a commit, which stands in the log.
    ///
    /// # Errors
    /// Either is gone.
    pub fn is_there_with_log(&self) -> Result<(), DbErr> {
        self.is_there()?;
        match &self.0 {
            Some(Files { log, .. }) if identity(log).is_none() => Err(gone(log)),
            _ => Ok(()),
        }
    }
}

fn gone(file: &Path) -> DbErr {
    let file = file.display();
    refused_because(&format!("the database file {file} is gone: put it back where it was, or stop the server"))
}

#[cfg(unix)]
fn identity(file: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(file).ok().map(|found| (found.dev(), found.ino()))
}

/// Elsewhere a file that is open cannot be moved.
#[cfg(not(unix))]
fn identity(file: &Path) -> Option<(u64, u64)> {
    file.exists().then_some((0, 0))
}
