//! Pages beside the steps: what a session asks for at an address of its own.

use super::account::new_address;
use super::ceremonies::{self, How};
use super::codes::{self, For};
use super::inside::Inside;
use super::reply::{Answer, Reply};
use super::saved_codes::{self, Missing};
use super::{address, pages};
use crate::server::db::known;
use crate::server::present::{SavedCodes, SavedCodesView, Walk, paths};
use crate::server::visit::Visit;
use domain::ceremony::Purpose;
use domain::healing::Step;
use http::StatusCode;

/// Whether a path belongs to such a page.
#[must_use]
pub fn is(path: &str) -> bool {
    matches!(path, paths::CONFIRM_ADDRESS | paths::NEW_ADDRESS | paths::RECOVERY_CODES)
}

/// Shows the page of such a path, or the present step where there is nothing to be done at it.
///
/// # Errors
/// When the database does not answer.
pub async fn show_at(visit: &mut Visit, mut inside: Inside, path: &str, status: StatusCode) -> Answer {
    let is_for_now = inside.flow.healing.step() == Step::Done && !inside.is_limited() && !inside.must_choose_password();
    let wanted = match path == paths::NEW_ADDRESS && is_for_now {
        true => new_address::wanted(visit, visit.app.db.read(), inside.session.id).await?,
        false => None,
    };
    let has_nothing = match path {
        paths::CONFIRM_ADDRESS => !address::is_open(&inside.user),
        paths::NEW_ADDRESS => wanted.is_none(),
        _ => false,
    };
    if !is_for_now || has_nothing {
        if inside.is_limited() {
            inside.flow.say = Some(super::sessions::Say::Limited);
        }
        return pages::show_inside(visit, inside, "", status).await;
    }
    if visit.wants_html {
        pages::store(visit, &inside).await?;
        return Ok(Reply::refused(visit.app.presenter.stale(path), status));
    }
    let say = inside.flow.say.take();
    if say.is_some() {
        pages::store(visit, &inside).await?;
    }
    let Inside { session, who, account, evidence, .. } = &inside;
    let walk = Walk { flow: session.flow, who: who.typed(), env: &evidence.environment, passkeys: &evidence.passkeys };
    let presenter = &visit.app.presenter;
    let page = if path == paths::CONFIRM_ADDRESS {
        let is_sent = codes::is_waited_for(visit, visit.app.db.read(), For::Address, session.id.0).await?;
        let again = say == Some(super::sessions::Say::CodeSent);
        presenter.confirm_address(&walk, is_sent, again, say.and_then(pages::code_problem))
    } else if let Some(wanted) = wanted {
        let is_sent = codes::is_waited_for(visit, visit.app.db.read(), For::NewAddress, session.id.0).await?;
        let again = say == Some(super::sessions::Say::CodeSent);
        presenter.new_address(&walk, wanted.typed(), is_sent, again, say.and_then(pages::code_problem))
    } else if let Some(seed) = inside.flow.codes {
        presenter.recovery_codes(&walk, codes::of_seed(visit, inside.user.id, &seed))
    } else {
        let missing = saved_codes::missing(visit, &inside);
        let verify =
            || ceremonies::mint_get(visit, Purpose::Verify, session.flow, &account.descriptors(), How::OnClick);
        let minted = (missing == Missing::Passkey).then(verify).transpose()?;
        let view = SavedCodesView {
            now: saved(&inside),
            password: missing == Missing::Password,
            passkey: missing == Missing::Passkey,
            problem: say.and_then(pages::password_problem_inside),
            notice: say.and_then(pages::verify_notice),
        };
        presenter.ask_for_codes(&walk, view, minted)
    };
    Ok(Reply::refused(page, status))
}

/// How many recovery codes the account has.
#[must_use]
pub fn saved(inside: &Inside) -> SavedCodes {
    match inside.account.saved_codes() {
        known::SavedCodes { made: 0, .. } => SavedCodes::Never,
        known::SavedCodes { left, .. } => SavedCodes::Left(left),
    }
}
