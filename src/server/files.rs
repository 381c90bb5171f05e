//! Files of the server: private from their first moment, whole and on the disk under their names.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Creates a folder and those above it, for their owner alone. What exists already stays as the operator made it.
///
/// # Errors
/// It cannot be created, or is no folder.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if fs::symlink_metadata(folder).is_ok() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let above = folder_of(folder);
    if above != folder {
        create_folder(above)?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Ok(()) => {
            // By its name, and not through a link that somebody may have put there meanwhile.
            #[cfg(unix)]
            if let Some((user, group)) = owner(above, fs::symlink_metadata(folder)) {
                let _ = std::os::unix::fs::lchown(folder, Some(user), Some(group));
            }
            Ok(())
        }
        // Another program has made it in this moment.
        Err(_) if folder.is_dir() => Ok(()),
        failed => failed,
    }
}

/// The folder that a file is in.
#[must_use]
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a file that only its owner can read, with its folder. One that exists already stays as the operator made it.
///
/// # Errors
/// It cannot be created.
pub fn create_private(path: &Path) -> io::Result<()> {
    create_folder(folder_of(path))?;
    match create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

/// As [`create_private`], where no file may be there yet, and the folder is.
///
/// # Errors
/// `AlreadyExists`, or it cannot be created.
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.write(true).create_new(true).open(path)?;
    #[cfg(unix)]
    if let Some((user, group)) = owner(folder_of(path), file.metadata()) {
        let _ = std::os::unix::fs::fchown(&file, Some(user), Some(group));
    }
    Ok(file)
}

/// User and group that a file or folder is to be given to: what root makes belongs to whoever the folder that it is in belongs to, as
/// that is who the server runs as. Nobody else may give files away.
#[cfg(unix)]
fn owner(folder: &Path, made: io::Result<fs::Metadata>) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let (folder, made) = (fs::metadata(folder).ok()?, made.ok()?);
    (folder.uid() != made.uid()).then(|| (folder.uid(), folder.gid()))
}

/// Writes a file that is there whole or not at all, under a name that nobody has.
///
/// # Errors
/// `AlreadyExists`, or it cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write as _;
    let part = beside(path, &format!("{:08x}.part", u32::from_be_bytes(super::random::bytes())));
    let written = create_new(&part).and_then(|mut file| file.write_all(bytes)).and_then(|()| keep(&part, path));
    let _ = fs::remove_file(part);
    written
}

/// Gives a file that is written its name, on the disk; unless somebody has used the name meanwhile.
///
/// # Errors
/// `AlreadyExists`, or the file system refuses.
pub fn keep(part: &Path, to: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    link_or_move(part, to)?;
    sync_folder(to)
}

/// Another name for a file. Where the file system has one name for each (exFAT, some network shares), the first is gone then.
///
/// # Errors
/// `AlreadyExists`, `NotFound`, or the file system refuses.
pub fn link_or_move(from: &Path, to: &Path) -> io::Result<()> {
    use io::ErrorKind::{AlreadyExists, NotFound};
    match fs::hard_link(from, to) {
        Err(error) if matches!(error.kind(), AlreadyExists | NotFound) => Err(error),
        Err(_) if fs::symlink_metadata(to).is_err() => fs::rename(from, to),
        other => other,
    }
}

/// A name is on the disk when its folder is.
///
/// # Errors
/// The disk refuses.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder_of(file))?.sync_all()
}

/// `keymend.db`, `before`: `keymend.db.before`.
#[must_use]
pub fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{what}"));
    name.into()
}

/// Where a path leads, through links, as far as there is something.
#[must_use]
pub fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for folder in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (folder.canonicalize(), path.strip_prefix(folder)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("keymend-files-{}", crate::server::random::uuid()));
        create_folder(&folder).unwrap();
        folder
    }

    #[test]
    fn of_many_who_write_a_file_one_succeeds_and_it_is_whole() {
        let folder = folder();
        let path = folder.join("key");
        let written: Vec<bool> = std::thread::scope(|scope| {
            let write = |n: u8| {
                scope.spawn({
                    let path = &path;
                    move || write_new(path, &[n; 32]).is_ok()
                })
            };
            let all: Vec<_> = (0..8).map(write).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let winner = u8::try_from(written.iter().position(|written| *written).unwrap()).unwrap();
        assert_eq!(written.iter().filter(|written| **written).count(), 1);
        assert_eq!(fs::read(&path).unwrap(), [winner; 32]);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");
        fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_their_owners_alone_from_the_beginning() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        let path = folder.join("a").join("b");
        create_private(&path).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.join("a"))), (0o600, 0o700));
        assert_eq!(create_folder(&path).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        // Through links, and beyond what is there.
        std::os::unix::fs::symlink(folder.join("a"), folder.join("link")).unwrap();
        assert_eq!(real(&folder.join("link/b")), folder.canonicalize().unwrap().join("a/b"));
        assert_eq!(real(&folder.join("link/c/d")), folder.canonicalize().unwrap().join("a/c/d"));
        fs::remove_dir_all(folder).unwrap();
    }

    /// Where the tests run as root: a folder of somebody else's.
    #[cfg(unix)]
    #[test]
    fn what_root_makes_belongs_to_whoever_the_folder_belongs_to() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = folder();
        let given = std::os::unix::fs::chown(&folder, Some(65_534), Some(65_534)).is_ok();
        create_private(&folder.join("a/b/file")).unwrap();
        let of = |path: &Path| fs::metadata(path).unwrap().uid();
        for made in ["a", "a/b", "a/b/file"] {
            assert_eq!(of(&folder.join(made)), of(&folder), "{made}, given away: {given}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
