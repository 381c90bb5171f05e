//! PostgreSQL for the tests: the one they are told to use, or a cluster of their own that is gone afterwards.

use std::fs::{self, File};
use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::command::{answer, find, program};
use crate::{Outcome, packages, say};

/// Says where the tests find PostgreSQL; a test without it uses SQLite.
pub const URL: &str = "KEYMEND_TEST_POSTGRES_URL";

const OTHERWISE: &str = "set KEYMEND_TEST_POSTGRES_URL to a server where databases may be created";

/// Where Debian keeps PostgreSQL's own programs, a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=200",
    "timezone=UTC",
];

/// What makes a server quick whose data nobody will miss.
const CARELESS: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// There is a PostgreSQL to test with: elsewhere, or its programs here.
pub enum Source {
    Elsewhere(String),
    Programs(PathBuf),
}

impl Source {
    /// The address of a server for tests, and the server if it was started for them: it ends when that is dropped.
    pub fn for_tests(&self) -> Outcome<(String, Option<Cluster>)> {
        match self {
            Self::Elsewhere(url) => Ok((url.clone(), None)),
            Self::Programs(programs) => Cluster::start(programs).map(|cluster| (cluster.url.clone(), Some(cluster))),
        }
    }
}

pub fn ensure() -> Outcome<Source> {
    if let Some(url) = std::env::var(URL).ok().filter(|url| !url.is_empty()) {
        return Ok(Source::Elsewhere(url));
    }
    if let Some(folder) = programs() {
        return Ok(Source::Programs(folder));
    }
    packages::install("PostgreSQL", &["postgresql"], OTHERWISE)?;
    programs().map(Source::Programs).ok_or_else(|| format!("PostgreSQL is installed but has no initdb: {OTHERWISE}"))
}

/// The folder with `initdb` and `postgres`, of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).collect();
    folders.sort_by_key(|bin| version_of(bin));
    folders.pop().or_else(|| Some(find("initdb")?.parent()?.to_owned()))
}

fn version_of(bin: &Path) -> u32 {
    bin.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}

/// A running server of our own. Dropping it stops it and removes its data.
pub struct Cluster {
    server: Child,
    folder: PathBuf,
    pub url: String,
}

impl Cluster {
    /// For tests, which it makes quick.
    pub fn start(programs: &Path) -> Outcome<Self> {
        Self::start_with(programs, &CARELESS, &std::env::temp_dir())
    }

    /// For measurements: what it has committed is on the disk of this folder.
    pub fn start_durable(programs: &Path, parent: &Path) -> Outcome<Self> {
        Self::start_with(programs, &[], parent)
    }

    fn start_with(programs: &Path, settings: &[&str], parent: &Path) -> Outcome<Self> {
        let folder = parent.join(format!("keymend-postgres-{}", random_text()?));
        let mut cluster = Self::start_in(programs, settings, &folder).inspect_err(|_| remove(&folder))?;
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    fn start_in(programs: &Path, settings: &[&str], folder: &Path) -> Outcome<Self> {
        let failed = |error: std::io::Error| format!("PostgreSQL cannot use {}: {error}", folder.display());
        let data = folder.join("data");
        create_private_folder(folder).map_err(failed)?;
        // Other users of this machine can reach the port, and a superuser of PostgreSQL can start programs: so, a password.
        let password = random_text()?;
        let password_file = folder.join("password");
        write_privately(&password_file, &password).map_err(failed)?;
        if packages::is_root() {
            give_to_postgres(&[folder, &password_file])?;
        }

        let mut initdb = as_allowed_user(&programs.join("initdb"))?;
        initdb.args([
            "--username=keymend",
            "--auth=password",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ]);
        initdb.arg("--pwfile").arg(&password_file).arg("--pgdata").arg(&data);
        let output = initdb.output().map_err(failed)?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(format!("PostgreSQL's initdb failed: {}: {OTHERWISE}", why.trim().replace('\n', "; ")));
        }

        let port = free_port().map_err(failed)?;
        let mut postgres = as_allowed_user(&programs.join("postgres"))?;
        postgres.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        postgres.args(SETTINGS.iter().chain(settings).flat_map(|setting| ["-c", setting]));
        let log = File::create(folder.join("log")).map_err(failed)?;
        postgres.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let server = postgres.spawn().map_err(failed)?;
        let url = format!("postgres://keymend:{password}@127.0.0.1:{port}/postgres");
        Ok(Self { server, folder: folder.to_owned(), url })
    }

    /// PostgreSQL writes its state into the last line of its pid file.
    fn wait_until_ready(&mut self) -> Outcome {
        let pid_file = self.folder.join("data").join("postmaster.pid");
        let started = say::stopwatch();
        while started.elapsed() < Duration::from_secs(30) {
            if fs::read_to_string(&pid_file).is_ok_and(|state| state.trim_end().ends_with("ready")) {
                return Ok(());
            }
            if !matches!(self.server.try_wait(), Ok(None)) {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL did not start: {}: {OTHERWISE}", log.trim().replace('\n', "; ")))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown; what Child::kill sends would leave its shared memory behind.
        let mut interrupt = program("kill");
        interrupt.args(["-s", "INT", &self.server.id().to_string()]);
        if matches!(self.server.try_wait(), Ok(None)) && answer(interrupt).is_some() {
            for _ in 0..200 {
                if !matches!(self.server.try_wait(), Ok(None)) {
                    break;
                }
                sleep(Duration::from_millis(50));
            }
        }
        // Without effect on one that has ended.
        let _ = self.server.kill();
        let _ = self.server.wait();
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        say::note(&format!("{} could not be removed: {error}", folder.display()));
    }
}

/// PostgreSQL refuses to run as root. `setpriv` also ends it when we are killed and cannot.
fn as_allowed_user(postgres_program: &Path) -> Outcome<Command> {
    let root = packages::is_root();
    let mut command = match find("setpriv") {
        Some(setpriv) => {
            let mut command = program(setpriv);
            command.args(["--pdeathsig", "INT"]);
            if root {
                command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
            }
            command.arg("--").arg(postgres_program);
            command
        }
        None if root => {
            return Err(format!(
                "PostgreSQL does not run as root, and setpriv (package util-linux) is missing: {OTHERWISE}"
            ));
        }
        None => program(postgres_program),
    };
    // Where xtask stands, the user postgres may have no business.
    command.current_dir("/");
    command.env("LC_ALL", "C");
    Ok(command)
}

fn give_to_postgres(paths: &[&Path]) -> Outcome {
    let mut chown = program("chown");
    chown.arg("postgres:postgres").args(paths);
    answer(chown)
        .map(drop)
        .ok_or_else(|| format!("there is no user postgres, and PostgreSQL does not run as root: {OTHERWISE}"))
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder)
}

#[cfg(unix)]
fn write_privately(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create_new(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_privately(file: &Path, text: &str) -> std::io::Result<()> {
    fs::write(file, text)
}

fn random_text() -> Outcome<String> {
    let mut bytes = [0; 16];
    let read = File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
    read.map_err(|error| format!("there is no randomness for a password: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn the_newest_version_is_taken() {
        assert!(
            version_of(Path::new("/usr/lib/postgresql/15/bin")) > version_of(Path::new("/usr/lib/postgresql/9.6/bin"))
        );
        assert!(
            version_of(Path::new("/usr/lib/postgresql/17/bin")) > version_of(Path::new("/usr/lib/postgresql/15/bin"))
        );
    }

    #[test]
    fn a_cluster_of_our_own_answers_and_is_gone_afterwards() {
        let Some(programs) = programs() else { return };
        let cluster = Cluster::start(&programs).unwrap();
        let (folder, url) = (cluster.folder.clone(), cluster.url.clone());
        let address = url.split(['@', '/']).nth(3).unwrap().to_owned();

        let mut psql = program(programs.join("psql"));
        psql.args([&url, "-Atc", "create database one", "-c", "show fsync"]);
        assert_eq!(answer(psql).as_deref(), Some("CREATE DATABASE\noff"));
        let mut stranger = program(programs.join("psql"));
        stranger.args([&url.replace("keymend:", "keymend:x"), "-Atc", "select 1"]).stderr(Stdio::null());
        assert_eq!(answer(stranger), None);

        drop(cluster);
        assert!(!folder.exists());
        assert!(TcpStream::connect(address).is_err());
    }
}
