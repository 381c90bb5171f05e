//! A new account: an identifier and a password; the first passkey is offered right after.

use super::accounts::Account;
use super::audit::{self, Happened};
use super::evidence::gather;
use super::perform::remember_browser;
use super::reply::{Answer, Reply};
use super::sessions::{self, HealingFlow};
use super::{accounts, address, codes, pages, throttle};
use crate::server::db::users::{Created, NewUser};
use crate::server::db::{self};
use crate::server::metrics::{Method, Turned};
use crate::server::passwords::{self, PasswordProblem};
use crate::server::present::{IdentifyProblem, NewPasswordProblem, SignUpProblems};
use crate::server::random;
use crate::server::visit::{Say, Visit};
use domain::assurance::{Proofs, Standing};
use domain::audit::Event;
use domain::healing;
use domain::identifier::Identifier;
use domain::ids::UserId;
use domain::intelligence::{SignedInBy, Trail, offer};
use http::StatusCode;

/// Creates an account and signs in.
///
/// # Errors
/// When the database does not answer.
pub async fn create(visit: &mut Visit, typed: &str, password: &str) -> Answer {
    let who = Identifier::parse(typed);
    let key = who.as_ref().map(Identifier::key).unwrap_or_default();
    let problems = SignUpProblems {
        identifier: who.as_ref().err().copied().map(IdentifyProblem::from),
        password: passwords::check_new(password, key, visit.app.settings.password.min_length)
            .err()
            .map(new_password_problem),
    };
    let who = match who {
        Ok(who) if problems == SignUpProblems::default() => who,
        _ => return Ok(again(visit, typed, problems, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let throttle = throttle::sign_up_key(visit);
    if let Some(seconds) = throttle::blocked_for(visit.app.db.read(), &throttle, visit.now).await? {
        throttle::told_to_wait(visit, seconds);
        let problems =
            SignUpProblems { identifier: Some(IdentifyProblem::Blocked { seconds: seconds.into() }), password: None };
        return Ok(again(visit, typed, problems, StatusCode::TOO_MANY_REQUESTS));
    }
    let Ok(hash) = visit.app.hasher.hash(password).await else {
        visit.app.metrics.turned_away(Turned::Busy);
        let problems = SignUpProblems { identifier: Some(IdentifyProblem::Busy), password: None };
        return Ok(again(visit, typed, problems, StatusCode::SERVICE_UNAVAILABLE));
    };
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    // Whether it is taken or not: both answers are worth something to whoever collects them.
    throttle::failed(&tx, &throttle, visit.now).await?;
    let id = UserId(random::uuid());
    let new = NewUser {
        id,
        handle: random::uuid(),
        identifier: who.typed().to_owned(),
        identifier_key: who.key().to_owned(),
        password_hash: Some(hash),
        now: visit.now,
    };
    if db::users::create(&tx, new).await? == Created::KeyTaken {
        tx.commit().await?;
        let problems = SignUpProblems { identifier: Some(IdentifyProblem::Taken), password: None };
        return Ok(again(visit, typed, problems, StatusCode::CONFLICT));
    }
    remember_browser(visit, &tx).await?;
    db::browsers::first_seen(&tx, visit.browser, id, visit.now).await?;
    let account = match db::users::find(&tx, id).await? {
        Some(user) => accounts::of_user(&tx, user).await?,
        None => Account::Ghost { passkeys: Vec::new() },
    };
    let evidence = gather(visit, &tx, &who, &account).await?;
    let proofs = Proofs { password: Some(visit.now), ..Proofs::default() };
    let new = Standing { ever_had_passkey: false, known_browser: false, has_codes: false };
    let assurance = sessions::assurance(visit, new, proofs);
    let offered = offer(&evidence, SignedInBy::SignUp, visit.now);
    let healing = healing::begin(offered.outcome, assurance, Trail::default());
    let session = sessions::begin(visit, &tx, id, proofs, &HealingFlow::new(healing, None)).await?;
    audit::note(visit, &tx, Happened::to(id, Event::SignedUp).within(session)).await?;
    if let Some(user) = account.user().filter(|user| address::is_open(user)) {
        codes::mail(visit, &tx, address::letter(session, user, false)).await?;
    }
    tx.commit().await?;
    visit.app.metrics.signed_in(Method::SignUp);
    pages::present(visit, "/dashboard").await
}

fn again(visit: &mut Visit, typed: &str, problems: SignUpProblems, status: StatusCode) -> Reply {
    let mut flow = visit.flow_or_new();
    // Long nonsense is not sent back; a password never is.
    let typed: String = typed.chars().take(domain::identifier::MAX_LENGTH).collect();
    let page = visit.app.presenter.sign_up(flow.id, &typed, problems, visit.app.settings.password.min_length);
    if visit.wants_html {
        // The page itself is built by the request that follows the redirect; what it says waits in the cookie.
        flow.say = Some(Say::SignUp(problems));
        flow.typed = typed;
    }
    visit.keep_flow(flow);
    Reply::refused(page, status)
}

/// What the rules for new passwords say, as a code.
#[must_use]
pub fn new_password_problem(problem: PasswordProblem) -> NewPasswordProblem {
    match problem {
        PasswordProblem::Empty => NewPasswordProblem::Empty,
        PasswordProblem::TooShort { min } => NewPasswordProblem::TooShort { min },
        PasswordProblem::TooLong => NewPasswordProblem::TooLong { max: passwords::MAX_BYTES },
        PasswordProblem::TooCommon => NewPasswordProblem::TooCommon,
        PasswordProblem::ContainsIdentifier => NewPasswordProblem::ContainsIdentifier,
    }
}
