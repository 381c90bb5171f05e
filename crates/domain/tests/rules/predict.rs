//! Will this passkey work here? One row per sentence.

use crate::samples::{
    APPLE, BITWARDEN, GOOGLE, NOBODY, NOW, absent, across, ago, failed, hello, met, passkey, proven_present, seen,
    somebody, worked,
};
use crate::strategies::{evidence, passkey as any_passkey};
use domain::intelligence::{Availability, Evidence, Here, PasskeyEvidence, Reason, predict};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use proptest::prelude::*;

use Availability::{Likely, Uncertain, Unlikely};

#[track_caller]
fn expect(evidence: &Evidence, outcome: Availability, reason: Reason) {
    let prediction = predict(&evidence.passkeys[0], evidence, NOW);
    assert_eq!((prediction.outcome, prediction.reasons.first()), (outcome, Some(&reason)));
}

#[test]
fn in_a_browser_that_knows_nothing_the_providers_table_speaks() {
    let table: [(&str, PasskeyEvidence, Platform, Availability, Reason); 14] = [
        ("Apple's are on every Apple device", passkey(APPLE), Platform::MacOs, Likely, Reason::SyncsToThisPlatform),
        ("an iPad is one too", passkey(APPLE), Platform::IpadOs, Likely, Reason::SyncsToThisPlatform),
        ("and cannot be on Windows", passkey(APPLE), Platform::Windows, Unlikely, Reason::NotOnThisPlatform),
        ("nor on Linux", passkey(APPLE), Platform::Linux, Unlikely, Reason::NotOnThisPlatform),
        (
            "not copied yet is not there yet",
            PasskeyEvidence { backed_up: false, ..passkey(APPLE) },
            Platform::Ios,
            Uncertain,
            Reason::SyncsToThisPlatform,
        ),
        ("Google's are at home on Android", passkey(GOOGLE), Platform::Android, Likely, Reason::SyncsToThisPlatform),
        ("and elsewhere in Chrome only", passkey(GOOGLE), Platform::Windows, Uncertain, Reason::SyncsThroughBrowser),
        ("a manager may be signed out", passkey(BITWARDEN), Platform::MacOs, Uncertain, Reason::SyncsThroughApp),
        ("Windows Hello stays where it was made", hello(), Platform::MacOs, Unlikely, Reason::BoundToAnotherMachine),
        ("which may be this very machine", hello(), Platform::Windows, Uncertain, Reason::PerhapsThisMachine),
        (
            "and may not be, where it was made on another kind",
            PasskeyEvidence { created_on: Platform::ChromeOs, ..hello() },
            Platform::Windows,
            Unlikely,
            Reason::BoundToAnotherMachine,
        ),
        (
            "of a machine that nobody knows nothing is expected",
            PasskeyEvidence { created_on: Platform::Unknown, ..hello() },
            Platform::Unknown,
            Unlikely,
            Reason::BoundToAnotherMachine,
        ),
        (
            "a key is carried around",
            PasskeyEvidence { security_key: true, ..hello() },
            Platform::Windows,
            Uncertain,
            Reason::SecurityKey,
        ),
        ("strangers may be anywhere", passkey(NOBODY), Platform::Android, Uncertain, Reason::ProviderUnknown),
    ];
    for (sentence, passkey, platform, outcome, reason) in table {
        let prediction = predict(&passkey, &somebody(platform, &[passkey]), NOW);
        assert_eq!((prediction.outcome, prediction.reasons.first()), (outcome, Some(&reason)), "{sentence}");
    }
}

#[test]
fn what_a_browser_keeps_for_itself_is_not_in_another_one() {
    let microsoft = Aaguid(0xd3452668_01fd_4c12_926c_83a4204853aa);
    let table = [
        (GOOGLE, Browser::Chrome, Uncertain, Reason::SyncsThroughBrowser),
        (GOOGLE, Browser::Other, Uncertain, Reason::SyncsThroughBrowser),
        (GOOGLE, Browser::Firefox, Unlikely, Reason::NotOnThisPlatform),
        (microsoft, Browser::Edge, Uncertain, Reason::SyncsThroughBrowser),
        (microsoft, Browser::Chrome, Unlikely, Reason::NotOnThisPlatform),
        (BITWARDEN, Browser::Firefox, Uncertain, Reason::SyncsThroughApp),
    ];
    for (aaguid, browser, outcome, reason) in table {
        let mut evidence = somebody(Platform::Windows, &[passkey(aaguid)]);
        evidence.environment.browser = browser;
        expect(&evidence, outcome, reason);
    }
}

#[test]
fn what_this_browser_has_seen_comes_before_the_table() {
    let on_windows = |here: Here| met(somebody(Platform::Windows, &[seen(hello(), here)]), 300);
    let made = Here { created: Some(ago(300)), ..Here::default() };
    expect(&on_windows(made), Likely, Reason::CreatedHere);
    expect(&on_windows(worked(300)), Likely, Reason::WorkedHere);
    expect(&on_windows(Here { failures: 1, ..worked(3) }), Likely, Reason::WorkedHere);
    expect(
        &on_windows(Here { failures: 2, failed: Some(ago(1)), ..worked(3) }),
        Uncertain,
        Reason::FailedHereRepeatedly,
    );
}

#[test]
fn proven_absent_holds_for_a_while_and_until_it_works_again() {
    let mac = |here: Here| met(somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]), 300);
    expect(&mac(absent(1)), Unlikely, Reason::ProvenAbsentHere);
    expect(&mac(absent(89)), Unlikely, Reason::ProvenAbsentHere);
    expect(&mac(absent(90)), Uncertain, Reason::ProvenAbsentHere);
    expect(&mac(Here { worked: Some(ago(20)), ..absent(10) }), Unlikely, Reason::ProvenAbsentHere);
    expect(&mac(Here { worked: Some(ago(5)), ..absent(10) }), Likely, Reason::WorkedHere);
}

#[test]
fn asked_for_in_vain_holds_for_a_while_where_somebody_has_signed_in() {
    let mac = |here: Here| somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]);
    expect(&met(mac(failed(1, 1)), 300), Likely, Reason::SyncsToThisPlatform);
    expect(&met(mac(failed(2, 1)), 300), Unlikely, Reason::FailedHereRepeatedly);
    expect(&met(mac(failed(2, 90)), 300), Uncertain, Reason::FailedHereRepeatedly);
    // A stranger's tries must look like those with an account that nobody has; the strikes are the same for both.
    expect(&mac(failed(9, 1)), Likely, Reason::SyncsToThisPlatform);
}

#[test]
fn present_after_all_beats_the_table_where_nothing_else_can_have_been_meant() {
    let table = [
        (Platform::Linux, Unlikely, Reason::BoundToAnotherMachine),
        (Platform::Windows, Uncertain, Reason::PerhapsThisMachine),
    ];
    for (platform, outcome, reason) in table {
        let one = somebody(platform, &[hello()]);
        expect(&proven_present(one.clone(), 10, 0), Likely, Reason::ProvenPresentHere);
        expect(&proven_present(one, 10, 4), outcome, reason);
        let two = somebody(platform, &[hello(), passkey(BITWARDEN)]);
        expect(&proven_present(two, 10, 0), outcome, reason);
        let since = PasskeyEvidence { created: ago(5), ..hello() };
        expect(&proven_present(somebody(platform, &[since]), 10, 0), outcome, reason);
        let newer = PasskeyEvidence { created: ago(5), ..passkey(BITWARDEN) };
        let one_and_a_newer = somebody(platform, &[hello(), newer]);
        expect(&proven_present(one_and_a_newer, 10, 0), Likely, Reason::ProvenPresentHere);
    }
}

#[test]
fn another_device_that_answered_says_nothing_about_this_one() {
    for platform in [Platform::Windows, Platform::MacOs, Platform::Android] {
        for passkey in [passkey(APPLE), passkey(BITWARDEN), passkey(NOBODY), hello()] {
            let says = |here| {
                let evidence = met(somebody(platform, &[seen(passkey, here)]), 300);
                predict(&evidence.passkeys[0], &evidence, NOW)
            };
            assert_eq!(says(across(1)), says(Here::default()));
        }
    }
}

#[test]
fn present_after_all_explains_the_failures_before_it_and_not_those_after() {
    let mac = |here: Here| proven_present(somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]), 10, 2);
    expect(&mac(failed(2, 11)), Likely, Reason::ProvenPresentHere);
    expect(&mac(failed(2, 9)), Uncertain, Reason::FailedHereRepeatedly);
    expect(&mac(absent(11)), Likely, Reason::ProvenPresentHere);
    expect(&mac(absent(9)), Unlikely, Reason::ProvenAbsentHere);
}

proptest! {
    #[test]
    fn every_prediction_has_a_reason(passkey in any_passkey(), evidence in evidence()) {
        prop_assert!(!predict(&passkey, &evidence, NOW).reasons.is_empty());
    }

    #[test]
    fn what_works_is_likely_whatever_was_before(passkey in any_passkey(), evidence in evidence()) {
        let here = Here { worked: Some(NOW), failed: None, failures: 0, absent: None, ..passkey.here };
        let here = Here { created: here.created.filter(|created| *created <= NOW), ..here };
        prop_assert_eq!(predict(&seen(passkey, here), &evidence, NOW).outcome, Likely);
    }

    #[test]
    fn more_failures_never_make_it_likelier(passkey in any_passkey(), evidence in evidence(), more in 0..9_u32) {
        let worse = Here { failures: passkey.here.failures.saturating_add(more), ..passkey.here };
        let before = predict(&passkey, &evidence, NOW).outcome;
        let after = predict(&seen(passkey, worse), &evidence, NOW).outcome;
        // One that never answered here falls from what the table says; the table itself may say no.
        prop_assert!(after <= before.max(Uncertain));
        if passkey.here.last_good().is_some() {
            prop_assert!(after <= before);
        }
    }
}
