//! The flow before a proof: who are you, passkey, password, a code by mail. State = screen = test name.

use crate::healing::worked;
use crate::identifier::Identifier;
use crate::ids::PasskeyId;
use crate::intelligence::{Assessment, Availability, Evidence, Plan, SignedInBy, Trail, predict};
use crate::time::Millis;
use crate::write::Write;
use serde::{Deserialize, Serialize};

/// What to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Ask who it is.
    Identify,
    /// Prompt for the passkey, or wait for a click that does.
    UsePasskey(Prompt),
    /// Ask for the password; *Use a passkey* stays beside it.
    EnterPassword,
    /// Ask for the code that was mailed, where the password is not at hand either.
    EnterCode,
    /// A proof was given: the session takes over.
    Proved(SignedInBy),
}

/// Whether a prompt may open without a click. Once used up it never comes back in a flow about the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompt {
    /// Opens by itself as soon as the page is there.
    Pending,
    /// Was opened by itself; a reload shows the button.
    Opened,
    /// Opens on a click only.
    OnClick,
    /// Opens on a click, and leads to another device: said before the code for it appears.
    AcrossDevices,
    /// Did not go through; *Try again* opens it.
    Failed,
}

/// One walk through sign-in. Sealed into a cookie; it never says "proved" there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    step: Step,
    /// Who it is about; none only at [`Step::Identify`].
    pub identifier: Option<Identifier>,
    /// Ceremonies in a row that gave no credential.
    pub trail: Trail,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The person said who they are, and this is the plan.
    Identified(Identifier, Plan),
    /// The options of a prompt went out.
    PromptOpened,
    /// A ceremony gave no credential.
    CeremonyFailed(Assessment),
    /// *Use password instead*, perhaps leaving an open prompt.
    PasswordChosen(Option<Assessment>),
    /// *Email me a code*.
    CodeChosen,
    /// The password was right.
    PasswordProved,
    /// The code that was mailed came back.
    CodeProved,
    /// An assertion was verified.
    PasskeyProved { passkey: PasskeyId, cross_device: bool },
    /// A passkey was verified before anybody had said who they are: this is whose it was.
    AnyoneProved { who: Identifier, passkey: PasskeyId, cross_device: bool },
    /// *Not you?*
    StartedOver,
}

/// What follows: the next state and what to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition<F> {
    pub flow: F,
    pub writes: Vec<Write>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { step: Step::Identify, identifier: None, trail: Trail::default() }
    }
}

impl SignIn {
    /// What to show. A prompt that is pending was never shown; one that was opened is a button after a reload.
    #[must_use]
    pub fn step(&self) -> Step {
        self.step
    }

    /// What follows from an event. An event that does not fit the state changes nothing.
    #[must_use]
    pub fn advance(self, event: Event, evidence: &Evidence, now: Millis) -> Transition<Self> {
        use Step::{EnterCode, EnterPassword, Identify, UsePasskey};
        match (self.step, event) {
            (UsePasskey(_) | EnterPassword | EnterCode, Event::Identified(who, _)) if self.is_used_up_by(&who) => {
                stay(self)
            }
            (_, Event::Identified(who, plan)) => stay(identified(who, plan)),
            (_, Event::StartedOver) => stay(Self::default()),
            (UsePasskey(Prompt::Pending), Event::PromptOpened) => stay(self.at(UsePasskey(Prompt::Opened))),
            (UsePasskey(_) | EnterPassword | EnterCode, Event::CeremonyFailed(assessment)) => {
                self.failed(assessment, evidence, now)
            }
            (UsePasskey(_) | EnterCode, Event::PasswordChosen(left)) => self.password_chosen(left, evidence, now),
            (UsePasskey(_) | EnterPassword, Event::CodeChosen) => stay(self.at(EnterCode)),
            (UsePasskey(_) | EnterPassword | EnterCode, Event::PasswordProved) => self.password_proved(),
            (UsePasskey(_) | EnterPassword | EnterCode, Event::CodeProved) => self.code_proved(),
            (UsePasskey(_) | EnterPassword | EnterCode, Event::PasskeyProved { passkey, cross_device }) => {
                self.passkey_proved(passkey, cross_device)
            }
            (
                Identify | UsePasskey(_) | EnterPassword | EnterCode,
                Event::AnyoneProved { who, passkey, cross_device },
            ) => Self { identifier: Some(who), ..self }.passkey_proved(passkey, cross_device),
            (Identify | Step::Proved(_), _)
            | (EnterPassword, Event::PasswordChosen(_))
            | (EnterCode, Event::CodeChosen)
            | (_, Event::PromptOpened) => stay(self),
        }
    }

    /// A password was typed. Its field may have been on the screen while the flow waited for a passkey or a code: without
    /// JavaScript, after *back*, in a second tab.
    #[must_use]
    pub fn password_typed(self) -> Self {
        self.typed_at(Step::EnterPassword)
    }

    /// A code was typed; its field may have been on the screen as that of the password may.
    #[must_use]
    pub fn code_typed(self) -> Self {
        self.typed_at(Step::EnterCode)
    }

    /// No codes are mailed, perhaps since a moment ago: the password is left.
    #[must_use]
    pub fn without_codes(self) -> Self {
        if self.step == Step::EnterCode { self.at(Step::EnterPassword) } else { self }
    }

    fn typed_at(self, field: Step) -> Self {
        match self.step {
            Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode => self.at(field),
            Step::Identify | Step::Proved(_) => self,
        }
    }

    fn at(self, step: Step) -> Self {
        Self { step, ..self }
    }

    /// The same person once more, from an old page: the prompt that opens by itself is not to be had twice.
    fn is_used_up_by(&self, who: &Identifier) -> bool {
        self.step != Step::UsePasskey(Prompt::Pending)
            && self.identifier.as_ref().is_some_and(|now| now.key() == who.key())
    }

    fn failed(self, assessment: Assessment, evidence: &Evidence, now: Millis) -> Transition<Self> {
        let assessment = assessment.of_get();
        let writes = writes_of_failure(assessment, evidence, now);
        if !assessment.counts_in_flow {
            return Transition { flow: self, writes };
        }
        let most = evidence.policy.failures_to_password.max(1);
        let trail = self.trail.and(assessment.outcome, most);
        let step = match self.step {
            // Without a passkey, the last one was removed elsewhere meanwhile, there is nothing to try again.
            Step::UsePasskey(_) if trail.failures < most && !evidence.passkeys.is_empty() => {
                Step::UsePasskey(Prompt::Failed)
            }
            // Asked for by a click beside the code, which stays where it is.
            Step::EnterCode => Step::EnterCode,
            _ => Step::EnterPassword,
        };
        Transition { flow: Self { step, trail, ..self }, writes }
    }

    fn password_chosen(self, left: Option<Assessment>, evidence: &Evidence, now: Millis) -> Transition<Self> {
        let after = match left {
            Some(assessment) => self.failed(assessment, evidence, now),
            None => stay(self),
        };
        Transition { flow: after.flow.at(Step::EnterPassword), writes: after.writes }
    }

    fn password_proved(self) -> Transition<Self> {
        let failures = self.trail.failures;
        stay(self.at(Step::Proved(SignedInBy::Password { failures })))
    }

    fn code_proved(self) -> Transition<Self> {
        let failures = self.trail.failures;
        stay(self.at(Step::Proved(SignedInBy::Code { failures })))
    }

    fn passkey_proved(self, passkey: PasskeyId, cross_device: bool) -> Transition<Self> {
        let writes = worked(passkey, cross_device);
        Transition {
            flow: Self { trail: Trail::default(), ..self.at(Step::Proved(SignedInBy::Passkey { cross_device })) },
            writes,
        }
    }
}

fn stay<F>(flow: F) -> Transition<F> {
    Transition { flow, writes: Vec::new() }
}

fn identified(who: Identifier, plan: Plan) -> SignIn {
    let step = match plan {
        Plan::Immediately => Step::UsePasskey(Prompt::Pending),
        Plan::OnClick => Step::UsePasskey(Prompt::OnClick),
        Plan::AcrossDevices => Step::UsePasskey(Prompt::AcrossDevices),
        Plan::EnterPassword => Step::EnterPassword,
    };
    SignIn { step, identifier: Some(who), trail: Trail::default() }
}

/// Suspicion falls on those passkeys that could have answered; the others were never expected.
fn writes_of_failure(assessment: Assessment, evidence: &Evidence, now: Millis) -> Vec<Write> {
    if assessment.strikes == 0 {
        return Vec::new();
    }
    let could = |passkey: &&crate::intelligence::PasskeyEvidence| {
        predict(passkey, evidence, now).outcome > Availability::Unlikely
    };
    let suspects = evidence.passkeys.iter().filter(could).map(|passkey| passkey.id).collect();
    vec![Write::Strike(assessment.strikes), Write::Failed(suspects)]
}
