//! What is counted, and how it is summed up.

use serde::Serialize;

/// Causes as they are told apart here: deleted, other account, manager, elsewhere, dismissed, technical.
pub const CAUSES: usize = 6;
const BINS: usize = 10;

/// Counts of one policy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub sign_ins: u64,
    /// Of those, how many in a browser where a passkey was there.
    pub there: u64,
    pub doomed: u64,
    /// The same with a passkey that worked in this browser before and nothing spoke against: nobody could have known.
    pub doomed_unforeseen: u64,
    pub missed: u64,
    /// Of those, how many the person turned down themselves: the prompt was there.
    pub missed_by_person: u64,
    /// Of those, how many began with the password because of what failed before.
    pub missed_after_strikes: u64,
    pub clicks: u64,
    pub broken: u64,
    /// Of those, how many fell into a pause after *Not now* or after the dialog was closed.
    pub broken_in_pause: u64,
    pub offered: u64,
    pub offered_in_pause: u64,
    pub made: u64,
    pub confirmed: u64,
    pub already_here: u64,
    pub repeat_needless: u64,
    pub duplicates: u64,
    pub torn: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        let Self {
            sign_ins,
            there,
            doomed,
            doomed_unforeseen,
            missed,
            missed_by_person,
            missed_after_strikes,
            clicks,
            broken,
            broken_in_pause,
            offered,
            offered_in_pause,
            made,
            confirmed,
            already_here,
            repeat_needless,
            duplicates,
            torn,
        } = other;
        self.sign_ins += sign_ins;
        self.there += there;
        self.doomed += doomed;
        self.doomed_unforeseen += doomed_unforeseen;
        self.missed += missed;
        self.missed_by_person += missed_by_person;
        self.missed_after_strikes += missed_after_strikes;
        self.clicks += clicks;
        self.broken += broken;
        self.broken_in_pause += broken_in_pause;
        self.offered += offered;
        self.offered_in_pause += offered_in_pause;
        self.made += made;
        self.confirmed += confirmed;
        self.already_here += already_here;
        self.repeat_needless += repeat_needless;
        self.duplicates += duplicates;
        self.torn += torn;
    }
}

/// What a policy comes to. A share of nothing is not a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Automatic prompts that could not succeed, per sign-in.
    pub doomed_prompts: f64,
    /// Sign-ins by password although a passkey worked there, per sign-in.
    pub missed_passkeys: f64,
    /// Mean clicks per sign-in.
    pub clicks: f64,
    /// Share of visits offered healing, of all in which a broken account got in by password with assurance.
    pub offered: f64,
    /// Offers repeated after `InvalidStateError` without new evidence.
    pub repeat_needless: u64,
    /// Passkeys made where one was present.
    pub duplicates: u64,
    /// The rest.
    #[serde(flatten)]
    pub beside: Beside,
}

/// What explains the figures of a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Beside {
    /// Sign-ins in a browser where a passkey was there, per sign-in.
    pub there: f64,
    /// As `offered`, of the visits that fell into no pause: after *Not now*, or after the dialog was closed.
    pub offered_outside_pauses: f64,
    /// Of the visits that `offered` counts, the share in such a pause.
    pub paused: f64,
    /// Missed passkeys per sign-in where the person was prompted, or shown the button, and turned it down.
    pub missed_by_person: f64,
    /// Missed passkeys per sign-in that began with the password because of two strikes.
    pub missed_after_strikes: f64,
    /// Doomed prompts per sign-in that no rule could have foreseen.
    pub doomed_unforeseen: f64,
    /// Passkeys made after an offer.
    pub made: u64,
    /// Of those, how many signed in later.
    pub confirmed: u64,
    /// Offers taken where a passkey was present, which `create()` has then said.
    pub already_here: u64,
    /// How often the best possible had to take for independent what hangs together.
    pub torn: u64,
}

impl From<&Counts> for Figures {
    fn from(counts: &Counts) -> Self {
        let per = |part: u64, whole: u64| part as f64 / whole as f64;
        Self {
            doomed_prompts: per(counts.doomed, counts.sign_ins),
            missed_passkeys: per(counts.missed, counts.sign_ins),
            clicks: per(counts.clicks, counts.sign_ins),
            offered: per(counts.offered, counts.broken),
            repeat_needless: counts.repeat_needless,
            duplicates: counts.duplicates,
            beside: Beside {
                there: per(counts.there, counts.sign_ins),
                offered_outside_pauses: per(
                    counts.offered - counts.offered_in_pause,
                    counts.broken - counts.broken_in_pause,
                ),
                paused: per(counts.broken_in_pause, counts.broken),
                missed_by_person: per(counts.missed_by_person, counts.sign_ins),
                missed_after_strikes: per(counts.missed_after_strikes, counts.sign_ins),
                doomed_unforeseen: per(counts.doomed_unforeseen, counts.sign_ins),
                made: counts.made,
                confirmed: counts.confirmed,
                already_here: counts.already_here,
                torn: counts.torn,
            },
        }
    }
}

/// How good the diagnoses were. What the server knows is not among the cases.
#[derive(Clone, Copy, Debug, Default)]
pub struct Diagnoses {
    pub cases: u64,
    loss: f64,
    oracle_loss: f64,
    top: u64,
    truths: [u64; CAUSES],
    /// By how sure the first cause was: cases, sum of the shares given, how often it was right.
    bins: [(u64, f64, u64); BINS],
}

/// The least share that is scored; a share of nothing would cost without bound.
const LEAST: f64 = 0.000_5;

impl Diagnoses {
    /// One case: what was told, what somebody who knows the world would have told, and what was so.
    pub fn take(&mut self, told: [f64; CAUSES], best: [f64; CAUSES], truth: usize) {
        let share = |shares: &[f64; CAUSES]| {
            let total: f64 = shares.iter().map(|share| share.max(LEAST)).sum();
            shares[truth].max(LEAST) / total
        };
        self.cases += 1;
        self.truths[truth] += 1;
        self.loss -= share(&told).ln();
        self.oracle_loss -= share(&best).ln();
        let first = (0..CAUSES).fold(0, |first, at| if told[at] > told[first] { at } else { first });
        let sure = told[first] / told.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        self.top += u64::from(first == truth);
        let bin = &mut self.bins[((sure * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + sure, bin.2 + u64::from(first == truth));
    }

    pub fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.loss += other.loss;
        self.oracle_loss += other.oracle_loss;
        self.top += other.top;
        self.truths.iter_mut().zip(other.truths).for_each(|(sum, more)| *sum += more);
        for (bin, more) in self.bins.iter_mut().zip(other.bins) {
            *bin = (bin.0 + more.0, bin.1 + more.1, bin.2 + more.2);
        }
    }

    /// For a plot: how sure on average, how often right, how many; of each bin that has cases.
    #[must_use]
    pub fn reliability(&self) -> Vec<(f64, f64, u64)> {
        let some = self.bins.iter().filter(|bin| bin.0 > 0);
        some.map(|bin| (bin.1 / bin.0 as f64, bin.2 as f64 / bin.0 as f64, bin.0)).collect()
    }

    /// How often each cause was the true one.
    #[must_use]
    pub fn truths(&self) -> [u64; CAUSES] {
        self.truths
    }
}

/// What the diagnoses come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quality {
    pub cases: u64,
    /// Mean of minus the natural logarithm of the share given to the true cause.
    pub log_loss: f64,
    /// The same of always telling how often each cause is true in this world.
    pub prior_log_loss: f64,
    /// The same of the one who knows the world.
    pub oracle_log_loss: f64,
    /// Expected calibration error: how far the first cause is from being right as often as it is sure.
    pub ece: f64,
    /// How often the first cause is the true one.
    pub top1: f64,
}

impl From<&Diagnoses> for Quality {
    fn from(all: &Diagnoses) -> Self {
        let cases = all.cases as f64;
        let entropy =
            |count: &u64| if *count == 0 { 0.0 } else { -(*count as f64 / cases) * (*count as f64 / cases).ln() };
        let off = |bin: &(u64, f64, u64)| (bin.1 - bin.2 as f64).abs();
        Self {
            cases: all.cases,
            log_loss: all.loss / cases,
            prior_log_loss: if all.cases == 0 { f64::NAN } else { all.truths.iter().map(entropy).sum() },
            oracle_log_loss: all.oracle_loss / cases,
            ece: all.bins.iter().map(off).sum::<f64>() / cases,
            top1: all.top as f64 / cases,
        }
    }
}

impl Quality {
    /// The part of the way from the prior to the best that was gone.
    #[must_use]
    pub fn gap_closed(&self) -> f64 {
        (self.prior_log_loss - self.log_loss) / (self.prior_log_loss - self.oracle_log_loss)
    }
}

#[cfg(test)]
mod tests;
