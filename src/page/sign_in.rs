//! The screens before a session, and those that mend.

use super::{Action, Cause, Ceremony, Field, Link, Person, Picture};
use serde::{Deserialize, Serialize};

/// Step `identify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identify {
    pub heading: String,
    pub lead: String,
    /// *Email or username* and *Continue*; not there where one tap is.
    pub form: Option<(Field, Action)>,
    /// *Continue as …* for the account that used its passkey here last, and *Use another account*.
    pub one_tap: Option<(Action, Action)>,
    /// *Sign in with a passkey*: shows passkeys where there are some.
    pub immediate: Option<(String, Ceremony)>,
    /// Its place is kept until the browser has said whether it can: nothing moves when it comes.
    pub room: bool,
    /// Waits behind the field.
    pub autofill: Option<Ceremony>,
    pub sign_up: Link,
}

/// Step `sign-up`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUp {
    pub heading: String,
    pub lead: String,
    pub identifier: Field,
    pub password: Field,
    pub create: Action,
    pub sign_in: Link,
}

/// Step `use-passkey`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsePasskey {
    pub person: Person,
    pub picture: Picture,
    pub heading: String,
    /// What to do now; while a prompt is open [`Ceremony::waiting`] stands in its place.
    pub lead: String,
    /// Shown after a failure.
    pub causes_lead: String,
    pub causes: Vec<Cause>,
    pub ceremony: Ceremony,
    /// The button that opens the prompt: *Use passkey* or *Try again*.
    pub open: String,
    /// *Use password instead*, alive from the first moment.
    pub password: Action,
}

/// Step `enter-password`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnterPassword {
    pub person: Person,
    pub heading: String,
    pub lead: String,
    pub field: Field,
    pub sign_in: Action,
    pub ceremony: Ceremony,
    /// *Use a passkey*.
    pub open: String,
    pub forgot: Link,
    /// *Email me a code*, where the operator has it on.
    pub code: Option<Action>,
}

/// Steps `enter-code`, `confirm`, `confirm-address`, `confirm-sign-up`, `new-address`, `get-codes`, `forgot-password`, `new-password` and
/// `not-me`: something to show or to say first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    pub what: Asking,
    pub person: Option<Person>,
    pub picture: Picture,
    pub heading: String,
    /// Paragraph by paragraph.
    pub lead: Vec<String>,
    pub fields: Vec<Field>,
    pub submit: Action,
    pub ceremony: Option<Ceremony>,
    /// *Use a passkey*, where there is a ceremony.
    pub open: String,
    /// *Not now*.
    pub more: Vec<Action>,
    pub links: Vec<Link>,
    /// *Send a new code*: for the few who need it.
    pub quiet: Vec<Action>,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asking {
    EnterCode,
    Confirm,
    ConfirmAddress,
    ConfirmSignUp,
    NewAddress,
    GetCodes,
    ForgotPassword,
    NewPassword,
    NotMe,
}

impl Asking {
    /// The name of its step.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EnterCode => "enter-code",
            Self::Confirm => "confirm",
            Self::ConfirmAddress => "confirm-address",
            Self::ConfirmSignUp => "confirm-sign-up",
            Self::NewAddress => "new-address",
            Self::GetCodes => "get-codes",
            Self::ForgotPassword => "forgot-password",
            Self::NewPassword => "new-password",
            Self::NotMe => "not-me",
        }
    }
}

/// Step `needs-proof`: a password alone does not add a passkey here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedsProof {
    pub person: Person,
    pub picture: Picture,
    pub heading: String,
    pub lead: String,
    /// What can be done, line by line.
    pub ways: Vec<String>,
    /// Where the password is such a proof.
    pub password: Option<(Field, Action)>,
    pub ceremony: Option<Ceremony>,
    /// *Use a passkey*.
    pub open: String,
    /// *Continue*.
    pub later: Action,
}

/// Step `create-passkey`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatePasskey {
    pub person: Person,
    pub picture: Picture,
    pub heading: String,
    pub lead: String,
    /// Calm words after a dialog that gave no passkey; empty before.
    pub said: String,
    pub causes_lead: String,
    pub causes: Vec<Cause>,
    pub ceremony: Ceremony,
    /// *Create passkey*.
    pub open: String,
    pub not_now: Action,
}

/// Step `passkey-created`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyCreated {
    pub person: Person,
    pub heading: String,
    pub lead: String,
    pub proceed: Action,
}

/// Step `already-here`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlreadyHere {
    pub person: Person,
    pub picture: Picture,
    pub heading: String,
    pub lead: String,
    pub ceremony: Ceremony,
    /// *Use it now*.
    pub open: String,
    pub proceed: Action,
}

/// Step `recovery-codes`: shown until the person says that they are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes {
    pub person: Person,
    pub heading: String,
    pub lead: String,
    /// Name of the list.
    pub list: String,
    pub codes: Vec<String>,
    /// *Copy*, and what is said when it is done, or when the browser does not do it.
    pub copy: String,
    pub copied: String,
    pub not_copied: String,
    /// *Print*
    pub print: String,
    /// *Download*
    pub download: Link,
    pub proceed: Action,
}

/// Words with ways on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub heading: String,
    pub lead: Vec<String>,
    pub links: Vec<Link>,
}
