//! Everything of the password works without JavaScript: real forms, answered by redirects.

use crate::app::{Answer, Browser, TestApp};
use http::StatusCode;
use keymend::page::{Action, Identify, RowMode, Screen};

/// Presses a button of a document, if the document really has the form.
async fn press(browser: &Browser, document: &Answer, action: &Action, fields: &[(&str, &str)]) -> Answer {
    let text = document.text();
    let method = if action.get { "get" } else { "post" };
    assert!(text.contains(&format!(r#"method="{method}" action="{}""#, action.path)), "{text}");
    for (name, value) in &action.hidden {
        assert!(text.contains(&format!(r#"name="{name}" value="{value}""#)), "{name} in {text}");
    }
    for (name, _) in fields {
        assert!(text.contains(&format!(r#"name="{name}""#)), "{name} in {text}");
    }
    browser.submit(action, fields).await
}

const PASSWORD: &str = "a long passphrase that nobody else has";

async fn signed_up(browser: &Browser) -> Answer {
    let document = browser.visit("/sign-up").await;
    let Screen::SignUp(screen) = document.page().screen else { panic!("{}", document.text()) };
    press(browser, &document, &screen.create, &[("identifier", "ada"), ("password", PASSWORD)]).await
}

#[tokio::test]
async fn from_sign_up_to_sign_out_and_in_again() {
    let app = TestApp::start().await;
    let browser = app.browser().without_script();
    let document = signed_up(&browser).await;
    assert_eq!(document.step(), "create-passkey");
    let Screen::CreatePasskey(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &screen.not_now, &[]).await;
    let Screen::Dashboard(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(document.text().contains("Signed in as ada"));
    let document = press(&browser, &document, &screen.sign_out, &[]).await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &proceed(&screen), &[("identifier", "ada")]).await;
    let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &screen.sign_in, &[("password", PASSWORD)]).await;
    assert_eq!(document.step(), "dashboard");
}

#[tokio::test]
async fn a_prompt_has_the_password_beside_it() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.password = PASSWORD.to_owned();
    ada.settles_in().await;
    ada.signs_out().await;
    ada.comes_back_later().await;
    let browser = ada.browser.without_script();
    let document = browser.visit("/sign-in").await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (_, another) = screen.one_tap.unwrap();
    let document = press(&browser, &document, &another, &[]).await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &proceed(&screen), &[("identifier", "ada")]).await;
    let Screen::UsePasskey(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &screen.password, &[]).await;
    let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &screen.sign_in, &[("password", PASSWORD)]).await;
    let Screen::Dashboard(screen) = document.page().screen else { panic!("{}", document.text()) };
    // This session knows the password only.
    let RowMode::Shown { remove, .. } = &screen.passkeys[0].mode else { panic!("{screen:?}") };
    let document = press(&browser, &document, remove, &[]).await;
    assert!(document.text().contains("Nothing was changed"), "{}", document.text());
    assert_eq!(app.count("passkeys WHERE removed_at IS NULL").await, 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_once_on_the_page_that_follows() {
    let app = TestApp::start().await;
    let browser = app.browser().without_script();
    let document = browser.visit("/sign-in").await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &proceed(&screen), &[("identifier", "a da")]).await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(
        document.text().contains(r#"role="alert""#) && screen.form.as_ref().unwrap().0.value == "a da",
        "{}",
        document.text()
    );
    let document = browser.visit("/sign-in").await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(screen.form.as_ref().unwrap().0.problem.is_empty(), "said once");
    let document =
        press(&browser, &document, &proceed(&screen), &[("identifier", "nobody at all".replace(' ', "").as_str())])
            .await;
    let (screen, document) = match document.page().screen {
        Screen::EnterPassword(screen) => (screen, document),
        Screen::UsePasskey(screen) => {
            let document = press(&browser, &document, &screen.password, &[]).await;
            let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
            (screen, document)
        }
        _ => panic!("{}", document.text()),
    };
    let document = press(&browser, &document, &screen.sign_in, &[("password", "not the password")]).await;
    let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(!screen.field.problem.is_empty());
    assert_eq!(app.sessions().await, 0);
}

#[tokio::test]
async fn a_sign_up_that_cannot_be_says_what_is_wrong() {
    let app = TestApp::start().await;
    let browser = app.browser().without_script();
    let document = browser.visit("/sign-up").await;
    let Screen::SignUp(screen) = document.page().screen else { panic!("{}", document.text()) };
    let document = press(&browser, &document, &screen.create, &[("identifier", "ada"), ("password", "short")]).await;
    let Screen::SignUp(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(!screen.password.problem.is_empty(), "{screen:?}");
    assert_eq!(screen.identifier.value, "ada");
    assert_eq!(goes_on_at(&document), ["password"]);
    let document = browser.visit("/sign-up").await;
    assert_eq!(goes_on_at(&document), ["identifier"]);
    let Screen::SignUp(screen) = document.page().screen else { panic!("{}", document.text()) };
    assert!(screen.password.problem.is_empty(), "said once");
    let document = press(&browser, &document, &screen.create, &[("identifier", ""), ("password", "")]).await;
    assert_eq!(goes_on_at(&document), ["identifier"], "the first of two");
}

/// *Continue*, beside the field.
fn proceed(screen: &Identify) -> Action {
    screen.form.as_ref().unwrap().1.clone()
}

/// The ids of the fields that ask for the focus: with two of them the browser would take the first, whatever it is.
fn goes_on_at(document: &Answer) -> Vec<String> {
    let text = document.text();
    let inputs = text.split("<input ").skip(1).filter_map(|rest| rest.split_once('>')).map(|(input, _)| input);
    let id = |input: &str| input.split_once(r#"id=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    inputs.filter(|input| input.contains("autofocus")).map(id).collect()
}

#[tokio::test]
async fn the_longest_identifier_in_the_longest_script_fits_into_the_cookie() {
    let app = TestApp::start().await;
    let browser = app.browser().without_script();
    for identifier in ["\u{1f511}".repeat(254), "\u{1}".repeat(254), "\"".repeat(254), "\u{1f511}".repeat(253) + " x"] {
        for _ in 0..2 {
            let document = browser.visit("/sign-in").await;
            match document.page().screen {
                Screen::Identify(screen) => {
                    press(&browser, &document, &proceed(&screen), &[("identifier", &identifier)]).await
                }
                Screen::UsePasskey(screen) => press(&browser, &document, &screen.person.not_you, &[]).await,
                Screen::EnterPassword(screen) => {
                    // A form of before, from the history.
                    let fields = [("flow", screen.sign_in.hidden[0].1.as_str()), ("identifier", &"\u{1}".repeat(254))];
                    let body = crate::app::encode(&fields);
                    browser.raw("/api/sign-in/identify", &body, &[("accept", "text/html")]).await
                }
                _ => panic!("{}", document.text()),
            };
        }
    }
}

#[tokio::test]
async fn refusals_are_redirects_and_never_leave_the_person_with_a_bare_text() {
    let app = TestApp::start().await;
    let browser = app.browser().without_script();
    for path in [
        "/api/sign-in/password",
        "/api/sign-in/report",
        "/api/healing/report",
        "/api/passkeys/remove",
        "/api/session/sign-out",
    ] {
        let answer = browser.raw(path, "flow=0", &[("accept", "text/html")]).await;
        assert!(answer.status.is_redirection(), "{path}: {}", answer.status);
        assert_eq!(answer.headers[http::header::LOCATION], "/sign-in", "{path}");
    }
    let answer = browser.raw("/api/sign-up", "%", &[("accept", "text/html"), ("content-type", "text/plain")]).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(answer.step(), "told", "words, and a way on");
}
