//! Who an identifier belongs to: somebody, or a ghost. The rest of the code need not know which.

use super::ghosts::{self, GhostPasskey};
use crate::server::db::passkeys::PasskeyRow;
use crate::server::db::users::User;
use crate::server::db::{self, WriteTx};
use crate::server::state::App;
use domain::identifier::Identifier;
use domain::ids::{PasskeyId, UserId};
use domain::time::Millis;
use sea_orm::{ConnectionTrait, DbErr};

/// The id that no account has.
pub const NOBODY: UserId = UserId(uuid::Uuid::nil());

/// An account, real or imaginary.
#[derive(Clone, Debug)]
pub enum Account {
    Real { user: User, passkeys: Vec<PasskeyRow> },
    Ghost { passkeys: Vec<GhostPasskey> },
}

/// One passkey as `allowCredentials` and `excludeCredentials` want it.
#[derive(Clone, Debug)]
pub struct Descriptor {
    pub credential_id: Vec<u8>,
    pub transports: Vec<String>,
}

/// Finds the account of an identifier, or its ghost.
///
/// # Errors
/// When the database does not answer.
pub async fn of_identifier<C: ConnectionTrait>(
    app: &App,
    c: &C,
    who: &Identifier,
    now: Millis,
) -> Result<Account, DbErr> {
    let percent = app.ghosts.percent(c, now).await?;
    match db::users::find_by_key(c, who.key()).await? {
        Some(user) => of_user(c, user).await,
        None => {
            // The same look-ups for nobody, here and wherever it says NOBODY: the time must not tell who exists.
            db::passkeys::of_user(c, NOBODY).await?;
            Ok(Account::Ghost { passkeys: ghosts::passkeys(&app.sealer, who.key(), percent, now) })
        }
    }
}

/// As [`of_identifier`], with the account locked until the transaction ends, so that two tabs take turns.
///
/// # Errors
/// When the database does not answer.
pub async fn locked(app: &App, tx: &WriteTx, who: &Identifier, now: Millis) -> Result<Account, DbErr> {
    match of_identifier(app, tx, who, now).await? {
        Account::Real { user, .. } => match db::users::lock(tx, user.id).await? {
            Some(user) => of_user(tx, user).await,
            // Deleted this very moment: from now on it is nobody's.
            None => of_identifier(app, tx, who, now).await,
        },
        ghost @ Account::Ghost { .. } => {
            db::users::lock(tx, NOBODY).await?;
            db::passkeys::of_user(tx, NOBODY).await?;
            Ok(ghost)
        }
    }
}

/// The account of a user row.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user<C: ConnectionTrait>(c: &C, user: User) -> Result<Account, DbErr> {
    let passkeys = db::passkeys::of_user(c, user.id).await?;
    Ok(Account::Real { user, passkeys })
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

    /// Whether this passkey is one of the account.
    #[must_use]
    pub fn has(&self, id: PasskeyId) -> bool {
        self.passkeys().is_some_and(|passkeys| passkeys.iter().any(|passkey| passkey.id == id))
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
