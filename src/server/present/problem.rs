//! What can be wrong with a field, as codes. Services choose the code, the words are chosen here.

use super::voice::Voice;
use domain::identifier::IdentifierProblem;
use serde::{Deserialize, Serialize};

/// What is wrong with *Email or username*, or with the step as a whole where it is the only field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IdentifyProblem {
    Empty,
    TooLong,
    Unreadable,
    /// Sign-up only: another account has it.
    Taken,
    /// It looks like an address, but no mail can go there.
    NoMail,
    /// An `@` with nothing on one side of it.
    HalfAddress,
    /// The name that the account has already.
    Same,
    /// The flow has run out; it starts again.
    Expired,
    /// Too much to do right now.
    Busy,
    /// Too many tries.
    Blocked {
        seconds: u64,
    },
}

/// What is wrong with the password of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    Empty,
    /// Not the password of this person, or no such person: one answer for both.
    Wrong,
    /// Inside a session: the account has none, since somebody said *this was not me*.
    None,
    TooLong,
    Expired,
    Busy,
    Blocked {
        seconds: u64,
    },
}

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeProblem {
    Empty,
    Wrong,
    /// Too old, tried too often, or replaced by a newer one.
    Void,
    Busy,
    Blocked {
        seconds: u64,
    },
}

/// What is wrong with a password that somebody chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewPasswordProblem {
    Empty,
    TooShort {
        min: usize,
    },
    TooLong {
        max: usize,
    },
    TooCommon,
    ContainsIdentifier,
    /// The account has it or had it; which of the two is not told.
    NotNew,
}

/// What is wrong with a sign-up, field by field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpProblems {
    pub identifier: Option<IdentifyProblem>,
    pub password: Option<NewPasswordProblem>,
}

/// What is wrong with the new name of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameProblem {
    Empty,
    TooLong { max: usize },
    Unreadable,
}

impl From<IdentifierProblem> for IdentifyProblem {
    fn from(problem: IdentifierProblem) -> Self {
        match problem {
            IdentifierProblem::Empty => Self::Empty,
            IdentifierProblem::TooLong => Self::TooLong,
            IdentifierProblem::Unreadable => Self::Unreadable,
        }
    }
}

impl IdentifyProblem {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Empty => voice.say("identifier-empty"),
            Self::TooLong => voice.count("identifier-too-long", "max", domain::identifier::MAX_LENGTH),
            Self::Unreadable => voice.say("identifier-unreadable"),
            Self::Taken => voice.say("identifier-taken"),
            Self::NoMail => voice.say("identifier-no-mail"),
            Self::HalfAddress => voice.say("identifier-half-address"),
            Self::Same => voice.say("identifier-same"),
            Self::Expired => voice.say("identifier-expired"),
            Self::Busy => voice.say("common-busy"),
            Self::Blocked { seconds } => blocked(voice, seconds),
        }
    }
}

impl PasswordProblem {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Empty => voice.say("password-empty"),
            Self::Wrong => voice.say("password-wrong"),
            Self::None => voice.say("password-none"),
            Self::TooLong => voice.say("password-too-long"),
            Self::Expired => voice.say("password-expired"),
            Self::Busy => voice.say("common-busy"),
            Self::Blocked { seconds } => blocked(voice, seconds),
        }
    }
}

impl CodeProblem {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Empty => voice.say("code-empty"),
            Self::Wrong => voice.say("code-no-match"),
            Self::Void => voice.say("code-void"),
            Self::Busy => voice.say("common-busy"),
            Self::Blocked { seconds } => blocked(voice, seconds),
        }
    }
}

impl NewPasswordProblem {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Empty => voice.say("new-password-empty"),
            Self::TooShort { min } => voice.count("new-password-too-short", "min", min),
            Self::TooLong { max } => voice.count("new-password-too-long", "max", max),
            Self::TooCommon => voice.say("new-password-too-common"),
            Self::ContainsIdentifier => voice.say("new-password-contains-identifier"),
            Self::NotNew => voice.say("new-password-not-new"),
        }
    }
}

impl NameProblem {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Empty => voice.say("passkey-name-empty"),
            Self::TooLong { max } => voice.count("passkey-name-too-long", "max", max),
            Self::Unreadable => voice.say("passkey-name-unreadable"),
        }
    }
}

/// Under a minute in seconds, then in minutes; rounded up, so that nobody comes back too early.
pub(super) fn blocked(voice: &Voice<'_>, seconds: u64) -> String {
    let (id, number) = if seconds < 60 {
        ("common-blocked-seconds", seconds.max(1))
    } else {
        ("common-blocked-minutes", seconds.div_ceil(60))
    };
    voice.count(id, "number", usize::try_from(number).unwrap_or(usize::MAX))
}
