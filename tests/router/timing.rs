//! The time of an answer must not tell who exists: Welch's t over 300 requests for each of two kinds of names, taken in
//! turns. One measurement above the bound may be chance; two in a row are not.

use crate::app::{CAPABLE, TestApp};
use crate::authenticator::{Passkey, new_key};
use crate::ghosts::{ghost_on_a_mac, haunted};
use crate::person::Person;
use domain::time::DAY;
use keymend::page::{Report, Screen};
use std::time::Duration;

const EACH: usize = 300;
const BOUND: f64 = 4.5;
/// A browser whose field suggests passkeys.
const SUGGESTS: &str = r#"{"webauthn":true,"platform_authenticator":true,"hybrid":true,"conditional_get":true}"#;

/// What is asked, and timed.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Identify,
    Password,
    ForgedPasskey,
    /// One that was never listed.
    UnknownPasskey,
    /// One that is listed for a name, as the answer of somebody who has not said any.
    ForgedPasskeyOfAnyone,
    Failure,
    SignUp,
    /// *Email me a code*.
    CodeByMail,
    /// A code that is not the one that was mailed.
    WrongCode,
    /// *Forgot password?*: a code is asked for.
    Forgotten,
    /// A code and a new password, where the code is not the one.
    WrongCodeForgotten,
}

/// Welch's t of two samples (Welch 1947).
fn welch(a: &[f64], b: &[f64]) -> f64 {
    let of = |sample: &[f64]| {
        let n = f64::from(u32::try_from(sample.len()).unwrap());
        let mean = sample.iter().sum::<f64>() / n;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance / n)
    };
    let ((mean_a, error_a), (mean_b, error_b)) = (of(a), of(b));
    (mean_a - mean_b) / (error_a + error_b).sqrt()
}

#[test]
fn the_statistic_tells_what_is_different_from_what_is_not() {
    let noise = |seed: usize| (0..300).map(move |n| f64::from(u32::try_from((n * 7_919 + seed * 31) % 101).unwrap()));
    let (a, b): (Vec<_>, Vec<_>) = (noise(1).collect(), noise(2).collect());
    assert!(welch(&a, &b).abs() < BOUND);
    let slower: Vec<_> = b.iter().map(|time| time + 15.0).collect();
    assert!(welch(&a, &slower).abs() > BOUND, "a fifth of the noise more is noticed");
}

async fn asks(app: &TestApp, name: &str, asked: Asked) -> Duration {
    // Guesses are forgiven, and so is what the flow of yesterday knew.
    app.wait(DAY);
    let mut visitor: Person = app.person(name);
    if let Asked::ForgedPasskeyOfAnyone = asked {
        visitor.browser.environment = Some(SUGGESTS.to_owned());
    }
    if let Asked::SignUp = asked {
        visitor.opens("/sign-up").await;
        let Screen::SignUp(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
        let fields = [("identifier", name), ("password", visitor.password.as_str())];
        return time(visitor.browser.press(&screen.create, &fields)).await;
    }
    if let Asked::Forgotten | Asked::WrongCodeForgotten = asked {
        return has_forgotten(visitor, asked).await;
    }
    visitor.opens("/sign-in").await;
    if let Asked::Identify = asked {
        let (_, proceed) = visitor.identify().form.clone().unwrap();
        return time(visitor.browser.press(&proceed, &[("identifier", name)])).await;
    }
    visitor.types_identifier(name).await;
    match asked {
        Asked::Identify | Asked::SignUp | Asked::Forgotten | Asked::WrongCodeForgotten => {
            unreachable!("answered above")
        }
        Asked::Password => {
            if let Screen::UsePasskey(_) = visitor.page.screen {
                visitor.uses_password_instead().await;
            }
            let Screen::EnterPassword(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
            time(visitor.browser.press(&screen.sign_in, &[("password", "not the password at all")])).await
        }
        Asked::CodeByMail | Asked::WrongCode => {
            if let Screen::UsePasskey(_) = visitor.page.screen {
                visitor.uses_password_instead().await;
            }
            let Screen::EnterPassword(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
            if let Asked::CodeByMail = asked {
                return time(visitor.browser.press(screen.code.as_ref().unwrap(), &[])).await;
            }
            visitor.asks_for_a_code().await;
            time(visitor.browser.press(&visitor.ask().submit, &[("code", "000000")])).await
        }
        Asked::ForgedPasskeyOfAnyone => {
            let listed: serde_json::Value = serde_json::from_str(&visitor.ceremony().options).unwrap();
            let id = crate::authenticator::ids(&listed["allowCredentials"]).remove(0);
            let Screen::UsePasskey(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
            let not_you = screen.person.not_you.clone();
            let page = visitor.browser.press(&not_you, &[]).await;
            visitor.sees(&page);
            let ceremony = visitor.identify().autofill.clone().unwrap();
            let forged = Passkey { id, handle: vec![1; 16], key: new_key(), counter: 0 };
            let credential = visitor.device.get_with(&forged, &ceremony.options, |_| {});
            let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
            time(visitor.posts_report(&ceremony, &outcome)).await
        }
        Asked::ForgedPasskey | Asked::UnknownPasskey => {
            let ceremony = visitor.ceremony().clone();
            let listed: serde_json::Value = serde_json::from_str(&ceremony.options).unwrap();
            let id = match asked {
                Asked::UnknownPasskey => vec![7; 20],
                _ => crate::authenticator::ids(&listed["allowCredentials"]).remove(0),
            };
            let forged = Passkey { id, handle: vec![1; 16], key: new_key(), counter: 0 };
            let credential = visitor.device.get_with(&forged, &ceremony.options, |making| making.handle = None);
            let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
            time(visitor.posts_report(&ceremony, &outcome)).await
        }
        Asked::Failure => {
            let ceremony = visitor.ceremony().clone();
            let failed = crate::person::failed(crate::person::not_allowed());
            let outcome = serde_json::to_string(&failed).unwrap();
            time(visitor.posts_report(&ceremony, &outcome)).await
        }
    }
}

async fn has_forgotten(mut visitor: Person, asked: Asked) -> Duration {
    visitor.opens("/forgot-password").await;
    if let Asked::Forgotten = asked {
        let identifier = visitor.identifier.clone();
        return time(visitor.browser.press(&visitor.ask().submit, &[("identifier", &identifier)])).await;
    }
    visitor.has_forgotten().await;
    let fields = [("code", "000000"), ("password", "a lantern in the old harbour")];
    time(visitor.browser.press(&visitor.ask().submit, &fields)).await
}

async fn time<T>(answer: impl Future<Output = T>) -> Duration {
    let began = tokio::time::Instant::now();
    answer.await;
    began.elapsed()
}

async fn measured(app: &TestApp, known: &str, unknown: &str, asked: Asked) -> f64 {
    let (mut real, mut ghost) = (Vec::new(), Vec::new());
    for number in 0..EACH {
        // Who comes first changes, so that neither always finds what the other has warmed.
        let order = if number % 2 == 0 { [true, false] } else { [false, true] };
        for is_real in order {
            let took = asks(app, if is_real { known } else { unknown }, asked).await.as_secs_f64() * 1e6;
            if is_real { real.push(took) } else { ghost.push(took) }
        }
    }
    let middle = |sample: &[f64]| {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let t = welch(&real, &ghost);
    println!("{asked:?}: t = {t:.2}, median {:.0} µs for somebody, {:.0} µs for nobody", middle(&real), middle(&ghost));
    t
}

async fn takes_as_long_for_nobody(asked: Asked) {
    assert!(CAPABLE.contains("webauthn"));
    let app = haunted().await;
    let mut ada = app.person("somebody00@example.org");
    ada.settles_in().await;
    let ghost = ghost_on_a_mac(&app, 20).await;
    let first = measured(&app, &ada.identifier, &ghost, asked).await;
    if first.abs() >= BOUND {
        let second = measured(&app, &ada.identifier, &ghost, asked).await;
        assert!(second.abs() < BOUND, "{asked:?}: t = {first:.2}, and again {second:.2}");
    }
}

#[tokio::test]
async fn saying_a_name_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::Identify).await;
}

#[tokio::test]
async fn a_forged_passkey_of_anyone_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::ForgedPasskeyOfAnyone).await;
}

#[tokio::test]
async fn a_wrong_password_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::Password).await;
}

#[tokio::test]
async fn a_forged_passkey_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::ForgedPasskey).await;
}

#[tokio::test]
async fn an_unknown_passkey_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::UnknownPasskey).await;
}

#[tokio::test]
async fn a_failure_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::Failure).await;
}

#[tokio::test]
async fn a_sign_up_takes_as_long_whether_the_address_is_taken_or_free() {
    takes_as_long_for_nobody(Asked::SignUp).await;
}

#[tokio::test]
async fn a_code_by_mail_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::CodeByMail).await;
}

#[tokio::test]
async fn a_wrong_code_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::WrongCode).await;
}

#[tokio::test]
async fn a_forgotten_password_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::Forgotten).await;
}

#[tokio::test]
async fn a_wrong_code_for_a_new_password_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::WrongCodeForgotten).await;
}
