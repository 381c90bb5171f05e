//! A disk that can be told to fill up, to break, to refuse writing, to lie, and to lose its power: `disk.c`, between the
//! server and the system. Any C compiler will do; building SQLite takes one already.

use crate::program::Installation;
use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Disk {
    folder: PathBuf,
    data: PathBuf,
}

/// Why writing is refused.
#[derive(Clone, Copy, Debug)]
pub enum Refuses {
    Full,
    Broken,
    ReadOnly,
}

impl Disk {
    /// Puts it under the servers that this installation starts from now on.
    pub fn under(installation: &mut Installation) -> Self {
        let folder = installation.folder.join("disk");
        fs::create_dir(&folder).unwrap();
        let library = folder.join("disk.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/durability/disk.c");
        let mut compiler = Command::new(std::env::var_os("CC").unwrap_or("cc".into()));
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&library).arg(source);
        let built = compiler.args(["-ldl", "-lpthread"]).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        installation.environment.push(("LD_PRELOAD".to_owned(), text(&library)));
        installation.environment.push(("KEYMEND_TEST_DISK".to_owned(), text(&folder)));
        Self { folder, data: installation.data() }
    }

    /// Whether it says that things are kept which are not.
    pub fn lies(&self, lies: bool) {
        self.set("lies", lies);
    }

    pub fn refuses(&self, why: Refuses, refuses: bool) {
        let name = match why {
            Refuses::Full => "full",
            Refuses::Broken => "broken",
            Refuses::ReadOnly => "read-only",
        };
        self.set(name, refuses);
    }

    /// Whether the system has random numbers.
    pub fn has_random_numbers(&self, has: bool) {
        self.set("no-random", !has);
    }

    fn set(&self, name: &str, is: bool) {
        let path = self.folder.join(name);
        if is {
            File::create(path).unwrap();
        } else {
            drop(fs::remove_file(path));
        }
    }

    /// The power is cut: what was not synced is as it was before. The server must have ended.
    pub fn forgets(&self) {
        for (undo, file) in [("undo.wal", "keymend.db-wal"), ("undo.db", "keymend.db")] {
            let undo = self.folder.join(undo);
            let records = fs::read(&undo).unwrap_or_default();
            put_back(&records, &self.data.join(file));
            drop(fs::remove_file(undo));
        }
        // Shared memory, whatever it is called.
        drop(fs::remove_file(self.data.join("keymend.db-shm")));
    }
}

fn put_back(mut records: &[u8], path: &Path) {
    let mut all = Vec::new();
    while let Some((head, rest)) = records.split_at_checked(24) {
        let number = |n: usize| u64::from_ne_bytes(head[8 * n..8 * n + 8].try_into().unwrap());
        // A last record without its end belongs to a write that had not begun.
        let Some((bytes, rest)) = rest.split_at_checked(usize::try_from(number(2)).unwrap()) else { break };
        all.push((number(0), number(1), bytes));
        records = rest;
    }
    if all.is_empty() {
        return;
    }
    let mut file = File::options().write(true).open(path).unwrap();
    for (offset, size, bytes) in all.into_iter().rev() {
        file.seek(SeekFrom::Start(offset)).unwrap();
        file.write_all(bytes).unwrap();
        file.set_len(size).unwrap();
    }
}
