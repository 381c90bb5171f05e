//! *This was not me*: what was announced was done by somebody else. A page with a button, never a link that acts; it counts
//! once. Whoever holds the mail may press it, and whoever is in a session that a passkey opened: never one of the password
//! alone, or a thief could take the owner's new passkey away.

use super::announce::{News, token_hash};
use super::audit::{self, Happened};
use super::healing::{gone, session_of};
use super::inside::Inside;
use super::pages;
use super::reply::{Answer, Failure, Reply};
use crate::server::cookies;
use crate::server::db::notices::Notice;
use crate::server::db::sessions::Session;
use crate::server::db::users::{Renamed, User};
use crate::server::db::{self, WriteTx};
use crate::server::housekeeping::KEEP_NOTICES;
use crate::server::mail;
use crate::server::present::{Machine, NotMe, paths};
use crate::server::random;
use crate::server::visit::{Flow, Say, Visit};
use domain::audit::Event;
use domain::identifier::Identifier;
use domain::ids::{FlowId, SessionId};
use http::StatusCode;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// What names a notice: the token of a mail's link, or its id in a session.
#[derive(Clone, Copy, Default)]
pub struct Named<'a> {
    pub token: &'a str,
    pub id: &'a str,
}

impl<'a> Named<'a> {
    /// From the query of an address.
    #[must_use]
    pub fn in_query(query: &'a str) -> Self {
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        Self { token: value("token").unwrap_or_default(), id: value("notice").unwrap_or_default() }
    }
}

/// Shows what would be done. Nothing is done by looking.
///
/// # Errors
/// When the database does not answer.
pub async fn present(visit: &mut Visit, query: &str) -> Answer {
    // Said where it was done, until another step is shown: the address by itself could be sent to anybody.
    if query == paths::NOT_ME_DONE
        && let Some(Say::Disowned { can_mail }) = visit.flow.as_ref().and_then(|flow| flow.say)
    {
        return Ok(visit.app.presenter.not_me_done(can_mail).into());
    }
    let named = Named::in_query(query);
    let flow = visit.session().await?.map(|session| session.flow);
    let Some(notice) = find(visit, named).await? else { return Ok(void(visit)) };
    let Some(user) = db::users::find(visit.app.db.read(), notice.user).await? else { return Ok(void(visit)) };
    let flow = flow.unwrap_or_else(|| visit.flow_or_new().id);
    let machine = machine(visit.app.db.read(), &notice).await?;
    Ok(page(visit, flow, named, &notice, &user.identifier, machine).into())
}

/// The button.
///
/// # Errors
/// When the database does not answer.
pub async fn disown(visit: &mut Visit, flow_id: &str, token: &str, id: &str) -> Answer {
    let named = Named { token, id };
    // In a session the form must be of that session; the token of a mail stands for itself.
    let session = if token.is_empty() { session_of(visit, flow_id).await? } else { None };
    if token.is_empty() && session.is_none() {
        return pages::present(visit, "/dashboard").await;
    }
    let Some(notice) = find(visit, named).await? else { return Ok(void(visit)) };
    let mut became = take_back(visit, &notice, session.as_ref(), Gets::ItsOwn).await?;
    if matches!(became, Became::NameTaken) {
        became = take_back(visit, &notice, session.as_ref(), Gets::Nobodys).await?;
    }
    let can_mail = match became {
        Became::Done { can_mail } => can_mail,
        Became::Nothing(reply) => return Ok(*reply),
        Became::NameTaken => return Err(Failure::Internal("somebody has the name of nobody".to_owned())),
    };
    visit.drop_session();
    let flow = Flow { say: Some(Say::Disowned { can_mail }), ..visit.new_flow() };
    visit.keep_flow(flow);
    Ok(visit.app.presenter.not_me_done(can_mail).into())
}

/// What became of the button.
enum Became {
    /// Everything is taken back; `can_mail`: a code by mail leads back in.
    Done { can_mail: bool },
    /// Nothing was, and this is what there is to say.
    Nothing(Box<Reply>),
    /// Nothing was: somebody else got the name of before in this very moment, after which PostgreSQL lets the transaction do no more.
    NameTaken,
}

/// Which name an account gets whose name was changed since.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gets {
    /// That of before, unless somebody else has it.
    ItsOwn,
    /// One that nobody has.
    Nobodys,
}

/// Takes everything back, in one transaction.
async fn take_back(
    visit: &mut Visit,
    notice: &Notice,
    session: Option<&Session>,
    gets: Gets,
) -> Result<Became, Failure> {
    let db = visit.app.db.clone();
    let tx = db.write().await?;
    let user = match session {
        // Looked at anew: it may have ended meanwhile, or be one of the password alone, as its passkey was removed.
        Some(session) => match Inside::lock(visit, &tx, session).await? {
            Some(inside) => Some(inside).filter(|inside| !inside.is_limited()).map(|inside| inside.user),
            None => return Ok(Became::Nothing(Box::new(gone(visit, tx).await?))),
        },
        None => db::users::lock(&tx, notice.user).await?,
    };
    let Some(user) = user else { return Ok(Became::Nothing(Box::new(void(visit)))) };
    if !db::notices::disown(&tx, notice.id, visit.now).await? {
        return Ok(Became::Nothing(Box::new(void(visit))));
    }
    let session = session.map(|session| session.id);
    end(visit, &tx, notice, &user, session).await?;
    if give_back_name(visit, &tx, notice, &user, session, gets).await? == Renamed::KeyTaken {
        return Ok(Became::NameTaken);
    }
    // Whoever did it was told of what they did next, and could say in turn that the owner was not them.
    db::notices::close_since(&tx, user.id, notice.created_at, visit.now).await?;
    let user = db::users::find(&tx, user.id).await?;
    tx.commit().await?;
    Ok(Became::Done { can_mail: user.as_ref().and_then(super::announce::address).is_some() })
}

/// Ends what was made since, every session, every known browser and the password, which is not chosen again. Whoever did it may
/// have made more than what the notice tells, so everything that the account got since then goes.
async fn end(
    visit: &Visit,
    tx: &WriteTx,
    notice: &Notice,
    owner: &User,
    session: Option<SessionId>,
) -> Result<(), Failure> {
    let (user, now) = (owner.id, visit.now);
    let happened = |event| {
        let happened = Happened::to(user, event);
        session.map_or(happened, |session| happened.within(session))
    };
    audit::note(visit, tx, happened(Event::Disowned).about(notice.id)).await?;
    for passkey in db::passkeys::of_user(tx, user).await? {
        if passkey.created_at >= notice.created_at {
            db::passkeys::remove(tx, user, passkey.id, now).await?;
            audit::note(visit, tx, happened(Event::PasskeyRemoved).about(passkey.id.0)).await?;
        }
    }
    if db::saved_codes::made_at(tx, user).await?.is_some_and(|at| at >= notice.created_at) {
        db::saved_codes::replace(tx, user, Vec::new(), now).await?;
    }
    db::sessions::end_all_of_user_but(tx, user, None, now).await?;
    db::browsers::forget_marks_of_user(tx, user).await?;
    db::mailed_codes::forget_all_of_user(tx, user).await?;
    db::users::take_password(tx, owner, now).await?;
    Ok(())
}

/// The account is called again what it was called when that happened, and an address that was confirmed is. Who had that name
/// taken from them since: the account gets one that nobody has, so that it does not stay with the address of somebody else, who
/// would get a new password mailed there.
async fn give_back_name(
    visit: &Visit,
    tx: &WriteTx,
    notice: &Notice,
    user: &User,
    session: Option<SessionId>,
    gets: Gets,
) -> Result<Renamed, Failure> {
    let since = db::notices::all_since(tx, user.id, notice.created_at).await?;
    let first = since.iter().find_map(|notice| match serde_json::from_str(&notice.news) {
        Ok(News::AddressChanged { before, verified }) => Some((before, verified)),
        _ => None,
    });
    let Some((Ok(who), verified)) = first.map(|(before, verified)| (Identifier::parse(&before), verified)) else {
        return Ok(Renamed::Renamed);
    };
    if who.typed() == user.identifier {
        return Ok(Renamed::Renamed);
    }
    let owner = db::users::find_by_key(tx, who.key()).await?;
    let is_free = gets == Gets::ItsOwn && owner.is_none_or(|owner| owner.id == user.id);
    let (name, verified) = if is_free { (who, verified) } else { (nobodys_name()?, None) };
    if db::users::rename(tx, user.id, name.typed(), name.key(), verified).await? == Renamed::KeyTaken {
        return Ok(Renamed::KeyTaken);
    }
    let happened = Happened::to(user.id, Event::IdentifierChanged);
    audit::note(visit, tx, session.map_or(happened, |session| happened.within(session))).await?;
    if let Some(to) = super::announce::address(user) {
        let mail = visit.app.presenter.given_back_mail(&to);
        mail::put(&visit.app, tx, &mail, visit.now, visit.now.plus(KEEP_NOTICES)).await?;
    }
    Ok(Renamed::Renamed)
}

fn nobodys_name() -> Result<Identifier, Failure> {
    let name = format!("account-{:032x}", u128::from_be_bytes(random::bytes()));
    Identifier::parse(&name).map_err(|problem| Failure::Internal(format!("a name for nobody: {problem}")))
}

/// The notice that was meant, if it can still be disowned, by this visitor.
async fn find(visit: &Visit, named: Named<'_>) -> Result<Option<Notice>, Failure> {
    let db = visit.app.db.read();
    let found = if named.token.is_empty() {
        match (Inside::load(visit).await?, Uuid::try_parse(named.id)) {
            (Some(inside), Ok(id)) if !inside.is_limited() && !inside.must_choose_password() => {
                db::notices::find(db, inside.user.id, id).await?
            }
            _ => None,
        }
    } else {
        match cookies::token(named.token) {
            Some(token) => db::notices::find_by_token(db, &token_hash(&token)).await?,
            None => None,
        }
    };
    let is_open = |notice: &Notice| notice.disowned_at.is_none() && visit.now.since(notice.created_at) <= KEEP_NOTICES;
    Ok(found.filter(is_open))
}

/// Where it was done, as far as the browser was not forgotten since.
///
/// # Errors
/// When the database does not answer.
pub async fn machine<C: ConnectionTrait>(c: &C, notice: &Notice) -> Result<Option<Machine>, Failure> {
    let Some(browser) = notice.browser else { return Ok(None) };
    let found = db::browsers::find_all(c, vec![browser]).await?;
    Ok(found.into_values().next().map(|row| Machine { browser: row.browser, platform: row.platform }))
}

fn page(
    visit: &Visit,
    flow: FlowId,
    named: Named<'_>,
    notice: &Notice,
    identifier: &str,
    machine: Option<Machine>,
) -> crate::page::Page {
    let news: Option<News> = serde_json::from_str(&notice.news).ok();
    let view = NotMe {
        flow,
        identifier,
        news: news.as_ref(),
        at: notice.created_at,
        now: visit.now,
        machine,
        token: named.token,
        id: named.id,
    };
    visit.app.presenter.not_me(&view)
}

fn void(visit: &Visit) -> Reply {
    Reply::refused(visit.app.presenter.not_me_void(), StatusCode::NOT_FOUND)
}
