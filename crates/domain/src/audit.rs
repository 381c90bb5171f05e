//! What is written down about an account, whoever did it.

/// One event of the audit log. What it is about (a passkey, a session, a browser) stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The account was made, and its first session began.
    SignedUp,
    SignedInWithPasskey,
    SignedInWithPassword,
    /// A code that was mailed, and nothing else.
    SignedInWithCode,
    /// A password that is not the account's, at the door or inside a session.
    PasswordRefused,
    /// An answer to a passkey prompt that does not verify, or is another account's.
    PasskeyRefused,
    /// More proof inside a session.
    PasskeyConfirmed,
    PasswordConfirmed,
    /// A code beside the password. One that set a password or confirmed an address has an event of its own.
    CodeConfirmed,
    /// A code was asked for by mail: mailed where there is an address to mail it to.
    CodeAskedFor,
    /// A new account was asked for with the address of this one: its owner was written to.
    SignUpAskedFor,
    /// A code that is not the one, or is none any more.
    CodeRefused,
    SignedOut,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    /// A passkey was made in answer to one that did not work.
    HealBegun,
    /// It has signed in since.
    HealConfirmed,
    PasswordChanged,
    /// A forgotten one was replaced with a code, which signed in.
    PasswordSetByCode,
    IdentifierChanged,
    /// A code that was mailed to the address came back.
    AddressConfirmed,
    /// The owner of the address began with a new account in place of one that somebody else may have made.
    BegunAnew,
    /// The first set of recovery codes.
    CodesIssued,
    CodesReplaced,
    /// What was announced was done by somebody else, and was ended: *this was not me*.
    Disowned,
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
    pub const ALL: [Self; 32] = [
        Self::SignedUp,
        Self::SignedInWithPasskey,
        Self::SignedInWithPassword,
        Self::SignedInWithCode,
        Self::PasswordRefused,
        Self::PasskeyRefused,
        Self::PasskeyConfirmed,
        Self::PasswordConfirmed,
        Self::CodeConfirmed,
        Self::CodeAskedFor,
        Self::SignUpAskedFor,
        Self::CodeRefused,
        Self::SignedOut,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyRemoved,
        Self::HealBegun,
        Self::HealConfirmed,
        Self::PasswordChanged,
        Self::PasswordSetByCode,
        Self::IdentifierChanged,
        Self::AddressConfirmed,
        Self::BegunAnew,
        Self::CodesIssued,
        Self::CodesReplaced,
        Self::Disowned,
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
            Self::SignedInWithCode => "signed-in-with-code",
            Self::PasswordRefused => "password-refused",
            Self::PasskeyRefused => "passkey-refused",
            Self::PasskeyConfirmed => "passkey-confirmed",
            Self::PasswordConfirmed => "password-confirmed",
            Self::CodeConfirmed => "code-confirmed",
            Self::CodeAskedFor => "code-asked-for",
            Self::SignUpAskedFor => "sign-up-asked-for",
            Self::CodeRefused => "code-refused",
            Self::SignedOut => "signed-out",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRenamed => "passkey-renamed",
            Self::PasskeyRemoved => "passkey-removed",
            Self::HealBegun => "heal-begun",
            Self::HealConfirmed => "heal-confirmed",
            Self::PasswordChanged => "password-changed",
            Self::PasswordSetByCode => "password-set-by-code",
            Self::IdentifierChanged => "identifier-changed",
            Self::AddressConfirmed => "address-confirmed",
            Self::BegunAnew => "begun-anew",
            Self::CodesIssued => "codes-issued",
            Self::CodesReplaced => "codes-replaced",
            Self::Disowned => "disowned",
            Self::SessionEnded => "session-ended",
            Self::SessionsEnded => "sessions-ended",
            Self::BrowserForgotten => "browser-forgotten",
            Self::BrowsersForgotten => "browsers-forgotten",
            Self::AccountDeleted => "account-deleted",
            Self::ResetByOperator => "reset-by-operator",
        }
    }

    /// Whether anybody can make it happen to an account, as often as they like, by knowing what it is called.
    #[must_use]
    pub fn is_open_to_strangers(self) -> bool {
        matches!(
            self,
            Self::PasswordRefused
                | Self::PasskeyRefused
                | Self::CodeAskedFor
                | Self::SignUpAskedFor
                | Self::CodeRefused
        )
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
