//! What a failed ceremony means. "No passkey here" and "cancelled" look the same on purpose (WebAuthn Level 3, section
//! 14.5.2), so one failure proves nothing; this only sorts what a person did from what no person did.

use super::constants::{AT_ONCE, CEREMONY_TIMEOUT, LEFT_OPEN, STRIKE, TIMED_OUT_PERCENT};
use crate::ceremony::{ErrorName, Observation};
use serde::{Deserialize, Serialize};

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A person, or a system without a passkey to show, ended it. The two cannot be told apart.
    CancelledOrMissing,
    /// Ended before a person could have, with every precondition met.
    RefusedAtOnce,
    /// Nothing could be shown: the page was hidden, without focus or without a click, or the browser was busy.
    NoPrompt,
    /// Nobody answered until the end.
    TimedOut,
    /// The promise never settled, or the person left a prompt that stayed open for long.
    NeverSettled,
    /// We ended it ourselves, early.
    Aborted,
    /// A passkey of the account is here (`create()` only).
    AlreadyHere,
    /// Configuration or technique, not the person.
    Technical,
    /// A passkey answered that this server does not accept any more, and it knows so.
    NotAccepted,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub outcome: Outcome,
    /// Counts as one of the failures in a row of this flow.
    pub counts_in_flow: bool,
    /// Thousandths of a durable strike.
    pub strikes: u32,
}

/// Assesses what a browser reported of a `get()` or `create()` that gave no credential.
#[must_use]
pub fn assess(seen: &Observation) -> Assessment {
    let outcome = outcome(seen);
    let strikes = match outcome {
        Outcome::CancelledOrMissing | Outcome::RefusedAtOnce => STRIKE,
        _ => 0,
    };
    let counts_in_flow = !matches!(outcome, Outcome::Aborted | Outcome::AlreadyHere);
    Assessment { outcome, counts_in_flow, strikes }
}

impl Assessment {
    /// Of a `get()`. `InvalidStateError` is good news of `create()` alone; from a `get()` it is trouble like any other (an old
    /// U2F key, a page that is going away).
    #[must_use]
    pub fn of_get(self) -> Self {
        match self.outcome {
            Outcome::AlreadyHere => Self { outcome: Outcome::Technical, counts_in_flow: true, strikes: 0 },
            _ => self,
        }
    }

    /// A passkey answered, and its answer was no good. A failure of the flow, and no strike: the person did what they were
    /// asked. `unknown` when the server knows for certain that it has no such passkey any more.
    #[must_use]
    pub fn of_refused_answer(unknown: bool) -> Self {
        let outcome = if unknown { Outcome::NotAccepted } else { Outcome::Technical };
        Self { outcome, counts_in_flow: true, strikes: 0 }
    }
}

fn outcome(seen: &Observation) -> Outcome {
    if seen.aborted && seen.settled {
        return if seen.elapsed >= LEFT_OPEN { Outcome::NeverSettled } else { Outcome::Aborted };
    }
    if !seen.settled {
        return Outcome::NeverSettled;
    }
    match seen.name {
        Some(ErrorName::InvalidState) => Outcome::AlreadyHere,
        Some(ErrorName::Abort) => Outcome::Aborted,
        Some(ErrorName::Operation) => Outcome::NoPrompt,
        Some(ErrorName::Timeout) => Outcome::TimedOut,
        Some(ErrorName::NotAllowed) => not_allowed(seen),
        Some(_) | None => Outcome::Technical,
    }
}

fn not_allowed(seen: &Observation) -> Outcome {
    // Safari asks for a click now and then; without one it refuses at once what it would have shown.
    let precondition_missed = [seen.focused, seen.visible, seen.activated].contains(&Some(false));
    let timed_out = u64::from(seen.elapsed) * 100 >= u64::from(CEREMONY_TIMEOUT) * TIMED_OUT_PERCENT;
    match () {
        () if timed_out => Outcome::TimedOut,
        () if seen.elapsed < AT_ONCE && precondition_missed => Outcome::NoPrompt,
        () if seen.elapsed < AT_ONCE => Outcome::RefusedAtOnce,
        () => Outcome::CancelledOrMissing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: ErrorName, elapsed: u32) -> Observation {
        Observation {
            name: Some(name),
            elapsed,
            focused: Some(true),
            visible: Some(true),
            activated: Some(true),
            blurred: false,
            aborted: false,
            settled: true,
        }
    }

    #[test]
    fn a_dismissal_and_a_refusal_at_once_are_a_strike_and_trouble_is_none() {
        let human = seen(ErrorName::NotAllowed, 1_800);
        let table = [
            (human, Outcome::CancelledOrMissing, STRIKE, true),
            (seen(ErrorName::NotAllowed, 5), Outcome::RefusedAtOnce, STRIKE, true),
            (Observation { focused: Some(false), ..seen(ErrorName::NotAllowed, 5) }, Outcome::NoPrompt, 0, true),
            (Observation { visible: Some(false), ..seen(ErrorName::NotAllowed, 5) }, Outcome::NoPrompt, 0, true),
            (Observation { activated: Some(false), ..seen(ErrorName::NotAllowed, 5) }, Outcome::NoPrompt, 0, true),
            (Observation { activated: Some(false), ..human }, Outcome::CancelledOrMissing, STRIKE, true),
            (
                Observation { focused: None, visible: None, activated: None, ..human },
                Outcome::CancelledOrMissing,
                STRIKE,
                true,
            ),
            (seen(ErrorName::NotAllowed, 299_000), Outcome::TimedOut, 0, true),
            (seen(ErrorName::Security, 3), Outcome::Technical, 0, true),
            (seen(ErrorName::Other, 3), Outcome::Technical, 0, true),
            (seen(ErrorName::InvalidState, 900), Outcome::AlreadyHere, 0, false),
            (Observation { aborted: true, ..seen(ErrorName::Abort, 700) }, Outcome::Aborted, 0, false),
            (Observation { aborted: true, ..seen(ErrorName::Abort, 30_000) }, Outcome::NeverSettled, 0, true),
            (Observation { name: None, settled: false, aborted: true, ..human }, Outcome::NeverSettled, 0, true),
        ];
        for (observation, outcome, strikes, counts_in_flow) in table {
            assert_eq!(assess(&observation), Assessment { outcome, counts_in_flow, strikes }, "{observation:?}");
        }
    }
}
