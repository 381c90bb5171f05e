//! What screens are made of.

use domain::ceremony::{Observation, Purpose};
use serde::{Deserialize, Serialize};

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
    /// `text`, `password`, or `numeric`: a text of digits alone.
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
