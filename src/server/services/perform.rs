//! Performs the writes that a decision asked for, inside the transaction of the step.

use super::evidence::strike_key;
use crate::server::db::{self, WriteTx};
use crate::server::visit::Visit;
use domain::identifier::Identifier;
use domain::ids::UserId;
use domain::intelligence::Evidence;
use domain::write::Write;
use sea_orm::{ConnectionTrait, DbErr};

/// Performs writes for an account in this browser, of which this is known, read in the same transaction. For a ghost only the
/// strikes exist.
///
/// # Errors
/// When the database refuses; the transaction must then be dropped.
pub async fn perform(
    visit: &Visit,
    tx: &WriteTx,
    who: &Identifier,
    user: Option<UserId>,
    known: &Evidence,
    writes: &[Write],
) -> Result<(), DbErr> {
    let key = strike_key(visit, who.key());
    if !writes.is_empty() {
        touch_browser(visit, tx, known).await?;
    }
    for write in writes {
        match (write, user) {
            (Write::Strike(points), _) => {
                let after = known.strikes.saturating_add(*points).min(known.policy.most_strikes());
                db::strikes::set(&tx.later(), &key, after, visit.now).await?;
            }
            (Write::ClearStrikes, _) if known.strikes == 0 => {}
            (Write::ClearStrikes, _) => db::strikes::clear(&tx.later(), &key).await?,
            (_, None) => {}
            (write, Some(user)) => perform_for(visit, &tx.later(), user, known, write).await?,
        }
    }
    Ok(())
}

/// The browser gets its row with the first thing worth remembering.
///
/// # Errors
/// When the database refuses.
pub async fn remember_browser<C: ConnectionTrait>(visit: &Visit, tx: &C) -> Result<(), DbErr> {
    let environment = visit.environment();
    let (hash, now) = (visit.browser_hash(), visit.now);
    db::browsers::touch_or_create(tx, visit.browser, &hash, environment.platform, environment.browser, now).await
}

/// As [`remember_browser`], where it may have met the account before.
async fn touch_browser(visit: &Visit, tx: &WriteTx, known: &Evidence) -> Result<(), DbErr> {
    if known.first_seen.is_none() {
        return remember_browser(visit, tx).await;
    }
    let environment = visit.environment();
    let (hash, now) = (visit.browser_hash(), visit.now);
    db::browsers::touch(tx, visit.browser, &hash, environment.platform, environment.browser, now).await
}

/// As [`perform`], at the moment in which somebody signs in: from then on this browser has met the account.
///
/// # Errors
/// When the database refuses; the transaction must then be dropped.
pub async fn perform_and_meet(
    visit: &Visit,
    tx: &WriteTx,
    who: &Identifier,
    user: UserId,
    known: &Evidence,
    writes: &[Write],
) -> Result<(), DbErr> {
    perform(visit, tx, who, Some(user), known, writes).await?;
    if writes.is_empty() {
        touch_browser(visit, tx, known).await?;
    }
    // To be known is more than to have met.
    if writes.contains(&Write::KnownBrowser) || known.first_seen.is_some() {
        return Ok(());
    }
    db::browsers::first_seen(&tx.later(), visit.browser, user, visit.now).await
}

async fn perform_for<C: ConnectionTrait>(
    visit: &Visit,
    tx: &C,
    user: UserId,
    known: &Evidence,
    write: &Write,
) -> Result<(), DbErr> {
    let (browser, now) = (visit.browser, visit.now);
    match write {
        Write::Strike(_) | Write::ClearStrikes => Ok(()),
        // Where nobody has signed in to the account yet, nothing is remembered of its passkeys: a ghost has no such memory,
        // and what follows from it would tell the two apart. The strikes exist for both.
        Write::Failed(_) if known.first_seen.is_none() => Ok(()),
        Write::Failed(suspects) => {
            db::browsers::failed(tx, browser, suspects, now).await?;
            db::browsers::failure_since_present(tx, browser, user).await
        }
        Write::Worked { passkey, here: true } => db::browsers::worked(tx, browser, *passkey, now).await,
        Write::Worked { passkey, here: false } => db::browsers::across(tx, browser, *passkey, now).await,
        Write::Created { passkey } => {
            db::users::mark_had_passkey(tx, user).await?;
            db::browsers::created(tx, browser, *passkey, now).await
        }
        Write::PresentHere => {
            db::browsers::first_seen(tx, browser, user, now).await?;
            db::browsers::present(tx, browser, user, now).await
        }
        Write::AbsentHere(absent) => db::browsers::absent(tx, browser, absent, now).await,
        Write::KnownBrowser => db::browsers::mark_known(tx, browser, user, &visit.mark_hash(user.0), now).await,
        Write::OfferPaused { until, declined } => {
            db::browsers::first_seen(tx, browser, user, now).await?;
            db::browsers::offer_paused(tx, browser, user, *until, *declined).await
        }
        Write::OfferAccepted => db::browsers::offer_accepted(tx, browser, user).await,
    }
}
