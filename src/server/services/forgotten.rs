//! A forgotten password: a code that was mailed, or one that the person keeps, in place of it. Whoever asks for whomever, the
//! answers are the same, and so is what is done for them.

use super::announce::{self, By, News, announce};
use super::audit::{self, Happened};
use super::codes::{self, Checked, For, Typed};
use super::evidence::{Known, commit_and_keep, gather_locked, gather_of};
use super::former::{Compared, Former};
use super::perform::remember_browser;
use super::reply::{Answer, Failure, Reply};
use super::sign_in::{Proof, enter, is};
use super::sign_up::new_password_problem;
use super::{busy, pages, throttle};
use crate::server::db::users::{CodeKind, Created, NewUser, User};
use crate::server::db::{self, WriteTx};
use crate::server::passwords;
use crate::server::present::{CodeProblem, ForgottenProblems, IdentifyProblem, NewPasswordProblem};
use crate::server::random;
use crate::server::visit::{Flow, Say, Visit};
use domain::assurance::Proofs;
use domain::audit::Event as Noted;
use domain::identifier::Identifier;
use domain::ids::UserId;
use domain::intelligence::{Plan, SignedInBy};
use domain::sign_in::Event;
use http::StatusCode;

/// Shows where it stands.
#[must_use]
pub fn present(visit: &mut Visit) -> Reply {
    let mut flow = visit.flow_or_new();
    let say = flow.say.take();
    let page = page(visit, &flow, say);
    flow.typed = String::new();
    visit.keep_flow(flow);
    page.into()
}

fn page(visit: &Visit, flow: &Flow, say: Option<Say>) -> crate::page::Page {
    let presenter = &visit.app.presenter;
    let who = flow.sign_in.identifier.as_ref();
    match who.filter(|_| flow.forgot) {
        Some(who) => {
            let problems = match say {
                Some(Say::Forgotten(problems)) => problems,
                _ => ForgottenProblems::default(),
            };
            let again = say == Some(Say::CodeSent);
            presenter.new_password(flow.id, who.typed(), again, problems, visit.app.settings.password.min_length)
        }
        None => {
            let problem = match say {
                Some(Say::IdentifierEmpty) => Some(IdentifyProblem::Empty),
                Some(Say::IdentifierTooLong) => Some(IdentifyProblem::TooLong),
                Some(Say::IdentifierUnreadable) => Some(IdentifyProblem::Unreadable),
                Some(Say::Blocked { seconds }) => Some(IdentifyProblem::Blocked { seconds: seconds.into() }),
                _ => None,
            };
            let typed = if flow.typed.is_empty() { who.map_or("", Identifier::typed) } else { &flow.typed };
            presenter.forgot_password(flow.id, typed, problem)
        }
    }
}

/// *Continue*, *Send a new code*: mails a code, if there is somebody to mail it to.
///
/// # Errors
/// When the database does not answer.
pub async fn send(visit: &mut Visit, flow_id: &str, typed: &str) -> Answer {
    let mut flow = visit.flow_or_new();
    if visit.session().await?.is_some() || (visit.flow.is_some() && !is(flow.id, flow_id)) {
        return pages::present(visit, "/forgot-password").await;
    }
    let who = match Identifier::parse(typed) {
        Ok(who) => who,
        Err(problem) => {
            flow.forgot = false;
            flow.typed = typed.chars().take(domain::identifier::MAX_LENGTH).collect();
            let say = super::sign_in::identifier_problem(problem);
            return Ok(answer(visit, flow, Some(say), StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let was_here = flow.forgot;
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Known { account, evidence, .. } = gather_locked(visit, &tx, &who).await?;
    let letter = codes::Letter {
        what: For::Reset,
        of: flow.id.0,
        identifier_key: who.key(),
        known_browser: evidence.known_browser,
        user: account.user().map(|user| user.id),
        to: account.user().and_then(announce::address),
        owner: None,
    };
    let waits = codes::mail(visit, &tx, letter).await?;
    tx.commit().await?;
    // From here the flow is about this person, as if they had said who they are at the door.
    if flow.sign_in.identifier.as_ref().is_none_or(|now| now.key() != who.key()) {
        let identified = Event::Identified(who, Plan::EnterPassword);
        flow.sign_in = flow.sign_in.advance(identified, &evidence, visit.now).flow;
    }
    flow.forgot = true;
    let (say, status) = match waits {
        None => (was_here.then_some(Say::CodeSent), StatusCode::OK),
        Some(seconds) => {
            throttle::told_to_wait(visit, seconds);
            let code = Some(CodeProblem::Blocked { seconds: seconds.into() });
            (Some(Say::Forgotten(ForgottenProblems { code, password: None })), StatusCode::TOO_MANY_REQUESTS)
        }
    };
    Ok(answer(visit, flow, say, status))
}

/// *Save new password*
///
/// # Errors
/// When the database does not answer.
pub async fn choose(visit: &mut Visit, flow_id: &str, code: &str, password: &str) -> Answer {
    let flow = visit.flow.clone().filter(|flow| flow.forgot && is(flow.id, flow_id));
    let Some((flow, who)) = flow.and_then(|flow| flow.sign_in.identifier.clone().map(|who| (flow, who))) else {
        return pages::present(visit, "/forgot-password").await;
    };
    if visit.app.hasher.is_full() {
        return Ok(no_room(visit, flow));
    }
    if visit.session().await?.is_some() {
        return pages::present(visit, "/dashboard").await;
    }
    let problems = ForgottenProblems {
        code: code.trim().is_empty().then_some(CodeProblem::Empty),
        password: passwords::check_new(password, who.key(), visit.app.settings.password.min_length)
            .err()
            .map(new_password_problem),
    };
    if problems != ForgottenProblems::default() {
        return Ok(refuse(visit, flow, problems, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let Known { account, evidence, .. } = gather_locked(visit, &tx, &who).await?;
    let known = evidence.known_browser;
    let owner = account.user();
    let user = owner.map(|user| user.id);
    let typed = codes::read(visit, For::Reset, flow.id.0, user, who.key(), code);
    let checked = codes::check(visit, &tx, &typed, user, who.key(), known).await?;
    let of = (For::Reset, flow.id.0);
    let (Some(owner), Checked::Right(kind)) = (owner, checked) else {
        // Right by luck, for nobody: that is as good as wrong.
        let checked = if let Checked::Right(_) = checked { Checked::Wrong } else { checked };
        codes::note_refusal(visit, &tx, checked, of, user, who.key()).await?;
        tx.commit().await?;
        return Ok(did_not_count(visit, flow, checked));
    };
    tx.commit().await?;
    // Only now: hashing is dear, and nobody without a code gets that far.
    let (tx, locked, hash) = match hash_and_lock(visit, owner, &typed, who.key(), known, password).await? {
        Ok(locked) => locked,
        Err(why) => {
            // Not before: of many at once with one code, only so many learn anything.
            let tx = db.write().await?;
            codes::give_try_back(&tx, &typed).await?;
            tx.commit().await?;
            return Ok(not_hashed(visit, flow, why));
        }
    };
    let changed = change(visit, &tx, &who, locked, &typed, kind, known, &hash).await?;
    let Some(user) = changed else {
        codes::note_refusal(visit, &tx, Checked::Void, of, Some(owner.id), who.key()).await?;
        tx.commit().await?;
        return Ok(did_not_count(visit, flow, Checked::Void));
    };
    let gone = || Failure::Internal("an account was gone in the transaction that changed it".to_owned());
    let known = gather_of(visit, &tx, &who, user).await?.ok_or_else(gone)?;
    let by = SignedInBy::Password { failures: flow.sign_in.trail.failures };
    let proofs = Proofs { password: Some(visit.now), ..Proofs::default() };
    let proof = Proof::new(by, proofs, &[], visit.now);
    let session = proof.session;
    enter(visit, &tx, &who, &known, &flow, proof).await?;
    audit::note(visit, &tx, Happened::to(user, Noted::PasswordSetByCode).within(session)).await?;
    commit_and_keep(visit, tx, &who, user).await?;
    pages::present(visit, "/dashboard").await
}

/// Why there is no hash of a new password.
enum NotHashed {
    Busy,
    NotNew,
}

/// Compares the new password with those that the account has and had, hashes it, and locks the account. Where they
/// are others by then, it is compared with those, as long as the code is good. `None`: it is not, or the account is gone.
async fn hash_and_lock(
    visit: &Visit,
    owner: &User,
    typed: &Typed,
    identifier_key: &str,
    known: bool,
    password: &str,
) -> Result<Result<(WriteTx, Option<User>, String), NotHashed>, Failure> {
    let mut owner = owner.clone();
    loop {
        let former = Former::of(&owner);
        let hash = match former.hash_new(&visit.app.hasher, password, None).await {
            Ok(Compared::New(hash)) => hash,
            Ok(Compared::Present | Compared::Void) => return Ok(Err(NotHashed::NotNew)),
            Err(_) => return Ok(Err(NotHashed::Busy)),
        };
        let tx = visit.app.db.write().await?;
        match db::users::lock(&tx, owner.id).await? {
            Some(locked) if Former::of(&locked) != former => {
                // What is used up here goes on counting, as nothing is committed.
                if !codes::spend(visit, &tx, typed, owner.id, identifier_key, known).await? {
                    return Ok(Ok((tx, None, hash)));
                }
                owner = locked;
            }
            locked => return Ok(Ok((tx, locked, hash))),
        }
    }
}

/// Uses the code up and gives the account, which is locked, its new password; `None` if somebody used it up before. An account
/// that begins anew has another id from here.
#[expect(clippy::too_many_arguments, reason = "what is changed, by whom, and with what proof")]
async fn change(
    visit: &Visit,
    tx: &WriteTx,
    who: &Identifier,
    locked: Option<User>,
    typed: &Typed,
    kind: CodeKind,
    known: bool,
    hash: &str,
) -> Result<Option<UserId>, Failure> {
    let Some(user) = locked else { return Ok(None) };
    // The code was for the account of that name, and has been renamed while the password was hashed.
    if user.identifier_key != who.key() {
        return Ok(None);
    }
    if !codes::spend(visit, tx, typed, user.id, who.key(), known).await? {
        return Ok(None);
    }
    throttle::clear(tx, &throttle::key(visit, who.key(), known)).await?;
    let id = if kind == CodeKind::Mailed && user.verified_at.is_none() {
        begin_anew(visit, tx, &user, hash).await?
    } else {
        db::users::replace_password(tx, user.id, hash, kind, visit.now).await?;
        db::sessions::end_all_of_user_but(tx, user.id, None, visit.now).await?;
        db::browsers::forget_marks_of_user(tx, user.id).await?;
        db::mailed_codes::forget_all_of_user(tx, user.id).await?;
        announce(tx, &user, &News::PasswordChanged, By::Visit(visit, None)).await?;
        user.id
    };
    Ok(Some(id))
}

/// The first to show that the address is theirs did not come from inside the account: whoever made it may be a stranger, and
/// nothing of it can be told from what a stranger would plant. So it goes, and the owner of the address begins with a new one.
async fn begin_anew(visit: &Visit, tx: &WriteTx, before: &User, hash: &str) -> Result<UserId, Failure> {
    audit::note(visit, tx, Happened::to(before.id, Noted::AccountDeleted)).await?;
    db::users::delete(tx, before.id).await?;
    let id = UserId(random::uuid());
    let new = NewUser {
        id,
        handle: random::uuid(),
        identifier: before.identifier.clone(),
        identifier_key: before.identifier_key.clone(),
        password_hash: Some(hash.to_owned()),
        now: visit.now,
    };
    if db::users::create(tx, new).await? == Created::KeyTaken {
        return Err(Failure::Internal("an identifier was taken in the transaction that freed it".to_owned()));
    }
    db::users::verify_address(tx, id, visit.now).await?;
    for event in [Noted::BegunAnew, Noted::AddressConfirmed] {
        audit::note(visit, tx, Happened::to(id, event)).await?;
    }
    remember_browser(visit, tx).await?;
    Ok(id)
}

/// The code is right, and goes on counting.
fn not_hashed(visit: &mut Visit, flow: Flow, why: NotHashed) -> Reply {
    match why {
        NotHashed::Busy => no_room(visit, flow),
        NotHashed::NotNew => {
            let problems = ForgottenProblems { code: None, password: Some(NewPasswordProblem::NotNew) };
            refuse(visit, flow, problems, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

fn did_not_count(visit: &mut Visit, flow: Flow, checked: Checked) -> Reply {
    let (code, status) = codes::problem(visit, checked);
    refuse(visit, flow, ForgottenProblems { code: Some(code), password: None }, status)
}

/// Too many passwords are under way. The page can say so itself: to make it, nothing is read.
fn no_room(visit: &mut Visit, flow: Flow) -> Reply {
    busy::counted(visit);
    let problems = ForgottenProblems { code: Some(CodeProblem::Busy), password: None };
    refuse(visit, flow, problems, StatusCode::SERVICE_UNAVAILABLE)
}

fn refuse(visit: &mut Visit, flow: Flow, problems: ForgottenProblems, status: StatusCode) -> Reply {
    answer(visit, flow, Some(Say::Forgotten(problems)), status)
}

/// The page with what there is to say; without JavaScript it waits in the cookie for the request that follows the redirect.
fn answer(visit: &mut Visit, mut flow: Flow, say: Option<Say>, status: StatusCode) -> Reply {
    let page = page(visit, &flow, say);
    flow.say = if visit.wants_html { say } else { None };
    if !visit.wants_html {
        flow.typed = String::new();
    }
    visit.keep_flow(flow);
    Reply::refused(page, status)
}
