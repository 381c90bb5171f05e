//! The flow after a proof: offer a passkey, make it, go on to the dashboard. Lives in the session row.

use crate::assurance::Assurance;
use crate::ids::PasskeyId;
use crate::intelligence::{Assessment, Evidence, Offer, Outcome, Trail, Why, learn_from_creation, pause_after};
use crate::provider::Aaguid;
use crate::sign_in::Transition;
use crate::time::Millis;
use crate::write::Write;
use serde::{Deserialize, Serialize};

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Offer a passkey; `cancelled` after a dialog that gave none.
    CreatePasskey { why: Why, cancelled: bool },
    /// A code that was mailed or saved is needed first.
    Confirm { why: Why },
    /// One more proof is needed first. `password` when the password is such a proof.
    NeedsProof { why: Why, password: bool },
    /// It was made and stored.
    PasskeyCreated { why: Why, aaguid: Aaguid },
    /// One of the account's passkeys is here after all.
    AlreadyHere,
    /// Go on to the dashboard.
    Done,
}

/// The part of a session that heals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healing {
    step: Step,
    /// The ceremonies in the flow that led here which gave no credential, for the words.
    pub trail: Trail,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// *Add a passkey* on the dashboard.
    Asked(Assurance),
    /// The proofs were looked at again: they do not suffice any more, or another one is needed now.
    AssuranceMissing(Assurance),
    /// A password or a code was verified in this session, and that suffices.
    ProofGiven,
    /// A passkey of the account was verified in this session.
    PasskeyProved { passkey: PasskeyId, cross_device: bool },
    /// A new passkey was verified.
    Created { passkey: PasskeyId, aaguid: Aaguid },
    /// `create()` gave none.
    Failed(Assessment),
    /// *Not now*.
    NotNow,
    /// *Continue*.
    Continued,
}

/// Begins after a proof.
#[must_use]
pub fn begin(offer: Offer, assurance: Assurance, trail: Trail) -> Healing {
    let step = match (offer, assurance) {
        // The only proof left is a passkey, and there is none to answer: an offer nobody can take.
        (None, _) | (Some(Why::First), Assurance::NeedsProof) => Step::Done,
        (Some(why), assurance) => ask(why, assurance),
    };
    Healing { step, trail }
}

fn ask(why: Why, assurance: Assurance) -> Step {
    match assurance {
        Assurance::Enough => Step::CreatePasskey { why, cancelled: false },
        Assurance::Stale => Step::NeedsProof { why, password: true },
        Assurance::NeedsCode => Step::Confirm { why },
        Assurance::NeedsProof => Step::NeedsProof { why, password: false },
    }
}

impl Healing {
    /// Of a session that has nothing to offer.
    #[must_use]
    pub fn done() -> Self {
        Self { step: Step::Done, trail: Trail::default() }
    }

    /// What to show.
    #[must_use]
    pub fn step(&self) -> Step {
        self.step
    }

    /// What follows from an event. An event that does not fit the state changes nothing.
    #[must_use]
    pub fn advance(self, event: Event, evidence: &Evidence, now: Millis) -> Transition<Self> {
        use Step::{AlreadyHere, Confirm, CreatePasskey, Done, NeedsProof, PasskeyCreated};
        match (self.step, event) {
            (Done, Event::Asked(assurance)) => self.to(ask(Why::Asked, assurance)),
            (CreatePasskey { .. }, Event::AssuranceMissing(Assurance::Enough)) => self.to(self.step),
            (
                CreatePasskey { why, .. } | Confirm { why } | NeedsProof { why, .. },
                Event::AssuranceMissing(assurance),
            ) => self.to(ask(why, assurance)),
            (Confirm { why } | NeedsProof { why, .. }, Event::ProofGiven) => {
                self.to(CreatePasskey { why, cancelled: false })
            }
            (step, Event::PasskeyProved { passkey, cross_device }) => {
                self.with(proved(step), worked(passkey, cross_device))
            }
            (CreatePasskey { why, .. }, Event::Created { passkey, aaguid }) => {
                self.with(PasskeyCreated { why, aaguid }, created(passkey, aaguid, evidence))
            }
            (CreatePasskey { why, .. }, Event::Failed(assessment)) => self.failed(why, assessment, evidence, now),
            (CreatePasskey { why, .. } | Confirm { why } | NeedsProof { why, .. }, Event::NotNow) => {
                self.with(Done, not_now(why, evidence, now))
            }
            (PasskeyCreated { .. } | AlreadyHere, Event::Continued | Event::NotNow) => self.to(Done),
            // Nobody was asked whether they want a passkey: it is as with a dialog that was closed.
            (Confirm { why } | NeedsProof { why, .. }, Event::Continued) => {
                let until = now.plus(pause_after(false, evidence.offers.declined));
                self.with(Done, pause(why, until, false))
            }
            _ => self.to(self.step),
        }
    }

    fn to(self, step: Step) -> Transition<Self> {
        self.with(step, Vec::new())
    }

    fn with(self, step: Step, writes: Vec<Write>) -> Transition<Self> {
        Transition { flow: Self { step, ..self }, writes }
    }

    fn failed(self, why: Why, assessment: Assessment, evidence: &Evidence, now: Millis) -> Transition<Self> {
        match assessment.outcome {
            // Without an account's passkey on the list it cannot be ours: a lie or a bug, and no reason to believe.
            Outcome::AlreadyHere if !evidence.passkeys.is_empty() => {
                self.with(Step::AlreadyHere, vec![Write::PresentHere, Write::ClearStrikes])
            }
            Outcome::Aborted => self.to(self.step),
            _ => {
                let until = now.plus(pause_after(false, evidence.offers.declined));
                self.with(Step::CreatePasskey { why, cancelled: true }, pause(why, until, false))
            }
        }
    }
}

/// A passkey answered: it is a proof where one was missing, and it shows that nothing is broken where that was in doubt.
fn proved(step: Step) -> Step {
    match step {
        Step::Confirm { why } | Step::NeedsProof { why, .. } => Step::CreatePasskey { why, cancelled: false },
        Step::AlreadyHere => Step::Done,
        step => step,
    }
}

/// What a passkey that signed in from this browser leaves behind, before a proof and after.
#[must_use]
pub fn worked(passkey: PasskeyId, cross_device: bool) -> Vec<Write> {
    vec![Write::Worked { passkey, here: !cross_device }, Write::ClearStrikes, Write::KnownBrowser]
}

fn created(passkey: PasskeyId, aaguid: Aaguid, evidence: &Evidence) -> Vec<Write> {
    let absent = learn_from_creation(evidence, aaguid);
    vec![
        Write::Created { passkey },
        Write::AbsentHere(absent),
        Write::ClearStrikes,
        Write::KnownBrowser,
        Write::OfferAccepted,
    ]
}

fn not_now(why: Why, evidence: &Evidence, now: Millis) -> Vec<Write> {
    pause(why, now.plus(pause_after(true, evidence.offers.declined)), true)
}

/// What a person asked for on the dashboard is no offer, and putting it off says nothing about offers.
fn pause(why: Why, until: Millis, declined: bool) -> Vec<Write> {
    if why == Why::Asked { Vec::new() } else { vec![Write::OfferPaused { until, declined }] }
}
