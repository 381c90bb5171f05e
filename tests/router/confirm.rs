//! A code beside the password, before a passkey is made in a browser that has not proved itself.

use crate::app::TestApp;
use crate::person::Person;
use domain::ids::BrowserId;
use domain::time::{DAY, HOUR, MINUTE};
use http::StatusCode;
use keymend::page::{Report, Screen};
use keymend::server::db::known::{self, SavedCodes, Whom};

const ADDRESS: &str = "ada@example.org";

/// In front of a browser that was never here, past the password.
async fn asked_for_a_code(app: &TestApp, ada: &Person) -> Person {
    let mut laptop = ada.elsewhere(app);
    laptop.signs_in_with_password().await;
    laptop.shows("confirm");
    laptop
}

async fn mailed(app: &TestApp) -> String {
    app.mail(ADDRESS, "Your code for Keymend").await.code()
}

#[tokio::test]
async fn an_unknown_browser_asks_for_a_mailed_code_and_then_offers_the_passkey() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    let screen = laptop.ask();
    assert_eq!((screen.heading.as_str(), screen.fields[0].label.as_str()), ("Confirm it is you", "Code"));
    assert_eq!(screen.submit.label, "Confirm");
    let mail = app.mail(ADDRESS, "Your code for Keymend").await;
    assert!(mail.text.contains("with your password") && mail.text.contains("change"), "{}", mail.text);
    laptop.types_code(&mail.code()).await;
    laptop.shows("create-passkey");
    laptop.creates_passkey().await;
    laptop.shows("passkey-created");
    laptop.continues().await;
    laptop.shows("dashboard");
    assert_eq!(app.count("passkeys").await, 2);
    assert_eq!(app.count("mailed_codes").await, 0, "what was used up is gone");
    // From here this browser is known.
    laptop.signs_out().await;
    laptop.device.passkeys.clear();
    laptop.identifies().await;
    laptop.fails(2).await;
    laptop.enters_password().await;
    laptop.shows("create-passkey");
}

#[tokio::test]
async fn a_code_counts_once_in_its_own_session_and_browser_and_for_ten_minutes() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    let code = mailed(&app).await;
    // Another browser with the same password.
    let mut thief = ada.elsewhere(&app);
    thief.signs_in_with_password().await;
    thief.types_code(&code).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::UNAUTHORIZED, "confirm"));
    // The same session in another browser profile.
    let mut copy = laptop.another_tab();
    copy.browser = laptop.browser.copy();
    copy.browser.drop_cookie("browser");
    copy.types_code(&code).await;
    assert_eq!(copy.status, StatusCode::UNAUTHORIZED);
    app.wait(10 * MINUTE);
    laptop.types_code(&code).await;
    assert_eq!(laptop.status, StatusCode::UNAUTHORIZED);
    assert!(laptop.reads("Ask for a new one"), "{:?}", laptop.page);
    laptop.chooses("Send a code").await;
    laptop.chooses("Send a new code").await;
    assert!(laptop.reads("Codes from before do not count"), "{:?}", laptop.page);
    // The clock stands still, so both new ones lie there: one counts.
    let codes: Vec<_> =
        app.mails().await.iter().filter(|mail| mail.subject == "Your code for Keymend").cloned().collect();
    let mut opened = 0;
    for mail in codes {
        laptop.types_code(&mail.code()).await;
        if laptop.step() != "confirm" {
            opened += 1;
            break;
        }
    }
    assert_eq!(opened, 1);
    // The password has grown old meanwhile, and both are needed.
    laptop.shows("needs-proof");
    laptop.enters_password().await;
    laptop.shows("create-passkey");
}

#[tokio::test]
async fn five_tries_and_the_right_code_is_none_any_more() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    let code = mailed(&app).await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    laptop.types_code("").await;
    assert_eq!(laptop.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..5 {
        laptop.types_code(wrong).await;
        assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "confirm"));
    }
    laptop.types_code(&code).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "confirm"));
    // A new one, and one more wrong one: from here each costs waiting.
    laptop.chooses("Send a new code").await;
    laptop.types_code(wrong).await;
    laptop.types_code(wrong).await;
    assert_eq!(laptop.status, StatusCode::TOO_MANY_REQUESTS);
    app.wait(MINUTE);
    laptop.types_code(wrong).await;
    assert_eq!(laptop.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    let mut blocked = false;
    for _ in 0..30 {
        laptop.chooses("Send a new code").await;
        blocked |= laptop.status == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(blocked);
    let mails = app.mails().await;
    assert!(mails.iter().filter(|mail| mail.subject == "Your code for Keymend").count() < 10, "{mails:?}");
}

#[tokio::test]
async fn with_the_policy_code_a_known_browser_is_asked_too() {
    let app = TestApp::start_with("[healing]\nassurance = \"code\"\n", |_| {}).await;
    let mut ada = Person::settled(&app, ADDRESS).await;
    ada.device.passkeys.clear();
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("confirm");
    ada.types_code(&mailed(&app).await).await;
    ada.shows("create-passkey");
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn an_address_that_nobody_confirmed_gets_no_code_and_counts_for_nothing() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    app.unconfirms(ADDRESS).await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.shows("needs-proof");
    let flow = laptop.ceremony().flow.clone();
    for path in ["/api/confirm/send", "/api/confirm/code"] {
        let answer = laptop.browser.post(path, &[("flow", &flow), ("code", "123456")]).await;
        assert_eq!(answer.step(), "needs-proof");
    }
    assert!(app.mails().await.iter().all(|mail| mail.subject != "Your code for Keymend"));
}

#[tokio::test]
async fn the_code_is_looked_at_again_when_creation_finishes() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    laptop.types_code(&mailed(&app).await).await;
    laptop.shows("create-passkey");
    app.wait(6 * MINUTE);
    laptop.creates_passkey().await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::FORBIDDEN, "confirm"));
    assert_eq!(app.count("passkeys").await, 1);
}

#[tokio::test]
async fn not_now_leads_to_the_dashboard_and_the_session_stays_a_limited_one() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    laptop.chooses("Not now").await;
    laptop.shows("dashboard");
    laptop.opens("/recovery-codes").await;
    laptop.shows("dashboard");
    assert!(laptop.reads("sign in with a passkey first"), "{:?}", laptop.page);
    // A code opens the way to a passkey, and nothing else.
    app.wait(1);
    laptop.adds_a_passkey().await;
    laptop.types_code(&mailed(&app).await).await;
    laptop.shows("create-passkey");
    laptop.says_not_now().await;
    laptop.opens("/recovery-codes").await;
    laptop.shows("dashboard");
}

#[tokio::test]
async fn saved_codes_are_shown_until_they_are_kept_and_each_counts_once() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let codes = ada.gets_codes().await;
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 19), "{codes:?}");
    ada.opens("/recovery-codes").await;
    ada.shows("recovery-codes");
    let file = ada.browser.get("/recovery-codes.txt").await;
    assert!(codes.iter().all(|code| file.text().contains(code.as_str())), "{}", file.text());
    ada.keeps_codes().await;
    ada.shows("dashboard");
    ada.opens("/recovery-codes").await;
    ada.shows("get-codes");
    assert!(ada.browser.get("/recovery-codes.txt").await.status.is_redirection());
    let stored = app.texts("healing", "sessions").await.concat();
    assert!(codes.iter().all(|code| !stored.contains(code.as_str())));
    assert!(app.blobs("code_hash", "saved_codes").await.iter().all(|hash| hash.len() == 32));

    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.shows("confirm");
    // As people type it.
    laptop.types_code(&codes[0].to_lowercase().replace('-', " ").replace('0', "o")).await;
    laptop.shows("create-passkey");
    laptop.says_not_now().await;
    laptop.signs_out().await;
    app.wait(10 * MINUTE);
    laptop.signs_in_with_password().await;
    laptop.adds_a_passkey().await;
    laptop.types_code(&codes[0]).await;
    assert_eq!((laptop.status, laptop.step()), (StatusCode::UNAUTHORIZED, "confirm"));
    laptop.types_code(&codes[1]).await;
    laptop.shows("create-passkey");
    laptop.creates_passkey().await;
    laptop.continues().await;

    // A new set makes the old one void.
    let fresh = laptop.gets_codes().await;
    laptop.keeps_codes().await;
    let mut phone = ada.elsewhere(&app);
    phone.signs_in_with_password().await;
    phone.types_code(&codes[2]).await;
    assert_eq!(phone.step(), "confirm");
    phone.types_code(&fresh[0]).await;
    phone.shows("create-passkey");
}

#[tokio::test]
async fn of_many_who_use_a_saved_code_at_once_one_succeeds() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let codes = ada.gets_codes().await;
    let user = app.user("ada").await.unwrap();
    let mut tries = Vec::new();
    for _ in 0..8 {
        let mut laptop = ada.elsewhere(&app);
        laptop.signs_in_with_password().await;
        let submit = laptop.ask().submit.clone();
        let code = codes[0].clone();
        tries.push(tokio::spawn(async move { laptop.browser.press(&submit, &[("code", &code)]).await.step() }));
    }
    let mut opened = 0;
    for attempt in tries {
        opened += i32::from(attempt.await.unwrap() == "create-passkey");
    }
    assert_eq!(opened, 1);
    let known = known::find(app.app().db.read(), Whom::Id(user), BrowserId(uuid::Uuid::nil()), &[]).await.unwrap();
    assert_eq!(known.saved_codes, SavedCodes { made: 10, left: 9 });
}

#[tokio::test]
async fn new_codes_need_a_fresh_proof_and_are_announced() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(6 * MINUTE);
    ada.opens("/recovery-codes").await;
    ada.answers(&[("password", "not the password at all")]).await;
    assert_eq!((ada.status, app.count("saved_codes").await), (StatusCode::UNAUTHORIZED, 0));
    let password = ada.password.clone();
    ada.answers(&[("password", &password)]).await;
    ada.shows("recovery-codes");
    app.mail(ADDRESS, "has new recovery codes").await;
    ada.keeps_codes().await;

    // With a passkey on the account, only a passkey is such a proof.
    ada.adds_a_passkey().await;
    ada.creates_passkey().await;
    ada.continues().await;
    app.wait(6 * MINUTE);
    ada.opens("/recovery-codes").await;
    assert!(ada.ask().fields.is_empty());
    let flow = ada.ceremony().flow.clone();
    let answer = ada.browser.post("/api/codes/renew", &[("flow", &flow), ("password", &password)]).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::FORBIDDEN, "get-codes"));
    ada.uses_passkey().await;
    ada.gets_codes().await;
    ada.shows("recovery-codes");
}

#[tokio::test]
async fn without_javascript_the_code_does_its_part() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let browser = app.browser().without_script();
    let document = browser.visit("/sign-in").await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.form.unwrap().1, &[("identifier", ADDRESS)]).await;
    let Screen::UsePasskey(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.password, &[]).await;
    let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.sign_in, &[("password", &ada.password)]).await;
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(document.text().contains(r#"autocomplete="one-time-code""#), "{}", document.text());
    let document = browser.submit(&screen.submit, &[("code", "nonsense")]).await;
    assert!(document.text().contains("This is not the code"), "{}", document.text());
    let document = browser.submit(&screen.submit, &[("code", &mailed(&app).await)]).await;
    assert_eq!(document.step(), "create-passkey");
}

#[tokio::test]
async fn a_mailed_code_is_not_in_the_database() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    asked_for_a_code(&app, &ada).await;
    let before = app.texts("mail", "outbox").await;
    let code = mailed(&app).await;
    assert!(!before.is_empty() && before.iter().all(|sealed| !sealed.contains(&code)));
    for hash in app.blobs("code_hash", "mailed_codes").await {
        assert!(!hash.windows(6).any(|part| part == code.as_bytes()));
    }
}

#[tokio::test]
async fn a_limited_session_cannot_finish_a_ceremony_that_a_code_opened_elsewhere() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    let mut laptop = asked_for_a_code(&app, &ada).await;
    laptop.types_code(&mailed(&app).await).await;
    let ceremony = laptop.ceremony().clone();
    let mut thief = asked_for_a_code(&app, &ada).await;
    let credential = thief.device.create(&ceremony.options, crate::authenticator::honest);
    let Ok(credential) = credential else { panic!("the device is empty") };
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let answer = thief.posts_report(&ceremony, &outcome).await;
    assert_eq!(answer.step(), "confirm");
    thief.opens("/sign-in").await;
    thief.shows("confirm");
    assert_eq!(app.count("passkeys").await, 1);
}

#[tokio::test]
async fn codes_and_their_counts_are_forgotten_in_time() {
    let app = TestApp::start().await;
    let ada = Person::settled(&app, ADDRESS).await;
    asked_for_a_code(&app, &ada).await;
    assert_eq!(app.count("mailed_codes").await, 1);
    app.wait(HOUR);
    keymend::server::housekeeping::purge(&app.app()).await.unwrap();
    assert_eq!(app.count("mailed_codes").await, 0);
    app.wait(31 * DAY);
    keymend::server::housekeeping::purge(&app.app()).await.unwrap();
    assert_eq!(app.count("notices").await + app.count("password_attempts").await, 0);
}
