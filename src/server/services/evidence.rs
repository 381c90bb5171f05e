//! Gathers what is known into the one record that the domain looks at.

use super::accounts::{Account, NOBODY, transports};
use crate::server::config::Settings;
use crate::server::db::{self, passkeys::PasskeyRow};
use crate::server::seal::Sealer;
use crate::server::visit::Visit;
use domain::identifier::Identifier;
use domain::ids::{BrowserId, PasskeyId, UserId};
use domain::intelligence::evidence::decayed;
use domain::intelligence::{Environment, Evidence, Here, OfferHistory, PasskeyEvidence, Trail};
use domain::time::{DAY, Millis};
use sea_orm::{ConnectionTrait, DbErr};

/// The row of strikes of this browser and an identifier. A keyed hash, so that it exists for anyone.
#[must_use]
pub fn strike_key(visit: &Visit, identifier_key: &str) -> [u8; 32] {
    strike_key_of(&visit.app.sealer, &visit.browser_hash(), identifier_key)
}

/// The row of strikes of a browser whose cookie has this hash.
#[must_use]
pub fn strike_key_of(sealer: &Sealer, browser_hash: &[u8], identifier_key: &str) -> [u8; 32] {
    sealer.hash("strikes", &[browser_hash, identifier_key.as_bytes()])
}

/// The browser that is asked about: the one of a request, or one that was here before.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub browser: BrowserId,
    pub environment: Environment,
    pub strike_key: [u8; 32],
}

/// Gathers the evidence for an account in this browser. Inside a transaction it is read anew.
///
/// # Errors
/// When the database does not answer.
pub async fn gather<C: ConnectionTrait>(
    visit: &Visit,
    c: &C,
    who: &Identifier,
    account: &Account,
) -> Result<Evidence, DbErr> {
    let place =
        Place { browser: visit.browser, environment: visit.environment(), strike_key: strike_key(visit, who.key()) };
    let is_mark = |user: UserId, mark: &[u8]| mark == visit.mark_hash(user.0);
    gather_at(&visit.app.settings, c, &place, account, is_mark, visit.now).await
}

/// As [`gather`], for any browser. `is_mark` says whether the stored mark of a known browser is the one that it brought.
///
/// # Errors
/// When the database does not answer.
pub async fn gather_at<C: ConnectionTrait>(
    settings: &Settings,
    c: &C,
    place: &Place,
    account: &Account,
    is_mark: impl Fn(UserId, &[u8]) -> bool,
    now: Millis,
) -> Result<Evidence, DbErr> {
    let strikes = db::strikes::find(c, &place.strike_key).await?;
    let policy = settings.policy();
    let half_life = policy.strike_half_life();
    let strikes = strikes.map_or(0, |(points, at)| decayed(points, now.since(at), half_life));
    let mut evidence = Evidence {
        environment: place.environment,
        passkeys: Vec::new(),
        ever_had_passkey: false,
        strikes,
        known_browser: false,
        first_seen: None,
        offers: OfferHistory::default(),
        trail: Trail::default(),
        policy,
    };
    match account {
        Account::Ghost { passkeys } => {
            evidence.ever_had_passkey = !passkeys.is_empty();
            evidence.passkeys = passkeys.iter().map(|passkey| passkey.evidence).collect();
            let ids: Vec<PasskeyId> = evidence.passkeys.iter().map(|passkey| passkey.id).collect();
            db::browsers::memory(c, place.browser, &ids).await?;
            db::browsers::account(c, place.browser, NOBODY).await?;
        }
        Account::Real { user, passkeys } => {
            let ids: Vec<PasskeyId> = passkeys.iter().map(|passkey| passkey.id).collect();
            let memory = db::browsers::memory(c, place.browser, &ids).await?;
            evidence.ever_had_passkey = user.ever_had_passkey;
            evidence.passkeys = passkeys
                .iter()
                .map(|passkey| of_passkey(passkey, memory.get(&passkey.id).copied().unwrap_or_default()))
                .collect();
            if let Some(here) = db::browsers::account(c, place.browser, user.id).await? {
                let days = i64::from(settings.healing.known_browser_days) * DAY;
                let fresh = here.verified.is_some_and(|at| now.since(at) <= days);
                let marked = here.mark_hash.as_deref().is_some_and(|mark| is_mark(user.id, mark));
                evidence.known_browser = fresh && marked;
                evidence.first_seen = Some(here.first_seen);
                evidence.offers = here.offers;
            }
        }
    }
    Ok(evidence)
}

/// One passkey and what this browser remembers of it.
#[must_use]
pub fn of_passkey(passkey: &PasskeyRow, here: Here) -> PasskeyEvidence {
    let transports = transports(passkey);
    PasskeyEvidence {
        id: passkey.id,
        aaguid: passkey.aaguid,
        backup_eligible: passkey.backup_eligible,
        backed_up: passkey.backed_up,
        security_key: is_security_key(transports.iter().map(String::as_str)),
        created: passkey.created_at,
        created_on: passkey.created_on,
        used: passkey.last_used_at,
        here,
    }
}

/// Whether it is reached in no other way than a key that the person carries. Without a word about that it is none.
#[must_use]
pub fn is_security_key<'a>(transports: impl IntoIterator<Item = &'a str>) -> bool {
    let mut transports = transports.into_iter().peekable();
    transports.peek().is_some() && transports.all(|transport| matches!(transport, "usb" | "nfc" | "ble"))
}
