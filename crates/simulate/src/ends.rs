//! How a prompt ends, as the page would report it, and how likely each end is for somebody who knows the rates.

use crate::rates::Rates;
use domain::ceremony::{ErrorName, Observation};

/// The end of a prompt that gave no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Closed,
    RefusedAtOnce,
    NoPrompt,
    Trouble,
    NoAnswer,
}

const AT_ONCE: [f64; 2] = [20.0, 400.0];
/// The dialog of the system goes by itself then, in milliseconds.
const LONGEST: f64 = 250_000.0;

/// How a prompt ends; `None` when a passkey answers. `before`: how many the person has closed in this visit.
#[must_use]
pub fn end(has: bool, before: usize, rates: &Rates, chance: f64) -> Option<End> {
    let [no_prompt, trouble, no_answer] = rates.nobodys;
    let kinds = if has {
        let closed = rates.closed[before.min(1)];
        [(End::NoPrompt, no_prompt), (End::Trouble, trouble), (End::NoAnswer, no_answer), (End::Closed, closed)]
    } else {
        let [at_once, unanswered] = rates.absent;
        [
            (End::NoPrompt, no_prompt),
            (End::Trouble, trouble),
            (End::NoAnswer, unanswered),
            (End::RefusedAtOnce, at_once),
        ]
    };
    let mut left = chance;
    for (end, share) in kinds {
        if left < share {
            return Some(end);
        }
        left -= share;
    }
    if has { None } else { Some(End::Closed) }
}

/// What the page sees of it.
#[must_use]
pub fn seen(end: End, has: bool, rates: &Rates, chance: f64) -> Observation {
    let usual = Observation {
        name: Some(ErrorName::NotAllowed),
        elapsed: 0,
        focused: Some(true),
        visible: Some(true),
        activated: Some(true),
        blurred: true,
        aborted: false,
        settled: true,
    };
    match end {
        End::Closed => {
            let median = rates.closing[usize::from(!has)];
            let elapsed = rates.timing.draw(median, chance).min(LONGEST) as u32;
            Observation { elapsed, ..usual }
        }
        End::RefusedAtOnce => {
            let elapsed = (AT_ONCE[0] + chance * (AT_ONCE[1] - AT_ONCE[0])) as u32;
            Observation { elapsed, blurred: false, ..usual }
        }
        End::NoPrompt => Observation { elapsed: 30, focused: Some(false), blurred: false, ..usual },
        End::Trouble => Observation { name: Some(ErrorName::Unknown), elapsed: 60, blurred: false, ..usual },
        End::NoAnswer => Observation { name: None, elapsed: 70_000, aborted: true, settled: false, ..usual },
    }
}

/// How likely such a report is where a passkey is there, and where none is. Densities where it is a time.
#[must_use]
pub fn likelihood(seen: &Observation, before: usize, rates: &Rates) -> [f64; 2] {
    let [no_prompt, trouble, no_answer] = rates.nobodys;
    let [at_once, unanswered] = rates.absent;
    let by_hand = 1.0 - at_once - unanswered - no_prompt - trouble;
    match seen.name {
        None => [no_answer, unanswered],
        Some(ErrorName::Unknown) => [trouble, trouble],
        _ if seen.focused == Some(false) => [no_prompt, no_prompt],
        _ => {
            let at = f64::from(seen.elapsed);
            let density = |median: f64| rates.timing.density(median, at);
            let early = (AT_ONCE[0]..=AT_ONCE[1]).contains(&at);
            let refused = if early { at_once / (AT_ONCE[1] - AT_ONCE[0]) } else { 0.0 };
            [rates.closed[before.min(1)] * density(rates.closing[0]), by_hand * density(rates.closing[1]) + refused]
        }
    }
}

#[cfg(test)]
mod tests;
