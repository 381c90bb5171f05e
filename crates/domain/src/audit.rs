//! What is written down about an account, whoever did it.

/// Makes the events and their names from one list, so that none is left out of [`Event::ALL`].
macro_rules! events {
    ($($(#[$said:meta])* $event:ident = $slug:literal,)+) => {
        /// One event of the audit log. What it is about (a passkey, a session, a browser) stands beside it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event {
            $($(#[$said])* $event,)+
        }

        impl Event {
            /// All of them.
            pub const ALL: [Self; [$($slug),+].len()] = [$(Self::$event),+];

            /// The name under which it is stored; never changes.
            #[must_use]
            pub fn slug(self) -> &'static str {
                match self {
                    $(Self::$event => $slug,)+
                }
            }
        }
    };
}

events! {
    /// The account was made, and its first session began.
    SignedUp = "signed-up",
    SignedInWithPasskey = "signed-in-with-passkey",
    SignedInWithPassword = "signed-in-with-password",
    /// A code that was mailed, and nothing else.
    SignedInWithCode = "signed-in-with-code",
    /// A password that is not the account's, at the door or inside a session.
    PasswordRefused = "password-refused",
    /// An answer to a passkey prompt that does not verify, or is another account's.
    PasskeyRefused = "passkey-refused",
    /// More proof inside a session.
    PasskeyConfirmed = "passkey-confirmed",
    PasswordConfirmed = "password-confirmed",
    /// A code beside the password. One that set a password or confirmed an address has an event of its own.
    CodeConfirmed = "code-confirmed",
    /// A code was asked for by mail: mailed where there is an address to mail it to.
    CodeAskedFor = "code-asked-for",
    /// A new account was asked for with the address of this one: its owner was written to.
    SignUpAskedFor = "sign-up-asked-for",
    /// A code that is not the one, or is none any more.
    CodeRefused = "code-refused",
    SignedOut = "signed-out",
    PasskeyAdded = "passkey-added",
    PasskeyRenamed = "passkey-renamed",
    PasskeyRemoved = "passkey-removed",
    /// A passkey was made in answer to one that did not work.
    HealBegun = "heal-begun",
    /// It has signed in since.
    HealConfirmed = "heal-confirmed",
    PasswordChanged = "password-changed",
    /// A forgotten one was replaced with a code, which signed in.
    PasswordSetByCode = "password-set-by-code",
    IdentifierChanged = "identifier-changed",
    /// A code that was mailed to the address came back.
    AddressConfirmed = "address-confirmed",
    /// The owner of the address began with a new account in place of one that somebody else may have made.
    BegunAnew = "begun-anew",
    /// The first set of recovery codes.
    CodesIssued = "codes-issued",
    CodesReplaced = "codes-replaced",
    /// What was announced was done by somebody else, and was ended: *this was not me*.
    Disowned = "disowned",
    /// One session was ended, from another one or by a new one in the same browser.
    SessionEnded = "session-ended",
    /// All sessions but the one that asked.
    SessionsEnded = "sessions-ended",
    /// What one browser knew of the account.
    BrowserForgotten = "browser-forgotten",
    /// What all browsers knew but the one that asked.
    BrowsersForgotten = "browsers-forgotten",
    AccountDeleted = "account-deleted",
    /// The operator let the person in again.
    ResetByOperator = "reset-by-operator",
}

impl Event {
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
