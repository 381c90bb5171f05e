//! A replay in words.

use super::{Kind, Replay};
use crate::server::services::explain::words::{counted, time};
use std::fmt;

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            counted(self.failures, "failed prompt"),
            counted(self.sign_ins, "sign-in"),
            counted(self.creations, "new passkey"),
        ];
        writeln!(f, "From {} to {}: {}.", time(self.since), time(self.until), rows.join(", "))?;
        if self.unreadable > 0 {
            writeln!(f, "Left out, as they cannot be read: {}.", counted(self.unreadable, "row"))?;
        }
        if self.left_out > 0 {
            let decisions = counted(self.left_out, "decision");
            writeln!(f, "Left out, as what they looked at was not recorded: {decisions}.")?;
        }
        if self.future > 0 {
            writeln!(f, "Of a later time than now, as after a clock was set back: {}.", counted(self.future, "row"))?;
        }
        writeln!(f, "\n{:<24}{:>12}{:>12}", "", "different", "of")?;
        for tally in &self.kinds {
            writeln!(f, "{:<24}{:>12}{:>12}", name(tally.kind), tally.different, tally.decisions)?;
        }
        for change in &self.changes {
            writeln!(f, "\n{}: {} → {} ({})", name(change.kind), change.then, change.now, change.count)?;
            for example in &change.examples {
                writeln!(f, "  {}  {}  by rules version {}", time(example.at), example.id, example.rules_version)?;
            }
        }
        let (different, of, version) = (self.different, self.decisions, self.rules_version);
        writeln!(f, "\n{different} of {of} would be decided differently by rules version {version}.")
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::FirstStep => "first step",
        Kind::Assessment => "kind of failure",
        Kind::LikeliestCause => "likeliest cause",
        Kind::Offer => "offer",
        Kind::Learning => "learning",
    }
}
