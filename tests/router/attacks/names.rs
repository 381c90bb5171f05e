//! Names at the edge of what a name may be.

use crate::app::TestApp;
use http::StatusCode;

#[tokio::test]
async fn the_longest_name_fits_the_cookie_on_every_way() {
    let app = TestApp::start().await;
    for c in ["\u{10348}", "\"", "\\", "\u{fb03}", "a"] {
        let times = if c == "\u{fb03}" { 84 } else { 254 };
        let name = c.repeat(times);
        for with_script in [true, false] {
            let mut long = app.person(&name);
            if !with_script {
                long.browser = long.browser.without_script();
            }
            long.opens("/sign-in?return_to=https%3A%2F%2Fexample.org%2F").await;
            long.types_identifier(&name).await;
            long.opens("/sign-in").await;
            // The name came back with the cookie.
            long.comes_to_the_password().await;
            long.browser.drop_cookie("flow");
            long.opens("/forgot-password").await;
            long.answers(&[("identifier", &name)]).await;
            long.shows("new-password");
            long.answers(&[("code", "123456"), ("password", "a long passphrase that nobody has")]).await;
            assert_eq!((long.status, long.step()), (StatusCode::UNAUTHORIZED, "new-password"), "{c}");
        }
    }
}

#[test]
fn a_key_is_its_own_key() {
    use domain::identifier::Identifier;
    let mut wrong = Vec::new();
    for c in '\u{21}'..=char::MAX {
        for text in [format!("a{c}b"), format!("{c}"), format!("{c}\u{301}"), format!("{c}\u{307}x"), format!("A{c}")] {
            let Ok(once) = Identifier::parse(&text) else { continue };
            match Identifier::parse(once.key()) {
                Ok(twice) if twice.key() == once.key() => {}
                other => wrong.push((text, other.map(|o| o.key().to_owned()))),
            }
        }
    }
    assert!(wrong.is_empty(), "{} {:?}", wrong.len(), &wrong[..wrong.len().min(10)]);
}
