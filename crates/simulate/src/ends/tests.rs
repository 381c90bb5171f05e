//! What the best possible believes of an end is what the world does.

use super::*;
use crate::rates::Timing;

const TIMINGS: [Timing; 3] = [Timing::LogNormal { spread: 0.7 }, Timing::Exponential { shortest: 900.0 }, Timing::Even];

#[test]
fn ends_come_as_often_as_the_rates_say() {
    let rates = Rates::default();
    let count = |has, before, wanted| {
        let hits = (0..100_000).filter(|at| end(has, before, &rates, f64::from(*at) / 100_000.0) == wanted).count();
        hits as f64 / 100_000.0
    };
    let near = |one: f64, other: f64| assert!((one - other).abs() < 1e-4, "{one} {other}");
    let [no_prompt, trouble, no_answer] = rates.nobodys;
    near(count(true, 0, Some(End::Closed)), rates.closed[0]);
    near(count(true, 1, Some(End::Closed)), rates.closed[1]);
    near(count(true, 5, Some(End::Closed)), rates.closed[1]);
    near(count(true, 0, None), 1.0 - rates.closed[0] - no_prompt - trouble - no_answer);
    near(count(false, 0, None), 0.0);
    near(count(false, 0, Some(End::RefusedAtOnce)), rates.absent[0]);
    near(count(false, 0, Some(End::NoAnswer)), rates.absent[1]);
    near(count(false, 0, Some(End::NoPrompt)), no_prompt);
}

#[test]
fn times_are_as_dense_as_they_are_drawn() {
    for timing in TIMINGS {
        for median in [1_500.0, 7_000.0] {
            for even in [0.05, 0.25, 0.5, 0.75, 0.95] {
                let until = timing.draw(median, even);
                let step = until / 20_000.0;
                let share: f64 =
                    (0..20_000).map(|at| timing.density(median, (f64::from(at) + 0.5) * step) * step).sum();
                assert!((share - even).abs() < 2e-3, "{timing:?} {median} {even}: {share}");
            }
        }
    }
}

#[test]
fn the_likelihoods_of_all_that_can_be_seen_sum_to_the_share_of_what_is_no_answer() {
    for timing in TIMINGS {
        let rates = Rates { timing, ..Rates::default() };
        for before in [0, 1] {
            let discrete = [End::NoPrompt, End::Trouble, End::NoAnswer];
            let mut sums = [0.0; 2];
            for end in discrete {
                let told = likelihood(&seen(end, false, &rates, 0.5), before, &rates);
                (sums[0], sums[1]) = (sums[0] + told[0], sums[1] + told[1]);
            }
            let usual = seen(End::Closed, true, &rates, 0.5);
            for elapsed in 0..200_000 {
                let told = likelihood(&Observation { elapsed, ..usual }, before, &rates);
                (sums[0], sums[1]) = (sums[0] + told[0], sums[1] + told[1]);
            }
            let no_answer = rates.closed[before] + rates.nobodys.iter().sum::<f64>();
            assert!((sums[0] - no_answer).abs() < 5e-3, "{timing:?}: {sums:?}");
            assert!((sums[1] - 1.0).abs() < 5e-3, "without a passkey every prompt ends so: {timing:?}: {sums:?}");
        }
    }
}
