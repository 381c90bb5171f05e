//! Who an identifier belongs to: somebody, or a ghost. The rest of the code need not know which.

use super::ghosts::GhostPasskey;
use crate::server::db::known::SavedCodes;
use crate::server::db::passkeys::PasskeyRow;
use crate::server::db::users::User;
use domain::ids::{PasskeyId, UserId};

/// The id that no account has.
pub const NOBODY: UserId = UserId(uuid::Uuid::nil());

/// An account, real or imaginary.
#[derive(Clone, Debug)]
pub enum Account {
    Real { user: User, passkeys: Vec<PasskeyRow>, saved_codes: SavedCodes },
    Ghost { passkeys: Vec<GhostPasskey> },
}

/// One passkey as `allowCredentials` and `excludeCredentials` want it.
#[derive(Clone, Debug)]
pub struct Descriptor {
    pub credential_id: Vec<u8>,
    pub transports: Vec<String>,
}

impl Account {
    /// The user, if there is one.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Real { user, .. } => Some(user),
            Self::Ghost { .. } => None,
        }
    }

    /// The passkeys, if the account is real.
    #[must_use]
    pub fn passkeys(&self) -> Option<&[PasskeyRow]> {
        match self {
            Self::Real { passkeys, .. } => Some(passkeys),
            Self::Ghost { .. } => None,
        }
    }

    /// The recovery codes that its owner keeps.
    #[must_use]
    pub fn saved_codes(&self) -> SavedCodes {
        match self {
            Self::Real { saved_codes, .. } => *saved_codes,
            Self::Ghost { .. } => SavedCodes::default(),
        }
    }

    /// This passkey of the account, as it is stored now.
    #[must_use]
    pub fn passkey(&self, id: PasskeyId) -> Option<&PasskeyRow> {
        self.passkeys()?.iter().find(|passkey| passkey.id == id)
    }

    /// What to list in a ceremony: every passkey of the account, whatever is thought of it.
    #[must_use]
    pub fn descriptors(&self) -> Vec<Descriptor> {
        match self {
            Self::Real { passkeys, .. } => passkeys
                .iter()
                .map(|passkey| Descriptor {
                    credential_id: passkey.credential_id.clone(),
                    transports: transports(passkey),
                })
                .collect(),
            Self::Ghost { passkeys } => passkeys
                .iter()
                .map(|passkey| Descriptor {
                    credential_id: passkey.credential_id.clone(),
                    transports: passkey.transports.iter().map(|&transport| transport.to_owned()).collect(),
                })
                .collect(),
        }
    }
}

/// The transports of a row; none if they cannot be read.
#[must_use]
pub fn transports(passkey: &PasskeyRow) -> Vec<String> {
    serde_json::from_str(&passkey.transports).unwrap_or_default()
}
