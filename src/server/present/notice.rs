//! How a ceremony ended that gave nothing to go on with, as codes and as words. Which sentence follows is the screen's matter.

use super::voice::Voice;
use domain::intelligence::Outcome;

/// Why a sign-in or a confirmation with a passkey did not go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyNotice {
    /// The browser gave no passkey.
    Ended(Outcome),
    /// It answered with a passkey of somebody else.
    AnotherAccount,
    /// It answered with a passkey that was removed from this account.
    NoLongerAccepted,
    /// The answer could not be checked.
    NotUsable,
    /// The answer came too late, or a second time.
    Expired,
    /// Too much to do right now.
    Busy,
    /// What was done last belonged to a session that is over.
    SessionOver,
}

/// Why no passkey was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateNotice {
    /// The dialog gave none.
    Cancelled,
    /// The browser could not show the dialog.
    Technical,
    /// What was made could not be checked, so it is not kept.
    NotUsable,
    /// It came too late, or a second time.
    Expired,
    /// Too much to do right now.
    Busy,
}

impl PasskeyNotice {
    /// What happened, in one or two sentences.
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        voice.say(match self {
            Self::Ended(Outcome::RefusedAtOnce) => "notice-refused-at-once",
            Self::Ended(Outcome::NoPrompt) => "notice-no-prompt",
            Self::Ended(Outcome::TimedOut) => "notice-timed-out",
            Self::Ended(Outcome::NeverSettled) => "notice-never-settled",
            Self::Ended(Outcome::Technical) => "notice-technical",
            Self::Ended(Outcome::NotAccepted) => "notice-no-longer-accepted",
            Self::Ended(Outcome::CancelledOrMissing | Outcome::Aborted | Outcome::AlreadyHere) => "notice-cancelled",
            other => other.words_of_server(),
        })
    }

    /// The same beside a password: there the details of a prompt matter less than the way on.
    pub(super) fn words_beside_password(self, voice: &Voice<'_>) -> String {
        voice.say(match self {
            Self::Ended(Outcome::NoPrompt | Outcome::Technical) => "notice-technical",
            Self::Ended(Outcome::NotAccepted) => "notice-no-longer-accepted",
            Self::Ended(_) => "notice-not-here",
            other => other.words_of_server(),
        })
    }

    fn words_of_server(self) -> &'static str {
        match self {
            Self::Ended(_) => "notice-cancelled",
            Self::AnotherAccount => "notice-another-account",
            Self::NoLongerAccepted => "notice-no-longer-accepted",
            Self::NotUsable => "notice-not-usable",
            Self::Expired => "notice-expired",
            Self::Busy => "common-busy",
            Self::SessionOver => "identify-session-over",
        }
    }
}

impl CreateNotice {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        voice.say(match self {
            Self::Cancelled => "create-cancelled",
            Self::Technical => "create-technical",
            Self::NotUsable => "create-not-usable",
            Self::Expired => "create-expired",
            Self::Busy => "common-busy",
        })
    }
}
