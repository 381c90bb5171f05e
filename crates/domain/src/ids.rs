//! Identifiers of rows and flows; a user id never passes for a passkey id.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.as_simple().fmt(f)
            }
        }
    };
}

id!(
    /// An account.
    UserId
);
id!(
    /// A passkey as Keymend's own row, not the credential id of WebAuthn.
    PasskeyId
);
id!(
    /// A browser profile that carries our cookie.
    BrowserId
);
id!(
    /// A session row.
    SessionId
);
id!(
    /// One walk through sign-in or healing. Rides in every form, so that a form of another tab changes nothing.
    FlowId
);
