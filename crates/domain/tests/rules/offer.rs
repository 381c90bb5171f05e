//! Whether a new passkey is offered after a sign-in. One row per sentence.

use crate::samples::{
    APPLE, BITWARDEN, NOW, absent, ago, failed, hello, met, passkey, proven_present, seen, somebody, worked,
};
use crate::strategies::{evidence, signed_in_by};
use domain::ceremony::Capabilities;
use domain::intelligence::constants::{FAILURES_AFTER_PRESENT, PAUSE_AFTER_CANCEL, PAUSE_AFTER_NOT_NOW, STRIKE};
use domain::intelligence::{
    Environment, Evidence, Here, OfferHistory, PasskeyEvidence, Reason, SignedInBy, Why, offer, pause_after,
};
use domain::platform::Platform;
use domain::time::DAY;
use proptest::prelude::*;

const AT_ONCE: SignedInBy = SignedInBy::Password { failures: 0 };
const AFTER_FAILURES: SignedInBy = SignedInBy::Password { failures: 2 };
const HERE: SignedInBy = SignedInBy::Passkey { cross_device: false };
const ELSEWHERE: SignedInBy = SignedInBy::Passkey { cross_device: true };

fn mac(here: Here) -> Evidence {
    met(somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]), 300)
}

#[test]
fn the_sentences_of_the_offer() {
    let broke = Here { failures: 2, failed: Some(ago(40)), ..worked(60) };
    let gone = Here { worked: Some(ago(60)), ..absent(40) };
    let healed = [seen(passkey(APPLE), gone), seen(passkey(BITWARDEN), worked(1))];
    let blind = Environment {
        can: Capabilities { webauthn: Some(false), ..Capabilities::default() },
        ..Environment::default()
    };
    let paused = |until| OfferHistory { paused_until: Some(until), ..OfferHistory::default() };
    let newer = PasskeyEvidence { created: ago(5), ..passkey(BITWARDEN) };
    let table = [
        ("failed just now", mac(worked(3)), AFTER_FAILURES, Some(Why::AfterError), Reason::FailedInThisFlow),
        (
            "one failure is enough",
            mac(worked(3)),
            SignedInBy::Password { failures: 1 },
            Some(Why::AfterError),
            Reason::FailedInThisFlow,
        ),
        (
            "two strikes, so nothing was tried",
            Evidence { strikes: 2 * STRIKE, ..mac(worked(3)) },
            AT_ONCE,
            Some(Why::AfterError),
            Reason::TwoStrikes,
        ),
        (
            "failed before, so a click was waited for",
            mac(broke),
            AT_ONCE,
            Some(Why::AfterError),
            Reason::FailedHereRepeatedly,
        ),
        (
            "absent, and the one made instead was removed",
            mac(gone),
            AT_ONCE,
            Some(Why::AfterError),
            Reason::ProvenAbsentHere,
        ),
        ("healed", met(somebody(Platform::MacOs, &healed), 300), AT_ONCE, None, Reason::WorksHere),
        ("nothing is wrong", mac(worked(3)), AT_ONCE, None, Reason::WorksHere),
        ("it just worked", mac(worked(3)), HERE, None, Reason::WorksHere),
        (
            "another device answered",
            mac(Here::default()),
            ELSEWHERE,
            Some(Why::AfterCrossDevice),
            Reason::AnotherDeviceAnswered,
        ),
        (
            "none was ever used here",
            somebody(Platform::Windows, &[passkey(APPLE)]),
            AT_ONCE,
            Some(Why::SecondBrowser),
            Reason::NoneWorkedHere,
        ),
        ("nor on later visits", mac(Here::default()), AT_ONCE, Some(Why::SecondBrowser), Reason::NoneWorkedHere),
        (
            "one that is younger than this acquaintance",
            met(somebody(Platform::Windows, &[newer]), 300),
            AT_ONCE,
            None,
            Reason::WorksHere,
        ),
        ("the first one", somebody(Platform::MacOs, &[]), SignedInBy::SignUp, Some(Why::First), Reason::FirstPasskey),
        (
            "still the first one",
            met(somebody(Platform::MacOs, &[]), 300),
            AT_ONCE,
            Some(Why::First),
            Reason::FirstPasskey,
        ),
        (
            "a browser that cannot",
            Evidence { environment: blind, ..mac(worked(3)) },
            AFTER_FAILURES,
            None,
            Reason::CannotCreate,
        ),
        ("not now", Evidence { offers: paused(NOW.plus(DAY)), ..mac(worked(3)) }, AFTER_FAILURES, None, Reason::Paused),
        (
            "not now is over",
            Evidence { offers: paused(NOW), ..mac(worked(3)) },
            AFTER_FAILURES,
            Some(Why::AfterError),
            Reason::FailedInThisFlow,
        ),
        (
            "present after all",
            proven_present(mac(worked(3)), 3, 2),
            AFTER_FAILURES,
            None,
            Reason::AlreadyHereNoNewEvidence,
        ),
        (
            "unless that is long disproved",
            proven_present(mac(worked(3)), 3, FAILURES_AFTER_PRESENT),
            AFTER_FAILURES,
            Some(Why::AfterError),
            Reason::FailedInThisFlow,
        ),
        (
            "what was present is no passkey any more",
            proven_present(somebody(Platform::MacOs, &[]), 3, 0),
            AT_ONCE,
            Some(Why::First),
            Reason::FirstPasskey,
        ),
        (
            "nor is it the one that was made elsewhere since",
            proven_present(somebody(Platform::MacOs, &[PasskeyEvidence { created: ago(1), ..hello() }]), 3, 0),
            AFTER_FAILURES,
            Some(Why::AfterError),
            Reason::FailedInThisFlow,
        ),
        (
            "failed where it never worked",
            Evidence { first_seen: Some(ago(400)), ..mac(failed(2, 1)) },
            AT_ONCE,
            Some(Why::AfterError),
            Reason::FailedHereRepeatedly,
        ),
    ];
    for (sentence, evidence, by, outcome, reason) in table {
        let decision = offer(&evidence, by, NOW);
        assert_eq!((decision.outcome, decision.reasons.first()), (outcome, Some(&reason)), "{sentence}");
    }
}

/// Records of sign-ins are kept for more than a year.
#[test]
fn what_was_stored_before_there_were_codes_can_still_be_read() {
    for (stored, by) in [
        (r#"{"password":{"failures":2}}"#, AFTER_FAILURES),
        (r#"{"passkey":{"cross_device":true}}"#, ELSEWHERE),
        (r#""sign-up""#, SignedInBy::SignUp),
        (r#"{"code":{"failures":2}}"#, SignedInBy::Code { failures: 2 }),
    ] {
        assert_eq!(serde_json::from_str::<SignedInBy>(stored).unwrap(), by, "{stored}");
        assert_eq!(serde_json::to_string(&by).unwrap(), stored);
    }
}

#[test]
fn a_pause_grows_from_two_weeks_to_three_months_and_a_cancel_is_three_days() {
    assert_eq!([0, 1, 2, 3].map(|declined| pause_after(true, declined)), [14, 30, 90, 90].map(|days| days * DAY));
    assert_eq!(pause_after(false, 0), 3 * DAY);
}

proptest! {
    #[test]
    fn a_pause_has_bounds_and_never_shrinks(declined in any::<u32>()) {
        let pause = pause_after(true, declined);
        prop_assert!((PAUSE_AFTER_NOT_NOW[0]..=PAUSE_AFTER_NOT_NOW[2]).contains(&pause));
        prop_assert!(pause_after(true, declined.saturating_add(1)) >= pause);
        prop_assert_eq!(pause_after(false, declined), PAUSE_AFTER_CANCEL);
    }

    #[test]
    fn every_offer_has_a_reason_and_none_is_what_a_person_asks_for(evidence in evidence(), by in signed_in_by()) {
        let decision = offer(&evidence, by, NOW);
        prop_assert!(!decision.reasons.is_empty());
        prop_assert!(decision.outcome != Some(Why::Asked));
        prop_assert_eq!(decision.outcome == Some(Why::First), decision.outcome.is_some() && evidence.passkeys.is_empty());
    }

    #[test]
    fn after_present_nothing_is_offered_without_new_failures(evidence in evidence(), by in signed_in_by(), failures in 0..FAILURES_AFTER_PRESENT) {
        let passkeys: Vec<_> = evidence.passkeys.iter().map(|old| PasskeyEvidence { created: ago(9), here: Here::default(), ..*old }).collect();
        let told = proven_present(Evidence { passkeys, ..evidence }, 3, failures);
        prop_assert!(told.passkeys.is_empty() || offer(&told, by, NOW).outcome.is_none());
    }

    #[test]
    fn a_mailed_code_is_offered_what_the_password_is(evidence in evidence(), failures in any::<u8>()) {
        let by_code = offer(&evidence, SignedInBy::Code { failures }, NOW);
        prop_assert_eq!(by_code, offer(&evidence, SignedInBy::Password { failures }, NOW));
    }

    #[test]
    fn who_broke_and_got_in_by_password_is_offered_a_new_one(evidence in evidence(), failures in 1..=u8::MAX) {
        let mut evidence = evidence;
        evidence.offers = OfferHistory::default();
        evidence.environment.can.webauthn = None;
        evidence.policy.offers = true;
        let decision = offer(&evidence, SignedInBy::Password { failures }, NOW);
        prop_assert!(decision.outcome.is_some());
    }
}
