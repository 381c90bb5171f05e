//! More passwords at once than can be looked at: people are asked to try again, the database is not asked for it, and nothing
//! is lost.

use crate::app::{Answer, TestApp};
use crate::person::Person;
use crate::throttle::{WRONG, at_the_password};
use domain::time::{MINUTE, SECOND};
use http::StatusCode;
use keymend::page::{Action, Screen};
use tokio::task::JoinSet;

const NEW: &str = "a passphrase of after the crowd";
const BUSY: &str = "There is a lot to do right now.";

/// From now on the queue is full, whatever comes.
async fn is_full(app: &TestApp) {
    app.restart_with(|settings| settings.password.queue = 0).await;
}

/// The same, and whoever asks the database learns nothing.
async fn is_full_and_without_database(app: &TestApp) {
    is_full(app).await;
    app.app().db.close().await;
}

async fn presses_in_vain(person: &Person, action: &Action, fields: &[(&str, &str)]) -> Answer {
    let answer = person.browser.press_anyway(action, fields).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    assert_eq!(answer.headers["retry-after"], "2");
    assert!(answer.text().contains(BUSY), "{}", answer.text());
    answer
}

fn sign_in(person: &Person) -> Action {
    let Screen::EnterPassword(screen) = &person.page.screen else { panic!("{:?}", person.page) };
    screen.sign_in.clone()
}

fn act(person: &Person) -> Action {
    person.change().form.clone().unwrap().1
}

async fn turned_away(app: &TestApp) -> f64 {
    let text = app.browser().get("/metrics").await.text();
    let line = text.lines().find_map(|line| line.strip_prefix("keymend_turned_away_total{reason=\"busy\"} "));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn where_too_many_passwords_wait_people_are_asked_to_try_again_and_have_not_guessed() {
    let app = TestApp::start_with("", |settings| {
        settings.password.hash_threads = 1;
        settings.password.queue = 1;
    })
    .await;
    let mut ada = at_the_password(&app).await;
    let action = sign_in(&ada);
    let mut crowd = JoinSet::new();
    for _ in 0..12 {
        let (browser, action) = (ada.browser.clone(), action.clone());
        crowd.spawn(async move {
            let answer = browser.press_anyway(&action, &[("password", WRONG)]).await;
            (answer.status, answer.step())
        });
    }
    let answers = crowd.join_all().await;
    let of = |wanted| answers.iter().filter(|(status, _)| *status == wanted).count();
    let (busy, wrong) = (of(StatusCode::SERVICE_UNAVAILABLE), of(StatusCode::UNAUTHORIZED));
    assert!(busy > 0 && wrong > 0 && answers.iter().any(|(_, step)| *step == "told"), "{answers:?}");
    for (status, step) in &answers {
        let is_told = *status == StatusCode::SERVICE_UNAVAILABLE && *step == "told";
        assert!(*step == "enter-password" || is_told, "{answers:?}");
    }
    assert_eq!(app.count(&format!("password_attempts WHERE failures = {wrong}")).await, 1, "{answers:?}");
    assert_eq!(app.count("password_attempts").await, 1);
    // Behind *Try again* the screen waits where it was. Six wrong ones, if so many had room, cost a wait.
    app.wait(5 * SECOND);
    ada.opens("/sign-in").await;
    ada.enters_password().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn at_the_door_it_is_told_without_the_database_and_the_same_to_everybody() {
    let app = TestApp::start().await;
    let ada = at_the_password(&app).await;
    let mut nobody = app.person("nobody");
    nobody.identifies().await;
    nobody.comes_to_the_password().await;
    is_full_and_without_database(&app).await;
    let right = presses_in_vain(&ada, &sign_in(&ada), &[("password", &ada.password)]).await;
    let wrong = presses_in_vain(&ada, &sign_in(&ada), &[("password", WRONG)]).await;
    let of_nobody = presses_in_vain(&nobody, &sign_in(&nobody), &[("password", WRONG)]).await;
    assert_eq!((right.text(), right.text()), (wrong.text(), of_nobody.text()));
    assert_eq!(turned_away(&app).await, 3.0);
}

#[tokio::test]
async fn without_javascript_the_page_after_the_redirect_says_it() {
    let app = TestApp::start().await;
    let ada = at_the_password(&app).await;
    let action = sign_in(&ada);
    let browser = ada.browser.without_script();
    is_full_and_without_database(&app).await;
    let answer = browser.submit_only(&action, &[("password", &ada.password)]).await;
    assert!(answer.status.is_redirection(), "{}", answer.status);
    assert_eq!(answer.headers["location"], "/sign-in");
    assert_eq!(turned_away(&app).await, 1.0);
    is_full(&app).await;
    let document = browser.get("/sign-in").await;
    let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert_eq!(screen.person.identifier, "ada");
    assert!(screen.field.problem.contains(BUSY), "{screen:?}");
    let document = browser.get("/sign-in").await;
    assert!(!document.text().contains(BUSY), "said once");
    app.restart().await;
    let document = browser.submit(&screen.sign_in, &[("password", &ada.password)]).await;
    assert_eq!(document.step(), "create-passkey");
}

#[tokio::test]
async fn whoever_is_turned_away_may_take_their_passkey() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    // A fast person, before the browser's own code runs: the flow still waits for the passkey.
    ada.shows("use-passkey");
    let flow = ada.ceremony().flow.clone();
    is_full(&app).await;
    let fields = [("flow", flow.as_str()), ("password", &ada.password)];
    let answer = ada.browser.post_anyway("/api/sign-in/password", &fields).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::SERVICE_UNAVAILABLE, "told"));
    // The screen of the password waits, with the passkey beside it. No passkey has to queue.
    ada.opens("/sign-in").await;
    ada.shows("enter-password");
    assert_eq!(ada.ceremony().flow, flow);
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn what_came_before_the_crowd_counts_after_it() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.fails(2).await;
    is_full(&app).await;
    presses_in_vain(&ada, &sign_in(&ada), &[("password", &ada.password)]).await;
    app.restart().await;
    ada.opens("/sign-in").await;
    ada.enters_password().await;
    // Offered to whom the passkey has let down twice in this flow.
    ada.shows("create-passkey");
    assert_eq!(app.count("password_attempts").await, 0);
}

#[tokio::test]
async fn a_sign_up_is_told_without_the_database_and_keeps_the_identifier() {
    let app = TestApp::start().await;
    for identifier in ["ada", "ben@example.org"] {
        let mut person = app.person(identifier);
        person.opens("/sign-up").await;
        let Screen::SignUp(screen) = person.page.screen.clone() else { panic!("{:?}", person.page) };
        let fields = [("identifier", identifier), ("password", &person.password)];
        is_full_and_without_database(&app).await;
        let answer = presses_in_vain(&person, &screen.create, &fields).await;
        person.sees(&answer);
        let Screen::SignUp(screen) = &person.page.screen else { panic!("{:?}", person.page) };
        assert_eq!((screen.identifier.value.as_str(), screen.password.value.as_str()), (identifier, ""));
        assert_eq!(turned_away(&app).await, 1.0);
        app.restart().await;
        assert_eq!((app.count("users").await, app.count("password_attempts").await), (0, 0));
    }
}

#[tokio::test]
async fn a_forgotten_password_is_told_without_the_database_and_the_code_stays_good() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.has_forgotten().await;
    let code = app.mail("ada@example.org", "A new password for Keymend").await.code();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    is_full_and_without_database(&app).await;
    let submit = laptop.ask().submit.clone();
    let of_right = presses_in_vain(&laptop, &submit, &[("code", &code), ("password", NEW)]).await;
    let of_wrong = presses_in_vain(&laptop, &submit, &[("code", wrong), ("password", NEW)]).await;
    assert_eq!((of_right.text(), of_right.step()), (of_wrong.text(), "new-password"));
    assert_eq!(turned_away(&app).await, 2.0);
    app.restart().await;
    laptop.sees(&of_right);
    laptop.chooses_password(&code).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
    assert_eq!(app.count("password_attempts").await, 0);
}

#[tokio::test]
async fn inside_a_session_it_is_told_without_the_database_where_only_passwords_are_typed() {
    let app = TestApp::start().await;
    let (mut ada, mut ben, mut eve) = (app.person("ada"), app.person("ben"), app.person("eve"));
    ada.settles_in().await;
    ben.settles_in().await;
    eve.signs_up().await;
    eve.says_not_now().await;
    app.wait(6 * MINUTE);
    ada.adds_a_passkey().await;
    let Screen::NeedsProof(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    let proof = screen.password.clone().unwrap().1;
    ben.opens("/account/password").await;
    eve.opens("/recovery-codes").await;
    let before = app.stored().await;

    is_full_and_without_database(&app).await;
    let of_ada = presses_in_vain(&ada, &proof, &[("password", &ada.password)]).await;
    let password = ben.password.clone();
    let fields = [("password", password.as_str()), ("new_password", NEW)];
    let of_ben = presses_in_vain(&ben, &act(&ben), &fields).await;
    let of_eve = presses_in_vain(&eve, &eve.ask().submit.clone(), &[("password", &eve.password)]).await;
    for (answer, address) in [(of_ada, "/sign-in"), (of_ben, "/account/password"), (of_eve, "/recovery-codes")] {
        let Screen::Told(told) = answer.page().screen else { panic!("{}", answer.text()) };
        assert_eq!(told.links[0].path, address, "behind Try again");
    }
    assert_eq!(turned_away(&app).await, 3.0);

    app.restart().await;
    assert_eq!(app.stored().await, before);
    assert_eq!(app.count("password_attempts").await, 0);
    ada.opens("/sign-in").await;
    ada.enters_password().await;
    ada.shows("create-passkey");
    ben.changes("/account/password", &fields).await;
    assert!(ben.reads("Your password is changed."), "{:?}", ben.page);
    eve.opens("/recovery-codes").await;
    let password = eve.password.clone();
    eve.answers(&[("password", &password)]).await;
    eve.codes();
}

#[tokio::test]
async fn inside_a_session_what_was_typed_beside_the_password_stays() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    app.wait(6 * MINUTE);
    let pages = [("/account/identifier", "identifier", "grace"), ("/account/delete", "confirmation", "ada")];
    is_full(&app).await;
    // What is asked for beside the session would be missed.
    app.execute("ALTER TABLE password_attempts RENAME TO elsewhere").await;
    for (address, field, typed) in pages {
        ada.opens(address).await;
        let fields = [("password", ada.password.as_str()), (field, typed)];
        let answer = presses_in_vain(&ada, &act(&ada), &fields).await;
        ada.sees(&answer);
        let (fields, _) = ada.change().form.clone().unwrap();
        let value = |name: &str| fields.iter().find(|field| field.name == name).unwrap().value.clone();
        assert_eq!((value(field), value("password")), (typed.to_owned(), String::new()));
        assert!(!ada.change().notices.is_empty());
    }
    assert_eq!(turned_away(&app).await, 2.0);
    // The same without JavaScript.
    let browser = ada.browser.without_script();
    for (address, field, typed) in pages {
        let Screen::Change(screen) = browser.get(address).await.page().screen else { panic!("{address}") };
        let (_, act) = screen.form.unwrap();
        let document = browser.submit(&act, &[("password", &ada.password), (field, typed)]).await;
        assert!(document.text().contains(BUSY) && document.text().contains(&format!("value=\"{typed}\"")), "{address}");
    }
    let Screen::Change(screen) = browser.get("/account/password").await.page().screen else { panic!() };
    let (_, act) = screen.form.unwrap();
    let document = browser.submit(&act, &[("password", &ada.password), ("new_password", NEW)]).await;
    assert!(document.text().contains(BUSY), "{}", document.text());
    assert_eq!(turned_away(&app).await, 5.0);
    assert_eq!(app.count("elsewhere").await, 0);
}

#[tokio::test]
async fn a_fresh_session_that_changes_its_password_is_told_too() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.opens("/account/password").await;
    is_full(&app).await;
    let browser = ada.browser.without_script();
    let document = browser.submit(&act(&ada), &[("new_password", NEW)]).await;
    assert!(document.text().contains(BUSY), "{}", document.text());
    assert_eq!(turned_away(&app).await, 1.0);
}
