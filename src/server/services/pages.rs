//! Shows the present step: what a reload, a link, the back button and every answer end in.

use super::account;
use super::accounts;
use super::ceremonies::{self, How, NewPasskeyFor};
use super::codes::{self, For};
use super::evidence::{Known, gather};
use super::inside::Inside;
use super::reply::{Answer, Reply};
use super::sessions::{self, Say as Inner};
use super::signals;
use super::{address, beside, forgotten, not_me, remembered, sign_up};
use crate::page::Page;
use crate::server::db::{self, sessions::Held};
use crate::server::place::Place;
use crate::server::present::{
    Absent, CodeAsked, CodeProblem, ConfirmNotice, CreateNotice, DashboardSaid, DashboardView, Hint, IdentifyNotice,
    IdentifyProblem, IdentifyView, Limit, Minted, Mode, NameProblem, OneTap, PasskeyNotice, PasswordProblem, Proof,
    ProofProblem, RowView, Walk, paths,
};
use crate::server::return_to;
use crate::server::visit::{Flow, Say, Visit};
use domain::assurance::Assurance;
use domain::ceremony::Purpose;
use domain::healing::{Event as HealingEvent, Step as Healing};
use domain::ids::PasskeyId;
use domain::intelligence::{Environment, Evidence, Here, Trail, Why, diagnose, doors, predict, why_absent};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use domain::sign_in::{Event, Prompt, Step};
use domain::time::DAY;
use http::StatusCode;
use sea_orm::ConnectionTrait;

/// The longest name of a passkey, in characters.
pub const LONGEST_NAME: usize = 64;

/// Where a document of this address really lives for this visitor; `None`: here.
///
/// # Errors
/// When the database does not answer.
pub async fn elsewhere(visit: &Visit, path: &str) -> Result<Option<&'static str>, super::reply::Failure> {
    let home = match visit.session().await? {
        None => paths::SIGN_IN,
        Some(session) if sessions::flow_of(&session).healing.step == Healing::Done => paths::DASHBOARD,
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
    let is_through = |inside: Inside| inside.flow.healing.step == Healing::Done && !inside.must_choose_password();
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
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
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
        return match beside::is(path) {
            true => beside::show_at(visit, inside, path, StatusCode::OK).await,
            false => show_inside(visit, inside, query, StatusCode::OK).await,
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
    if flow.sign_in.step == Step::EnterCode && !by_code {
        flow.sign_in.step = Step::EnterPassword;
    }
    if visit.wants_html {
        // The page itself is built by the request that follows the redirect; what it says waits in the cookie.
        let page = visit.app.presenter.identify(flow.id, &visit.environment(), IdentifyView::default());
        visit.keep_flow(flow);
        return Ok(Reply::refused(page, status));
    }
    let page = match (flow.sign_in.step, flow.sign_in.identifier.clone()) {
        (Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode, Some(who)) => {
            let Known { account, evidence } = match known {
                Some(known) => known,
                None => gather(visit, visit.app.db.read(), &who).await?,
            };
            let how = match flow.sign_in.step {
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
            match flow.sign_in.step {
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

fn identify_problem(say: Say) -> Option<IdentifyProblem> {
    match say {
        Say::IdentifierEmpty => Some(IdentifyProblem::Empty),
        Say::IdentifierTooLong => Some(IdentifyProblem::TooLong),
        Say::IdentifierUnreadable => Some(IdentifyProblem::Unreadable),
        Say::Expired => Some(IdentifyProblem::Expired),
        Say::Busy => Some(IdentifyProblem::Busy),
        _ => None,
    }
}

fn identify_notice(say: Say) -> Option<IdentifyNotice> {
    match say {
        Say::NotAccepted => Some(IdentifyNotice::NotAccepted),
        Say::Unreadable => Some(IdentifyNotice::NotUsable),
        _ => None,
    }
}

fn password_problem(say: Say) -> Option<PasswordProblem> {
    match say {
        Say::PasswordEmpty => Some(PasswordProblem::Empty),
        Say::PasswordWrong => Some(PasswordProblem::Wrong),
        Say::Blocked { seconds } => Some(PasswordProblem::Blocked { seconds: seconds.into() }),
        Say::Busy => Some(PasswordProblem::Busy),
        _ => None,
    }
}

fn code_refused(say: Say) -> Option<CodeProblem> {
    match say {
        Say::Code(problem) => Some(problem),
        _ => None,
    }
}

/// Beside the code a passkey that gave nothing leaves the page as it is; what was wrong with an answer is said.
fn code_notice(say: Say) -> Option<ConfirmNotice> {
    match say {
        Say::CodeSent => Some(ConfirmNotice::Sent),
        say => passkey_notice(say).map(ConfirmNotice::Passkey),
    }
}

fn passkey_notice(say: Say) -> Option<PasskeyNotice> {
    match say {
        Say::OtherAccount => Some(PasskeyNotice::AnotherAccount),
        Say::NotAccepted => Some(PasskeyNotice::NoLongerAccepted),
        Say::Unreadable => Some(PasskeyNotice::NotUsable),
        Say::Expired => Some(PasskeyNotice::Expired),
        _ => None,
    }
}

/// Shows the present step inside a session.
///
/// # Errors
/// When the database does not answer.
pub async fn show_inside(visit: &mut Visit, mut inside: Inside, query: &str, status: StatusCode) -> Answer {
    let say = inside.flow.say.take();
    if inside.must_choose_password() {
        visit.place = Place::ChangePassword;
    } else if inside.flow.healing.step == Healing::Done
        && !matches!(say, Some(Inner::PasswordChanged { .. }))
        && let Some(to) = inside.flow.return_to.take()
    {
        return leave(visit, &inside, &to).await;
    }
    if visit.wants_html {
        let is_here = inside.flow.healing.step == Healing::Done || inside.must_choose_password();
        let address = if is_here { visit.place.path() } else { paths::SIGN_IN };
        let address = if query.is_empty() { address.to_owned() } else { format!("{address}?{query}") };
        inside.flow.say = say;
        store(visit, &inside).await?;
        if !visit.typed.is_empty() {
            let typed = std::mem::take(&mut visit.typed);
            let flow = Flow { typed, ..visit.new_flow() };
            visit.keep_flow(flow);
        }
        let page = visit.app.presenter.stale(&address);
        return Ok(Reply::refused(page, status));
    }
    if let Healing::CreatePasskey { .. } | Healing::Confirm { .. } | Healing::NeedsProof { .. } =
        inside.flow.healing.step
    {
        // Proofs grow old while a page is open, and another tab may have given a better one.
        let event = HealingEvent::AssuranceMissing(inside.assurance(visit));
        inside.flow.healing = inside.flow.healing.advance(event, &inside.evidence, visit.now).flow;
    }
    if say.is_some() || sessions::flow_of(&inside.session).healing != inside.flow.healing {
        store(visit, &inside).await?;
    }
    // What a form without JavaScript could not take waits in the cookie, as nothing else does inside a session.
    if let Some(flow) = visit.flow.as_mut().filter(|flow| say.is_some() && !flow.typed.is_empty()) {
        visit.typed = std::mem::take(&mut flow.typed);
        visit.drop_flow();
    }
    let page = page_inside(visit, &inside, say, query).await?;
    Ok(Reply::refused(page, status))
}

/// Nothing is left to offer: the person goes where they came from, once.
async fn leave(visit: &Visit, inside: &Inside, to: &str) -> Answer {
    store(visit, inside).await?;
    let signals = signals::of_account(visit, visit.app.db.read(), inside).await?;
    Ok(Page { signals, ..visit.app.presenter.leave(to) }.into())
}

/// Stores what a session is busy with.
///
/// # Errors
/// When the database refuses.
pub(super) async fn store(visit: &Visit, inside: &Inside) -> Result<(), super::reply::Failure> {
    if inside.session.held == Held::Before {
        return Ok(());
    }
    let tx = visit.app.db.write().await?;
    sessions::keep(&tx, &inside.session, &inside.flow).await?;
    tx.commit().await?;
    Ok(())
}

async fn page_inside(
    visit: &Visit,
    inside: &Inside,
    say: Option<Inner>,
    query: &str,
) -> Result<Page, super::reply::Failure> {
    let Inside { session, user, who, account, evidence, flow, .. } = inside;
    let presenter = &visit.app.presenter;
    let walk = Walk { flow: session.flow, who: who.typed(), env: &evidence.environment, passkeys: &evidence.passkeys };
    let verify = || ceremonies::mint_get(visit, Purpose::Verify, session.flow, &account.descriptors(), How::OnClick);
    if inside.must_choose_password() {
        return account::page(visit, inside, say).await;
    }
    let page = match flow.healing.step {
        Healing::CreatePasskey { why, cancelled } => {
            let this_device = !matches!(why, Why::Asked);
            let exclude = account.descriptors();
            let for_whom = NewPasskeyFor { handle: user.handle, name: who.typed(), exclude: &exclude, this_device };
            let minted: Minted = ceremonies::mint_create(visit, session.flow, &for_whom)?;
            let diagnosis =
                (why == Why::AfterError).then(|| diagnose(&with_trail(evidence, flow.healing.trail), None, visit.now));
            let notice = say.and_then(create_notice).or(cancelled.then_some(CreateNotice::Cancelled));
            presenter.create_passkey(&walk, why, notice, diagnosis.as_ref(), minted)
        }
        Healing::Confirm { .. } => {
            let can = evidence.environment.can.webauthn != Some(false);
            let minted = (can && !evidence.passkeys.is_empty()).then(verify).transpose()?;
            let is_sent = codes::is_waited_for(visit, visit.app.db.read(), For::Confirm, session.id.0).await?;
            let asked = CodeAsked { mailed: inside.ways.mailed.then_some(is_sent), saved: inside.ways.saved };
            presenter.confirm(&walk, asked, say.and_then(code_problem), say.and_then(proof_notice), minted)
        }
        Healing::NeedsProof { password, .. } => {
            let can = evidence.environment.can.webauthn != Some(false);
            let minted = (can && !evidence.passkeys.is_empty()).then(verify).transpose()?;
            let proof = match password {
                true => match (user.password_hash.is_some(), inside.is_by_code()) {
                    (true, true) => Proof::PasswordToo,
                    (true, false) => Proof::Password,
                    (false, true) => Proof::NewPassword,
                    (false, false) => Proof::PasskeyAgain,
                },
                false if evidence.passkeys.is_empty() => {
                    Proof::KnownBrowser { days: visit.app.settings.healing.known_browser_days }
                }
                false => Proof::Passkey,
            };
            presenter.needs_proof(&walk, proof, say.and_then(proof_problem), minted)
        }
        Healing::PasskeyCreated { aaguid, .. } => presenter.passkey_created(&walk, aaguid),
        Healing::AlreadyHere => presenter.already_here(&walk, say.and_then(verify_notice), verify()?),
        Healing::Done if visit.place == Place::Dashboard => dashboard(visit, inside, say, query).await?,
        Healing::Done => account::page(visit, inside, say).await?,
    };
    Ok(page)
}

async fn dashboard(
    visit: &Visit,
    inside: &Inside,
    say: Option<Inner>,
    query: &str,
) -> Result<Page, super::reply::Failure> {
    let Inside { session, who, account, evidence, .. } = inside;
    let accounts::Account::Real { passkeys, .. } = account else {
        return Ok(visit.app.presenter.stale(paths::DASHBOARD));
    };
    let rows = passkeys.iter().zip(&evidence.passkeys).map(|(row, known)| {
        let availability = predict(known, evidence, visit.now);
        let absent = || Absent { known: *known, why: why_absent(known, evidence, visit.now) };
        RowView {
            id: row.id,
            name: row.name.clone(),
            aaguid: row.aaguid,
            created: row.created_at,
            last_used: row.last_used_at,
            absent: Absent::is_meant_by(&availability).then(absent),
            availability,
            here: known.here,
            backed_up: row.backed_up,
            backup_eligible: row.backup_eligible,
        }
    });
    let limit = match inside.is_limited() {
        true if !passkeys.is_empty() => Some(Limit::Passkeys),
        true if inside.assurance(visit) == Assurance::NeedsProof => {
            Some(Limit::NoneLeft { days: visit.app.settings.healing.known_browser_days })
        }
        _ => None,
    };
    // Said before the question is asked, not after it was answered.
    let (mode, say) = match mode(query, say) {
        Mode::Renaming(..) | Mode::Removing(_) if limit == Some(Limit::Passkeys) => (Mode::Shown, Some(Inner::Limited)),
        mode => (mode, say),
    };
    let c = visit.app.db.read();
    let view = DashboardView {
        flow: session.flow,
        identifier: who.typed(),
        env: &evidence.environment,
        now: visit.now,
        rows: rows.collect(),
        heal_confirmed: inside.flow.heal_confirmed,
        limit,
        said: say.and_then(dashboard_said),
        hints: hints(visit, c, inside).await?,
        mode,
    };
    let signals = signals::of_account(visit, c, inside).await?;
    Ok(Page { signals, ..visit.app.presenter.dashboard(view) })
}

fn mode(query: &str, say: Option<Inner>) -> Mode {
    let problem = match say {
        Some(Inner::NameEmpty) => Some(NameProblem::Empty),
        Some(Inner::NameTooLong) => Some(NameProblem::TooLong { max: LONGEST_NAME }),
        Some(Inner::NameUnreadable) => Some(NameProblem::Unreadable),
        _ => None,
    };
    let id = |text: &str| uuid::Uuid::try_parse(text).ok().map(PasskeyId);
    match query.split_once('=') {
        Some(("rename", text)) => id(text).map_or(Mode::Shown, |id| Mode::Renaming(id, problem)),
        Some(("remove", text)) => id(text).map_or(Mode::Shown, Mode::Removing),
        _ => Mode::Shown,
    }
}

fn create_notice(say: Inner) -> Option<CreateNotice> {
    match say {
        Inner::Expired => Some(CreateNotice::Expired),
        Inner::Unreadable | Inner::Taken | Inner::TooMany => Some(CreateNotice::NotUsable),
        Inner::Busy => Some(CreateNotice::Busy),
        Inner::Technical => Some(CreateNotice::Technical),
        _ => None,
    }
}

/// News are shown for so long in other browsers; milliseconds.
const NEWS: i64 = 7 * DAY;

/// What the dashboard tells and advises. A session of the password alone could follow no advice, so it gets the news only.
async fn hints<C: ConnectionTrait>(visit: &Visit, c: &C, inside: &Inside) -> Result<Vec<Hint>, super::reply::Failure> {
    let mut hints = Vec::new();
    for notice in db::notices::of_user(c, inside.user.id, visit.now.plus(-NEWS), 5).await? {
        // Nobody needs to be told of what they did themselves, now or in an earlier session of this browser.
        let is_own = notice.session == Some(inside.session.id) || notice.browser == Some(visit.browser);
        if let Ok(news) = serde_json::from_str(&notice.news)
            && !is_own
        {
            let machine = not_me::machine(c, &notice).await?;
            let id = (!inside.is_limited()).then(|| notice.id.simple().to_string());
            hints.push(Hint::News { news, at: notice.created_at, machine, id });
        }
    }
    if inside.is_limited() {
        return Ok(hints);
    }
    if address::is_open(&inside.user) {
        hints.push(Hint::ConfirmAddress);
    }
    hints.push(Hint::Codes(beside::saved(inside)));
    Ok(hints)
}

pub(super) fn code_problem(say: Inner) -> Option<CodeProblem> {
    match say {
        Inner::CodeEmpty => Some(CodeProblem::Empty),
        Inner::CodeWrong => Some(CodeProblem::Wrong),
        Inner::CodeVoid => Some(CodeProblem::Void),
        Inner::Blocked { seconds } => Some(CodeProblem::Blocked { seconds: seconds.into() }),
        Inner::Busy => Some(CodeProblem::Busy),
        _ => None,
    }
}

fn proof_notice(say: Inner) -> Option<ConfirmNotice> {
    match say {
        Inner::CodeSent => Some(ConfirmNotice::Sent),
        say => verify_notice(say).map(ConfirmNotice::Passkey),
    }
}

/// What went wrong with a proof inside a session.
pub fn proof_problem(say: Inner) -> Option<ProofProblem> {
    password_problem_inside(say).map(ProofProblem::Password).or_else(|| verify_notice(say).map(ProofProblem::Passkey))
}

pub(super) fn password_problem_inside(say: Inner) -> Option<PasswordProblem> {
    match say {
        Inner::PasswordEmpty => Some(PasswordProblem::Empty),
        Inner::PasswordWrong => Some(PasswordProblem::Wrong),
        Inner::PasswordNone => Some(PasswordProblem::None),
        Inner::Blocked { seconds } => Some(PasswordProblem::Blocked { seconds: seconds.into() }),
        Inner::Busy => Some(PasswordProblem::Busy),
        _ => None,
    }
}

/// What went wrong with a `get()` inside a session.
pub fn verify_notice(say: Inner) -> Option<PasskeyNotice> {
    match say {
        Inner::Expired => Some(PasskeyNotice::Expired),
        Inner::OtherPasskey => Some(PasskeyNotice::AnotherAccount),
        Inner::Unreadable => Some(PasskeyNotice::NotUsable),
        Inner::Ended(outcome) => Some(PasskeyNotice::Ended(outcome)),
        _ => None,
    }
}

fn dashboard_said(say: Inner) -> Option<DashboardSaid> {
    match say {
        Inner::Renamed => Some(DashboardSaid::Renamed),
        Inner::Removed { aaguid } => Some(DashboardSaid::Removed { aaguid }),
        Inner::BrowserForgotten => Some(DashboardSaid::BrowserForgotten),
        Inner::AddressConfirmed => Some(DashboardSaid::AddressConfirmed),
        Inner::Confirmed => Some(DashboardSaid::Confirmed),
        Inner::Limited => Some(DashboardSaid::NeedsPasskey),
        Inner::Gone => Some(DashboardSaid::Gone),
        Inner::Expired => Some(DashboardSaid::Expired),
        Inner::Busy => Some(DashboardSaid::Busy),
        Inner::CannotCreate => Some(DashboardSaid::NoPasskeysHere),
        _ => None,
    }
}
