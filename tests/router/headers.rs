//! Headers, cookies, and requests from other sites. That every answer has its headers is looked at in `Browser::send`; here
//! every kind of answer is asked for.

use crate::app::TestApp;
use http::{Method, StatusCode, header};

#[tokio::test]
async fn every_kind_of_answer_has_its_headers() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for (path, status) in [
        ("/", StatusCode::SEE_OTHER),
        ("/dashboard", StatusCode::SEE_OTHER),
        ("/sign-in", StatusCode::OK),
        ("/sign-up", StatusCode::OK),
        ("/forgot-password", StatusCode::OK),
        ("/nothing", StatusCode::NOT_FOUND),
        ("/pkg/nothing.js", StatusCode::NOT_FOUND),
        ("/pkg/keymend.css", StatusCode::OK),
        ("/brand.css", StatusCode::OK),
        ("/.well-known/change-password", StatusCode::SEE_OTHER),
        ("/.well-known/passkey-endpoints", StatusCode::OK),
        ("/.well-known/nothing", StatusCode::NOT_FOUND),
        ("/healthz", StatusCode::OK),
        ("/readyz", StatusCode::OK),
        ("/api/sign-up", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        assert_eq!(browser.get(path).await.status, status, "{path}");
        let answer = browser.send(Method::HEAD, path, Vec::new(), &[]).await;
        assert!(answer.body.is_empty(), "{path}");
    }
    assert_eq!(
        browser.send(Method::OPTIONS, "/api/sign-up", Vec::new(), &[]).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        browser.raw("/api/sign-up", "", &[("origin", "https://evil.example")]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(browser.raw("/api/nothing", "", &[]).await.status, StatusCode::BAD_REQUEST);
}

/// What managers of passwords and passkeys ask a site for, of whoever is or is not signed in.
#[tokio::test]
async fn the_pages_for_a_new_password_and_for_passkeys_are_found_where_managers_look() {
    const ELSEWHERE: &str = "[relying_party]\nid = \"example.org\"\norigin = \"https://login.example.org\"\n";
    let app = TestApp::start_with(ELSEWHERE, |_| {}).await;
    let browser = app.browser();
    let led = browser.get("/.well-known/change-password").await;
    assert_eq!(led.headers[header::LOCATION], "/account/password");
    assert_eq!(browser.get("/account/password").await.headers[header::LOCATION], "/sign-in", "first of all");
    let told = browser.get("/.well-known/passkey-endpoints").await;
    assert_eq!(told.headers[header::CONTENT_TYPE], "application/json");
    let page = "https://login.example.org/dashboard";
    let told: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told, serde_json::json!({ "enroll": page, "manage": page }));

    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for path in ["/account/password", "/dashboard"] {
        assert_eq!(ada.browser.get(path).await.status, StatusCode::OK, "{path} is there");
    }
}

#[tokio::test]
async fn documents_are_never_stored_and_run_only_what_has_the_nonce() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let mut nonces = std::collections::HashSet::new();
    for path in ["/sign-in", "/sign-up", "/forgot-password", "/nothing"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let (_, rest) = policy.split_once("'nonce-").unwrap();
        let nonce = rest.split_once('\'').unwrap().0;
        assert!(nonces.insert(nonce.to_owned()), "a nonce is used once");
        let text = answer.text();
        assert!(text.contains(&format!("nonce=\"{nonce}\"")), "{path}");
        for script in text.split("<script").skip(1) {
            let tag = script.split_once('>').unwrap().0;
            assert!(tag.contains("nonce=") || tag.contains("application/json"), "{path}: <script{tag}>");
        }
        assert!(!text.contains(" style=\"") && !text.contains(" onclick="), "{path}");
    }
}

#[tokio::test]
async fn what_somebody_typed_never_becomes_markup() {
    let app = TestApp::start().await;
    let mut ada = app.person("<script>alert(1)</script>\"'&</script><!--");
    ada.identifier = ada.identifier.replace(' ', "");
    ada.settles_in().await;
    ada.renames_passkey(0, "</script><img src=x onerror=alert(1)>").await;
    let document = ada.browser.visit("/dashboard").await;
    assert!(!document.text().contains("<script>alert") && !document.text().contains("<img src=x"));
    assert_eq!(document.step(), "dashboard");
    ada.signs_out().await;
    ada.identifies().await;
    let document = ada.browser.visit("/sign-in").await;
    assert!(!document.text().contains("<script>alert"));
    assert_eq!(document.step(), "use-passkey");
}

#[tokio::test]
async fn on_https_cookies_are_host_cookies_and_the_whole_way_works() {
    let app =
        TestApp::start_with("[relying_party]\nid = \"example.org\"\norigin = \"https://login.example.org\"\n", |_| {})
            .await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for name in ["__Host-session", "__Host-browser"] {
        assert!(ada.browser.cookie(&name["__Host-".len()..]).is_some(), "{name}");
    }
    ada.signs_out().await;
    ada.signs_in_with_passkey().await;
    // A cookie without the prefix is one that a neighbour could have set.
    let cookie = format!("session={}", ada.browser.cookie("session").unwrap());
    let answer = app.browser().send(Method::GET, "/dashboard", Vec::new(), &[("cookie", &cookie)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn cookies_end_when_they_should() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let answer = browser.page("/sign-in").await;
    let age = |name: &str| {
        answer
            .cookies()
            .iter()
            .find(|cookie| cookie.starts_with(name))
            .unwrap()
            .split("Max-Age=")
            .nth(1)
            .map(str::to_owned)
    };
    assert_eq!(age("browser="), Some("34560000".to_owned()));
    assert_eq!(age("flow="), Some("3600".to_owned()));
    let mut ada = app.person("ada");
    ada.opens("/sign-up").await;
    let answer = ada.browser.post("/api/sign-up", &[("identifier", "ada"), ("password", &ada.password)]).await;
    let session = answer.cookies().into_iter().find(|cookie| cookie.starts_with("session=")).unwrap().to_owned();
    assert!(!session.contains("Max-Age") && !session.contains("Expires"), "it ends with the browser");
}

#[tokio::test]
async fn nothing_from_another_site_is_obeyed() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let ours = app.origin();
    let flow = ada.dashboard().sign_out.hidden[0].1.clone();
    let body = crate::app::encode(&[("flow", &flow), ("identifier", "bob"), ("password", "a long passphrase for bob")]);
    let before = app.stored().await;
    let foreign: &[&[(&str, &str)]] = &[
        &[("origin", "")],
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("origin", "http://localhost")],
        &[("origin", "http://localhost:3001")],
        &[("origin", "https://localhost:3000")],
        &[("origin", "http://localhost:3000.evil.example")],
        &[("origin", "HTTP://LOCALHOST:3000")],
        &[("origin", ours), ("sec-fetch-site", "cross-site")],
        &[("origin", ours), ("sec-fetch-site", "same-site")],
        &[("origin", ours), ("sec-fetch-site", "none")],
        &[("origin", ""), ("sec-fetch-site", "none")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        &[("origin", ""), ("referer", "http://localhost:3000/dashboard")],
    ];
    for headers in foreign {
        for path in [
            "/api/sign-up",
            "/api/session/sign-out",
            "/api/passkeys/add",
            "/api/browser/forget",
            "/api/sign-in/identify",
            "/api/nothing",
        ] {
            for accept in ["application/json", "text/html"] {
                let all: Vec<_> = headers.iter().copied().chain([("accept", accept)]).collect();
                let answer = ada.browser.raw(path, &body, &all).await;
                assert_eq!((answer.status, answer.step()), (StatusCode::FORBIDDEN, "told"), "{path} {all:?}");
                assert!(answer.cookies().is_empty());
            }
        }
    }
    assert_eq!(app.stored().await, before);
    let own: &[&[(&str, &str)]] = &[
        &[("origin", ours)],
        &[("origin", ours), ("sec-fetch-site", "same-origin")],
        &[("origin", ""), ("sec-fetch-site", "same-origin")],
    ];
    for headers in own {
        let all: Vec<_> = headers.iter().copied().chain([("accept", "application/json")]).collect();
        assert_eq!(ada.browser.raw("/api/healing/continue", &body, &all).await.step(), "dashboard", "{all:?}");
    }
}
