//! A person with a browser and a device, who does one thing per line. The page they look at is always at hand.

#![allow(dead_code, reason = "each test program uses its part")]

use crate::app::{Answer, Browser, Prepared, TestApp};
use crate::authenticator::{Authenticator, Making, No, honest};
use domain::ceremony::{ErrorName, Observation};
use http::StatusCode;
use keymend::page::{
    Account, Action, AlreadyHere, Ask, Ceremony, Change, CreatePasskey, Dashboard, EnterPassword, Identify, NeedsProof,
    NoticeKind, Page, RecoveryCodes, Report, RowMode, Screen, Section, UsePasskey,
};
use serde_json::Value;

pub struct Person {
    pub identifier: String,
    pub password: String,
    pub browser: Browser,
    pub device: Authenticator,
    /// What the screen shows.
    pub page: Page,
    /// The status of the last answer.
    pub status: StatusCode,
}

impl Person {
    pub fn new(identifier: &str, browser: Browser, device: Authenticator) -> Self {
        let blank = Screen::Told(keymend::page::Told { heading: String::new(), lead: Vec::new(), links: Vec::new() });
        let page = Page {
            address: String::new(),
            title: String::new(),
            status: String::new(),
            screen: blank,
            signals: Vec::new(),
        };
        let password = format!("a long passphrase that nobody else has: {:08x}", rand::random::<u32>());
        Self { identifier: identifier.to_owned(), password, browser, device, page, status: StatusCode::OK }
    }

    /// The same person in front of another browser, with a device that holds nothing yet.
    pub fn elsewhere(&self, app: &TestApp) -> Self {
        Self { password: self.password.clone(), ..Self::new(&self.identifier, app.browser(), app.device()) }
    }

    /// The same person in another tab of the same browser.
    pub fn another_tab(&self) -> Self {
        let other = Self::new(&self.identifier, self.browser.clone(), self.device.clone());
        Self { password: self.password.clone(), page: self.page.clone(), ..other }
    }

    // What they do.

    pub async fn opens(&mut self, address: &str) {
        let answer = self.browser.page(address).await;
        self.sees(&answer);
    }

    pub async fn signs_up(&mut self) {
        self.opens("/sign-up").await;
        self.asks_for_an_account().await;
        if self.step() == "confirm-sign-up" {
            self.confirms_sign_up().await;
        }
    }

    /// Fills in the form of the sign-up. With an address a code is asked for then.
    pub async fn asks_for_an_account(&mut self) {
        let Screen::SignUp(screen) = &self.page.screen else { panic!("{:?}", self.page) };
        let fields = [("identifier", self.identifier.as_str()), ("password", self.password.as_str())];
        let answer = self.browser.press(&screen.create, &fields).await;
        self.sees(&answer);
    }

    /// Takes the mail out of the mailbox and types its code.
    pub async fn confirms_sign_up(&mut self) {
        let mails = self.browser.mails.clone().unwrap();
        let code = mails.takes_code(&self.identifier, "Your code for a new account").await;
        self.types_code(&code).await;
    }

    /// Signs up with an address, as far as the page that asks for the code.
    pub async fn begins_to_sign_up(&mut self) {
        self.opens("/sign-up").await;
        self.asks_for_an_account().await;
        self.shows("confirm-sign-up");
    }

    /// Has an account that a version before made: nobody has shown whose the address is.
    pub async fn has_an_unconfirmed_account(&mut self, app: &TestApp) {
        self.signs_up().await;
        app.unconfirms(&self.identifier).await;
    }

    /// Signs up, makes the first passkey and goes on to the dashboard.
    pub async fn settles_in(&mut self) {
        self.signs_up().await;
        self.creates_passkey().await;
        self.shows("passkey-created");
        self.continues().await;
        self.shows("dashboard");
    }

    /// Somebody with a passkey, signed out.
    pub async fn settled(app: &TestApp, identifier: &str) -> Self {
        let mut person = app.person(identifier);
        person.settles_in().await;
        person.signs_out().await;
        person
    }

    /// Says who they are.
    pub async fn identifies(&mut self) {
        self.opens("/sign-in").await;
        let identifier = self.identifier.clone();
        self.types_identifier(&identifier).await;
    }

    pub async fn types_identifier(&mut self, identifier: &str) {
        // Past the button for the account that this browser remembers.
        if self.is_remembered() {
            self.uses_another_account().await;
        }
        let answer = self.posts_identifier(identifier).await;
        self.sees(&answer);
    }

    /// Posts the form of the present page, and does not look at the answer.
    pub async fn posts_identifier(&self, identifier: &str) -> Answer {
        let (_, proceed) = self.identify().form.as_ref().unwrap();
        self.browser.press(proceed, &[("identifier", identifier)]).await
    }

    /// What [`Person::posts_identifier`] sends.
    pub fn identifier_to_post(&self) -> Prepared {
        let (_, proceed) = self.identify().form.as_ref().unwrap();
        self.browser.form_of(proceed, &[("identifier", &self.identifier)])
    }

    /// Presses *Continue as …*.
    pub async fn continues_in_one_tap(&mut self) {
        let (proceed, _) = self.identify().one_tap.clone().unwrap();
        let answer = self.browser.press(&proceed, &[]).await;
        self.sees(&answer);
    }

    pub async fn uses_another_account(&mut self) {
        let (_, other) = self.identify().one_tap.clone().unwrap();
        let answer = self.browser.press(&other, &[]).await;
        self.sees(&answer);
    }

    /// Picks a passkey of the device among the suggestions of the field.
    pub async fn picks_a_suggestion(&mut self) {
        let ceremony = self.identify().autofill.clone().unwrap();
        self.answers_to_anyone(&ceremony, honest).await;
    }

    /// Presses *Sign in with a passkey*; where the device has none, nothing is reported.
    pub async fn signs_in_at_once(&mut self) {
        let (_, ceremony) = self.identify().immediate.clone().unwrap();
        self.answers_to_anyone(&ceremony, honest).await;
    }

    pub async fn answers_to_anyone(&mut self, ceremony: &Ceremony, change: impl FnOnce(&mut Making)) {
        let credential = self.device.get(&ceremony.options, change).unwrap();
        let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
        let answer = self.posts_report(ceremony, &outcome).await;
        self.sees(&answer);
    }

    /// Answers the prompt with a passkey of the device.
    pub async fn uses_passkey(&mut self) {
        self.uses_passkey_with(honest).await;
    }

    pub async fn uses_passkey_with(&mut self, change: impl FnOnce(&mut Making)) {
        let options = self.ceremony().options.clone();
        match self.device.get(&options, change) {
            Ok(credential) => self.reports_credential(&credential).await,
            Err(_) => self.reports(&failed(not_allowed())).await,
        }
    }

    /// The prompt does not go through, so many times; a person takes two seconds to see that.
    pub async fn fails(&mut self, times: usize) {
        for _ in 0..times {
            self.reports(&failed(not_allowed())).await;
        }
    }

    pub async fn enters_password(&mut self) {
        let password = self.password.clone();
        self.types_password(&password).await;
    }

    pub async fn types_password(&mut self, password: &str) {
        let answer = self.posts_password(password).await;
        self.sees(&answer);
    }

    /// Posts the form of the present page, and does not look at the answer.
    pub async fn posts_password(&self, password: &str) -> Answer {
        let action = match &self.page.screen {
            Screen::EnterPassword(screen) => &screen.sign_in,
            Screen::NeedsProof(NeedsProof { password: Some((_, action)), .. }) => action,
            _ => panic!("nothing to type a password into: {:?}", self.page),
        };
        self.browser.press(action, &[("password", password)]).await
    }

    /// Whatever the identifier leads to.
    pub async fn types_wrong_password(&mut self) {
        self.comes_to_the_password().await;
        self.types_password("not the password at all").await;
    }

    /// From what the identifier leads to, past the prompt for a passkey where that comes first. With a name that nobody has
    /// it comes first for some.
    pub async fn comes_to_the_password(&mut self) -> EnterPassword {
        if let Screen::UsePasskey(_) = self.page.screen {
            self.uses_password_instead().await;
        }
        let Screen::EnterPassword(screen) = &self.page.screen else { panic!("{:?}", self.page) };
        screen.clone()
    }

    /// *Email me a code*.
    pub async fn asks_for_a_code(&mut self) {
        let Screen::EnterPassword(screen) = &self.page.screen else { panic!("{:?}", self.page) };
        let action = screen.code.clone().unwrap_or_else(|| panic!("no code by mail: {:?}", self.page));
        self.presses(&action, &[]).await;
    }

    /// From anywhere to the field for a code that was mailed, past the passkey and the password.
    pub async fn comes_to_the_code(&mut self) {
        self.identifies().await;
        self.comes_to_the_password().await;
        self.asks_for_a_code().await;
        self.shows("enter-code");
    }

    pub async fn uses_password_instead(&mut self) {
        let Screen::UsePasskey(screen) = &self.page.screen else { panic!("{:?}", self.page) };
        let answer = self.browser.press(&screen.password, &[]).await;
        self.sees(&answer);
    }

    /// Presses *Use password instead* while the prompt is open; `left` tells how that looked.
    pub async fn leaves_the_prompt(&mut self, left: &str) {
        let Screen::UsePasskey(screen) = &self.page.screen else { panic!("{:?}", self.page) };
        let fields = [("ceremony", screen.ceremony.state.as_str()), ("left", left)];
        let answer = self.browser.press(&screen.password.clone(), &fields).await;
        self.sees(&answer);
    }

    /// Presses *Create passkey*; the device makes one, or says that one is there.
    pub async fn creates_passkey(&mut self) {
        self.creates_passkey_with(honest).await;
    }

    pub async fn creates_passkey_with(&mut self, change: impl FnOnce(&mut Making)) {
        self.shows("create-passkey");
        let options = self.ceremony().options.clone();
        match self.device.create(&options, change) {
            Ok(credential) => self.reports_credential(&credential).await,
            Err(No::AlreadyHere) => {
                self.reports(&failed(Observation { name: Some(ErrorName::InvalidState), ..not_allowed() })).await
            }
            Err(No::NoneHere) => unreachable!("create() asks for none"),
        }
    }

    pub async fn says_not_now(&mut self) {
        let Screen::CreatePasskey(screen) = &self.page.screen else { panic!("{:?}", self.page) };
        let answer = self.browser.press(&screen.not_now, &[]).await;
        self.sees(&answer);
    }

    /// Presses *Continue*.
    pub async fn continues(&mut self) {
        let action = match &self.page.screen {
            Screen::PasskeyCreated(screen) => &screen.proceed,
            Screen::AlreadyHere(screen) => &screen.proceed,
            Screen::NeedsProof(screen) => &screen.later,
            _ => panic!("nothing to continue: {:?}", self.page),
        };
        let answer = self.browser.press(action, &[]).await;
        self.sees(&answer);
    }

    /// Asks for a code to an address that nobody has confirmed yet, and types it.
    pub async fn confirms_address(&mut self, app: &TestApp) {
        self.opens("/confirm-address").await;
        self.shows("confirm-address");
        self.chooses("Send a code").await;
        let code = app.mail(&self.identifier, "Confirm your email address").await.code();
        self.types_code(&code).await;
        self.shows("dashboard");
        assert!(self.reads("Your email address is confirmed."), "{:?}", self.page);
    }

    /// Gets new recovery codes, which are on the screen then.
    pub async fn gets_codes(&mut self) -> Vec<String> {
        self.opens("/recovery-codes").await;
        self.answers(&[]).await;
        self.codes().codes.clone()
    }

    pub async fn keeps_codes(&mut self) {
        let action = self.codes().proceed.clone();
        let answer = self.browser.press(&action, &[]).await;
        self.sees(&answer);
    }

    /// Goes from a new browser through the forgotten password to the field for the code.
    pub async fn has_forgotten(&mut self) {
        self.opens("/forgot-password").await;
        self.shows("forgot-password");
        let identifier = self.identifier.clone();
        self.answers(&[("identifier", &identifier)]).await;
        self.shows("new-password");
    }

    /// Fills in the code and a new password, and remembers it.
    pub async fn chooses_password(&mut self, code: &str) {
        let password = format!("another passphrase that nobody has: {:08x}", rand::random::<u32>());
        self.answers(&[("code", code), ("password", &password)]).await;
        self.password = password;
    }

    #[track_caller]
    pub fn codes(&self) -> &RecoveryCodes {
        match &self.page.screen {
            Screen::RecoveryCodes(screen) => screen,
            _ => panic!("no codes here: {:?}", self.page),
        }
    }

    /// Fills in what is asked for and presses the button.
    pub async fn answers(&mut self, fields: &[(&str, &str)]) {
        let submit = self.ask().submit.clone();
        let answer = self.browser.press(&submit, fields).await;
        self.sees(&answer);
    }

    pub async fn types_code(&mut self, code: &str) {
        self.answers(&[("code", code)]).await;
    }

    /// Presses another button of a step that asks for something.
    pub async fn chooses(&mut self, label: &str) {
        let action = self.offered(label);
        let answer = self.browser.press(&action, &[]).await;
        self.sees(&answer);
    }

    /// That button.
    #[track_caller]
    pub fn offered(&self, label: &str) -> Action {
        let ask = self.ask();
        let action = ask.more.iter().chain(&ask.quiet).find(|action| action.label == label).cloned();
        action.unwrap_or_else(|| panic!("no {label}: {:?}", self.page))
    }

    pub async fn adds_a_passkey(&mut self) {
        let answer = self.browser.press(&self.dashboard().add.clone(), &[]).await;
        self.sees(&answer);
    }

    /// Opens *Remove …* of a row and confirms.
    pub async fn removes_passkey(&mut self, row: usize) {
        let RowMode::Shown { remove, .. } = self.dashboard().passkeys[row].mode.clone() else {
            panic!("{:?}", self.page)
        };
        let answer = self.browser.press(&remove, &[]).await;
        self.sees(&answer);
        let RowMode::Removing { remove, .. } = self.dashboard().passkeys[row].mode.clone() else {
            panic!("{:?}", self.page)
        };
        let answer = self.browser.press(&remove, &[]).await;
        self.sees(&answer);
    }

    /// Opens *Rename …* of a row and types a name.
    pub async fn renames_passkey(&mut self, row: usize, name: &str) {
        let RowMode::Shown { rename, .. } = self.dashboard().passkeys[row].mode.clone() else {
            panic!("{:?}", self.page)
        };
        let answer = self.browser.press(&rename, &[]).await;
        self.sees(&answer);
        let RowMode::Renaming { save, .. } = self.dashboard().passkeys[row].mode.clone() else {
            panic!("{:?}", self.page)
        };
        let answer = self.browser.press(&save, &[("name", name)]).await;
        self.sees(&answer);
    }

    pub async fn forgets_browser(&mut self) {
        let answer = self.browser.press(&self.dashboard().forget.clone(), &[]).await;
        self.sees(&answer);
    }

    /// Presses a button of the present page, whatever it is.
    pub async fn presses(&mut self, action: &Action, fields: &[(&str, &str)]) {
        let answer = self.browser.press(action, fields).await;
        self.sees(&answer);
    }

    /// Opens a page of the account and submits its form.
    pub async fn changes(&mut self, address: &str, fields: &[(&str, &str)]) {
        self.opens(address).await;
        let (_, act) = self.change().form.clone().unwrap();
        self.presses(&act, fields).await;
    }

    pub async fn signs_out(&mut self) {
        self.opens("/dashboard").await;
        let answer = self.browser.press(&self.dashboard().sign_out.clone(), &[]).await;
        self.sees(&answer);
        self.shows("identify");
    }

    /// In another visit, when nothing is left of the one before.
    pub async fn comes_back_later(&mut self) {
        self.browser.drop_cookie("flow");
        self.opens("/sign-in").await;
    }

    /// From anywhere to a session by passkey.
    pub async fn signs_in_with_passkey(&mut self) {
        self.identifies().await;
        self.uses_passkey().await;
        assert_eq!(self.status, StatusCode::OK, "{:?}", self.page);
    }

    /// From anywhere to a session by password.
    pub async fn signs_in_with_password(&mut self) {
        self.identifies().await;
        self.comes_to_the_password().await;
        self.enters_password().await;
        assert_eq!(self.status, StatusCode::OK, "{:?}", self.page);
    }

    /// As far as the password leads, whatever comes of it.
    pub async fn signs_in_by_hand(&mut self) {
        self.identifies().await;
        self.comes_to_the_password().await;
        self.enters_password().await;
    }

    /// Two failures, the password, and there is the offer of a new passkey.
    pub async fn comes_to_the_offer(&mut self) {
        self.comes_to(2, "create-passkey").await;
    }

    /// So many failures, and the password, which leads to this step.
    pub async fn comes_to(&mut self, failures: usize, step: &str) {
        self.identifies().await;
        self.fails(failures).await;
        self.enters_password().await;
        self.shows(step);
    }

    pub async fn reports_credential(&mut self, credential: &Value) {
        self.reports(&Report::Credential(credential.to_string())).await;
    }

    /// Reports how the ceremony of the present page ended.
    pub async fn reports(&mut self, report: &Report) {
        let ceremony = self.ceremony().clone();
        let outcome = serde_json::to_string(report).unwrap();
        let answer = self.posts_report(&ceremony, &outcome).await;
        self.sees(&answer);
    }

    /// Posts a report as the browser's own code does, and does not look at the answer.
    pub async fn posts_report(&self, ceremony: &Ceremony, outcome: &str) -> Answer {
        let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", outcome)];
        self.browser.post(&ceremony.report, &fields).await
    }

    /// What [`Person::posts_report`] sends.
    pub fn report_to_post(&self, ceremony: &Ceremony, outcome: &str) -> Prepared {
        let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", outcome)];
        self.browser.form(&ceremony.report, &fields)
    }

    pub fn sees(&mut self, answer: &Answer) {
        self.status = answer.status;
        self.page = answer.page();
    }

    // What they see.

    pub fn step(&self) -> &'static str {
        self.page.screen.name()
    }

    #[track_caller]
    pub fn shows(&self, step: &str) {
        assert_eq!(self.step(), step, "{:#?}", self.page);
    }

    #[track_caller]
    pub fn ceremony(&self) -> &Ceremony {
        match &self.page.screen {
            Screen::UsePasskey(UsePasskey { ceremony, .. })
            | Screen::EnterPassword(EnterPassword { ceremony, .. })
            | Screen::CreatePasskey(CreatePasskey { ceremony, .. })
            | Screen::AlreadyHere(AlreadyHere { ceremony, .. })
            | Screen::Ask(Ask { ceremony: Some(ceremony), .. })
            | Screen::NeedsProof(NeedsProof { ceremony: Some(ceremony), .. })
            | Screen::Account(Account { prove: Some((_, ceremony)), .. })
            | Screen::Change(Change { prove: Some((_, ceremony)), .. }) => ceremony,
            _ => panic!("no ceremony here: {:?}", self.page),
        }
    }

    #[track_caller]
    pub fn ask(&self) -> &Ask {
        match &self.page.screen {
            Screen::Ask(screen) => screen,
            _ => panic!("nothing is asked for: {:?}", self.page),
        }
    }

    #[track_caller]
    pub fn identify(&self) -> &Identify {
        match &self.page.screen {
            Screen::Identify(screen) => screen,
            _ => panic!("not the first step: {:?}", self.page),
        }
    }

    /// Whether the first step offers the account of this browser in one tap.
    pub fn is_remembered(&self) -> bool {
        self.identify().one_tap.is_some()
    }

    #[track_caller]
    pub fn dashboard(&self) -> &Dashboard {
        match &self.page.screen {
            Screen::Dashboard(screen) => screen,
            _ => panic!("not the dashboard: {:?}", self.page),
        }
    }

    #[track_caller]
    pub fn account(&self) -> &Account {
        match &self.page.screen {
            Screen::Account(screen) => screen,
            _ => panic!("not the account: {:?}", self.page),
        }
    }

    /// A list of the account.
    #[track_caller]
    pub fn list(&self, id: &str) -> &Section {
        self.account().sections.iter().find(|section| section.id == id).unwrap()
    }

    #[track_caller]
    pub fn change(&self) -> &Change {
        match &self.page.screen {
            Screen::Change(screen) => screen,
            _ => panic!("nothing to change here: {:?}", self.page),
        }
    }

    /// Whether the prompt opens without a click.
    pub fn is_prompted(&self) -> bool {
        matches!(&self.page.screen, Screen::UsePasskey(screen) if screen.ceremony.auto)
    }

    /// Whether the dashboard says that the new passkey works.
    pub fn is_told_of_the_heal(&self) -> bool {
        self.dashboard().notices.iter().any(|notice| notice.kind == NoticeKind::HealConfirmed)
    }

    #[track_caller]
    pub fn reads_nothing_of(&self, all: &[&str]) {
        for words in all {
            assert!(!self.reads(words), "{words}: {:#?}", self.page);
        }
    }

    /// The words of the page, all of them.
    pub fn reads(&self, words: &str) -> bool {
        serde_json::to_string(&self.page).unwrap().contains(words)
    }
}

/// What a browser says when a person, or a device without the passkey, ends the dialog.
pub fn not_allowed() -> Observation {
    Observation {
        name: Some(ErrorName::NotAllowed),
        elapsed: 1_800,
        focused: Some(true),
        visible: Some(true),
        activated: Some(false),
        blurred: true,
        aborted: false,
        settled: true,
    }
}

pub fn failed(seen: Observation) -> Report {
    Report::Failed(seen)
}
