//! Whether the files of a SQLite database are still those that were opened. On Unix a file that was moved, deleted or replaced goes on
//! being written by whoever has it open, and nobody finds there what they were promised: SQLite does not look, with its log.

use super::connect::{refused_because, with_companions};
use sea_orm::DbErr;
use std::path::{Path, PathBuf};

/// The files as they were when they were opened. For a database in memory there are none, and all is always well.
#[derive(Clone, Debug, Default)]
pub(super) struct Opened(Vec<Found>);

#[derive(Clone, Debug)]
struct Found {
    file: PathBuf,
    /// Device and number.
    identity: (u64, u64),
}

impl Opened {
    /// Remembers the database, its log and the index of that, as somebody has them open who keeps them open: as long as that is so
    /// SQLite makes no others.
    ///
    /// # Errors
    /// One of them is not there.
    pub fn of(database: Option<PathBuf>) -> Result<Self, DbErr> {
        let Some(database) = database else { return Ok(Self::default()) };
        let found = with_companions(&database).into_iter().map(|file| match identity(&file) {
            Some(identity) => Ok(Found { file, identity }),
            None => Err(gone(&file)),
        });
        found.collect::<Result<_, _>>().map(Self)
    }

    /// # Errors
    /// One of them is gone, or another file has its name.
    pub fn is_there(&self) -> Result<(), DbErr> {
        self.0.iter().try_for_each(|Found { file, identity: opened }| match identity(file) {
            Some(now) if now == *opened => Ok(()),
            Some(_) => Err(refused_because(&format!(
                "the database file {} is not the one that this server has opened: put that one back, or stop the server",
                file.display()
            ))),
            None => Err(gone(file)),
        })
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
