//! "This can happen when …": the right possibilities for the provider, and a place to look that exists on the platform.

use super::*;
use crate::page::Cause as Shown;
use domain::intelligence::Cause;

/// The causes of a page, and whether it leads up to them.
fn causes_of(page: Page) -> (String, Vec<Shown>) {
    match page.screen {
        Screen::UsePasskey(it) => (it.causes_lead, it.causes),
        Screen::CreatePasskey(it) => (it.causes_lead, it.causes),
        other => panic!("{}", other.name()),
    }
}

fn at_sign_in(platform: Platform, passkeys: &[PasskeyEvidence]) -> Vec<Shown> {
    let env = on(platform);
    let diagnosis = diagnosis(env, passkeys);
    causes_of(presenter().use_passkey(&walk(&env, passkeys), Prompt::Failed, None, Some(&diagnosis), minted())).1
}

fn of_diagnosis(causes: &[(Cause, u16)]) -> Vec<Shown> {
    let env = on(Platform::MacOs);
    let passkeys = [works(APPLE, Platform::MacOs)];
    let mut diagnosis = Diagnosis { causes: [(Cause::DeletedHere, 0); 7] };
    diagnosis.causes[..causes.len()].copy_from_slice(causes);
    causes_of(presenter().use_passkey(&walk(&env, &passkeys), Prompt::Failed, None, Some(&diagnosis), minted())).1
}

#[test]
fn a_table_of_first_causes() {
    let table = [
        (
            Platform::MacOs,
            works(APPLE, Platform::MacOs),
            "this Mac uses another Apple account than the one that keeps the passkey",
            "System Settings › your name › iCloud › Passwords",
        ),
        (
            Platform::Ios,
            works(APPLE, Platform::Ios),
            "this iPhone uses another Apple account than the one that keeps the passkey",
            "Look in Settings › your name › iCloud › Passwords",
        ),
        (
            Platform::Windows,
            works(HELLO, Platform::Windows),
            "the passkey was removed from this PC",
            "Windows Settings › Accounts › Passkeys",
        ),
        (
            Platform::Windows,
            works(BITWARDEN, Platform::Windows),
            "Bitwarden is locked or signed out here, or not switched on",
            "Unlock Bitwarden, in its app or its browser extension",
        ),
        (
            Platform::Ios,
            works(BITWARDEN, Platform::Ios),
            "Bitwarden is locked or signed out here, or not switched on",
            "Settings › General › AutoFill & Passwords",
        ),
        (
            Platform::Linux,
            works(KEEPASSXC, Platform::Linux),
            "the file of KeePassXC is not open here",
            "Open the file in KeePassXC",
        ),
        (
            Platform::Android,
            works(GOOGLE, Platform::Android),
            "this Android device uses another Google account than the one that keeps the passkey",
            "Settings › Google",
        ),
        (
            Platform::Windows,
            works(GOOGLE, Platform::Windows),
            "this browser uses another Google account than the one that keeps the passkey",
            "Choose your picture in the corner of Chrome",
        ),
        (
            Platform::Windows,
            elsewhere(APPLE, Platform::Ios),
            "the passkey is in Apple Passwords, on an iPhone, iPad or Mac",
            "the prompt can show a code to scan with it",
        ),
        (
            Platform::MacOs,
            elsewhere(HELLO, Platform::Windows),
            "the passkey is in Windows Hello on another computer",
            "Here, your password signs you in.",
        ),
        (
            Platform::MacOs,
            works(CHROME_ON_MAC, Platform::MacOs),
            "the passkey was removed from this browser, for example together with its browsing data",
            "another profile of this browser",
        ),
    ];
    for (platform, passkey, when, fix) in table {
        let shown = at_sign_in(platform, &[passkey]);
        assert_eq!(shown[0].when, when);
        assert!(shown[0].fix.contains(fix), "{}", shown[0].fix);
    }
}

#[test]
fn at_most_three_and_never_none_after_an_error() {
    for platform in PLATFORMS {
        for provider in PROVIDERS {
            for passkeys in [
                vec![works(provider, platform)],
                vec![elsewhere(provider, platform)],
                vec![works(provider, platform), elsewhere(APPLE, platform)],
            ] {
                let shown = at_sign_in(platform, &passkeys);
                assert!((1..=3).contains(&shown.len()), "{platform:?} {provider}: {shown:?}");
                assert!(shown.iter().all(|cause| !cause.when.is_empty() && !cause.fix.is_empty()));
            }
        }
    }
}

#[test]
fn a_closed_prompt_explains_nothing_and_technical_trouble_explains_all() {
    use Cause::{DeletedHere, Dismissed, OnAnotherDevice, Technical};
    let removed = "the passkey was removed from Apple Passwords";
    let technical = "the browser is busy with another prompt, or this page is not in front";
    let whens = |causes: &[(Cause, u16)]| of_diagnosis(causes).into_iter().map(|cause| cause.when).collect::<Vec<_>>();
    assert_eq!(whens(&[(Dismissed, 700), (DeletedHere, 200), (Technical, 100)]), [removed]);
    assert_eq!(whens(&[(Technical, 700), (DeletedHere, 200), (Dismissed, 100)]), [technical]);
    assert_eq!(whens(&[(DeletedHere, 900), (OnAnotherDevice, 20), (Technical, 80)]), [removed]);
    assert_eq!(whens(&[(Dismissed, 1_000), (DeletedHere, 0)]), ["the prompt was closed"]);
    assert_eq!(whens(&[]), Vec::<String>::new());
}

#[test]
fn the_offer_repeats_the_causes_only_where_an_error_led_to_it() {
    let env = on(Platform::MacOs);
    let passkeys = [works(APPLE, Platform::MacOs)];
    let diagnosis = diagnosis(env, &passkeys);
    let offered =
        |why| causes_of(presenter().create_passkey(&walk(&env, &passkeys), why, None, Some(&diagnosis), minted()));
    assert_eq!(offered(Why::AfterError).0, "This can happen when …");
    assert_eq!(offered(Why::AfterError).1.len(), 2);
    assert_eq!(offered(Why::SecondBrowser), (String::new(), Vec::new()));
}

#[test]
fn who_is_signed_in_is_not_told_to_use_the_password() {
    let env = on(Platform::MacOs);
    let passkeys = [elsewhere(HELLO, Platform::Windows)];
    let diagnosis = diagnosis(env, &passkeys);
    let page = presenter().create_passkey(&walk(&env, &passkeys), Why::AfterError, None, Some(&diagnosis), minted());
    assert_eq!(causes_of(page).1[0].fix, "It stays where it is, and you can go on using it there.");
}

#[test]
fn of_several_managers_the_one_that_was_here_last_is_named() {
    let older = PasskeyEvidence {
        here: Here { worked: Some(SHOWN.plus(-9 * DAY)), ..Here::default() },
        ..works(KEEPASSXC, Platform::Windows)
    };
    let shown = at_sign_in(Platform::Windows, &[older, works(BITWARDEN, Platform::Windows)]);
    assert!(shown[0].when.starts_with("Bitwarden is locked"), "{shown:?}");
}
