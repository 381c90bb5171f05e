//! What is written down about an account, whoever did it.

/// One event of the audit log. What it is about (a passkey, a session, a browser) stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The account was made, and its first session began.
    SignedUp,
    SignedInWithPasskey,
    SignedInWithPassword,
    /// A password that is not the account's, at the door or inside a session.
    PasswordRefused,
    /// An answer to a passkey prompt that does not verify, or is another account's.
    PasskeyRefused,
    /// More proof inside a session.
    PasskeyConfirmed,
    PasswordConfirmed,
    SignedOut,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    /// A passkey was made in answer to one that did not work.
    HealBegun,
    /// It has signed in since.
    HealConfirmed,
    PasswordChanged,
    IdentifierChanged,
    /// One session was ended, from another one or by a new one in the same browser.
    SessionEnded,
    /// All sessions but the one that asked.
    SessionsEnded,
    /// What one browser knew of the account.
    BrowserForgotten,
    /// What all browsers knew but the one that asked.
    BrowsersForgotten,
    AccountDeleted,
    /// The operator let the person in again.
    ResetByOperator,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::SignedUp,
        Self::SignedInWithPasskey,
        Self::SignedInWithPassword,
        Self::PasswordRefused,
        Self::PasskeyRefused,
        Self::PasskeyConfirmed,
        Self::PasswordConfirmed,
        Self::SignedOut,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyRemoved,
        Self::HealBegun,
        Self::HealConfirmed,
        Self::PasswordChanged,
        Self::IdentifierChanged,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::BrowserForgotten,
        Self::BrowsersForgotten,
        Self::AccountDeleted,
        Self::ResetByOperator,
    ];

    /// The name under which it is stored; never changes.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::SignedUp => "signed-up",
            Self::SignedInWithPasskey => "signed-in-with-passkey",
            Self::SignedInWithPassword => "signed-in-with-password",
            Self::PasswordRefused => "password-refused",
            Self::PasskeyRefused => "passkey-refused",
            Self::PasskeyConfirmed => "passkey-confirmed",
            Self::PasswordConfirmed => "password-confirmed",
            Self::SignedOut => "signed-out",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRenamed => "passkey-renamed",
            Self::PasskeyRemoved => "passkey-removed",
            Self::HealBegun => "heal-begun",
            Self::HealConfirmed => "heal-confirmed",
            Self::PasswordChanged => "password-changed",
            Self::IdentifierChanged => "identifier-changed",
            Self::SessionEnded => "session-ended",
            Self::SessionsEnded => "sessions-ended",
            Self::BrowserForgotten => "browser-forgotten",
            Self::BrowsersForgotten => "browsers-forgotten",
            Self::AccountDeleted => "account-deleted",
            Self::ResetByOperator => "reset-by-operator",
        }
    }

    /// The event of a name; `None` for one that a newer version has stored.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.slug() == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_name_of_its_own() {
        for event in Event::ALL {
            assert_eq!(Event::from_slug(event.slug()), Some(event));
        }
        assert_eq!(Event::from_slug("something-newer"), None);
    }
}
