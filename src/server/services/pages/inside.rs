//! The pages of a session: healing, the dashboard, the account.

use super::said::{code_problem, create_notice, dashboard_said, proof_notice, proof_problem, verify_notice};
use super::{LONGEST_NAME, with_trail};
use crate::page::Page;
use crate::server::db::{self, sessions::Held};
use crate::server::place::Place;
use crate::server::present::{
    Absent, CodeAsked, CreateNotice, DashboardView, Hint, Limit, Minted, Mode, NameProblem, Proof, RowView, Walk, paths,
};
use crate::server::services::account;
use crate::server::services::accounts;
use crate::server::services::ceremonies::{self, How, NewPasskeyFor};
use crate::server::services::codes::{self, For};
use crate::server::services::inside::Inside;
use crate::server::services::reply::{Answer, Failure, Reply};
use crate::server::services::sessions::{self, Say as Inner};
use crate::server::services::signals;
use crate::server::services::{address, beside, not_me};
use crate::server::visit::{Flow, Visit};
use domain::assurance::Assurance;
use domain::ceremony::Purpose;
use domain::healing::{Event as HealingEvent, Step as Healing};
use domain::ids::PasskeyId;
use domain::intelligence::{Why, diagnose, predict, why_absent};
use domain::time::DAY;
use http::StatusCode;
use sea_orm::ConnectionTrait;

/// Shows the present step inside a session.
///
/// # Errors
/// When the database does not answer.
pub async fn show_inside(visit: &mut Visit, mut inside: Inside, query: &str, status: StatusCode) -> Answer {
    let say = inside.flow.say.take();
    if inside.must_choose_password() {
        visit.place = Place::ChangePassword;
    } else if inside.flow.healing.step() == Healing::Done
        && !matches!(say, Some(Inner::PasswordChanged { .. }))
        && let Some(to) = inside.flow.return_to.take()
    {
        return leave(visit, &inside, &to).await;
    }
    if visit.wants_html {
        let is_here = inside.flow.healing.step() == Healing::Done || inside.must_choose_password();
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
        inside.flow.healing.step()
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
pub async fn store(visit: &Visit, inside: &Inside) -> Result<(), Failure> {
    if inside.session.held == Held::Before {
        return Ok(());
    }
    let tx = visit.app.db.write().await?;
    sessions::keep(&tx, &inside.session, &inside.flow).await?;
    tx.commit().await?;
    Ok(())
}

async fn page_inside(visit: &Visit, inside: &Inside, say: Option<Inner>, query: &str) -> Result<Page, Failure> {
    let Inside { session, user, who, account, evidence, flow, .. } = inside;
    let presenter = &visit.app.presenter;
    let walk = Walk { flow: session.flow, who: who.typed(), env: &evidence.environment, passkeys: &evidence.passkeys };
    let verify = || ceremonies::mint_get(visit, Purpose::Verify, session.flow, &account.descriptors(), How::OnClick);
    if inside.must_choose_password() {
        return account::page(visit, inside, say).await;
    }
    let page = match flow.healing.step() {
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

async fn dashboard(visit: &Visit, inside: &Inside, say: Option<Inner>, query: &str) -> Result<Page, Failure> {
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

/// News are shown for so long in other browsers; milliseconds.
const NEWS: i64 = 7 * DAY;

/// What the dashboard tells and advises. A session of the password alone could follow no advice, so it gets the news only.
async fn hints<C: ConnectionTrait>(visit: &Visit, c: &C, inside: &Inside) -> Result<Vec<Hint>, Failure> {
    let mut hints = Vec::new();
    let since = visit.now.plus(-NEWS);
    let notices = match inside.told_at {
        Some(at) if at >= since => db::notices::of_user(c, inside.user.id, since, 5).await?,
        _ => Vec::new(),
    };
    for notice in notices {
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
