//! The policies meet the same people.

use simulate::{POLICIES, Rates, World, simulate};

#[test]
fn where_nobody_takes_an_offer_a_passkey_is_there_for_every_policy_alike() {
    let rates = Rates { offers: [0.0, 1.0], ..Rates::default() };
    let summary = simulate(&World { rates, people: 3_000, seed: 7, threads: 2 }, &|_| {});
    let [keymend, ..] = &summary.counts;
    assert_eq!(keymend.sign_ins, 3_000 * 23, "24 visits, the first of which is the sign-up");
    assert!(0 < keymend.there && keymend.there < keymend.sign_ins);
    for (policy, counts) in POLICIES.iter().zip(&summary.counts) {
        assert_eq!((counts.sign_ins, counts.there), (keymend.sign_ins, keymend.there), "{policy:?}");
        assert_eq!(counts.made, 0, "{policy:?}");
    }
    let [_, always, _, _] = &summary.counts;
    assert_eq!(always.doomed, always.sign_ins - always.there, "always prompted, doomed wherever none is there");
}

#[test]
fn where_nothing_ever_goes_wrong_all_policies_are_the_same() {
    let rates = Rates {
        another_browser: 0.0,
        replaced: 0.0,
        deleted: 0.0,
        account: [0.0, 1.0],
        manager: [0.0, 1.0],
        closed: [0.0; 2],
        nobodys: [0.0; 3],
        ..Rates::default()
    };
    let summary = simulate(&World { rates, people: 1_000, seed: 7, threads: 2 }, &|_| {});
    for (policy, counts) in POLICIES.iter().zip(&summary.counts) {
        assert_eq!((counts.doomed, counts.missed, counts.broken, counts.made), (0, 0, 0, 0), "{policy:?}");
        assert_eq!(counts.clicks, counts.sign_ins, "one click each: {policy:?}");
    }
}

#[test]
fn nobody_does_better_than_who_knows_the_world() {
    let summary = crate::run(20_000, 7, 2);
    // What the best possible weighs: a doomed prompt like a missed passkey.
    let cost = |policy: usize| summary.counts[policy].doomed + summary.counts[policy].missed;
    let oracle = cost(3);
    assert!((0..3).all(|policy| cost(policy) > oracle), "{:?}", summary.counts);
    for quality in summary.quality() {
        assert!(quality.oracle_log_loss < quality.log_loss && quality.log_loss < quality.prior_log_loss, "{quality:?}");
    }
}
