//! What the server says to show, and all the words of it. The browser draws it, performs what it holds and reports back.
//!
//! Shared by server and browser. Buttons are [`Action`]s: real forms on the address of a server function, so that they
//! work before hydration and without JavaScript.

use domain::ceremony::{Observation, Purpose};
use serde::{Deserialize, Serialize};

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

/// A form with one button: posts to a server function, or asks for another page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The address, e.g. `/api/sign-in/password`; with `get` a page.
    pub path: String,
    /// Whether it only asks for a page.
    pub get: bool,
    /// Hidden fields, the flow among them.
    pub hidden: Vec<(String, String)>,
    /// The text on the button, which is its accessible name.
    pub label: String,
}

/// A link to another page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub path: String,
    pub label: String,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub label: String,
    /// What the person typed before; always empty for a password.
    pub value: String,
    /// `text` or `password`.
    pub kind: String,
    pub autocomplete: String,
    /// Quiet help under the label.
    pub hint: String,
    /// What is wrong with it, `role="alert"`; empty when nothing is.
    pub problem: String,
}

/// The identifier as a chip with *Not you?*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub identifier: String,
    pub not_you: Action,
}

/// A drawing that tells what the system will ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Picture {
    Key,
    Fingerprint,
    Face,
    /// A screen lock: pattern or number.
    Lock,
    PhoneWithCode,
    Vault,
    Laptop,
    /// The key with the golden seam, which draws itself once.
    MendedKey,
}

/// "This can happen when …" and what helps on this platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub when: String,
    pub fix: String,
}

/// One WebAuthn call, ready to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ceremony {
    pub purpose: Purpose,
    /// How it shows itself.
    pub mediation: Mediation,
    /// Opens as soon as the page is there, once. Otherwise on the click of its button.
    pub auto: bool,
    /// `PublicKeyCredentialRequestOptionsJSON` or `…CreationOptionsJSON`, as JSON text.
    pub options: String,
    /// The sealed state, to be sent back unread.
    pub state: String,
    /// The server function that takes the report.
    pub report: String,
    /// The flow it belongs to.
    pub flow: String,
    /// Milliseconds after which it is too old to start and must be asked for anew.
    pub good_for: u32,
    /// Milliseconds after which an unanswered prompt is given up.
    pub watchdog: u32,
    /// The same where the window lost the focus meanwhile: a dialog is open then, perhaps with a code that is being scanned.
    pub watchdog_away: u32,
    /// Said in the status region and on the card while the dialog is open; empty where it may not open at all.
    pub waiting: String,
}

/// How a `get()` shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mediation {
    /// A dialog, which says so when there is nothing to show.
    Modal,
    /// Among the suggestions of a field. Waits in silence, and ends in silence.
    Conditional,
    /// A dialog where there is something to show, at once; nothing otherwise.
    Immediate,
}

/// How a ceremony ended, as the field `outcome` of a report (JSON).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// `PublicKeyCredential.toJSON()` and `authenticatorAttachment` inside, as JSON text.
    Credential(String),
    /// It gave none.
    Failed(Observation),
}

/// What the page can tell about its browser, as the field `environment` of every post (JSON). Absent means unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrowserFacts {
    pub webauthn: Option<bool>,
    pub platform_authenticator: Option<bool>,
    pub hybrid: Option<bool>,
    pub conditional_get: Option<bool>,
    pub conditional_create: Option<bool>,
    pub immediate_get: Option<bool>,
    pub signals: Option<bool>,
    /// `platformVersion` of the high-entropy client hints (User-Agent Client Hints, section 6.3), as it came.
    pub platform_version: Option<String>,
    pub navigator_platform: Option<String>,
    pub touch_points: Option<u8>,
}

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
    /// *Copy*, and what is said when it is done.
    pub copy: String,
    pub copied: String,
    /// *Print*
    pub print: String,
    /// *Download*
    pub download: Link,
    pub proceed: Action,
}

/// Step `dashboard`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    pub heading: String,
    /// "Signed in as …"
    pub identifier: String,
    pub notices: Vec<Notice>,
    /// What happened elsewhere, each with *This was not me*.
    pub news: Vec<(String, Link)>,
    /// What is advised, most with a way to follow; and news that this session may only read.
    pub hints: Vec<(String, Option<Link>)>,
    /// Name of the list.
    pub list: String,
    pub passkeys: Vec<PasskeyRow>,
    /// Said in place of an empty list.
    pub empty: String,
    pub add: Action,
    pub forget: Action,
    pub forget_hint: String,
    /// *Account*.
    pub account: Link,
    pub sign_out: Action,
}

/// Step `account`: what the account is made of, list by list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub heading: String,
    /// "Signed in as …"
    pub identifier: String,
    pub notices: Vec<Notice>,
    /// *Use a passkey*, where the session knows the password only.
    pub prove: Option<(String, Ceremony)>,
    pub sections: Vec<Section>,
    /// *Back to the dashboard*.
    pub back: Link,
}

/// One list of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Unique on the page.
    pub id: String,
    pub heading: String,
    pub hint: String,
    pub items: Vec<Item>,
    /// Takes all others off the list.
    pub all: Option<Action>,
    pub links: Vec<Link>,
}

/// One line of such a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub name: String,
    pub facts: Vec<String>,
    /// What is special about it; may be empty.
    pub state: String,
    /// Takes it off the list.
    pub end: Option<Action>,
    pub change: Option<Link>,
}

/// Steps `change-password`, `change-identifier` and `delete-account`: one thing at a time, each on a page of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub what: Changing,
    /// Whose it is, for password managers.
    pub identifier: String,
    pub heading: String,
    pub lead: String,
    /// What comes with it, line by line.
    pub ways: Vec<String>,
    pub notices: Vec<Notice>,
    /// Not there where a passkey has to come first.
    pub form: Option<(Vec<Field>, Action)>,
    /// *Use a passkey*, where one is missing or can stand for the password.
    pub prove: Option<(String, Ceremony)>,
    /// Not there where a password has to be chosen first.
    pub back: Option<Link>,
}

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Changing {
    Password,
    Identifier,
    /// The account as a whole, which ends it.
    Account,
}

impl Changing {
    /// The name of its step.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "change-password",
            Self::Identifier => "change-identifier",
            Self::Account => "delete-account",
        }
    }
}

/// Something the dashboard says once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub kind: NoticeKind,
    pub text: String,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// `data-heal="confirmed"`: the new passkey signed in.
    HealConfirmed,
    /// Neutral information.
    Info,
    /// `role="alert"`: what was asked for was not done.
    Problem,
}

/// One passkey on the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    pub name: String,
    /// Provider, made, last used; one line each.
    pub facts: Vec<String>,
    /// State on this browser, in words.
    pub state: String,
    /// Whether the state is good, for the colour of a mark beside the words.
    pub good: Option<bool>,
    /// Said above the causes, and where there are none empty.
    pub causes_lead: String,
    /// What can be behind it where the passkey is thought not to be here.
    pub causes: Vec<Cause>,
    pub mode: RowMode,
}

/// What a row is busy with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowMode {
    /// *Rename …* and *Remove …* ask for the page in another mode.
    Shown { rename: Action, remove: Action },
    /// A field with the name.
    Renaming { field: Field, save: Action, keep: Action },
    /// Asks once more before the server removes it.
    Removing { question: String, remove: Action, keep: Action },
}

/// Words with ways on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub heading: String,
    pub lead: Vec<String>,
    pub links: Vec<Link>,
}
