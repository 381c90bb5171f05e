//! What a browser says beside its answers: who it is, where it wants to go, what a person typed. And whole requests.

use super::answers;
use super::world::{LISTED, ORIGIN, WORLD, headers};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use domain::platform::{self, Clues};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use keymend::page::{Page, Screen};
use keymend::server::passwords::check_new;
use keymend::server::place::Place;
use keymend::server::present::paths;
use keymend::server::router::router;
use keymend::server::services::codes::{self, Checked, For};
use keymend::server::services::{not_me::Named, pages};
use keymend::server::visit::Visit;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use tower::ServiceExt as _;
use unicode_normalization::UnicodeNormalization as _;
use url::Url;
use uuid::Uuid;

/// The address of a page, which the browser's own code asks for: with a session and without, what is shown has an
/// address that shows the same again, and no way leads to another site but the one that the operator named.
pub fn page_address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let place = Place::of_query(Some(&text));
    assert_eq!(Place::of_query(Some(&format!("at={}", place.path()))), place);
    let Named { token, id } = Named::in_query(&text);
    let query = format!("notice={id}&token={token}");
    let again = Named::in_query(&query);
    assert_eq!((again.token, again.id), (token, id));
    for (has_session, wants_html) in [(false, false), (false, true), (true, false), (true, true)] {
        let (page, status) = present(has_session, wants_html, &text);
        let written = serde_json::to_value(&page).unwrap();
        let is_listed = |way: &str| matches!(page.screen, Screen::Leave(_)) && leads_to(LISTED, way);
        ways(&written, &mut |way| assert!(leads_to(ORIGIN, way) || is_listed(way), "{text:?} leads to {way:?}"));
        // It goes out in a header when a form without JavaScript is answered.
        assert!(HeaderValue::from_str(&page.address).is_ok(), "{text:?} is called {:?}", page.address);
        if status == StatusCode::OK && !matches!(page.screen, Screen::Leave(_)) {
            let (again, status) = present(has_session, wants_html, &page.address);
            assert_eq!((&again.address, again.screen.name()), (&page.address, page.screen.name()));
            assert_eq!(status, StatusCode::OK);
        }
    }
    [false, true].into_iter().for_each(|has_session| document(has_session, &text));
}

fn present(has_session: bool, wants_html: bool, address: &str) -> (Page, StatusCode) {
    let mut visit = WORLD.visit(has_session);
    // Then the answer is a redirect.
    visit.wants_html = wants_html;
    let reply = WORLD.wait(pages::present(&mut visit, address)).unwrap();
    (reply.page, reply.status)
}

/// The same address in a request for a document, which may be answered by a redirect.
fn document(has_session: bool, text: &str) {
    let Ok(uri) = text.parse::<Uri>() else { return };
    let visit = WORLD.visit(has_session);
    let elsewhere = WORLD.wait(pages::elsewhere(&visit, uri.path())).unwrap();
    assert!(matches!(elsewhere, None | Some(paths::SIGN_IN | paths::DASHBOARD)), "{elsewhere:?}");
    if let Some(back) = WORLD.wait(pages::back_at_once(&visit, &uri)).unwrap() {
        assert!(has_session && uri.path() == paths::SIGN_IN, "{uri}");
        assert!(leads_to(ORIGIN, &back) || leads_to(LISTED, &back), "{back}");
    }
}

/// Where a browser goes from a page of ours.
fn leads_to(origin: &str, way: &str) -> bool {
    let (here, origin) = (Url::parse(ORIGIN).unwrap(), Url::parse(origin).unwrap());
    here.join(way).is_ok_and(|url| url.origin() == origin.origin())
}

/// All that a page leads to, wherever in it.
fn ways(page: &Value, look: &mut impl FnMut(&str)) {
    match page {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
            Some(way) if matches!(name.as_str(), "address" | "path" | "report") => look(way),
            _ => ways(value, look),
        }),
        Value::Array(list) => list.iter().for_each(|value| ways(value, look)),
        _ => {}
    }
}

/// What a browser says of itself, a line each: `User-Agent`, `Sec-CH-UA-Platform`, and the field `environment`. It is
/// known again by the cookie alone, which browsers keep.
pub fn browser(bytes: &[u8]) {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let mut headers = headers(false);
    for name in [header::USER_AGENT, HeaderName::from_static("sec-ch-ua-platform")] {
        if let Ok(value) = HeaderValue::from_bytes(lines.next().unwrap_or_default()) {
            headers.insert(name, value);
        }
    }
    let facts = lines.next().and_then(|facts| std::str::from_utf8(facts).ok());
    let mut visit = Visit::read(&WORLD.app, &headers, facts);
    let environment = visit.environment();
    // Chromium writes the hint in quotes.
    let hint = visit.platform_clue.clone().unwrap_or_default();
    let quoted = format!("\"{hint}\"");
    let [bare, quoted] = [hint.as_str(), &quoted].map(|hint| {
        platform::platform(Clues { user_agent: Some(&visit.user_agent), hint_platform: Some(hint), ..Clues::default() })
    });
    assert_eq!(bare, quoted, "{hint:?}");
    let facts = visit.facts.clone();
    let flow = visit.new_flow();
    visit.keep_flow(flow);
    let cookie = visit.cookies().last().and_then(|cookie| cookie.split(';').next()).unwrap().to_owned();
    assert!(cookie.len() < 4_096, "{} bytes", cookie.len());
    headers.append(header::COOKIE, HeaderValue::from_str(&cookie).unwrap());
    let again = Visit::read(&WORLD.app, &headers, None);
    assert_eq!((again.environment(), again.facts), (environment, facts));
}

/// A code that somebody typed. Six digits among whatever else are one that was mailed, and however a right one is
/// written it is right, unless one letter of it is another.
pub fn typed_code(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let letters: String = text.chars().filter_map(meant).collect();
    let is_mailed = letters.len() == 6 && letters.bytes().all(|letter| letter.is_ascii_digit());
    let visit = WORLD.visit(true);
    assert_eq!(codes::read(&visit, For::SignIn, Uuid::nil(), None, "", &text).is_mailed(), is_mailed, "{text:?}");
    let plain = WORLD.codes[bytes.len() % 2].replace('-', "");
    assert!(matches!(WORLD.check(&written(&plain, &text)), Checked::Right(_)), "{text:?}");
    let at = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % plain.len();
    let another = if plain[at..].starts_with('7') { "8" } else { "7" };
    let wrong = [&plain[..at], another, &plain[at + 1..]].concat();
    assert_eq!(WORLD.check(&written(&wrong, &text)), Checked::Wrong, "{text:?}");
}

/// The letter or digit of a code that this one is, or is the wide form of (Unicode's compatibility mapping), or the Arabic, Persian or
/// Devanagari one.
fn meant(letter: char) -> Option<char> {
    const DIGITS: [&str; 3] = ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"];
    let of_them = DIGITS.iter().find_map(|digits| digits.chars().position(|digit| digit == letter));
    let is_wide = letter > '\u{ff00}' && letter < '\u{ff5f}';
    let letter = match of_them {
        Some(digit) => char::from(b"0123456789"[digit]),
        None if is_wide => [letter].into_iter().nfkc().next()?,
        None => letter,
    };
    letter.is_ascii_alphanumeric().then_some(letter)
}

fn wide(letter: char) -> char {
    char::from_u32(u32::from(letter) + 0xfee0).unwrap()
}

/// A code with whatever stands between its letters, and with letters that look like others.
fn written(plain: &str, text: &str) -> String {
    let mut between = text.chars();
    let mut written = String::new();
    for letter in plain.chars() {
        let next = between.next().unwrap_or(' ');
        let likenesses = match letter {
            '0' if plain.len() > 6 => "0Oo".to_owned(),
            '1' if plain.len() > 6 => "1IiLl".to_owned(),
            letter => [letter, letter.to_ascii_lowercase(), wide(letter)].iter().collect(),
        };
        written.extend(likenesses.chars().cycle().nth(next as usize % 15));
        written.extend(Some(next).filter(|next| meant(*next).is_none()));
    }
    written
}

/// A new password: it is taken, or not, whichever way its letters are composed.
pub fn new_password(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (name, password) = text.split_once('\n').unwrap_or(("ada@example.org", &text));
    let taken = check_new(password, name, 15);
    for composed in [password.nfc().collect::<String>(), password.nfd().collect(), password.nfkc().collect()] {
        // Only as many bytes are looked at.
        if [password.len(), composed.len()].iter().all(|length| *length <= 4_096) {
            assert_eq!(check_new(&composed, name, 15), taken, "{password:?} as {composed:?}");
        }
    }
    if taken.is_ok() {
        assert!(password.nfkc().count() >= 15, "{password:?}");
    }
}

static ROUTER: LazyLock<Router> = LazyLock::new(|| WORLD.wait(async { router(WORLD.app.clone()) }));

/// A whole request, as HTTP/1 writes it but for its ends of lines: it is answered, never by a mistake of ours, and
/// leads nowhere else. One that changes something comes from a page of ours, and nobody gets into the account who was
/// not in it.
pub fn request(bytes: &[u8]) {
    let Some(request) = read(&WORLD.fill_in(bytes.to_vec())) else { return };
    let (method, sent) = (request.method().clone(), request.headers().clone());
    let router = ROUTER.clone();
    let (response, is_somebody_in) = WORLD.undone(async {
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        Response::from_parts(parts, to_bytes(body, usize::MAX).await.unwrap())
    });
    let (status, headers) = (response.status(), response.headers());
    assert!(!status.is_server_error(), "{status}, by \"{}\"", bytes.escape_ascii());
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
    for way in headers.get_all(header::LOCATION) {
        let way = way.to_str().unwrap();
        assert!(leads_to(ORIGIN, way) || leads_to(LISTED, way), "{way}");
    }
    for cookie in headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-") && cookie.contains("; HttpOnly"), "{cookie}");
    }
    let is_ours = sent.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
        || sent.get(header::ORIGIN).is_some_and(|origin| origin == ORIGIN);
    let is_refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST);
    assert!(is_safe(&method) || is_ours || is_refused, "{method}: {status}");
    // With the key to her passkey, or with a code, she may.
    assert!(!is_somebody_in || answers::is_proof(bytes), "somebody got in");
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn read(bytes: &[u8]) -> Option<Request<Body>> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let mut first = lines.next()?.splitn(2, |byte| *byte == b' ');
    let (method, address) = (Method::from_bytes(first.next()?).ok()?, Uri::try_from(first.next()?).ok()?);
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
        headers.append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value[1..].trim_ascii()).ok()?);
    }
    let body = bytes.get(end + 2..).unwrap_or_default().to_vec();
    let mut request = Request::new(Body::from(body));
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, address, headers);
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::new(203, 0, 113, 9), 4_711))));
    Some(request)
}
