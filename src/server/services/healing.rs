//! After a proof: offer a passkey, make it, learn from how that went.

use super::announce::{By, News, announce};
use super::audit;
use super::ceremonies::{self, Assertion, Made, Sealed, Told};
use super::events::{self, Failed};
use super::inside::{Inside, Proven, is_let_in};
use super::perform::perform;
use super::reply::Answer;
use super::sessions::{self, Say};
use super::sign_in::{is, spend};
use super::{busy, confirm, ghosts, pages, proof, signals};
use crate::server::db::heals::NewHeal;
use crate::server::db::passkeys::{Added, NewPasskey, Use};
use crate::server::db::sessions::{Held, Session};
use crate::server::db::users::User;
use crate::server::db::{self, WriteTx};
use crate::server::metrics::Stage;
use crate::server::place::Place;
use crate::server::present::paths;
use crate::server::random;
use crate::server::visit::{Flow, Say as FlowSay, Visit};
use domain::assurance::Assurance;
use domain::audit::Event as Noted;
use domain::ceremony::{Observation, Purpose};
use domain::healing::{Event, Step};
use domain::ids::PasskeyId;
use domain::intelligence::{Ended, Evidence, Outcome, Why, assess};
use http::StatusCode;
use serde_json::Value;

/// An account has at most so many passkeys; the lists of a ceremony go out with all of them.
const MOST_PASSKEYS: usize = 50;

/// The session that a form belongs to; none if it is of another flow, or nobody is signed in, or a proof has just given the
/// session another token, or its password is to be chosen first: then the present page is shown, and nothing is done.
///
/// # Errors
/// When the database does not answer.
pub async fn session_of(visit: &Visit, flow_id: &str) -> Result<Option<Session>, super::reply::Failure> {
    let found = form_of(visit, flow_id).await?.filter(|(session, user)| !is_let_in(user, session));
    Ok(found.map(|(session, _)| session))
}

/// As [`session_of`], for the form of a new password, the only one that a session takes which the operator let in.
///
/// # Errors
/// When the database does not answer.
pub async fn session_for_new_password(visit: &Visit, flow_id: &str) -> Result<Option<Session>, super::reply::Failure> {
    Ok(form_of(visit, flow_id).await?.map(|(session, _)| session))
}

/// What stands in place of the answer to a form of the account where [`session_of`] found no session. To whoever filled in a form of
/// another session, perhaps of somebody else, it may seem to be their own, and so they would do it once more, or believe it done.
///
/// # Errors
/// When the database does not answer.
pub async fn nothing_done(visit: &mut Visit, path: &str, flow_id: &str) -> Answer {
    match visit.session().await? {
        Some(session) if !is(session.flow, flow_id) => shown_anew(visit, Place::Account, Say::AnotherSession).await,
        _ => present_step(visit, path).await,
    }
}

/// The present page, in place of the answer to a form of a step where [`session_of`] found no session. Where nobody is signed in any
/// more it is said that nothing was done.
///
/// # Errors
/// When the database does not answer.
pub async fn present_step(visit: &mut Visit, path: &str) -> Answer {
    if visit.session().await?.is_some() {
        return pages::present(visit, path).await;
    }
    if visit.session_token.is_some() {
        visit.drop_session();
    }
    let flow = Flow { say: Some(FlowSay::SessionOver), ..visit.flow_or_new() };
    pages::show_flow(visit, flow, StatusCode::OK).await
}

/// The session of a form, and whose it is.
async fn form_of(visit: &Visit, flow_id: &str) -> Result<Option<(Session, User)>, super::reply::Failure> {
    let found = visit.session_and_user().await?;
    Ok(found.filter(|(session, _)| session.held != Held::Before && is(session.flow, flow_id)))
}

/// An event of the flow that needs nothing else: *Not now*, *Continue*.
///
/// # Errors
/// When the database does not answer.
pub async fn simply(visit: &mut Visit, flow_id: &str, event: Event) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    advance(visit, &tx, &mut inside, event).await?;
    tx.commit().await?;
    pages::show_inside(visit, inside, "", StatusCode::OK).await
}

/// *Add a passkey* on the dashboard.
///
/// # Errors
/// When the database does not answer.
pub async fn ask(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if inside.evidence.environment.can.webauthn == Some(false) {
        drop(tx);
        return refuse(visit, inside, Say::CannotCreate, StatusCode::OK).await;
    }
    let assurance = inside.assurance(visit);
    advance(visit, &tx, &mut inside, Event::Asked(assurance)).await?;
    tx.commit().await?;
    pages::show_inside(visit, inside, "", StatusCode::OK).await
}

/// Takes the report of a `create()`.
///
/// # Errors
/// When the database does not answer.
pub async fn report(visit: &mut Visit, flow_id: &str, state: &str, outcome: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let Ok(sealed) = ceremonies::open(visit, Purpose::Create, session.flow, state) else {
        return say(visit, Say::Expired, StatusCode::CONFLICT).await;
    };
    match ceremonies::read_outcome(outcome) {
        Err(_) => say(visit, Say::Unreadable, StatusCode::BAD_REQUEST).await,
        Ok(Told::Failed(seen)) => not_created(visit, &session, &sealed, seen).await,
        Ok(Told::Credential(json)) => {
            let id = ceremonies::id_of(&json);
            let answer = created(visit, &session, &sealed, json).await;
            signals::with_unstored(visit, id, answer).await
        }
    }
}

async fn not_created(visit: &mut Visit, session: &Session, sealed: &Sealed, seen: Observation) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let fresh = spend(&tx, sealed).await?;
    let Some(mut inside) = Inside::lock(visit, &tx, session).await? else { return gone(visit, tx).await };
    if fresh {
        let failed = Failed {
            who: &inside.who,
            user: Some(inside.user.id),
            plan: None,
            trail: inside.flow.healing.trail,
            evidence: &inside.evidence,
            purpose: Purpose::Create,
            ended: Ended::Failed(seen),
        };
        events::record(visit, &tx, &failed).await?;
        let assessment = assess(&seen);
        if matches!(assessment.outcome, Outcome::Technical | Outcome::NoPrompt) {
            inside.flow.say = Some(Say::Technical);
        }
        advance(visit, &tx, &mut inside, Event::Failed(assessment)).await?;
    }
    tx.commit().await?;
    pages::show_inside(visit, inside, "", StatusCode::OK).await
}

async fn created(visit: &mut Visit, session: &Session, sealed: &Sealed, json: Value) -> Answer {
    let made = ceremonies::verify_created(&visit.app.webauthn, sealed, json);
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let fresh = spend(&tx, sealed).await?;
    let Some(mut inside) = Inside::lock(visit, &tx, session).await? else { return gone(visit, tx).await };
    let Step::CreatePasskey { why, .. } = inside.flow.healing.step() else {
        tx.commit().await?;
        return pages::show_inside(visit, inside, "", StatusCode::OK).await;
    };
    let refusal = match &made {
        _ if !fresh => Some((Say::Expired, StatusCode::CONFLICT)),
        Err(_) => Some((Say::Unreadable, StatusCode::UNPROCESSABLE_ENTITY)),
        // Asked when the options were minted, and again now: the password may have been changed in between.
        Ok(_) if inside.assurance(visit) != Assurance::Enough => Some((Say::Expired, StatusCode::FORBIDDEN)),
        Ok(_) if inside.evidence.passkeys.len() >= MOST_PASSKEYS => Some((Say::TooMany, StatusCode::CONFLICT)),
        Ok(_) => None,
    };
    if let (None, Ok(made)) = (refusal, made) {
        let passkey = PasskeyId(random::uuid());
        let aaguid = made.aaguid;
        // An id that is listed for a ghost is taken, as one that is listed for somebody is.
        let is_imaginary = ghosts::is_imaginary(&visit.app.sealer, &made.credential_id);
        let new = new_passkey(visit, &inside, passkey, made);
        let news = News::PasskeyAdded { passkey, name: new.name.clone() };
        if !is_imaginary && db::passkeys::add(&tx, new).await? == Added::Added {
            announce(&tx, &inside.user, &news, By::Visit(visit, Some(session.id))).await?;
            let evidence = Evidence { trail: inside.flow.healing.trail, ..inside.evidence.clone() };
            events::record_creation(visit, &tx, inside.user.id, &evidence, aaguid).await?;
            advance(visit, &tx, &mut inside, Event::Created { passkey, aaguid }).await?;
            // Creation verified the person, under the assurance that was asked for.
            inside.prove(visit, &tx, Proven::Passkey).await?;
            inside.user.ever_had_passkey = true;
            audit::note(visit, &tx, inside.happened(Noted::PasskeyAdded).about(passkey.0)).await?;
            if matches!(why, Why::AfterError | Why::SecondBrowser | Why::AfterCrossDevice) {
                db::heals::start(&tx, heal(visit, &inside, passkey, why)).await?;
                audit::note(visit, &tx, inside.happened(Noted::HealBegun).about(passkey.0)).await?;
            }
            inside.commit(visit, tx).await?;
            if why != Why::First && why != Why::Asked {
                visit.app.metrics.heal(Stage::Created);
            }
            return pages::show_inside(visit, inside, "", StatusCode::OK).await;
        }
        tx.commit().await?;
        return refuse(visit, inside, Say::Taken, StatusCode::CONFLICT).await;
    }
    tx.commit().await?;
    let (code, status) = refusal.unwrap_or((Say::Unreadable, StatusCode::UNPROCESSABLE_ENTITY));
    refuse(visit, inside, code, status).await
}

fn new_passkey(visit: &Visit, inside: &Inside, id: PasskeyId, made: Made) -> NewPasskey {
    let environment = visit.environment();
    let name = made
        .aaguid
        .provider()
        .map_or_else(|| visit.app.presenter.passkey_name(&environment), |provider| provider.name.to_owned());
    NewPasskey {
        id,
        user: inside.user.id,
        credential_id: made.credential_id,
        passkey: made.passkey,
        name,
        aaguid: made.aaguid,
        transports: serde_json::json!(made.transports).to_string(),
        attachment: made.attachment,
        backup_eligible: made.backup_eligible,
        backed_up: made.backed_up,
        created_on: environment.platform,
        created_browser: Some(visit.browser),
        now: visit.now,
    }
}

fn heal(visit: &Visit, inside: &Inside, passkey: PasskeyId, why: Why) -> NewHeal {
    let why = match why {
        Why::AfterError => "after-error",
        Why::SecondBrowser => "second-browser",
        Why::AfterCrossDevice => "after-cross-device",
        Why::First => "first",
        Why::Asked => "asked",
    };
    NewHeal {
        id: random::uuid(),
        user: inside.user.id,
        browser: visit.browser,
        passkey,
        why: why.to_owned(),
        failed_at: inside.flow.failed_at,
        now: visit.now,
    }
}

/// Takes the report of a `get()` inside a session: it makes the session stronger, and it shows that a passkey works here.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(visit: &mut Visit, flow_id: &str, state: &str, outcome: &str) -> Answer {
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let Ok(sealed) = ceremonies::open(visit, Purpose::Verify, session.flow, state) else {
        return say(visit, Say::Expired, StatusCode::CONFLICT).await;
    };
    let assertion = match ceremonies::read_outcome(outcome) {
        Ok(Told::Failed(seen)) => return not_verified(visit, &session, &sealed, seen).await,
        Ok(Told::Credential(json)) => Assertion::read(json),
        Err(refused) => Err(refused),
    };
    let Ok(assertion) = assertion else { return say(visit, Say::Unreadable, StatusCode::BAD_REQUEST).await };
    let db = visit.app.db.clone();
    let row = db::passkeys::find_by_credential_id(db.read(), assertion.credential_id()).await?;
    let row = row.filter(|row| row.user == session.user && row.removed_at.is_none());
    let user = db::users::find(db.read(), session.user).await?;
    let verified = match (&row, &user) {
        (Some(row), Some(user)) => {
            assertion.verify(&sealed, row, user.handle)(&visit.app.webauthn).ok().map(|verified| (row, verified))
        }
        _ => None,
    };
    let tx = db.write().await?;
    let fresh = spend(&tx, &sealed).await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    // Removed while the prompt was open? Or did somebody come first with a higher count?
    let still = verified
        .filter(|(row, verified)| inside.account.passkey(row.id).is_some_and(|now| verified.counts_on(row, now)));
    let Some((row, verified)) = still.filter(|_| fresh) else {
        if fresh {
            audit::note(visit, &tx, inside.happened(Noted::PasskeyRefused)).await?;
        }
        tx.commit().await?;
        let code = if row.is_none() { Say::OtherPasskey } else { Say::Unreadable };
        return refuse(visit, inside, if fresh { code } else { Say::Expired }, StatusCode::UNAUTHORIZED).await;
    };
    let on = visit.environment().platform;
    let used = Use { changed: verified.changed.as_deref(), backed_up: verified.backed_up, now: visit.now, on };
    db::passkeys::used(&tx, row.id, &used).await?;
    inside.prove(visit, &tx, Proven::Passkey).await?;
    audit::note(visit, &tx, inside.happened(Noted::PasskeyConfirmed).about(row.id.0)).await?;
    let healed = db::heals::confirm(&tx, row.id, session.id, visit.now).await?;
    if healed {
        audit::note(visit, &tx, inside.happened(Noted::HealConfirmed).about(row.id.0)).await?;
    }
    let proved = Event::PasskeyProved { passkey: row.id, cross_device: assertion.cross_device };
    let before = inside.flow.healing.step();
    advance(visit, &tx, &mut inside, proved).await?;
    inside.commit(visit, tx).await?;
    if healed {
        visit.app.metrics.heal(Stage::Confirmed);
    }
    if before == Step::AlreadyHere || visit.place != Place::Dashboard {
        inside.flow.say = Some(Say::Confirmed);
    }
    // What was just learnt is part of what is shown, so it is read once more.
    let say = inside.flow.say;
    match Inside::load(visit).await? {
        Some(mut inside) => {
            inside.flow.say = say;
            pages::show_inside(visit, inside, "", StatusCode::OK).await
        }
        None => pages::present(visit, "/sign-in").await,
    }
}

async fn not_verified(visit: &mut Visit, session: &Session, sealed: &Sealed, seen: Observation) -> Answer {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let fresh = spend(&tx, sealed).await?;
    let Some(inside) = Inside::lock(visit, &tx, session).await? else { return gone(visit, tx).await };
    if fresh {
        let failed = Failed {
            who: &inside.who,
            user: Some(inside.user.id),
            plan: None,
            trail: inside.flow.healing.trail,
            evidence: &inside.evidence,
            purpose: Purpose::Verify,
            ended: Ended::Failed(seen),
        };
        events::record(visit, &tx, &failed).await?;
    }
    tx.commit().await?;
    refuse(visit, inside, Say::Ended(assess(&seen).outcome), StatusCode::OK).await
}

/// The password once more, inside a session, because the last proof is too old.
///
/// # Errors
/// When the database does not answer.
pub async fn password(visit: &mut Visit, flow_id: &str, password: &str) -> Answer {
    if let Some(reply) = busy::turned_away_inside(visit, paths::SIGN_IN, password) {
        return Ok(reply);
    }
    let Some(session) = session_of(visit, flow_id).await? else { return present_step(visit, "/dashboard").await };
    let Some(before) = Inside::load(visit).await? else { return pages::present(visit, "/sign-in").await };
    let checked = match proof::check(visit, &before, password).await? {
        Ok(checked) => checked,
        Err((code, status)) => return refuse(visit, before, code, status).await,
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Some(mut inside) = Inside::lock(visit, &tx, &session).await? else { return gone(visit, tx).await };
    if let Some((code, status)) = checked.blocked(visit, &tx).await? {
        drop(tx);
        return refuse(visit, before, code, status).await;
    }
    if !checked.hold(visit, &tx, &mut inside).await? {
        drop(tx);
        return refuse(visit, inside, Say::PasswordWrong, StatusCode::UNAUTHORIZED).await;
    }
    let event = match inside.assurance(visit) {
        Assurance::Enough => Event::ProofGiven,
        missing => Event::AssuranceMissing(missing),
    };
    advance(visit, &tx, &mut inside, event).await?;
    inside.commit(visit, tx).await?;
    pages::show_inside(visit, inside, "", StatusCode::OK).await
}

/// Advances the flow, performs its writes and stores it, in the transaction of the step.
///
/// # Errors
/// When the database refuses.
pub(super) async fn advance(
    visit: &Visit,
    tx: &WriteTx,
    inside: &mut Inside,
    event: Event,
) -> Result<(), super::reply::Failure> {
    let before = inside.flow.healing.step();
    let after = inside.flow.healing.advance(event, &inside.evidence, visit.now);
    perform(visit, tx, &inside.who, Some(inside.user.id), &inside.evidence, &after.writes).await?;
    inside.flow.healing = after.flow;
    sessions::keep(tx, &inside.session, &inside.flow).await?;
    let step = inside.flow.healing.step();
    if step != before {
        let (session, known) = (inside.session.id, inside.evidence.known_browser);
        confirm::mail_where_asked(visit, tx, step, session, &inside.user, known, inside.ways).await?;
    }
    Ok(())
}

async fn say(visit: &mut Visit, code: Say, status: StatusCode) -> Answer {
    match Inside::load(visit).await? {
        Some(inside) => refuse(visit, inside, code, status).await,
        None => pages::present(visit, "/sign-in").await,
    }
}

/// The present step, with what there is to say about it.
pub async fn refuse(visit: &mut Visit, mut inside: Inside, code: Say, status: StatusCode) -> Answer {
    inside.flow.say = Some(code);
    pages::show_inside(visit, inside, "", status).await
}

/// What belongs to a session that shows no passkey, on an account that has or had one, is left as it is.
pub async fn limited(visit: &mut Visit, inside: Inside) -> Answer {
    refuse(visit, inside, Say::Limited, StatusCode::FORBIDDEN).await
}

/// A page with something to say, read anew after the commit.
pub async fn shown_anew(visit: &mut Visit, place: Place, code: Say) -> Answer {
    visit.place = place;
    let status = if code == Say::Gone { StatusCode::NOT_FOUND } else { StatusCode::OK };
    match Inside::load(visit).await? {
        Some(inside) => refuse(visit, inside, code, status).await,
        None => pages::present(visit, place.path()).await,
    }
}

/// The session ended while the request was on its way, or another request gave it another token.
pub async fn gone(visit: &mut Visit, tx: WriteTx) -> Answer {
    // What is read from here stands behind what the others wrote who were in this commit.
    tx.commit().await?;
    if visit.session().await?.is_some() {
        return pages::present(visit, visit.place.path()).await;
    }
    present_step(visit, "/sign-in").await
}
