//! A code by mail in place of passkey and password. Whoever asks for whomever, the answers are the same, and so is what is done
//! for them. What it shows is that the mailbox is theirs, and nothing more.

use super::announce;
use super::audit::{self, Happened};
use super::codes::{self, Checked, For};
use super::evidence::{Known, commit_and_keep, gather_locked};
use super::reply::Answer;
use super::sign_in::{Proof, enter, say, under_way, user_id};
use super::{pages, throttle};
use crate::server::db::users::User;
use crate::server::metrics::Method;
use crate::server::present::CodeProblem;
use crate::server::visit::{Flow, Say, Visit};
use domain::assurance::Proofs;
use domain::audit::Event as Noted;
use domain::identifier::Identifier;
use domain::sign_in::{Event, Step};
use http::StatusCode;

/// *Email me a code*, *Send a new code*: mails one, if there is somebody to mail it to.
///
/// # Errors
/// When the database does not answer.
pub async fn send(visit: &mut Visit, flow_id: &str) -> Answer {
    let Some((mut flow, who)) = asked(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    let was_here = flow.sign_in.step() == Step::EnterCode;
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let known = gather_locked(visit, &tx, &who).await?;
    let letter = codes::Letter {
        what: For::SignIn,
        of: flow.id.0,
        identifier_key: who.key(),
        known_browser: known.evidence.known_browser,
        user: user_id(&known.account),
        to: known.account.user().and_then(mailbox),
        owner: None,
    };
    let waits = codes::mail(visit, &tx, letter).await?;
    tx.commit().await?;
    flow.sign_in = flow.sign_in.advance(Event::CodeChosen, &known.evidence, visit.now).flow;
    flow.say = None;
    match waits {
        None => {
            flow.say = was_here.then_some(Say::CodeSent);
            pages::show_flow_of(visit, flow, StatusCode::OK, Some(known)).await
        }
        Some(seconds) => {
            throttle::told_to_wait(visit, seconds);
            let problem = CodeProblem::Blocked { seconds: seconds.into() };
            say(visit, flow, Say::Code(problem), StatusCode::TOO_MANY_REQUESTS).await
        }
    }
}

/// *Sign in*: takes the code.
///
/// # Errors
/// When the database does not answer.
pub async fn check(visit: &mut Visit, flow_id: &str, text: &str) -> Answer {
    let Some((mut flow, who)) = asked(visit, flow_id) else { return pages::present(visit, "/sign-in").await };
    flow.sign_in = flow.sign_in.code_typed();
    let typed = codes::read(visit, For::SignIn, flow.id.0, None, who.key(), text);
    if !typed.is_mailed() {
        // What is no six digits cannot be the code, and is no guess at it.
        let (problem, status) = match text.trim().is_empty() {
            true => (CodeProblem::Empty, StatusCode::UNPROCESSABLE_ENTITY),
            false => (CodeProblem::Wrong, StatusCode::UNAUTHORIZED),
        };
        return say(visit, flow, Say::Code(problem), status).await;
    }
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let found = gather_locked(visit, &tx, &who).await?;
    let Known { account, evidence, .. } = &found;
    let known = evidence.known_browser;
    let checked = codes::check(visit, &tx, &typed, user_id(account), who.key(), known).await?;
    let after = flow.sign_in.clone().advance(Event::CodeProved, evidence, visit.now);
    let user = account.user().filter(|user| mailbox(user).is_some());
    if let (Some(user), Checked::Right(kind), Step::Proved(by)) = (user, checked, after.flow.step())
        && codes::spend(visit, &tx, &typed, user.id, who.key(), known).await?
    {
        // A kind that has set the password lately does not stand beside it: the mailbox twice is one proof.
        let counts = found.ways(visit.now).has(kind);
        let proofs = Proofs { code: counts.then_some(visit.now), ..Proofs::default() };
        let proof = Proof::new(by, proofs, &after.writes, visit.now);
        let session = proof.session;
        enter(visit, &tx, &who, &found, &flow, proof).await?;
        audit::note(visit, &tx, Happened::to(user.id, Noted::SignedInWithCode).within(session)).await?;
        commit_and_keep(visit, tx, &who, user.id).await?;
        visit.app.metrics.signed_in(Method::Code);
        return pages::present(visit, "/dashboard").await;
    }
    // Right by luck, for nobody or for an address that nobody has confirmed: that is as good as wrong.
    let checked = match checked {
        Checked::Right(_) if user.is_none() => Checked::Wrong,
        checked => checked,
    };
    codes::note_refusal(visit, &tx, checked, (For::SignIn, flow.id.0), user_id(account), who.key()).await?;
    tx.commit().await?;
    let (problem, status) = codes::problem(visit, checked);
    say(visit, flow, Say::Code(problem), status).await
}

/// The flow that a form belongs to, where the operator has codes on.
fn asked(visit: &Visit, flow_id: &str) -> Option<(Flow, Identifier)> {
    under_way(visit, flow_id).filter(|_| visit.app.settings.sign_in.email_code)
}

/// Where a code is mailed to: an address that its owner has confirmed. Anybody may have typed one that was not.
fn mailbox(user: &User) -> Option<String> {
    announce::address(user).filter(|_| user.verified_at.is_some())
}
