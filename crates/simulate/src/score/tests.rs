//! Figures from counts made by hand.

use super::*;

fn near(one: f64, other: f64) {
    assert!((one - other).abs() < 1e-9, "{one} is not {other}");
}

#[test]
fn figures_are_shares_of_what_they_say() {
    let counts = Counts {
        sign_ins: 1_000,
        there: 900,
        doomed: 20,
        doomed_unforeseen: 10,
        missed: 30,
        missed_by_person: 12,
        clicks: 1_500,
        broken: 50,
        broken_in_pause: 10,
        offered: 42,
        offered_in_pause: 4,
        repeat_needless: 3,
        duplicates: 2,
        ..Counts::default()
    };
    let figures = Figures::from(&counts);
    near(figures.doomed_prompts, 0.02);
    near(figures.missed_passkeys, 0.03);
    near(figures.clicks, 1.5);
    near(figures.offered, 0.84);
    near(figures.beside.offered_outside_pauses, 38.0 / 40.0);
    near(figures.beside.paused, 0.2);
    near(figures.beside.missed_by_person, 0.012);
    near(figures.beside.there, 0.9);
    assert_eq!((figures.repeat_needless, figures.duplicates), (3, 2));
    let mut twice = counts;
    twice.add(&counts);
    let beside = Beside { ..figures.beside };
    assert_eq!(Figures::from(&twice), Figures { repeat_needless: 6, duplicates: 4, beside, ..figures });
}

#[test]
fn a_share_of_nothing_is_not_a_number() {
    assert!(Figures::from(&Counts::default()).offered.is_nan());
    assert!(Quality::from(&Diagnoses::default()).log_loss.is_nan());
    assert!(Quality::from(&Diagnoses::default()).prior_log_loss.is_nan());
}

#[test]
fn diagnoses_are_scored_by_the_share_of_the_true_cause() {
    let mut all = Diagnoses::default();
    // Told 80 % deleted: right three times, wrong once; the best would have known each time.
    let told = [0.8, 0.2, 0.0, 0.0, 0.0, 0.0];
    let sure = |truth: usize| std::array::from_fn(|at| if at == truth { 1.0 } else { 0.0 });
    for truth in [0, 0, 0, 1] {
        all.take(told, sure(truth), truth);
    }
    let quality = Quality::from(&all);
    let floor = 4.0 * LEAST + 1.0;
    near(quality.log_loss, -((0.8_f64 / floor).ln() * 3.0 + (0.2_f64 / floor).ln()) / 4.0);
    near(quality.prior_log_loss, -(0.75 * 0.75_f64.ln() + 0.25 * 0.25_f64.ln()));
    near(quality.oracle_log_loss, -(1.0 / (1.0 + 5.0 * LEAST)).ln());
    near(quality.top1, 0.75);
    near(quality.ece, 0.05);
    near(
        quality.gap_closed(),
        (quality.prior_log_loss - quality.log_loss) / (quality.prior_log_loss - quality.oracle_log_loss),
    );
    let mut twice = all;
    twice.add(&all);
    let again = Quality::from(&twice);
    assert_eq!(again.cases, 8);
    near(again.log_loss, quality.log_loss);
    near(again.ece, quality.ece);
}

#[test]
fn a_cause_that_was_ruled_out_and_true_costs_much_but_not_everything() {
    let mut all = Diagnoses::default();
    all.take([1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 1);
    let quality = Quality::from(&all);
    assert!(quality.log_loss > 7.0 && quality.log_loss.is_finite());
    near(quality.ece, 1.0);
}
