//! What a browser may tell about a WebAuthn ceremony. Facts about comfort, never about access: all of it can be a lie,
//! so everything is bounded on arrival and the unknown stays unknown.

use serde::{Deserialize, Serialize};

/// What a ceremony is for. Part of what its sealed state is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// `get()` before a proof.
    SignIn,
    /// `get()` that waits behind the sign-in field, or is asked for anyone's passkey at once: nobody has said yet who they are.
    Anyone,
    /// `get()` inside a session, to make it stronger.
    Verify,
    /// `create()` inside a session.
    Create,
}

impl Purpose {
    pub const ALL: [Self; 4] = [Self::SignIn, Self::Anyone, Self::Verify, Self::Create];

    /// Its name in records.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Anyone => "anyone",
            Self::Verify => "verify",
            Self::Create => "create",
        }
    }

    /// Whether anybody can begin such a ceremony for an account, as often as they like, by knowing what it is called.
    #[must_use]
    pub fn is_open_to_strangers(self) -> bool {
        match self {
            Self::SignIn | Self::Anyone => true,
            Self::Verify | Self::Create => false,
        }
    }
}

/// The name of the exception a ceremony ended with (WebAuthn Level 3, sections 5.1.3 and 5.1.4; Web IDL, section 2.8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorName {
    #[serde(rename = "NotAllowedError")]
    NotAllowed,
    #[serde(rename = "AbortError")]
    Abort,
    #[serde(rename = "InvalidStateError")]
    InvalidState,
    #[serde(rename = "SecurityError")]
    Security,
    #[serde(rename = "NotSupportedError")]
    NotSupported,
    #[serde(rename = "ConstraintError")]
    Constraint,
    #[serde(rename = "OperationError")]
    Operation,
    #[serde(rename = "TypeError")]
    Type,
    #[serde(rename = "EncodingError")]
    Encoding,
    #[serde(rename = "UnknownError")]
    Unknown,
    #[serde(rename = "NotReadableError")]
    NotReadable,
    #[serde(rename = "TimeoutError")]
    Timeout,
    /// Any other name; the page never has to know them all.
    #[serde(other)]
    Other,
}

/// The longest time that is believed, in milliseconds: one hour.
pub const MAX_ELAPSED: u32 = 3_600_000;

/// What the page saw of a ceremony that did not give a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The name of the exception; none when the promise never settled.
    pub name: Option<ErrorName>,
    /// Milliseconds from the call to its end, or to our giving up.
    pub elapsed: u32,
    /// `document.hasFocus()` just before the call.
    pub focused: Option<bool>,
    /// `document.visibilityState === "visible"` just before the call.
    pub visible: Option<bool>,
    /// `navigator.userActivation.isActive` just before the call.
    pub activated: Option<bool>,
    /// The window lost the focus while the call was open.
    pub blurred: bool,
    /// We ended it ourselves: the person went another way, or the watchdog did.
    pub aborted: bool,
    /// Whether the promise settled; false is the watchdog's word.
    pub settled: bool,
}

impl Observation {
    /// The same facts with absurd values cut to the believable.
    #[must_use]
    pub fn bounded(self) -> Self {
        Self { elapsed: self.elapsed.min(MAX_ELAPSED), ..self }
    }
}

/// What a browser says it can do. Absent means unknown, not false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// `PublicKeyCredential` exists in a secure context.
    pub webauthn: Option<bool>,
    /// `isUserVerifyingPlatformAuthenticatorAvailable()`.
    pub platform_authenticator: Option<bool>,
    /// `hybridTransport` of `getClientCapabilities()` (WebAuthn Level 3, section 5.1.7), as all of the following.
    pub hybrid: Option<bool>,
    /// `conditionalGet`: passkeys in the suggestions of a field.
    #[serde(default)]
    pub conditional_get: Option<bool>,
    /// `conditionalCreate`: a passkey made in passing after a password.
    #[serde(default)]
    pub conditional_create: Option<bool>,
    /// `immediateGet`: a prompt only where there is something to show.
    #[serde(default)]
    pub immediate_get: Option<bool>,
    /// `signalUnknownCredential`, `signalAllAcceptedCredentials` and `signalCurrentUserDetails`, all three.
    #[serde(default)]
    pub signals: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records that were made before are found by it.
    #[test]
    fn a_purpose_has_one_name_wherever_it_is_written() {
        // A new one has to be named here, and shows by its number that it is missing above.
        let number = |purpose| match purpose {
            Purpose::SignIn => 0,
            Purpose::Anyone => 1,
            Purpose::Verify => 2,
            Purpose::Create => 3,
        };
        assert_eq!(Purpose::ALL.map(number), [0, 1, 2, 3]);
        for purpose in Purpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.slug());
        }
    }
}
