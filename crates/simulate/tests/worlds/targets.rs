//! The targets that hold, so that a change of the rules which breaks one is noticed. docs/intelligence.md has the others, and
//! what bounds them.

use crate::run;
use simulate::report::doomed_gap_closed;

#[test]
fn the_targets_that_hold_still_hold() {
    let summary = run(50_000, 7, 2);
    let [keymend, always, two_strikes, oracle] = &summary.figures();
    assert!(keymend.doomed_prompts <= 0.02, "{keymend:?}");
    assert!(doomed_gap_closed(keymend, always, oracle) >= 0.80, "{keymend:?}");
    assert!(keymend.beside.offered_outside_pauses >= 0.98, "{keymend:?}");
    assert_eq!(keymend.repeat_needless, 0);
    for quality in summary.quality() {
        assert!(quality.gap_closed() >= 0.70 && quality.ece <= 0.05, "{quality:?}");
    }
    // What is missed beyond what nobody can avoid: who always prompts misses only what people turn down.
    assert!(keymend.missed_passkeys - always.missed_passkeys <= 0.005, "{keymend:?} {always:?}");
    assert!(keymend.missed_passkeys < two_strikes.missed_passkeys / 2.0, "{keymend:?} {two_strikes:?}");
}
