//! What is there before a start, and what is not: a root key without its database, accounts without their root key, and folders that
//! root makes.

use crate::program::{Installation, Program};
use std::fs;
use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

/// After which the log has what there is to say.
const MOMENT: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_database_where_a_root_key_was_is_told_once() {
    const WORDS: &str = "a new database was begun, though there was a root key already";
    let fresh = Installation::new();
    let server = fresh.start().await;
    let key = fs::read(fresh.data().join("root.key")).unwrap();
    tokio::time::sleep(MOMENT).await;
    assert!(!log(&fresh, &server).contains(WORDS), "{}", log(&fresh, &server));

    // A key that the operator has brought is used, and said nothing else of.
    let brought = Installation::new();
    fs::write(brought.data().join("root.key"), &key).unwrap();
    for _ in 0..2 {
        let server = brought.start().await;
        tells(&brought, &server, &[WORDS, "data/keymend.db"]).await;
        tokio::time::sleep(MOMENT).await;
        assert_eq!(log(&brought, &server).matches(WORDS).count(), 1, "{}", log(&brought, &server));
    }
    assert_eq!(fs::read(brought.data().join("root.key")).unwrap(), key);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_fails_makes_no_root_key_and_the_next_one_warns() {
    const WORDS: &str = "a new root key was made for a database that was there before";
    let installation = Installation::new();
    let mut server = installation.start().await;
    server.kill();
    let key = installation.data().join("root.key");
    fs::remove_file(&key).unwrap();
    // Nobody has a code yet that could be void.
    server = installation.start().await;
    let gate = server.gate();
    installation.person("ada@example.org", &gate).settles_in().await;
    assert!(!log(&installation, &server).contains(WORDS), "{}", log(&installation, &server));
    server.kill();

    fs::remove_file(&key).unwrap();
    let lock = fs::File::options().write(true).open(installation.data().join("keymend.db.lock")).unwrap();
    lock.lock().unwrap();
    let said = refuses_to_start(&installation).await;
    assert!(said.contains("the database is being restored"), "{said}");
    assert!(!key.exists(), "{said}");
    drop(lock);
    let server = installation.start().await;
    tells(&installation, &server, &[WORDS]).await;
    assert!(key.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_cannot_be_written_is_told_with_its_folder() {
    let installation = Installation::new();
    fs::write(installation.mails(), "no folder").unwrap();
    let server = installation.start().await;
    let mut ada = installation.person("ada@example.org", &server.gate());
    ada.begins_to_sign_up().await;
    tells(&installation, &server, &["a mail did not leave", &format!("{}: ", installation.mails().display())]).await;
}

/// Where the tests run as root, in a folder of somebody else's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_that_root_writes_belong_to_whoever_the_data_folder_belongs_to() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let installation = Installation::new();
    let given = chown(installation.data(), Some(65_534), Some(65_534)).is_ok();
    let server = installation.start().await;
    let mut ada = installation.person("ada@example.org", &server.gate());
    ada.settles_in().await;
    let owner = fs::metadata(installation.data()).unwrap().uid();
    let mails = fs::read_dir(installation.mails()).unwrap().map(|mail| mail.unwrap().path());
    for path in [installation.mails(), installation.database_file()].into_iter().chain(mails) {
        assert_eq!(fs::metadata(&path).unwrap().uid(), owner, "{}, given away: {given}", path.display());
    }
}

/// What a server says that must not start. One that does is ended.
pub async fn refuses_to_start(installation: &Installation) -> String {
    let mut command = installation.command(&["serve"]);
    command.env("LEPTOS_SITE_ADDR", installation.address().to_string()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut ended = None;
    for _ in 0..1_000 {
        ended = process.try_wait().unwrap();
        if ended.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let _ = process.kill();
    process.wait().unwrap();
    let mut said = String::new();
    process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(ended.is_some_and(|status| !status.success()), "{ended:?}: {said}");
    said
}

/// A line of the log holds all of these words, by now or a moment later.
async fn tells(installation: &Installation, server: &Program, words: &[&str]) {
    for _ in 0..500 {
        if log(installation, server).lines().any(|line| words.iter().all(|word| line.contains(word))) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{words:?} in {}", log(installation, server));
}

fn log(installation: &Installation, server: &Program) -> String {
    fs::read_to_string(installation.folder.join(format!("log-{}", server.address.port()))).unwrap()
}
