//! The browsers of a person, and what a sign-in there would begin with now.

use super::timeline::Records;
use super::{WrongPasswords, wrong_passwords};
use crate::server::db::known::Whom;
use crate::server::db::{self, users::User};
use crate::server::services::evidence::{Place, evidence_of, strike_key_of};
use crate::server::state::App;
use domain::ceremony::Capabilities;
use domain::identifier::Identifier;
use domain::ids::{BrowserId, PasskeyId};
use domain::intelligence::{Availability, Decision, Environment, Evidence, OfferHistory, Plan, plan, predict};
use domain::platform::{Browser, Platform};
use domain::time::{DAY, Millis};
use sea_orm::DbErr;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// So many browsers are told of, those that were here last.
const MOST: usize = 20;

/// One browser, as it is known now.
#[derive(Clone, Debug, Serialize)]
pub struct BrowserTold {
    pub id: BrowserId,
    pub platform: Platform,
    pub browser: Browser,
    pub last_here: Millis,
    /// When somebody first signed in to the account here.
    pub first_seen: Option<Millis>,
    /// Until when it is known without a passkey being used in it.
    pub known_until: Option<Millis>,
    /// In thousandths.
    pub strikes: u32,
    /// Whole ones, at which the next visit starts with the password.
    pub strikes_to_password: u8,
    pub offers: OfferHistory,
    /// As a known browser it has a count of its own.
    pub wrong_passwords: Option<WrongPasswords>,
    pub passkeys: Vec<Prediction>,
    /// What a sign-in here would begin with.
    pub next: Decision<Plan>,
}

/// What is thought of a passkey in a browser.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Prediction {
    pub passkey: PasskeyId,
    #[serde(flatten)]
    pub availability: Decision<Availability>,
}

/// The browsers that signed in to the account, or tried to; and how many more there are. Those that were forgotten are gone.
pub async fn of(
    app: &App,
    who: &Identifier,
    user: &User,
    records: &Records,
    now: Millis,
) -> Result<(Vec<BrowserTold>, u64), DbErr> {
    let c = app.db.read();
    let met: HashMap<_, _> = db::browsers::all_of_user(c, user.id).await?.into_iter().collect();
    let ids: HashSet<BrowserId> = met.keys().copied().chain(records.browsers()).collect();
    let mut rows = db::browsers::with_token_hashes(c, &ids.into_iter().collect::<Vec<_>>()).await?;
    rows.sort_by_key(|(row, _)| (Reverse(row.seen_at), row.id));
    let more = u64::try_from(rows.len().saturating_sub(MOST)).unwrap_or(u64::MAX);
    let environments = records.environments();
    let mut all = Vec::new();
    for (row, token_hash) in rows.into_iter().take(MOST) {
        let unknown =
            Environment { platform: row.platform, version: None, browser: row.browser, can: Capabilities::default() };
        let place = Place {
            browser: row.id,
            environment: environments.get(&row.id).copied().unwrap_or(unknown),
            strike_key: strike_key_of(&app.sealer, &token_hash, who.key()),
        };
        // Whoever comes with its cookie brings its mark.
        let found = db::known::find(c, Whom::Id(user.id), place.browser, &place.strike_key).await?;
        let evidence = evidence_of(&app.settings, &place, &found, |_, _| true, now);
        let known = evidence.known_browser.then_some(&token_hash[..]);
        let wrong_passwords = match known {
            Some(hash) => wrong_passwords(app, who, Some(hash), now).await?,
            None => None,
        };
        let days = i64::from(app.settings.healing.known_browser_days) * DAY;
        let verified = met.get(&row.id).and_then(|here| here.verified).filter(|_| evidence.known_browser);
        all.push(BrowserTold {
            id: row.id,
            platform: row.platform,
            browser: row.browser,
            last_here: row.seen_at,
            first_seen: evidence.first_seen,
            known_until: verified.map(|at| at.plus(days)),
            strikes: evidence.strikes,
            strikes_to_password: evidence.policy.strikes_to_password,
            offers: evidence.offers,
            wrong_passwords,
            passkeys: predictions(&evidence, now),
            next: plan(&evidence, now),
        });
    }
    Ok((all, more))
}

fn predictions(evidence: &Evidence, now: Millis) -> Vec<Prediction> {
    let predicted = |passkey| predict(passkey, evidence, now);
    evidence
        .passkeys
        .iter()
        .map(|passkey| Prediction { passkey: passkey.id, availability: predicted(passkey) })
        .collect()
}
