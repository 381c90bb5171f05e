//! A backup while people come and go, and the drill of restoring it. Here it is SQLite; `postgres_restore` has the same
//! people.

use crate::app::Browser;
use crate::authenticator::honest;
use crate::check::{faults, lost};
use crate::load::{Acknowledged, Crowd, Rush};
use crate::person::Person;
use crate::program::{Gate, Installation, Program};
use http::StatusCode;
use keymend::page::{Ceremony, Report, SignalMethod};
use keymend::server::db::{Db, file_url};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_under_load_restores_whole_and_revives_no_session() {
    let mut drill = Drill::with(Installation::new()).await;
    let copy = drill.installation.folder.join("copy.db");
    let copy = copy.to_str().unwrap();
    let rush = drill.comes_to_the_backup().await;
    let (done, said) = drill.runs(&["backup", copy]).await;
    assert!(done, "{said}");
    let since = drill.goes_on(rush).await;

    let (done, said) = drill.runs(&["backup", copy]).await;
    assert!(!done && said.contains("exists already"), "{said}");
    let (done, said) = drill.runs(&["restore", copy]).await;
    assert!(!done && said.contains("stop it first"), "{said}");
    drill.server.kill();
    let (done, said) = drill.runs(&["restore", copy]).await;
    assert!(done && said.contains("--confirm-signals"), "{said}");
    assert!(said.contains("One recovery code that was used or replaced since counts no more"), "{said}");

    drill.holds_what_was_acknowledged(&file_url(&drill.installation.database_file())).await;
    drill.begins_anew(since).await;
    // The database that was replaced knows of the one that was used; the next of the same sheet is good.
    assert_eq!(drill.sets_a_password_by_code(0).await, StatusCode::UNAUTHORIZED);
    assert_eq!(drill.sets_a_password_by_code(1).await, StatusCode::OK);
    drill.confirms_signals().await;
}

/// Each restore is a beginning of its own, also of the same backup.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_between_two_restores_of_one_backup_is_not_answered_again() {
    let installation = Installation::new();
    let copy = installation.folder.join("copy.db");
    let copy = copy.to_str().unwrap();
    let mut server = installation.start().await;
    let gate = server.gate();
    let mut ada = installation.person("ada@example.org", &gate);
    ada.settles_in().await;
    let (done, said) = installation.run(&["backup", copy]);
    assert!(done, "{said}");
    server.kill();
    let (done, said) = installation.run(&["restore", copy]);
    assert!(done, "{said}");
    server = installation.start().await;
    ada.comes_back_later().await;
    ada.identifies().await;
    let answered = answers(&mut ada).await;
    server.kill();
    let (done, said) = installation.run(&["restore", copy]);
    assert!(done, "{said}");
    server = installation.start().await;
    is_not_answered_again(&ada, answered).await;
    server.kill();
}

/// The cookies of a browser as they were before it answered its prompt, and what it answered.
type Answered = (Browser, Ceremony, String);

async fn answers(person: &mut Person) -> Answered {
    let (browser, ceremony) = (person.browser.copy(), person.ceremony().clone());
    let credential = person.device.get(&ceremony.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let answer = person.posts_report(&ceremony, &outcome).await;
    assert!(person.browser.cookie("session").is_some(), "{}", answer.text());
    (browser, ceremony, outcome)
}

async fn is_not_answered_again(person: &Person, (browser, ceremony, outcome): Answered) {
    let mut thief = person.another_tab();
    thief.browser = browser;
    let answer = thief.posts_report(&ceremony, &outcome).await;
    assert_eq!((answer.step(), thief.browser.cookie("session")), ("identify", None));
}

/// An installation and whoever is there: before its backup, until the restore, and after it.
pub struct Drill {
    pub installation: Arc<Installation>,
    pub server: Program,
    gate: Gate,
    crowd: Crowd,
    /// What the crowd was told when the backup began.
    before: Acknowledged,
    ada: Person,
    /// Ada in two more browsers. The prompt is before her there when the backup is made.
    at_the_prompt: [Person; 2],
    ben: Person,
    /// Ben's recovery codes.
    codes: Vec<String>,
}

/// What is kept of the time between the backup and the restore, as a thief keeps it.
pub struct Since {
    /// The cookies of a session that was signed out.
    signed_out: Browser,
    answered: Answered,
}

impl Drill {
    pub async fn with(installation: Installation) -> Self {
        let installation = Arc::new(installation);
        let server = installation.start().await;
        let gate = server.gate();
        let mut ada = installation.person("ada@example.org", &gate);
        ada.settles_in().await;
        assert!(tells_all_accepted(&ada), "{:?}", ada.page.signals);
        // From now on her browser offers the account in one tap.
        ada.signs_out().await;
        ada.signs_in_with_passkey().await;
        let mut at_the_prompt = [(); 2].map(|()| installation.person("ada@example.org", &gate));
        for halfway in &mut at_the_prompt {
            halfway.device = ada.device.clone();
            halfway.identifies().await;
        }
        let mut ben = installation.person("ben@example.org", &gate);
        ben.settles_in().await;
        let codes = ben.gets_codes().await;
        ben.keeps_codes().await;
        let crowd = Crowd::gather(&installation, &gate, 6).await;
        Self { installation, server, gate, crowd, before: Acknowledged::default(), ada, at_the_prompt, ben, codes }
    }

    /// People come and go, and some of what they do is done.
    pub async fn comes_to_the_backup(&mut self) -> Rush {
        let rush = self.crowd.rush();
        self.crowd.has_done(30).await;
        self.before = self.crowd.acknowledged();
        rush
    }

    /// After the backup, and so unknown to it: a session is signed out, a recovery code used, a challenge answered.
    pub async fn goes_on(&mut self, rush: Rush) -> Since {
        self.crowd.has_done(5).await;
        rush.stop().await;
        let signed_out = self.ada.browser.copy();
        self.ada.signs_out().await;
        self.ada.comes_back_later().await;
        assert!(self.ada.is_remembered(), "{:?}", self.ada.page);
        assert_eq!(self.sets_a_password_by_code(0).await, StatusCode::OK);
        let answered = answers(&mut self.at_the_prompt[1]).await;
        Since { signed_out, answered }
    }

    /// The database alone, before a server uses it again.
    pub async fn holds_what_was_acknowledged(&self, url: &str) {
        let (db, before) = (Db::open(url).await.unwrap(), &self.before);
        let lost = lost(&db, before).await;
        assert!(before.accounts.len() + before.passkeys.len() + before.failures.len() > 0, "{before:?}");
        assert_eq!((lost.accounts, lost.passkeys, lost.failures), (vec![], vec![], vec![]));
        assert_eq!(lost.sessions.len(), before.sessions.len(), "every session has ended");
        assert_eq!(lost.ended, Vec::<[u8; 32]>::new());
        // Known browsers are forgotten on purpose, and nothing else is missing.
        let faults = faults(&db, &self.installation.mails()).await;
        let (forgotten, faults): (Vec<_>, Vec<_>) =
            faults.into_iter().partition(|fault| fault.contains("no browser remembers"));
        assert_eq!((forgotten.len(), faults), (1, Vec::new()));
        db.close().await;
    }

    /// A server on it: nobody is signed in or known, nothing goes on, and everybody gets in as ever.
    pub async fn begins_anew(&mut self, since: Since) {
        self.server = self.installation.start().await;
        let mut thief = self.installation.person("ada@example.org", &self.gate);
        thief.browser = since.signed_out;
        thief.opens("/dashboard").await;
        thief.shows("identify");
        is_not_answered_again(&self.at_the_prompt[1], since.answered).await;
        // Nor does what nobody has answered go on.
        let halfway = &mut self.at_the_prompt[0];
        halfway.uses_passkey().await;
        halfway.shows("identify");
        assert_eq!(halfway.browser.cookie("session"), None);

        let ada = &mut self.ada;
        ada.comes_back_later().await;
        assert!(!ada.is_remembered(), "{:?}", ada.page);
        // The passkey and the password work, and providers are told nothing.
        ada.signs_in_with_passkey().await;
        ada.shows("dashboard");
        assert!(ada.page.signals.is_empty(), "{:?}", ada.page.signals);
        let mut elsewhere = self.installation.person("ada@example.org", &self.gate);
        elsewhere.password.clone_from(&ada.password);
        elsewhere.signs_in_with_password().await;
        assert!(elsewhere.browser.cookie("session").is_some(), "{:?}", elsewhere.page);
    }

    /// Ben types one of his codes and a new password in a new browser, and is told whether that is good.
    pub async fn sets_a_password_by_code(&self, number: usize) -> StatusCode {
        let mut elsewhere = self.installation.person(&self.ben.identifier, &self.gate);
        elsewhere.has_forgotten().await;
        elsewhere.chooses_password(&self.codes[number]).await;
        elsewhere.status
    }

    /// Providers are told nothing before the operator says so.
    pub async fn confirms_signals(mut self) {
        self.ada.opens("/dashboard").await;
        assert!(self.ada.page.signals.is_empty(), "{:?}", self.ada.page.signals);
        let (done, said) = self.runs(&["restore", "--confirm-signals"]).await;
        assert!(done, "{said}");
        self.server.kill();
        self.server = self.installation.start().await;
        self.ada.opens("/dashboard").await;
        assert!(tells_all_accepted(&self.ada), "{:?}", self.ada.page.signals);
    }

    /// A command of the program. Whoever is there goes on meanwhile.
    pub async fn runs(&self, arguments: &[&str]) -> (bool, String) {
        let (installation, arguments) =
            (self.installation.clone(), arguments.iter().map(ToString::to_string).collect::<Vec<_>>());
        let running = move || installation.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        tokio::task::spawn_blocking(running).await.unwrap()
    }
}

fn tells_all_accepted(person: &Person) -> bool {
    person.page.signals.iter().any(|signal| signal.method == SignalMethod::AllAccepted)
}
