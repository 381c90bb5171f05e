//! Gathers what is known into the one record that the domain looks at.

use super::accounts::{Account, transports};
use super::ceremonies::Sealed;
use super::codes::{self, Ways};
use super::throttle::{self, Counted};
use super::{ghosts, signals};
use crate::server::config::Settings;
use crate::server::db::known::{Limits, Whom};
use crate::server::db::passkeys::{PasskeyRow, Use};
use crate::server::db::{self, WriteTx};
use crate::server::seal::Sealer;
use crate::server::visit::Visit;
use domain::identifier::Identifier;
use domain::ids::{BrowserId, PasskeyId, UserId};
use domain::intelligence::evidence::decayed;
use domain::intelligence::{Environment, Evidence, Here, OfferHistory, PasskeyEvidence, Trail};
use domain::memory::Memory;
use domain::time::{DAY, Millis};
use domain::write::Write;
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

/// What is known of an account in this browser.
#[derive(Clone, Debug)]
pub struct Known {
    pub account: Account,
    pub evidence: Evidence,
    /// Those of its passkeys that a heal made, and that have not signed in since.
    pub unconfirmed: Vec<PasskeyId>,
    /// When the account was last told of something that was not done in this browser.
    pub told_at: Option<Millis>,
}

impl Known {
    /// The codes that would be another proof beside the password; none for a ghost.
    #[must_use]
    pub fn ways(&self, now: Millis) -> Ways {
        self.account.user().map(|user| codes::ways(user, self.account.saved_codes(), now)).unwrap_or_default()
    }

    /// What is known once a passkey has signed in here, and these writes of the decision are done: what [`gather_of`] would find then.
    #[must_use]
    pub fn after_passkey(mut self, passkey: PasskeyId, used: &Use<'_>, writes: &[Write]) -> Self {
        let mut memory = Memory::of(self.evidence, used.now);
        memory.perform(writes, used.now);
        self.evidence = memory.evidence(used.now);
        self.unconfirmed.retain(|unconfirmed| *unconfirmed != passkey);
        if let Account::Real { passkeys, .. } = &mut self.account {
            passkeys.iter_mut().filter(|row| row.id == passkey).for_each(|row| row.was(used));
        }
        for known in self.evidence.passkeys.iter_mut().filter(|known| known.id == passkey) {
            known.backed_up = used.backed_up;
        }
        self
    }
}

/// Gathers what is known of the account that has this identifier, or of its ghost.
///
/// # Errors
/// When the database does not answer.
pub async fn gather<C: ConnectionTrait>(visit: &Visit, c: &C, who: &Identifier) -> Result<Known, DbErr> {
    let percent = visit.app.ghosts.percent(visit.now);
    let place = place(visit, who);
    let found = db::known::find(c, Whom::Key(who.key()), place.browser, &place.strike_key).await?;
    Ok(of_found(visit, who, &place, found, percent))
}

/// As [`gather`], for somebody who brings a password: with the rows that count for it in this browser, and the seconds that they
/// make them wait.
///
/// # Errors
/// When the database does not answer.
pub async fn gather_with_limits<C: ConnectionTrait>(
    visit: &Visit,
    c: &C,
    who: &Identifier,
) -> Result<(Known, Counted, Option<u32>), DbErr> {
    let percent = visit.app.ghosts.percent(visit.now);
    let place = place(visit, who);
    let [known, others] = [true, false].map(|known_browser| throttle::key(visit, who.key(), known_browser));
    let limits = Limits { known: known.own(), others: others.all() };
    let (found, blocked) =
        db::known::find_with_limits(c, Whom::Key(who.key()), place.browser, &place.strike_key, limits).await?;
    let found = of_found(visit, who, &place, found, percent);
    let (counted, until) = if found.evidence.known_browser { (known, blocked.known) } else { (others, blocked.others) };
    Ok((found, counted, throttle::wait_until(until, visit.now)))
}

/// As [`gather`], with the account locked until the transaction ends, so that two tabs take turns.
///
/// # Errors
/// When the database does not answer.
pub async fn gather_locked(visit: &Visit, tx: &WriteTx, who: &Identifier) -> Result<Known, DbErr> {
    let percent = visit.app.ghosts.percent(visit.now);
    let place = place(visit, who);
    let found = db::known::lock(tx, Whom::Key(who.key()), place.browser, &place.strike_key).await?;
    Ok(of_found(visit, who, &place, found, percent))
}

/// Gathers what is known of an account that somebody has, inside a transaction that has it locked. `None`: it is gone.
///
/// # Errors
/// When the database does not answer.
pub async fn gather_of<C: ConnectionTrait>(
    visit: &Visit,
    c: &C,
    who: &Identifier,
    user: UserId,
) -> Result<Option<Known>, DbErr> {
    let place = place(visit, who);
    let found = db::known::find(c, Whom::Id(user), place.browser, &place.strike_key).await?;
    Ok(found.user.is_some().then(|| of_found(visit, who, &place, found, 0)))
}

/// Commits the transaction that begins a session, and keeps what is known of the account then, for the page of the answer: read
/// just before, as nobody else changes the account meanwhile, and what a reader keeps of a SQLite file is void after a commit.
///
/// # Errors
/// When the database refuses.
pub async fn commit_and_keep(visit: &mut Visit, tx: WriteTx, who: &Identifier, user: UserId) -> Result<(), DbErr> {
    let Some(session) = visit.begun() else { return tx.commit().await };
    let (place, but) = (place(visit, who), (session, signals::since(visit.now)));
    let (found, accepted) = db::known::find_and_commit(tx, user, place.browser, &place.strike_key, but).await?;
    if found.user.is_some() {
        let known = of_found(visit, who, &place, found, 0);
        visit.keep_known(known, accepted);
    }
    Ok(())
}

/// As [`commit_and_keep`], where what is known then follows from what was read and written in the transaction.
///
/// # Errors
/// When the database refuses.
pub async fn commit_and_keep_this(visit: &mut Visit, tx: WriteTx, user: UserId, known: Known) -> Result<(), DbErr> {
    let Some(session) = visit.begun() else { return tx.commit().await };
    let accepted = db::passkeys::accepted_and_commit(tx, user, session, signals::since(visit.now)).await?;
    visit.keep_known(known, accepted);
    Ok(())
}

/// What was kept for the page of this answer, or what [`gather_of`] does where nothing was kept.
///
/// # Errors
/// When the database does not answer.
pub async fn kept_or_gathered(visit: &Visit, who: &Identifier, user: UserId) -> Result<Option<Known>, DbErr> {
    match visit.known() {
        Some((known, _)) => Ok(Some(known.clone())),
        None => gather_of(visit, visit.app.db.read(), who, user).await,
    }
}

/// Begins a transaction with [`gather_of`], the account locked, for an answer in this ceremony, which ends with it.
///
/// # Errors
/// When the database does not answer.
pub async fn end_and_gather_of_locked(
    visit: &Visit,
    sealed: &Sealed,
    who: &Identifier,
    user: UserId,
) -> Result<(WriteTx, Gathered), DbErr> {
    let place = place(visit, who);
    let (tx, found) =
        db::known::write_spend_and_lock(&visit.app.db, sealed.once(), user, place.browser, &place.strike_key).await?;
    let gathered = match found {
        None => Gathered::EndedBefore,
        Some(found) if found.user.is_none() => Gathered::Gone,
        Some(found) => Gathered::Known(Box::new(of_found(visit, who, &place, found, 0))),
    };
    Ok((tx, gathered))
}

/// What [`end_and_gather_of_locked`] finds.
pub enum Gathered {
    /// The ceremony had ended before: the answer does not count.
    EndedBefore,
    /// The account is gone.
    Gone,
    Known(Box<Known>),
}

/// Begins a transaction with [`gather_of`], the account locked, after a password was verified: with the row of those that were wrong
/// locked, and the seconds to wait by it and by those of the networks. Of many that were verified at the same time only so many count as
/// tried, and whether the others were right nobody learns.
///
/// # Errors
/// When the database does not answer.
pub async fn gather_of_locked_with_limit(
    visit: &Visit,
    who: &Identifier,
    user: UserId,
    counted: &Counted,
) -> Result<(WriteTx, Option<Known>, Option<u32>), DbErr> {
    let (place, whom) = (place(visit, who), Whom::Id(user));
    let (tx, found, until) =
        db::known::write_and_lock_with_limit(&visit.app.db, whom, place.browser, &place.strike_key, counted.all())
            .await?;
    let known = found.user.is_some().then(|| of_found(visit, who, &place, found, 0));
    Ok((tx, known, throttle::wait_until(until, visit.now)))
}

fn place(visit: &Visit, who: &Identifier) -> Place {
    Place { browser: visit.browser, environment: visit.environment(), strike_key: strike_key(visit, who.key()) }
}

/// `percent` is the share of ghosts that have passkeys.
fn of_found(visit: &Visit, who: &Identifier, place: &Place, found: db::known::Known, percent: u32) -> Known {
    let is_mark = |user: UserId, mark: &[u8]| mark == visit.mark_hash(user.0);
    let evidence = evidence_of(&visit.app.settings, place, &found, is_mark, visit.now);
    match found.user {
        Some(user) => {
            let account = Account::Real { user, passkeys: found.passkeys, saved_codes: found.saved_codes };
            Known { account, evidence, unconfirmed: found.unconfirmed, told_at: found.told_at }
        }
        None => {
            let passkeys = ghosts::passkeys(&visit.app.sealer, who.key(), percent, visit.now);
            let evidence = Evidence {
                ever_had_passkey: !passkeys.is_empty(),
                passkeys: passkeys.iter().map(|passkey| passkey.evidence).collect(),
                ..evidence
            };
            Known { account: Account::Ghost { passkeys }, evidence, unconfirmed: Vec::new(), told_at: None }
        }
    }
}

/// The evidence in any browser. `is_mark` says whether the stored mark of a known browser is the one that it brought. Where
/// there is no account it is that of the strikes alone.
pub fn evidence_of(
    settings: &Settings,
    place: &Place,
    found: &db::known::Known,
    is_mark: impl Fn(UserId, &[u8]) -> bool,
    now: Millis,
) -> Evidence {
    let policy = settings.policy();
    let half_life = policy.strike_half_life();
    let mut evidence = Evidence {
        environment: place.environment,
        passkeys: Vec::new(),
        ever_had_passkey: false,
        strikes: found.strikes.map_or(0, |(points, at)| decayed(points, now.since(at), half_life)),
        known_browser: false,
        first_seen: None,
        offers: OfferHistory::default(),
        trail: Trail::default(),
        policy,
    };
    let Some(user) = &found.user else { return evidence };
    evidence.ever_had_passkey = user.ever_had_passkey;
    let memory = |id| found.memory.get(&id).copied().unwrap_or_default();
    evidence.passkeys = found.passkeys.iter().map(|passkey| of_passkey(passkey, memory(passkey.id))).collect();
    if let Some(here) = &found.here {
        let days = i64::from(settings.healing.known_browser_days) * DAY;
        let fresh = here.verified.is_some_and(|at| now.since(at) <= days);
        let marked = here.mark_hash.as_deref().is_some_and(|mark| is_mark(user.id, mark));
        evidence.known_browser = fresh && marked;
        evidence.first_seen = Some(here.first_seen);
        evidence.offers = here.offers;
    }
    evidence
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
