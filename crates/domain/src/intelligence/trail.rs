//! The flow so far: the ceremonies in a row that gave no credential.

use super::assess::Outcome;
use serde::{Deserialize, Serialize};

/// How many outcomes are kept; more of them tell nothing new.
const KEPT: usize = 3;

/// Failed ceremonies of one flow, of whatever kind. A failed network call is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Trail {
    /// Failures in a row, at most as many as lead to the password.
    pub failures: u8,
    /// How the last of them ended, latest first.
    ended: [Option<Outcome>; KEPT],
}

impl Trail {
    /// The trail after one more, counted up to `most`.
    #[must_use]
    pub fn and(self, outcome: Outcome, most: u8) -> Self {
        let mut ended = [Some(outcome); KEPT];
        ended[1..].copy_from_slice(&self.ended[..KEPT - 1]);
        Self { failures: self.failures.saturating_add(1).min(most), ended }
    }

    /// How the last one ended.
    #[must_use]
    pub fn last(&self) -> Option<Outcome> {
        self.ended[0]
    }

    /// How they ended, latest first.
    pub fn outcomes(&self) -> impl Iterator<Item = Outcome> + '_ {
        self.ended.iter().flatten().copied()
    }
}
