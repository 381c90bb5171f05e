//! The time of an answer must not tell who exists: Welch's t over 300 requests for each of two kinds of names, taken in
//! turns. One measurement above the bound may be chance; two in a row are not. A machine that stops for a moment now and then
//! hides any difference among all measurements, so they are looked at without the slowest ones as well.

use crate::app::{Answer, SUGGESTS, TestApp};
use crate::authenticator::{Passkey, honest, new_key};
use crate::ghosts::ghost_on_a_mac;
use crate::person::{Person, failed, not_allowed};
use domain::time::DAY;
use http::StatusCode;
use keymend::page::{Ceremony, Report, Screen};
use std::time::Duration;

const EACH: usize = 300;
const BOUND: f64 = 4.5;
/// The slowest of both kinds together, one of so many, tell of the machine rather than of what was asked.
const ONE_IN: usize = 50;

/// What is asked, and timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Identify,
    /// The page once more, after a name was said.
    Reload,
    /// *Use password instead*.
    UsePassword,
    /// The same while the prompt is open.
    LeftPrompt,
    Password,
    ForgedPasskey,
    /// One that was never listed.
    UnknownPasskey,
    /// One that is listed for a name, as the answer of somebody who has not said any.
    ForgedPasskeyOfAnyone,
    /// A right one, of another account.
    ForeignPasskey,
    Failure,
    SignUp,
    /// *Send a new code* at a sign-up.
    SignUpAgain,
    /// A code of a sign-up that is not the one that was mailed.
    WrongCodeSignUp,
    /// *Email me a code*.
    CodeByMail,
    /// A code that is not the one that was mailed.
    WrongCode,
    /// *Forgot password?*: a code is asked for.
    Forgotten,
    /// A code and a new password, where the code is not the one.
    WrongCodeForgotten,
    /// A code that somebody might keep, and a new password.
    KeptCodeForgotten,
    /// Another address for an account that somebody is in.
    NewAddress,
    /// *Send a new code* to that address.
    NewAddressAgain,
    /// A code that is not the one that was mailed there.
    WrongCodeNewAddress,
}

impl Asked {
    /// The status and the step of its answer: what is timed must be what is meant.
    fn is_answered_by(self) -> (StatusCode, &'static str) {
        const OK: StatusCode = StatusCode::OK;
        const NO: StatusCode = StatusCode::UNAUTHORIZED;
        match self {
            Self::Identify | Self::Reload | Self::Failure => (OK, "use-passkey"),
            Self::ForgedPasskey | Self::UnknownPasskey | Self::ForeignPasskey => (NO, "use-passkey"),
            Self::ForgedPasskeyOfAnyone => (NO, "identify"),
            Self::UsePassword | Self::LeftPrompt => (OK, "enter-password"),
            Self::Password => (NO, "enter-password"),
            Self::SignUp | Self::SignUpAgain => (OK, "confirm-sign-up"),
            Self::WrongCodeSignUp => (NO, "confirm-sign-up"),
            Self::CodeByMail => (OK, "enter-code"),
            Self::WrongCode => (NO, "enter-code"),
            Self::Forgotten => (OK, "new-password"),
            Self::WrongCodeForgotten | Self::KeptCodeForgotten => (NO, "new-password"),
            Self::NewAddress | Self::NewAddressAgain => (OK, "new-address"),
            Self::WrongCodeNewAddress => (NO, "new-address"),
        }
    }
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

/// Of all measurements and of those without the slowest: whichever t is further from none.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    let mut pooled = [a, b].concat();
    pooled.sort_by(f64::total_cmp);
    let most = pooled[pooled.len() - 1 - pooled.len() / ONE_IN];
    let [quick_a, quick_b] =
        [a, b].map(|sample| sample.iter().copied().filter(|time| *time <= most).collect::<Vec<_>>());
    let (of_all, of_quick) = (welch(a, b), welch(&quick_a, &quick_b));
    if of_all.abs() > of_quick.abs() { of_all } else { of_quick }
}

#[test]
fn the_statistic_tells_what_is_different_from_what_is_not() {
    let noise = |seed: usize| (0..300).map(move |n| f64::from(u32::try_from((n * 7_919 + seed * 31) % 101).unwrap()));
    let (a, b): (Vec<_>, Vec<_>) = (noise(1).collect(), noise(2).collect());
    assert!(difference(&a, &b).abs() < BOUND);
    let slower: Vec<_> = b.iter().map(|time| time + 15.0).collect();
    assert!(difference(&a, &slower).abs() > BOUND, "a fifth of the noise more is noticed");
    // The machine stops for a moment every now and then, and hides nothing by it.
    let stops =
        |sample: &[f64]| sample.iter().enumerate().map(|(n, x)| x + if n % 75 == 7 { 1e5 } else { 0.0 }).collect();
    let (a, b, slower): (Vec<_>, Vec<_>, Vec<_>) = (stops(&a), stops(&b), stops(&slower));
    assert!(welch(&a, &slower).abs() < BOUND, "it would hide it");
    assert!(difference(&a, &b).abs() < BOUND);
    assert!(difference(&a, &slower).abs() > BOUND);
    // Nor does it hide what is slow now and then itself, for one of the two.
    let seldom: Vec<_> = b.iter().enumerate().map(|(n, x)| x + if n % 15 == 0 { 1e5 } else { 0.0 }).collect();
    assert!(difference(&noise(1).collect::<Vec<_>>(), &seldom).abs() > BOUND);
}

async fn asks(app: &TestApp, member: &Person, name: &str, asked: Asked) -> Duration {
    // Guesses are forgiven, and so is what the flow of yesterday knew.
    app.wait(DAY);
    let visitor = app.person(name);
    match asked {
        Asked::SignUp | Asked::SignUpAgain | Asked::WrongCodeSignUp => signs_up(visitor, asked).await,
        Asked::Forgotten | Asked::WrongCodeForgotten | Asked::KeptCodeForgotten => has_forgotten(visitor, asked).await,
        Asked::NewAddress | Asked::NewAddressAgain | Asked::WrongCodeNewAddress => {
            wants_address(member.another_tab(), name, asked).await
        }
        Asked::ForgedPasskeyOfAnyone => forges_without_a_name(visitor).await,
        _ => signs_in(visitor, member, asked).await,
    }
}

async fn signs_in(mut visitor: Person, member: &Person, asked: Asked) -> Duration {
    visitor.opens("/sign-in").await;
    let name = visitor.identifier.clone();
    if let Asked::Identify = asked {
        let (_, proceed) = visitor.identify().form.clone().unwrap();
        return time(asked, visitor.browser.press(&proceed, &[("identifier", &name)])).await;
    }
    visitor.types_identifier(&name).await;
    match asked {
        Asked::Reload => time(asked, visitor.browser.page("/sign-in")).await,
        Asked::UsePassword | Asked::LeftPrompt => leaves_the_prompt(&visitor, asked).await,
        Asked::Password => {
            let sign_in = visitor.comes_to_the_password().await.sign_in;
            time(asked, visitor.browser.press(&sign_in, &[("password", "not the password at all")])).await
        }
        Asked::CodeByMail => {
            let code = visitor.comes_to_the_password().await.code.unwrap();
            time(asked, visitor.browser.press(&code, &[])).await
        }
        Asked::WrongCode => {
            visitor.comes_to_the_password().await;
            visitor.asks_for_a_code().await;
            time(asked, visitor.browser.press(&visitor.ask().submit, &[("code", "000000")])).await
        }
        Asked::Failure => time(asked, reports(&visitor, visitor.ceremony(), &failed(not_allowed()))).await,
        _ => answers_with(&visitor, member, asked).await,
    }
}

async fn leaves_the_prompt(visitor: &Person, asked: Asked) -> Duration {
    let Screen::UsePasskey(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
    let left = serde_json::to_string(&not_allowed()).unwrap();
    let fields = [("ceremony", screen.ceremony.state.as_str()), ("left", left.as_str())];
    let fields = if asked == Asked::LeftPrompt { &fields[..] } else { &[] };
    time(asked, visitor.browser.press(&screen.password, fields)).await
}

/// Answers the prompt with a passkey that is none of this name.
async fn answers_with(visitor: &Person, member: &Person, asked: Asked) -> Duration {
    let ceremony = visitor.ceremony();
    let credential = match asked {
        Asked::ForeignPasskey => member.device.get_with(&member.device.passkeys[0], &ceremony.options, honest),
        Asked::UnknownPasskey => forged(visitor, vec![7; 20], ceremony, None),
        Asked::ForgedPasskey => forged(visitor, listed(ceremony), ceremony, None),
        _ => unreachable!("{asked:?} is no answer to a prompt"),
    };
    time(asked, reports(visitor, ceremony, &Report::Credential(credential.to_string()))).await
}

async fn forges_without_a_name(mut visitor: Person) -> Duration {
    visitor.browser.environment = Some(SUGGESTS.to_owned());
    visitor.identifies().await;
    let id = listed(visitor.ceremony());
    let Screen::UsePasskey(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
    let not_you = screen.person.not_you.clone();
    visitor.presses(&not_you, &[]).await;
    let ceremony = visitor.identify().autofill.clone().unwrap();
    let credential = forged(&visitor, id, &ceremony, Some(vec![1; 16]));
    let report = Report::Credential(credential.to_string());
    time(Asked::ForgedPasskeyOfAnyone, reports(&visitor, &ceremony, &report)).await
}

/// The id of the first passkey that is listed.
fn listed(ceremony: &Ceremony) -> Vec<u8> {
    let options: serde_json::Value = serde_json::from_str(&ceremony.options).unwrap();
    crate::authenticator::ids(&options["allowCredentials"]).remove(0)
}

fn forged(visitor: &Person, id: Vec<u8>, ceremony: &Ceremony, handle: Option<Vec<u8>>) -> serde_json::Value {
    let passkey = Passkey { id, handle: Vec::new(), key: new_key(), counter: 0 };
    visitor.device.get_with(&passkey, &ceremony.options, |making| making.handle = handle)
}

async fn reports(visitor: &Person, ceremony: &Ceremony, report: &Report) -> Answer {
    visitor.posts_report(ceremony, &serde_json::to_string(report).unwrap()).await
}

async fn signs_up(mut visitor: Person, asked: Asked) -> Duration {
    if asked == Asked::SignUp {
        visitor.opens("/sign-up").await;
        let Screen::SignUp(screen) = &visitor.page.screen else { panic!("{:?}", visitor.page) };
        let fields = [("identifier", visitor.identifier.as_str()), ("password", visitor.password.as_str())];
        return time(asked, visitor.browser.press(&screen.create, &fields)).await;
    }
    visitor.begins_to_sign_up().await;
    waits_for_a_code(&visitor, asked, asked == Asked::SignUpAgain).await
}

/// Asks for the code `again`, or types one that is wrong.
async fn waits_for_a_code(visitor: &Person, asked: Asked, again: bool) -> Duration {
    match again {
        true => time(asked, visitor.browser.press(&visitor.offered("Send a new code"), &[])).await,
        false => time(asked, visitor.browser.press(&visitor.ask().submit, &[("code", "000000")])).await,
    }
}

async fn has_forgotten(mut visitor: Person, asked: Asked) -> Duration {
    if let Asked::Forgotten = asked {
        visitor.opens("/forgot-password").await;
        let fields = [("identifier", visitor.identifier.as_str())];
        return time(asked, visitor.browser.press(&visitor.ask().submit, &fields)).await;
    }
    visitor.has_forgotten().await;
    let code = if asked == Asked::KeptCodeForgotten { "ABCD-EFGH-JKMN-PQRS" } else { "000000" };
    let fields = [("code", code), ("password", "a lantern in the old harbour")];
    time(asked, visitor.browser.press(&visitor.ask().submit, &fields)).await
}

/// Whoever is in an account, by their passkey and just now, wants this address for it.
async fn wants_address(mut member: Person, address: &str, asked: Asked) -> Duration {
    member.signs_in_with_passkey().await;
    member.opens("/account/identifier").await;
    let (_, change) = member.change().form.clone().unwrap();
    let fields = [("identifier", address)];
    if asked == Asked::NewAddress {
        return time(asked, member.browser.press(&change, &fields)).await;
    }
    member.presses(&change, &fields).await;
    waits_for_a_code(&member, asked, asked == Asked::NewAddressAgain).await
}

async fn time(asked: Asked, answer: impl Future<Output = Answer>) -> Duration {
    let began = tokio::time::Instant::now();
    let answer = answer.await;
    let took = began.elapsed();
    assert_eq!((answer.status, answer.step()), asked.is_answered_by(), "{asked:?}: {}", answer.text());
    took
}

async fn measured(app: &TestApp, member: &Person, [known, unknown]: [&str; 2], asked: Asked) -> f64 {
    let (mut real, mut ghost) = (Vec::new(), Vec::new());
    for number in 0..EACH {
        // Who comes first changes, so that neither always finds what the other has warmed.
        let order = if number % 2 == 0 { [true, false] } else { [false, true] };
        for is_real in order {
            let name = if is_real { known } else { unknown };
            let took = asks(app, member, name, asked).await.as_secs_f64() * 1e6;
            if is_real { real.push(took) } else { ghost.push(took) }
        }
    }
    let middle = |sample: &[f64]| {
        let mut sorted = sample.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let t = difference(&real, &ghost);
    println!("{asked:?}: t = {t:.2}, median {:.0} µs for somebody, {:.0} µs for nobody", middle(&real), middle(&ghost));
    t
}

async fn takes_as_long_for_nobody(asked: Asked) {
    // A debug build takes long enough for what it does to be compared; a release is measured as it answers.
    let app = TestApp::start_with("", |settings| {
        settings.server.root_key = "5a".repeat(32);
        if cfg!(debug_assertions) {
            settings.sign_in.answer_after_ms = 0;
        }
    });
    let app = app.await;
    let mut ada = app.person("somebody00@example.org");
    ada.settles_in().await;
    if asked == Asked::KeptCodeForgotten {
        ada.gets_codes().await;
    }
    let mut member = app.person("a-member");
    member.settles_in().await;
    let ghost = ghost_on_a_mac(&app, 20).await;
    let names = [ada.identifier.as_str(), &ghost];
    let first = measured(&app, &member, names, asked).await;
    if first.abs() >= BOUND {
        let second = measured(&app, &member, names, asked).await;
        assert!(second.abs() < BOUND, "{asked:?}: t = {first:.2}, and again {second:.2}");
    }
}

#[tokio::test]
async fn an_answer_about_somebody_or_nobody_waits_until_its_time() {
    const TIME: Duration = Duration::from_millis(150);
    let app = TestApp::start_with("", |settings| {
        settings.server.root_key = "5a".repeat(32);
        settings.sign_in.answer_after_ms = 150;
    });
    let app = app.await;
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    let ghost = ghost_on_a_mac(&app, 20).await;
    for name in [ada.identifier.as_str(), &ghost] {
        for asked in [Asked::Identify, Asked::Reload, Asked::UsePassword, Asked::Failure, Asked::Forgotten] {
            let took = asks(&app, &ada, name, asked).await;
            assert!(took >= TIME, "{name}, {asked:?}: {took:?}");
        }
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

#[tokio::test]
async fn the_page_after_a_name_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::Reload).await;
}

#[tokio::test]
async fn the_way_to_the_password_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::UsePassword).await;
}

#[tokio::test]
async fn leaving_an_open_prompt_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::LeftPrompt).await;
}

#[tokio::test]
async fn a_passkey_of_another_account_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::ForeignPasskey).await;
}

#[tokio::test]
async fn a_code_that_somebody_might_keep_takes_as_long_for_nobody() {
    takes_as_long_for_nobody(Asked::KeptCodeForgotten).await;
}

#[tokio::test]
async fn a_new_code_for_a_sign_up_takes_as_long_whether_the_address_is_taken_or_free() {
    takes_as_long_for_nobody(Asked::SignUpAgain).await;
}

#[tokio::test]
async fn a_wrong_code_for_a_sign_up_takes_as_long_whether_the_address_is_taken_or_free() {
    takes_as_long_for_nobody(Asked::WrongCodeSignUp).await;
}

#[tokio::test]
async fn another_address_takes_as_long_whether_it_is_taken_or_free() {
    takes_as_long_for_nobody(Asked::NewAddress).await;
}

#[tokio::test]
async fn a_new_code_for_another_address_takes_as_long_whether_it_is_taken_or_free() {
    takes_as_long_for_nobody(Asked::NewAddressAgain).await;
}

#[tokio::test]
async fn a_wrong_code_for_another_address_takes_as_long_whether_it_is_taken_or_free() {
    takes_as_long_for_nobody(Asked::WrongCodeNewAddress).await;
}
