//! The first step, once somebody has said who they are. One row per sentence.

use crate::samples::{
    APPLE, BITWARDEN, NOW, absent, across, ago, failed, hello, met, passkey, proven_present, seen, somebody, worked,
};
use crate::strategies::evidence;
use domain::ceremony::Capabilities;
use domain::intelligence::constants::{ACROSS_EXPECTED, STRIKE};
use domain::intelligence::evidence::decayed;
use domain::intelligence::{AutoStart, Availability, Environment, Evidence, Here, Plan, Policy, Reason, plan, predict};
use domain::platform::Platform;
use domain::time::DAY;
use proptest::prelude::*;

#[test]
fn the_sentences_of_the_plan() {
    let works = || met(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]), 300);
    let with = |auto_start, known_browser| Evidence {
        policy: Policy { auto_start, ..Policy::default() },
        known_browser,
        ..works()
    };
    let phone = || somebody(Platform::Windows, &[seen(passkey(APPLE), across(3))]);
    let no_bluetooth = Capabilities { hybrid: Some(false), ..Capabilities::default() };
    let blind = Capabilities { webauthn: Some(false), ..Capabilities::default() };
    let table = [
        ("what works here is asked for at once", works(), Plan::Immediately, Reason::BestIsLikely),
        (
            "one that works is enough",
            somebody(Platform::MacOs, &[hello(), passkey(APPLE)]),
            Plan::Immediately,
            Reason::BestIsLikely,
        ),
        ("the operator may want a click always", with(AutoStart::Never, true), Plan::OnClick, Reason::AutoStartOff),
        (
            "or in a browser that is not known",
            with(AutoStart::KnownBrowser, false),
            Plan::OnClick,
            Reason::BrowserNotKnown,
        ),
        ("but not in one that is", with(AutoStart::KnownBrowser, true), Plan::Immediately, Reason::BestIsLikely),
        (
            "what may work waits for a click",
            somebody(Platform::MacOs, &[passkey(BITWARDEN)]),
            Plan::OnClick,
            Reason::BestIsUncertain,
        ),
        (
            "what cannot work is not asked for",
            somebody(Platform::Windows, &[passkey(APPLE)]),
            Plan::EnterPassword,
            Reason::BestIsUnlikely,
        ),
        (
            "nor what is proven absent",
            somebody(Platform::MacOs, &[seen(passkey(APPLE), absent(3))]),
            Plan::EnterPassword,
            Reason::BestIsUnlikely,
        ),
        (
            "without a passkey there is the password",
            somebody(Platform::MacOs, &[]),
            Plan::EnterPassword,
            Reason::NoPasskey,
        ),
        (
            "two strikes start with the password",
            Evidence { strikes: 2 * STRIKE, ..works() },
            Plan::EnterPassword,
            Reason::TwoStrikes,
        ),
        ("one does not", Evidence { strikes: STRIKE, ..works() }, Plan::Immediately, Reason::BestIsLikely),
        (
            "a browser that cannot is not asked",
            Evidence { environment: Environment { can: blind, ..Environment::default() }, ..works() },
            Plan::EnterPassword,
            Reason::NoWebauthn,
        ),
        (
            "one of several is here, whichever it is",
            proven_present(somebody(Platform::Linux, &[hello(), passkey(APPLE)]), 10, 0),
            Plan::OnClick,
            Reason::BestIsUncertain,
        ),
        (
            "what is bound to a machine like this waits for a click",
            somebody(Platform::Windows, &[hello()]),
            Plan::OnClick,
            Reason::BestIsUncertain,
        ),
        ("the phone that answered is asked again", phone(), Plan::AcrossDevices, Reason::AnsweredAcrossDevices),
        (
            "also beside one that may be here",
            somebody(Platform::Windows, &[seen(passkey(APPLE), across(3)), passkey(BITWARDEN)]),
            Plan::AcrossDevices,
            Reason::AnsweredAcrossDevices,
        ),
        (
            "and where it failed here itself",
            met(somebody(Platform::MacOs, &[seen(passkey(APPLE), Here { across: Some(ago(3)), ..failed(2, 1) })]), 300),
            Plan::AcrossDevices,
            Reason::AnsweredAcrossDevices,
        ),
        (
            "but not beside one that works here",
            somebody(Platform::Windows, &[seen(passkey(APPLE), across(3)), seen(passkey(BITWARDEN), worked(3))]),
            Plan::Immediately,
            Reason::BestIsLikely,
        ),
        (
            "nor where this machine cannot reach a phone",
            Evidence { environment: Environment { can: no_bluetooth, ..phone().environment }, ..phone() },
            Plan::EnterPassword,
            Reason::BestIsUnlikely,
        ),
        ("nor after two strikes", Evidence { strikes: 2 * STRIKE, ..phone() }, Plan::EnterPassword, Reason::TwoStrikes),
        (
            "nor where the operator does not want it",
            Evidence { policy: Policy { across_devices: false, ..Policy::default() }, ..phone() },
            Plan::EnterPassword,
            Reason::BestIsUnlikely,
        ),
        (
            "and after three months the phone is not expected any more",
            somebody(Platform::Windows, &[seen(passkey(APPLE), across(90))]),
            Plan::EnterPassword,
            Reason::BestIsUnlikely,
        ),
        (
            "one day earlier it is",
            somebody(Platform::Windows, &[seen(passkey(APPLE), across(89))]),
            Plan::AcrossDevices,
            Reason::AnsweredAcrossDevices,
        ),
    ];
    for (sentence, evidence, outcome, reason) in table {
        let decision = plan(&evidence, NOW);
        assert_eq!((decision.outcome, decision.reasons.first()), (outcome, Some(&reason)), "{sentence}");
    }
}

#[test]
fn two_strikes_are_still_two_on_the_next_visit_and_no_more_after_a_month() {
    let works = met(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(300))]), 300);
    for (days, outcome) in
        [(0, Plan::EnterPassword), (1, Plan::EnterPassword), (14, Plan::EnterPassword), (30, Plan::Immediately)]
    {
        let evidence = Evidence { strikes: decayed(2 * STRIKE, days * DAY, 30 * DAY), ..works.clone() };
        assert_eq!(plan(&evidence, NOW).outcome, outcome, "after {days} days");
    }
}

proptest! {
    #[test]
    fn a_prompt_opens_by_itself_only_where_a_passkey_is_likely(evidence in evidence()) {
        let decision = plan(&evidence, NOW);
        prop_assert!(!decision.reasons.is_empty());
        if decision.outcome == Plan::Immediately {
            prop_assert!(evidence.passkeys.iter().any(|passkey| predict(passkey, &evidence, NOW).outcome == Availability::Likely));
            prop_assert!(!evidence.has_two_strikes() && evidence.policy.auto_start != AutoStart::Never);
            prop_assert!(evidence.environment.can.webauthn != Some(false));
        }
    }

    #[test]
    fn another_device_is_announced_where_one_answered_and_nothing_better_is_known(evidence in evidence()) {
        let lately = |at| NOW.since(at) < ACROSS_EXPECTED;
        let answered = evidence.passkeys.iter().any(|passkey| passkey.here.across.is_some_and(lately));
        let can = evidence.environment.can.webauthn != Some(false) && evidence.environment.can.hybrid != Some(false);
        let likely = |passkey| predict(passkey, &evidence, NOW).outcome == Availability::Likely;
        // A proof of presence that does not say which of several it was is better than another device, too.
        let nothing_better = !evidence.passkeys.iter().any(likely) && !evidence.is_one_present();
        let decision = plan(&evidence, NOW);
        let expected = answered && can && nothing_better && !evidence.has_two_strikes() && evidence.policy.across_devices;
        prop_assert_eq!(decision.outcome == Plan::AcrossDevices, expected);
        prop_assert_eq!(decision.reasons.first() == Some(&Reason::AnsweredAcrossDevices), expected);
    }

    #[test]
    fn more_strikes_never_open_a_prompt(evidence in evidence(), more in any::<u32>()) {
        let struck = Evidence { strikes: evidence.strikes.saturating_add(more), ..evidence.clone() };
        let (before, after) = (plan(&evidence, NOW).outcome, plan(&struck, NOW).outcome);
        prop_assert!(after == before || after == Plan::EnterPassword);
    }

    #[test]
    fn without_a_passkey_there_is_never_a_prompt(evidence in evidence()) {
        let nobody = Evidence { passkeys: Vec::new(), ..evidence };
        prop_assert_eq!(plan(&nobody, NOW).outcome, Plan::EnterPassword);
    }
}
