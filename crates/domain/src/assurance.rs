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
}

/// Whether a passkey may be created now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// It may.
    Enough,
    /// The password is too old: ask for it again.
    Stale,
    /// The password does not suffice: a passkey has to answer.
    NeedsProof,
}

/// Decides whether a session may add a passkey. Asked when the options are minted and again when creation finishes.
#[must_use]
pub fn assure(
    policy: Policy,
    ever_had_passkey: bool,
    known_browser: bool,
    proofs: Proofs,
    fresh: i64,
    now: Millis,
) -> Assurance {
    let is_fresh = |proof: Option<Millis>| proof.is_some_and(|at| now.since(at) <= fresh);
    if is_fresh(proofs.passkey) {
        return Assurance::Enough;
    }
    let password_suffices = !ever_had_passkey || known_browser || policy == Policy::Password;
    match (password_suffices, is_fresh(proofs.password)) {
        (true, true) => Assurance::Enough,
        (true, false) => Assurance::Stale,
        // Also where a passkey was verified too long ago: the password, asked for again, would not suffice.
        (false, _) => Assurance::NeedsProof,
    }
}

/// A session that knows only the password of an account with passkeys changes no factor, address or code.
#[must_use]
pub fn is_limited(ever_had_passkey: bool, proofs: Proofs) -> bool {
    ever_had_passkey && proofs.passkey.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    #[test]
    fn a_password_alone_never_suffices_where_a_passkey_ever_was() {
        let now = Millis(100 * MINUTE);
        let password = Proofs { password: Some(now), passkey: None };
        let five = 5 * MINUTE;
        assert_eq!(assure(Policy::KnownBrowser, true, false, password, five, now), Assurance::NeedsProof);
        assert_eq!(assure(Policy::KnownBrowser, true, true, password, five, now), Assurance::Enough);
        assert_eq!(assure(Policy::KnownBrowser, false, false, password, five, now), Assurance::Enough);
        assert_eq!(assure(Policy::KnownBrowser, true, true, password, five, now.plus(6 * MINUTE)), Assurance::Stale);
        assert_eq!(assure(Policy::KnownBrowser, true, true, Proofs::default(), five, now), Assurance::Stale);
        let passkey = Proofs { password: None, passkey: Some(now) };
        assert_eq!(assure(Policy::KnownBrowser, true, false, passkey, five, now), Assurance::Enough);
        assert_eq!(assure(Policy::KnownBrowser, true, false, passkey, five, now.plus(six())), Assurance::NeedsProof);
        assert_eq!(assure(Policy::KnownBrowser, true, true, passkey, five, now.plus(six())), Assurance::Stale);
        assert!(is_limited(true, password) && !is_limited(true, passkey) && !is_limited(false, password));
    }

    fn six() -> i64 {
        6 * MINUTE
    }
}
