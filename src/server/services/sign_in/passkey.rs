//! The report of a ceremony: the passkey works, or it does not.

use super::{Proof, enter, event_of, is, say, spend, under_way, user_id};
use crate::server::db;
use crate::server::db::passkeys::{PasskeyRow, Use};
use crate::server::metrics::{Method, Stage};
use crate::server::random;
use crate::server::services::audit::{self, Happened};
use crate::server::services::ceremonies::{self, Assertion, Refused, Sealed, Told, Verified};
use crate::server::services::events;
use crate::server::services::evidence::{
    Gathered, Known, commit_and_keep_this, end_and_gather_of_locked, gather, gather_locked,
};
use crate::server::services::perform::perform;
use crate::server::services::reply::{Answer, Failure};
use crate::server::services::{ghosts, pages, signals};
use crate::server::visit::{Flow, Say, Visit};
use domain::assurance::Proofs;
use domain::audit::Event as Noted;
use domain::ceremony::{Observation, Purpose};
use domain::identifier::Identifier;
use domain::ids::SessionId;
use domain::intelligence::{Assessment, Ended, assess};
use domain::sign_in::{Event, Step};
use http::StatusCode;

/// Takes the report of a `get()`.
///
/// # Errors
/// When the database does not answer.
pub async fn report(visit: &mut Visit, flow_id: &str, state: &str, outcome: &str) -> Answer {
    let Some((flow, who)) = under_way(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    let sealed = match ceremonies::open(visit, Purpose::SignIn, flow.id, state) {
        Ok(sealed) => sealed,
        Err(_) => return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await,
    };
    match ceremonies::read_outcome(outcome) {
        Err(_) => say(visit, flow, Say::Unreadable, StatusCode::BAD_REQUEST).await,
        Ok(Told::Failed(seen)) => failed(visit, flow, who, &sealed, seen).await,
        Ok(Told::Credential(json)) => match Assertion::read(json) {
            Ok(assertion) => asserted(visit, flow, who, &sealed, assertion).await,
            Err(_) => say(visit, flow, Say::Unreadable, StatusCode::BAD_REQUEST).await,
        },
    }
}

/// Takes the report of a `get()` that was made before anybody had said who they are. One that gave nothing is nobody's
/// business, and the browser does not send it; here it only ends the ceremony.
///
/// # Errors
/// When the database does not answer.
pub async fn report_anyone(visit: &mut Visit, flow_id: &str, state: &str, outcome: &str) -> Answer {
    let Some(flow) = visit.flow.clone().filter(|flow| is(flow.id, flow_id)) else {
        return pages::present(visit, "/sign-in").await;
    };
    let Ok(sealed) = ceremonies::open(visit, Purpose::Anyone, flow.id, state) else {
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    };
    let told = match ceremonies::read_outcome(outcome) {
        Ok(Told::Credential(json)) => Assertion::read(json),
        Ok(Told::Failed(_)) => {
            let tx = visit.app.db.write().await?;
            spend(&tx, &sealed).await?;
            tx.commit().await?;
            return pages::show_flow(visit, flow, StatusCode::OK).await;
        }
        Err(refused) => Err(refused),
    };
    match told {
        Ok(assertion) => anyone_asserted(visit, flow, &sealed, assertion).await,
        Err(_) => say(visit, flow, Say::Unreadable, StatusCode::BAD_REQUEST).await,
    }
}

/// Somebody answered with a passkey: does this server know it, and does it verify?
async fn anyone_asserted(visit: &mut Visit, flow: Flow, sealed: &Sealed, assertion: Assertion) -> Answer {
    let id = assertion.credential_id();
    let row = db::passkeys::find_by_credential_id(visit.app.db.read(), id).await?;
    let Some(row) = row.filter(|row| row.removed_at.is_none()) else {
        // One that only a ghost has is refused as somebody's own is, without its key, and after the same work.
        let code = if ghosts::is_imaginary(&visit.app.sealer, id) {
            if assertion.has_user_handle() {
                verify_in_vain(visit, sealed, &assertion).await?;
            }
            Say::Unreadable
        } else {
            Say::NotAccepted
        };
        return anyone_refused(visit, flow, sealed, id, code).await;
    };
    let user = db::users::find(visit.app.db.read(), row.user).await?;
    let who = user.as_ref().and_then(|user| Identifier::parse(&user.identifier).ok());
    let (Some(user), Some(who), true) = (user, who, assertion.has_user_handle()) else {
        return anyone_refused(visit, flow, sealed, id, Say::Unreadable).await;
    };
    let verify = assertion.verify(sealed, &row, user.handle);
    match verify(&visit.app.webauthn) {
        Ok(verified) => proved(visit, flow, who, sealed, &row, verified, assertion.cross_device).await,
        Err(Refused::Expired) => say(visit, flow, Say::Expired, StatusCode::CONFLICT).await,
        Err(Refused::Unreadable) => anyone_refused(visit, flow, sealed, id, Say::Unreadable).await,
    }
}

/// The answer was no good. Nobody has said who they are, so it is a failure of nobody's flow.
async fn anyone_refused(visit: &mut Visit, flow: Flow, sealed: &Sealed, id: &[u8], code: Say) -> Answer {
    let tx = visit.app.db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    }
    audit::refused(visit, &tx, Noted::PasskeyRefused, None, None).await?;
    tx.commit().await?;
    no_good(visit, flow, id, code).await
}

/// Says so, and tells the browser of a passkey that this server does not know.
async fn no_good(visit: &mut Visit, flow: Flow, id: &[u8], code: Say) -> Answer {
    let answer = say(visit, flow, code, StatusCode::UNAUTHORIZED).await;
    with_signal(visit, id, code, answer)
}

fn with_signal(visit: &Visit, id: &[u8], code: Say, answer: Answer) -> Answer {
    if code == Say::NotAccepted { signals::with_unknown(visit, id, answer) } else { answer }
}

async fn failed(visit: &mut Visit, mut flow: Flow, who: Identifier, sealed: &Sealed, seen: Observation) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return pages::show_flow(visit, flow, StatusCode::OK).await;
    }
    let Known { account, evidence, .. } = gather_locked(visit, &tx, &who).await?;
    let after = flow.sign_in.clone().advance(Event::CeremonyFailed(assess(&seen)), &evidence, visit.now);
    events::record(visit, &tx, &event_of(visit, &flow, &who, &account, &evidence, Ended::Failed(seen))).await?;
    flow.failed_at = flow.failed_at.or(Some(visit.now));
    perform(visit, &tx, &who, user_id(&account), &evidence, &after.writes).await?;
    tx.commit().await?;
    flow.sign_in = after.flow;
    flow.say = None;
    pages::show_flow(visit, flow, StatusCode::OK).await
}

/// Somebody answered with a passkey: whose is it, and does it verify?
async fn asserted(visit: &mut Visit, flow: Flow, who: Identifier, sealed: &Sealed, assertion: Assertion) -> Answer {
    let c = visit.app.db.clone();
    let id = assertion.credential_id();
    // What else is known is read where nobody can change it any more.
    if let Some((row, handle)) = db::passkeys::find_of(c.read(), who.key(), id).await? {
        let verify = assertion.verify(sealed, &row, handle);
        return match verify(&visit.app.webauthn) {
            Ok(verified) => proved(visit, flow, who, sealed, &row, verified, assertion.cross_device).await,
            Err(Refused::Expired) => say(visit, flow, Say::Expired, StatusCode::CONFLICT).await,
            Err(Refused::Unreadable) => {
                // What is looked for where nobody has the account, before it is refused just so: the time must not tell.
                gather(visit, c.read(), &who).await?;
                db::passkeys::any(c.read()).await?;
                refused(visit, flow, who, sealed, id, Say::Unreadable).await
            }
        };
    }
    let Known { account, .. } = gather(visit, c.read(), &who).await?;
    // One that only a ghost has: refused as somebody's own is, without its key, and after the same work.
    if account.user().is_none() && account.descriptors().iter().any(|listed| listed.credential_id == id) {
        verify_in_vain(visit, sealed, &assertion).await?;
        return refused(visit, flow, who, sealed, id, Say::Unreadable).await;
    }
    let code = match db::passkeys::find_by_credential_id(c.read(), id).await? {
        Some(row) if account.user().is_some_and(|user| user.id == row.user) => Say::NotAccepted,
        Some(_) => Say::OtherAccount,
        None if ghosts::is_imaginary(&visit.app.sealer, id) => Say::OtherAccount,
        None => Say::NotAccepted,
    };
    refused(visit, flow, who, sealed, id, code).await
}

/// The work of verifying, for an account that nobody has: with somebody's passkey, and whatever comes of it.
async fn verify_in_vain(visit: &Visit, sealed: &Sealed, assertion: &Assertion) -> Result<(), Failure> {
    if let Some(row) = db::passkeys::any(visit.app.db.read()).await?
        && let Ok(assertion) = assertion.as_if_of(&row.credential_id)
    {
        let _ = assertion.verify(sealed, &row, random::uuid())(&visit.app.webauthn);
    }
    Ok(())
}

/// The answer was no good. It is a failure of this flow, and no strike: the person did what they were asked.
async fn refused(visit: &mut Visit, mut flow: Flow, who: Identifier, sealed: &Sealed, id: &[u8], code: Say) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    if !spend(&tx, sealed).await? {
        drop(tx);
        return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
    }
    let known = gather_locked(visit, &tx, &who).await?;
    let Known { account, evidence, .. } = &known;
    let unknown = code == Say::NotAccepted;
    let assessment = Assessment::of_refused_answer(unknown);
    let after = flow.sign_in.clone().advance(Event::CeremonyFailed(assessment), evidence, visit.now);
    audit::refused(visit, &tx, Noted::PasskeyRefused, Some(&who), user_id(account)).await?;
    events::record(visit, &tx, &event_of(visit, &flow, &who, account, evidence, Ended::Refused { unknown })).await?;
    perform(visit, &tx, &who, user_id(account), evidence, &after.writes).await?;
    tx.commit().await?;
    flow.sign_in = after.flow;
    flow.failed_at = flow.failed_at.or(Some(visit.now));
    flow.say = Some(code);
    // As it was no strike, nothing that is known has changed.
    let known = after.writes.is_empty().then_some(known);
    let answer = pages::show_flow_of(visit, flow, StatusCode::UNAUTHORIZED, known).await;
    with_signal(visit, id, code, answer)
}

async fn proved(
    visit: &mut Visit,
    flow: Flow,
    who: Identifier,
    sealed: &Sealed,
    row: &PasskeyRow,
    verified: Verified,
    cross_device: bool,
) -> Answer {
    let (tx, gathered) = end_and_gather_of_locked(visit, sealed, &who, row.user).await?;
    let known = match gathered {
        Gathered::EndedBefore => {
            drop(tx);
            return say(visit, flow, Say::Expired, StatusCode::CONFLICT).await;
        }
        Gathered::Gone => None,
        Gathered::Known(known) => Some(known),
    };
    let counts_on = known.as_ref().and_then(|known| Some(verified.counts_on(row, known.account.passkey(row.id)?)));
    let Some(known) = known.filter(|_| counts_on == Some(true)) else {
        // Removed while the prompt was open, or somebody came first with a higher count: the challenge stays spent, nothing else happens.
        audit::refused(visit, &tx, Noted::PasskeyRefused, Some(&who), Some(row.user)).await?;
        tx.commit().await?;
        let code = if counts_on.is_none() { Say::NotAccepted } else { Say::Unreadable };
        return no_good(visit, flow, &row.credential_id, code).await;
    };
    let passkey = row.id;
    let event = match sealed.purpose() {
        Purpose::Anyone => Event::AnyoneProved { who: who.clone(), passkey, cross_device },
        _ => Event::PasskeyProved { passkey, cross_device },
    };
    let after = flow.sign_in.clone().advance(event, &known.evidence, visit.now);
    let Step::Proved(by) = after.flow.step() else {
        drop(tx);
        return pages::show_flow(visit, flow, StatusCode::OK).await;
    };
    let proofs = Proofs { passkey: Some(visit.now), ..Proofs::default() };
    let session = SessionId(random::uuid_of(visit.now));
    let healed = known.unconfirmed.contains(&passkey);
    if healed {
        db::heals::confirm(&tx.later(), passkey, session, visit.now).await?;
    }
    let on = visit.environment().platform;
    let Verified { ref changed, backed_up, .. } = verified;
    let used = Use { changed: changed.as_deref(), backed_up, now: visit.now, on };
    db::passkeys::used(&tx.later(), passkey, &used).await?;
    let proof = Proof { session, by, proofs, writes: &after.writes, heal_confirmed: healed };
    enter(visit, &tx, &who, &known, &flow, proof).await?;
    let by = Happened::to(row.user, Noted::SignedInWithPasskey).within(session).about(passkey.0);
    audit::note(visit, &tx, by).await?;
    if healed {
        let confirmed = Happened::to(row.user, Noted::HealConfirmed).within(session).about(passkey.0);
        audit::note(visit, &tx, confirmed).await?;
    }
    let known = known.after_passkey(passkey, &used, &after.writes);
    commit_and_keep_this(visit, tx, row.user, known).await?;
    visit.app.metrics.signed_in(Method::Passkey);
    if healed {
        visit.app.metrics.heal(Stage::Confirmed);
    }
    pages::present(visit, "/dashboard").await
}
