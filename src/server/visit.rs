//! One request: which browser, which session, which flow, and what is to be set in the answer.

use super::cookies::{self, Cookie};
use super::db::{self, passkeys::Accepted, sessions::Session, users::User};
use super::layers::address::ClientAddress;
use super::place::Place;
use super::present::{CodeProblem, ForgottenProblems, SignUpProblems};
use super::random::{self, Token};
use super::seal::{Purpose, digest};
use super::services::evidence::Known;
use super::state::App;
use crate::page::BrowserFacts;
use domain::ceremony::Capabilities;
use domain::ids::{BrowserId, FlowId, SessionId};
use domain::intelligence::constants::FLOW_LIFETIME;
use domain::intelligence::{Decision, Environment, Plan};
use domain::platform::{self, Clues};
use domain::sign_in::SignIn;
use domain::time::Millis;
use http::HeaderMap;
use http::header::{ACCEPT, USER_AGENT};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The plain length of a sealed flow: room for the longest identifier, and a cookie below 4,096 bytes.
const FLOW_SIZE: usize = 2_048;

/// Texts from a browser are cut to this many characters before anybody looks at them.
const LONGEST_FACT: usize = 512;

/// What the flow cookie holds. It never says "proved".
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flow {
    pub id: FlowId,
    pub expires: Millis,
    pub sign_in: SignIn,
    pub facts: BrowserFacts,
    /// The plan that was made, to be stored with the first report.
    pub planned: Option<Planned>,
    /// When the first ceremony of this flow did not go through.
    pub failed_at: Option<Millis>,
    /// Perhaps somebody else wants to sign in than the account that this browser remembers: they said so, or signed out.
    pub another: bool,
    /// A prompt of this visit was turned down.
    pub cancelled: bool,
    /// The password is forgotten, and a code was asked for in its place.
    #[serde(default)]
    pub forgot: bool,
    /// Where the person goes after the sign-in; an address that may be led to.
    #[serde(default)]
    pub return_to: Option<String>,
    /// What was typed where an identifier was asked for, when it was none.
    pub typed: String,
    /// What the next page has to say, once. A form without JavaScript is answered by a redirect.
    pub say: Option<Say>,
}

/// The plan that a flow began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub decision: Decision<Plan>,
    /// The person had asked for their passkey by a button.
    pub asked: bool,
}

/// What a page says about the last attempt, in codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Say {
    IdentifierEmpty,
    IdentifierTooLong,
    IdentifierUnreadable,
    PasswordEmpty,
    PasswordWrong,
    Blocked {
        seconds: u32,
    },
    Busy,
    /// The ceremony was too old, of another flow, or already answered.
    Expired,
    /// The passkey is of another account.
    OtherAccount,
    /// The passkey was removed from this account, or is known to nobody.
    NotAccepted,
    /// What the browser sent could not be read or verified.
    Unreadable,
    /// No account was made.
    SignUp(SignUpProblems),
    /// Nor was one by this code.
    SignUpCode(CodeProblem),
    /// Another code is on its way.
    CodeSent,
    /// The code that was typed signs nobody in.
    Code(CodeProblem),
    /// No password was changed.
    Forgotten(ForgottenProblems),
    /// *This was not me* has done its work; `can_mail`: a code by mail leads back in.
    Disowned {
        can_mail: bool,
    },
    /// The account is gone.
    Deleted,
    /// A form of a session that is over has changed nothing.
    SessionOver,
}

/// One request and the cookies of its answer.
pub struct Visit {
    pub app: App,
    pub now: Millis,
    browser_token: Token,
    pub browser: BrowserId,
    pub session_token: Option<Token>,
    /// The session's token is one that this very answer brings: nobody has come with it yet.
    pub is_handed_out: bool,
    /// The session that this request began, and whose it is, as it is stored.
    begun: Option<(Session, User)>,
    /// What is known of the account of that session in this browser, and which passkeys it accepts, as it is stored.
    known: Option<(Box<Known>, Accepted)>,
    pub flow: Option<Flow>,
    pub platform_clue: Option<String>,
    pub user_agent: String,
    pub facts: BrowserFacts,
    /// A form without JavaScript: wants a redirect, not JSON.
    pub wants_html: bool,
    /// Where the request comes from, for limits.
    pub address: ClientAddress,
    /// Seconds after which another try is worth it.
    pub retry_after: Option<u32>,
    /// The page of a session that it stands on.
    pub place: Place,
    /// What was typed there and could not be taken, to be shown again. Never a password.
    pub typed: String,
    set: Vec<String>,
}

impl Visit {
    /// Reads a request. A browser without our handle gets one; a flow that does not open is no flow.
    #[must_use]
    pub fn read(app: &App, headers: &HeaderMap, facts: Option<&str>) -> Self {
        let https = app.settings.is_https();
        let known = Cookie::Browser.read(headers, https).and_then(cookies::token);
        let token = known.unwrap_or_else(random::bytes);
        let text =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(|text| cut(text, LONGEST_FACT));
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut visit = Self {
            app: app.clone(),
            now: app.clock.now(),
            browser: browser_id(&token),
            browser_token: token,
            session_token: Cookie::Session.read(headers, https).and_then(cookies::token),
            is_handed_out: false,
            begun: None,
            known: None,
            flow: None,
            platform_clue: text("sec-ch-ua-platform"),
            user_agent: text(USER_AGENT.as_str()).unwrap_or_default(),
            facts: BrowserFacts::default(),
            wants_html: accept.contains("text/html"),
            address: ClientAddress::default(),
            retry_after: None,
            place: Place::default(),
            typed: String::new(),
            set: Vec::new(),
        };
        if known.is_none() {
            visit.keep_browser();
        }
        let sealed = Cookie::Flow.read(headers, https).unwrap_or_default();
        let flow: Option<Flow> = app.sealer.open(Purpose::Flow, &visit.bearer(), sealed);
        visit.flow = flow.filter(|flow| visit.now < flow.expires);
        let sent = facts.filter(|text| text.len() <= 4 * LONGEST_FACT).and_then(|text| serde_json::from_str(text).ok());
        visit.facts =
            sent.map(bounded).or_else(|| visit.flow.as_ref().map(|flow| flow.facts.clone())).unwrap_or_default();
        visit
    }

    /// What sealed values are bound to: a hash of this browser's handle.
    #[must_use]
    pub fn bearer(&self) -> [u8; 32] {
        digest(&[b"bearer", &self.browser_token])
    }

    /// What is stored of the handle.
    #[must_use]
    pub fn browser_hash(&self) -> [u8; 32] {
        digest(&[b"browser", &self.browser_token])
    }

    /// What is stored of the known-browser mark of an account.
    #[must_use]
    pub fn mark_hash(&self, user: Uuid) -> [u8; 32] {
        digest(&[b"mark", &self.browser_token, user.as_bytes()])
    }

    /// The machine and browser, from headers and from what the page told.
    #[must_use]
    pub fn environment(&self) -> Environment {
        let clues = Clues {
            user_agent: Some(&self.user_agent),
            hint_platform: self.platform_clue.as_deref(),
            navigator_platform: self.facts.navigator_platform.as_deref(),
            touch_points: self.facts.touch_points,
        };
        let can = Capabilities {
            webauthn: self.facts.webauthn,
            platform_authenticator: self.facts.platform_authenticator,
            hybrid: self.facts.hybrid,
            conditional_get: self.facts.conditional_get,
            conditional_create: self.facts.conditional_create,
            immediate_get: self.facts.immediate_get,
            signals: self.facts.signals,
        };
        let platform = platform::platform(clues);
        Environment {
            platform,
            version: self.facts.platform_version.as_deref().and_then(|text| platform::version(platform, text)),
            browser: platform::browser(&self.user_agent),
            can,
        }
    }

    /// The flow that is under way, or a new one.
    pub fn flow_or_new(&mut self) -> Flow {
        match &self.flow {
            Some(flow) => flow.clone(),
            None => self.new_flow(),
        }
    }

    /// A flow at its beginning.
    #[must_use]
    pub fn new_flow(&self) -> Flow {
        Flow {
            id: FlowId(random::uuid()),
            expires: self.now.plus(FLOW_LIFETIME),
            sign_in: SignIn::default(),
            facts: self.facts.clone(),
            planned: None,
            failed_at: None,
            another: false,
            cancelled: false,
            forgot: false,
            return_to: None,
            typed: String::new(),
            say: None,
        }
    }

    /// Keeps a flow in the cookie of the answer.
    pub fn keep_flow(&mut self, mut flow: Flow) {
        // Browsers drop a cookie of more than 4,096 bytes without a word; what was typed can be missed best, and then the way back.
        let is_too_long = |flow: &Flow| serde_json::to_vec(flow).is_ok_and(|plain| plain.len() > FLOW_SIZE);
        if is_too_long(&flow) {
            flow.typed.clear();
        }
        if is_too_long(&flow) {
            flow.return_to = None;
        }
        let https = self.app.settings.is_https();
        if let Some(sealed) = self.app.sealer.seal(Purpose::Flow, &self.bearer(), FLOW_SIZE, &flow) {
            self.set(Cookie::Flow.set(&sealed, https), Cookie::Flow);
        }
        self.flow = Some(flow);
    }

    /// Ends the flow before a proof.
    pub fn drop_flow(&mut self) {
        self.flow = None;
        self.set(Cookie::Flow.remove(self.app.settings.is_https()), Cookie::Flow);
    }

    /// Hands out a session, or another token for the one that is there.
    pub fn keep_session(&mut self, token: Token) {
        self.session_token = Some(token);
        (self.begun, self.known) = (None, None);
        self.is_handed_out = true;
        self.set(Cookie::Session.set(&cookies::token_text(&token), self.app.settings.is_https()), Cookie::Session);
    }

    /// As [`Visit::keep_session`], for one that begins here. The page of this answer need not look for it; whoever ends it meanwhile,
    /// in another session of the account, ends it for the next request.
    pub fn begin_session(&mut self, token: Token, session: Session, user: User) {
        self.keep_session(token);
        self.begun = Some((session, user));
        // It lasts from the latest sign-in, as its row does. Before a proof nothing but its absence sets it, so that the answer is the
        // same for somebody and for nobody.
        self.keep_browser();
    }

    /// The session that this request began.
    #[must_use]
    pub fn begun(&self) -> Option<SessionId> {
        self.begun.as_ref().map(|(session, _)| session.id)
    }

    /// What was known of the account when the transaction that began the session was about to be committed: the page of this answer
    /// need not ask for it again.
    pub fn keep_known(&mut self, known: Known, accepted: Accepted) {
        self.known = Some((Box::new(known), accepted));
    }

    /// What is known of the account of the session that this request began, and what it accepts.
    #[must_use]
    pub fn known(&self) -> Option<(&Known, &Accepted)> {
        self.known.as_ref().map(|(known, accepted)| (&**known, accepted))
    }

    /// Takes the session cookie back.
    pub fn drop_session(&mut self) {
        self.session_token = None;
        (self.begun, self.known) = (None, None);
        self.set(Cookie::Session.remove(self.app.settings.is_https()), Cookie::Session);
    }

    /// Gives this browser a new handle, so that nothing connects it with the old one.
    pub fn renew_browser(&mut self) {
        self.browser_token = random::bytes();
        self.browser = browser_id(&self.browser_token);
        self.keep_browser();
        self.drop_flow();
    }

    /// Sets the cookie of the browser's handle, for its whole time.
    fn keep_browser(&mut self) {
        let value = cookies::token_text(&self.browser_token);
        self.set(Cookie::Browser.set(&value, self.app.settings.is_https()), Cookie::Browser);
    }

    /// The session of the cookie, if it is alive.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session(&self) -> Result<Option<Session>, sea_orm::DbErr> {
        Ok(self.session_and_user().await?.map(|(session, _)| session))
    }

    /// As [`Visit::session`], and whose it is.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn session_and_user(&self) -> Result<Option<(Session, User)>, sea_orm::DbErr> {
        let Some(token) = self.session_token else { return Ok(None) };
        if self.begun.is_some() {
            return Ok(self.begun.clone());
        }
        let idle = i64::from(self.app.settings.session.idle_minutes) * domain::time::MINUTE;
        let found = db::sessions::find_by_token(self.app.db.read(), &session_hash(&token), self.now).await?;
        Ok(found.filter(|(session, _)| self.now.since(session.seen_at) <= idle))
    }

    /// The `Set-Cookie` values of the answer.
    #[must_use]
    pub fn cookies(&self) -> &[String] {
        &self.set
    }

    fn set(&mut self, value: String, cookie: Cookie) {
        let prefix = format!("{}=", cookie.name(self.app.settings.is_https()));
        self.set.retain(|old| !old.starts_with(&prefix));
        self.set.push(value);
    }
}

/// What is stored of a session token.
#[must_use]
pub fn session_hash(token: &Token) -> [u8; 32] {
    digest(&[b"session", token])
}

/// The id of a browser follows from its handle, so that it has one before it has a row.
fn browser_id(token: &Token) -> BrowserId {
    let hash = digest(&[b"browser id", token]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    BrowserId(uuid::Builder::from_random_bytes(id).into_uuid())
}

fn bounded(facts: BrowserFacts) -> BrowserFacts {
    BrowserFacts {
        navigator_platform: facts.navigator_platform.map(|text| cut(&text, 32)),
        platform_version: facts.platform_version.map(|text| cut(&text, 32)),
        ..facts
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
