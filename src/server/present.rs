//! From the state of the domain to a page with all its words. Pure: no I/O, no clock.
//!
//! One file per step. A new step needs a variant of [`crate::page::Screen`], a file here and its messages in `locales/`.

mod account;
mod address;
mod already_here;
mod asker;
mod causes;
mod change;
mod confirm;
mod create_passkey;
mod dashboard;
mod date;
mod enter_code;
mod enter_password;
mod forgotten;
mod form;
mod frame;
mod identify;
mod mail;
mod needs_proof;
mod new_address;
mod not_me;
mod notice;
mod passkey_created;
mod passkey_row;
pub mod paths;
mod problem;
mod saved_codes;
mod sign_up;
mod told;
mod use_passkey;
mod voice;

pub use account::{
    AccountLimit, AccountSaid, AccountView, ActivityView, BrowserView, Machine, SessionView, SincePasskey,
};
pub use change::{ChangeProblems, ChangeView};
pub use confirm::{CodeAsked, ConfirmNotice};
pub use dashboard::{DashboardSaid, DashboardView, Hint, Limit, Mode, unique};
pub use forgotten::ForgottenProblems;
pub use identify::{IdentifyNotice, IdentifyView, OneTap};
pub use needs_proof::{Proof, ProofProblem};
pub use not_me::NotMe;
pub use notice::{CreateNotice, PasskeyNotice};
pub use passkey_row::{Absent, RowView};
pub use problem::{CodeProblem, IdentifyProblem, NameProblem, NewPasswordProblem, PasswordProblem, SignUpProblems};
pub use saved_codes::{SavedCodes, SavedCodesView};

use crate::page::{Mediation, Page, Screen};
use crate::server::words::Words;
use domain::ids::FlowId;
use domain::intelligence::{Environment, PasskeyEvidence};

/// Knows the words and the name of the installation; everything else comes with each call.
pub struct Presenter {
    words: Words,
    brand: String,
    logo: String,
}

/// Whose walk it is, through which flow, in front of what machine.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    pub flow: FlowId,
    /// The identifier as the person typed it.
    pub who: &'a str,
    pub env: &'a Environment,
    /// The passkeys of the account, or of its ghost; they only choose words. Empty where there are none or none are known.
    pub passkeys: &'a [PasskeyEvidence],
}

/// A ceremony that the service has minted.
#[derive(Clone, Debug)]
pub struct Minted {
    /// The options as JSON text.
    pub options: String,
    /// The sealed state.
    pub state: String,
    /// Milliseconds.
    pub good_for: u32,
    /// Milliseconds.
    pub watchdog: u32,
    /// Milliseconds.
    pub watchdog_away: u32,
    pub mediation: Mediation,
    /// Opens without a click.
    pub auto: bool,
}

impl Presenter {
    /// In English. `logo` may be empty for Keymend's own key.
    #[must_use]
    pub fn new(brand: &str, logo: &str) -> Self {
        Self { words: Words::english(), brand: brand.to_owned(), logo: logo.to_owned() }
    }

    fn page(&self, address: impl Into<String>, heading: &str, status: String, screen: Screen) -> Page {
        let title = self.words.say_with("common-title", &[("heading", heading), ("brand", &self.brand)]);
        Page { address: address.into(), title, status, screen, signals: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
