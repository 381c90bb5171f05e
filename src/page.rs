//! What the server says to show, and all the words of it. The browser draws it, performs what it holds and reports back.
//!
//! Shared by server and browser. Buttons are [`Action`]s: real forms on the address of a server function, so that they
//! work before hydration and without JavaScript.

use serde::{Deserialize, Serialize};

mod inside;
mod parts;
mod sign_in;

pub use inside::{Account, Change, Changing, Dashboard, Item, PasskeyRow, RowMode, Section};
pub use parts::{
    Action, BrowserFacts, Cause, Ceremony, Field, Link, Mediation, Notice, NoticeKind, Person, Picture, Report,
};
pub use sign_in::{
    AlreadyHere, Ask, Asking, CreatePasskey, EnterPassword, Identify, NeedsProof, PasskeyCreated, RecoveryCodes,
    SignUp, Told, UsePasskey,
};

/// What a document starts with: the frame around the pages and the first page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub frame: Frame,
    pub page: Page,
}

/// What stays the same while pages change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The name of the installation.
    pub brand: String,
    /// Address of a logo on this origin; empty for Keymend's own key.
    pub logo: String,
    /// The one state that the browser owns.
    pub unreachable: Unreachable,
    /// Shown under a button when an answer takes longer than eight seconds.
    pub slow: String,
    /// Accessible name of the switch between light and dark.
    pub theme: String,
    /// Said where JavaScript is off and a passkey would be asked for.
    pub no_script: String,
    /// Names of the button that shows the password, and hides it again.
    pub show_password: String,
    pub hide_password: String,
}

/// Cannot reach the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    pub heading: String,
    pub lead: String,
    pub retry: String,
}

/// One step to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The address that belongs to it, path and query.
    pub address: String,
    /// The title of the document.
    pub title: String,
    /// Said by the `role="status"` region when this page replaces another; may be empty.
    pub status: String,
    pub screen: Screen,
    /// What to tell the providers of passkeys once the page is there. Never waited for.
    pub signals: Vec<Signal>,
}

/// What a provider of passkeys is told (WebAuthn Level 3, section 5.1.10), where the browser knows how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    pub method: SignalMethod,
    /// Its options, as JSON text.
    pub options: String,
}

/// The methods of `PublicKeyCredential`, by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignalMethod {
    /// One passkey is nobody's any more.
    #[serde(rename = "signalUnknownCredential")]
    Unknown,
    /// These are all passkeys of an account; what a provider has beyond them is of no use.
    #[serde(rename = "signalAllAcceptedCredentials")]
    AllAccepted,
    /// What the account is called.
    #[serde(rename = "signalCurrentUserDetails")]
    UserDetails,
}

/// The steps. `data-step` is [`Screen::name`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Screen {
    Identify(Identify),
    SignUp(SignUp),
    UsePasskey(UsePasskey),
    EnterPassword(EnterPassword),
    Ask(Ask),
    NeedsProof(NeedsProof),
    CreatePasskey(CreatePasskey),
    PasskeyCreated(PasskeyCreated),
    AlreadyHere(AlreadyHere),
    RecoveryCodes(RecoveryCodes),
    Dashboard(Dashboard),
    Account(Account),
    Change(Change),
    /// A page of text with ways on: help with a forgotten password, not found, a browser that cannot go on.
    Told(Told),
    /// On the way to the address of its one link, which the server chose.
    Leave(Told),
    /// What the browser holds cannot be read by this server any more: load once more.
    Stale(Told),
}

impl Screen {
    /// State = screen = test name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Identify(_) => "identify",
            Self::SignUp(_) => "sign-up",
            Self::UsePasskey(_) => "use-passkey",
            Self::EnterPassword(_) => "enter-password",
            Self::Ask(step) => step.what.name(),
            Self::NeedsProof(_) => "needs-proof",
            Self::CreatePasskey(_) => "create-passkey",
            Self::PasskeyCreated(_) => "passkey-created",
            Self::AlreadyHere(_) => "already-here",
            Self::RecoveryCodes(_) => "recovery-codes",
            Self::Dashboard(_) => "dashboard",
            Self::Account(_) => "account",
            Self::Change(step) => step.what.name(),
            Self::Told(_) => "told",
            Self::Leave(_) => "leave",
            Self::Stale(_) => "stale",
        }
    }
}
