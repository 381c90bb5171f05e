//! Writes events down, in the transaction of what they tell: either both happened or neither.

use crate::server::db::WriteTx;
use crate::server::db::audit::{self, NewEntry};
use crate::server::random;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::identifier::Identifier;
use domain::ids::{SessionId, UserId};
use sea_orm::DbErr;
use uuid::Uuid;

/// Something that happened to an account, from the browser of this visit.
#[derive(Clone, Copy, Debug)]
pub struct Happened {
    user: UserId,
    event: Event,
    session: Option<SessionId>,
    subject: Option<Uuid>,
}

impl Happened {
    #[must_use]
    pub fn to(user: UserId, event: Event) -> Self {
        Self { user, event, session: None, subject: None }
    }

    /// In which session.
    #[must_use]
    pub fn within(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The passkey, session, browser or notice that it is about.
    #[must_use]
    pub fn about(self, subject: Uuid) -> Self {
        Self { subject: Some(subject), ..self }
    }
}

/// Writes it down.
///
/// # Errors
/// When the database refuses.
pub async fn note(visit: &Visit, tx: &WriteTx, happened: Happened) -> Result<(), DbErr> {
    let Happened { user, event, session, subject } = happened;
    audit::add(&tx.later(), NewEntry { user: Some(user), session, subject, ..blank(visit, event) }).await
}

/// A password or a passkey was refused at the door.
///
/// # Errors
/// When the database refuses.
pub async fn refused(
    visit: &Visit,
    tx: &WriteTx,
    event: Event,
    who: Option<&Identifier>,
    user: Option<UserId>,
) -> Result<(), DbErr> {
    of_whoever(visit, tx, event, who.map(Identifier::key), user, None).await
}

/// Something that happens to whoever has an identifier. Written down where nobody has it too, by a hash of what was typed, so
/// that the answer takes the same time.
///
/// # Errors
/// When the database refuses.
pub async fn of_whoever(
    visit: &Visit,
    tx: &WriteTx,
    event: Event,
    identifier_key: Option<&str>,
    user: Option<UserId>,
    session: Option<SessionId>,
) -> Result<(), DbErr> {
    let hash = identifier_key.map(|key| visit.app.sealer.hash("identifier", &[key.as_bytes()]).to_vec());
    let identifier_hash = hash.filter(|_| user.is_none());
    audit::add(&tx.later(), NewEntry { user, session, identifier_hash, ..blank(visit, event) }).await
}

fn blank(visit: &Visit, event: Event) -> NewEntry {
    NewEntry {
        id: random::uuid_of(visit.now),
        at: visit.now,
        event,
        user: None,
        browser: Some(visit.browser),
        session: None,
        subject: None,
        identifier_hash: None,
    }
}
