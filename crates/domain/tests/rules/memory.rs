//! What a browser remembers, in memory instead of in a database: performs the writes of a decision on the evidence.

use domain::ids::PasskeyId;
use domain::intelligence::constants::{STRIKE, STRIKES_TO_PASSWORD};
use domain::intelligence::evidence::decayed;
use domain::intelligence::{Evidence, Here, PasskeyEvidence};
use domain::time::Millis;
use domain::write::Write;

/// An account in one browser, over many visits.
#[derive(Clone, Debug)]
pub struct Memory {
    known: Evidence,
    strikes: (u32, Millis),
    /// Nobody has this account: of what is written, only the strikes are kept.
    ghost: bool,
}

impl Memory {
    pub fn of(known: Evidence, at: Millis) -> Self {
        Self { strikes: (known.strikes, at), known, ghost: false }
    }

    pub fn of_ghost(known: Evidence, at: Millis) -> Self {
        Self { ghost: true, ..Self::of(known, at) }
    }

    /// What a decision would look at.
    pub fn evidence(&self, now: Millis) -> Evidence {
        Evidence { strikes: decayed(self.strikes.0, now.since(self.strikes.1)), ..self.known.clone() }
    }

    /// A proof was given in this browser.
    pub fn signed_in(&mut self, now: Millis) {
        self.known.first_seen.get_or_insert(now);
    }

    /// A passkey joins the account.
    pub fn add(&mut self, passkey: PasskeyEvidence) {
        self.known.passkeys.push(passkey);
    }

    pub fn perform(&mut self, writes: &[Write], now: Millis) {
        for write in writes {
            match write {
                Write::Strike(points) => {
                    let sum = self.evidence(now).strikes.saturating_add(*points);
                    self.strikes = (sum.min(2 * STRIKES_TO_PASSWORD * STRIKE), now);
                }
                Write::ClearStrikes => self.strikes = (0, now),
                _ if self.ghost => {}
                write => self.remember(write, now),
            }
        }
    }

    fn remember(&mut self, write: &Write, now: Millis) {
        let offers = &mut self.known.offers;
        match write {
            Write::Strike(_) | Write::ClearStrikes | Write::Worked { here: false, .. } => {}
            Write::Failed(suspects) => {
                if offers.present.is_some() {
                    offers.failures_since_present += 1;
                }
                for id in suspects {
                    self.change(*id, |here| Here { failed: Some(now), failures: here.failures + 1, ..here });
                }
            }
            Write::Worked { passkey, here: true } => {
                self.change(*passkey, |here| Here {
                    worked: Some(now),
                    failed: None,
                    failures: 0,
                    absent: None,
                    ..here
                });
            }
            Write::Created { passkey } => {
                self.change(*passkey, |here| Here {
                    created: Some(now),
                    failed: None,
                    failures: 0,
                    absent: None,
                    ..here
                });
            }
            Write::PresentHere => {
                (offers.present, offers.failures_since_present) = (Some(now), 0);
                for passkey in &mut self.known.passkeys {
                    passkey.here = Here { failed: None, failures: 0, absent: None, ..passkey.here };
                }
            }
            Write::AbsentHere(absent) => {
                absent.iter().for_each(|id| self.change(*id, |here| Here { absent: Some(now), ..here }))
            }
            Write::KnownBrowser => self.known.known_browser = true,
            Write::OfferPaused { until, declined } => {
                offers.paused_until = Some(*until);
                offers.declined += u32::from(*declined);
            }
            Write::OfferAccepted => (offers.paused_until, offers.declined) = (None, 0),
        }
    }

    fn change(&mut self, id: PasskeyId, change: impl Fn(Here) -> Here) {
        for passkey in self.known.passkeys.iter_mut().filter(|passkey| passkey.id == id) {
            passkey.here = change(passkey.here);
        }
    }
}
