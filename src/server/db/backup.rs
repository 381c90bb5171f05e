//! A copy of a SQLite database while it is in use, and putting one in its place. PostgreSQL has its own tools for both.

use super::doubt::Doubt;
use super::{begin, browsers, connect, installation, migrate, reason, saved_codes, sessions};
use crate::server::files::{self, beside, keep, sync_folder};
use crate::server::random;
use connect::{connect, file_of, file_url, refused_because, with_companions};
use domain::time::Millis;
use migration::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Writes a copy of the database as it is at one moment, while others go on reading and writing. A file that exists is
/// never overwritten, and one that is there under the name is whole and on the disk. A damaged database is not copied: SQLite would
/// make a sound one of what it still finds, and whoever needs it would find out what is missing. Dropped halfway it leaves nothing.
///
/// # Errors
/// The database is not SQLite, cannot be read or is damaged, or the file exists, has no folder or cannot be written.
pub async fn back_up(url: &str, to: &Path) -> Result<(), DbErr> {
    let from = file_of(url).ok_or_else(|| refused_because("only SQLite is copied so; PostgreSQL has pg_dump"))?;
    // Else opening it would make a new one.
    connect::has_its_file(&from)?;
    fs::metadata(&from).map_err(|error| wrong(&from, &error))?;
    let taken = || wrong(to, &"exists already");
    if to.exists() {
        return Err(taken());
    }
    let part = Part::beside(to)?;
    copy(url, &from, &part).await?;
    part.is_whole().await.map_err(|error| wrong(to, &format!("the copy is no good: {}", reason(&error))))?;
    keep(Path::new(&part.0), to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(),
        _ => wrong(to, &error),
    })
}

async fn copy(url: &str, from: &Path, part: &Part) -> Result<(), DbErr> {
    let connection = connect(url, &Doubt::default()).await?;
    let copied = match check(&connection, Look::Closely).await {
        Ok(()) => part.take_copy(&connection).await,
        Err(damaged) => Err(wrong(from, &reason(&damaged))),
    };
    connection.close().await?;
    copied
}

/// What a copy is called while it is written: a name that nobody else has, so that of several who copy to one name none writes into
/// what another has named. It goes when this is dropped. One that is left by a program that was killed is taken for a copy by nobody.
struct Part(String);

impl Part {
    /// # Errors
    /// There is no folder for it, such as that of a disk that is not mounted; or SQLite cannot be told its name.
    fn beside(to: &Path) -> Result<Self, DbErr> {
        let name = beside(to, &format!("{:08x}.part", u32::from_be_bytes(random::bytes())));
        // SQLite would take a name that begins with `file:` for an address.
        let path = std::path::absolute(&name).map_err(|error| wrong(to, &error))?;
        let folder = files::folder_of(&path);
        if !folder.is_dir() {
            return Err(wrong(to, &format!("there is no folder {}", folder.display())));
        }
        let path = path.to_str().ok_or_else(|| wrong(to, &"SQLite writes to a path of UTF-8 only"))?;
        files::create_new(Path::new(path)).map_err(|error| wrong(Path::new(path), &error))?;
        Ok(Self(path.to_owned()))
    }

    async fn take_copy(&self, connection: &DatabaseConnection) -> Result<(), DbErr> {
        let backend = connection.get_database_backend();
        let sql = Statement::from_sql_and_values(backend, "VACUUM INTO ?", [self.0.clone().into()]);
        connection.execute_raw(sql).await.map(drop)
    }

    /// What is there, and not what SQLite was asked for.
    ///
    /// # Errors
    /// It is not a database of Keymend, or a damaged one.
    async fn is_whole(&self) -> Result<(), DbErr> {
        let connection = connect::look_into(Path::new(&self.0)).await?;
        let checked = check(&connection, Look::Quickly).await;
        connection.close().await?;
        checked
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for file in [self.0.clone(), format!("{}-journal", self.0)] {
            let _ = fs::remove_file(file);
        }
    }
}

/// What [`restore`] did.
pub struct Restored {
    /// Where the database is that was there before.
    pub before: Option<PathBuf>,
    /// Recovery codes of the copy that count no more, as they were used or replaced since; none where the database that was
    /// there before could not be asked.
    pub voided: Option<u64>,
}

/// Puts a copy in the place of the database, which is kept beside it. Sessions, known browsers and whatever was sealed end:
/// since the copy was made some of them may have been ended by somebody who had a reason.
///
/// # Errors
/// A server uses the database, the copy is damaged or of a newer Keymend, or a file cannot be written. Then the database
/// is as it was.
pub async fn restore(url: &str, from: &Path, now: Millis) -> Result<Restored, DbErr> {
    let place = file_of(url)
        .ok_or_else(|| refused_because("only SQLite is restored from a file; PostgreSQL has pg_restore"))?;
    files::create_folder(files::folder_of(&place)).map_err(|error| wrong(&place, &error))?;
    let _alone = connect::lock(&place, connect::Lock::Alone)?;
    let next = beside(&place, "restoring");
    for stale in with_companions(&next) {
        let _ = fs::remove_file(stale);
    }
    let prepared = prepare(from, &next, now, place.exists().then_some(url)).await;
    let voided = match prepared {
        Ok(voided) => voided,
        Err(error) => {
            for file in with_companions(&next) {
                let _ = fs::remove_file(file);
            }
            return Err(error);
        }
    };
    let before = set_aside(url, &place, now).await?;
    fs::rename(&next, &place).and_then(|()| sync_folder(&place)).map_err(|error| wrong(&place, &error))?;
    Ok(Restored { before, voided })
}

/// A copy of the copy, whole, brought up to date, and with nobody signed in. Tells of recovery codes as [`Restored`] does.
async fn prepare(from: &Path, next: &Path, now: Millis, replaced: Option<&str>) -> Result<Option<u64>, DbErr> {
    fs::metadata(from).map_err(|error| wrong(from, &error))?;
    // What was committed last may stand in the log beside it.
    for (from, next) in with_companions(from).iter().zip(with_companions(next)).take(2) {
        copy_private(from, &next)?;
    }
    let damaged = |error| wrong(from, &reason(&error));
    let connection = connect(&file_url(next), &Doubt::default()).await.map_err(damaged)?;
    let done = async {
        check(&connection, Look::Closely).await.map_err(damaged)?;
        migrate::up::<Migrator>(&connection).await?;
        let tx = begin(&connection).await?;
        begin_anew(&tx, now).await?;
        let voided = void_codes(&tx, replaced, now).await?;
        tx.commit().await?;
        Ok(voided)
    };
    let done: Result<_, DbErr> = done.await;
    // The last connection takes the write-ahead log along.
    connection.close().await?;
    let voided = done?;
    File::open(next).and_then(|file| file.sync_all()).map_err(|error| wrong(next, &error))?;
    Ok(voided)
}

/// Not `fs::copy`, which would give the new file the rights of the old one. There is not always a log.
fn copy_private(from: &Path, to: &Path) -> Result<(), DbErr> {
    let mut from_file = match File::open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(|error| wrong(from, &error))?,
    };
    let copied =
        files::create_private(to).and_then(|()| io::copy(&mut from_file, &mut File::options().write(true).open(to)?));
    copied.map(drop).map_err(|error| wrong(to, &error))
}

/// A recovery code that was used since the copy was made would count once more. The database that is replaced knows of it, if it
/// can still be read.
async fn void_codes(tx: &impl ConnectionTrait, replaced: Option<&str>, now: Millis) -> Result<Option<u64>, DbErr> {
    let Some(url) = replaced else { return Ok(None) };
    let Ok(replaced) = connect(url, &Doubt::default()).await else { return Ok(None) };
    let voided = saved_codes::void_as_in(tx, &replaced, now).await;
    replaced.close().await?;
    voided
}

/// How SQLite looks at a file.
#[derive(Clone, Copy)]
enum Look {
    /// Every page, and whether indexes say what tables do.
    Closely,
    /// Every page.
    Quickly,
}

async fn check(connection: &DatabaseConnection, look: Look) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let sql = match look {
        Look::Closely => "SELECT integrity_check AS said FROM pragma_integrity_check LIMIT 1",
        Look::Quickly => "SELECT quick_check AS said FROM pragma_quick_check LIMIT 1",
    };
    let sql = Statement::from_string(backend, sql);
    let said: Option<String> = connection.query_one_raw(sql).await?.map(|row| row.try_get("", "said")).transpose()?;
    if said.as_deref() != Some("ok") {
        let said = said.unwrap_or_default().replace('\n', "; ");
        return Err(refused_because(&format!("it is damaged: {said}")));
    }
    let sql = Statement::from_string(backend, "SELECT name FROM sqlite_master WHERE name = 'seaql_migrations'");
    match connection.query_one_raw(sql).await? {
        Some(_) => Ok(()),
        None => Err(refused_because("it is not a database of Keymend")),
    }
}

/// After a restore, by whatever tool: nobody is signed in, no browser is known, nothing that was sealed opens, and providers
/// of passkeys are told nothing until the operator has looked.
///
/// # Errors
/// The database fails.
pub async fn begin_anew(tx: &impl ConnectionTrait, now: Millis) -> Result<(), DbErr> {
    sessions::end_all(tx, now).await?;
    browsers::forget_all_marks(tx).await?;
    installation::restored(tx, now).await
}

/// As [`begin_anew`], on a PostgreSQL database that no server uses, and that is brought up to date for it.
///
/// # Errors
/// A server uses it, and then nothing is done; or the database fails.
pub async fn begin_anew_alone(url: &str, now: Millis) -> Result<(), DbErr> {
    let connection = connect(url, &Doubt::default()).await?;
    let done = async {
        is_alone(&connection).await?;
        migrate::up::<Migrator>(&connection).await?;
        let tx = begin(&connection).await?;
        begin_anew(&tx, now).await?;
        tx.commit().await
    };
    let done: Result<_, DbErr> = done.await;
    connection.close().await?;
    done
}

/// The database that was there stays, under another name and in one file.
async fn set_aside(url: &str, place: &Path, now: Millis) -> Result<Option<PathBuf>, DbErr> {
    let was_there = place.exists();
    // Closing it brings what is in its write-ahead log into the file. One that does not open is kept as it is.
    if was_there && let Ok(connection) = connect(url, &Doubt::default()).await {
        connection.close().await?;
    }
    let before = beside(place, &format!("before-{}", now.0));
    for (old, new) in with_companions(place).into_iter().zip(with_companions(&before)) {
        match files::link_or_move(&old, &new) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(|error| wrong(&new, &error))?,
        }
    }
    // They belong to the old file, even where it is gone, and would be taken for parts of the new one.
    for companion in with_companions(place).into_iter().skip(1) {
        let _ = fs::remove_file(companion);
    }
    Ok(was_there.then_some(before))
}

/// How long the connections of a server that was stopped, or killed, may take to go away.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// Makes sure that no server uses a PostgreSQL database: it would go on with what was begun before.
///
/// # Errors
/// One does, or the database fails.
async fn is_alone(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let sql = "SELECT COUNT(*) AS others FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name LIKE 'keymend %' AND application_name <> current_setting('application_name')";
    let sql = Statement::from_string(connection.get_database_backend(), sql);
    let begun = Instant::now();
    loop {
        let row = connection.query_one_raw(sql.clone()).await?;
        let others: i64 = row.map(|row| row.try_get("", "others")).transpose()?.unwrap_or_default();
        if others == 0 {
            return Ok(());
        }
        if begun.elapsed() > GONE_WITHIN {
            return Err(refused_because("a server uses this database: stop all of them first, then say it again"));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn wrong(path: &Path, what: &dyn std::fmt::Display) -> DbErr {
    refused_because(&format!("{}: {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever SQLite said.
    #[tokio::test]
    async fn what_is_not_a_whole_database_of_keymend_never_gets_the_name_of_a_copy() {
        let folder = std::env::temp_dir().join(format!("keymend-part-{}", random::uuid()));
        files::create_folder(&folder).unwrap();
        let (url, to) = (file_url(&folder.join("keymend.db")), folder.join("copy.db"));
        crate::server::db::Db::open(&url).await.unwrap().close().await;
        back_up(&url, &to).await.unwrap();
        let whole = fs::read(&to).unwrap();
        let mut damaged = whole.clone();
        damaged[whole.len() / 2..].fill(0xa5);
        let part = Part::beside(&to).unwrap();
        for (content, why) in [
            (&whole[..0], "not a database of Keymend"),
            (&whole[..whole.len() / 2], ""),
            (&damaged[..], ""),
            (&[b'x'; 8_192][..], "not a database"),
        ] {
            fs::write(&part.0, content).unwrap();
            let error = part.is_whole().await.unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        fs::write(&part.0, &whole).unwrap();
        part.is_whole().await.unwrap();
        assert!(fs::read(&part.0).unwrap() == whole, "nothing was written to it");
        drop(part);
        let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["copy.db", "keymend.db", "keymend.db.lock"]);
        fs::remove_dir_all(folder).unwrap();
    }
}
