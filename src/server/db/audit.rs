//! The audit log. Rows are added, read and, when they are old enough, deleted; never changed.

use super::entities::audit::{ActiveModel, COLUMN, Column, Entity, Model};
use super::purge_some;
use super::text::Text;
use domain::audit::Event;
use domain::ids::{BrowserId, SessionId, UserId};
use domain::time::Millis;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: Uuid,
    pub at: Millis,
    /// As [`Event::slug`] says.
    pub event: String,
    /// `None` for an identifier nobody has.
    pub user: Option<UserId>,
    /// From where; `None` for the operator.
    pub browser: Option<BrowserId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// The passkey, session, browser or notice that it is about.
    pub subject: Option<Uuid>,
}

/// What makes an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    pub id: Uuid,
    pub at: Millis,
    pub event: Event,
    pub user: Option<UserId>,
    pub browser: Option<BrowserId>,
    pub session: Option<SessionId>,
    pub subject: Option<Uuid>,
    /// Keyed hash of what was typed, where that is nobody's.
    pub identifier_hash: Option<Vec<u8>>,
}

/// Writes an event down.
///
/// # Errors
/// The database fails.
pub async fn add(tx: &impl ConnectionTrait, new: NewEntry) -> Result<(), DbErr> {
    static TEXT: Text = Text::new();
    let row = ActiveModel {
        id: Set(new.id),
        at: Set(new.at.0),
        event: Set(new.event.slug().to_owned()),
        user_id: Set(new.user.map(|user| user.0)),
        browser_id: Set(new.browser.map(|browser| browser.0)),
        session_id: Set(new.session.map(|session| session.0)),
        subject: Set(new.subject),
        identifier_hash: Set(new.identifier_hash),
    };
    tx.execute_raw(TEXT.insert(tx.get_database_backend(), row, None)).await.map(drop)
}

/// The latest events of an account, newest first; `None` for all of them.
///
/// # Errors
/// The database fails.
pub async fn of_user(c: &impl ConnectionTrait, user: UserId, most: Option<u64>) -> Result<Vec<Entry>, DbErr> {
    let rows = Entity::find()
        .filter(COLUMN.user_id.eq(user.0))
        .order_by_desc(Column::At)
        // Of one moment: in any order, but always the same.
        .order_by_desc(Column::Event)
        .order_by_desc(Column::Id)
        .limit(most)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// As [`of_user`], so many of those that strangers can make happen, and as many of the others: neither push the others off.
///
/// # Errors
/// The database fails.
pub async fn latest_of_user(c: &impl ConnectionTrait, user: UserId, most: u64) -> Result<Vec<Entry>, DbErr> {
    let strangers: Vec<_> =
        Event::ALL.into_iter().filter(|event| event.is_open_to_strangers()).map(Event::slug).collect();
    let mut all: Vec<Entry> = Vec::new();
    for which in [Column::Event.is_in(strangers.clone()), Column::Event.is_not_in(strangers)] {
        let rows = Entity::find()
            .filter(COLUMN.user_id.eq(user.0))
            .filter(which)
            .order_by_desc(Column::At)
            .order_by_desc(Column::Event)
            .order_by_desc(Column::Id)
            .limit(most)
            .all(c)
            .await?;
        all.extend(rows.into_iter().map(Entry::from));
    }
    all.sort_by(|one, other| {
        other.at.cmp(&one.at).then_with(|| other.event.cmp(&one.event)).then_with(|| other.id.cmp(&one.id))
    });
    Ok(all)
}

/// Deletes what is older than that, so many at once, and tells how many.
///
/// # Errors
/// The database fails.
pub async fn purge(tx: &impl ConnectionTrait, before: Millis) -> Result<u64, DbErr> {
    purge_some::<Entity>(tx, Column::Id, COLUMN.at.lt(before.0)).await
}

impl From<Model> for Entry {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: Millis(row.at),
            event: row.event,
            user: row.user_id.map(UserId),
            browser: row.browser_id.map(BrowserId),
            session: row.session_id.map(SessionId),
            subject: row.subject,
        }
    }
}
