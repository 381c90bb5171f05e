//! A backup while people come and go, and the drill of restoring it.

use crate::check::{faults, lost};
use crate::load::Crowd;
use crate::person::Person;
use crate::program::Installation;
use http::StatusCode;
use keymend::page::SignalMethod;
use keymend::server::db::{Db, file_url};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_under_load_restores_whole_and_revives_no_session() {
    let installation = Arc::new(Installation::new());
    let mut server = installation.start().await;
    let gate = server.gate();
    let mut ada = installation.person("ada@example.org", &gate);
    ada.settles_in().await;
    assert!(tells_all_accepted(&ada), "{:?}", ada.page.signals);
    let mut halfway = installation.person("ada@example.org", &gate);
    halfway.device = ada.device.clone();
    halfway.identifies().await;

    let crowd = Crowd::gather(&installation, &gate, 6).await;
    let rush = crowd.rush();
    crowd.has_done(30).await;
    let before = crowd.acknowledged();
    let copy = installation.folder.join("copy.db");
    let copy = copy.to_str().unwrap();
    let (done, said) = run(&installation, &["backup", copy]).await;
    assert!(done, "{said}");
    crowd.has_done(5).await;
    rush.stop().await;
    // Signed out after the backup, in which the session is alive.
    let mut stolen = ada.another_tab();
    stolen.browser = ada.browser.copy();
    ada.signs_out().await;

    let (done, said) = run(&installation, &["backup", copy]).await;
    assert!(!done && said.contains("exists already"), "{said}");
    let (done, said) = run(&installation, &["restore", copy]).await;
    assert!(!done && said.contains("stop it first"), "{said}");
    server.kill();
    let (done, said) = run(&installation, &["restore", copy]).await;
    assert!(done && said.contains("--confirm-signals"), "{said}");

    let db = Db::open(&file_url(&installation.database_file())).await.unwrap();
    let lost = lost(&db, &before).await;
    assert!(before.accounts.len() + before.passkeys.len() + before.failures.len() > 0, "{before:?}");
    assert_eq!((lost.accounts, lost.passkeys, lost.failures), (vec![], vec![], vec![]));
    assert_eq!(lost.sessions.len(), before.sessions.len(), "every session has ended");
    // Known browsers are forgotten on purpose.
    let mut faults = faults(&db, &installation.mails()).await;
    faults.retain(|fault| !fault.contains("no browser remembers"));
    assert_eq!(faults, Vec::<String>::new());
    db.close().await;

    let mut server = installation.start().await;
    stolen.opens("/dashboard").await;
    stolen.shows("identify");
    // What was sealed before the restore does not open: the flow begins anew.
    halfway.uses_passkey().await;
    halfway.shows("identify");
    assert_eq!(halfway.browser.cookie("session"), None);
    // The passkey and the password work, and providers are told nothing.
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
    assert!(ada.page.signals.is_empty(), "{:?}", ada.page.signals);
    let mut elsewhere = installation.person("ada@example.org", &gate);
    elsewhere.password.clone_from(&ada.password);
    elsewhere.signs_in_with_password().await;
    assert_eq!(elsewhere.status, StatusCode::OK);
    assert!(elsewhere.browser.cookie("session").is_some(), "{:?}", elsewhere.page);

    let (done, said) = run(&installation, &["restore", "--confirm-signals"]).await;
    assert!(done, "{said}");
    server.kill();
    let _server = installation.start().await;
    ada.opens("/dashboard").await;
    assert!(tells_all_accepted(&ada), "{:?}", ada.page.signals);
}

fn tells_all_accepted(person: &Person) -> bool {
    person.page.signals.iter().any(|signal| signal.method == SignalMethod::AllAccepted)
}

/// The load goes on meanwhile.
async fn run(installation: &Arc<Installation>, arguments: &[&str]) -> (bool, String) {
    let (installation, arguments) =
        (installation.clone(), arguments.iter().map(ToString::to_string).collect::<Vec<_>>());
    let running = move || installation.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(running).await.unwrap()
}
