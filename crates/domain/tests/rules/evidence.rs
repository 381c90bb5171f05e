//! What fades, and what the evidence says of itself.

use crate::samples::{APPLE, NOW, ago, met, passkey, proven_present, seen, somebody, worked};
use crate::strategies::{evidence, observation};
use domain::ceremony::{MAX_ELAPSED, Observation};
use domain::intelligence::constants::{STRIKE, STRIKE_HALF_LIFE_DAYS};
use domain::intelligence::evidence::decayed;
use domain::intelligence::{Evidence, Here, Outcome, PasskeyEvidence, Policy, assess};
use domain::platform::Platform;
use domain::time::DAY;
use proptest::prelude::*;

#[test]
fn strikes_are_counted_to_the_nearest_whole() {
    let struck = |strikes| Evidence { strikes, ..somebody(Platform::MacOs, &[]) }.has_two_strikes();
    let table = [(0, false), (STRIKE, false), (1_499, false), (1_500, true), (2_000, true), (u32::MAX, true)];
    for (strikes, expected) in table {
        assert_eq!(struck(strikes), expected, "{strikes}");
    }
}

#[test]
fn present_is_one_of_those_that_existed_then() {
    let old = passkey(APPLE);
    let new = PasskeyEvidence { created: ago(1), ..old };
    let gone = PasskeyEvidence { here: crate::samples::absent(1), ..old };
    let says = |passkeys: &[PasskeyEvidence], failures| {
        proven_present(somebody(Platform::MacOs, passkeys), 3, failures).is_one_present()
    };
    assert!(says(&[old], 0) && says(&[old, new], 3) && says(&[new, old], 0));
    assert!(!says(&[], 0) && !says(&[new], 0) && !says(&[gone], 0) && !says(&[old], 4));
    assert!(!met(somebody(Platform::MacOs, &[old]), 3).is_one_present());
}

#[test]
fn a_failure_after_it_worked_again_is_news_and_any_other_is_history() {
    let told = |here| proven_present(somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]), 3, 1).is_one_present();
    let broke = |days| Here { failures: 1, failed: Some(NOW), ..worked(days) };
    assert!(told(worked(30)) && told(worked(1)), "what works is here");
    assert!(told(broke(30)) && told(broke(3)), "it has not worked since the proof");
    assert!(!told(broke(2)));
}

/// What an operator may set, and anything else.
fn half_life() -> impl Strategy<Value = i64> {
    prop_oneof![4 => (1..=365_i64).prop_map(|days| days * DAY), 1 => any::<i64>()]
}

#[test]
fn a_record_of_the_rules_before_these_is_still_read() {
    let evidence = somebody(Platform::MacOs, &[passkey(APPLE)]);
    let mut written = serde_json::to_string(&evidence).unwrap();
    let policy = serde_json::to_string(&evidence.policy).unwrap();
    let without = [
        (policy.as_str(), r#"{"auto_start":"likely"}"#),
        (r#","trail":{"failures":0,"ended":[null,null,null]}"#, ""),
        (r#","version":null"#, ""),
        (r#","conditional_get":null,"conditional_create":null,"immediate_get":null,"signals":null"#, ""),
        (r#","across":null"#, ""),
    ];
    for (now, then) in without {
        assert_eq!(written.matches(now).count(), 1, "{now} in {written}");
        written = written.replace(now, then);
    }
    assert_eq!(serde_json::from_str::<Evidence>(&written).unwrap(), evidence);
}

proptest! {
    #[test]
    fn strikes_fade_and_never_grow(
        strikes in any::<u32>(), age in any::<i64>(), more in 0..=i64::MAX, half_life in half_life(),
    ) {
        let now = decayed(strikes, age, half_life);
        prop_assert!(now <= strikes);
        prop_assert!(decayed(strikes, age.saturating_add(more), half_life) <= now);
        prop_assert!(decayed(strikes.saturating_add(1), age, half_life) >= now);
    }

    #[test]
    fn a_half_life_halves_them(strikes in 0..1_000_000_u32, halvings in 0..20_u32, days in any::<u16>()) {
        let half_life = Policy { strike_half_life_days: days, ..Policy::default() }.strike_half_life();
        prop_assert!(half_life >= DAY);
        prop_assert_eq!(decayed(strikes, i64::from(halvings) * half_life, half_life), strikes >> halvings);
    }

    #[test]
    fn a_longer_half_life_keeps_more(strikes in 0..1_000_000_u32, age in 0..9_000 * DAY, days in 1..=364_i64) {
        prop_assert!(decayed(strikes, age, days * DAY) <= decayed(strikes, age, (days + 1) * DAY) + 1);
    }

    #[test]
    fn fading_in_two_steps_is_fading_in_one(strikes in 0..4_001_u32, first in 0..60_i64, second in 0..60_i64) {
        let half_life = i64::from(STRIKE_HALF_LIFE_DAYS) * DAY;
        let after = |strikes, days| decayed(strikes, days * DAY, half_life);
        let (at_once, in_steps) = (after(strikes, first + second), after(after(strikes, first), second));
        // Straight lines between the halvings: never more than an eighth of what is left apart, and one for each of three
        // roundings (47 after 14 and 16 days).
        prop_assert!(at_once.abs_diff(in_steps) <= at_once / 8 + 3, "{} {}", at_once, in_steps);
    }

    #[test]
    fn evidence_survives_being_stored(evidence in evidence()) {
        let written = serde_json::to_string(&evidence).unwrap();
        prop_assert_eq!(serde_json::from_str::<Evidence>(&written).unwrap(), evidence);
    }

    #[test]
    fn whatever_a_browser_claims_is_bounded_and_strikes_at_most_once(seen in observation()) {
        let bounded = seen.bounded();
        prop_assert!(bounded.elapsed <= MAX_ELAPSED);
        prop_assert_eq!(assess(&bounded), assess(&seen));
        let assessment = assess(&bounded);
        prop_assert!(assessment.strikes == 0 || assessment.strikes == STRIKE);
        let persons = matches!(assessment.outcome, Outcome::CancelledOrMissing | Outcome::RefusedAtOnce);
        prop_assert_eq!(assessment.strikes > 0, persons);
        prop_assert!(!persons || assessment.counts_in_flow);
    }

    #[test]
    fn what_nobody_saw_strikes_nobody(seen in observation()) {
        let unseen = [
            Observation { settled: false, ..seen },
            Observation { aborted: true, ..seen },
            Observation { elapsed: 300_000, ..seen },
            Observation { elapsed: 10, visible: Some(false), ..seen },
        ];
        for seen in unseen {
            prop_assert_eq!(assess(&seen).strikes, 0, "{:?}", seen);
        }
    }

    #[test]
    fn a_report_survives_the_wire(seen in observation()) {
        let written = serde_json::to_string(&seen).unwrap();
        prop_assert_eq!(serde_json::from_str::<Observation>(&written).unwrap(), seen);
    }
}

#[test]
fn a_name_that_nobody_knows_is_technical_trouble() {
    let report = r#"{"name":"QuotaExceededError","elapsed":4294967295,"focused":null,"visible":null,"activated":null,"blurred":false,"aborted":false,"settled":true}"#;
    let seen: Observation = serde_json::from_str(report).unwrap();
    assert_eq!(assess(&seen.bounded()).outcome, Outcome::Technical);
    assert_eq!(NOW.since(NOW.plus(1)), 0, "a clock that jumped back makes nothing negative");
}
