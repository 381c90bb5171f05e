//! Shows the present step: what a reload, a link, the back button and every answer end in.

use super::ceremonies::{self, How};
use super::codes::{self, For};
use super::evidence::{Known, gather};
use super::inside::Inside;
use super::reply::{Answer, Reply};
use super::sessions;
use super::{beside, forgotten, not_me, remembered, sign_up};
use crate::page::Page;
use crate::server::place::Place;
use crate::server::present::{IdentifyView, OneTap, PasskeyNotice, Walk, paths};
use crate::server::return_to;
use crate::server::visit::{Flow, Say, Visit};
use domain::ceremony::Purpose;
use domain::healing::Step as Healing;
use domain::intelligence::{Environment, Evidence, Here, Trail, diagnose, doors};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use domain::sign_in::{Event, Prompt, Step};
use http::StatusCode;

mod inside;
mod said;

pub use inside::show_inside;
pub(super) use inside::store;
use said::{code_notice, code_refused, identify_notice, identify_problem, passkey_notice, password_problem};
pub use said::{code_problem, password_problem_inside, proof_problem, verify_notice};

/// The longest name of a passkey, in characters.
pub const LONGEST_NAME: usize = 64;

/// Where a document of this address really lives for this visitor; `None`: here.
///
/// # Errors
/// When the database does not answer.
pub async fn elsewhere(visit: &Visit, path: &str) -> Result<Option<&'static str>, super::reply::Failure> {
    let home = match visit.session().await? {
        None => paths::SIGN_IN,
        Some(session) if sessions::flow_of(&session).healing.step() == Healing::Done => paths::DASHBOARD,
        Some(_) => paths::SIGN_IN,
    };
    let is_entrance = matches!(path, "/" | paths::SIGN_IN | paths::DASHBOARD);
    let is_for_members = beside::is(path) && home != paths::DASHBOARD;
    let is_for_strangers = path == paths::SIGN_UP && home != paths::SIGN_IN;
    let is_within = Place::at(path).is_some() && home == paths::SIGN_IN;
    let elsewhere = is_entrance || is_for_strangers || is_for_members || is_within;
    Ok((elsewhere && path != home).then_some(home))
}

/// Where somebody is led back to who is signed in already, and has nothing to do here.
///
/// # Errors
/// When the database does not answer.
pub async fn back_at_once(visit: &Visit, uri: &http::Uri) -> Result<Option<String>, super::reply::Failure> {
    let Some(to) = back_from(visit, uri.path(), uri.query().unwrap_or_default()) else { return Ok(None) };
    let inside = Inside::load(visit).await?;
    let is_through = |inside: Inside| inside.flow.healing.step() == Healing::Done && !inside.must_choose_password();
    Ok(inside.is_some_and(is_through).then_some(to))
}

/// Where an address wants to lead after the sign-in, if it may.
fn back_from(visit: &Visit, path: &str, query: &str) -> Option<String> {
    (path == paths::SIGN_IN).then(|| return_to::wanted(&visit.app.settings.relying_party, query)).flatten()
}

/// Shows what belongs to an address (path and query), or what stands in its place.
///
/// # Errors
/// When the database does not answer.
pub async fn present(visit: &mut Visit, address: &str) -> Answer {
    // What no browser writes so is no address: it goes into headers and links, and some read a backslash as a slash.
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let (path, query) = if is_plain { address.split_once('?').unwrap_or((address, "")) } else { ("", "") };
    if path == paths::NOT_ME {
        return not_me::present(visit, query).await;
    }
    // To whoever only opens the address nothing is said, and it is no page.
    if path == paths::GOODBYE && visit.flow.as_ref().is_some_and(|flow| flow.say == Some(Say::Deleted)) {
        return Ok(visit.app.presenter.goodbye().into());
    }
    visit.place = Place::at(path).unwrap_or_default();
    if !matches!(path, "/" | paths::SIGN_IN | paths::SIGN_UP | paths::FORGOT_PASSWORD)
        && Place::at(path).is_none()
        && !beside::is(path)
    {
        // Shown again as part of links, so only what surely is a path of ours.
        let page =
            visit.app.presenter.not_found(if path.starts_with('/') && !path.starts_with("//") { path } else { "/" });
        return Ok(Reply::refused(page, StatusCode::NOT_FOUND));
    }
    let back = back_from(visit, path, query);
    if let Some(mut inside) = Inside::load(visit).await? {
        if back.is_some() {
            inside.flow.return_to = back;
            store(visit, &inside).await?;
        }
        // Apart from the step that ends in the page, which would be moved about with room for it.
        return match beside::is(path) {
            true => Box::pin(beside::show_at(visit, inside, path, StatusCode::OK)).await,
            false => Box::pin(show_inside(visit, inside, query, StatusCode::OK)).await,
        };
    }
    if visit.session_token.is_some() {
        visit.drop_session();
    }
    if path == paths::FORGOT_PASSWORD {
        return Ok(forgotten::present(visit));
    }
    if path == paths::SIGN_UP {
        return sign_up::present(visit).await;
    }
    let mut flow = visit.flow_or_new();
    flow.return_to = back.or(flow.return_to);
    show_flow(visit, flow, StatusCode::OK).await
}

/// Shows a flow before a proof and keeps it in the cookie.
///
/// # Errors
/// When the database does not answer.
pub async fn show_flow(visit: &mut Visit, flow: Flow, status: StatusCode) -> Answer {
    show_flow_of(visit, flow, status, None).await
}

/// As [`show_flow`], where what is known of the account may have been read already, and nothing was written since.
///
/// # Errors
/// When the database does not answer.
pub async fn show_flow_of(visit: &mut Visit, mut flow: Flow, status: StatusCode, known: Option<Known>) -> Answer {
    let say = flow.say;
    let by_code = visit.app.settings.sign_in.email_code;
    if !by_code {
        flow.sign_in = flow.sign_in.without_codes();
    }
    if visit.wants_html {
        // The page itself is built by the request that follows the redirect; what it says waits in the cookie.
        let page = visit.app.presenter.identify(flow.id, &visit.environment(), IdentifyView::default());
        visit.keep_flow(flow);
        return Ok(Reply::refused(page, status));
    }
    let page = match (flow.sign_in.step(), flow.sign_in.identifier.clone()) {
        (Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode, Some(who)) => {
            let Known { account, evidence, .. } = match known {
                Some(known) => known,
                None => gather(visit, visit.app.db.read(), &who).await?,
            };
            let how = match flow.sign_in.step() {
                Step::UsePasskey(Prompt::Pending) => How::ByItself,
                Step::UsePasskey(Prompt::AcrossDevices) => How::AcrossDevices,
                _ => How::OnClick,
            };
            let minted = ceremonies::mint_get(visit, Purpose::SignIn, flow.id, &account.descriptors(), how)?;
            flow.sign_in = flow.sign_in.advance(Event::PromptOpened, &evidence, visit.now).flow;
            // Who keeps somebody's passkeys is nobody else's business: a browser that has seen one work may name it.
            let familiar =
                evidence.known_browser || evidence.passkeys.iter().any(|passkey| passkey.here.last_good().is_some());
            let passkeys = if familiar { evidence.passkeys.as_slice() } else { &[] };
            let walk = Walk { flow: flow.id, who: who.typed(), env: &evidence.environment, passkeys };
            let trail = flow.sign_in.trail;
            let last = trail.last().map(PasskeyNotice::Ended);
            let notice = say.and_then(passkey_notice).or(last);
            let diagnosis = (trail.failures > 0).then(|| {
                let known = with_trail(&evidence, trail);
                diagnose(&if familiar { known } else { unnamed(known) }, None, visit.now)
            });
            let presenter = &visit.app.presenter;
            match flow.sign_in.step() {
                Step::UsePasskey(prompt) => presenter.use_passkey(&walk, prompt, notice, diagnosis.as_ref(), minted),
                Step::EnterCode => {
                    let is_sent = codes::is_waited_for(visit, visit.app.db.read(), For::SignIn, flow.id.0).await?;
                    presenter.enter_code(&walk, is_sent, say.and_then(code_refused), say.and_then(code_notice), minted)
                }
                _ => presenter.enter_password(&walk, notice, say.and_then(password_problem), by_code, minted),
            }
        }
        _ => {
            flow.facts = visit.facts.clone();
            who_are_you(visit, &flow).await?
        }
    };
    flow.say = None;
    flow.typed = String::new();
    visit.keep_flow(flow);
    Ok(Reply::refused(page, status))
}

/// The first step, with the doors that are open beside the field.
async fn who_are_you(visit: &Visit, flow: &Flow) -> Result<Page, super::reply::Failure> {
    let (env, policy) = (visit.environment(), visit.app.settings.policy());
    let known = if policy.one_tap && !flow.another { remembered::all(visit).await? } else { Vec::new() };
    let doors = doors(&env, &policy, known.first().map(|last| last.at), flow.cancelled, visit.now);
    let names: Vec<&str> = known.iter().map(|known| known.user.identifier.as_str()).collect();
    let account = known.first().map(|last| remembered::reference(visit, last.user.id)).unwrap_or_default();
    let last = names.split_first().filter(|_| doors.one_tap);
    let one_tap = last.map(|(identifier, others)| OneTap { identifier, others, account: &account });
    // In place of the field stands one button, and one is enough.
    let mint = |open: bool, how| {
        let minted = || ceremonies::mint_get(visit, Purpose::Anyone, flow.id, &[], how);
        (open && one_tap.is_none()).then(minted).transpose()
    };
    let view = IdentifyView {
        typed: &flow.typed,
        problem: flow.say.and_then(identify_problem),
        notice: flow.say.and_then(identify_notice),
        autofill: mint(doors.autofill, How::Conditional)?,
        immediate: mint(doors.immediate, How::Immediate)?,
        room: one_tap.is_none() && policy.immediate && !flow.cancelled && may_show_at_once(&env),
        one_tap,
    };
    Ok(visit.app.presenter.identify(flow.id, &env, view))
}

/// A browser that has not said yet whether it knows immediate mode, of a family that does. Good for a guess about room on the
/// page, and for nothing else.
fn may_show_at_once(env: &Environment) -> bool {
    env.can.webauthn.is_none()
        && matches!(env.browser, Browser::Chrome | Browser::Edge)
        && !matches!(env.platform, Platform::Ios | Platform::IpadOs)
}

/// The evidence in a flow that came so far.
fn with_trail(evidence: &Evidence, trail: Trail) -> Evidence {
    Evidence { trail, ..evidence.clone() }
}

/// The evidence without what tells one passkey from another, so that the causes tell a stranger no more than the words do.
fn unnamed(mut evidence: Evidence) -> Evidence {
    for passkey in &mut evidence.passkeys {
        (passkey.aaguid, passkey.here) = (Aaguid::default(), Here::default());
        (passkey.backup_eligible, passkey.backed_up, passkey.security_key) = (true, true, false);
    }
    evidence
}
