//! A decision and its reasons, as they are stored and read again.

use crate::samples::NOW;
use crate::strategies::{REASONS, evidence, signed_in_by};
use domain::intelligence::{Decision, Plan, RULES_VERSION, Reason, Reasons, offer, plan, predict};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// So many places there are.
const MOST: usize = 6;

fn of(codes: &[Reason]) -> Reasons {
    let mut reasons = Reasons::from([]);
    reasons.extend(codes);
    reasons
}

#[test]
fn reasons_are_written_as_a_list_of_codes() {
    let decision = Decision::new(Plan::OnClick, [Reason::BestIsUncertain, Reason::PerhapsThisMachine]);
    let written = serde_json::to_value(decision).unwrap();
    let expected = serde_json::json!({
        "outcome": "on-click",
        "reasons": ["best-is-uncertain", "perhaps-this-machine"],
        "rules_version": RULES_VERSION,
    });
    assert_eq!(written, expected);
    assert_eq!(serde_json::from_value::<Decision<Plan>>(expected).unwrap(), decision);
    assert_eq!(format!("{:?}", decision.reasons), "[BestIsUncertain, PerhapsThisMachine]");
}

#[test]
fn a_reason_that_does_not_fit_is_left_out() {
    let mut reasons = of(&REASONS[..MOST]);
    reasons.push(Reason::OffersOff);
    assert_eq!(*reasons, REASONS[..MOST]);
    assert_eq!(*Reasons::from(REASONS), REASONS[..MOST], "the strongest stay");
}

#[test]
fn a_code_that_nobody_knows_is_refused() {
    assert!(serde_json::from_str::<Reasons>(r#"["works-here","because"]"#).is_err());
}

#[test]
fn every_code_is_written_as_another_word() {
    let mut words: Vec<_> = REASONS.iter().map(|reason| serde_json::to_string(reason).unwrap()).collect();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), REASONS.len());
}

proptest! {
    #[test]
    fn reasons_survive_being_stored_as_far_as_they_fit(codes in vec(select(&REASONS[..]), 0..12)) {
        let reasons = of(&codes);
        let fit = codes.len().min(MOST);
        prop_assert_eq!(&*reasons, &codes[..fit]);
        let written = serde_json::to_string(&reasons).unwrap();
        prop_assert_eq!(serde_json::from_str::<Reasons>(&written).unwrap(), reasons);
        prop_assert_eq!(&written, &serde_json::to_string(&codes[..fit]).unwrap(), "as a list of them is");
        // A list that another program wrote may be longer.
        let all = serde_json::to_string(&codes).unwrap();
        prop_assert_eq!(serde_json::from_str::<Reasons>(&all).unwrap(), reasons);
    }

    #[test]
    fn the_same_reasons_are_equal_and_others_are_not(
        some in vec(select(&REASONS[..]), 0..MOST), others in vec(select(&REASONS[..]), 0..MOST),
    ) {
        prop_assert_eq!(of(&some) == of(&others), some == others);
    }

    #[test]
    fn no_rule_gives_more_reasons_than_fit_and_each_says_by_which_rules(evidence in evidence(), by in signed_in_by()) {
        let planned = plan(&evidence, NOW);
        let offered = offer(&evidence, by, NOW);
        let mut told = vec![(planned.reasons, planned.rules_version), (offered.reasons, offered.rules_version)];
        for passkey in &evidence.passkeys {
            let predicted = predict(passkey, &evidence, NOW);
            told.push((predicted.reasons, predicted.rules_version));
        }
        for (reasons, version) in told {
            prop_assert!((1..MOST).contains(&reasons.len()), "{:?}", reasons);
            prop_assert_eq!(version, RULES_VERSION);
            let strongest = reasons[0];
            prop_assert!(!reasons[1..].contains(&strongest), "said twice: {:?}", reasons);
        }
    }
}
