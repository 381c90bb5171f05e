//! *This was not me*

use crate::app::TestApp;
use crate::forgotten::NOT_NEW;
use crate::person::Person;
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::page::{Dashboard, Screen};
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";

/// Somebody whose account got a passkey a minute ago, of which they were told.
async fn told(app: &TestApp) -> (Person, String) {
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.wait(MINUTE);
    // With the finger of the owner on it, but not by the owner.
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.continues().await;
    let mails = app.mails().await;
    let added: Vec<_> = mails.iter().filter(|mail| mail.subject.contains("passkey was added")).collect();
    (ada, added.last().unwrap().link())
}

#[tokio::test]
async fn the_button_of_the_mail_ends_the_passkey_the_sessions_and_the_password() {
    let app = TestApp::start().await;
    let (mut ada, link) = told(&app).await;
    let mut phone = app.person(ADDRESS);
    phone.opens(&link).await;
    phone.shows("not-me");
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 2, "looking does nothing");
    assert!(phone.browser.get(&link).await.status.is_success());
    assert_eq!(app.count("notices WHERE disowned_at IS NOT NULL").await, 0);
    phone.answers(&[]).await;
    phone.shows("told");
    let done = phone.page.address.clone();
    phone.opens(&done).await;
    assert!(phone.reads("Your account is closed to others"), "a reload says the same: {:?}", phone.page);
    // Nobody else reads that, nor does this browser once it has gone on.
    let mut somebody = app.person("bob");
    for address in [done.as_str(), "/not-me?done=mail", "/not-me?done=codes"] {
        somebody.opens(address).await;
        assert_eq!((somebody.status, somebody.step()), (StatusCode::NOT_FOUND, "told"), "{address}");
        assert!(somebody.reads("This link does not count any more"), "{:?}", somebody.page);
    }
    phone.opens("/sign-in").await;
    phone.opens(&done).await;
    assert!(!phone.reads("Your account is closed to others"), "{:?}", phone.page);
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1, "the one of before stays");
    assert_eq!(app.sessions().await, 0);
    assert_eq!(app.count("users WHERE password_hash IS NULL").await, 1);
    assert_eq!(app.count("browser_accounts WHERE mark_hash IS NOT NULL").await, 0);
    ada.opens("/dashboard").await;
    ada.shows("identify");
    ada.signs_in_by_hand().await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);

    // Once only.
    phone.opens(&link).await;
    phone.shows("told");
    // The owner goes on.
    phone.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    phone.chooses_password(&code).await;
    assert_eq!(phone.status, StatusCode::OK);
}

/// After *this was not me* nobody has a password, so nobody is asked for it.
#[tokio::test]
async fn whoever_has_no_password_any_more_is_told_and_shown_the_way() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.device = ada.device.clone();
    app.wait(MINUTE);
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    let mails = app.mails().await;
    let link = mails.iter().rfind(|mail| mail.subject.contains("passkey was added")).unwrap().link();
    ada.opens(&link).await;
    ada.answers(&[]).await;
    assert_eq!(app.count("users WHERE password_hash IS NULL").await, 1);

    // By a passkey, a while ago: the passkey once more, and no field.
    laptop.signs_in_with_passkey().await;
    app.wait(6 * MINUTE);
    laptop.opens("/dashboard").await;
    laptop.adds_a_passkey().await;
    let Screen::NeedsProof(screen) = &laptop.page.screen else { panic!("{:?}", laptop.page) };
    assert!(screen.password.is_none() && screen.ceremony.is_some(), "{screen:?}");
    laptop.uses_passkey().await;
    laptop.shows("create-passkey");
    laptop.says_not_now().await;
    app.wait(6 * MINUTE);
    laptop
        .changes("/account/password", &[("password", "anything at all"), ("new_password", "a passphrase of mine")])
        .await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNPROCESSABLE_ENTITY, "change-password"));
    assert!(laptop.reads("This account has no password any more"), "{:?}", laptop.page);

    // By a mailed code: a password first.
    ada.comes_to_the_code().await;
    let code = app.mail(ADDRESS, "Sign in to Keymend with this code").await.code();
    ada.types_code(&code).await;
    let Screen::NeedsProof(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert!(screen.password.is_none(), "{screen:?}");
    assert!(ada.reads("Choose a new password"), "{:?}", ada.page);
    ada.continues().await;
    ada.signs_out().await;
    ada.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    ada.chooses_password(&code).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
}

/// A thief may know it: that is why it was taken away.
#[tokio::test]
async fn the_password_that_was_taken_away_is_not_chosen_again() {
    let app = TestApp::start().await;
    let (ada, link) = told(&app).await;
    let mut owner = app.person(ADDRESS);
    owner.opens(&link).await;
    owner.answers(&[]).await;
    owner.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    owner.answers(&[("code", &code), ("password", &ada.password)]).await;
    assert_eq!((owner.status, owner.step()), (StatusCode::UNPROCESSABLE_ENTITY, "new-password"));
    let problems: Vec<_> = owner.ask().fields.iter().map(|field| field.problem.as_str()).collect();
    assert_eq!(problems, ["", NOT_NEW]);
    assert_eq!(app.count("users WHERE password_hash IS NULL").await, 1);
    owner.chooses_password(&code).await;
    assert_eq!(owner.status, StatusCode::OK, "{:?}", owner.page);

    // Nor in place of the new one, however long ago it was.
    app.wait(DAY);
    owner.browser.drop_cookie("session");
    owner.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    owner.answers(&[("code", &code), ("password", &ada.password)]).await;
    assert_eq!(owner.status, StatusCode::UNPROCESSABLE_ENTITY);
    owner.chooses_password(&code).await;
    assert_eq!(owner.status, StatusCode::OK, "{:?}", owner.page);
    assert_eq!(app.count("users WHERE void_passwords IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_link_that_is_made_up_or_old_does_nothing() {
    let app = TestApp::start().await;
    let (ada, link) = told(&app).await;
    let stored = app.stored().await;
    let made_up = format!("/not-me?token={}", "A".repeat(43));
    for address in ["/not-me", "/not-me?token=", "/not-me?token=%ff", "/not-me?notice=abc", made_up.as_str()] {
        let mut somebody = app.person(ADDRESS);
        somebody.opens(address).await;
        assert_eq!((somebody.status, somebody.step()), (StatusCode::NOT_FOUND, "told"), "{address}");
    }
    let token = link.split_once('=').unwrap().1.to_owned();
    app.wait(31 * DAY);
    let answer = ada.browser.post("/api/not-me", &[("flow", ""), ("token", &token)]).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "told"));
    assert_eq!(app.stored().await, stored);
}

#[tokio::test]
async fn another_session_is_told_and_only_one_that_a_passkey_opened_may_disown() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.device = ada.device.clone();
    laptop.signs_in_with_passkey().await;
    laptop.shows("dashboard");
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    thief.continues().await;
    app.wait(MINUTE);
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.continues().await;
    let own = |person: &Person| {
        let Dashboard { news, hints, .. } = person.dashboard();
        let words = news.iter().map(|(words, _)| words).chain(hints.iter().map(|(words, _)| words));
        words.filter(|words| words.contains("was added")).count()
    };
    assert_eq!(own(&ada), 0, "nobody is told of what they did");

    // A thief with the password could otherwise take the owner's new passkey away.
    thief.opens("/dashboard").await;
    assert!(own(&thief) > 0 && thief.dashboard().news.is_empty(), "{:?}", thief.page);
    assert!(thief.dashboard().hints.iter().all(|(_, way)| way.is_none()), "{:?}", thief.page);
    laptop.opens("/dashboard").await;
    let (words, way) = laptop.dashboard().news[0].clone();
    assert!(words.ends_with("was added just now (Chrome on a Mac)."), "{words}");
    let way = way.path;
    let id = way.split_once('=').unwrap().1.to_owned();
    let flow = thief.dashboard().add.hidden[0].1.clone();
    let stored = app.stored().await;
    let answer = thief.browser.post("/api/not-me", &[("flow", &flow), ("notice", &id)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = app.browser().post("/api/not-me", &[("flow", &flow), ("notice", &id)]).await;
    assert_eq!(answer.step(), "identify");
    assert_eq!(app.stored().await, stored);

    // Nor is she told in a later session of the browser in which she did it.
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    assert_eq!(own(&ada), 0, "{:?}", ada.page);

    laptop.opens(&way).await;
    laptop.shows("not-me");
    assert!(laptop.reads("was added just now (Chrome on a Mac)"), "{:?}", laptop.page);
    laptop.answers(&[]).await;
    laptop.shows("told");
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn whatever_was_added_since_goes_with_it() {
    let app = TestApp::start().await;
    let (mut ada, link) = told(&app).await;
    app.wait(MINUTE);
    // The thief goes on from the passkey that was told of.
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.continues().await;
    let codes = ada.gets_codes().await;
    let mut owner = app.person(ADDRESS);
    owner.opens(&link).await;
    owner.answers(&[]).await;
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
    assert_eq!(app.count("saved_codes").await, 0);
    owner.has_forgotten().await;
    owner.chooses_password(&codes[0]).await;
    assert_eq!(owner.status, StatusCode::UNAUTHORIZED);
}

/// A page that held a connection and waited for another one would wait for pages that do the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_dashboards_with_news_are_shown_at_once() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.device = ada.device.clone();
    laptop.signs_in_with_passkey().await;
    laptop.shows("dashboard");
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    laptop.opens("/dashboard").await;
    assert!(!laptop.dashboard().news.is_empty(), "{:?}", laptop.page);
    let mut all = JoinSet::new();
    for _ in 0..48 {
        let browser = laptop.browser.copy();
        all.spawn(async move { browser.get("/dashboard").await.status });
    }
    assert_eq!(all.join_all().await, [StatusCode::OK; 48]);
}
