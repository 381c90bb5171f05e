//! What each server function needs is declared in `thief.rs`; here each is held to it, in sessions of every kind and with right
//! and wrong proofs: it does its work exactly where its line says. A new function is named in [`SEEN`] as well.

use crate::app::{Browser, SUGGESTS, TestApp};
use crate::authenticator::{Making, honest};
use crate::person::Person;
use crate::thief::{DECLARED, Needs};
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::page::{Action, Ceremony, NeedsProof, Report, RowMode, Screen};

const ADDRESS: &str = "ada@example.org";
/// What the account is to be called.
const ANOTHER: &str = "lovelace@example.org";
const NEW: &str = "an entirely different passphrase";

/// Where it is seen that the function did what it is there for: a text or a number, from these rows. Empty: nothing is stored.
type Seen = (&'static str, &'static str);

const NOWHERE: Seen = ("", "");
const HOW_MANY: &str = "CAST(COUNT(*) AS TEXT)";
const ALIVE: Seen = (HOW_MANY, "sessions WHERE ended_at IS NULL");
const STEP: Seen = ("healing", "sessions ORDER BY created_at, healing");
const PASSWORD: Seen = ("COALESCE(password_hash, '')", "users");
const KNOWN: Seen = (HOW_MANY, "browser_accounts WHERE mark_hash IS NOT NULL");
const PASSKEYS: Seen = (HOW_MANY, "passkeys WHERE removed_at IS NULL");
const MAILS: Seen = (HOW_MANY, "outbox");

/// Each function of [`DECLARED`].
const SEEN: &[(&str, Seen)] = &[
    ("/api/page", NOWHERE),
    ("/api/sign-in/identify", NOWHERE),
    ("/api/sign-in/one-tap", NOWHERE),
    ("/api/sign-in/start-over", NOWHERE),
    ("/api/sign-in/use-password", NOWHERE),
    ("/api/sign-in/password", ALIVE),
    ("/api/sign-in/email-code", MAILS),
    ("/api/sign-in/code", ALIVE),
    ("/api/sign-in/report", ALIVE),
    ("/api/sign-in/report-anyone", ALIVE),
    ("/api/sign-up", (HOW_MANY, "users")),
    ("/api/sign-up/code", (HOW_MANY, "users")),
    // Where no code is waited for there is nothing to do.
    ("/api/sign-up/send", NOWHERE),
    ("/api/sign-up/start-over", NOWHERE),
    ("/api/forgot/send", MAILS),
    ("/api/forgot/password", PASSWORD),
    ("/api/not-me", (HOW_MANY, "notices WHERE disowned_at IS NOT NULL")),
    ("/api/confirm/code", (HOW_MANY, "sessions WHERE code_at IS NOT NULL")),
    ("/api/confirm/send", MAILS),
    ("/api/healing/report", PASSKEYS),
    ("/api/healing/not-now", STEP),
    ("/api/healing/continue", STEP),
    ("/api/session/verify", (HOW_MANY, "sessions WHERE passkey_at > created_at")),
    ("/api/session/password", (HOW_MANY, "sessions WHERE password_at > created_at")),
    ("/api/session/sign-out", ALIVE),
    ("/api/browser/forget", (HOW_MANY, "browser_accounts")),
    ("/api/passkeys/add", STEP),
    ("/api/passkeys/rename", ("name", "passkeys")),
    ("/api/passkeys/remove", PASSKEYS),
    ("/api/address/code", (HOW_MANY, "users WHERE verified_at IS NOT NULL")),
    ("/api/address/send", MAILS),
    ("/api/new-address/code", ("identifier_key", "users")),
    ("/api/new-address/send", MAILS),
    ("/api/codes/renew", ("CAST(created_at AS TEXT)", "saved_codes")),
    ("/api/codes/kept", STEP),
    ("/api/account/change-password", PASSWORD),
    ("/api/account/change-identifier", ("identifier_key", "users")),
    ("/api/account/delete", (HOW_MANY, "users")),
    ("/api/account/end-session", ALIVE),
    ("/api/account/end-sessions", ALIVE),
    ("/api/account/forget-browser", KNOWN),
    ("/api/account/forget-browsers", KNOWN),
];

/// Every function that needs this, and where its work is seen.
fn all_that_need(wanted: &[Needs]) -> Vec<(&'static str, Needs, Seen)> {
    let seen = |path| SEEN.iter().find(|(other, _)| *other == path).map(|(_, seen)| *seen);
    let wanted = DECLARED.iter().filter(|(_, needs)| wanted.contains(needs));
    wanted
        .map(|(path, needs)| {
            (*path, *needs, seen(*path).unwrap_or_else(|| panic!("say in SEEN where the work of {path} is seen")))
        })
        .collect()
}

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Nobody,
    /// The password of an account with a passkey.
    Password,
    /// And a code as well, which opens the way to a new passkey and nothing else.
    PasswordAndCode,
    /// A mailed code, in place of passkey and password.
    Code,
    Passkey,
}

/// Functions of any session for which there is not always something to do.
const ONLY: [(&str, &[Kind]); 2] = [
    // Nobody else is asked for a code.
    ("/api/confirm/send", &[Kind::Password]),
    // Nobody else is shown any.
    ("/api/codes/kept", &[Kind::Passkey]),
];

/// Whether a function of sessions does its work there.
fn is_expected(path: &str, needs: Needs, kind: Kind) -> bool {
    let only = ONLY.iter().find(|(other, _)| *other == path);
    match needs {
        Needs::Session => only.map_or(kind != Kind::Nobody, |(_, kinds)| kinds.contains(&kind)),
        Needs::Passkey => kind == Kind::Passkey,
        Needs::Nothing | Needs::ItsOwnProof => unreachable!("{path} is not one of sessions"),
    }
}

/// An account with a passkey and a password, its owner signed in here, and at home as well.
struct Scene {
    app: TestApp,
    owner: Person,
    /// The ids of what the owner has: the passkey, and the session and the browser at home.
    passkey: String,
    session: String,
    browser: String,
}

impl Scene {
    /// With recovery codes; or without, and with an address that nobody has confirmed, as a version before made accounts.
    async fn set(has_codes: bool) -> Self {
        let app = TestApp::start().await;
        let mut owner = app.person(ADDRESS);
        owner.settles_in().await;
        if has_codes {
            owner.gets_codes().await;
            owner.keeps_codes().await;
        } else {
            app.unconfirms(ADDRESS).await;
            owner.opens("/confirm-address").await;
            owner.chooses("Send a code").await;
            owner.opens("/dashboard").await;
        }
        let RowMode::Shown { remove, .. } = owner.dashboard().passkeys[0].mode.clone() else {
            panic!("{:?}", owner.page)
        };
        let passkey = remove.hidden[0].1.clone();
        let mut home = owner.elsewhere(&app);
        home.device = owner.device.clone();
        home.signs_in_with_passkey().await;
        owner.opens("/account").await;
        let id_in = |list: &str| {
            let other = owner.list(list).items.iter().find(|item| item.state.is_empty()).unwrap();
            hidden(other.end.as_ref().unwrap(), "id")
        };
        let (session, browser) = (id_in("sessions"), id_in("browsers"));
        // The latest mail is told by its time.
        app.wait(1_000);
        Self { app, owner, passkey, session, browser }
    }

    /// Somebody in a browser of their own who has come so far.
    async fn comes(&self, kind: Kind) -> Person {
        let mut actor = self.owner.elsewhere(&self.app);
        match kind {
            Kind::Nobody => actor.identifies().await,
            Kind::Password => actor.signs_in_with_password().await,
            Kind::PasswordAndCode => {
                actor.signs_in_with_password().await;
                let code = self.app.mail(ADDRESS, "Your code for Keymend").await.code();
                actor.types_code(&code).await;
                actor.shows("create-passkey");
            }
            Kind::Code => {
                actor.comes_to_the_code().await;
                let code = self.app.mail(ADDRESS, "Sign in to Keymend with this code").await.code();
                actor.types_code(&code).await;
                actor.shows("needs-proof");
            }
            Kind::Passkey => {
                actor.device = self.owner.device.clone();
                actor.signs_in_with_passkey().await;
                actor.shows("dashboard");
            }
        }
        actor
    }

    /// Goes on to where the function has something to do, as far as this one comes.
    async fn gets_ready(&self, actor: &mut Person, path: &str, kind: Kind) {
        match (path, kind) {
            ("/api/confirm/send" | "/api/healing/not-now" | "/api/healing/continue", Kind::Password | Kind::Code) => {}
            ("/api/healing/not-now", Kind::PasswordAndCode) => {}
            ("/api/healing/not-now", Kind::Passkey) => actor.adds_a_passkey().await,
            ("/api/healing/continue", Kind::Passkey | Kind::PasswordAndCode) => {
                if kind == Kind::Passkey {
                    actor.adds_a_passkey().await;
                }
                actor.device.passkeys.clear();
                actor.creates_passkey().await;
                actor.shows("passkey-created");
            }
            ("/api/codes/kept", Kind::Passkey) => drop(actor.gets_codes().await),
            ("/api/address/code", Kind::Passkey) => {
                actor.browser.post("/api/address/send", &[("flow", &flow(actor))]).await;
            }
            ("/api/new-address/code" | "/api/new-address/send", Kind::Passkey) => {
                actor.changes("/account/identifier", &[("identifier", ANOTHER)]).await;
                actor.shows("new-address");
            }
            (_, Kind::Password) if actor.step() == "confirm" => actor.chooses("Not now").await,
            (_, Kind::Password | Kind::Code) => actor.continues().await,
            (_, Kind::PasswordAndCode) => actor.says_not_now().await,
            _ => {}
        }
    }

    async fn sees(&self, (what, rows): Seen) -> Vec<String> {
        if what.is_empty() { Vec::new() } else { self.app.texts(what, rows).await }
    }

    /// The whole form, with whatever could be of use.
    async fn posts(&self, actor: &Person, path: &str) {
        let code = match path {
            "/api/address/code" => self.app.mail(ADDRESS, "Confirm your email address").await.code(),
            "/api/new-address/code" if actor.step() == "new-address" => {
                self.app.mail(ANOTHER, "Confirm your new email address").await.code()
            }
            _ => String::new(),
        };
        let id = match path {
            "/api/account/end-session" => &self.session,
            "/api/account/forget-browser" => &self.browser,
            _ => &self.passkey,
        };
        let flow = flow(actor);
        let fields = [
            ("flow", flow.as_str()),
            ("id", id),
            ("code", &code),
            ("name", "mine"),
            ("identifier", "lovelace"),
            ("password", &actor.password),
            ("new_password", NEW),
            ("confirmation", ADDRESS),
            ("address", "/dashboard"),
        ];
        actor.browser.post(path, &fields).await;
    }
}

fn hidden(action: &Action, name: &str) -> String {
    let found = action.hidden.iter().find(|(field, _)| field == name);
    found.unwrap_or_else(|| panic!("no {name} in {action:?}")).1.clone()
}

/// The flow that every form of the present page carries.
fn flow(person: &Person) -> String {
    let action = match &person.page.screen {
        Screen::Identify(screen) => &screen.form.as_ref().unwrap().1,
        Screen::UsePasskey(screen) => &screen.password,
        Screen::EnterPassword(screen) => &screen.sign_in,
        Screen::CreatePasskey(screen) => &screen.not_now,
        Screen::PasskeyCreated(screen) => &screen.proceed,
        Screen::NeedsProof(screen) => &screen.later,
        Screen::Dashboard(screen) => &screen.add,
        Screen::RecoveryCodes(screen) => &screen.proceed,
        Screen::Ask(screen) => &screen.submit,
        other => panic!("which form of {}?", other.name()),
    };
    hidden(action, "flow")
}

/// Tries every function of sessions, each on an account of its own.
async fn tries_what_sessions_may_do(kind: Kind) {
    let (mut did, mut did_not) = (0, 0);
    for (path, needs, seen) in all_that_need(&[Needs::Session, Needs::Passkey]) {
        // An address can be confirmed once; and where there are codes, nobody is told that there is no other proof.
        let has_codes = match path {
            "/api/address/code" | "/api/address/send" => false,
            "/api/healing/continue" => matches!(kind, Kind::PasswordAndCode | Kind::Code),
            _ => true,
        };
        if !has_codes && matches!(kind, Kind::PasswordAndCode | Kind::Code) {
            continue;
        }
        let scene = Scene::set(has_codes).await;
        let mut actor = scene.comes(kind).await;
        scene.gets_ready(&mut actor, path, kind).await;
        if path.starts_with("/api/account/end-session") {
            // Where a passkey has just answered, only a passkey ends the session.
            scene.app.wait(11 * MINUTE);
        }
        let before = scene.sees(seen).await;
        assert!(!before.is_empty(), "say in SEEN where it is seen what {path} did");
        scene.posts(&actor, path).await;
        let happened = scene.sees(seen).await != before;
        assert_eq!(happened, is_expected(path, needs, kind), "{path} for {kind:?}, which needs {needs:?}");
        if happened { did += 1 } else { did_not += 1 }
    }
    println!("{kind:?}: {did} functions did their work, {did_not} did not");
}

#[tokio::test]
async fn without_a_session_nothing_happens_that_needs_one() {
    tries_what_sessions_may_do(Kind::Nobody).await;
}

#[tokio::test]
async fn a_session_of_the_password_does_what_any_session_does_and_no_more() {
    tries_what_sessions_may_do(Kind::Password).await;
}

#[tokio::test]
async fn a_code_beside_the_password_opens_nothing_but_the_way_to_a_passkey() {
    tries_what_sessions_may_do(Kind::PasswordAndCode).await;
}

#[tokio::test]
async fn a_session_of_a_mailed_code_does_what_any_session_does_and_no_more() {
    tries_what_sessions_may_do(Kind::Code).await;
}

#[tokio::test]
async fn a_session_of_a_passkey_does_it_all() {
    tries_what_sessions_may_do(Kind::Passkey).await;
}

/// A form to be posted.
struct Post {
    browser: Browser,
    path: String,
    fields: Vec<(String, String)>,
}

impl Post {
    fn of(person: &Person, action: &Action, more: &[(&str, &str)]) -> Self {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields = action.hidden.iter().cloned().chain(more).collect();
        Self { browser: person.browser.clone(), path: action.path.clone(), fields }
    }

    fn of_report(person: &Person, ceremony: &Ceremony, credential: &serde_json::Value) -> Self {
        let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
        let fields = [("flow", &ceremony.flow), ("ceremony", &ceremony.state), ("outcome", &outcome)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.clone())).to_vec();
        Self { browser: person.browser.clone(), path: ceremony.report.clone(), fields }
    }

    async fn send(&self) -> StatusCode {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.post(&self.path, &fields).await.status
    }
}

/// An answer to another prompt.
fn to_another(making: &mut Making) {
    making.client["challenge"] = "AAAA".into();
}

/// The form of a function with the proof that it takes, or with one that is none.
async fn proved(scene: &mut Scene, path: &str, is_right: bool) -> Post {
    let change: fn(&mut Making) = if is_right { honest } else { to_another };
    let another = |right: String| match is_right {
        true => right,
        false if right == "000000" => "111111".to_owned(),
        false => "000000".to_owned(),
    };
    let app = &scene.app;
    let mut there = scene.owner.elsewhere(app);
    let password = if is_right { there.password.clone() } else { "not the password at all".to_owned() };
    match path {
        "/api/sign-in/password" => {
            there.identifies().await;
            there.uses_password_instead().await;
            let Screen::EnterPassword(screen) = &there.page.screen else { panic!("{:?}", there.page) };
            Post::of(&there, &screen.sign_in, &[("password", &password)])
        }
        "/api/sign-in/code" => {
            there.comes_to_the_code().await;
            let code = another(app.mail(ADDRESS, "Sign in to Keymend with this code").await.code());
            Post::of(&there, &there.ask().submit, &[("code", &code)])
        }
        "/api/sign-in/report" => {
            there.identifies().await;
            let credential = scene.owner.device.get(&there.ceremony().options, change).unwrap();
            Post::of_report(&there, there.ceremony(), &credential)
        }
        "/api/sign-in/report-anyone" => {
            there.browser.environment = Some(SUGGESTS.to_owned());
            there.opens("/sign-in").await;
            let ceremony = there.identify().autofill.clone().unwrap();
            let credential = scene.owner.device.get(&ceremony.options, change).unwrap();
            Post::of_report(&there, &ceremony, &credential)
        }
        "/api/sign-up/code" => {
            let mut new = app.person("new@example.org");
            new.begins_to_sign_up().await;
            let code = another(app.mail("new@example.org", "Your code for a new account").await.code());
            Post::of(&new, &new.ask().submit, &[("code", &code)])
        }
        "/api/forgot/password" => {
            there.has_forgotten().await;
            let code = another(app.mail(ADDRESS, "A new password").await.code());
            Post::of(&there, &there.ask().submit, &[("code", &code), ("password", NEW)])
        }
        "/api/not-me" => {
            there.opens(&app.mail(ADDRESS, "A new passkey was added").await.link()).await;
            let mut post = Post::of(&there, &there.ask().submit, &[]);
            let (_, token) = post.fields.iter_mut().find(|(name, _)| name == "token").unwrap();
            if !is_right {
                *token = "A".repeat(token.len());
            }
            post
        }
        "/api/confirm/code" => {
            there.signs_in_with_password().await;
            there.shows("confirm");
            let code = another(app.mail(ADDRESS, "Your code for Keymend").await.code());
            Post::of(&there, &there.ask().submit, &[("code", &code)])
        }
        "/api/healing/report" => {
            there.device = scene.owner.device.clone();
            there.signs_in_with_passkey().await;
            there.adds_a_passkey().await;
            there.device.passkeys.clear();
            let options = there.ceremony().options.clone();
            let credential = there.device.create(&options, change).unwrap();
            Post::of_report(&there, there.ceremony(), &credential)
        }
        "/api/session/verify" => {
            there.signs_in_with_password().await;
            app.wait(MINUTE);
            let credential = scene.owner.device.get(&there.ceremony().options, change).unwrap();
            Post::of_report(&there, there.ceremony(), &credential)
        }
        "/api/session/password" => {
            // In a browser that is known, with a proof that has grown old.
            let owner = &mut scene.owner;
            owner.opens("/dashboard").await;
            owner.signs_out().await;
            owner.signs_in_with_password().await;
            app.wait(6 * MINUTE);
            owner.opens("/dashboard").await;
            owner.adds_a_passkey().await;
            let Screen::NeedsProof(NeedsProof { password: Some((_, action)), .. }) = &owner.page.screen else {
                panic!("{:?}", owner.page)
            };
            Post::of(owner, action, &[("password", &password)])
        }
        other => panic!("say how {other} is proved"),
    }
}

#[tokio::test]
async fn what_brings_its_own_proof_happens_with_that_proof_and_with_no_other() {
    let mut proofs = 0;
    for (path, _, seen) in all_that_need(&[Needs::ItsOwnProof]) {
        for is_right in [false, true] {
            let mut scene = Scene::set(true).await;
            let post = proved(&mut scene, path, is_right).await;
            assert_eq!(post.path, path);
            let before = scene.sees(seen).await;
            let status = post.send().await;
            let happened = scene.sees(seen).await != before;
            assert_eq!((happened, status.is_success()), (is_right, is_right), "{path}: {status}");
        }
        proofs += 1;
    }
    println!("{proofs} functions took their own proof, and no other");
}

/// What an account is made of.
async fn accounts(app: &TestApp) -> Vec<String> {
    let mut all = Vec::new();
    for (what, rows) in [
        ("identifier_key", "users WHERE identifier_key <> 'lovelace'"),
        ("COALESCE(password_hash, '')", "users WHERE identifier_key <> 'lovelace'"),
        ("name", "passkeys WHERE removed_at IS NULL ORDER BY name"),
        (HOW_MANY, "users WHERE verified_at IS NOT NULL"),
        (HOW_MANY, "saved_codes WHERE used_at IS NULL"),
        KNOWN,
    ] {
        all.extend(app.texts(what, rows).await);
    }
    all
}

#[tokio::test]
async fn what_needs_nothing_changes_no_account() {
    let scene = Scene::set(true).await;
    for (path, _, seen) in all_that_need(&[Needs::Nothing]) {
        for kind in [Kind::Nobody, Kind::Password, Kind::Passkey] {
            scene.app.wait(DAY / 48);
            let actor = scene.comes(kind).await;
            let (before, did) = (accounts(&scene.app).await, scene.sees(seen).await);
            scene.posts(&actor, path).await;
            assert_eq!(accounts(&scene.app).await, before, "{path} for {kind:?}");
            if kind == Kind::Nobody {
                assert_eq!(scene.sees(seen).await != did, seen != NOWHERE, "{path}");
            }
        }
    }
}
