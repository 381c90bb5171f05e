//! Today's rules over what was recorded: which decisions would be different?
//!
//! The evidence holds the operator's settings of its day, so a difference is one of the rules, not of the settings.

use super::recorded::{self, PlanBefore, Recorded, RecordedCreation, RecordedSignIn, Shares, plan_by};
use crate::server::db::decisions::{self, StoredDecision};
use crate::server::db::failure_events::{self, FailureEvent};
use crate::server::state::App;
use domain::intelligence::{Creation, Evidence, Judgement, RULES_VERSION, diagnose, judge, learn_from_creation, offer};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use sea_orm::DbErr;
use sea_orm::prelude::Uuid;
use serde::Serialize;
use std::collections::BTreeMap;

mod told;

/// So many rows are in memory at a time.
const PAGE: u64 = 500;

/// The longest time to look back, in days: a hundred years.
const LONGEST: i64 = 36_500;

/// What the rules decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The first step, before the prompt.
    FirstStep,
    /// What kind of failure it was.
    Assessment,
    /// The cause that is named first.
    LikeliestCause,
    /// Whether and why a new passkey was offered.
    Offer,
    /// Which older passkeys are not here, as a new one could be made.
    Learning,
}

/// All kinds, in the order in which they are told.
pub const KINDS: [Kind; 5] = [Kind::FirstStep, Kind::Assessment, Kind::LikeliestCause, Kind::Offer, Kind::Learning];

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Replay {
    pub since: Millis,
    pub until: Millis,
    pub rules_version: u16,
    /// Failed ceremonies, sign-ins and new passkeys that were read.
    pub failures: u64,
    pub sign_ins: u64,
    pub creations: u64,
    /// Rows that could not be read.
    pub unreadable: u64,
    /// Rows of a later time than now: the clock was set back. They are replayed like the others.
    pub future: u64,
    /// Decisions that are left out, as what they looked at was not recorded.
    pub left_out: u64,
    /// Decisions that were taken again, and those that came out differently.
    pub decisions: u64,
    pub different: u64,
    pub kinds: Vec<Tally>,
    pub changes: Vec<Change>,
}

/// How often one kind of decision was taken again, and came out differently.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    pub kind: Kind,
    pub decisions: u64,
    pub different: u64,
}

/// One way in which decisions came out differently.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub kind: Kind,
    pub then: String,
    pub now: String,
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// A row to look at.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    pub id: Uuid,
    pub at: Millis,
    /// Of the rules that decided then.
    pub rules_version: u32,
}

/// How far back: `30d`, `12h` or `90m`, in milliseconds.
///
/// # Errors
/// One line that says what is understood.
pub fn span(text: &str) -> Result<i64, String> {
    let not_understood = || format!("{text:?} is not understood; write for example 30d, 12h or 90m");
    let unit = text.chars().last().ok_or_else(not_understood)?;
    let unit_is = match unit {
        'd' => DAY,
        'h' => HOUR,
        'm' => MINUTE,
        _ => return Err(not_understood()),
    };
    let number = &text[..text.len() - unit.len_utf8()];
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_understood());
    }
    let millis = number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit_is));
    millis
        .filter(|millis| *millis <= LONGEST * DAY)
        .ok_or_else(|| format!("{text} is too long; at most {LONGEST}d, a hundred years"))
}

/// Takes the decisions of the last `span` milliseconds again, with at most so many examples of each change.
///
/// # Errors
/// When the database does not answer.
pub async fn replay(app: &App, span: i64, examples: usize) -> Result<Replay, DbErr> {
    let until = app.clock.now();
    let mut sums = Sums { examples, ..Sums::default() };
    let start = (until.plus(-span), Uuid::nil());
    let mut place = start;
    loop {
        let page = failure_events::after(app.db.read(), place, PAGE).await?;
        let Some(last) = page.last() else { break };
        place = (last.at, last.id);
        sums.future += count(&page, |event| event.at > until);
        page.iter().for_each(|event| sums.failure(event));
    }
    place = start;
    loop {
        let page = decisions::after(app.db.read(), place, PAGE).await?;
        let Some(last) = page.last() else { break };
        place = (last.at, last.id);
        sums.future += count(&page, |stored| stored.at > until);
        page.iter().for_each(|stored| sums.decision(stored));
    }
    Ok(sums.told(start.0, until))
}

fn count<T>(rows: &[T], which: impl Fn(&T) -> bool) -> u64 {
    rows.iter().map(|row| u64::from(which(row))).sum()
}

/// What is kept of the rows that went by: as much as there are kinds of change.
#[derive(Default)]
struct Sums {
    examples: usize,
    failures: u64,
    sign_ins: u64,
    creations: u64,
    unreadable: u64,
    future: u64,
    left_out: u64,
    decisions: BTreeMap<Kind, u64>,
    changes: BTreeMap<(Kind, String, String), (u64, Vec<Example>)>,
}

impl Sums {
    fn failure(&mut self, event: &FailureEvent) {
        let Some(then) = recorded::failure(event) else {
            self.unreadable += 1;
            return;
        };
        self.failures += 1;
        let example = || Example { id: event.id, at: event.at, rules_version: event.rules_version };
        self.first_step(then.plan, &then.evidence, event.at, example());
        let Judgement { assessment, diagnosis } = judge(&then.evidence, then.purpose, &then.ended, event.at);
        self.compare(Kind::Assessment, code(&then.outcome), code(&assessment.outcome), example());
        match then.knows_trail {
            true => self.likeliest(&then.diagnosis, &diagnosis.into(), example()),
            false => self.left_out += 1,
        }
    }

    fn decision(&mut self, stored: &StoredDecision) {
        let example = Example { id: stored.id, at: stored.at, rules_version: stored.rules_version };
        match recorded::decision(stored) {
            Some(Recorded::SignIn(then)) => self.sign_in(&then, stored.at, &example),
            Some(Recorded::Creation(then)) => self.creation(&then, stored.at, &example),
            None => self.unreadable += 1,
        }
    }

    fn sign_in(&mut self, then: &RecordedSignIn, at: Millis, example: &Example) {
        self.sign_ins += 1;
        self.first_step(then.given.plan, &then.evidence, at, example.clone());
        let now = offer(&then.evidence, then.given.by, at);
        self.compare(Kind::Offer, code(&then.offer.outcome), code(&now.outcome), example.clone());
    }

    fn creation(&mut self, then: &RecordedCreation, at: Millis, example: &Example) {
        self.creations += 1;
        let now = learn_from_creation(&then.evidence, then.made_by);
        let is_other = now.iter().any(|id| !then.learnt.absent.contains(id));
        let absent = |n: usize, others| format!("{n} absent{}", if others { ", others" } else { "" });
        let others = is_other && now.len() == then.learnt.absent.len();
        let (was, is) = (absent(then.learnt.absent.len(), false), absent(now.len(), others));
        self.compare(Kind::Learning, was, is, example.clone());
        let diagnosis = diagnose(&then.evidence, Some(Creation::Made(then.made_by)), at);
        self.likeliest(&then.learnt.diagnosis, &diagnosis.into(), example.clone());
    }

    /// Only where it is known from what it followed.
    fn first_step(&mut self, then: Option<PlanBefore>, evidence: &Evidence, at: Millis, example: Example) {
        match then {
            Some(then) if then.follows => {
                let now = plan_by(then.asked, evidence, at);
                self.compare(Kind::FirstStep, code(&then.decision.outcome), code(&now.outcome), example);
            }
            Some(_) => self.left_out += 1,
            None => {}
        }
    }

    fn likeliest(&mut self, then: &Shares, now: &Shares, example: Example) {
        self.compare(Kind::LikeliestCause, code(&then.likeliest()), code(&now.likeliest()), example);
    }

    fn compare(&mut self, kind: Kind, then: String, now: String, example: Example) {
        *self.decisions.entry(kind).or_default() += 1;
        if then != now {
            let (count, examples) = self.changes.entry((kind, then, now)).or_default();
            *count += 1;
            if examples.len() < self.examples {
                examples.push(example);
            }
        }
    }

    fn told(self, since: Millis, until: Millis) -> Replay {
        let changes: Vec<Change> = self
            .changes
            .into_iter()
            .map(|((kind, then, now), (count, examples))| Change { kind, then, now, count, examples })
            .collect();
        let different = |kind| changes.iter().filter(|change| change.kind == kind).map(|change| change.count).sum();
        let decisions = |kind| self.decisions.get(&kind).copied().unwrap_or_default();
        let kinds: Vec<Tally> = KINDS
            .into_iter()
            .map(|kind| Tally { kind, decisions: decisions(kind), different: different(kind) })
            .collect();
        Replay {
            since,
            until,
            rules_version: RULES_VERSION,
            failures: self.failures,
            sign_ins: self.sign_ins,
            creations: self.creations,
            unreadable: self.unreadable,
            future: self.future,
            left_out: self.left_out,
            decisions: kinds.iter().map(|tally| tally.decisions).sum(),
            different: kinds.iter().map(|tally| tally.different).sum(),
            kinds,
            changes,
        }
    }
}

/// A unit variant as its bare name; none of an option as `none`.
fn code<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_hours_and_minutes_are_understood_and_nothing_else() {
        assert_eq!(span("30d"), Ok(30 * DAY));
        assert_eq!(span("12h"), Ok(12 * HOUR));
        assert_eq!(span("90m"), Ok(90 * MINUTE));
        assert_eq!(span("0d"), Ok(0));
        assert_eq!(span("36500d"), Ok(36_500 * DAY));
        for text in ["", "d", "30", "-1d", "+1d", "1.5d", "30 d", "3é", "é", "30dd", "１d", "30w"] {
            assert!(span(text).unwrap_err().contains("30d, 12h or 90m"), "{text}");
        }
        let beyond = "9".repeat(400) + "d";
        for text in ["36501d", "9223372036854775807d", "99999999999999999999m", &beyond] {
            assert!(span(text).unwrap_err().contains("too long"), "{text}");
        }
    }
}
