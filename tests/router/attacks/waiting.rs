//! Whoever waits for the account while somebody else has it finds it as that one leaves it.

use crate::app::TestApp;
use crate::dump::Dump;
use crate::person::Person;
use domain::time::{MINUTE, Millis, SECOND};
use http::StatusCode;
use keymend::server::db;
use std::time::Duration;

const ADDRESS: &str = "ada@example.org";

/// A browser that stands before *This was not me*, in a session that a passkey opened.
async fn before_the_button(app: &TestApp) -> Person {
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    // The session of the owner is the older one.
    app.wait(SECOND);
    let mut other = ada.elsewhere(app);
    other.device = ada.device.clone();
    other.signs_in_with_passkey().await;
    other.shows("dashboard");
    app.wait(MINUTE);
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.continues().await;
    other.opens("/dashboard").await;
    let (_, way) = other.dashboard().news[0].clone();
    other.opens(&way.path).await;
    other.shows("not-me");
    other
}

/// What somebody else does who has the account at that moment.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Ends,
    ForgetsThePasskey,
}

/// The button is pressed, and waits; and when its turn comes the session is none any more, or one of the password alone. It would shut
/// the notices of the owner.
#[tokio::test]
async fn a_session_that_ended_or_lost_its_passkey_while_it_waited_takes_nothing_back() {
    for (meanwhile, expected) in [
        (Meanwhile::Ends, (StatusCode::OK, "identify")),
        (Meanwhile::ForgetsThePasskey, (StatusCode::NOT_FOUND, "told")),
    ] {
        let app = TestApp::start().await;
        let mut other = before_the_button(&app).await;
        let (db, user) = (app.app().db.clone(), app.user(ADDRESS).await.unwrap());
        let all = db::sessions::alive_of_user(db.read(), user, (Millis(0), app.now()), 9).await.unwrap();
        let owners = all.iter().min_by_key(|session| session.created_at).unwrap().id;
        let before = Dump::of(&db).await.without(&["sessions"]);

        let tx = db.write().await.unwrap();
        db::users::lock(&tx, user).await.unwrap().unwrap();
        let pressed = tokio::spawn(async move {
            other.answers(&[]).await;
            other
        });
        // Long enough to come as far as the account.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!pressed.is_finished(), "it waits");
        match meanwhile {
            Meanwhile::Ends => {
                db::sessions::end_all_of_user_but(&tx, user, Some(owners), app.now()).await.unwrap();
            }
            Meanwhile::ForgetsThePasskey => {
                db::sessions::forget_passkey_proofs_but(&tx, user, owners).await.unwrap();
            }
        }
        tx.commit().await.unwrap();

        let other = pressed.await.unwrap();
        assert_eq!((other.status, other.step()), expected, "{meanwhile:?}");
        assert_eq!(Dump::of(&db).await.without(&["sessions"]), before, "{meanwhile:?}");
    }
}

/// As somebody who is faster by so little that the name was free a moment ago.
async fn takes_the_name_at_once(app: &TestApp, name: &str) {
    const COLUMNS: &str = "identifier, identifier_key, ever_had_passkey, created_at, password_changed_at";
    const VALUES: &str =
        "NEW.identifier, NEW.identifier_key, NEW.ever_had_passkey, NEW.created_at, NEW.password_changed_at";
    let sql = match app.is_postgres() {
        true => format!(
            "CREATE OR REPLACE FUNCTION squats() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
                 INSERT INTO users (id, handle, {COLUMNS}) VALUES (gen_random_uuid(), gen_random_uuid(), {VALUES});
                 RETURN NEW; END';
             CREATE TRIGGER squatter BEFORE UPDATE OF identifier_key ON users FOR EACH ROW
                 WHEN (NEW.identifier_key = '{name}') EXECUTE FUNCTION squats()"
        ),
        false => format!(
            "CREATE TRIGGER squatter BEFORE UPDATE OF identifier_key ON users WHEN NEW.identifier_key = '{name}'
                 BEGIN INSERT INTO users (id, handle, {COLUMNS}) VALUES (randomblob(16), randomblob(16), {VALUES}); END"
        ),
    };
    app.execute(&sql).await;
}

/// All else is taken back nonetheless.
#[tokio::test]
async fn a_name_that_is_taken_while_it_is_given_back_leaves_the_account_with_nobodys() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(MINUTE);
    ada.changes("/account/identifier", &[("identifier", "lovelace")]).await;
    ada.shows("account");
    let link = app.mail(ADDRESS, "another").await.link();
    takes_the_name_at_once(&app, ADDRESS).await;
    let mut owner = app.person(ADDRESS);
    owner.opens(&link).await;
    owner.answers(&[]).await;
    assert_eq!((owner.status, owner.step()), (StatusCode::OK, "told"), "{:?}", owner.page);
    let names = app.texts("identifier", "users").await;
    assert!(names.len() == 1 && names[0].starts_with("account-"), "{names:?}");
    assert_eq!(app.count("users WHERE password_hash IS NULL AND verified_at IS NULL").await, 1);
    assert_eq!(app.sessions().await, 0);
    assert_eq!(app.count("notices WHERE disowned_at IS NULL AND news LIKE '%address-changed%'").await, 0);
    assert_eq!(app.count("audit WHERE event = 'disowned'").await, 1);
}
