//! What the providers of passkeys are told through the browser (WebAuthn Level 3, section 5.1.10). Advice to them and
//! nothing else: whether they follow it is never learnt, and nothing here depends on it.

use super::ghosts;
use super::inside::Inside;
use super::reply::{Answer, Failure};
use crate::page::{Signal, SignalMethod};
use crate::server::db::{self, users::User};
use crate::server::visit::Visit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::intelligence::constants::CEREMONY_LIFETIME;
use domain::time::{MINUTE, Millis};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// To the page that says so: a passkey answered that this server, for certain, does not accept. Only where it is certain, and
/// with nothing but the id that has just come from there.
///
/// # Errors
/// That of the answer.
pub fn with_unknown(visit: &Visit, credential_id: &[u8], answer: Answer) -> Answer {
    if is_withheld(visit) {
        return answer;
    }
    answer.map(|mut reply| {
        let options = json!({ "rpId": rp_id(visit), "credentialId": URL_SAFE_NO_PAD.encode(credential_id) });
        reply.page.signals.push(signal(SignalMethod::Unknown, &options));
        reply
    })
}

/// To the answer about a passkey that was just made: where it was refused its provider keeps one that opens nothing. What was
/// stored, now or by another copy of the same report, is in the database by now.
///
/// # Errors
/// That of the answer, or when the database does not answer.
pub async fn with_unstored(visit: &Visit, credential_id: Option<Vec<u8>>, answer: Answer) -> Answer {
    let (Some(id), Ok(_)) = (credential_id, &answer) else { return answer };
    // One that is listed for a ghost passes for stored, as one that is listed for somebody is.
    if ghosts::is_imaginary(&visit.app.sealer, &id) {
        return answer;
    }
    match db::passkeys::find_by_credential_id(visit.app.db.read(), &id).await? {
        Some(_) => answer,
        None => with_unknown(visit, &id, answer),
    }
}

/// With a dashboard: the complete list of what is accepted, and the name of the account. Read anew after every commit, or just before
/// that of a sign-in, which has the account locked. A passkey that is left out is hidden or deleted for good, so a suspect is never
/// left out, and there is no list
/// - while a `create()` may be open elsewhere, as what it is about to make is not on the list yet;
/// - after a restore, until the operator has looked: passkeys that were made since the backup are not on the list;
/// - where it would be empty without anything having been removed.
///
/// # Errors
/// When the database does not answer.
pub async fn of_account<C: ConnectionTrait>(visit: &Visit, c: &C, inside: &Inside) -> Result<Vec<Signal>, Failure> {
    if inside.evidence.environment.can.signals == Some(false) || is_withheld(visit) {
        return Ok(Vec::new());
    }
    let user = &inside.user;
    // Nothing was ever stored, so there is nothing to list.
    if !user.ever_had_passkey {
        return Ok(Vec::new());
    }
    let accepted = match visit.known() {
        Some((_, accepted)) => accepted.clone(),
        None => db::passkeys::accepted(c, user.id, inside.session.id, since(visit.now)).await?,
    };
    if accepted.one_may_come {
        return Ok(Vec::new());
    }
    if accepted.credential_ids.is_empty() && !accepted.some_removed {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = accepted.credential_ids.iter().map(|id| URL_SAFE_NO_PAD.encode(id)).collect();
    let handle = URL_SAFE_NO_PAD.encode(user.handle.as_bytes());
    let all = json!({ "rpId": rp_id(visit), "userId": handle, "allAcceptedCredentialIds": ids });
    let mut signals = vec![signal(SignalMethod::AllAccepted, &all)];
    if !ids.is_empty() {
        // The same names that a new passkey gets.
        let name = inside.who.typed();
        let details = json!({ "rpId": rp_id(visit), "userId": handle, "name": name, "displayName": name });
        signals.push(signal(SignalMethod::UserDetails, &details));
    }
    Ok(signals)
}

/// A session that was not seen since then makes no passkey any more. It is noted as seen once a minute.
#[must_use]
pub fn since(now: Millis) -> Millis {
    now.plus(-CEREMONY_LIFETIME - MINUTE)
}

fn is_withheld(visit: &Visit) -> bool {
    visit.app.signals_withheld.load(Ordering::Relaxed)
}

/// With the page after an account was deleted: nothing of it is accepted any more.
#[must_use]
pub fn of_nothing(visit: &Visit, user: &User) -> Vec<Signal> {
    if is_withheld(visit) {
        return Vec::new();
    }
    let handle = URL_SAFE_NO_PAD.encode(user.handle.as_bytes());
    let none: [&str; 0] = [];
    let all = json!({ "rpId": rp_id(visit), "userId": handle, "allAcceptedCredentialIds": none });
    vec![signal(SignalMethod::AllAccepted, &all)]
}

fn signal(method: SignalMethod, options: &Value) -> Signal {
    Signal { method, options: options.to_string() }
}

fn rp_id(visit: &Visit) -> &str {
    &visit.app.settings.relying_party.id
}
