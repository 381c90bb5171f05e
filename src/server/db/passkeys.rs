//! Passkeys. A removed one keeps its row: its credential id can never be registered again, by anybody.

use super::entities::passkeys::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entities::{sessions, users};
use super::text::Text;
use super::{WriteTx, moment};
use domain::ids::{BrowserId, PasskeyId, SessionId, UserId};
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::time::Millis;
use sea_orm::sea_query::{Expr, OnConflict, SelectStatement};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult as _, IdenStatic as _, JoinType, NotSet,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Set, Statement,
};
use std::fmt;
use uuid::Uuid;

/// A stored passkey.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    pub user: UserId,
    pub credential_id: Vec<u8>,
    /// The `Passkey` of webauthn-rs, as JSON.
    pub passkey: String,
    pub name: String,
    pub aaguid: Aaguid,
    /// A JSON array of the names that the browser gave.
    pub transports: String,
    pub attachment: Option<String>,
    pub backup_eligible: bool,
    pub backed_up: bool,
    pub created_at: Millis,
    pub created_on: Platform,
    pub created_browser: Option<BrowserId>,
    pub last_used_at: Option<Millis>,
    pub last_used_on: Option<Platform>,
    pub removed_at: Option<Millis>,
}

/// What makes a passkey; the fields are those of [`PasskeyRow`].
#[derive(Clone)]
pub struct NewPasskey {
    pub id: PasskeyId,
    pub user: UserId,
    pub credential_id: Vec<u8>,
    pub passkey: String,
    pub name: String,
    pub aaguid: Aaguid,
    pub transports: String,
    pub attachment: Option<String>,
    pub backup_eligible: bool,
    pub backed_up: bool,
    pub created_on: Platform,
    pub created_browser: Option<BrowserId>,
    pub now: Millis,
}

/// What became of [`add`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// The passkey is stored.
    Added,
    /// Its credential id is, or was, somebody's.
    Taken,
}

/// The passkeys that the account can use, oldest first.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId) -> Result<Vec<PasskeyRow>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.removed_at.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(PasskeyRow::from).collect())
}

/// All passkeys that the account has or had, oldest first.
///
/// # Errors
/// The database fails.
pub async fn all_of_user(c: &impl ConnectionTrait, user: UserId) -> Result<Vec<PasskeyRow>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(PasskeyRow::from).collect())
}

/// The credential ids that an account accepts.
#[derive(Clone, PartialEq, Eq)]
pub struct Accepted {
    pub credential_ids: Vec<Vec<u8>>,
    /// Whether there were others, which were removed.
    pub some_removed: bool,
    /// Whether another session may be making one: its stored flow names that step, and it was seen lately.
    pub one_may_come: bool,
}

/// All credential ids that the account accepts, whether it had more of them, and whether another one may be on its way, which is
/// asked of the sessions but this one that were seen since then. One statement, so that nothing happens in between.
///
/// # Errors
/// The database fails.
pub async fn accepted(
    c: &impl ConnectionTrait,
    user: UserId,
    but: SessionId,
    since: Millis,
) -> Result<Accepted, DbErr> {
    accepted_of(&c.query_all_raw(accepting(c.get_database_backend(), user, but, since)).await?)
}

/// Commits, with [`accepted`] just before. On SQLite it goes in one piece with the last writes.
///
/// # Errors
/// As [`WriteTx::commit`].
pub async fn accepted_and_commit(tx: WriteTx, user: UserId, but: SessionId, since: Millis) -> Result<Accepted, DbErr> {
    let backend = tx.get_database_backend();
    if backend != DbBackend::Sqlite {
        let accepted = accepted(&tx, user, but, since).await?;
        tx.commit().await?;
        return Ok(accepted);
    }
    accepted_of(&tx.commit_after(vec![accepting(backend, user, but, since)]).await?)
}

/// The column that only the rows of [`accepting`] have.
pub(super) const ONE_MAY_COME: &str = "one_may_come";

/// In the stored flow of a session that may be making a passkey.
const MAKING: &str = "%\"create-passkey\":%";

/// The question of [`accepted`].
pub(super) fn accepting(backend: DbBackend, user: UserId, but: SessionId, since: Millis) -> Statement {
    static TEXT: Text = Text::new();
    let values = [user.0.into(), but.0.into(), since.0.into(), MAKING.into(), user.0.into()];
    TEXT.with(backend, values, || backend.build(&acceptance(user, but, since)))
}

fn acceptance(user: UserId, but: SessionId, since: Millis) -> SelectStatement {
    let creating = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::Id)
        .filter(sessions::COLUMN.user_id.eq(user.0))
        .filter(sessions::COLUMN.id.ne(but.0))
        .filter(sessions::COLUMN.ended_at.is_null())
        .filter(sessions::COLUMN.seen_at.gt(since.0))
        .filter(sessions::COLUMN.healing.like(MAKING))
        .into_query();
    Entity::find()
        .select_only()
        .column(Column::CredentialId)
        .column(Column::RemovedAt)
        .column_as(Expr::exists(creating), ONE_MAY_COME)
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_asc(Column::CreatedAt)
        .into_query()
}

/// The answer to [`accepting`].
pub(super) fn accepted_of(rows: &[QueryResult]) -> Result<Accepted, DbErr> {
    let mut accepted =
        Accepted { credential_ids: Vec::with_capacity(rows.len()), some_removed: false, one_may_come: false };
    for row in rows {
        accepted.one_may_come |= row.try_get::<bool>("", ONE_MAY_COME)?;
        match row.try_get::<Option<i64>>("", Column::RemovedAt.as_str())? {
            Some(_) => accepted.some_removed = true,
            None => accepted.credential_ids.push(row.try_get("", Column::CredentialId.as_str())?),
        }
    }
    Ok(accepted)
}

/// The passkey of this credential, also when it was removed.
///
/// # Errors
/// The database fails.
pub async fn find_by_credential_id(
    c: &impl ConnectionTrait,
    credential_id: &[u8],
) -> Result<Option<PasskeyRow>, DbErr> {
    let row = Entity::find().filter(COLUMN.credential_id.eq(credential_id.to_vec())).one(c).await?;
    Ok(row.map(PasskeyRow::from))
}

/// The passkey of this credential that the account with this comparable identifier can use, and the account's user handle.
///
/// # Errors
/// The database fails.
pub async fn find_of(
    c: &impl ConnectionTrait,
    identifier_key: &str,
    credential_id: &[u8],
) -> Result<Option<(PasskeyRow, Uuid)>, DbErr> {
    static TEXT: Text = Text::new();
    let backend = c.get_database_backend();
    let found = TEXT.with(backend, [credential_id.to_vec().into(), identifier_key.into()], || {
        let found = Entity::find()
            .join(
                JoinType::InnerJoin,
                Entity::belongs_to(users::Entity).from(Column::UserId).to(users::Column::Id).into(),
            )
            .column_as(users::Column::Handle, HANDLE)
            .filter(COLUMN.credential_id.eq(credential_id.to_vec()))
            .filter(COLUMN.removed_at.is_null())
            .filter(users::COLUMN.identifier_key.eq(identifier_key));
        found.build(backend)
    });
    let Some(row) = c.query_one_raw(found).await? else { return Ok(None) };
    Ok(Some((Model::from_query_result(&row, "")?.into(), row.try_get("", HANDLE)?)))
}

const HANDLE: &str = "handle";

/// Any passkey, if there is one.
///
/// # Errors
/// The database fails.
pub async fn any(c: &impl ConnectionTrait) -> Result<Option<PasskeyRow>, DbErr> {
    Ok(Entity::find().limit(1).one(c).await?.map(PasskeyRow::from))
}

/// The passkey with this id, also when it was removed.
///
/// # Errors
/// The database fails.
pub async fn find(c: &impl ConnectionTrait, id: PasskeyId) -> Result<Option<PasskeyRow>, DbErr> {
    Ok(Entity::find_by_id(id.0).one(c).await?.map(PasskeyRow::from))
}

/// Stores a new passkey, unless its credential id was ever stored (WebAuthn Level 3, section 7.1, step 26).
///
/// # Errors
/// The database fails, or the account does not exist.
pub async fn add(tx: &impl ConnectionTrait, new: NewPasskey) -> Result<Added, DbErr> {
    let row = ActiveModel {
        id: Set(new.id.0),
        user_id: Set(new.user.0),
        credential_id: Set(new.credential_id),
        passkey: Set(new.passkey),
        name: Set(new.name),
        aaguid: Set(new.aaguid.0.to_be_bytes().to_vec()),
        transports: Set(new.transports),
        attachment: Set(new.attachment),
        backup_eligible: Set(new.backup_eligible),
        backed_up: Set(new.backed_up),
        created_at: Set(new.now.0),
        created_on: Set(new.created_on.slug().to_owned()),
        created_browser: Set(new.created_browser.map(|browser| browser.0)),
        last_used_at: Set(None),
        last_used_on: Set(None),
        removed_at: Set(None),
    };
    let conflict = OnConflict::column(Column::CredentialId).do_nothing().to_owned();
    let inserted = Entity::insert(row).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(if inserted == 1 { Added::Added } else { Added::Taken })
}

/// How a passkey was used to sign in.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// The passkey as it is to be stored, if that is not as it was.
    pub changed: Option<&'a str>,
    pub backed_up: bool,
    pub now: Millis,
    pub on: Platform,
}

/// The passkey signed in: stores what the signature changed, if it did (WebAuthn Level 3, section 7.2, step 25), and when and where.
///
/// # Errors
/// The database fails.
pub async fn used(tx: &impl ConnectionTrait, id: PasskeyId, used: &Use<'_>) -> Result<(), DbErr> {
    static UNCHANGED: Text = Text::new();
    static CHANGED: Text = Text::new();
    let change = ActiveModel {
        passkey: used.changed.map_or(NotSet, |passkey| Set(passkey.to_owned())),
        backed_up: Set(used.backed_up),
        last_used_at: Set(Some(used.now.0)),
        last_used_on: Set(Some(used.on.slug().to_owned())),
        ..Default::default()
    };
    let text = if used.changed.is_some() { &CHANGED } else { &UNCHANGED };
    let update =
        text.update(tx.get_database_backend(), change, [id.0.into()], |update| update.filter(COLUMN.id.eq(id.0)));
    tx.execute_raw(update).await.map(drop)
}

impl PasskeyRow {
    /// The row as [`used`] leaves it.
    pub fn was(&mut self, used: &Use<'_>) {
        if let Some(passkey) = used.changed {
            passkey.clone_into(&mut self.passkey);
        }
        self.backed_up = used.backed_up;
        (self.last_used_at, self.last_used_on) = (Some(used.now), Some(used.on));
    }
}

/// Gives a passkey of this account another name. False if the account has no such passkey.
///
/// # Errors
/// The database fails.
pub async fn rename(tx: &impl ConnectionTrait, user: UserId, id: PasskeyId, name: &str) -> Result<bool, DbErr> {
    change_own(tx, user, id, ActiveModel { name: Set(name.to_owned()), ..Default::default() }).await
}

/// Ends a passkey of this account. False if the account has no such passkey, or not any more.
///
/// # Errors
/// The database fails.
pub async fn remove(tx: &impl ConnectionTrait, user: UserId, id: PasskeyId, now: Millis) -> Result<bool, DbErr> {
    change_own(tx, user, id, ActiveModel { removed_at: Set(Some(now.0)), ..Default::default() }).await
}

async fn change_own(
    tx: &impl ConnectionTrait,
    user: UserId,
    id: PasskeyId,
    change: ActiveModel,
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .set(change)
        .filter(COLUMN.id.eq(id.0))
        .filter(COLUMN.user_id.eq(user.0))
        .filter(COLUMN.removed_at.is_null())
        .exec(tx)
        .await?;
    Ok(changed.rows_affected == 1)
}

impl From<Model> for PasskeyRow {
    fn from(row: Model) -> Self {
        Self {
            id: PasskeyId(row.id),
            user: UserId(row.user_id),
            credential_id: row.credential_id,
            passkey: row.passkey,
            name: row.name,
            // Always 16 bytes; anything else is nobody's.
            aaguid: row.aaguid.try_into().map(Aaguid::from_bytes).unwrap_or_default(),
            transports: row.transports,
            attachment: row.attachment,
            backup_eligible: row.backup_eligible,
            backed_up: row.backed_up,
            created_at: Millis(row.created_at),
            created_on: Platform::from_slug(&row.created_on),
            created_browser: row.created_browser.map(BrowserId),
            last_used_at: moment(row.last_used_at),
            last_used_on: row.last_used_on.as_deref().map(Platform::from_slug),
            removed_at: moment(row.removed_at),
        }
    }
}

/// Without the credential id and the key, which let others recognise the person, and without the name they gave it.
impl fmt::Debug for PasskeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeyRow")
            .field("id", &self.id)
            .field("user", &self.user)
            .field("aaguid", &self.aaguid)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewPasskey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPasskey").field("id", &self.id).field("user", &self.user).finish_non_exhaustive()
    }
}
