//! Everything that is kept about the account, for the person to take along. No secrets, no hashes, no keys: what would help
//! somebody else to be them is not in it. Of what grows with use, or by what strangers do, the latest [`MOST`] of each list are in it,
//! and it says so: the file is made in memory.

use super::readable;
use crate::server::db;
use crate::server::db::audit::Entry;
use crate::server::services::inside::Inside;
use crate::server::services::reply::Failure;
use crate::server::services::sessions::flow_of;
use crate::server::visit::Visit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::audit::Event;
use domain::healing::Step;
use domain::ids::{BrowserId, PasskeyId};
use domain::time::Millis;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// So many of each list are in the file, the latest.
const MOST: usize = 1_000;
/// One more is asked for, to know whether older ones are left out.
const ASKED: u64 = MOST as u64 + 1;

/// The lists from which older ones are left out, each with how many are in the file.
#[derive(Default)]
struct Cut(Map<String, Value>);

impl Cut {
    fn newest_first<T>(&mut self, list: &str, mut rows: Vec<T>) -> Vec<T> {
        if rows.len() > MOST {
            rows.truncate(MOST);
            self.note(list, MOST);
        }
        rows
    }

    fn oldest_first<T>(&mut self, list: &str, mut rows: Vec<T>) -> Vec<T> {
        if rows.len() > MOST {
            rows.drain(..rows.len() - MOST);
            self.note(list, MOST);
        }
        rows
    }

    /// So many of those that strangers can make happen, and as many of the others: neither push the others out of the file.
    fn activity(&mut self, mut newest_first: Vec<Entry>) -> Vec<Entry> {
        let all = newest_first.len();
        let mut room = [MOST; 2];
        newest_first.retain(|entry| {
            let is_open = Event::from_slug(&entry.event).is_some_and(Event::is_open_to_strangers);
            let room = &mut room[usize::from(is_open)];
            let fits = *room > 0;
            *room = room.saturating_sub(1);
            fits
        });
        if newest_first.len() < all {
            self.note("activity", newest_first.len());
        }
        newest_first
    }

    fn note(&mut self, list: &str, kept: usize) {
        self.0.insert(list.to_owned(), kept.into());
    }
}

/// The file, as JSON; `None` where nobody is signed in.
///
/// # Errors
/// When the database does not answer.
pub async fn export(visit: &Visit) -> Result<Option<String>, Failure> {
    // One that the operator let in sees the page of its new password, and nothing else.
    let inside = Inside::load(visit).await?.filter(|inside| !inside.must_choose_password());
    let Some(inside) = inside else { return Ok(None) };
    let (c, user) = (visit.app.db.read(), inside.user.id);
    let passkeys = db::passkeys::all_of_user(c, user).await?;
    let ids: Vec<PasskeyId> = passkeys.iter().map(|passkey| passkey.id).collect();
    let memory = db::browsers::everywhere(c, &ids).await?;
    let mut cut = Cut::default();
    let accounts = cut.oldest_first("browsers", db::browsers::all_of_user(c, user).await?);
    let browsers = db::browsers::find_all(c, accounts.iter().map(|(browser, _)| *browser)).await?;
    let mut sessions = cut.newest_first("sessions", db::sessions::all_of_user(c, user, ASKED).await?);
    sessions.reverse();
    let heals = cut.oldest_first("heals", db::heals::of_user(c, user).await?);
    let failures = db::failure_events::of_user(c, user, ASKED).await?;
    let failures = cut.newest_first("prompts_without_a_passkey", failures);
    let decisions = cut.newest_first("decisions", db::decisions::of_user(c, user, ASKED).await?);
    let events = cut.activity(db::audit::latest_of_user(c, user, ASKED).await?);
    let told = cut.newest_first("told", db::notices::of_user(c, user, Millis(0), ASKED).await?);
    let all = json!({
        "account": {
            "id": user.to_string(),
            "identifier": inside.user.identifier,
            "user_handle": URL_SAFE_NO_PAD.encode(inside.user.handle.as_bytes()),
            "identifier_verified": inside.user.verified_at.map(readable),
            "created": readable(inside.user.created_at),
            "has_password": inside.user.password_hash.is_some(),
            "password_changed": readable(inside.user.password_changed_at),
            "ever_had_passkey": inside.user.ever_had_passkey,
        },
        "passkeys": passkeys.iter().map(passkey).collect::<Value>(),
        "sessions": sessions.iter().map(session).collect::<Value>(),
        "browsers": accounts.iter().map(|(id, known)| browser(*id, known, &browsers, &memory)).collect::<Value>(),
        "heals": heals.iter().map(heal).collect::<Value>(),
        "prompts_without_a_passkey": failures.iter().map(failure).collect::<Value>(),
        "decisions": decisions.iter().map(decision).collect::<Value>(),
        "activity": events.iter().map(event).collect::<Value>(),
        "told": told.iter().map(notice).collect::<Value>(),
        "only_the_latest": cut.0,
    });
    let text = serde_json::to_string_pretty(&all).map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(Some(text))
}

fn passkey(row: &db::passkeys::PasskeyRow) -> Value {
    json!({
        "id": row.id.to_string(),
        "name": row.name,
        "credential_id": URL_SAFE_NO_PAD.encode(&row.credential_id),
        "aaguid": format!("{:032x}", row.aaguid.0),
        "provider": row.aaguid.provider().map(|provider| provider.name),
        "transports": parsed(&row.transports),
        "attachment": row.attachment,
        "can_be_backed_up": row.backup_eligible,
        "is_backed_up": row.backed_up,
        "created": readable(row.created_at),
        "created_on": row.created_on.slug(),
        "created_in_browser": row.created_browser.map(|browser| browser.to_string()),
        "last_used": row.last_used_at.map(readable),
        "last_used_on": row.last_used_on.map(domain::platform::Platform::slug),
        "removed": row.removed_at.map(readable),
    })
}

fn session((row, ended): &(db::sessions::Session, Option<Millis>)) -> Value {
    json!({
        "id": row.id.to_string(),
        "browser": row.browser.to_string(),
        "started": readable(row.created_at),
        "last_used": readable(row.seen_at),
        "expires": readable(row.expires_at),
        "ended": ended.map(readable),
        "password_proved": row.password_at.map(readable),
        "passkey_proved": row.passkey_at.map(readable),
        "step": step(row),
    })
}

/// What the session shows, by its name alone. What belongs to it (new recovery codes on show, where the person came from) is for that
/// session, and not for whoever is in another one.
fn step(row: &db::sessions::Session) -> &'static str {
    match flow_of(row).healing.step() {
        Step::CreatePasskey { .. } => "create-passkey",
        Step::Confirm { .. } => "confirm",
        Step::NeedsProof { .. } => "needs-proof",
        Step::PasskeyCreated { .. } => "passkey-created",
        Step::AlreadyHere => "already-here",
        Step::Done => "done",
    }
}

fn browser(
    id: BrowserId,
    known: &db::browsers::BrowserAccount,
    rows: &HashMap<BrowserId, db::browsers::BrowserRow>,
    memory: &[(BrowserId, PasskeyId, domain::intelligence::Here)],
) -> Value {
    let row = rows.get(&id);
    let passkeys = memory.iter().filter(|(browser, ..)| *browser == id).map(|(_, passkey, here)| {
        json!({
            "passkey": passkey.to_string(),
            "made": here.created.map(readable),
            "worked": here.worked.map(readable),
            "answered_from_another_device": here.across.map(readable),
            "gave_no_answer": here.failed.map(readable),
            "gave_no_answer_times": here.failures,
            "found_absent": here.absent.map(readable),
        })
    });
    json!({
        "id": id.to_string(),
        "browser": row.map(|row| row.browser.slug()),
        "platform": row.map(|row| row.platform.slug()),
        "last_seen": row.map(|row| readable(row.seen_at)),
        "first_seen_with_the_account": readable(known.first_seen),
        "is_marked_as_known": known.mark_hash.is_some(),
        "passkey_last_verified": known.verified.map(readable),
        "offers_put_off": known.offers.declined,
        "no_offer_before": known.offers.paused_until.map(readable),
        "passkey_found_present": known.offers.present.map(readable),
        "passkeys": passkeys.collect::<Value>(),
    })
}

fn heal(row: &db::heals::Heal) -> Value {
    json!({
        "browser": row.browser.to_string(),
        "passkey": row.passkey.to_string(),
        "why": row.why,
        "first_trouble": row.failed_at.map(readable),
        "made": readable(row.created_at),
        "confirmed": row.confirmed_at.map(readable),
    })
}

fn failure(row: &db::failure_events::FailureEvent) -> Value {
    json!({
        "at": readable(row.at),
        "browser": row.browser.map(|browser| browser.to_string()),
        "purpose": row.purpose,
        "outcome": row.outcome,
        "observation": parsed(&row.observation),
        "evidence": parsed(&row.evidence),
        "decision": parsed(&row.decision),
        "diagnosis": parsed(&row.diagnosis),
        "rules_version": row.rules_version,
    })
}

fn decision(row: &db::decisions::StoredDecision) -> Value {
    json!({
        "at": readable(row.at),
        "browser": row.browser.to_string(),
        "after": row.kind,
        "given": parsed(&row.given),
        "evidence": parsed(&row.evidence),
        "decision": parsed(&row.decision),
        "rules_version": row.rules_version,
    })
}

fn event(row: &Entry) -> Value {
    json!({
        "at": readable(row.at),
        "event": row.event,
        "browser": row.browser.map(|browser| browser.to_string()),
        "session": row.session.map(|session| session.to_string()),
        "about": row.subject.map(|subject| subject.to_string()),
    })
}

fn notice(row: &db::notices::Notice) -> Value {
    json!({
        "at": readable(row.created_at),
        "news": parsed(&row.news),
        "browser": row.browser.map(|browser| browser.to_string()),
        "session": row.session.map(|session| session.to_string()),
    })
}

/// JSON that is stored as text.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
