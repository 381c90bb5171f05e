//! Whom the operator let in again chooses a new password. Until then such a session does nothing else, whether the account ever had
//! a passkey or not; from then on it is as any other.

use crate::app::{Answer, TestApp};
use crate::dump::Dump;
use crate::operator::reset;
use crate::person::Person;
use crate::thief::{DECLARED, Needs};
use domain::ids::UserId;
use domain::time::{DAY, Millis, SECOND};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use keymend::server::db;
use keymend::server::services::inside::Inside;
use keymend::server::visit::Visit;
use std::collections::BTreeSet;

const ADDRESS: &str = "ada@example.org";
/// What the account is to be called.
const ANOTHER: &str = "lovelace@example.org";
const NEW: &str = "an entirely different passphrase";

/// What such a session may do.
const MAY: [&str; 2] = ["/api/account/change-password", "/api/session/sign-out"];
/// Functions of the doors, where a session is begun.
const DOORS: [&str; 4] = ["/api/page", "/api/sign-in/", "/api/sign-up", "/api/forgot/"];
/// There is not always something to do: nobody is asked for a code where a passkey has answered.
const NOT_ALWAYS: (&str, Needs) = ("/api/confirm/send", Needs::Session);

/// Somebody whom the operator let in, and a second session of the account at home.
struct Scene {
    app: TestApp,
    user: UserId,
    actor: Person,
    home: Person,
    /// The flow that each form of the session carries.
    flow: String,
    did: BTreeSet<&'static str>,
}

impl Scene {
    async fn set(has_passkey: bool) -> Self {
        let app = TestApp::start().await;
        let mut owner = app.person(ADDRESS);
        owner.signs_up().await;
        if has_passkey {
            owner.creates_passkey().await;
            owner.continues().await;
        } else {
            owner.says_not_now().await;
        }
        let password = reset(&app, ADDRESS).await;
        let mut actor = Person { password, ..owner.elsewhere(&app) };
        actor.signs_in_with_password().await;
        actor.shows("change-password");
        let flow = actor.change().form.clone().unwrap().1.hidden[0].1.clone();
        let mut home = owner.elsewhere(&app);
        if has_passkey {
            home.device = owner.device.clone();
            home.signs_in_with_passkey().await;
        } else {
            home.comes_to_the_code().await;
            home.types_code(&app.mail(ADDRESS, "Sign in to Keymend with this code").await.code()).await;
        }
        assert_eq!((home.status, app.sessions().await), (StatusCode::OK, 2), "{:?}", home.page);
        // As a version before made accounts: there is an address to be confirmed.
        app.unconfirms(ADDRESS).await;
        actor.opens("/dashboard").await;
        actor.shows("change-password");
        let user = app.user(ADDRESS).await.unwrap();
        Self { app, user, actor, home, flow, did: BTreeSet::new() }
    }

    async fn dump(&self) -> Dump {
        Dump::of(&self.app.app().db).await
    }

    /// The session at home.
    async fn other(&self) -> db::sessions::Session {
        let db = self.app.app().db.clone();
        let all = db::sessions::alive_of_user(db.read(), self.user, (Millis(0), self.app.now()), 9).await.unwrap();
        all.into_iter().find(|session| session.flow.0.simple().to_string() != self.flow).unwrap()
    }

    /// A passkey of the account, if it has one.
    async fn passkey(&self) -> String {
        let all = db::passkeys::of_user(self.app.app().db.read(), self.user).await.unwrap();
        all.first().map(|passkey| passkey.id.0.to_string()).unwrap_or_default()
    }

    /// Of what the account was told last.
    async fn notice(&self) -> String {
        let since = self.app.now().plus(-DAY);
        db::notices::of_user(self.app.app().db.read(), self.user, since, 1).await.unwrap()[0].id.to_string()
    }

    /// The whole form, with whatever could be of use.
    async fn posts(&self, path: &str) -> Answer {
        let id = match path {
            "/api/account/end-session" => self.other().await.id.0.to_string(),
            "/api/account/forget-browser" => self.other().await.browser.0.to_string(),
            _ => self.passkey().await,
        };
        let notice = self.notice().await;
        let fields = [
            ("flow", self.flow.as_str()),
            ("id", &id),
            ("notice", &notice),
            ("code", "000000"),
            ("name", "mine"),
            ("identifier", "lovelace"),
            ("password", &self.actor.password),
            ("confirmation", ADDRESS),
            ("ceremony", "AAAA"),
            ("outcome", "{}"),
        ];
        self.actor.browser.post(path, &fields).await
    }

    /// With these fields the function does its work.
    async fn does(&mut self, path: &'static str, fields: &[(&str, &str)]) {
        let before = self.dump().await;
        let fields: Vec<_> = fields.iter().copied().chain([("flow", self.flow.as_str())]).collect();
        let answer = self.actor.browser.post(path, &fields).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        assert!(self.dump().await != before, "{path}: {}", answer.text());
        self.did.insert(path);
    }

    async fn comes_home(&mut self) {
        self.home.device = self.actor.device.clone();
        self.home.signs_in_with_passkey().await;
    }

    /// Everything that a session does, from the new password to the end of the account.
    async fn does_everything(&mut self) {
        self.does("/api/account/change-password", &[("new_password", NEW)]).await;
        self.actor.password = NEW.to_owned();
        self.does("/api/healing/not-now", &[]).await;
        self.does("/api/passkeys/add", &[]).await;
        self.actor.opens("/dashboard").await;
        self.actor.creates_passkey().await;
        self.actor.shows("passkey-created");
        self.does("/api/healing/continue", &[]).await;
        self.does("/api/address/send", &[]).await;
        let code = self.app.mail(ADDRESS, "Confirm your email address").await.code();
        self.does("/api/address/code", &[("code", &code)]).await;
        let passkey = self.passkey().await;
        self.does("/api/passkeys/rename", &[("id", &passkey), ("name", "mine")]).await;
        self.does("/api/codes/renew", &[]).await;
        self.does("/api/codes/kept", &[]).await;
        self.comes_home().await;
        let (session, browser) = (self.other().await.id.0.to_string(), self.other().await.browser.0.to_string());
        self.does("/api/account/forget-browser", &[("id", &browser)]).await;
        self.does("/api/account/end-session", &[("id", &session)]).await;
        self.comes_home().await;
        self.does("/api/account/forget-browsers", &[]).await;
        self.does("/api/account/end-sessions", &[]).await;
        self.does("/api/account/change-identifier", &[("identifier", ANOTHER)]).await;
        // The latest mail is told by its time.
        self.app.wait(SECOND);
        self.does("/api/new-address/send", &[]).await;
        let code = self.app.mail(ANOTHER, "Confirm your new email address").await.code();
        self.does("/api/new-address/code", &[("code", &code)]).await;
        self.does("/api/browser/forget", &[]).await;
        self.does("/api/passkeys/remove", &[("id", &passkey)]).await;
        self.does("/api/account/delete", &[("confirmation", ANOTHER)]).await;
        assert_eq!(self.app.count("users").await, 0);
    }
}

/// The functions that a session has a use for, with what they need; those that would leave nothing to the others come last.
fn of_sessions() -> Vec<(&'static str, Needs)> {
    let is_within = |path: &str| !MAY.contains(&path) && !DOORS.iter().any(|door| path.starts_with(door));
    let mut all: Vec<_> = DECLARED.iter().copied().filter(|(path, _)| is_within(path)).collect();
    all.sort_by_key(|(path, _)| ["/api/not-me", "/api/account/delete"].contains(path));
    all
}

/// Posts to every function that a session has a use for, and looks at all that is stored.
async fn does_nothing(has_passkey: bool) {
    let scene = Scene::set(has_passkey).await;
    let mut wrong = Vec::new();
    for (path, _) in of_sessions() {
        let before = scene.dump().await;
        let answer = scene.posts(path).await;
        let (now, step) = (scene.dump().await, answer.step());
        if now != before || step != "change-password" || !answer.status.is_success() {
            wrong.push((path, answer.status, step, now != before));
        }
    }
    assert!(wrong.is_empty(), "function, answer, step, whether something was changed: {wrong:#?}");
    // Nor is there a page for it.
    let answer = scene.actor.browser.page(&format!("/not-me?notice={}", scene.notice().await)).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "told"));
}

#[tokio::test]
async fn with_an_account_that_never_had_a_passkey_nothing_is_done_before_the_password_is_chosen() {
    does_nothing(false).await;
}

#[tokio::test]
async fn with_an_account_that_has_a_passkey_nothing_is_done_before_the_password_is_chosen() {
    does_nothing(true).await;
}

#[tokio::test]
async fn once_the_password_is_chosen_everything_works_as_ever() {
    for has_passkey in [false, true] {
        let mut scene = Scene::set(has_passkey).await;
        scene.does_everything().await;
        let mut left = of_sessions();
        left.retain(|(path, needs)| *needs != Needs::ItsOwnProof && !scene.did.contains(path));
        assert_eq!(left, [NOT_ALWAYS], "say in does_everything what it does");
    }
}

/// A function of the future that asks for nothing but a session gets no hold of this one.
#[tokio::test]
async fn a_session_that_was_let_in_is_locked_for_its_new_password_alone() {
    for is_chosen in [false, true] {
        let mut scene = Scene::set(false).await;
        if is_chosen {
            scene.does("/api/account/change-password", &[("new_password", NEW)]).await;
        }
        let app = scene.app.app();
        let cookies = format!("session={}", scene.actor.browser.cookie("session").unwrap());
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(&cookies).unwrap())]);
        let mut visit = Visit::read(&app, &headers, None);
        let session = visit.session().await.unwrap().unwrap();
        let tx = app.db.write().await.unwrap();
        let locked = Inside::lock(&mut visit, &tx, &session).await.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(locked.is_some(), is_chosen);
        let locked = Inside::lock_for_new_password(&mut visit, &tx, &session).await;
        assert!(locked.unwrap_or_else(|failure| panic!("{failure}")).is_some());
    }
}

#[tokio::test]
async fn whoever_was_let_in_may_sign_out_instead() {
    let scene = Scene::set(false).await;
    let answer = scene.actor.browser.post("/api/session/sign-out", &[("flow", &scene.flow)]).await;
    assert_eq!((answer.status, answer.step(), scene.app.sessions().await), (StatusCode::OK, "identify", 1));
}
