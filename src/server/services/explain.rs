//! Why could somebody not sign in? Everything that is recorded about an identifier, for the operator who is asked.
//!
//! What is likely is told as likely. Nothing is named as the cause of a failure unless the server knows it.

use super::events::identifier_hash;
use super::throttle;
use crate::server::db::{self, failure_events, users::User};
use crate::server::present::unique;
use crate::server::state::App;
use domain::identifier::{Identifier, IdentifierProblem};
use domain::ids::{BrowserId, PasskeyId};
use domain::platform::Platform;
use domain::time::Millis;
use sea_orm::DbErr;
use serde::Serialize;

mod browsers;
mod timeline;
mod told;
pub mod words;

pub use browsers::{BrowserTold, Prediction};
pub use timeline::{Moment, Timeline, What};

/// So many moments are told, the latest ones.
pub const MOST: u64 = 200;

/// Everything about one identifier.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub identifier: String,
    pub at: Millis,
    /// None: nobody has this identifier.
    pub account: Option<Account>,
    /// Failed ceremonies that are recorded for it; of each name that the account had no more than are kept of one.
    pub failures: u64,
    /// The latest of them.
    pub last_failure: Option<Millis>,
    /// Those the person removed too.
    pub passkeys: Vec<Passkey>,
    /// Those that were here last come first.
    pub browsers: Vec<BrowserTold>,
    /// How many more there are.
    pub more_browsers: u64,
    /// Wrong passwords from browsers in which no passkey of the account works.
    pub wrong_passwords: Option<WrongPasswords>,
    pub timeline: Timeline,
}

/// The account itself.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Account {
    pub created: Millis,
    pub has_password: bool,
}

/// A passkey that the account has or had.
#[derive(Clone, Debug, Serialize)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    /// Who keeps it, where that is known.
    pub provider: Option<&'static str>,
    pub backup_eligible: bool,
    pub backed_up: bool,
    pub created: Millis,
    pub created_on: Platform,
    pub created_in: Option<BrowserId>,
    pub last_used: Option<Millis>,
    pub removed: Option<Millis>,
}

/// Wrong passwords in a row.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WrongPasswords {
    pub failures: u32,
    pub last: Millis,
    /// Seconds for which no password is looked at.
    pub blocked_for: Option<u32>,
}

/// Why there is no explanation.
#[derive(Debug)]
pub enum Unexplained {
    /// What was asked for can be no identifier.
    NotAnIdentifier(IdentifierProblem),
    Database(DbErr),
}

impl From<DbErr> for Unexplained {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// Not a word of what was typed: it may steer a terminal.
impl std::fmt::Display for Unexplained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAnIdentifier(problem) => problem.fmt(f),
            Self::Database(error) => write!(f, "the database: {error}"),
        }
    }
}

/// Tells what is recorded about an identifier.
///
/// # Errors
/// It can be no identifier, or the database does not answer.
pub async fn explain(app: &App, typed: &str) -> Result<Explanation, Unexplained> {
    let who = Identifier::parse(typed).map_err(Unexplained::NotAnIdentifier)?;
    let (c, now) = (app.db.read(), app.clock.now());
    let user = db::users::find_by_key(c, who.key()).await?;
    let hash = identifier_hash(&app.sealer, &who);
    let id = user.as_ref().map(|user| user.id);
    let failures = failure_events::about(c, id, &hash, MOST).await?;
    let mut told = Explanation {
        identifier: words::plain(user.as_ref().map_or(who.typed(), |user| &user.identifier)),
        at: now,
        account: user.as_ref().map(account),
        failures: failure_events::count_about(c, id, &hash).await?,
        last_failure: failures.first().map(|event| event.at),
        passkeys: Vec::new(),
        browsers: Vec::new(),
        more_browsers: 0,
        wrong_passwords: wrong_passwords(app, &who, None, now).await?,
        timeline: Timeline::default(),
    };
    let Some(user) = user else { return Ok(told) };
    let passkeys = db::passkeys::all_of_user(c, user.id).await?;
    // As on the dashboard, where those that were removed are not counted.
    let (there, removed): (Vec<_>, Vec<_>) = passkeys.iter().partition(|row| row.removed_at.is_none());
    let rows: Vec<_> = there.into_iter().chain(removed).collect();
    let names = unique(rows.iter().map(|row| row.name.as_str()));
    told.passkeys = rows.into_iter().zip(names).map(|(row, name)| passkey(row, &name)).collect();
    told.passkeys.sort_by_key(|passkey| passkey.created);
    let records = timeline::Records::load(c, &user, failures).await?;
    (told.browsers, told.more_browsers) = browsers::of(app, &who, &user, &records, now).await?;
    told.timeline = records.told(&user, &told.passkeys);
    Ok(told)
}

fn account(user: &User) -> Account {
    Account { created: user.created_at, has_password: user.password_hash.is_some() }
}

fn passkey(row: &db::passkeys::PasskeyRow, name: &str) -> Passkey {
    Passkey {
        id: row.id,
        name: words::plain(name),
        provider: row.aaguid.provider().map(|provider| provider.name),
        backup_eligible: row.backup_eligible,
        backed_up: row.backed_up,
        created: row.created_at,
        created_on: row.created_on,
        created_in: row.created_browser,
        last_used: row.last_used_at,
        removed: row.removed_at,
    }
}

/// Those of a known browser, whose cookie has this hash, or of all others together.
async fn wrong_passwords(
    app: &App,
    who: &Identifier,
    known_browser: Option<&[u8]>,
    now: Millis,
) -> Result<Option<WrongPasswords>, DbErr> {
    let counted = throttle::counted(app.db.read(), &app.sealer, who.key(), known_browser, now).await?;
    Ok(counted.map(|(row, blocked_for)| WrongPasswords { failures: row.failures, last: row.last, blocked_for }))
}
