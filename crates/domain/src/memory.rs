//! What a browser remembers of an account, in memory: performs the writes of a decision on the evidence.
//!
//! The database does the same with rows, and a test compares the two. Here it serves what runs without one, tests and the simulation,
//! and whoever would otherwise ask what they have just written.

use crate::ids::PasskeyId;
use crate::intelligence::evidence::decayed;
use crate::intelligence::{Evidence, Here, PasskeyEvidence, Trail};
use crate::time::Millis;
use crate::write::Write;

/// An account in one browser, over many visits.
#[derive(Clone, Debug)]
pub struct Memory {
    known: Evidence,
    strikes: (u32, Millis),
    /// Nobody has this account: of what is written, only the strikes are kept.
    ghost: bool,
}

impl Memory {
    /// Begins with what is known at a time.
    #[must_use]
    pub fn of(known: Evidence, at: Millis) -> Self {
        Self { strikes: (known.strikes, at), known, ghost: false }
    }

    /// The same for an account that nobody has.
    #[must_use]
    pub fn of_ghost(known: Evidence, at: Millis) -> Self {
        Self { ghost: true, ..Self::of(known, at) }
    }

    /// What a decision looks at now, in a flow that came so far.
    pub fn look(&mut self, trail: Trail, now: Millis) -> &Evidence {
        self.known.trail = trail;
        self.known.strikes = self.strikes_at(now);
        &self.known
    }

    /// A copy of it, at the beginning of a flow.
    #[must_use]
    pub fn evidence(&self, now: Millis) -> Evidence {
        Evidence { strikes: self.strikes_at(now), trail: Trail::default(), ..self.known.clone() }
    }

    fn strikes_at(&self, now: Millis) -> u32 {
        decayed(self.strikes.0, now.since(self.strikes.1), self.known.policy.strike_half_life())
    }

    /// What is remembered, to be set up.
    pub fn known_mut(&mut self) -> &mut Evidence {
        &mut self.known
    }

    /// A proof was given in this browser.
    pub fn signed_in(&mut self, now: Millis) {
        self.known.first_seen.get_or_insert(now);
    }

    /// A passkey joins the account.
    pub fn add(&mut self, passkey: PasskeyEvidence) {
        self.known.passkeys.push(passkey);
        self.known.ever_had_passkey = true;
    }

    /// A passkey answered in another browser.
    pub fn used_elsewhere(&mut self, id: PasskeyId, now: Millis) {
        self.known.passkeys.iter_mut().filter(|passkey| passkey.id == id).for_each(|passkey| passkey.used = Some(now));
    }

    /// Performs what a decision wants stored.
    pub fn perform(&mut self, writes: &[Write], now: Millis) {
        for write in writes {
            match write {
                Write::Strike(points) => {
                    let sum = self.strikes_at(now).saturating_add(*points);
                    self.strikes = (sum.min(self.known.policy.most_strikes()), now);
                }
                Write::ClearStrikes => self.strikes = (0, now),
                _ if self.ghost => {}
                write => self.remember(write, now),
            }
        }
    }

    fn remember(&mut self, write: &Write, now: Millis) {
        match write {
            Write::Strike(_) | Write::ClearStrikes => {}
            // Where nobody has signed in to the account yet, a ghost has no such memory either.
            Write::Failed(_) if self.known.first_seen.is_none() => {}
            Write::Failed(suspects) => {
                let offers = &mut self.known.offers;
                if offers.present.is_some() {
                    offers.failures_since_present = offers.failures_since_present.saturating_add(1);
                }
                let failures = |here: &Here| here.failures.saturating_add(1);
                for id in suspects {
                    self.change(*id, |here| Here { failed: Some(now), failures: failures(&here), ..here });
                }
            }
            Write::Worked { passkey, here: false } => {
                self.used_elsewhere(*passkey, now);
                self.change(*passkey, |here| Here { across: Some(now), ..here });
            }
            Write::Worked { passkey, here: true } => {
                self.used_elsewhere(*passkey, now);
                self.change(*passkey, |here| Here { worked: Some(now), ..good(here) });
            }
            Write::Created { passkey } => {
                self.known.ever_had_passkey = true;
                self.change(*passkey, |here| Here { created: Some(now), ..good(here) });
            }
            Write::PresentHere => {
                self.known.first_seen.get_or_insert(now);
                (self.known.offers.present, self.known.offers.failures_since_present) = (Some(now), 0);
                for passkey in &mut self.known.passkeys {
                    passkey.here = good(passkey.here);
                }
            }
            Write::AbsentHere(absent) => {
                absent.iter().for_each(|id| self.change(*id, |here| Here { absent: Some(now), ..here }));
            }
            Write::KnownBrowser => {
                self.known.known_browser = true;
                self.known.first_seen.get_or_insert(now);
            }
            Write::OfferPaused { until, declined } => {
                self.known.first_seen.get_or_insert(now);
                let offers = &mut self.known.offers;
                offers.paused_until = Some(*until);
                offers.declined = offers.declined.saturating_add(u32::from(*declined));
            }
            Write::OfferAccepted => (self.known.offers.paused_until, self.known.offers.declined) = (None, 0),
        }
    }

    fn change(&mut self, id: PasskeyId, change: impl Fn(Here) -> Here) {
        for passkey in self.known.passkeys.iter_mut().filter(|passkey| passkey.id == id) {
            passkey.here = change(passkey.here);
        }
    }
}

/// What speaks against a passkey is forgotten.
fn good(here: Here) -> Here {
    Here { failed: None, failures: 0, absent: None, ..here }
}
