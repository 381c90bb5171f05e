//! Bad input gets a clear answer and loses nothing.

use crate::app::{Answer, Browser, TestApp};
use crate::dump::Dump;
use crate::functions::FUNCTIONS;
use crate::person::Person;
use http::{Method, StatusCode};
use keymend::page::{Action, RowMode, Screen};

/// The fields that any of them takes.
const FIELDS: &[&str] = &[
    "flow",
    "identifier",
    "password",
    "code",
    "new_password",
    "confirmation",
    "ceremony",
    "outcome",
    "left",
    "code",
    "token",
    "notice",
    "id",
    "name",
    "address",
    "environment",
];

/// Every field with this value.
fn all(value: &str) -> String {
    FIELDS.iter().map(|field| format!("{field}={value}")).collect::<Vec<_>>().join("&")
}

/// Bodies that no page of ours sends.
fn bodies() -> Vec<String> {
    vec![
        String::new(),
        "&".to_owned(),
        "=".to_owned(),
        "%".to_owned(),
        "%zz=%zz".to_owned(),
        all(""),
        all("%ff%fe%fd"),
        all("%00"),
        all("%F0%9F%94%91%E2%80%AE"),
        all("%27%3B%20DROP%20TABLE%20users%3B%20--"),
        all("%3Cscript%3Ealert(1)%3C%2Fscript%3E"),
        format!("{0}&{0}", all("twice")),
        FIELDS.iter().map(|field| format!("{field}[]=a&{field}[deep][deeper]=b")).collect::<Vec<_>>().join("&"),
        r#"{"flow":"json"}"#.to_owned(),
        "\u{feff}flow=x".to_owned(),
    ]
}

/// The same, and large.
fn large_bodies() -> Vec<String> {
    vec![
        all(&"a".repeat(10_000)),
        format!("{}=x", "a[b]".repeat(2_000)),
        (0..5_000).map(|number| format!("unknown{number}=1")).collect::<Vec<_>>().join("&"),
    ]
}

/// Somebody at every stage, each in a browser of their own.
async fn people(app: &TestApp) -> Vec<Person> {
    let stranger = app.person("stranger");
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut asked = ada.elsewhere(app);
    asked.identifies().await;
    let mut limited = ada.elsewhere(app);
    limited.signs_in_with_password().await;
    let mut new = app.person("new@example.org");
    new.begins_to_sign_up().await;
    vec![stranger, asked, limited, new, ada]
}

#[tokio::test]
async fn no_body_breaks_any_function_and_none_changes_anything() {
    let app = TestApp::start().await;
    let mut people = people(&app).await;
    let before = app.stored().await;
    for person in &people {
        for function in FUNCTIONS {
            let path = format!("/api/{function}");
            for body in bodies() {
                // Whatever the status, it is a page.
                person.browser.raw(&path, &body, &[("accept", "application/json")]).await.page();
            }
            for body in [String::new(), all("%ff")] {
                let answer = person.browser.raw(&path, &body, &[("accept", "text/html")]).await;
                assert!(!answer.body.is_empty() || answer.status.is_redirection(), "{path} {body}");
            }
        }
    }
    let ada = people.last_mut().unwrap();
    for function in FUNCTIONS {
        for body in large_bodies() {
            ada.browser.raw(&format!("/api/{function}"), &body, &[("accept", "application/json")]).await.page();
        }
    }
    assert_eq!(app.stored().await, before);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_present_flow_with_nonsense_beside_it_breaks_nothing() {
    let app = TestApp::start().await;
    let mut people = people(&app).await;
    let before = app.stored().await;
    let long = "a".repeat(10_000);
    for person in &mut people {
        let flow = flow_of(&person.browser).await;
        // Not those that do what their form says, with nothing else to it.
        let takers = [
            "sign-in/identify",
            "sign-in/code",
            "sign-in/report",
            "forgot/password",
            "not-me",
            "confirm/code",
            "address/code",
            "new-address/code",
            "healing/report",
            "session/verify",
            "passkeys/rename",
            "passkeys/remove",
            "account/end-session",
            "account/forget-browser",
            "sign-up/code",
        ];
        for function in takers {
            for value in [
                "",
                "\u{0}",
                "{}",
                "[]",
                "null",
                "\"Credential\"",
                r#"{"Credential":""}"#,
                r#"{"Credential":"{}"}"#,
                r#"{"Failed":{}}"#,
                &long,
            ] {
                let fields: Vec<_> =
                    FIELDS.iter().map(|name| (*name, if *name == "flow" { flow.as_str() } else { value })).collect();
                let body = crate::app::encode(&fields);
                person.browser.raw(&format!("/api/{function}"), &body, &[("accept", "application/json")]).await.page();
            }
        }
    }
    assert_eq!(app.stored().await, before);
}

/// The flow that the forms of the present page carry.
async fn flow_of(browser: &Browser) -> String {
    let page = serde_json::to_string(&browser.page("/sign-in").await.page()).unwrap();
    let (_, rest) = page.split_once(r#"["flow",""#).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// Presses a button of the present page, with a byte in this field that is no text (RFC 3629, section 1). The person stays where
/// they are.
async fn presses_with_no_text(person: &Person, action: &Action, field: &str) {
    let hidden: Vec<_> = action.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = format!("{}&{field}=%ff", crate::app::encode(&hidden));
    let answer = person.browser.raw(&action.path, &body, &[("accept", "application/json")]).await;
    let Screen::Told(screen) = answer.page().screen else { panic!("{}: {}", action.path, answer.text()) };
    assert_eq!((answer.status, screen.heading.as_str()), (StatusCode::BAD_REQUEST, "This could not be read"));
}

#[tokio::test]
async fn a_password_that_is_no_text_is_not_looked_at_and_the_right_one_signs_in() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.uses_password_instead().await;
    let before = Dump::of(&app.app().db).await;
    let Screen::EnterPassword(screen) = ada.page.screen.clone() else { panic!("{:?}", ada.page) };
    presses_with_no_text(&ada, &screen.sign_in, "password").await;
    assert!(Dump::of(&app.app().db).await == before, "not even that it was tried");
    ada.enters_password().await;
    assert_eq!((ada.status, ada.step()), (StatusCode::OK, "dashboard"));
}

#[tokio::test]
async fn an_identifier_or_a_new_password_that_is_no_text_makes_no_account_and_good_ones_do() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.opens("/sign-in").await;
    let (_, proceed) = ada.identify().form.clone().unwrap();
    presses_with_no_text(&ada, &proceed, "identifier").await;
    ada.opens("/sign-up").await;
    let Screen::SignUp(screen) = ada.page.screen.clone() else { panic!("{:?}", ada.page) };
    let password = ada.password.clone();
    for (field, other, value) in [("identifier", "password", password), ("password", "identifier", "ada".to_owned())] {
        let hidden = [screen.create.hidden.clone(), vec![(other.to_owned(), value)]].concat();
        presses_with_no_text(&ada, &Action { hidden, ..screen.create.clone() }, field).await;
    }
    assert_eq!(app.count("users").await, 0);
    ada.asks_for_an_account().await;
    ada.shows("create-passkey");
}

#[tokio::test]
async fn a_code_that_is_no_text_is_not_counted_and_the_right_one_counts() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.begins_to_sign_up().await;
    let mails = ada.browser.mails.clone().unwrap();
    for (step, subject) in
        [("confirm-sign-up", "Your code for a new account"), ("enter-code", "Sign in to Keymend with this code")]
    {
        ada.shows(step);
        let before = Dump::of(&app.app().db).await;
        presses_with_no_text(&ada, &ada.ask().submit, "code").await;
        assert!(Dump::of(&app.app().db).await == before, "not even that it was tried");
        let code = mails.takes_code(&ada.identifier, subject).await;
        ada.types_code(&code).await;
        assert_eq!((ada.status, app.sessions().await), (StatusCode::OK, 1));
        if step == "confirm-sign-up" {
            ada.says_not_now().await;
            ada.signs_out().await;
            ada.comes_to_the_code().await;
        }
    }
}

#[tokio::test]
async fn a_name_that_is_no_text_is_refused_and_the_old_one_stays() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let before = app.texts("name", "passkeys").await;
    let RowMode::Shown { rename, .. } = ada.dashboard().passkeys[0].mode.clone() else { panic!("{:?}", ada.page) };
    ada.presses(&rename, &[]).await;
    let RowMode::Renaming { save, .. } = ada.dashboard().passkeys[0].mode.clone() else { panic!("{:?}", ada.page) };
    presses_with_no_text(&ada, &save, "name").await;
    assert_eq!(app.texts("name", "passkeys").await, before);
    ada.opens("/dashboard").await;
    ada.renames_passkey(0, "Good input").await;
    assert_eq!((ada.status, ada.dashboard().passkeys[0].name.as_str()), (StatusCode::OK, "Good input"));
}

/// Posts these bytes as a form.
async fn posts_bytes(browser: &Browser, path: &str, body: &[u8], accept: &str) -> Answer {
    let origin = browser.origin();
    let headers =
        [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str()), ("accept", accept)];
    browser.send(Method::POST, path, body.to_vec(), &headers).await
}

#[tokio::test]
async fn a_body_that_is_no_text_is_not_understood_and_every_flow_goes_on() {
    let app = TestApp::start().await;
    let mut people = people(&app).await;
    let mut flows = Vec::new();
    for person in &people {
        flows.push(flow_of(&person.browser).await);
    }
    let before = Dump::of(&app.app().db).await;
    for (person, flow) in people.iter().zip(&flows) {
        for function in FUNCTIONS {
            let path = format!("/api/{function}");
            // The flow is the present one: nothing else is wrong with the form.
            let mut all = format!("flow={flow}").into_bytes();
            for field in FIELDS.iter().filter(|field| **field != "flow") {
                all.extend([b"&", field.as_bytes(), b"=\xff"].concat());
            }
            for body in [b"identifier=\xff".as_slice(), b"\xff", &all] {
                let answer = posts_bytes(&person.browser, &path, body, "application/json").await;
                let Screen::Told(screen) = answer.page().screen else { panic!("{path}: {}", answer.text()) };
                let said = (answer.status, screen.heading.as_str());
                assert_eq!(said, (StatusCode::BAD_REQUEST, "This could not be read"), "{path} {body:?}");
            }
            let answer = posts_bytes(&person.browser, &path, &all, "text/html").await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert!(answer.text().contains("This could not be read"), "{path}: {}", answer.text());
        }
    }
    assert!(Dump::of(&app.app().db).await == before, "something was changed");

    let [stranger, asked, limited, new, ada] = &mut people[..] else { panic!("five people") };
    stranger.signs_up().await;
    stranger.shows("create-passkey");
    asked.uses_password_instead().await;
    asked.enters_password().await;
    assert_eq!((asked.status, asked.step()), (StatusCode::OK, limited.step()));
    limited.continues().await;
    limited.shows("dashboard");
    new.confirms_sign_up().await;
    new.shows("create-passkey");
    ada.renames_passkey(0, "Good input").await;
    assert_eq!((ada.status, ada.dashboard().passkeys[0].name.as_str()), (StatusCode::OK, "Good input"));
}

#[tokio::test]
async fn a_body_of_a_megabyte_is_refused_with_a_page() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let body = format!("identifier={}", "a".repeat(1_000_000));
    for function in FUNCTIONS {
        let answer = browser.raw(&format!("/api/{function}"), &body, &[("accept", "application/json")]).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::PAYLOAD_TOO_LARGE, "told"));
    }
    let answer = browser.raw("/api/sign-up", &body, &[("accept", "text/html")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("<h1"));
}

#[tokio::test]
async fn other_kinds_of_bodies_are_not_understood() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for kind in ["application/json", "multipart/form-data; boundary=x", "text/plain", "application/cbor", ""] {
        let answer = browser
            .raw(
                "/api/sign-up",
                r#"{"identifier":"ada","password":"a long passphrase for ada"}"#,
                &[("content-type", kind), ("accept", "application/json")],
            )
            .await;
        assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
    }
    assert_eq!(app.count("users").await, 0);
}

#[tokio::test]
async fn functions_answer_posts_only_and_only_those_there_are() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for function in FUNCTIONS {
        let path = format!("/api/{function}?identifier=ada&password=a+long+passphrase+for+ada");
        assert_eq!(browser.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let headers = [("origin", app.origin()), ("accept", "application/json")];
            let answer = browser.send(method, &path, Vec::new(), &headers).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
    for path in ["/api/", "/api/nothing", "/api/sign-in/identify/more", "/api/..%2f..%2fetc/passwd", "/api/%00"] {
        let answer = browser.raw(path, "", &[("accept", "application/json")]).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn pages_answer_gets_only() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for path in ["/", "/sign-in", "/sign-up", "/dashboard", "/nothing", "/healthz", "/pkg/keymend.css"] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let answer = browser.send(method, path, Vec::new(), &[("origin", app.origin())]).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn an_address_that_is_not_there_says_so() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for path in [
        "/nothing",
        "/pkg/nothing.js",
        "/.env",
        "/..%2f..%2fCargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%ff",
        "//evil.example/",
        "/pkg/",
        "/a%00b",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().contains("evil.example/\""), "{path}");
    }
    let answer = browser.page("//evil.example/").await;
    assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "told"));
    assert!(!answer.text().contains("evil.example"));
    let answer = browser.page(&"/x".repeat(20_000)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_identifier_that_is_none_gets_words_and_is_kept() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    for (typed, problem) in [
        ("", "Type your"),
        ("   ", "Type your"),
        (&*"a".repeat(10_000), "too long"),
        ("a\u{200b}da", ""),
        ("a da", ""),
        ("a\u{0}da", ""),
    ] {
        ada.browser.drop_cookie("flow");
        ada.opens("/sign-in").await;
        ada.types_identifier(typed).await;
        assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY, "{:.20}", typed);
        let Screen::Identify(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
        let field = &screen.form.as_ref().unwrap().0;
        assert!(!field.problem.is_empty() && field.problem.contains(problem), "{}", field.problem);
        assert!(typed.starts_with(&field.value) && (typed.trim().is_empty() || !field.value.is_empty()));
    }
}

#[tokio::test]
async fn a_sign_up_that_cannot_be_says_what_is_wrong_with_which_field() {
    let app = TestApp::start().await;
    let mut taken = app.person("taken");
    taken.signs_up().await;
    let good = "a long passphrase that nobody has";
    let table = [
        ("", good, (true, false), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada", "", (false, true), StatusCode::UNPROCESSABLE_ENTITY),
        ("", "", (true, true), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada", "short", (false, true), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada", &"p".repeat(10_000), (false, true), StatusCode::UNPROCESSABLE_ENTITY),
        (&"a".repeat(10_000), good, (true, false), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada\u{202e}", good, (true, false), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada@example.org", "ada@example.org", (false, true), StatusCode::UNPROCESSABLE_ENTITY),
        ("ada@exa@mple.org", good, (true, false), StatusCode::UNPROCESSABLE_ENTITY),
        ("TAKEN", good, (true, false), StatusCode::CONFLICT),
    ];
    let browser = app.browser();
    for (identifier, password, (first, second), status) in table {
        let answer = browser.post("/api/sign-up", &[("identifier", identifier), ("password", password)]).await;
        let Screen::SignUp(screen) = answer.page().screen else { panic!("{}", answer.text()) };
        let problems = (!screen.identifier.problem.is_empty(), !screen.password.problem.is_empty());
        assert_eq!((answer.status, problems), (status, (first, second)), "{identifier:.20} {password:.20}");
        assert!(screen.password.value.is_empty() && identifier.starts_with(&screen.identifier.value));
    }
    assert_eq!(app.count("users").await, 1);
}

#[tokio::test]
async fn passwords_of_any_length_and_script_are_looked_at_without_harm() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.password = "пароль из многих слов 🔑 \u{0} und noch mehr".to_owned();
    ada.signs_up().await;
    ada.says_not_now().await;
    ada.signs_out().await;
    for wrong in [&*"x".repeat(10_000), "\u{0}", "\u{fffd}", "пароль"] {
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        ada.types_password(wrong).await;
        assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    }
    ada.enters_password().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_and_the_old_one_stays() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for name in [
        "",
        "   ",
        &*"n".repeat(65),
        &*"n".repeat(10_000),
        "a\u{0}b",
        "a\nb",
        "\u{200b}",
        "\u{200d}\u{fe0f}",
        "\u{202e}gnp.exe",
    ] {
        ada.opens("/dashboard").await;
        ada.renames_passkey(0, name).await;
        assert_eq!(ada.status, StatusCode::UNPROCESSABLE_ENTITY, "{:.20}", name);
    }
    for name in ["🔑", "👩\u{200d}💻", "می\u{200c}خواهم", "<b>bold</b>", "{ $brand }", &*"n".repeat(64)] {
        ada.opens("/dashboard").await;
        ada.renames_passkey(0, name).await;
        assert_eq!((ada.status, ada.dashboard().passkeys[0].name.as_str()), (StatusCode::OK, name));
    }
}

#[tokio::test]
async fn a_passkey_of_somebody_else_is_neither_renamed_nor_removed() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (app.person("ada"), app.person("bob"));
    ada.settles_in().await;
    bob.settles_in().await;
    let id = {
        let keymend::page::RowMode::Shown { remove, .. } = &bob.dashboard().passkeys[0].mode else { panic!() };
        remove.hidden[0].1.clone()
    };
    let flow = ada.dashboard().sign_out.hidden[0].1.clone();
    for id in [id.as_str(), "", "x", "00000000000000000000000000000000", &"0".repeat(10_000)] {
        for path in ["/api/passkeys/rename", "/api/passkeys/remove"] {
            let answer = ada.browser.post(path, &[("flow", &flow), ("id", id), ("name", "mine")]).await;
            assert_eq!((answer.status, answer.step()), (StatusCode::NOT_FOUND, "dashboard"), "{id:.40}");
        }
    }
    bob.opens("/dashboard").await;
    assert_eq!(bob.dashboard().passkeys[0].name, "Apple Passwords");
}

#[tokio::test]
async fn cookies_full_of_nonsense_are_no_cookies() {
    let app = TestApp::start().await;
    for cookie in ["session", "flow", "browser"] {
        for value in ["", "x", "\"quoted\"", "%00", &"A".repeat(20_000), "=;=;="] {
            let browser = app.browser();
            browser.set_cookie(cookie, value);
            assert_eq!(browser.page("/sign-in").await.step(), "identify", "{cookie} {:.20}", value);
        }
    }
    let headers = [("cookie", "session; flow=; ;;; browser=a; browser=b; =; \u{e9}=1"), ("origin", app.origin())];
    let answer = app.browser().send(Method::GET, "/sign-in", Vec::new(), &headers).await;
    assert_eq!(answer.status, StatusCode::OK);
}
