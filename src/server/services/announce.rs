//! Tells people what happened to their account: by mail, and on the dashboard of their other sessions. Told in the
//! transaction in which it happens, so that neither is there without the other.

use super::reply::Failure;
use crate::server::db::notices::NewNotice;
use crate::server::db::users::User;
use crate::server::db::{self, WriteTx};
use crate::server::housekeeping::KEEP_NOTICES;
use crate::server::mail;
use crate::server::random;
use crate::server::seal::digest;
use crate::server::state::App;
use crate::server::visit::Visit;
use domain::identifier::{Identifier, IdentifierKind};
use domain::ids::{BrowserId, PasskeyId, SessionId};
use domain::platform::Platform;
use domain::time::Millis;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum News {
    /// A new passkey, by the name it got.
    PasskeyAdded {
        passkey: PasskeyId,
        name: String,
    },
    PasskeyRemoved {
        name: String,
    },
    /// By somebody who knew the old one, or by a code.
    PasswordChanged,
    /// The identifier is another one now; this is what it was. Told to the old address.
    AddressChanged {
        before: String,
        /// When it was confirmed, if it was an address.
        #[serde(default)]
        verified: Option<Millis>,
    },
    /// There are new recovery codes, and the old ones are void.
    CodesReplaced,
}

impl News {
    /// The account has another name than this from now on.
    #[must_use]
    pub fn of_another_name(before: &User) -> Self {
        Self::AddressChanged { before: before.identifier.clone(), verified: before.verified_at }
    }
}

/// Who did it.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// Somebody in a browser; in this session, which is not told.
    Visit(&'a Visit, Option<SessionId>),
    /// The people who run the server, at its command line.
    Operator(&'a App),
}

/// Tells the account of what happens in this transaction. `user` is the account as it was before.
///
/// # Errors
/// When the database refuses; the transaction must then be dropped.
pub async fn announce(tx: &WriteTx, user: &User, news: &News, by: By<'_>) -> Result<(), Failure> {
    let (app, now) = (by.app(), by.now());
    let told_at = match news {
        // After all that the account was told before, whichever request began first: who takes it back begins with the oldest.
        News::AddressChanged { .. } => {
            let later = db::notices::all_since(tx, user.id, now).await?;
            later.last().map_or(now, |last| last.created_at.plus(1))
        }
        _ => now,
    };
    let token: random::Token = random::bytes();
    let (session, browser) = match by {
        By::Visit(visit, session) => (session, Some(visit.browser)),
        By::Operator(_) => (None, None::<BrowserId>),
    };
    let written = serde_json::to_string(news);
    let notice = NewNotice {
        id: random::uuid(),
        user: user.id,
        news: written.map_err(|error| Failure::Internal(format!("news could not be written: {error}")))?,
        session,
        browser,
        token_hash: token_hash(&token).to_vec(),
        now: told_at,
    };
    db::notices::add(tx, notice).await?;
    if let Some(to) = address(user) {
        let origin = app.settings.relying_party.origin.origin().ascii_serialization();
        let mail = app.presenter.news_mail(&to, news, by.platform(), now, &origin, &token);
        mail::put(app, tx, &mail, now, now.plus(KEEP_NOTICES)).await?;
    }
    Ok(())
}

/// Where the account can be written to. Whether it is verified does not matter here: whoever owns the address must learn
/// what is done under it.
#[must_use]
pub fn address(user: &User) -> Option<String> {
    let who = Identifier::parse(&user.identifier).ok()?;
    (who.kind() == IdentifierKind::Email).then(|| who.typed().to_owned())
}

/// What is stored of the token in a mail's link.
#[must_use]
pub fn token_hash(token: &random::Token) -> [u8; 32] {
    digest(&[b"not me", token])
}

impl By<'_> {
    fn app(&self) -> &App {
        match self {
            Self::Visit(visit, _) => &visit.app,
            Self::Operator(app) => app,
        }
    }

    fn now(&self) -> domain::time::Millis {
        match self {
            Self::Visit(visit, _) => visit.now,
            Self::Operator(app) => app.clock.now(),
        }
    }

    /// The machine in front of which it was done.
    fn platform(&self) -> Option<Platform> {
        match self {
            Self::Visit(visit, _) => Some(visit.environment().platform),
            Self::Operator(_) => None,
        }
    }
}
