//! A new account: with an address it is made when the mailed code comes back, and until then nothing tells whether it is
//! taken; with a username it is made at once.

use crate::app::{Answer, TestApp};
use crate::person::Person;
use domain::time::{HOUR, MINUTE};
use http::{StatusCode, header};
use keymend::page::{Action, Screen};
use keymend::server::housekeeping;
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";
const TAKEN: &str = "You have an account at Keymend already";

/// The code that was mailed last, left in the mailbox.
async fn mailed(app: &TestApp) -> String {
    app.mail(ADDRESS, "Your code for a new account at Keymend").await.code()
}

/// Six digits that are not this code.
fn another(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[tokio::test]
async fn a_mailed_code_makes_the_account_with_its_address_confirmed_and_signs_in() {
    let app = TestApp::start().await;
    let mut ada = app.person("Ada@example.org");
    ada.begins_to_sign_up().await;
    assert_eq!((ada.status, ada.page.address.as_str()), (StatusCode::OK, "/sign-up"));
    let screen = ada.ask();
    assert_eq!((screen.heading.as_str(), screen.fields[0].label.as_str()), ("Check your email", "Code"));
    assert!(ada.reads("Ada@example.org"), "as it was typed, so that a slip is seen: {:?}", ada.page);
    let counted = ["users", "sessions", "pending_identifiers", "mailed_codes"];
    for (table, rows) in counted.into_iter().zip([0, 0, 1, 1]) {
        assert_eq!(app.count(table).await, rows, "{table}");
    }
    let mail = app.mail("Ada@example.org", "Your code for a new account at Keymend").await;
    assert!(mail.text.contains("from a Mac") && mail.text.contains("10 minutes"), "{}", mail.text);

    ada.types_code(" ").await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNPROCESSABLE_ENTITY, "confirm-sign-up"));
    ada.types_code(another(&mail.code())).await;
    assert_eq!((ada.status, ada.step()), (StatusCode::UNAUTHORIZED, "confirm-sign-up"));
    assert!(ada.reads("This is not the code"), "{:?}", ada.page);
    let mut tab = ada.another_tab();
    ada.types_code(&mail.code()).await;
    ada.shows("create-passkey");
    for (table, rows) in counted.into_iter().zip([1, 1, 0, 0]) {
        assert_eq!(app.count(table).await, rows, "{table}");
    }
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL AND identifier_key = 'ada@example.org'").await, 1);
    // The same code in another tab, and the page of before: what is there now is shown.
    tab.types_code(&mail.code()).await;
    tab.shows("create-passkey");
    tab.opens("/sign-up").await;
    tab.shows("create-passkey");
    ada.creates_passkey().await;
    ada.continues().await;
    ada.shows("dashboard");
    assert!(!ada.reads("not confirmed yet"), "{:?}", ada.page);
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

/// All that can be seen of an answer, but for what is random or somebody's name: its status, headers, page, and the sizes of
/// body and cookies.
type Seen = (StatusCode, Vec<String>, String, usize, Vec<usize>);

fn seen(answer: &Answer, identifier: &str, flow: &str) -> Seen {
    let headers = answer.headers.iter().map(|(name, value)| {
        let is_random = [header::SET_COOKIE, header::CONTENT_SECURITY_POLICY].contains(name) || name == "x-request-id";
        format!("{name}: {}", if is_random { "random" } else { value.to_str().unwrap() })
    });
    let page = serde_json::to_string_pretty(&answer.page()).unwrap();
    let page = page.replace(identifier, "somebody").replace(flow, "the flow");
    let cookies = answer.cookies().iter().map(|cookie| cookie.len()).collect();
    (answer.status, headers.collect(), page, answer.body.len(), cookies)
}

/// One press after the other on the way of a sign-up, and what is seen of each.
async fn walks(app: &TestApp, identifier: &str, script: bool) -> Vec<Seen> {
    let mut person = app.person(identifier);
    if !script {
        person.browser = person.browser.without_script();
    }
    person.opens("/sign-up").await;
    let Screen::SignUp(screen) = &person.page.screen else { panic!("{:?}", person.page) };
    let create = screen.create.clone();
    let flow = create.hidden[0].1.clone();
    let mut all = Vec::new();
    let mut press = async |action: &Action, fields: &[(&str, &str)]| {
        let answer = match script {
            true => person.browser.press(action, fields).await,
            false => person.browser.submit(action, fields).await,
        };
        all.push(seen(&answer, identifier, &flow));
        answer.page().screen
    };
    let account = [("identifier", identifier), ("password", "a lantern in the old harbour")];
    let Screen::Ask(screen) = press(&create, &account).await else { panic!("no code is asked for") };
    for code in ["", "000000", "ABCD-EFGH-JKMN-PQRS", "nonsense"] {
        press(&screen.submit, &[("code", code)]).await;
    }
    press(&screen.quiet[0], &[]).await;
    // The sixth mail within so short a time is one too many, and the sixth try costs a wait as well.
    for _ in 0..5 {
        press(&create, &account).await;
    }
    for _ in 0..6 {
        press(&screen.submit, &[("code", "000000")]).await;
    }
    press(&screen.quiet[0], &[]).await;
    press(&screen.quiet[1], &[]).await;
    all
}

#[tokio::test]
async fn an_address_that_is_taken_is_answered_like_one_that_is_free() {
    for script in [true, false] {
        let app = TestApp::start().await;
        app.person("somebody@example.org").settles_in().await;
        let before = app.count("outbox").await;
        let taken = walks(&app, "somebody@example.org", script).await;
        let half = app.count("outbox").await;
        let free = walks(&app, "notabody@example.org", script).await;
        assert!(taken.iter().any(|(status, ..)| *status == StatusCode::TOO_MANY_REQUESTS) || !script);
        assert_eq!(taken.len(), free.len());
        for (at, (taken, free)) in taken.iter().zip(&free).enumerate() {
            assert_eq!(taken, free, "number {at}, with JavaScript: {script}");
        }
        assert_eq!(app.count("outbox").await - half, half - before, "as many mails to the one as to the other");
        let sizes: std::collections::BTreeSet<_> = app.texts("mail", "outbox").await.iter().map(String::len).collect();
        assert_eq!(sizes.len(), 1, "and all of the same size");
        assert_eq!(app.count("users").await, 1);
    }
}

#[tokio::test]
async fn the_owner_of_a_taken_address_is_told_how_to_get_in_and_by_no_code() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let before = app.stored().await;
    let mut again = ada.elsewhere(&app);
    again.begins_to_sign_up().await;
    let mail = app.mail(ADDRESS, TAKEN).await;
    for words in ["It has one already", "http://localhost:3000/sign-in", "http://localhost:3000/forgot-password"] {
        assert!(mail.text.replace('\n', " ").contains(words), "{words}: {}", mail.text);
    }
    assert!(!mail.text.split_whitespace().any(|word| word.len() == 6 && word.parse::<u32>().is_ok()), "{}", mail.text);
    assert!(app.mails().await.iter().all(|mail| !mail.subject.contains("Your code")), "no code was mailed");
    let mut after = app.stored().await;
    after.iter_mut().filter(|(table, _)| table.starts_with("audit")).for_each(|(_, rows)| *rows -= 1);
    assert_eq!(after, before, "an entry in the log, and nothing else");
    // Nor is anything taken from the account that it has.
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_is_told_by_the_next_mail_only() {
    let app = TestApp::start().await;
    let mut late = app.person(ADDRESS);
    late.begins_to_sign_up().await;
    let code = mailed(&app).await;
    let mut first = app.person("ADA@example.org");
    first.signs_up().await;
    first.shows("create-passkey");
    let before = (app.count("users").await, app.sessions().await);
    for _ in 0..2 {
        late.types_code(&code).await;
        assert_eq!((late.status, late.step()), (StatusCode::UNAUTHORIZED, "confirm-sign-up"));
        assert!(late.reads("This code does not count any more"), "{:?}", late.page);
    }
    assert_eq!((app.count("users").await, app.sessions().await), before);
    late.chooses("Send a new code").await;
    assert!(late.reads("Another mail is on its way"), "{:?}", late.page);
    app.mail(ADDRESS, TAKEN).await;
    // Its owner is who was first.
    first.creates_passkey().await;
    first.shows("passkey-created");
}

#[tokio::test]
async fn a_code_is_one_for_its_browser_its_flow_and_its_address() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.begins_to_sign_up().await;
    let code = mailed(&app).await;
    // In another browser that asked too.
    let mut other = app.person(ADDRESS);
    other.begins_to_sign_up().await;
    other.types_code(&code).await;
    assert_eq!((other.status, other.step()), (StatusCode::UNAUTHORIZED, "confirm-sign-up"));
    // In another browser with the form of this one, and with its flow.
    let mut thief = app.person(ADDRESS);
    thief.opens("/sign-up").await;
    thief.page = ada.page.clone();
    thief.types_code(&code).await;
    thief.shows("sign-up");
    thief.browser.set_cookie("flow", &ada.browser.cookie("flow").unwrap());
    thief.page = ada.page.clone();
    thief.types_code(&code).await;
    thief.shows("sign-up");
    assert_eq!(app.count("users").await, 0);

    // Who has a code for an address of their own makes no account with another one, whatever the limits let through.
    let mut mallory = app.person("mallory@example.org");
    mallory.begins_to_sign_up().await;
    let own = app.mail("mallory@example.org", "Your code").await.code();
    let mut tab = mallory.another_tab();
    tab.identifier = "victim@example.org".to_owned();
    tab.opens("/sign-up").await;
    for identifier in ["victim@example.org", "mallory@example.org", "victim@example.org"] {
        let fields = [("identifier", identifier), ("password", mallory.password.as_str())];
        tab.browser.post("/api/sign-up", &fields).await;
    }
    mallory.types_code(&own).await;
    assert_eq!((mallory.status, mallory.step()), (StatusCode::UNAUTHORIZED, "confirm-sign-up"));
    assert!(mallory.reads("victim@example.org"), "the page says whose code it is: {:?}", mallory.page);
    assert_eq!(app.count("users").await, 0);
}

#[tokio::test]
async fn what_the_limits_stop_leaves_the_code_to_the_address_that_it_went_to() {
    let app = TestApp::start().await;
    // Somebody's mailbox has had enough for now.
    for _ in 0..6 {
        app.person("victim@example.org").begins_to_sign_up().await;
    }
    let mut mallory = app.person("mallory@example.org");
    mallory.begins_to_sign_up().await;
    let own = app.mail("mallory@example.org", "Your code").await.code();
    let fields = [("identifier", "victim@example.org"), ("password", mallory.password.as_str())];
    let answer = mallory.browser.post("/api/sign-up", &fields).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::TOO_MANY_REQUESTS, "sign-up"));
    mallory.types_code(&own).await;
    mallory.shows("create-passkey");
    assert!(app.user("mallory@example.org").await.is_some() && app.user("victim@example.org").await.is_none());
}

#[tokio::test]
async fn reload_back_restart_and_another_tab_show_the_present_step() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.begins_to_sign_up().await;
    for address in ["/sign-up", "/sign-up?x=1"] {
        ada.opens(address).await;
        ada.shows("confirm-sign-up");
    }
    ada.opens("/sign-in").await;
    ada.shows("identify");
    app.restart().await;
    ada.opens("/sign-up").await;
    ada.shows("confirm-sign-up");
    // Another tab, which stands on the form still, makes the same page once more.
    let mut tab = ada.another_tab();
    let fields = [("identifier", ADDRESS), ("password", ada.password.as_str())];
    let answer = tab.browser.post("/api/sign-up", &fields).await;
    tab.sees(&answer);
    tab.shows("confirm-sign-up");
    assert_eq!(app.count("pending_identifiers").await, 1);

    // A slip: the form again, with what was typed.
    let mut stale = ada.another_tab();
    ada.chooses("Use another address").await;
    let Screen::SignUp(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
    assert_eq!((screen.identifier.value.as_str(), screen.identifier.problem.as_str()), (ADDRESS, ""));
    assert_eq!(app.count("pending_identifiers").await, 0);
    for label in ["Send a new code", "Use another address"] {
        stale.chooses(label).await;
        stale.shows("sign-up");
        stale = ada.another_tab();
        stale.page = tab.page.clone();
    }
    stale.types_code("123456").await;
    stale.shows("sign-up");
    ada.identifier = "ada@example.net".to_owned();
    ada.asks_for_an_account().await;
    ada.confirms_sign_up().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn after_ten_minutes_another_code_is_sent_and_after_an_hour_it_begins_anew() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    // Opened long before: the code has its time all the same.
    ada.opens("/sign-up").await;
    app.wait(55 * MINUTE);
    ada.asks_for_an_account().await;
    let late = mailed(&app).await;
    app.wait(10 * MINUTE);
    ada.opens("/sign-up").await;
    ada.shows("confirm-sign-up");
    assert!(ada.reads("Ask for a new code"), "{:?}", ada.page);
    ada.types_code(&late).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert!(ada.reads("does not count any more"), "{:?}", ada.page);
    ada.chooses("Send a new code").await;
    assert!(ada.reads("Another mail is on its way"), "{:?}", ada.page);
    housekeeping::purge(&app.app()).await.unwrap();
    app.wait(59 * MINUTE);
    ada.opens("/sign-up").await;
    ada.shows("confirm-sign-up");
    let mut slow = ada.another_tab();
    slow.browser = ada.browser.copy();
    ada.chooses("Send a new code").await;
    ada.types_code(&mailed(&app).await).await;
    ada.shows("create-passkey");
    app.wait(HOUR);
    slow.types_code(&late).await;
    slow.shows("sign-up");
    housekeeping::purge(&app.app()).await.unwrap();
    assert_eq!((app.count("pending_identifiers").await, app.count("mailed_codes").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_type_the_right_code_at_once_one_makes_the_account() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.begins_to_sign_up().await;
    let (code, submit) = (mailed(&app).await, ada.ask().submit.clone());
    let mut clicks = JoinSet::new();
    for _ in 0..8 {
        let (browser, code, submit) = (ada.browser.copy(), code.clone(), submit.clone());
        clicks.spawn(async move { browser.press(&submit, &[("code", &code)]).await.step() });
    }
    let steps = clicks.join_all().await;
    assert_eq!(steps.iter().filter(|step| **step == "create-passkey").count(), 1, "{steps:?}");
    assert!(steps.iter().all(|step| ["create-passkey", "confirm-sign-up", "sign-up"].contains(step)), "{steps:?}");
    assert_eq!((app.count("users").await, app.sessions().await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_sign_ups_with_one_address_at_once_one_makes_the_account() {
    let app = TestApp::start().await;
    let (mut waiting, mut clicks) = (Vec::new(), JoinSet::new());
    for spelling in ["ada@example.org", "Ada@example.org", "ADA@example.org", "ada@Example.org"] {
        let mut person = app.person(spelling);
        person.begins_to_sign_up().await;
        waiting.push((person, app.mail(spelling, "Your code").await.code()));
    }
    for (mut person, code) in waiting {
        clicks.spawn(async move {
            person.types_code(&code).await;
            person.step()
        });
    }
    let steps = clicks.join_all().await;
    assert_eq!(steps.iter().filter(|step| **step == "create-passkey").count(), 1, "{steps:?}");
    assert_eq!((app.count("users").await, app.sessions().await), (1, 1));
}

#[tokio::test]
async fn a_mailbox_is_not_flooded_and_codes_are_not_guessed() {
    let app = TestApp::start().await;
    let mut blocked = 0;
    for _ in 0..30 {
        // Each time in another browser.
        let mut stranger = app.person(ADDRESS);
        stranger.opens("/sign-up").await;
        stranger.asks_for_an_account().await;
        if stranger.status == StatusCode::TOO_MANY_REQUESTS {
            stranger.shows("sign-up");
            blocked += 1;
        }
    }
    assert_eq!((blocked, app.mails().await.len()), (24, 6));
    let mut guesser = app.person("grace@example.org");
    guesser.begins_to_sign_up().await;
    let code = app.mail("grace@example.org", "Your code").await.code();
    for _ in 0..5 {
        guesser.types_code(another(&code)).await;
        assert_eq!(guesser.status, StatusCode::UNAUTHORIZED);
    }
    guesser.types_code(&code).await;
    assert_eq!((guesser.status, guesser.step()), (StatusCode::UNAUTHORIZED, "confirm-sign-up"), "tried too often");
    // Another code does not begin anew.
    guesser.chooses("Send a new code").await;
    guesser.types_code(another(&code)).await;
    assert_eq!(guesser.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.count("users").await, 0);
}

#[tokio::test]
async fn whoever_signs_up_with_somebodys_address_keeps_no_code_from_them() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut asked = 0;
    for _ in 0..10 {
        let mut stranger = app.person(ADDRESS);
        stranger.opens("/sign-up").await;
        stranger.asks_for_an_account().await;
        if stranger.status == StatusCode::TOO_MANY_REQUESTS {
            stranger.shows("sign-up");
            continue;
        }
        asked += 1;
        for _ in 0..3 {
            stranger.shows("confirm-sign-up");
            stranger.types_code("000000").await;
        }
    }
    assert_eq!(asked, 6, "of ten");
    // The owner, in a browser that was never here: both ways to a code are open.
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.types_code(&app.mail(ADDRESS, "Your code for Keymend").await.code()).await;
    laptop.shows("create-passkey");
    let mut phone = ada.elsewhere(&app);
    phone.has_forgotten().await;
    phone.chooses_password(&app.mail(ADDRESS, "A new password").await.code()).await;
    assert_eq!(phone.status, StatusCode::OK);
}

#[tokio::test]
async fn one_network_signs_up_with_so_many_addresses_only() {
    let app = TestApp::start().await;
    let ask = async |number: usize, from: &str| {
        let mut browser = app.browser();
        browser.peer = Some(from.parse().unwrap());
        let identifier = format!("person{number}@example.org");
        let fields = [("identifier", identifier.as_str()), ("password", "a long passphrase that nobody has")];
        browser.post("/api/sign-up", &fields).await.status
    };
    for number in 0..21 {
        assert_eq!(ask(number, "203.0.113.9").await, StatusCode::OK, "{number}");
    }
    assert_eq!(ask(21, "203.0.113.9").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(ask(21, "203.0.113.10").await, StatusCode::OK);
    app.wait(4 * MINUTE);
    assert_eq!(ask(22, "203.0.113.9").await, StatusCode::OK);
    assert_eq!(app.mails().await.len(), 23);
}

#[tokio::test]
async fn a_username_has_its_account_at_once_and_a_taken_one_is_told() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.shows("create-passkey");
    assert_eq!(app.count("users WHERE verified_at IS NULL").await, 1);
    let mut again = app.person("ADA");
    again.signs_up().await;
    assert_eq!((again.status, again.step()), (StatusCode::CONFLICT, "sign-up"));
    assert!(again.reads("This username has an account already"), "{:?}", again.page);
    assert_eq!((app.count("outbox").await, app.count("pending_identifiers").await), (0, 0));
}

#[tokio::test]
async fn an_address_that_no_mail_reaches_is_said_at_once_and_one_within_a_session_begins_nothing() {
    let app = TestApp::start().await;
    const NO_MAIL: &str = "No mail can be sent to this email address";
    const HALF: &str = "A part of this email address is missing";
    for (nonsense, words) in [
        ("ada@example@org", NO_MAIL),
        ("ada@exa_mple..org", NO_MAIL),
        ("(ada)@example.org", NO_MAIL),
        ("ada@", HALF),
        ("@example.org", HALF),
        ("@", HALF),
    ] {
        let mut ada: Person = app.person(nonsense);
        ada.signs_up().await;
        assert_eq!((ada.status, ada.step()), (StatusCode::UNPROCESSABLE_ENTITY, "sign-up"), "{nonsense}");
        assert!(ada.reads(words), "{:?}", ada.page);
    }
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let fields = [("identifier", ADDRESS), ("password", bob.password.as_str())];
    assert_eq!(bob.browser.post("/api/sign-up", &fields).await.step(), "dashboard");
    assert_eq!(app.count("pending_identifiers").await, 0);
}

#[tokio::test]
async fn without_javascript_the_way_is_the_same() {
    let app = TestApp::start().await;
    let browser = app.browser().without_script();
    let document = browser.visit("/sign-up").await;
    let Screen::SignUp(screen) = document.page().screen else { panic!("{}", document.text()) };
    let account = [("identifier", ADDRESS), ("password", "a long passphrase that nobody else has")];
    let document = browser.submit(&screen.create, &account).await;
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(document.text().contains(r#"autocomplete="one-time-code""#), "{}", document.text());
    let document = browser.submit(&screen.submit, &[("code", "nonsense")]).await;
    assert!(document.text().contains("This is not the code"), "{}", document.text());
    let document = browser.visit("/sign-up").await;
    assert!(!document.text().contains("This is not the code"), "said once: {}", document.text());
    let document = browser.submit(&screen.quiet[0], &[]).await;
    assert!(document.text().contains("Another mail is on its way"), "{}", document.text());
    let document = browser.submit(&screen.quiet[1], &[]).await;
    let Screen::SignUp(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert_eq!(screen.identifier.value, ADDRESS);
    app.wait(1);
    let document = browser.submit(&screen.create, &account).await;
    let Screen::Ask(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = browser.submit(&screen.submit, &[("code", &mailed(&app).await)]).await;
    assert_eq!(document.step(), "create-passkey");
    assert_eq!(app.count("users WHERE verified_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn what_waits_for_its_code_holds_no_password_and_no_code() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.begins_to_sign_up().await;
    let code = mailed(&app).await;
    let waiting = app.texts("identifier || ' ' || password_hash", "pending_identifiers").await.concat();
    assert!(waiting.starts_with("ada@example.org $argon2id$"), "{waiting}");
    assert!(!waiting.contains(&ada.password) && !waiting.contains(&code), "{waiting}");
    assert!(app.blobs("key", "pending_identifiers").await.iter().all(|key| key.len() == 32));
    // Whoever never comes back leaves nothing.
    app.wait(HOUR + 1);
    housekeeping::purge(&app.app()).await.unwrap();
    assert_eq!((app.count("pending_identifiers").await, app.count("mailed_codes").await), (0, 0));
}
