//! An address in place of a name: it takes a code that was mailed there, and whoever had the account before gets it back.

use super::{LATER, limited, settled};
use crate::app::TestApp;
use crate::person::Person;
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::page::{Page, Screen};

const NEW: &str = "ada@example.org";
const OLD: &str = "ada@old.example";
const THIEFS: &str = "thief@example.org";

async fn asks(person: &mut Person, address: &str) {
    person.changes("/account/identifier", &[("identifier", address)]).await;
}

async fn code(app: &TestApp, address: &str) -> String {
    app.mail(address, "Confirm your new email address").await.code()
}

/// What is the same for everybody: the page without ids and names.
fn shape(page: &Page) -> String {
    let Screen::Ask(screen) = &page.screen else { panic!("{page:?}") };
    format!("{} {} {:?} {:?} {}", page.address, page.title, screen.what, screen.lead, screen.fields.len())
}

#[tokio::test]
async fn nothing_changes_before_the_code_is_back_and_then_it_is_the_confirmed_name() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    asks(&mut ada, " Ada@Example.org ").await;
    assert_eq!((ada.status, ada.step()), (StatusCode::OK, "new-address"), "{:?}", ada.page);
    assert!(ada.reads("A code is on its way to Ada@Example.org") && ada.reads("you sign in as ada"), "{:?}", ada.page);
    assert_eq!(app.user(NEW).await, None);
    // It waits at its address, also for a reload.
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    ada.opens("/account/new-address").await;
    ada.shows("new-address");
    for (typed, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        ("ABCD-EFGH", StatusCode::UNAUTHORIZED),
        ("0", StatusCode::UNAUTHORIZED),
    ] {
        ada.types_code(typed).await;
        assert_eq!((ada.status, ada.step()), (status, "new-address"), "{typed}");
    }
    ada.types_code(&code(&app, "Ada@Example.org").await).await;
    assert_eq!((ada.status, ada.step()), (StatusCode::OK, "account"), "{:?}", ada.page);
    assert_eq!(ada.account().identifier, "Signed in as Ada@Example.org");
    assert_eq!(app.user("ada").await, None);
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL").await, 1);
    assert_eq!(app.count("pending_identifiers").await, 0);
    let events = app.audit(NEW).await;
    for event in ["identifier-changed", "address-confirmed"] {
        assert!(events.iter().any(|other| other == event), "{events:?}");
    }
    ada.opens("/account/new-address").await;
    ada.shows("dashboard");
    ada.signs_out().await;
    ada.identifier = NEW.to_owned();
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn from_one_address_to_another_the_old_one_is_told() {
    let app = TestApp::start().await;
    let mut ada = app.person(OLD);
    ada.settles_in().await;
    asks(&mut ada, NEW).await;
    ada.types_code(&code(&app, NEW).await).await;
    ada.shows("account");
    let mail = app.mail(OLD, "has another address now").await;
    assert!(mail.text.contains(OLD) && !mail.text.contains(NEW), "{}", mail.text);
    // Codes for the old one are none any more, and mails go to the new one.
    ada.signs_out().await;
    let mut laptop = app.person(NEW);
    laptop.has_forgotten().await;
    laptop.chooses_password(&app.mail(NEW, "A new password").await.code()).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
}

#[tokio::test]
async fn whether_somebody_has_the_address_is_told_to_them_alone() {
    let app = TestApp::start().await;
    let mut bob = app.person("bob@example.org");
    bob.settles_in().await;
    let mut ada = settled(&app).await;
    asks(&mut ada, "bob@example.org").await;
    let taken = (ada.status, shape(&ada.page).replace("bob", "cyd"));
    let mails = app.mails().await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.to == "bob@example.org").collect();
    assert!(told.iter().any(|mail| mail.text.contains("for another account")), "{told:?}");
    assert!(!told.iter().any(|mail| mail.subject.contains("Confirm your new")), "{told:?}");
    ada.types_code("123456").await;
    let refused = (ada.status, shape(&ada.page).replace("bob", "cyd"));
    let mut eve = app.person("eve");
    eve.settles_in().await;
    asks(&mut eve, "cyd@example.org").await;
    assert_eq!((eve.status, shape(&eve.page).replace("as eve", "as ada")), taken);
    let right = code(&app, "cyd@example.org").await;
    let wrong = if right == "123456" { "654321" } else { "123456" };
    eve.types_code(wrong).await;
    assert_eq!((eve.status, shape(&eve.page).replace("as eve", "as ada")), refused);
    // Somebody takes it while the code is on its way.
    let mut cyd = app.person("cyd@example.org");
    cyd.settles_in().await;
    eve.types_code(&right).await;
    assert_eq!((eve.status, eve.step()), (StatusCode::UNAUTHORIZED, "new-address"));
    assert!(app.user("eve").await.is_some());
}

#[tokio::test]
async fn it_takes_a_fresh_proof_and_a_session_that_may() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut thief = limited(&app, &ada).await;
    let flow = super::flow(&thief);
    let stored = app.stored().await;
    for (path, fields) in [
        ("/api/account/change-identifier", vec![("identifier", THIEFS), ("password", &thief.password)]),
        ("/api/new-address/send", vec![]),
        ("/api/new-address/code", vec![("code", "123456")]),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("flow", flow.as_str())]).collect();
        let answer = thief.browser.post(path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    thief.opens("/account/new-address").await;
    assert_ne!(thief.step(), "new-address");
    assert_eq!(app.stored().await, stored);
    assert!(!app.mails().await.iter().any(|mail| mail.to == THIEFS));

    app.wait(LATER);
    asks(&mut ada, NEW).await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNPROCESSABLE_ENTITY, "change-identifier"));
    let (password, before) = (ada.password.clone(), ada.browser.cookie("session"));
    ada.changes("/account/identifier", &[("identifier", NEW), ("password", &password)]).await;
    ada.shows("new-address");
    let between = ada.browser.cookie("session");
    assert_ne!(between, before, "a proof brings another token");
    ada.types_code(&code(&app, NEW).await).await;
    ada.shows("account");
    assert_ne!(ada.browser.cookie("session"), between);
}

#[tokio::test]
async fn the_code_is_of_this_session_this_browser_and_the_latest_address() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    asks(&mut ada, NEW).await;
    let first = code(&app, NEW).await;
    let mut copy = ada.another_tab();
    copy.browser = ada.browser.copy();
    copy.browser.drop_cookie("browser");
    copy.opens("/account/new-address").await;
    assert_ne!(copy.step(), "new-address", "another browser with the session waits for nothing");
    // Another address: the code of before is for the one before.
    asks(&mut ada, "ada@elsewhere.example").await;
    ada.types_code(&first).await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNAUTHORIZED, "new-address"));
    ada.chooses("Send a new code").await;
    assert!(ada.reads("A new code is on its way"), "{:?}", ada.page);
    let last = code(&app, "ada@elsewhere.example").await;
    app.wait(11 * MINUTE);
    ada.types_code(&last).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    // A mailbox is not flooded from an account.
    let mut statuses = Vec::new();
    for number in 0..12 {
        let (address, password) = (format!("somebody{number}@example.org"), ada.password.clone());
        ada.changes("/account/identifier", &[("identifier", &address), ("password", &password)]).await;
        statuses.push(ada.status);
    }
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    assert_eq!(ada.step(), "change-identifier");
    let (fields, _) = ada.change().form.clone().unwrap();
    assert!(!fields.last().unwrap().problem.is_empty(), "{fields:?}");
    assert_eq!(app.audit("ada").await.iter().filter(|event| *event == "identifier-changed").count(), 0);
}

#[tokio::test]
async fn without_javascript_it_works_too() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let browser = ada.browser.without_script();
    let document = browser.visit("/account/identifier").await;
    let Screen::Change(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.form.unwrap().1, &[("identifier", NEW)]).await;
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(document.text().contains("A code is on its way"), "{}", document.text());
    let document = browser.submit(&screen.submit, &[("code", "1")]).await;
    assert!(document.text().contains(r#"role="alert""#), "{}", document.text());
    let document = browser.submit(&screen.submit, &[("code", &code(&app, NEW).await)]).await;
    assert_eq!(document.step(), "account");
    assert!(document.text().contains("Signed in as ada@example.org"), "{}", document.text());
}

/// Somebody who has no passkey, and whose password a thief knows. The thief takes everything there is to take.
async fn robbed(app: &TestApp) -> (Person, Person) {
    let mut ada = app.person(OLD);
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(DAY);
    let mut thief = ada.elsewhere(app);
    thief.signs_in_with_password().await;
    thief.shows("create-passkey");
    thief.says_not_now().await;
    asks(&mut thief, THIEFS).await;
    thief.types_code(&code(app, THIEFS).await).await;
    thief.shows("account");
    thief.identifier = THIEFS.to_owned();
    app.wait(MINUTE);
    thief.opens("/dashboard").await;
    thief.adds_a_passkey().await;
    thief.creates_passkey().await;
    thief.continues().await;
    thief.gets_codes().await;
    thief.keeps_codes().await;
    thief.changes("/account/password", &[("new_password", "a passphrase of the thief alone")]).await;
    assert_eq!(thief.status, StatusCode::OK);
    thief.password = "a passphrase of the thief alone".to_owned();
    (ada, thief)
}

/// Tries to come back in by all that the thief has.
async fn is_out(app: &TestApp, thief: &mut Person) {
    thief.opens("/dashboard").await;
    thief.shows("identify");
    for name in [THIEFS, OLD] {
        thief.browser.drop_cookie("flow");
        thief.identifier = name.to_owned();
        thief.signs_in_by_hand().await;
        assert_eq!(thief.status, StatusCode::UNAUTHORIZED, "{name}");
    }
    let before = app.mails().await.len();
    thief.browser.drop_cookie("flow");
    thief.identifier = THIEFS.to_owned();
    thief.has_forgotten().await;
    assert_eq!(app.mails().await.len(), before, "nobody has that address");
}

#[tokio::test]
async fn whoever_had_the_address_before_gets_the_account_back_from_a_thief_who_changed_it() {
    let app = TestApp::start().await;
    let (mut ada, mut thief) = robbed(&app).await;
    let link = app.mail(OLD, "has another address now").await.link();
    ada.opens(&link).await;
    ada.shows("not-me");
    assert!(ada.reads("old address or username back"), "{:?}", ada.page);
    ada.answers(&[]).await;
    ada.shows("told");
    assert!(ada.reads("a code that is mailed to you"), "{:?}", ada.page);
    assert!(app.user(OLD).await.is_some() && app.user(THIEFS).await.is_none());
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL AND password_hash IS NULL").await, 1);
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 0);
    assert_eq!(app.count("saved_codes").await, 0);
    assert!(app.mail(THIEFS, "former address back").await.text.contains(THIEFS));
    is_out(&app, &mut thief).await;

    // The thief was told of the passkey, the codes and the password that came after, and presses their buttons.
    let mails = app.mails().await;
    let links: Vec<_> = mails.iter().filter(|mail| mail.to == THIEFS && mail.text.contains("/not-me")).collect();
    assert!(links.len() >= 3, "{links:?}");
    let stored = (app.texts("identifier", "users").await, app.stored().await);
    for mail in links {
        thief.opens(&mail.link()).await;
        assert_eq!((thief.status, thief.step()), (StatusCode::NOT_FOUND, "told"));
    }
    assert_eq!((app.texts("identifier", "users").await, app.stored().await), stored);

    ada.has_forgotten().await;
    ada.chooses_password(&app.mail(OLD, "A new password").await.code()).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
}

#[tokio::test]
async fn the_thief_is_not_faster_by_disowning_first_or_by_changing_it_twice() {
    let app = TestApp::start().await;
    let (mut ada, mut thief) = robbed(&app).await;
    app.wait(MINUTE);
    asks(&mut thief, "thief@second.example").await;
    thief.types_code(&code(&app, "thief@second.example").await).await;
    // The owner of the first of the two says that the second was not them.
    let mut first = app.person(THIEFS);
    first.opens(&app.mail(THIEFS, "has another address now").await.link()).await;
    first.answers(&[]).await;
    assert!(app.user(THIEFS).await.is_some());
    // What was told before that still counts.
    ada.opens(&app.mail(OLD, "has another address now").await.link()).await;
    ada.shows("not-me");
    ada.answers(&[]).await;
    assert!(app.user(OLD).await.is_some() && app.user(THIEFS).await.is_none());
    is_out(&app, &mut thief).await;
}

#[tokio::test]
async fn a_name_that_was_taken_meanwhile_leaves_the_account_with_nobodys() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    // The thief has a passkey of the account, as it was left on a table.
    let mut thief = ada.elsewhere(&app);
    thief.device = ada.device.clone();
    thief.signs_in_with_passkey().await;
    thief.opens("/account").await;
    app.wait(MINUTE);
    asks(&mut thief, THIEFS).await;
    thief.types_code(&code(&app, THIEFS).await).await;
    let mut squatter = app.person("ada");
    squatter.settles_in().await;

    // Her own session knows of it.
    ada.opens("/dashboard").await;
    let (words, way) = ada.dashboard().news[0].clone();
    assert!(words.contains("The account had the address ada until"), "{words}");
    ada.opens(&way.path).await;
    ada.answers(&[]).await;
    ada.shows("told");
    assert_eq!(app.user(THIEFS).await, None, "no code for a new password goes to the thief");
    assert_eq!(app.count("users WHERE identifier LIKE 'account-%' AND verified_at IS NULL").await, 1);
    squatter.opens("/dashboard").await;
    squatter.shows("dashboard");
    // Her passkey knows whose it is.
    ada.opens("/sign-in").await;
    if ada.is_remembered() {
        ada.uses_another_account().await;
    }
    ada.browser.environment =
        Some(r#"{"webauthn":true,"platform_authenticator":true,"conditional_get":true}"#.to_owned());
    ada.opens("/sign-in").await;
    ada.picks_a_suggestion().await;
    ada.shows("dashboard");
}
