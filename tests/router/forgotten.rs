//! A forgotten password: a code in its place, and the same answers for everybody.

use crate::app::TestApp;
use crate::person::Person;
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::server::services::operator;

const ADDRESS: &str = "ada@example.org";
pub const NOT_NEW: &str = "Choose a password that is new to this account.";
const NEW: &str = "a lantern in the old harbour";

/// From now on every other password waits, for as long as a dear hash takes on the only thread.
pub async fn keeps_the_hasher(app: &TestApp) {
    let server = app.app();
    let stored = format!("$argon2id$v=19$m=19456,t=64,p=1${}${}", "A".repeat(22), "A".repeat(43));
    tokio::spawn(async move { server.hasher.verify("whatever it may be", Some(stored)).await });
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    waits_for_the_hasher(app, 0).await;
}

/// Until so many passwords wait.
pub async fn waits_for_the_hasher(app: &TestApp, passwords: usize) {
    while app.app().hasher.waiting() != passwords {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

/// One thread that hashes.
pub async fn with_one_thread() -> TestApp {
    TestApp::start_with("", |settings| settings.password.hash_threads = 1).await
}

async fn settled(app: &TestApp) -> Person {
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    ada
}

async fn mailed(app: &TestApp) -> String {
    app.mail(ADDRESS, "A new password for Keymend").await.code()
}

#[tokio::test]
async fn a_mailed_code_and_a_new_password_lead_back_in_and_everybody_else_out() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    let code = mailed(&app).await;
    laptop.chooses_password(&code).await;
    assert_eq!(laptop.status, StatusCode::OK);
    // The code of the mailbox has done its part; one more from there would be no second proof.
    laptop.shows("needs-proof");
    ada.opens("/dashboard").await;
    ada.shows("identify");
    assert_eq!(app.count("browser_accounts WHERE mark_hash IS NOT NULL").await, 0, "no browser is known any more");
    app.mail(ADDRESS, "The password of your account").await;
    ada.identifies().await;
    ada.uses_password_instead().await;
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED, "the old password");
    ada.password = laptop.password.clone();
    ada.enters_password().await;
    assert_eq!(ada.status, StatusCode::OK);
    // The passkey of before goes on working.
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn the_mailbox_alone_makes_no_passkey_for_a_day() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    laptop.chooses_password(&mailed(&app).await).await;
    laptop.shows("needs-proof");
    let flow = laptop.ceremony().flow.clone();
    let answer = laptop.browser.post("/api/confirm/send", &[("flow", &flow)]).await;
    assert_eq!(answer.step(), "needs-proof");
    laptop.continues().await;
    laptop.signs_out().await;
    laptop.signs_in_with_password().await;
    laptop.adds_a_passkey().await;
    laptop.shows("needs-proof");
    laptop.continues().await;
    laptop.signs_out().await;
    app.wait(DAY);
    laptop.signs_in_with_password().await;
    laptop.adds_a_passkey().await;
    laptop.shows("confirm");
}

#[tokio::test]
async fn a_saved_code_does_as_well_and_is_used_up() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let codes = ada.gets_codes().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    laptop.chooses_password(&codes[3]).await;
    assert_eq!(laptop.status, StatusCode::OK);
    // The sheet alone is one proof, and not two.
    laptop.shows("needs-proof");
    let mut again = ada.elsewhere(&app);
    again.has_forgotten().await;
    again.chooses_password(&codes[3]).await;
    assert_eq!((again.status, again.step()), (StatusCode::UNAUTHORIZED, "new-password"));
}

#[tokio::test]
async fn a_code_for_one_thing_is_no_code_for_another() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    let code = app.mail(ADDRESS, "Your code for Keymend").await.code();
    laptop.chooses("Not now").await;
    laptop.signs_out().await;
    laptop.has_forgotten().await;
    laptop.chooses_password(&code).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "new-password"));
    // Nor is the right one in another browser.
    let code = mailed(&app).await;
    let mut thief = app.person(ADDRESS);
    thief.has_forgotten().await;
    thief.chooses_password(&code).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "new-password"));
}

#[tokio::test]
async fn a_code_that_was_mailed_to_one_person_sets_nobody_elses_password() {
    let app = TestApp::start().await;
    settled(&app).await;
    let mut mallory = app.person("mallory@example.org");
    mallory.settles_in().await;
    let before = app.texts("password_hash", "users ORDER BY id").await;
    let mut there = mallory.elsewhere(&app);
    there.has_forgotten().await;
    let code = app.mail("mallory@example.org", "A new password").await.code();
    // In the same flow, from an old page: somebody else.
    let flow = there.ask().submit.hidden[0].1.clone();
    there.browser.post("/api/sign-in/identify", &[("flow", &flow), ("identifier", ADDRESS)]).await;
    let fields = [("flow", flow.as_str()), ("code", &code), ("password", "a lantern in the old harbour")];
    let answer = there.browser.post("/api/forgot/password", &fields).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::UNAUTHORIZED, "new-password"));
    assert_eq!(app.texts("password_hash", "users ORDER BY id").await, before);
}

#[tokio::test]
async fn bad_input_is_said_field_by_field_and_costs_no_try() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.opens("/forgot-password").await;
    for (typed, words) in [("", "Type your email"), ("a da", "a space")] {
        laptop.answers(&[("identifier", typed)]).await;
        assert_eq!((laptop.status, laptop.step()), (StatusCode::UNPROCESSABLE_ENTITY, "forgot-password"));
        assert!(laptop.reads(words), "{:?}", laptop.page);
    }
    laptop.has_forgotten().await;
    let code = mailed(&app).await;
    for _ in 0..6 {
        laptop.answers(&[("code", &code), ("password", "short")]).await;
        assert_eq!(laptop.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(laptop.ask().fields[0].problem.is_empty() && !laptop.ask().fields[1].problem.is_empty());
    }
    laptop.answers(&[("code", ""), ("password", "a lantern in the old harbour")]).await;
    assert!(!laptop.ask().fields[0].problem.is_empty() && laptop.ask().fields[1].problem.is_empty());
    laptop.chooses_password(&code).await;
    assert_eq!(laptop.status, StatusCode::OK);
}

#[tokio::test]
async fn known_and_unknown_identifiers_are_answered_alike() {
    let app = TestApp::start().await;
    settled(&app).await.signs_out().await;
    app.person("grace").signs_up().await;
    app.mails().await;
    let mut answers = Vec::new();
    for identifier in [ADDRESS, "nobody@example.org", "grace", "nobody"] {
        let mut somebody = app.person(identifier);
        let mut seen = Vec::new();
        somebody.opens("/forgot-password").await;
        for fields in [
            vec![("identifier", identifier)],
            vec![("code", "000000"), ("password", "a lantern in the old harbour")],
            vec![("code", "ABCD-EFGH-JKMN-PQRS"), ("password", "a lantern in the old harbour")],
        ] {
            let submit = somebody.ask().submit.clone();
            let answer = somebody.browser.press(&submit, &fields).await;
            let flow = submit.hidden[0].1.clone();
            somebody.sees(&answer);
            let text = answer.text().replace(identifier, "somebody").replace(&flow, "the flow");
            let cookies: Vec<_> = answer.cookies().iter().map(|cookie| cookie.len()).collect();
            seen.push((answer.status, text, cookies));
        }
        answers.push(seen);
        assert_eq!(app.count("outbox").await, 1, "{identifier}: one row, whoever it is for");
        app.mails().await;
    }
    for other in &answers[1..] {
        assert_eq!(&answers[0], other);
    }
    let mails = app.mails().await;
    assert!(mails.iter().all(|mail| mail.to == ADDRESS), "{mails:?}");
}

#[tokio::test]
async fn guessing_is_slow_and_does_not_lock_the_owner_out_of_a_known_browser() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.signs_out().await;
    let mut thief = app.person(ADDRESS);
    let mut blocked = false;
    thief.opens("/forgot-password").await;
    thief.answers(&[("identifier", ADDRESS)]).await;
    for _ in 0..12 {
        thief.answers(&[("code", "000000"), ("password", "a lantern in the old harbour")]).await;
        blocked |= thief.status == StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(thief.step(), "new-password");
    }
    assert!(blocked);
    // Eighty bits cannot be guessed, so whoever has them does not wait behind those who try.
    thief.answers(&[("code", "ABCD-EFGH-JKMN-PQRS"), ("password", "a lantern in the old harbour")]).await;
    assert_eq!(thief.status, StatusCode::UNAUTHORIZED);
    // Tries are counted by the account too: another code does not begin anew.
    thief.browser = app.browser();
    thief.opens("/forgot-password").await;
    thief.answers(&[("identifier", ADDRESS)]).await;
    thief.answers(&[("code", "000000"), ("password", "a lantern in the old harbour")]).await;
    assert_eq!(thief.status, StatusCode::TOO_MANY_REQUESTS);

    // The stranger's codes lie in the same mailbox; the owner takes the one that came last.
    app.wait(1);
    ada.has_forgotten().await;
    let code = mailed(&app).await;
    ada.chooses_password(&code).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
}

#[tokio::test]
async fn without_javascript_the_way_is_the_same() {
    use keymend::page::Screen;
    let app = TestApp::start().await;
    let password = settled(&app).await.password;
    let browser = app.browser().without_script();
    let document = browser.visit("/forgot-password").await;
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.submit, &[("identifier", "a da")]).await;
    assert!(document.text().contains("a space or an invisible character"), "{}", document.text());
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.submit, &[("identifier", ADDRESS)]).await;
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.submit, &[("code", ""), ("password", "short")]).await;
    assert!(document.text().contains("Type the code.") && document.text().contains("This is too short"));
    let code = mailed(&app).await;
    let document = browser.submit(&screen.submit, &[("code", &code), ("password", &password)]).await;
    assert!(document.text().contains(NOT_NEW), "{}", document.text());
    let document =
        browser.submit(&screen.submit, &[("code", &code), ("password", "a lantern in the old harbour")]).await;
    assert_eq!(document.step(), "needs-proof");
}

#[tokio::test]
async fn a_code_that_waits_is_none_any_more_once_the_password_was_changed() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    for by_operator in [false, true] {
        app.wait(1);
        // Somebody who reads the owner's mail.
        let mut thief = app.person(ADDRESS);
        thief.has_forgotten().await;
        let code = mailed(&app).await;
        if by_operator {
            operator::reset(&app.app(), ADDRESS).await.unwrap();
        } else {
            ada.changes("/account/password", &[("new_password", "an entirely different passphrase")]).await;
            assert_eq!(ada.status, StatusCode::OK);
        }
        thief.chooses_password(&code).await;
        assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "new-password"), "{by_operator}");
        assert!(thief.reads("does not count any more"), "{:?}", thief.page);
    }
}

#[tokio::test]
async fn the_present_password_is_no_new_one_and_the_code_goes_on_counting() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    let codes = ada.gets_codes().await;
    ada.keeps_codes().await;
    let before = app.texts("password_hash", "users").await;
    for saved in [None, Some(&codes[0])] {
        app.wait(1);
        let mut laptop = ada.elsewhere(&app);
        laptop.has_forgotten().await;
        let code = mailed(&app).await;
        let code = saved.unwrap_or(&code);
        // More often than a code may be tried.
        for _ in 0..7 {
            laptop.answers(&[("code", code), ("password", &ada.password)]).await;
            assert_eq!((laptop.status, laptop.step()), (StatusCode::UNPROCESSABLE_ENTITY, "new-password"));
            let problems: Vec<_> = laptop.ask().fields.iter().map(|field| field.problem.as_str()).collect();
            assert_eq!(problems, ["", NOT_NEW]);
        }
        assert_eq!(app.texts("password_hash", "users").await, before);
        let events = app.audit(ADDRESS).await;
        assert!(!events.iter().any(|event| event == "code-refused" || event == "password-set-by-code"), "{events:?}");
    }
    app.wait(1);
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    let code = mailed(&app).await;
    // Wrong ones are counted as ever, and to them nothing is told of the password.
    for _ in 0..3 {
        laptop.answers(&[("code", "000000"), ("password", &ada.password)]).await;
        assert_eq!(laptop.status, StatusCode::UNAUTHORIZED);
        assert!(!laptop.reads(NOT_NEW), "{:?}", laptop.page);
        laptop.answers(&[("code", &code), ("password", &ada.password)]).await;
        assert_eq!(laptop.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    laptop.chooses_password(&code).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
    assert_eq!(app.count("saved_codes WHERE used_at IS NULL").await, 10);
}

/// What was compared is compared once more where it is another one under the lock.
#[tokio::test]
async fn a_password_that_is_taken_away_while_it_is_being_chosen_is_not_set() {
    let app = with_one_thread().await;
    let mut ada = settled(&app).await;
    let codes = ada.gets_codes().await;
    ada.keeps_codes().await;
    let void = app.app().hasher.hash(NEW).await.unwrap();
    let before = app.texts("password_hash", "users").await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    keeps_the_hasher(&app).await;
    let (browser, submit, code) = (laptop.browser.clone(), laptop.ask().submit.clone(), codes[0].clone());
    let choosing = tokio::spawn(async move { browser.press(&submit, &[("code", &code), ("password", NEW)]).await });
    waits_for_the_hasher(&app, 1).await;
    app.execute(&format!("UPDATE users SET void_passwords = '{void}'")).await;
    laptop.sees(&choosing.await.unwrap());
    assert_eq!(laptop.status, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", laptop.page);
    assert!(laptop.reads(NOT_NEW), "{:?}", laptop.page);
    assert_eq!(app.texts("password_hash", "users").await, before);
    // One that is new is taken with the same code, whatever else has changed meanwhile.
    keeps_the_hasher(&app).await;
    let (browser, submit, code) = (laptop.browser.clone(), laptop.ask().submit.clone(), codes[0].clone());
    let fields = [("code", code), ("password", "a lighthouse in the new harbour".to_owned())];
    let choosing = tokio::spawn(async move {
        browser.press(&submit, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await
    });
    waits_for_the_hasher(&app, 1).await;
    app.execute("UPDATE users SET void_passwords = NULL").await;
    laptop.sees(&choosing.await.unwrap());
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
    assert_eq!(app.count("saved_codes WHERE used_at IS NULL").await, 9);
}

/// Whoever had a right code, and has none any more, learns nothing of the password that there is now.
#[tokio::test]
async fn a_code_that_became_void_while_the_password_was_hashed_tells_nothing_of_the_one_that_is_set_since() {
    let app = with_one_thread().await;
    let ada = settled(&app).await;
    let present = app.app().hasher.hash(NEW).await.unwrap();
    let mut thief = ada.elsewhere(&app);
    thief.has_forgotten().await;
    let code = mailed(&app).await;
    keeps_the_hasher(&app).await;
    let (browser, submit) = (thief.browser.clone(), thief.ask().submit.clone());
    let choosing = tokio::spawn(async move { browser.press(&submit, &[("code", &code), ("password", NEW)]).await });
    waits_for_the_hasher(&app, 1).await;
    app.execute("DELETE FROM mailed_codes").await;
    app.execute(&format!("UPDATE users SET password_hash = '{present}'")).await;
    thief.sees(&choosing.await.unwrap());
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "new-password"), "{:?}", thief.page);
    assert!(thief.reads("does not count any more"), "{:?}", thief.page);
}

/// A right code beside a refused password is no guess, but until that is known it is one of the few tries.
#[tokio::test]
async fn of_many_passwords_at_once_beside_one_code_only_so_many_are_compared() {
    const AT_ONCE: usize = 12;
    let app = with_one_thread().await;
    let ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    let code = mailed(&app).await;
    keeps_the_hasher(&app).await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE {
        let (browser, submit) = (laptop.browser.clone(), laptop.ask().submit.clone());
        let (code, password) = (code.clone(), ada.password.clone());
        all.spawn(
            async move { browser.press_anyway(&submit, &[("code", &code), ("password", &password)]).await.status },
        );
    }
    let answers = all.join_all().await;
    let compared = answers.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count();
    assert!((1..=5).contains(&compared), "{answers:?}");
    assert!(answers.contains(&StatusCode::UNAUTHORIZED), "{answers:?}");
    // And it still counts, once the others are forgiven.
    app.wait(MINUTE);
    laptop.chooses_password(&code).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
}

#[tokio::test]
async fn where_there_is_no_room_to_compare_it_is_told_to_come_back_and_the_code_goes_on_counting() {
    let app = TestApp::start_with("", |settings| {
        settings.password.hash_threads = 1;
        settings.password.queue = 1;
    })
    .await;
    let mut ada = settled(&app).await;
    let codes = ada.gets_codes().await;
    ada.keeps_codes().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    let mut all = tokio::task::JoinSet::new();
    for code in &codes {
        let (browser, submit) = (laptop.browser.clone(), laptop.ask().submit.clone());
        let (code, password) = (code.clone(), ada.password.clone());
        all.spawn(async move {
            let answer = browser.press_anyway(&submit, &[("code", &code), ("password", &password)]).await;
            (answer.status, answer.step())
        });
    }
    let answers = all.join_all().await;
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::UNPROCESSABLE_ENTITY] {
        assert!(answers.contains(&(status, "new-password")), "{answers:?}");
    }
    assert!(answers.iter().all(|(status, _)| !status.is_success()), "{answers:?}");
    assert_eq!(app.count("saved_codes WHERE used_at IS NULL").await, 10);
}
