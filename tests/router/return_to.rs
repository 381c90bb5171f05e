//! `/sign-in?return_to=…`: back to where somebody was sent from, and nowhere else.

use crate::app::{Browser, SUGGESTS, TestApp, encode};
use crate::person::Person;
use domain::time::HOUR;
use http::{StatusCode, header};
use keymend::page::Screen;
use keymend::server::return_to::LONGEST;

const LISTED: &str = "[relying_party]\nreturn_to = [\"https://app.example.org\", \"https://shop.example.org:8443\"]\n";
const START: &str = "https://app.example.org/start?of=the%20day";

async fn start() -> TestApp {
    TestApp::start_with(LISTED, |_| {}).await
}

fn asking(to: &str) -> String {
    format!("/sign-in?{}", encode(&[("return_to", to)]))
}

/// Where the page leaves to, if it does.
fn left_to(person: &Person) -> Option<&str> {
    match &person.page.screen {
        Screen::Leave(step) => Some(&step.links[0].path),
        _ => None,
    }
}

async fn not_you(person: &mut Person) {
    let action = match &person.page.screen {
        Screen::UsePasskey(screen) => screen.person.not_you.clone(),
        Screen::EnterPassword(screen) => screen.person.not_you.clone(),
        _ => panic!("{:?}", person.page),
    };
    person.presses(&action, &[]).await;
}

/// Signs in with a passkey after having been sent to this address.
async fn sent(ada: &mut Person, address: &str) {
    ada.browser.drop_cookie("session");
    ada.browser.drop_cookie("flow");
    ada.opens(address).await;
    assert_eq!(ada.status, StatusCode::OK, "{address}");
    ada.types_identifier("ada").await;
    ada.uses_passkey().await;
}

#[tokio::test]
async fn whoever_was_sent_here_goes_back_once_after_the_sign_in() {
    let app = start().await;
    let mut ada = Person::settled(&app, "ada").await;
    sent(&mut ada, &asking(START)).await;
    assert_eq!((left_to(&ada), ada.page.address.as_str()), (Some(START), START));
    assert!(ada.reads("app.example.org opens now"), "{:?}", ada.page);
    ada.opens("/dashboard").await;
    ada.shows("dashboard");
    ada.opens("/account").await;
    ada.shows("account");
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
    for to in ["https://shop.example.org:8443/", "https://APP.example.org:443/x#here"] {
        sent(&mut ada, &asking(to)).await;
        assert_eq!(left_to(&ada), Some(to.replace("APP", "app").replace(":443/", "/").as_str()));
    }
    // A page of this origin.
    for to in ["/account?x=1", &format!("{}/account?x=1", app.origin())] {
        sent(&mut ada, &asking(to)).await;
        assert_eq!(left_to(&ada).map(str::to_owned), Some(format!("{}/account?x=1", app.origin())));
    }
}

/// Before anybody has said who they are: a suggestion of the field.
#[tokio::test]
async fn whoever_was_sent_here_goes_back_also_by_a_passkey_of_anyone() {
    let app = start().await;
    let mut ada = app.person("ada");
    ada.browser.environment = Some(SUGGESTS.to_owned());
    ada.settles_in().await;
    ada.signs_out().await;
    ada.comes_back_later().await;
    ada.browser.drop_cookie("flow");
    ada.opens(&asking(START)).await;
    // The browser says what it can with the first form.
    ada.uses_another_account().await;
    ada.picks_a_suggestion().await;
    assert_eq!(left_to(&ada), Some(START));
}

/// What is not led to, whoever wrote it and however.
fn hostile() -> Vec<String> {
    let texts = [
        "",
        "/",
        "/sign-in",
        "/sign-in?return_to=/account",
        "/sign-up",
        "/api/session/sign-out",
        "account",
        "?x=1",
        "#x",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/.//evil.example",
        "/..//evil.example",
        "/account\r\nSet-Cookie: session=x",
        " https://app.example.org",
        "https://app.example.org /",
        "https:/app.example.org",
        "https:app.example.org",
        "https:\\\\app.example.org",
        "https://app.example.org\\@evil.example",
        "https://app.example.org@evil.example",
        "https://me@app.example.org",
        "https://me:secret@app.example.org/",
        "https://app.example.org.evil.example",
        "https://evil.example/app.example.org",
        "https://evil.example#app.example.org",
        "https://evil.example?https://app.example.org",
        "https://sub.app.example.org",
        "https://example.org",
        "https://app.example.org:8443",
        "https://app.example.org:80",
        "https://shop.example.org",
        "http://app.example.org",
        "https://app.example.org.",
        "https://app%2eexample.org%2f@evil.example",
        "https%3A%2F%2Fapp.example.org",
        "%2F%2Fevil.example",
        "https://\u{ff41}pp.example.org",
        "https://app\u{3002}example.org",
        "https://xn--pp-viy.example.org",
        "https://app.example.org\u{0}.evil.example",
        "javascript:alert(1)",
        "JavaScript://app.example.org/%0aalert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "blob:https://app.example.org/1",
        "file:///etc/passwd",
        "ftp://app.example.org/",
        "ws://app.example.org/",
        "about:blank",
        "null",
        "http://localhost:3001/account",
        "https://localhost/account",
    ];
    let long = [format!("/{}", "a".repeat(LONGEST)), format!("https://app.example.org/{}", "a".repeat(10_000))];
    texts.into_iter().map(str::to_owned).chain(long).collect()
}

#[tokio::test]
async fn nothing_but_a_listed_origin_or_a_page_of_ours_is_led_to() {
    let app = start().await;
    let mut ada = Person::settled(&app, "ada").await;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#<>\"".contains(&byte));
    assert!(hostile().len() > 50);
    for to in hostile() {
        sent(&mut ada, &asking(&to)).await;
        assert_eq!((left_to(&ada), ada.step()), (None, "dashboard"), "{to:?}");
        // As it stands, where an address can hold it; and for whoever is signed in already.
        for address in [plain(&to).then(|| format!("/sign-in?return_to={to}")), Some(asking(&to))].into_iter().flatten()
        {
            let answer = ada.browser.get(&address).await;
            let location = answer.headers.get(header::LOCATION).unwrap().to_str().unwrap();
            // Some are honest once more when they are decoded once more.
            assert!(
                location == "/dashboard" || location.starts_with("https://app.example.org/"),
                "{address}: {location}"
            );
        }
    }
    // Two of them are none, and other pages take none.
    let twice = format!("/sign-in?{}", encode(&[("return_to", START), ("return_to", "/account")]));
    for address in [twice.as_str(), "/?return_to=/account", "/sign-in?next=/account"] {
        sent(&mut ada, address).await;
        ada.shows("dashboard");
    }
    // Nobody is listed by default.
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    sent(&mut ada, &asking(START)).await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_heal_comes_first_and_its_end_leads_back() {
    let app = start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.device.passkeys.clear();
    ada.opens(&asking(START)).await;
    ada.types_identifier("ada").await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("create-passkey");
    ada.creates_passkey().await;
    ada.shows("passkey-created");
    ada.continues().await;
    assert_eq!(left_to(&ada), Some(START));

    // *Not now*, and *Not you?* before: the way back is of the visit, not of the name that was typed first.
    let mut bob = app.person("bob");
    bob.settles_in().await;
    bob.signs_out().await;
    bob.device.passkeys.clear();
    bob.opens(&asking("/account")).await;
    bob.types_identifier("nobody").await;
    not_you(&mut bob).await;
    bob.types_identifier("bob").await;
    bob.fails(2).await;
    bob.enters_password().await;
    bob.says_not_now().await;
    assert_eq!(left_to(&bob).map(str::to_owned), Some(format!("{}/account", app.origin())));
    bob.opens("/account").await;
    bob.shows("account");
}

#[tokio::test]
async fn a_new_account_is_led_back_too_and_a_session_in_the_middle_goes_on_first() {
    let app = start().await;
    let mut ada = app.person("ada");
    ada.opens(&asking(START)).await;
    ada.signs_up().await;
    ada.shows("create-passkey");
    // The app sends them once more, in another tab, to another page.
    let mut tab = ada.another_tab();
    tab.opens(&asking("https://app.example.org/other")).await;
    tab.shows("create-passkey");
    ada.says_not_now().await;
    assert_eq!(left_to(&ada), Some("https://app.example.org/other"));
    // Signed in already: back at once, as often as it is asked for.
    for _ in 0..2 {
        let answer = ada.browser.get(&asking(START)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.headers[header::LOCATION], START);
    }
}

#[tokio::test]
async fn without_javascript_the_form_is_answered_by_the_way_back() {
    let app = start().await;
    let ada = Person::settled(&app, "ada").await;
    let browser: Browser = ada.browser.without_script();
    let document = browser.visit(&asking(START)).await;
    let Screen::Identify(screen) = document.page().screen else { panic!("{}", document.text()) };
    let (_, proceed) = screen.form.unwrap();
    let document = browser.submit(&proceed, &[("identifier", "ada")]).await;
    let sign_in = match document.page().screen {
        Screen::EnterPassword(screen) => screen.sign_in,
        Screen::UsePasskey(screen) => {
            let document = browser.submit(&screen.password, &[]).await;
            let Screen::EnterPassword(screen) = document.page().screen else { panic!("{}", document.text()) };
            screen.sign_in
        }
        _ => panic!("{}", document.text()),
    };
    let answer = browser.submit_only(&sign_in, &[("password", &ada.password)]).await;
    assert_eq!(answer.headers[header::LOCATION], START, "{}", answer.status);
    assert!(answer.status.is_redirection());
    assert_eq!(browser.visit("/dashboard").await.step(), "dashboard");
}

#[tokio::test]
async fn forms_may_be_answered_by_the_listed_origins_and_no_other() {
    let app = start().await;
    let policy = |answer: crate::app::Answer| answer.headers["content-security-policy"].to_str().unwrap().to_owned();
    let listed = policy(app.browser().get("/sign-in").await);
    let part = "form-action 'self' https://app.example.org https://shop.example.org:8443;";
    assert!(listed.contains(part), "{listed}");
    let app = TestApp::start().await;
    let none = policy(app.browser().get("/sign-in").await);
    assert!(none.contains("form-action 'self';"), "{none}");
}

#[tokio::test]
async fn the_way_back_fits_into_the_cookie_beside_the_longest_name_and_is_forgotten_with_it() {
    let app = start().await;
    let mut ada = Person::settled(&app, "ada").await;
    let long = format!("https://app.example.org/{}", "a".repeat(LONGEST - 24));
    ada.opens(&asking(&long)).await;
    let short = ada.browser.cookie("flow").unwrap().len();
    ada.types_identifier(&"a".repeat(254)).await;
    assert_eq!(ada.browser.cookie("flow").unwrap().len(), short);
    not_you(&mut ada).await;
    ada.types_identifier("ada").await;
    ada.uses_passkey().await;
    assert_eq!(left_to(&ada), Some(long.as_str()));
    // Where both do not fit, it is the way back that is forgotten.
    ada.signs_out().await;
    ada.opens(&asking(&long)).await;
    ada.types_identifier(&"\u{1f511}".repeat(254)).await;
    assert_eq!(ada.browser.cookie("flow").unwrap().len(), short);
    not_you(&mut ada).await;
    ada.types_identifier("ada").await;
    ada.uses_passkey().await;
    ada.shows("dashboard");

    ada.browser.drop_cookie("session");
    ada.opens(&asking(START)).await;
    app.wait(HOUR);
    ada.types_identifier("ada").await;
    ada.uses_passkey().await;
    ada.shows("dashboard");
}
