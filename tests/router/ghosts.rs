//! An identifier nobody has is answered like any other: same steps, same words, same refusal, cookies of the same size.

use crate::app::{Answer, TestApp};
use crate::authenticator::{Making, Passkey, honest, ids, new_key};
use crate::person::{Person, failed, not_allowed};
use domain::time::{DAY, HOUR, MINUTE};
use http::StatusCode;
use keymend::page::{Page, Report, Screen};
use keymend::server::housekeeping::{follow, look};
use serde_json::Value;

/// Ghosts follow from the root key; with this one the tests meet the same each time.
pub async fn haunted() -> TestApp {
    TestApp::start_with("", |settings| settings.server.root_key = "5a".repeat(32)).await
}

/// What a stranger may try.
#[derive(Clone, Copy, Debug)]
pub enum Try {
    Identify,
    Reload,
    Dismiss,
    /// Answers with one of the listed passkeys, without its key.
    ForgeListed,
    /// Answers with a passkey that nobody has.
    ForgeUnknown,
    /// Answers with somebody else's real passkey.
    Foreign,
    UsePassword,
    WrongPassword,
    EmptyPassword,
    /// *Email me a code*, and *Send a new code* after it.
    EmailCode,
    WrongCode,
    EmptyCode,
    /// One of those that a person keeps, where a mailed one is asked for.
    KeptCode,
    /// A form of another tab.
    StaleForm,
    Wait(i64),
}

use Try::{
    Dismiss, EmailCode, EmptyCode, EmptyPassword, Foreign, ForgeListed, ForgeUnknown, Identify, KeptCode, Reload,
    StaleForm, UsePassword, Wait, WrongCode, WrongPassword,
};

const WALKS: &[&[Try]] = &[
    &[Identify, Reload, Dismiss, Reload, Dismiss, WrongPassword, WrongPassword, Reload],
    &[Identify, ForgeListed, ForgeListed, ForgeListed],
    &[Identify, ForgeUnknown, ForgeUnknown],
    &[Identify, Foreign, Foreign],
    &[Identify, UsePassword, EmptyPassword, WrongPassword, StaleForm],
    // The fifth is free, the sixth costs a wait, the seventh is not looked at.
    &[
        Identify,
        UsePassword,
        WrongPassword,
        WrongPassword,
        WrongPassword,
        WrongPassword,
        WrongPassword,
        WrongPassword,
        WrongPassword,
        Wait(10_000),
        WrongPassword,
    ],
    // What this browser remembers must not tell either.
    &[
        Identify,
        Dismiss,
        Dismiss,
        Identify,
        Wait(HOUR),
        Identify,
        Wait(DAY),
        Identify,
        Wait(20 * DAY),
        Identify,
        Wait(40 * DAY),
        Identify,
    ],
    &[Identify, Dismiss, Wait(20 * MINUTE), Identify, Dismiss, Wait(61 * MINUTE), Identify, Dismiss],
];

#[tokio::test]
async fn somebody_with_a_passkey_and_a_ghost_with_one_cannot_be_told_apart() {
    for walk in WALKS {
        let app = haunted().await;
        let mut ada = app.person("somebody00@example.org");
        ada.settles_in().await;
        let mut bob = app.person("bob");
        bob.settles_in().await;
        let ghost = ghost_on_a_mac(&app, 20).await;
        compare(&app, walk, "somebody00@example.org", &ghost, &bob).await;
    }
}

#[tokio::test]
async fn somebody_without_a_passkey_and_a_ghost_without_one_cannot_be_told_apart() {
    let walk =
        [Identify, WrongPassword, Dismiss, ForgeUnknown, Foreign, Dismiss, WrongPassword, Wait(HOUR), Identify, Reload];
    let app = haunted().await;
    let mut ada = app.person("somebody00@example.org");
    ada.signs_up().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let ghost = ghost_on_a_mac(&app, 0).await;
    compare(&app, &walk, "somebody00@example.org", &ghost, &bob).await;
}

/// Both walk the same way at the same time.
pub async fn compare(app: &TestApp, walk: &[Try], somebody: &str, ghost: &str, bob: &Person) {
    let (mut real, mut imaginary) = (app.person(somebody), app.person(ghost));
    for (at, what) in walk.iter().enumerate() {
        if let Wait(millis) = what {
            app.wait(*millis);
            continue;
        }
        let (one, other) = (attempt(&mut real, *what, bob).await, attempt(&mut imaginary, *what, bob).await);
        assert_eq!(one, other, "number {at} of {walk:?}");
    }
}

/// All that can be seen of an answer: its status, its page, and the sizes of body and cookies.
pub type Seen = (StatusCode, String, usize, Vec<(String, usize)>);

/// One attempt, and what is seen of the answer.
pub async fn attempt(person: &mut Person, what: Try, bob: &Person) -> Seen {
    let answer = match what {
        Identify => {
            person.browser.drop_cookie("flow");
            person.opens("/sign-in").await;
            let Screen::Identify(screen) = &person.page.screen else { panic!("{:?}", person.page) };
            person.browser.press(&screen.form.as_ref().unwrap().1, &[("identifier", &person.identifier)]).await
        }
        Reload => person.browser.page("/sign-in").await,
        Dismiss => report(person, &failed(not_allowed())).await,
        ForgeListed => {
            let listed = ids(&serde_json::from_str::<Value>(&person.ceremony().options).unwrap()["allowCredentials"]);
            forge(person, &listed[0], honest).await
        }
        ForgeUnknown => forge(person, &[9; 20], honest).await,
        Foreign => {
            let answer = bob.device.get_with(&bob.device.passkeys[0], &person.ceremony().options, honest);
            report(person, &Report::Credential(answer.to_string())).await
        }
        UsePassword => {
            let Screen::UsePasskey(screen) = &person.page.screen else { panic!("{:?}", person.page) };
            person.browser.press(&screen.password, &[]).await
        }
        WrongPassword | EmptyPassword => {
            let Screen::EnterPassword(screen) = &person.page.screen else { panic!("{:?}", person.page) };
            let password = if matches!(what, WrongPassword) { "not the password at all" } else { "" };
            person.browser.press(&screen.sign_in, &[("password", password)]).await
        }
        EmailCode => {
            let action = match &person.page.screen {
                Screen::EnterPassword(screen) => screen.code.clone().unwrap(),
                _ => person.ask().quiet[0].clone(),
            };
            person.browser.press(&action, &[]).await
        }
        WrongCode | EmptyCode | KeptCode => {
            let code = match what {
                WrongCode => "000000",
                EmptyCode => "",
                _ => "ABCD-EFGH-JKMN-PQRS",
            };
            person.browser.press(&person.ask().submit, &[("code", code)]).await
        }
        StaleForm => {
            person.browser.post("/api/sign-in/password", &[("flow", "0"), ("password", "whatever it is")]).await
        }
        Wait(_) => unreachable!("nobody asks anything"),
    };
    person.sees(&answer);
    let cookies = answer.cookies().into_iter().map(|cookie| {
        let (name, rest) = cookie.split_once('=').unwrap();
        (name.to_owned(), rest.len())
    });
    let mut page = seen(&person.page, &person.identifier);
    // The headers in their order; of cookies and of the name of the request only that they are there.
    let shown = answer.headers.iter().map(|(name, value)| {
        let is_random = name == http::header::SET_COOKIE || name == "x-request-id";
        format!("{name}: {}", if is_random { "random" } else { value.to_str().unwrap() })
    });
    page["headers"] = shown.collect();
    let page = serde_json::to_string_pretty(&page).unwrap();
    (answer.status, page, answer.body.len(), cookies.collect())
}

async fn forge(person: &Person, id: &[u8], change: fn(&mut Making)) -> Answer {
    let passkey = Passkey { id: id.to_vec(), handle: vec![1; 16], key: new_key(), counter: 0 };
    let answer = person.device.get_with(&passkey, &person.ceremony().options, change);
    report(person, &Report::Credential(answer.to_string())).await
}

async fn report(person: &Person, report: &Report) -> Answer {
    person.posts_report(person.ceremony(), &serde_json::to_string(report).unwrap()).await
}

/// A page without what is different each time: the identifier, and random values, of which the length stays.
fn seen(page: &Page, identifier: &str) -> Value {
    let mut value = serde_json::to_value(page).unwrap();
    mask(&mut value, identifier);
    value
}

fn mask(value: &mut Value, identifier: &str) {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                match (name.as_str(), &mut *value) {
                    ("options", Value::String(text)) => {
                        let mut options: Value = serde_json::from_str(text).unwrap();
                        mask(&mut options, identifier);
                        *value = options;
                    }
                    ("state" | "flow" | "challenge" | "id", Value::String(text)) => *value = text.len().into(),
                    _ => mask(value, identifier),
                }
            }
        }
        Value::Array(list) if list.first().is_some_and(|name| name == "flow") => list[1] = "the flow".into(),
        Value::Array(list) => list.iter_mut().for_each(|value| mask(value, identifier)),
        Value::String(text) => *text = text.replace(identifier, "somebody"),
        _ => {}
    }
}

/// An identifier nobody has, whose one passkey has an id of this length and is prompted for on a Mac; 0: without passkeys.
pub async fn ghost_on_a_mac(app: &TestApp, length: usize) -> String {
    for number in 10..100 {
        let mut ghost = app.person(&format!("nobody{number}00@example.org"));
        ghost.identifies().await;
        let options: Value = serde_json::from_str(&ghost.ceremony().options).unwrap();
        let lengths: Vec<_> = ids(&options["allowCredentials"]).iter().map(Vec::len).collect();
        if (length == 0 && lengths.is_empty()) || (lengths == [length] && ghost.is_prompted()) {
            assert_eq!(ghost.identifier.len(), "somebody00@example.org".len());
            return ghost.identifier;
        }
    }
    panic!("no such ghost among ninety");
}

#[tokio::test]
async fn a_ghost_has_the_same_passkeys_in_every_browser_and_after_every_start() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..3 {
        for _ in 0..2 {
            let mut all = Vec::new();
            for number in 0..10 {
                let mut ghost = app.person(&format!("nobody{number}"));
                ghost.identifies().await;
                let options: Value = serde_json::from_str(&ghost.ceremony().options).unwrap();
                all.push(ids(&options["allowCredentials"]));
            }
            assert!(all.iter().any(|ids| !ids.is_empty()));
            seen.insert(all);
        }
        app.restart().await;
        app.wait(3 * DAY);
    }
    assert_eq!(seen.len(), 1);
}

/// Whether a ghost has passkeys follows from how many of them have, and that is nothing that sign-ups change at once.
#[tokio::test]
async fn accounts_that_a_stranger_makes_change_no_ghost_and_another_server_knows_the_same() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    follow(&app.app()).await.unwrap();
    look(&app.app()).await.unwrap();
    app.wait(DAY);
    assert_eq!(app.app().ghosts.percent(app.now()), 51, "all of one have a passkey");
    let before = listed(&app).await;
    for number in 0..8 {
        app.person(&format!("stranger{number}")).signs_up().await;
    }
    follow(&app.app()).await.unwrap();
    look(&app.app()).await.unwrap();
    app.wait(20 * MINUTE);
    assert_eq!(listed(&app).await, before);
    let other = app.another().await;
    assert_eq!(other.ghosts.percent(app.now()), app.app().ghosts.percent(app.now()));
}

/// The passkeys of some ghosts.
async fn listed(app: &TestApp) -> Vec<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for number in 0..20 {
        let mut ghost = app.person(&format!("nobody{number}"));
        ghost.identifies().await;
        let options: Value = serde_json::from_str(&ghost.ceremony().options).unwrap();
        all.push(ids(&options["allowCredentials"]));
    }
    all
}

#[tokio::test]
async fn nothing_is_stored_of_a_ghost_but_hashes() {
    let app = haunted().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let mut ghost = app.person(&ghost_on_a_mac(&app, 20).await);
    let before = (app.stored().await, app.count("browser_accounts").await);
    ghost.identifies().await;
    ghost.fails(2).await;
    ghost.types_password("not the password at all").await;
    let mut after = (app.stored().await, app.count("browser_accounts").await);
    let events = after.0.last_mut().unwrap();
    assert_eq!(std::mem::replace(&mut events.1, 0), 2, "{events:?}");
    assert_eq!(before, after);
    assert_eq!(app.count("failure_events WHERE user_id IS NULL AND browser_id IS NULL").await, 2);
    assert_eq!(app.count("failure_events WHERE evidence LIKE '%nobody%' OR decision LIKE '%nobody%'").await, 0);
}

#[tokio::test]
async fn a_key_made_up_for_a_ghost_opens_nothing() {
    let app = haunted().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let mut ghost = app.person(&ghost_on_a_mac(&app, 20).await);
    ghost.identifies().await;
    let listed = ids(&serde_json::from_str::<Value>(&ghost.ceremony().options).unwrap()["allowCredentials"]);
    let answer = forge(&ghost, &listed[0], |making| making.handle = None).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::UNAUTHORIZED, "use-passkey"));
    assert_eq!(app.sessions().await, 1, "Bob's");
}
