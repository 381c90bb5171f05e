//! Sessions: rows; the cookie holds a random token of which only a hash is stored.

use super::audit::{self, Happened};
use super::codes::Seed;
use super::reply::Failure;
use crate::server::db::sessions::{NewSession, Session};
use crate::server::db::users::User;
use crate::server::db::{self, WriteTx};
use crate::server::present::{IdentifyProblem, NewPasswordProblem};
use crate::server::random;
use crate::server::visit::{Visit, session_hash};
use domain::assurance::{self, Assurance, Proofs, Standing};
use domain::audit::Event;
use domain::healing::Healing;
use domain::ids::{FlowId, SessionId};
use domain::provider::Aaguid;
use domain::time::{HOUR, MINUTE, Millis};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

/// The part of a session that heals, as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HealingFlow {
    pub healing: Healing,
    /// When the first ceremony of the flow that led here did not go through.
    pub failed_at: Option<Millis>,
    /// Something to say on the next page, once.
    pub say: Option<Say>,
    /// New recovery codes are shown until the person says that they are kept.
    #[serde(default)]
    pub codes: Option<Seed>,
    /// When the present recovery codes were made, if in this session.
    #[serde(default)]
    pub codes_at: Option<Millis>,
    /// Where the person goes when nothing is left to offer, once; an address that may be led to.
    #[serde(default)]
    pub return_to: Option<String>,
    /// The sign-in of this session confirmed a heal.
    #[serde(default)]
    pub heal_confirmed: bool,
}

impl HealingFlow {
    /// At its beginning. `failed_at` is when the first ceremony of the flow that led here did not go through.
    #[must_use]
    pub fn new(healing: Healing, failed_at: Option<Millis>) -> Self {
        Self { healing, failed_at, say: None, codes: None, codes_at: None, return_to: None, heal_confirmed: false }
    }
}

/// What a page inside a session says about the last attempt, in codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Say {
    PasswordEmpty,
    PasswordWrong,
    /// The account has none.
    PasswordNone,
    Blocked {
        seconds: u32,
    },
    Busy,
    Expired,
    /// Nothing was typed where a code is asked for.
    CodeEmpty,
    CodeWrong,
    /// Too old, tried too often, or replaced by a newer one.
    CodeVoid,
    /// Another one is on its way.
    CodeSent,
    /// The passkey that answered is of another account, or of none.
    OtherPasskey,
    Unreadable,
    /// The new passkey is stored already, here or with somebody else.
    Taken,
    /// A session without a passkey changes nothing here.
    Limited,
    Renamed,
    /// Whose passkey it was, to tell where it may still be listed.
    Removed {
        aaguid: Aaguid,
    },
    Confirmed,
    BrowserForgotten,
    AddressConfirmed,
    NameEmpty,
    NameTooLong,
    NameUnreadable,
    /// The passkey is not on the list any more.
    Gone,
    TooMany,
    /// The browser could not show the dialog.
    Technical,
    /// This browser cannot make passkeys at all.
    CannotCreate,
    /// A `get()` inside the session gave no passkey.
    Ended(domain::intelligence::Outcome),
    SessionEnded,
    SessionsEnded,
    /// Not all of them, or not this one: a passkey has just answered there.
    SessionsSpared,
    /// Another browser than this one.
    KnownBrowserForgotten,
    KnownBrowsersForgotten,
    /// `since` is when it was changed before.
    PasswordChanged {
        since: Millis,
    },
    IdentifierChanged,
    NewPassword(NewPasswordProblem),
    NewIdentifier(IdentifyProblem),
    /// What was typed is not what had to be typed.
    NotConfirmed,
    /// The form was of another session of this browser, perhaps of somebody else.
    AnotherSession,
}

/// Begins a session and hands out its cookie; the one that was there ends, so that nobody sits in a session that was
/// planted before.
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    visit: &mut Visit,
    tx: &WriteTx,
    user: &User,
    proofs: Proofs,
    id: SessionId,
    flow: &HealingFlow,
) -> Result<(), Failure> {
    if let Some(old) = visit.session_token
        && let Some((old, _)) = db::sessions::find_by_token(tx, &session_hash(&old), visit.now).await?
    {
        db::sessions::end(tx, old.id, visit.now).await?;
        audit::note(visit, tx, Happened::to(old.user, Event::SessionEnded).about(old.id.0)).await?;
    }
    let return_to = visit.flow.as_ref().and_then(|flow| flow.return_to.clone());
    let token = random::bytes();
    let lifetime = i64::from(visit.app.settings.session.absolute_hours) * HOUR;
    let session = NewSession {
        id,
        token_hash: session_hash(&token).to_vec(),
        user: user.id,
        browser: visit.browser,
        flow: FlowId(random::uuid()),
        healing: written(&HealingFlow { return_to, ..flow.clone() })?,
        password_at: proofs.password,
        passkey_at: proofs.passkey,
        code_at: proofs.code,
        now: visit.now,
        expires_at: visit.now.plus(lifetime),
    };
    let stored = session.as_stored();
    db::sessions::create(&tx.later(), session).await?;
    visit.drop_flow();
    visit.begin_session(token, stored, user.clone());
    Ok(())
}

/// Stores what a session is busy with.
///
/// # Errors
/// When the database refuses.
pub async fn keep<C: ConnectionTrait>(tx: &C, session: &Session, flow: &HealingFlow) -> Result<(), Failure> {
    db::sessions::save_healing(tx, session.id, session.flow, &written(flow)?).await?;
    Ok(())
}

fn written(flow: &HealingFlow) -> Result<String, Failure> {
    serde_json::to_string(flow).map_err(|error| Failure::Internal(format!("a flow could not be written: {error}")))
}

/// What a session is busy with. A row of an older version that cannot be read is done.
#[must_use]
pub fn flow_of(session: &Session) -> HealingFlow {
    let done = Healing::done();
    serde_json::from_str(&session.healing).unwrap_or_else(|_| HealingFlow::new(done, None))
}

/// What a session has proved.
#[must_use]
pub fn proofs(session: &Session) -> Proofs {
    Proofs { password: session.password_at, passkey: session.passkey_at, code: session.code_at }
}

/// Whether a session may add a passkey now.
#[must_use]
pub fn assurance(visit: &Visit, standing: Standing, proofs: Proofs) -> Assurance {
    let healing = &visit.app.settings.healing;
    let fresh = i64::from(healing.fresh_password_minutes) * MINUTE;
    assurance::assure(healing.assurance, standing, proofs, fresh, visit.now)
}
