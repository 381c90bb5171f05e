//! Sessions: written at the first proof, and only then.

use super::entities::sessions::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entities::users;
use super::text::Text;
use super::users::User;
use super::{ROW_LOCK, moment, purge_some};
use domain::ids::{BrowserId, FlowId, SessionId, UserId};
use domain::time::{Millis, SECOND};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, Set, UpdateMany,
};
use std::fmt;

/// How long the token of before a proof still looks at things: for a second tab, a double click, a request that was on its way.
/// Milliseconds.
pub const GRACE: i64 = 10 * SECOND;

/// By which token somebody is in a session. A proof gives it a new one, and counts for the new one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// By its own.
    Now,
    /// By its own, for the first time since it was handed out.
    New,
    /// By the one before, a moment ago: it looks, and does nothing.
    Before,
    /// By the one before, and nobody ever came with the new one, as if the answer that brought it was lost. It goes on with
    /// what it had.
    Still,
}

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub browser: BrowserId,
    pub flow: FlowId,
    /// The state of healing, as JSON.
    pub healing: String,
    /// When the password was last proven in it.
    pub password_at: Option<Millis>,
    /// When a passkey was last proven in it.
    pub passkey_at: Option<Millis>,
    /// When a code last came back in it that counts beside the password.
    pub code_at: Option<Millis>,
    pub created_at: Millis,
    pub seen_at: Millis,
    pub expires_at: Millis,
    pub held: Held,
}

/// What makes a session; the token itself is in the cookie alone.
#[derive(Clone)]
pub struct NewSession {
    pub id: SessionId,
    pub token_hash: Vec<u8>,
    pub user: UserId,
    pub browser: BrowserId,
    pub flow: FlowId,
    pub healing: String,
    pub password_at: Option<Millis>,
    pub passkey_at: Option<Millis>,
    pub code_at: Option<Millis>,
    pub now: Millis,
    pub expires_at: Millis,
}

impl NewSession {
    /// What will be found of it.
    #[must_use]
    pub fn as_stored(&self) -> Session {
        Session {
            id: self.id,
            user: self.user,
            browser: self.browser,
            flow: self.flow,
            healing: self.healing.clone(),
            password_at: self.password_at,
            passkey_at: self.passkey_at,
            code_at: self.code_at,
            created_at: self.now,
            seen_at: self.now,
            expires_at: self.expires_at,
            held: Held::Now,
        }
    }
}

/// Starts a session.
///
/// # Errors
/// The database fails, the account does not exist, or the token does already.
pub async fn create(tx: &impl ConnectionTrait, new: NewSession) -> Result<(), DbErr> {
    static TEXT: Text = Text::new();
    let row = ActiveModel {
        id: Set(new.id.0),
        token_hash: Set(new.token_hash),
        user_id: Set(new.user.0),
        browser_id: Set(new.browser.0),
        flow_id: Set(new.flow.0),
        healing: Set(new.healing),
        password_at: Set(new.password_at.map(|at| at.0)),
        passkey_at: Set(new.passkey_at.map(|at| at.0)),
        created_at: Set(new.now.0),
        seen_at: Set(new.now.0),
        expires_at: Set(new.expires_at.0),
        ended_at: Set(None),
        code_at: Set(new.code_at.map(|at| at.0)),
        ..Default::default()
    };
    tx.execute_raw(TEXT.insert(tx.get_database_backend(), row, None)).await.map(drop)
}

/// The session whose token has this hash, or had it until its last proof, if it has neither ended nor expired; and whose it is.
///
/// # Errors
/// The database fails.
pub async fn find_by_token(
    c: &impl ConnectionTrait,
    token_hash: &[u8],
    now: Millis,
) -> Result<Option<(Session, User)>, DbErr> {
    let alive = || {
        let whose = Entity::belongs_to(users::Entity).from(Column::UserId).to(users::Column::Id);
        let found = Entity::find().join(JoinType::InnerJoin, whose.into()).select_also(users::Entity);
        found.filter(COLUMN.ended_at.is_null()).filter(COLUMN.expires_at.gt(now.0))
    };
    let row = match alive().filter(COLUMN.token_hash.eq(token_hash.to_vec())).one(c).await? {
        Some(row) => Some(row),
        None => alive().filter(COLUMN.previous_token_hash.eq(token_hash.to_vec())).one(c).await?,
    };
    let Some((row, Some(user))) = row else { return Ok(None) };
    Ok(held_by(row, token_hash, now).map(|session| (session, User::from(user))))
}

/// The session anew, locked until the transaction ends; `None` if it ended meanwhile, or if this token does nothing in it any
/// more. Whether it expired was asked when it was found, and a step under way may finish.
///
/// # Errors
/// The database fails.
pub async fn lock(
    tx: &impl ConnectionTrait,
    id: SessionId,
    token_hash: &[u8],
    now: Millis,
) -> Result<Option<Session>, DbErr> {
    let row = Entity::find_by_id(id.0).filter(COLUMN.ended_at.is_null()).lock(ROW_LOCK).one(tx).await?;
    Ok(row.and_then(|row| held_by(row, token_hash, now)).filter(|session| session.held != Held::Before))
}

/// The session as this token opens it.
fn held_by(row: Model, token_hash: &[u8], now: Millis) -> Option<Session> {
    if row.token_hash == token_hash {
        return Some(row.into());
    }
    if row.previous_token_hash.as_deref() != Some(token_hash) {
        return None;
    }
    let is_young = row.renewed_at.is_some_and(|at| now.since(Millis(at)) <= GRACE);
    let held = match row.taken_at {
        _ if is_young => Held::Before,
        None => Held::Still,
        Some(_) => return None,
    };
    let proofs = [row.previous_password_at, row.previous_passkey_at, row.previous_code_at].map(moment);
    let [password_at, passkey_at, code_at] = proofs;
    Some(Session { held, password_at, passkey_at, code_at, ..row.into() })
}

/// Gives a session another token, before a proof is noted in it. The one of before keeps what it had.
///
/// # Errors
/// The database fails.
pub async fn renew(
    tx: &impl ConnectionTrait,
    before: &Session,
    [old, new]: [Vec<u8>; 2],
    now: Millis,
) -> Result<(), DbErr> {
    let change = ActiveModel {
        token_hash: Set(new),
        previous_token_hash: Set(Some(old)),
        previous_password_at: Set(before.password_at.map(|at| at.0)),
        previous_passkey_at: Set(before.passkey_at.map(|at| at.0)),
        previous_code_at: Set(before.code_at.map(|at| at.0)),
        renewed_at: Set(Some(now.0)),
        taken_at: Set(None),
        ..Default::default()
    };
    update(tx, before.id, change).await
}

/// Somebody came with the new token: it has arrived, and the one before is over.
///
/// # Errors
/// The database fails.
pub async fn take(tx: &impl ConnectionTrait, id: SessionId, token_hash: &[u8], now: Millis) -> Result<(), DbErr> {
    let change = ActiveModel { taken_at: Set(Some(now.0)), ..Default::default() };
    open().set(change).filter(COLUMN.id.eq(id.0)).filter(COLUMN.token_hash.eq(token_hash.to_vec())).exec(tx).await?;
    Ok(())
}

/// Nobody ever came with the new token: the session, locked, is what it was before the proof.
///
/// # Errors
/// The database fails.
pub async fn take_back(tx: &impl ConnectionTrait, session: &Session, token_hash: Vec<u8>) -> Result<(), DbErr> {
    let change = ActiveModel {
        token_hash: Set(token_hash),
        password_at: Set(session.password_at.map(|at| at.0)),
        passkey_at: Set(session.passkey_at.map(|at| at.0)),
        code_at: Set(session.code_at.map(|at| at.0)),
        previous_token_hash: Set(None),
        renewed_at: Set(None),
        ..Default::default()
    };
    update(tx, session.id, change).await
}

/// Stores where healing stands.
///
/// # Errors
/// The database fails.
pub async fn save_healing(tx: &impl ConnectionTrait, id: SessionId, flow: FlowId, healing: &str) -> Result<(), DbErr> {
    let change = ActiveModel { flow_id: Set(flow.0), healing: Set(healing.to_owned()), ..Default::default() };
    update(tx, id, change).await
}

/// The password was proven in this session.
///
/// # Errors
/// The database fails.
pub async fn prove_password(tx: &impl ConnectionTrait, id: SessionId, now: Millis) -> Result<(), DbErr> {
    update(tx, id, ActiveModel { password_at: Set(Some(now.0)), ..Default::default() }).await
}

/// A code was proven in this session, beside the password.
///
/// # Errors
/// The database fails.
pub async fn prove_code(tx: &impl ConnectionTrait, id: SessionId, now: Millis) -> Result<(), DbErr> {
    update(tx, id, ActiveModel { code_at: Set(Some(now.0)), ..Default::default() }).await
}

/// A passkey was proven in this session.
///
/// # Errors
/// The database fails.
pub async fn prove_passkey(tx: &impl ConnectionTrait, id: SessionId, now: Millis) -> Result<(), DbErr> {
    update(tx, id, ActiveModel { passkey_at: Set(Some(now.0)), ..Default::default() }).await
}

/// The session was used, and therefore lasts until `expires`.
///
/// # Errors
/// The database fails.
pub async fn seen(tx: &impl ConnectionTrait, id: SessionId, now: Millis, expires: Millis) -> Result<(), DbErr> {
    update(tx, id, ActiveModel { seen_at: Set(now.0), expires_at: Set(expires.0), ..Default::default() }).await
}

/// The latest sessions of an account, ended or not, newest first.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId, limit: u64) -> Result<Vec<Session>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// So many of the sessions of the account that are alive and were seen since then, latest first.
///
/// # Errors
/// The database fails.
pub async fn alive_of_user(
    c: &impl ConnectionTrait,
    user: UserId,
    (since, now): (Millis, Millis),
    most: u64,
) -> Result<Vec<Session>, DbErr> {
    let rows = alive(user, now)
        .filter(COLUMN.seen_at.gte(since.0))
        .order_by_desc(Column::SeenAt)
        .order_by_asc(Column::Id)
        .limit(most)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// How many sessions of the account are alive and were seen since then.
///
/// # Errors
/// The database fails.
pub async fn count_alive_of_user(
    c: &impl ConnectionTrait,
    user: UserId,
    (since, now): (Millis, Millis),
) -> Result<u64, DbErr> {
    alive(user, now).filter(COLUMN.seen_at.gte(since.0)).count(c).await
}

/// Whether any session of the account but this one is alive; where `one` is told, whether that is.
///
/// # Errors
/// The database fails.
pub async fn others_are_alive(
    c: &impl ConnectionTrait,
    user: UserId,
    (this, one): (SessionId, Option<SessionId>),
    now: Millis,
) -> Result<bool, DbErr> {
    let mut others = alive(user, now).filter(COLUMN.id.ne(this.0));
    if let Some(one) = one {
        others = others.filter(COLUMN.id.eq(one.0));
    }
    Ok(others.one(c).await?.is_some())
}

fn alive(user: UserId, now: Millis) -> Select<Entity> {
    Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.ended_at.is_null())
        .filter(COLUMN.expires_at.gt(now.0))
}

/// The latest of the sessions that are still stored, newest first, with when they ended.
///
/// # Errors
/// The database fails.
pub async fn all_of_user(
    c: &impl ConnectionTrait,
    user: UserId,
    most: u64,
) -> Result<Vec<(Session, Option<Millis>)>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(most)
        .all(c)
        .await?;
    let with_end = |row: Model| {
        let ended = moment(row.ended_at);
        (Session::from(row), ended)
    };
    Ok(rows.into_iter().map(with_end).collect())
}

/// Ends a session; one that ended keeps its time.
///
/// # Errors
/// The database fails.
pub async fn end(tx: &impl ConnectionTrait, id: SessionId, now: Millis) -> Result<(), DbErr> {
    update(tx, id, ActiveModel { ended_at: Set(Some(now.0)), ..Default::default() }).await
}

/// A passkey of the account is gone: what any was good for in other sessions has to be shown once more.
///
/// # Errors
/// The database fails.
pub async fn forget_passkey_proofs_but(tx: &impl ConnectionTrait, user: UserId, keep: SessionId) -> Result<(), DbErr> {
    let change = ActiveModel { passkey_at: Set(None), previous_passkey_at: Set(None), ..Default::default() };
    open().set(change).filter(COLUMN.user_id.eq(user.0)).filter(COLUMN.id.ne(keep.0)).exec(tx).await?;
    Ok(())
}

/// Ends the sessions of the account but the one to keep and those in which a passkey answered after then, and tells how many. Only
/// `one` of them, if that is told.
///
/// # Errors
/// The database fails.
pub async fn end_unproved_of_user_but(
    tx: &impl ConnectionTrait,
    user: UserId,
    (keep, one): (SessionId, Option<SessionId>),
    since: Millis,
    now: Millis,
) -> Result<u64, DbErr> {
    let unproved = Condition::any().add(COLUMN.passkey_at.is_null()).add(COLUMN.passkey_at.lt(since.0));
    let mut change = open()
        .set(ActiveModel { ended_at: Set(Some(now.0)), ..Default::default() })
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.id.ne(keep.0))
        .filter(unproved);
    if let Some(one) = one {
        change = change.filter(COLUMN.id.eq(one.0));
    }
    Ok(change.exec(tx).await?.rows_affected)
}

/// Ends every session of the account but the one to keep, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn end_all_of_user_but(
    tx: &impl ConnectionTrait,
    user: UserId,
    keep: Option<SessionId>,
    now: Millis,
) -> Result<u64, DbErr> {
    let mut change =
        open().set(ActiveModel { ended_at: Set(Some(now.0)), ..Default::default() }).filter(COLUMN.user_id.eq(user.0));
    if let Some(keep) = keep {
        change = change.filter(COLUMN.id.ne(keep.0));
    }
    Ok(change.exec(tx).await?.rows_affected)
}

/// Ends every session there is, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn end_all(tx: &impl ConnectionTrait, now: Millis) -> Result<u64, DbErr> {
    let change = ActiveModel { ended_at: Set(Some(now.0)), ..Default::default() };
    Ok(open().set(change).exec(tx).await?.rows_affected)
}

/// Deletes sessions that expired before then, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Id, COLUMN.expires_at.lt(before.0)).await
}

async fn update(tx: &impl ConnectionTrait, id: SessionId, change: ActiveModel) -> Result<(), DbErr> {
    open().set(change).filter(COLUMN.id.eq(id.0)).exec(tx).await?;
    Ok(())
}

/// A session that has ended never changes again.
fn open() -> UpdateMany<Entity> {
    Entity::update_many().filter(COLUMN.ended_at.is_null())
}

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self {
            id: SessionId(row.id),
            user: UserId(row.user_id),
            browser: BrowserId(row.browser_id),
            flow: FlowId(row.flow_id),
            healing: row.healing,
            password_at: moment(row.password_at),
            passkey_at: moment(row.passkey_at),
            code_at: moment(row.code_at),
            created_at: Millis(row.created_at),
            seen_at: Millis(row.seen_at),
            expires_at: Millis(row.expires_at),
            held: if row.renewed_at.is_some() && row.taken_at.is_none() { Held::New } else { Held::Now },
        }
    }
}

/// Without the hash of the token.
impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}
