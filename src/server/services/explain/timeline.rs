//! What happened, oldest first.

use super::{MOST, Passkey, words};
use crate::server::db::decisions::StoredDecision;
use crate::server::db::failure_events::FailureEvent;
use crate::server::db::heals::Heal;
use crate::server::db::sessions::Session;
use crate::server::db::{decisions, heals, sessions, users::User};
use crate::server::services::recorded::{self, PlanBefore, Recorded, Shares};
use domain::ceremony::Purpose;
use domain::ids::{BrowserId, PasskeyId};
use domain::intelligence::{Decision, Ended, Environment, Evidence, Offer, Outcome, SignedInBy};
use domain::time::Millis;
use sea_orm::{ConnectionTrait, DbErr};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What happened.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// There was more before.
    pub is_cut: bool,
    pub moments: Vec<Moment>,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Moment {
    pub at: Millis,
    pub browser: Option<BrowserId>,
    #[serde(flatten)]
    pub what: What,
}

/// What it was.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    AccountMade,
    /// A ceremony that signed nobody in.
    Failed {
        purpose: Purpose,
        outcome: Outcome,
        ended: Ended,
        plan: Option<PlanBefore>,
        evidence: Evidence,
        diagnosis: Shares,
    },
    /// A sign-in with a decision that is recorded.
    SignedIn {
        by: SignedInBy,
        plan: Option<PlanBefore>,
        offer: Decision<Offer>,
    },
    /// A session of which no more is known. `passkey` where it is known what proved it.
    SessionBegan {
        passkey: Option<bool>,
    },
    PasskeyMade {
        passkey: PasskeyId,
    },
    /// What the making of one taught about older ones.
    Learnt {
        absent: Vec<PasskeyId>,
        diagnosis: Shares,
    },
    PasskeyRemoved {
        passkey: PasskeyId,
    },
    /// A new passkey in place of one that did not work; milliseconds since that one did not.
    HealBegan {
        passkey: PasskeyId,
        why: String,
        after: Option<i64>,
    },
    /// The new one signed in.
    HealConfirmed {
        passkey: PasskeyId,
    },
    /// A record that cannot be read.
    Unreadable {
        rules_version: u32,
    },
}

/// What is stored about an account, newest first.
pub struct Records {
    failures: Vec<FailureEvent>,
    decisions: Vec<StoredDecision>,
    sessions: Vec<Session>,
    heals: Vec<Heal>,
}

impl Records {
    /// Loads what there is beside the failures.
    pub async fn load(c: &impl ConnectionTrait, user: &User, failures: Vec<FailureEvent>) -> Result<Self, DbErr> {
        Ok(Self {
            failures,
            decisions: decisions::of_user(c, user.id, MOST).await?,
            sessions: sessions::of_user(c, user.id, MOST).await?,
            heals: heals::of_user(c, user.id).await?,
        })
    }

    /// The browsers in which something happened.
    pub fn browsers(&self) -> impl Iterator<Item = BrowserId> + '_ {
        let failures = self.failures.iter().filter_map(|event| event.browser);
        let decisions = self.decisions.iter().map(|stored| stored.browser);
        let sessions = self.sessions.iter().map(|session| session.browser);
        failures.chain(decisions).chain(sessions)
    }

    /// What each browser last told about itself.
    pub fn environments(&self) -> HashMap<BrowserId, Environment> {
        let failures = self.failures.iter().filter_map(|event| Some((event.at, event.browser?, &event.evidence)));
        let decisions = self.decisions.iter().map(|stored| (stored.at, stored.browser, &stored.evidence));
        let mut all: Vec<_> = failures.chain(decisions).collect();
        all.sort_by_key(|(at, ..)| *at);
        let told = all.into_iter().filter_map(|(_, browser, evidence)| {
            Some((browser, serde_json::from_str::<Evidence>(evidence).ok()?.environment))
        });
        told.collect()
    }

    /// All of it in order, the latest moments only.
    #[must_use]
    pub fn told(self, user: &User, passkeys: &[Passkey]) -> Timeline {
        let full = |len: usize| u64::try_from(len).is_ok_and(|len| len >= MOST);
        let is_full = [self.failures.len(), self.decisions.len(), self.sessions.len()].into_iter().any(full);
        let decided: HashSet<_> = self.decisions.iter().map(|stored| (stored.at, stored.browser)).collect();
        let untold = |session: &&Session| {
            !decided.contains(&(session.created_at, session.browser)) && session.created_at != user.created_at
        };
        let mut moments = vec![Moment { at: user.created_at, browser: None, what: What::AccountMade }];
        // Of one millisecond, in this order.
        moments.extend(self.failures.iter().rev().map(failed));
        moments.extend(self.sessions.iter().rev().filter(untold).map(began));
        moments.extend(passkeys.iter().map(made));
        moments.extend(self.decisions.iter().rev().map(decided_then));
        moments.extend(self.heals.iter().flat_map(heal));
        moments.extend(passkeys.iter().filter_map(removed));
        moments.sort_by_key(|moment| moment.at);
        let most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let cut = moments.len().saturating_sub(most);
        Timeline { is_cut: is_full || cut > 0, moments: moments.split_off(cut) }
    }
}

fn failed(event: &FailureEvent) -> Moment {
    let what = match recorded::failure(event) {
        Some(then) => What::Failed {
            purpose: then.purpose,
            outcome: then.outcome,
            ended: then.ended,
            plan: then.plan,
            evidence: then.evidence,
            diagnosis: then.diagnosis,
        },
        None => What::Unreadable { rules_version: event.rules_version },
    };
    Moment { at: event.at, browser: event.browser, what }
}

fn decided_then(stored: &StoredDecision) -> Moment {
    let what = match recorded::decision(stored) {
        Some(Recorded::SignIn(then)) => What::SignedIn { by: then.given.by, plan: then.given.plan, offer: then.offer },
        Some(Recorded::Creation(then)) => What::Learnt { absent: then.learnt.absent, diagnosis: then.learnt.diagnosis },
        None => What::Unreadable { rules_version: stored.rules_version },
    };
    Moment { at: stored.at, browser: Some(stored.browser), what }
}

/// A later proof in the session hides the first one.
fn began(session: &Session) -> Moment {
    let first = Some(session.created_at);
    let passkey = match (session.passkey_at == first, session.password_at == first) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    Moment { at: session.created_at, browser: Some(session.browser), what: What::SessionBegan { passkey } }
}

fn made(passkey: &Passkey) -> Moment {
    let what = What::PasskeyMade { passkey: passkey.id };
    Moment { at: passkey.created, browser: passkey.created_in, what }
}

fn removed(passkey: &Passkey) -> Option<Moment> {
    Some(Moment { at: passkey.removed?, browser: None, what: What::PasskeyRemoved { passkey: passkey.id } })
}

fn heal(heal: &Heal) -> impl Iterator<Item = Moment> + use<> {
    let (passkey, browser) = (heal.passkey, Some(heal.browser));
    let after = heal.failed_at.map(|at| heal.created_at.since(at));
    let why = words::plain(&heal.why);
    let began = Moment { at: heal.created_at, browser, what: What::HealBegan { passkey, why, after } };
    let confirmed = heal.confirmed_at.map(|at| Moment { at, browser: None, what: What::HealConfirmed { passkey } });
    std::iter::once(began).chain(confirmed)
}
