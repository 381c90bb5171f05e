//! A code by mail, for whoever has neither passkey nor password at hand: what it opens, what it does not, and for whom.

use crate::app::{Answer, TestApp};
use crate::authenticator::honest;
use crate::ghosts::{Try, compare, ghost_on_a_mac, haunted};
use crate::person::Person;
use domain::time::{DAY, MINUTE};
use http::StatusCode;
use keymend::page::{Page, Report, Screen};
use keymend::server::services::explain::explain;
use keymend::server::services::operator;
use keymend::server::services::replay::replay;
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";

/// Somebody with a confirmed address who never had a passkey, signed out.
async fn without_passkeys(app: &TestApp) -> Person {
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    ada.signs_out().await;
    ada
}

async fn mailed(app: &TestApp) -> String {
    // The clock stands still; the mails of one moment could not be told apart.
    let code = app.mail(ADDRESS, "Sign in to Keymend with this code").await.code();
    app.wait(1);
    code
}

/// In front of a browser that was never here, signed in with a mailed code.
async fn by_code(app: &TestApp, ada: &Person) -> Person {
    let mut laptop = ada.elsewhere(app);
    laptop.comes_to_the_code().await;
    laptop.types_code(&mailed(app).await).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
    laptop
}

/// Another code than this one.
fn another(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// As another keyboard may type it, whose digits begin there: with a wide space among them.
fn written(code: &str, zero: char) -> String {
    let digit = |digit: char| char::from_u32(u32::from(zero) + digit.to_digit(10).unwrap()).unwrap();
    let digits: String = code.chars().map(digit).collect();
    let (front, back) = digits.split_at(digits.len() / 2);
    format!("{front}\u{3000}{back}")
}

fn problem(person: &Person) -> &str {
    &person.ask().fields[0].problem
}

#[tokio::test]
async fn a_code_counts_in_wide_arabic_persian_and_devanagari_digits() {
    let app = TestApp::start().await;
    let ada = without_passkeys(&app).await;
    for zero in ['\u{ff10}', '\u{660}', '\u{6f0}', '\u{966}'] {
        types_in_digits_from(&app, &ada, zero).await;
    }
}

async fn types_in_digits_from(app: &TestApp, ada: &Person, zero: char) {
    let mut laptop = ada.elsewhere(app);
    laptop.comes_to_the_code().await;
    let code = mailed(app).await;
    laptop.types_code(&written(another(&code), zero)).await;
    assert_eq!(laptop.status, StatusCode::UNAUTHORIZED);
    laptop.types_code(&written(&code, zero)).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
}

#[tokio::test]
async fn neither_passkey_nor_password_and_a_code_leads_in() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    ada.device.passkeys.clear();
    ada.identifies().await;
    ada.fails(2).await;
    ada.shows("enter-password");
    ada.asks_for_a_code().await;
    ada.shows("enter-code");
    let screen = ada.ask();
    assert_eq!((screen.heading.as_str(), screen.fields[0].label.as_str()), ("Check your email", "Code"));
    assert!(ada.reads("If there is an account with a confirmed email address"), "{:?}", ada.page);
    let mail = app.mail(ADDRESS, "Sign in to Keymend with this code").await;
    let text = mail.text.replace('\n', " ");
    assert!(text.contains("from a Mac") && text.contains("10 minutes"), "{text}");
    ada.types_code(&mail.code()).await;
    // A new passkey is offered as after the password, and takes the password besides.
    ada.shows("needs-proof");
    assert!(ada.reads("takes your password as well"), "{:?}", ada.page);
    ada.continues().await;
    ada.shows("dashboard");
    assert_eq!((app.sessions().await, app.count("mailed_codes").await), (1, 0));
}

#[tokio::test]
async fn in_a_known_browser_the_password_besides_makes_the_passkey_and_the_heal_is_told() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    ada.device.passkeys.clear();
    ada.identifies().await;
    ada.fails(2).await;
    ada.asks_for_a_code().await;
    ada.types_code(&mailed(&app).await).await;
    ada.types_password("not the password at all").await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNAUTHORIZED, "needs-proof"));
    ada.enters_password().await;
    ada.shows("create-passkey");
    ada.creates_passkey().await;
    ada.continues().await;
    ada.shows("dashboard");
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    assert!(ada.is_told_of_the_heal());
    assert_eq!(app.count("heals WHERE why = 'after-error' AND confirmed_at IS NOT NULL").await, 1);
    let told = explain(&app.app(), ADDRESS).await.unwrap().to_string();
    assert!(told.contains("signed in with a mailed code, after 2 failed prompts"), "{told}");
    let replayed = replay(&app.app(), DAY, 2).await.unwrap();
    assert!(
        replayed.kinds.iter().all(|kind| kind.different == 0) && replayed.kinds.iter().any(|kind| kind.decisions > 0)
    );
}

#[tokio::test]
async fn in_an_unknown_browser_password_and_code_are_two_proofs_and_the_code_alone_is_none() {
    for policy in ["known-browser", "code"] {
        let app = TestApp::start_with(&format!("[healing]\nassurance = \"{policy}\"\n"), |_| {}).await;
        let ada = Person::settled(&app, ADDRESS).await;
        let mut laptop = by_code(&app, &ada).await;
        laptop.shows("needs-proof");
        laptop.continues().await;
        laptop.adds_a_passkey().await;
        laptop.shows("needs-proof");
        laptop.enters_password().await;
        laptop.shows("create-passkey");
        laptop.creates_passkey().await;
        laptop.shows("passkey-created");
        assert_eq!(app.count("passkeys").await, 2, "{policy}");
    }
}

#[tokio::test]
async fn a_code_that_has_grown_old_is_asked_for_anew_after_the_password() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = by_code(&app, &ada).await;
    app.wait(6 * MINUTE);
    laptop.opens("/sign-in").await;
    laptop.shows("needs-proof");
    assert!(app.mails().await.iter().all(|mail| !mail.text.contains("with your password")), "nobody has typed it");
    laptop.enters_password().await;
    laptop.shows("confirm");
    let code = app.mail(ADDRESS, "Your code for Keymend").await.code();
    laptop.types_code(&code).await;
    laptop.shows("create-passkey");
}

#[tokio::test]
async fn with_an_account_that_has_passkeys_the_session_changes_nothing() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = by_code(&app, &ada).await;
    laptop.continues().await;
    laptop.shows("dashboard");
    let flow = laptop.dashboard().add.hidden[0].1.clone();
    let fields = [("flow", flow.as_str()), ("id", ""), ("name", "mine"), ("password", &ada.password)];
    let more =
        [("new_password", "an entirely different passphrase"), ("confirmation", ADDRESS), ("identifier", "mine")];
    let fields: Vec<_> = fields.into_iter().chain(more).collect();
    for path in [
        "/api/passkeys/rename",
        "/api/passkeys/remove",
        "/api/codes/renew",
        "/api/address/send",
        "/api/account/change-password",
        "/api/account/change-identifier",
        "/api/account/delete",
        "/api/account/forget-browser",
        "/api/account/forget-browsers",
    ] {
        let answer = laptop.browser.post(path, &fields).await;
        let is_said = answer.status == StatusCode::FORBIDDEN || path == "/api/address/send";
        assert!(is_said, "{path}: {} {}", answer.status, answer.text());
    }
    laptop.opens("/account/password").await;
    assert!(laptop.change().form.is_none() && laptop.reads("You signed in without a passkey"), "{:?}", laptop.page);
    // A passkey opens the rest, as ever.
    laptop.device = ada.device.clone();
    laptop.uses_passkey().await;
    assert!(laptop.change().form.is_some());
}

#[tokio::test]
async fn with_an_account_that_never_had_a_passkey_every_change_takes_the_password() {
    let app = TestApp::start().await;
    let ada = without_passkeys(&app).await;
    let mut laptop = by_code(&app, &ada).await;
    // The first passkey too.
    laptop.shows("needs-proof");
    laptop.continues().await;
    let other = "an entirely different passphrase";
    laptop.changes("/account/password", &[("password", ""), ("new_password", other)]).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNPROCESSABLE_ENTITY, "change-password"));
    laptop.changes("/account/identifier", &[("password", "wrong"), ("identifier", "mine")]).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "change-identifier"));
    laptop.changes("/account/delete", &[("password", ""), ("confirmation", ADDRESS)]).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNPROCESSABLE_ENTITY, "delete-account"));
    laptop.opens("/recovery-codes").await;
    laptop.answers(&[("password", "wrong")]).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "get-codes"));
    assert_eq!(app.count("saved_codes").await, 0);
    laptop.changes("/account/password", &[("password", &ada.password), ("new_password", other)]).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
}

#[tokio::test]
async fn a_password_that_the_mailbox_has_set_and_a_code_from_it_are_one_proof() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut thief = ada.elsewhere(&app);
    thief.has_forgotten().await;
    let code = app.mail(ADDRESS, "A new password").await.code();
    thief.chooses_password(&code).await;
    thief.continues().await;
    thief.signs_out().await;
    app.wait(DAY - MINUTE);
    let mut again = by_code(&app, &thief).await;
    again.shows("needs-proof");
    assert!(!matches!(&again.page.screen, Screen::NeedsProof(screen) if screen.password.is_some()), "{:?}", again.page);
    let flow = again.ceremony().flow.clone();
    let answer = again.browser.post("/api/session/password", &[("flow", &flow), ("password", &again.password)]).await;
    assert_eq!(answer.step(), "needs-proof");
    again.continues().await;
    again.adds_a_passkey().await;
    again.shows("needs-proof");
    assert_eq!(app.count("sessions WHERE code_at IS NOT NULL").await, 0);
    // A day after the new password the mailbox vouches again: its owner had the time to object.
    again.continues().await;
    again.signs_out().await;
    app.wait(MINUTE);
    let mut later = by_code(&app, &thief).await;
    later.enters_password().await;
    later.shows("create-passkey");
}

#[tokio::test]
async fn only_a_confirmed_address_gets_one() {
    let app = TestApp::start().await;
    let mut unconfirmed = app.person(ADDRESS);
    unconfirmed.settles_in().await;
    app.unconfirms(ADDRESS).await;
    let mut username = app.person("grace");
    username.signs_up().await;
    let before = app.mails().await.len();
    for who in [&unconfirmed, &username, &app.person("nobody@example.org")] {
        let mut there = who.elsewhere(&app);
        there.comes_to_the_code().await;
        assert_eq!(there.status, StatusCode::OK);
        there.types_code("000000").await;
        assert_eq!((there.status, there.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    }
    assert_eq!(app.mails().await.len(), before);
    // The right code of an address that is none any more is as good as a wrong one.
    unconfirmed.confirms_address(&app).await;
    let mut laptop = unconfirmed.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    app.execute("UPDATE users SET verified_at = NULL").await;
    laptop.types_code(&code).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    assert_eq!(problem(&laptop), "This is not the code. Check it, then try again.");
}

#[tokio::test]
async fn known_and_unknown_names_are_answered_alike() {
    use Try::{EmailCode, EmptyCode, Identify, KeptCode, Reload, UsePassword, Wait, WrongCode, WrongPassword};
    let walks: [&[Try]; 3] = [
        &[
            Identify,
            UsePassword,
            EmailCode,
            Reload,
            WrongCode,
            EmptyCode,
            KeptCode,
            EmailCode,
            WrongCode,
            Wait(11 * MINUTE),
            Reload,
            WrongCode,
        ],
        // Five are free; from there each costs a wait, for codes that are asked for and for codes that are typed.
        &[
            Identify,
            UsePassword,
            EmailCode,
            EmailCode,
            EmailCode,
            EmailCode,
            EmailCode,
            EmailCode,
            EmailCode,
            EmailCode,
        ],
        &[
            Identify,
            UsePassword,
            WrongPassword,
            EmailCode,
            WrongCode,
            WrongCode,
            WrongCode,
            WrongCode,
            WrongCode,
            WrongCode,
            WrongCode,
            Wait(10_000),
            WrongCode,
        ],
    ];
    for walk in walks {
        let app = haunted().await;
        let mut ada = app.person("somebody00@example.org");
        ada.settles_in().await;
        let mut bob = app.person("bob");
        bob.settles_in().await;
        let ghost = ghost_on_a_mac(&app, 20).await;
        // The mail of the sign-up was one of the five.
        app.wait(2 * DAY);
        compare(&app, walk, "somebody00@example.org", &ghost, &bob).await;
        // What has waited for too long is not sent any more.
        let waited = walk.iter().any(|what| matches!(what, Wait(millis) if *millis > 10 * MINUTE));
        let mails = app.mails().await;
        assert_eq!(mails.iter().any(|mail| mail.subject.contains("Sign in to Keymend")), !waited, "{mails:?}");
        assert!(mails.iter().all(|mail| mail.to != ghost));
    }
}

#[tokio::test]
async fn a_code_counts_once_in_its_own_flow_and_browser_and_for_ten_minutes() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    // Another browser, with a flow of its own.
    let mut thief = ada.elsewhere(&app);
    thief.comes_to_the_code().await;
    thief.types_code(&code).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    // The cookie of the flow in another browser is no flow there.
    let mut copy = ada.elsewhere(&app);
    copy.opens("/sign-in").await;
    copy.browser.set_cookie("flow", &laptop.browser.cookie("flow").unwrap());
    copy.page = laptop.page.clone();
    copy.types_code(&code).await;
    copy.shows("identify");
    app.wait(10 * MINUTE);
    laptop.types_code(&code).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    assert!(problem(&laptop).contains("Ask for a new one"), "{:?}", laptop.page);
    laptop.chooses("Send a code").await;
    let fresh = mailed(&app).await;
    laptop.types_code(&fresh).await;
    assert_eq!(laptop.status, StatusCode::OK);
    let again = laptop.browser.post("/api/sign-in/code", &[("flow", "0"), ("code", &fresh)]).await;
    assert_eq!(again.step(), "needs-proof", "the present step");
}

#[tokio::test]
async fn a_code_that_was_mailed_to_one_person_lets_nobody_else_in() {
    let app = TestApp::start().await;
    Person::settled(&app, ADDRESS).await;
    let mut mallory = app.person("mallory@example.org");
    mallory.settles_in().await;
    mallory.signs_out().await;
    let mut there = mallory.elsewhere(&app);
    there.comes_to_the_code().await;
    let code = app.mail("mallory@example.org", "Sign in to Keymend").await.code();
    // In the same flow, from an old page: somebody else.
    let flow = there.ask().submit.hidden[0].1.clone();
    let answer = there.browser.post("/api/sign-in/identify", &[("flow", &flow), ("identifier", ADDRESS)]).await;
    assert_eq!(answer.step(), "use-passkey");
    let answer = there.browser.post("/api/sign-in/code", &[("flow", &flow), ("code", &code)]).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    assert_eq!(app.sessions().await, 0);
    // And the other way round: what was asked for as somebody else is no code of one's own.
    there.sees(&answer);
    there.chooses("Send a new code").await;
    there.browser.post("/api/sign-in/identify", &[("flow", &flow), ("identifier", "mallory@example.org")]).await;
    let answer = there.browser.post("/api/sign-in/code", &[("flow", &flow), ("code", &mailed(&app).await)]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn a_code_for_one_thing_is_no_code_for_another() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    laptop.has_forgotten().await;
    let reset = app.mail(ADDRESS, "A new password").await.code();
    laptop.chooses_password(&code).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "new-password"));
    laptop.opens("/sign-in").await;
    laptop.shows("enter-code");
    laptop.types_code(&reset).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    // Nor does one that the person keeps.
    let mut ada = ada;
    ada.signs_in_with_passkey().await;
    let codes = ada.gets_codes().await;
    laptop.types_code(&codes[0]).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    laptop.types_code(&code).await;
    assert_eq!(laptop.status, StatusCode::OK, "and the right one is still right");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_copies_of_a_code_at_once_one_signs_in() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    let submit = laptop.ask().submit.clone();
    let mut copies = JoinSet::new();
    for _ in 0..12 {
        let (browser, submit, code) = (laptop.browser.copy(), submit.clone(), code.clone());
        copies.spawn(async move { browser.press(&submit, &[("code", &code)]).await.step() });
    }
    let steps = copies.join_all().await;
    assert_eq!(steps.iter().filter(|step| **step == "needs-proof").count(), 1, "{steps:?}");
    assert_eq!((app.sessions().await, app.count("audit WHERE event = 'signed-in-with-code'").await), (1, 1));
}

#[tokio::test]
async fn five_tries_then_waits_and_a_mailbox_is_not_flooded() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    // What cannot be a code is no guess at it.
    for typed in ["", "  ", "12345", "1234567", "ABCD-EFGH-JKMN-PQRS", &"n".repeat(10_000)] {
        laptop.types_code(typed).await;
        assert!(laptop.status.is_client_error() && !problem(&laptop).is_empty(), "{typed:.20}");
    }
    for _ in 0..5 {
        laptop.types_code(another(&code)).await;
        assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    }
    laptop.types_code(&code).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    // In another browser and flow it begins no further.
    let mut other = ada.elsewhere(&app);
    other.comes_to_the_code().await;
    other.types_code(another(&code)).await;
    assert_eq!(other.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(problem(&other).contains("wait"), "{:?}", other.page);
    for _ in 0..20 {
        other.chooses("Send a new code").await;
    }
    assert_eq!((other.status, other.step()), (StatusCode::TOO_MANY_REQUESTS, "enter-code"));
    let mails = app.mails().await;
    assert!(mails.iter().filter(|mail| mail.subject.contains("Sign in to Keymend")).count() < 8, "{mails:?}");
    // The owner's own browser has a budget of its own, and the password is none of this.
    app.wait(1);
    ada.comes_to_the_code().await;
    assert_eq!(ada.status, StatusCode::OK);
    ada.types_code(&mailed(&app).await).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
    other.signs_in_after_all().await;
}

impl Person {
    /// From the code to the password, and in.
    async fn signs_in_after_all(&mut self) {
        self.chooses("Use password instead").await;
        self.shows("enter-password");
        self.enters_password().await;
        assert_eq!(self.status, StatusCode::OK, "{:?}", self.page);
    }
}

#[tokio::test]
async fn a_reload_the_back_button_and_a_second_tab_lose_nothing() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    laptop.opens("/sign-in").await;
    laptop.shows("enter-code");
    assert_eq!(app.count("mailed_codes").await, 1, "a reload asks for nothing");
    // The password is chosen in another tab; the field is still on the screen of this one.
    let mut tab = laptop.another_tab();
    tab.opens("/sign-in").await;
    tab.chooses("Use password instead").await;
    tab.shows("enter-password");
    laptop.types_code(another(&code)).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    // A passkey beside the code that gives nothing leaves the page as it is.
    laptop.fails(3).await;
    laptop.shows("enter-code");
    assert!(problem(&laptop).is_empty() && !laptop.reads("did not go through"), "{:?}", laptop.page);
    // A form of another flow changes nothing.
    let answer = tab.browser.post("/api/sign-in/code", &[("flow", "0"), ("code", &code)]).await;
    assert_eq!(answer.step(), "enter-code");
    laptop.types_code(&code).await;
    assert_eq!(laptop.status, StatusCode::OK, "{:?}", laptop.page);
    tab.opens("/sign-in").await;
    tab.shows("needs-proof");
    // And whoever starts over leaves the code behind.
    let mut other = ada.elsewhere(&app);
    other.comes_to_the_code().await;
    let code = mailed(&app).await;
    let not_you = other.ask().person.clone().unwrap().not_you;
    other.presses(&not_you, &[]).await;
    other.shows("identify");
    other.comes_to_the_code().await;
    other.types_code(&code).await;
    assert_eq!(other.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_passkey_signs_in_from_beside_the_code() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    ada.comes_to_the_code().await;
    ada.uses_passkey().await;
    ada.shows("dashboard");
    assert_eq!(app.count("sessions WHERE passkey_at IS NOT NULL AND ended_at IS NULL").await, 1);
}

fn ask_of(document: &Answer) -> keymend::page::Ask {
    let Page { screen: Screen::Ask(screen), .. } = document.page() else { panic!("{}", document.text()) };
    screen
}

#[tokio::test]
async fn without_javascript_the_way_is_the_same() {
    let app = TestApp::start().await;
    Person::settled(&app, ADDRESS).await;
    let browser = app.browser().without_script();
    let document = browser.visit("/sign-in").await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.form.unwrap().1, &[("identifier", ADDRESS)]).await;
    let Screen::UsePasskey(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.password, &[]).await;
    let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(document.text().contains(r#"action="/api/sign-in/email-code""#), "{}", document.text());
    let document = browser.submit(&screen.code.unwrap(), &[]).await;
    assert!(document.text().contains(r#"autocomplete="one-time-code""#), "{}", document.text());
    let document = browser.submit(&ask_of(&document).submit, &[("code", "nonsense")]).await;
    assert!(document.text().contains("This is not the code"), "{}", document.text());
    let document = browser.submit(&ask_of(&document).quiet[0], &[]).await;
    assert!(document.text().contains("a new code is on its way"), "{}", document.text());
    // Both lie there; the one that came last counts.
    let submit = ask_of(&document).submit;
    let mails = app.mails().await;
    let codes = mails.iter().filter(|mail| mail.subject.contains("Sign in to Keymend")).map(|mail| mail.code());
    let mut opened = 0;
    for code in codes.collect::<Vec<_>>() {
        opened += i32::from(browser.submit(&submit, &[("code", &code)]).await.step() == "needs-proof");
    }
    assert!(opened >= 1);
    assert_eq!(app.sessions().await, 1);
}

#[tokio::test]
async fn what_the_operator_handed_over_is_not_replaced_by_a_code() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let printed = operator::reset(&app.app(), ADDRESS).await.unwrap();
    let password = printed.lines().find_map(|line| line.strip_prefix("    ")).unwrap().trim().to_owned();
    // Whoever reads the mail is in, and chooses no password.
    let mut thief = by_code(&app, &ada).await;
    thief.shows("needs-proof");
    thief.continues().await;
    thief.shows("dashboard");
    let flow = thief.dashboard().add.hidden[0].1.clone();
    let fields = [("flow", flow.as_str()), ("new_password", "an entirely different passphrase")];
    let answer = thief.browser.post("/api/account/change-password", &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    // What was handed over is good for a sign-in, and for nothing inside a session.
    thief.adds_a_passkey().await;
    thief.types_password(&password).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "needs-proof"));
    let mut owner = Person { password, ..ada.elsewhere(&app) };
    owner.signs_in_with_password().await;
    owner.shows("change-password");
}

#[tokio::test]
async fn a_new_password_and_this_was_not_me_end_what_is_waited_for() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    let mut thief = ada.elsewhere(&app);
    thief.comes_to_the_code().await;
    let code = mailed(&app).await;
    ada.signs_in_with_passkey().await;
    ada.changes("/account/password", &[("new_password", "an entirely different passphrase")]).await;
    assert_eq!(ada.status, StatusCode::OK);
    thief.types_code(&code).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "enter-code"));
    assert!(problem(&thief).contains("does not count any more"), "{:?}", thief.page);
}

#[tokio::test]
async fn each_step_is_written_down_and_counted() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let before = app.audit(ADDRESS).await.len();
    app.wait(1);
    let mut laptop = ada.elsewhere(&app);
    laptop.comes_to_the_code().await;
    let code = mailed(&app).await;
    laptop.types_code("").await;
    laptop.types_code(another(&code)).await;
    app.wait(1);
    laptop.types_code(&code).await;
    assert_eq!(app.audit(ADDRESS).await[before..], ["code-asked-for", "code-refused", "signed-in-with-code"]);
    let metrics = app.browser().get("/metrics").await.text();
    assert!(metrics.contains("keymend_sign_ins_total{method=\"code\"} 1\n"), "{metrics}");
    laptop.continues().await;
    laptop.opens("/account").await;
    assert_eq!(laptop.list("activity").items[0].name, "Signed in with a code from a mail");
    // For nobody the same, under a hash.
    let mut nobody = app.person("nobody@example.org");
    nobody.comes_to_the_code().await;
    nobody.types_code("000000").await;
    for event in ["code-asked-for", "code-refused"] {
        let of_nobody = format!("audit WHERE user_id IS NULL AND identifier_hash IS NOT NULL AND event = '{event}'");
        assert_eq!(app.count(&of_nobody).await, 1, "{event}");
    }
}

#[tokio::test]
async fn a_passkey_that_was_minted_elsewhere_is_not_kept_in_such_a_session() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    ada.signs_in_with_passkey().await;
    ada.adds_a_passkey().await;
    let minted = ada.ceremony().clone();
    let mut thief = by_code(&app, &ada).await;
    let flow = thief.ceremony().flow.clone();
    let credential = thief.device.create(&minted.options, honest);
    let Ok(credential) = credential else { panic!("the device is empty") };
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    for flow in [&flow, &minted.flow] {
        let fields = [("flow", flow.as_str()), ("ceremony", &minted.state), ("outcome", &outcome)];
        thief.browser.post("/api/healing/report", &fields).await;
    }
    assert_eq!(app.count("passkeys").await, 1);
}
