//! Somebody who holds the password and nothing else, or the mailbox and nothing else, tries every way there is. In the end there is no passkey of theirs, and
//! the owner is as free to come and go as before.

use crate::app::{Letter, TestApp};
use crate::authenticator::honest;
use crate::person::Person;
use domain::time::{DAY, HOUR, MINUTE};
use http::StatusCode;
use keymend::page::{Ceremony, Report};
use keymend::server::db;
use std::collections::BTreeSet;

const ADDRESS: &str = "ada@example.org";

/// Who may have something done by a server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it changes no account, or makes a new one.
    Nothing,
    /// The proof that comes with it: a password, a passkey, a code, the token of a mail.
    ItsOwnProof,
    /// A session of whatever kind, and it changes nothing but sessions or that browser: a sign-in gives back what is lost.
    Session,
    /// A session that a passkey opened, where the account has or ever had one.
    Passkey,
}

/// Every server function there is. A new one is declared here, the script below tries it, and `needs.rs` holds it to its line.
pub const DECLARED: &[(&str, Needs)] = &[
    ("/api/page", Needs::Nothing),
    ("/api/sign-in/identify", Needs::Nothing),
    ("/api/sign-in/one-tap", Needs::Nothing),
    ("/api/sign-in/start-over", Needs::Nothing),
    ("/api/sign-in/use-password", Needs::Nothing),
    ("/api/sign-in/password", Needs::ItsOwnProof),
    ("/api/sign-in/email-code", Needs::Nothing),
    ("/api/sign-in/code", Needs::ItsOwnProof),
    ("/api/sign-in/report", Needs::ItsOwnProof),
    ("/api/sign-in/report-anyone", Needs::ItsOwnProof),
    ("/api/sign-up", Needs::Nothing),
    ("/api/sign-up/code", Needs::ItsOwnProof),
    ("/api/sign-up/send", Needs::Nothing),
    ("/api/sign-up/start-over", Needs::Nothing),
    ("/api/forgot/send", Needs::Nothing),
    ("/api/forgot/password", Needs::ItsOwnProof),
    ("/api/not-me", Needs::ItsOwnProof),
    ("/api/confirm/code", Needs::ItsOwnProof),
    ("/api/confirm/send", Needs::Session),
    ("/api/healing/report", Needs::ItsOwnProof),
    ("/api/healing/not-now", Needs::Session),
    ("/api/healing/continue", Needs::Session),
    ("/api/session/verify", Needs::ItsOwnProof),
    ("/api/session/password", Needs::ItsOwnProof),
    ("/api/session/sign-out", Needs::Session),
    ("/api/browser/forget", Needs::Session),
    ("/api/passkeys/add", Needs::Session),
    ("/api/passkeys/rename", Needs::Passkey),
    ("/api/passkeys/remove", Needs::Passkey),
    ("/api/address/code", Needs::Passkey),
    ("/api/address/send", Needs::Passkey),
    ("/api/new-address/code", Needs::Passkey),
    ("/api/new-address/send", Needs::Passkey),
    ("/api/codes/renew", Needs::Passkey),
    ("/api/codes/kept", Needs::Session),
    ("/api/account/change-password", Needs::Passkey),
    ("/api/account/change-identifier", Needs::Passkey),
    ("/api/account/delete", Needs::Passkey),
    ("/api/account/end-session", Needs::Session),
    ("/api/account/end-sessions", Needs::Session),
    ("/api/account/forget-browser", Needs::Passkey),
    ("/api/account/forget-browsers", Needs::Passkey),
];

#[tokio::test]
async fn every_server_function_says_what_it_needs() {
    let app = TestApp::start().await;
    let there: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let declared: BTreeSet<_> = DECLARED.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(there, declared, "declare a new function in DECLARED, and see what the thief makes of it");
    drop(app);
}

/// What a thief is after: whose passkeys, passwords, addresses and codes there are.
async fn treasure(app: &TestApp) -> Vec<String> {
    let mut all = app.texts("COALESCE(password_hash, '')", "users ORDER BY identifier_key").await;
    all.extend(app.texts("identifier_key", "users ORDER BY identifier_key").await);
    all.extend(app.texts("name", "passkeys WHERE removed_at IS NULL ORDER BY name, created_at").await);
    for count in ["passkeys", "users WHERE verified_at IS NOT NULL", "saved_codes WHERE used_at IS NULL"] {
        all.push(app.count(count).await.to_string());
    }
    all
}

struct Scene {
    app: TestApp,
    /// The owner, signed in with a passkey in a browser of their own.
    owner: Person,
    /// A creation that was minted for the owner, as it passed over the owner's screen.
    minted: Ceremony,
    /// The ids on the owner's dashboard and in the owner's mail, as if somebody had looked over a shoulder.
    passkey: String,
    notice: String,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::start().await;
        let mut owner = app.person(ADDRESS);
        owner.settles_in().await;
        owner.gets_codes().await;
        owner.keeps_codes().await;
        let row = owner.dashboard().passkeys[0].clone();
        let keymend::page::RowMode::Shown { remove, .. } = row.mode else { panic!("{:?}", owner.page) };
        let passkey = remove.hidden[0].1.clone();
        let user = app.user(ADDRESS).await.unwrap();
        let told = db::notices::of_user(app.app().db.read(), user, app.now().plus(-DAY), 9).await.unwrap();
        let notice = told[0].id.simple().to_string();
        owner.adds_a_passkey().await;
        let minted = owner.ceremony().clone();
        owner.says_not_now().await;
        Self { app, owner, minted, passkey, notice }
    }

    /// Every server function, with the form of the thief's own session, with the owner's, with none, and with everything in
    /// the fields that could be of use.
    async fn tries_everything(&self, thief: &Person, flow: &str) {
        let outcome = match thief.device.clone().create(&self.minted.options.replace("excludeCredentials", "x"), honest)
        {
            Ok(credential) => serde_json::to_string(&Report::Credential(credential.to_string())).unwrap(),
            Err(_) => panic!("the device of the thief is empty"),
        };
        for (path, _) in DECLARED.iter().filter(|(path, _)| !is_way_out(path)) {
            for flow in [flow, &self.minted.flow, ""] {
                let fields = [
                    ("flow", flow),
                    ("id", self.passkey.as_str()),
                    ("notice", &self.notice),
                    ("name", "mine"),
                    ("identifier", "thief@example.org"),
                    ("account", "thief@example.org"),
                    ("address", "/recovery-codes"),
                    ("code", "123456"),
                    ("token", ""),
                    ("new_password", "the password of somebody else"),
                    ("confirmation", ADDRESS),
                    ("ceremony", &self.minted.state),
                    ("outcome", &outcome),
                ];
                // A new account of one's own is nobody's loss, and would be one more line of the treasure.
                let password = if *path == "/api/sign-up" { "short" } else { self.owner.password.as_str() };
                let fields: Vec<_> = fields.into_iter().chain([("password", password)]).collect();
                let answer = thief.browser.post(path, &fields).await;
                assert!(!answer.status.is_server_error(), "{path}");
            }
        }
    }

    /// Whatever was tried: the treasure is where it was, and the owner comes and goes.
    async fn ends_well(mut self, treasure_before: &[String]) {
        assert_eq!(treasure(&self.app).await, treasure_before);
        self.owner.opens("/dashboard").await;
        self.owner.shows("dashboard");
        self.owner.signs_out().await;
        self.owner.signs_in_with_passkey().await;
        self.owner.shows("dashboard");
        self.owner.signs_out().await;
        self.owner.signs_in_with_password().await;
        self.owner.shows("dashboard");
        // Also the one whose passkey breaks today.
        self.owner.signs_out().await;
        self.owner.device.passkeys.clear();
        self.app.wait(DAY);
        self.owner.comes_to_the_offer().await;
        self.owner.creates_passkey().await;
        self.owner.shows("passkey-created");
    }
}

/// Leaves the session or the browser, which only the thief would miss.
fn is_way_out(path: &str) -> bool {
    matches!(path, "/api/session/sign-out" | "/api/browser/forget" | "/api/sign-in/start-over")
}

#[tokio::test]
async fn from_a_session_of_the_password_in_every_state() {
    let mut scene = Scene::set().await;
    let before = treasure(&scene.app).await;
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.signs_in_with_password().await;
    thief.shows("confirm");
    let flow = thief.ask().submit.hidden[0].1.clone();
    scene.tries_everything(&thief, &flow).await;
    // Guessing the code of the mail, as often as it is let.
    for guess in 0..20 {
        let answer =
            thief.browser.post("/api/confirm/code", &[("flow", &flow), ("code", &format!("{guess:06}"))]).await;
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS));
    }
    thief.opens("/dashboard").await;
    thief.shows("confirm");
    thief.chooses("Not now").await;
    thief.shows("dashboard");
    let flow = thief.dashboard().add.hidden[0].1.clone();
    scene.tries_everything(&thief, &flow).await;
    for address in ["/recovery-codes", "/confirm-address", "/recovery-codes.txt", "/not-me"] {
        thief.browser.get(address).await;
    }
    // It may end sessions, as the owner may end a thief's; but not those in which a passkey has just answered.
    scene.owner.opens("/dashboard").await;
    scene.owner.shows("dashboard");
    scene.ends_well(&before).await;
}

#[tokio::test]
async fn by_removing_the_passkeys_first() {
    let scene = Scene::set().await;
    let before = treasure(&scene.app).await;
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.signs_in_with_password().await;
    thief.chooses("Not now").await;
    let flow = thief.dashboard().add.hidden[0].1.clone();
    let answer = thief.browser.post("/api/passkeys/remove", &[("flow", &flow), ("id", &scene.passkey)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(treasure(&scene.app).await, before);
    // And where the owner has removed them all: once there was one, a password alone adds none.
    let Scene { app, mut owner, .. } = scene;
    owner.opens("/dashboard").await;
    owner.removes_passkey(0).await;
    thief.opens("/dashboard").await;
    thief.adds_a_passkey().await;
    thief.shows("confirm");
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 0);
}

#[tokio::test]
async fn with_cookies_of_before_and_the_flow_of_another_tab() {
    let scene = Scene::set().await;
    let before = treasure(&scene.app).await;
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.signs_in_with_password().await;
    let flow = thief.ask().submit.hidden[0].1.clone();
    let (old, old_flow) = (thief.browser.copy(), flow.clone());
    thief.chooses("Not now").await;
    thief.signs_out().await;
    let ended = Person::new(ADDRESS, old, scene.app.device());
    scene.tries_everything(&ended, &old_flow).await;

    // The handle of the owner's browser without a session, as a copied profile has it after a password change: here only the
    // handle was copied, and the handle alone opens nothing.
    let mut copied = scene.owner.elsewhere(&scene.app);
    copied.browser.set_cookie("browser", &scene.owner.browser.cookie("browser").unwrap());
    copied.opens("/dashboard").await;
    copied.shows("identify");

    let mut again = scene.owner.elsewhere(&scene.app);
    again.signs_in_with_password().await;
    scene.tries_everything(&again, &old_flow).await;
    scene.ends_well(&before).await;
}

#[tokio::test]
async fn through_the_forgotten_password() {
    let scene = Scene::set().await;
    let before = treasure(&scene.app).await;
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.has_forgotten().await;
    for guess in 0..20 {
        thief.chooses_password(&format!("{guess:06}")).await;
        assert_eq!(thief.step(), "new-password");
    }
    let flow = thief.ask().submit.hidden[0].1.clone();
    scene.tries_everything(&thief, &flow).await;
    scene.ends_well(&before).await;
}

#[tokio::test]
async fn through_the_code_that_goes_to_the_mailbox_of_the_owner() {
    let scene = Scene::set().await;
    let before = treasure(&scene.app).await;
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.comes_to_the_code().await;
    let flow = thief.ask().submit.hidden[0].1.clone();
    for guess in 0..20 {
        thief.types_code(&format!("{guess:06}")).await;
        assert_eq!(thief.step(), "enter-code");
        if guess % 4 == 0 {
            thief.chooses("Send a new code").await;
        }
    }
    scene.tries_everything(&thief, &flow).await;
    scene.ends_well(&before).await;
}

/// What a thief with the mailbox is after: a passkey of their own, the owner's gone, codes to keep.
async fn passkeys_and_codes(app: &TestApp) -> Vec<String> {
    let mut all = app.texts("name", "passkeys WHERE removed_at IS NULL ORDER BY name, created_at").await;
    all.extend(app.texts("identifier_key", "users ORDER BY identifier_key").await);
    for count in ["passkeys", "users WHERE verified_at IS NOT NULL", "saved_codes WHERE used_at IS NULL"] {
        all.push(app.count(count).await.to_string());
    }
    all
}

/// Every mail that lies there is open to them, and the latest codes in it are typed where one is asked for.
async fn types_every_code(app: &TestApp, thief: &mut Person) {
    let mails = app.mails().await;
    let with_code = |mail: &&Letter| mail.subject.contains("r code") || mail.subject.contains("s code");
    let latest: Vec<_> = mails.iter().rev().filter(with_code).take(4).collect();
    assert!(latest.len() > 1, "{mails:?}");
    for mail in latest {
        thief.shows("confirm");
        thief.types_code(&mail.code()).await;
    }
}

#[tokio::test]
async fn with_the_mailbox_alone_there_is_no_passkey_in_the_end() {
    let scene = Scene::set().await;
    let before = passkeys_and_codes(&scene.app).await;
    // The password is not theirs.
    let scene = Scene { owner: Person { password: "what they take it for".to_owned(), ..scene.owner }, ..scene };
    scene.app.wait(1);

    // In by a code, and everything from there.
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.comes_to_the_code().await;
    let code = scene.app.mail(ADDRESS, "Sign in to Keymend").await.code();
    thief.types_code(&code).await;
    thief.shows("needs-proof");
    let flow = thief.ceremony().flow.clone();
    scene.tries_everything(&thief, &flow).await;
    thief.opens("/dashboard").await;
    thief.shows("needs-proof");
    thief.continues().await;
    let flow = thief.dashboard().add.hidden[0].1.clone();
    scene.tries_everything(&thief, &flow).await;
    thief.opens("/dashboard").await;
    assert_eq!(passkeys_and_codes(&scene.app).await, before);

    // With a new password that the mailbox sets, and codes from the same mailbox beside it: for a day they are one proof.
    scene.app.wait(1);
    thief.browser = scene.app.browser();
    thief.has_forgotten().await;
    let code = scene.app.mail(ADDRESS, "A new password").await.code();
    thief.chooses_password(&code).await;
    let password = thief.password.clone();
    let scene = Scene { owner: Person { password, ..scene.owner }, ..scene };
    for browser in [thief.browser.clone(), scene.app.browser(), scene.app.browser()] {
        scene.app.wait(2 * HOUR);
        let mut again = Person { browser, ..scene.owner.elsewhere(&scene.app) };
        again.opens("/dashboard").await;
        again.shows("identify");
        again.comes_to_the_code().await;
        let code = scene.app.mail(ADDRESS, "Sign in to Keymend").await.code();
        again.types_code(&code).await;
        again.shows("needs-proof");
        let flow = again.ceremony().flow.clone();
        scene.tries_everything(&again, &flow).await;
        again.opens("/dashboard").await;
        types_every_code(&scene.app, &mut again).await;
        again.opens("/dashboard").await;
        again.shows("confirm");
        assert_eq!(passkeys_and_codes(&scene.app).await, before);
    }

    // The owner was told, and is in with one touch.
    scene.app.mail(ADDRESS, "The password of your account").await;
    let Scene { app, mut owner, .. } = scene;
    owner.opens("/dashboard").await;
    owner.shows("identify");
    owner.signs_in_with_passkey().await;
    owner.shows("dashboard");
    assert_eq!(passkeys_and_codes(&app).await, before);
}

/// A mailbox holds the links of all news. They take away what was added, and add nothing.
#[tokio::test]
async fn with_the_mailbox_and_the_link_in_it_neither() {
    let scene = Scene::set().await;
    let Scene { app, mut owner, .. } = scene;
    owner.signs_out().await;
    let made = app.count("passkeys").await;
    let mut thief = Person { password: "what they take it for".to_owned(), ..owner.elsewhere(&app) };
    let link = app.mail(ADDRESS, "A new passkey").await.link();
    thief.opens(&link).await;
    thief.answers(&[]).await;
    app.wait(1);
    thief.comes_to_the_code().await;
    let code = app.mail(ADDRESS, "Sign in to Keymend").await.code();
    thief.types_code(&code).await;
    thief.shows("needs-proof");
    thief.continues().await;
    thief.adds_a_passkey().await;
    thief.shows("needs-proof");
    thief.browser = app.browser();
    thief.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    thief.chooses_password(&code).await;
    // Nothing that they hold could take an offer.
    thief.shows("dashboard");
    thief.adds_a_passkey().await;
    thief.shows("needs-proof");
    assert_eq!(app.count("passkeys").await, made);
}

#[tokio::test]
async fn by_signing_up_with_the_address_of_the_owner_beforehand() {
    let app = TestApp::start().await;
    let mut thief = app.person(ADDRESS);
    thief.begins_to_sign_up().await;
    for guess in 0..20 {
        thief.types_code(&format!("{guess:06}")).await;
        thief.shows("confirm-sign-up");
    }
    thief.opens("/dashboard").await;
    thief.shows("identify");
    assert_eq!((app.count("users").await, app.sessions().await), (0, 0), "no account without the mailbox");

    // The owner comes, and what the thief wanted is nothing to them.
    app.wait(MINUTE);
    let mut owner = app.person(ADDRESS);
    owner.settles_in().await;
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL").await, 1);
    thief.signs_in_by_hand().await;
    assert_eq!(thief.status, StatusCode::UNAUTHORIZED);
    thief.opens("/sign-up").await;
    thief.shows("confirm-sign-up");
    thief.chooses("Send a new code").await;
    let mail = app.mail(ADDRESS, "You have an account at Keymend already").await;
    assert!(!mail.text.split_whitespace().any(|word| word.len() == 6 && word.parse::<u32>().is_ok()), "{}", mail.text);
    owner.opens("/dashboard").await;
    owner.shows("dashboard");
}

#[tokio::test]
async fn by_an_account_that_a_version_before_let_them_make_with_the_address_of_the_owner() {
    let app = TestApp::start().await;
    let mut thief = app.person(ADDRESS);
    thief.settles_in().await;
    app.unconfirms(ADDRESS).await;
    let codes = thief.gets_codes().await;
    thief.keeps_codes().await;
    app.wait(MINUTE);

    // The owner comes: the address is taken, as the mail says, and the mailbox is theirs.
    let mut owner = app.person(ADDRESS);
    owner.begins_to_sign_up().await;
    app.mail(ADDRESS, "You have an account at Keymend already").await;
    owner.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    owner.chooses_password(&code).await;
    owner.shows("create-passkey");
    owner.creates_passkey().await;
    owner.continues().await;

    // Nothing of before opens anything.
    thief.opens("/dashboard").await;
    thief.shows("identify");
    thief.identifies().await;
    thief.uses_passkey().await;
    assert_ne!(thief.step(), "dashboard");
    let mut again = thief.elsewhere(&app);
    again.signs_in_by_hand().await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    again.has_forgotten().await;
    again.chooses_password(&codes[0]).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
    owner.signs_out().await;
    owner.signs_in_with_passkey().await;
    owner.shows("dashboard");
}

#[tokio::test]
async fn the_owner_is_told_of_a_sign_in_that_got_that_far() {
    let scene = Scene::set().await;
    let mut thief = scene.owner.elsewhere(&scene.app);
    thief.signs_in_with_password().await;
    let mail = scene.app.mail(ADDRESS, "Your code for Keymend").await;
    assert!(mail.text.replace('\n', " ").contains("somebody else knows your password"), "{}", mail.text);
}
