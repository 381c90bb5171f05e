//! What it takes to add a passkey. A password alone must not become a passkey for a thief.

use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// The operator's choice, `healing.assurance`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// A fresh password in a browser where a passkey of this account was verified lately.
    #[default]
    KnownBrowser,
    /// A fresh password and a code, mailed or saved, in every browser.
    Code,
    /// A fresh password anywhere; the operator's own risk.
    Password,
}

/// What a session has proved, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proofs {
    /// The password was verified in this session.
    pub password: Option<Millis>,
    /// A passkey was verified in this session.
    pub passkey: Option<Millis>,
    /// A code that was mailed or saved came back in this session, and counts beside the password. One that signed in is such a
    /// code too, unless a code of its kind has set the password lately.
    pub code: Option<Millis>,
}

/// Whether a passkey may be created now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// It may.
    Enough,
    /// The password is too old, or nobody has typed it: ask for it.
    Stale,
    /// The password does not suffice: a code that was mailed or saved has to come with it, or a passkey has to answer.
    NeedsCode,
    /// The password does not suffice, and there is no code to be had: a passkey has to answer.
    NeedsProof,
}

/// What is known of the account and the browser beside the proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub ever_had_passkey: bool,
    pub known_browser: bool,
    /// A code could be asked for: there is a verified address, or there are saved codes.
    pub has_codes: bool,
}

/// Decides whether a session may add a passkey. Asked when the options are minted and again when creation finishes.
#[must_use]
pub fn assure(policy: Policy, standing: Standing, proofs: Proofs, fresh: i64, now: Millis) -> Assurance {
    let is_fresh = |proof: Option<Millis>| proof.is_some_and(|at| now.since(at) <= fresh);
    if is_fresh(proofs.passkey) {
        return Assurance::Enough;
    }
    let password_suffices = match policy {
        _ if !standing.ever_had_passkey => true,
        Policy::KnownBrowser => standing.known_browser,
        Policy::Code => false,
        Policy::Password => true,
    };
    match (password_suffices || is_fresh(proofs.code), is_fresh(proofs.password)) {
        (true, true) => Assurance::Enough,
        (true, false) => Assurance::Stale,
        // Whoever came in with a mailed code types the password before another code is mailed: the mail says that somebody did.
        (false, false) if standing.has_codes && proofs.password.is_none() && proofs.passkey.is_none() => {
            Assurance::Stale
        }
        (false, _) if standing.has_codes => Assurance::NeedsCode,
        // Also where a passkey was verified too long ago: the password, asked for again, would not suffice.
        (false, _) => Assurance::NeedsProof,
    }
}

/// A session without a passkey, on an account with passkeys, changes no factor, address or code, whether the password opened it
/// or a mailed code. A code beside the password opens the way to a new passkey, and nothing else.
#[must_use]
pub fn is_limited(ever_had_passkey: bool, proofs: Proofs) -> bool {
    ever_had_passkey && proofs.passkey.is_none()
}
