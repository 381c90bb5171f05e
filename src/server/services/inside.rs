//! What a request inside a session works with.

use super::accounts::Account;
use super::audit::Happened;
use super::codes::Ways;
use super::evidence::{Known, gather_of, kept_or_gathered};
use super::reply::Failure;
use super::sessions::{self, HealingFlow};
use crate::server::db::sessions::{Held, Session};
use crate::server::db::{self, WriteTx, users::User};
use crate::server::random::{self, Token};
use crate::server::visit::{Visit, session_hash};
use domain::assurance::{Assurance, Standing};
use domain::audit::Event;
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::Evidence;
use domain::time::{MINUTE, Millis};
use sea_orm::DbErr;
use std::time::Duration;

/// The session, whose it is, and what is known.
pub struct Inside {
    pub session: Session,
    pub user: User,
    pub who: Identifier,
    pub account: Account,
    pub evidence: Evidence,
    /// The codes that would be another proof.
    pub ways: Ways,
    pub flow: HealingFlow,
    /// When the account was last told of something that was not done in this browser.
    pub told_at: Option<Millis>,
    /// The token that a proof in this transaction gave the session.
    renewed: Option<Token>,
}

/// What was just proven in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proven {
    Password,
    Passkey,
    Code,
}

/// How often the last request of a session is noted, in milliseconds; not with each, as that would be a write a page.
const NOTE_EVERY: i64 = MINUTE;

/// How long that may take. Where everybody waits to write, whoever only reads does not.
const NOTED_WITHIN: Duration = Duration::from_millis(500);

/// Notes that the session was used now, if that can be: whoever only reads goes on where nothing can be written.
async fn note(visit: &Visit, session: &Session) {
    let noting = async {
        let tx = visit.app.db.write().await?;
        db::sessions::seen(&tx, session.id, visit.now, session.expires_at).await?;
        tx.commit().await
    };
    match tokio::time::timeout(NOTED_WITHIN, noting).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            visit.app.db.doubt();
            tracing::warn!(%error, "the last request of a session could not be noted");
        }
        Err(_) => tracing::warn!("the last request of a session could not be noted in time"),
    }
}

impl Inside {
    /// Loads it for reading.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(visit: &Visit) -> Result<Option<Self>, Failure> {
        let Some((session, user)) = visit.session_and_user().await? else { return Ok(None) };
        let who = readable(&user)?;
        if visit.now.since(session.seen_at) > NOTE_EVERY {
            note(visit, &session).await;
        }
        if session.held == Held::New && !visit.is_handed_out {
            let tx = visit.app.db.write().await?;
            db::sessions::take(&tx, session.id, &token_hash(visit), visit.now).await?;
            tx.commit().await?;
        }
        let Some(known) = kept_or_gathered(visit, &who, session.user).await? else { return Ok(None) };
        Ok(Self::of(visit, session, who, known))
    }

    /// Loads it anew inside a transaction, session and account locked, for whatever a session does. None: it ended meanwhile, or a
    /// proof has just given it another token, or its password is to be chosen first ([`is_let_in`]).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock(visit: &mut Visit, tx: &WriteTx, session: &Session) -> Result<Option<Self>, Failure> {
        let locked = Self::lock_for_new_password(visit, tx, session).await?;
        Ok(locked.filter(|inside| !inside.must_choose_password()))
    }

    /// As [`Inside::lock`], for the one step that a session may take which the operator let in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lock_for_new_password(
        visit: &mut Visit,
        tx: &WriteTx,
        session: &Session,
    ) -> Result<Option<Self>, Failure> {
        // The account first, as sign-in does: it locks the account and then ends an older session of it.
        let user = db::users::lock(tx, session.user).await?;
        // What is written from here happens now, after all that others wrote who had the account before, however long ago this
        // request began: who takes something back begins with the oldest.
        visit.now = visit.app.clock.now();
        let hash = token_hash(visit);
        let Some(session) = db::sessions::lock(tx, session.id, &hash, visit.now).await? else { return Ok(None) };
        match session.held {
            Held::New if !visit.is_handed_out => db::sessions::take(tx, session.id, &hash, visit.now).await?,
            Held::Still => {
                db::sessions::take_back(tx, &session, hash.to_vec()).await?;
                // They were shown to whoever gave the proof.
                let flow = HealingFlow { codes: None, ..sessions::flow_of(&session) };
                sessions::keep(tx, &session, &flow).await?;
            }
            Held::Now | Held::New | Held::Before => {}
        }
        let Some(user) = user else { return Ok(None) };
        let who = readable(&user)?;
        let Some(known) = gather_of(visit, tx, &who, user.id).await? else { return Ok(None) };
        Ok(Self::of(visit, session, who, known))
    }

    /// Gives the session another token (ASVS V7.2.4): whoever knew the one of before, because they planted it or saw it, has
    /// nothing of what was just proven. Handed out by [`Inside::commit`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn renew(&mut self, visit: &Visit, tx: &WriteTx) -> Result<(), DbErr> {
        if self.renewed.is_none() {
            let new = random::bytes();
            let hashes = [token_hash(visit), session_hash(&new)].map(Vec::from);
            db::sessions::renew(tx, &self.session, hashes, visit.now).await?;
            self.renewed = Some(new);
        }
        Ok(())
    }

    /// Notes a proof in the session, which has another token from here.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prove(&mut self, visit: &Visit, tx: &WriteTx, proven: Proven) -> Result<(), DbErr> {
        self.renew(visit, tx).await?;
        let (id, now) = (self.session.id, visit.now);
        match proven {
            Proven::Password => db::sessions::prove_password(tx, id, now).await?,
            Proven::Passkey => db::sessions::prove_passkey(tx, id, now).await?,
            Proven::Code => db::sessions::prove_code(tx, id, now).await?,
        }
        match proven {
            Proven::Password => self.session.password_at = Some(now),
            Proven::Passkey => self.session.passkey_at = Some(now),
            Proven::Code => self.session.code_at = Some(now),
        }
        Ok(())
    }

    /// Commits the step, and then hands out the token that it gave the session: one that is not stored would sign the person out.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn commit(&mut self, visit: &mut Visit, tx: WriteTx) -> Result<(), DbErr> {
        tx.commit().await?;
        if let Some(token) = self.renewed.take() {
            visit.keep_session(token);
        }
        Ok(())
    }

    fn of(visit: &Visit, session: Session, who: Identifier, known: Known) -> Option<Self> {
        let ways = known.ways(visit.now);
        let Known { account, evidence, told_at, .. } = known;
        let user = account.user()?.clone();
        let mut flow = sessions::flow_of(&session);
        if matches!(session.held, Held::Before | Held::Still) {
            // They were shown to whoever gave the proof.
            flow.codes = None;
        }
        Some(Self { session, user, who, account, evidence, ways, flow, told_at, renewed: None })
    }

    /// An event of this session, to be written down.
    #[must_use]
    pub fn happened(&self, event: Event) -> Happened {
        Happened::to(self.user.id, event).within(self.session.id)
    }

    /// Whether a passkey may be added now.
    #[must_use]
    pub fn assurance(&self, visit: &Visit) -> Assurance {
        let standing = Standing {
            ever_had_passkey: self.user.ever_had_passkey,
            known_browser: self.evidence.known_browser,
            has_codes: self.ways.any(),
        };
        sessions::assurance(visit, standing, sessions::proofs(&self.session))
    }

    /// Whether a mailed code is all that opened this session.
    #[must_use]
    pub fn is_by_code(&self) -> bool {
        self.session.password_at.is_none() && self.session.passkey_at.is_none()
    }

    /// What a passkey of the account is called; empty for one that it does not have.
    #[must_use]
    pub fn name_of(&self, id: PasskeyId) -> String {
        match &self.account {
            Account::Real { passkeys, .. } => passkeys.iter().find(|row| row.id == id).map(|row| row.name.clone()),
            Account::Ghost { .. } => None,
        }
        .unwrap_or_default()
    }

    /// Whether a proof of this session is fresh: the password, typed again, or a passkey.
    #[must_use]
    pub fn is_fresh(&self, visit: &Visit) -> bool {
        let fresh = i64::from(visit.app.settings.healing.fresh_password_minutes) * MINUTE;
        let proofs = sessions::proofs(&self.session);
        [proofs.password, proofs.passkey].into_iter().flatten().any(|at| visit.now.since(at) <= fresh)
    }

    /// Whether the next thing to do is to choose a password ([`is_let_in`]).
    #[must_use]
    pub fn must_choose_password(&self) -> bool {
        is_let_in(&self.user, &self.session)
    }

    /// Whether the session has shown no passkey, on an account with passkeys.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        domain::assurance::is_limited(self.user.ever_had_passkey, sessions::proofs(&self.session))
    }
}

/// Whether the operator let this session in, and no password was chosen since. It does nothing else until then. A passkey is a proof
/// of its own, and goes on as ever. So is a mailed code, which must not stand for what the operator handed over.
#[must_use]
pub fn is_let_in(user: &User, session: &Session) -> bool {
    user.is_reset() && session.passkey_at.is_none() && session.password_at.is_some()
}

/// What is stored of the token that the request came with.
fn token_hash(visit: &Visit) -> [u8; 32] {
    session_hash(&visit.session_token.unwrap_or_default())
}

fn readable(user: &User) -> Result<Identifier, Failure> {
    Identifier::parse(&user.identifier).map_err(|problem| Failure::Internal(format!("a stored identifier: {problem}")))
}
