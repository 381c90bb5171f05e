//! Step `account`: what the account is made of, where it is used, and what happened to it.

use super::dashboard::unique;
use super::date::ago;
use super::form::{ceremony, link, post};
use super::notice::PasskeyNotice;
use super::voice::Voice;
use super::{Minted, Presenter, Walk, asker::asker, paths};
use crate::page::{Account, Action, Ceremony, Item, Notice, NoticeKind, Page, Screen, Section};
use domain::audit::Event;
use domain::ceremony::Purpose;
use domain::ids::{BrowserId, PasskeyId, SessionId};
use domain::platform::{Browser, Platform};
use domain::time::Millis;

/// What the page shows.
pub struct AccountView<'a> {
    pub walk: Walk<'a>,
    pub now: Millis,
    /// `None`: it is the one of the beginning.
    pub password_changed: Option<Millis>,
    pub sessions: Vec<SessionView>,
    pub browsers: Vec<BrowserView>,
    /// For how many days a browser stays known.
    pub known_browser_days: u16,
    pub activity: Vec<ActivityView>,
    /// To be looked at after a new password.
    pub since: Vec<SincePasskey>,
    pub limit: Option<AccountLimit>,
    /// Where a passkey can lift the limit.
    pub prove: Option<Minted>,
    pub said: Option<AccountSaid>,
}

/// What a browser called itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    pub browser: Browser,
    pub platform: Platform,
}

/// A session that is alive. No machine where the browser was forgotten.
#[derive(Clone, Copy, Debug)]
pub struct SessionView {
    pub id: SessionId,
    pub machine: Option<Machine>,
    pub started: Millis,
    pub seen: Millis,
    /// It is the one that asks.
    pub here: bool,
}

/// A browser that is known.
#[derive(Clone, Copy, Debug)]
pub struct BrowserView {
    pub id: BrowserId,
    pub machine: Option<Machine>,
    /// When a passkey was last verified in it.
    pub verified: Millis,
    pub here: bool,
}

/// Something that happened, perhaps several times in a row.
#[derive(Clone, Copy, Debug)]
pub struct ActivityView {
    pub event: Event,
    pub times: usize,
    /// The last time.
    pub at: Millis,
    pub machine: Option<Machine>,
    pub here: bool,
}

/// A passkey made since the password before the present one.
#[derive(Clone, Debug)]
pub struct SincePasskey {
    pub id: PasskeyId,
    pub name: String,
    pub created: Millis,
}

/// Why a session of the password alone changes nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountLimit {
    /// A passkey lifts it.
    Passkeys,
    /// All passkeys were removed.
    NoneLeft,
}

/// What the last action did, or did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountSaid {
    SessionEnded,
    SessionsEnded,
    /// But not all of them, or not this one: a passkey has just answered there.
    SessionsSpared,
    BrowserForgotten,
    BrowsersForgotten,
    PasswordChanged,
    IdentifierChanged,
    /// The proof given was right.
    Confirmed,
    /// A limited session may not do this.
    NeedsPasskey,
    /// It was ended or forgotten before, or never was this person's.
    Gone,
    /// The form was of another session of this browser, perhaps of somebody else.
    AnotherSession,
    Busy,
    /// A `get()` for more proof gave none.
    Passkey(PasskeyNotice),
}

impl Presenter {
    /// The account.
    #[must_use]
    pub fn account(&self, view: &AccountView<'_>) -> Page {
        let voice = &self.voice(view.walk.env);
        let heading = voice.say("account-heading");
        let limit = view.limit.map(|limit| Notice { kind: NoticeKind::Info, text: limit.words(voice) });
        let notices: Vec<_> = limit.into_iter().chain(view.said.map(|said| said.notice(voice))).collect();
        let spoken = notices.iter().filter(|notice| notice.kind != NoticeKind::Problem);
        let status = spoken.map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" ");
        let since = (!view.since.is_empty()).then(|| since(voice, view));
        let always =
            [details(voice, view), sessions(voice, view), browsers(voice, view), activity(voice, view), data(voice)];
        let screen = Account {
            heading: heading.clone(),
            identifier: voice.with("dashboard-identifier", &[("identifier", view.walk.who)]),
            notices,
            prove: prove(voice, &view.walk, view.prove.clone(), paths::ACCOUNT),
            sections: since.into_iter().chain(always).collect(),
            back: link(paths::DASHBOARD, voice.say("account-back")),
        };
        self.page(paths::ACCOUNT, &heading, status, Screen::Account(screen))
    }
}

/// *Use a passkey*, which leads back to where it was pressed.
pub(super) fn prove(
    voice: &Voice<'_>,
    walk: &Walk<'_>,
    minted: Option<Minted>,
    back: &str,
) -> Option<(String, Ceremony)> {
    let ceremony = ceremony(walk.flow, Purpose::Verify, minted?, asker(walk).waiting(voice));
    let report = format!("{}?at={back}", ceremony.report);
    Some((voice.say("common-use-a-passkey"), Ceremony { report, ..ceremony }))
}

impl AccountLimit {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        voice.say(match self {
            Self::Passkeys => "account-limited",
            Self::NoneLeft => "account-limited-none-left",
        })
    }
}

impl AccountSaid {
    pub(super) fn notice(self, voice: &Voice<'_>) -> Notice {
        use NoticeKind::{Info, Problem};
        let (kind, text) = match self {
            Self::SessionEnded => (Info, voice.say("account-session-ended")),
            Self::SessionsEnded => (Info, voice.say("account-sessions-ended")),
            Self::SessionsSpared => (Info, voice.say("account-sessions-spared")),
            Self::BrowserForgotten => (Info, voice.say("account-browser-forgotten")),
            Self::BrowsersForgotten => (Info, voice.say("account-browsers-forgotten")),
            Self::PasswordChanged => (Info, voice.say("account-password-changed")),
            Self::IdentifierChanged => (Info, voice.say("account-identifier-changed")),
            Self::Confirmed => (Info, voice.say("dashboard-confirmed")),
            Self::NeedsPasskey => (Problem, voice.say("account-needs-passkey")),
            Self::Gone => (Problem, voice.say("account-gone")),
            Self::AnotherSession => (Problem, voice.say("account-another-session")),
            Self::Busy => (Problem, voice.say("common-busy")),
            Self::Passkey(notice) => (Problem, notice.words(voice)),
        };
        Notice { kind, text }
    }
}

fn section(voice: &Voice<'_>, id: &str, heading: &str, items: Vec<Item>) -> Section {
    Section { id: id.to_owned(), heading: voice.say(heading), hint: String::new(), items, all: None, links: Vec::new() }
}

fn item(name: String, facts: Vec<String>) -> Item {
    Item { name, facts, state: String::new(), end: None, change: None }
}

/// How the person signs in.
fn details(voice: &Voice<'_>, view: &AccountView<'_>) -> Section {
    let changed = match view.password_changed {
        Some(at) => voice.with("account-password-since", &[("ago", &ago(voice, at, view.now))]),
        None => voice.say("account-password-first"),
    };
    let change = |path, label| Some(link(path, voice.say(label)));
    let name = Item {
        change: change(paths::ACCOUNT_IDENTIFIER, "account-change-identifier"),
        ..item(view.walk.who.to_owned(), vec![voice.say("account-identifier")])
    };
    let password = Item {
        change: change(paths::ACCOUNT_PASSWORD, "account-change-password"),
        ..item(voice.say("common-password"), vec![changed])
    };
    section(voice, "details", "account-details", vec![name, password])
}

fn sessions(voice: &Voice<'_>, view: &AccountView<'_>) -> Section {
    let names = names(voice, view.sessions.iter().map(|session| session.machine));
    let items = view.sessions.iter().zip(names).map(|(session, name)| {
        let end = || act(voice, view, paths::END_SESSION, session.id.to_string(), "account-end-session", &name);
        let started = voice.with("account-session-started", &[("ago", &ago(voice, session.started, view.now))]);
        let used = voice.with("account-session-used", &[("ago", &ago(voice, session.seen, view.now))]);
        Item {
            state: if session.here { voice.say("account-this-session") } else { String::new() },
            end: (!session.here).then(end),
            ..item(name.clone(), vec![started, used])
        }
    });
    let all = || post(paths::END_SESSIONS, view.walk.flow, voice.say("account-end-sessions"));
    Section {
        all: (view.sessions.len() > 1).then(all),
        ..section(voice, "sessions", "account-sessions", items.collect())
    }
}

/// Forgetting them changes what the password is good for, so a limited session only sees them.
fn browsers(voice: &Voice<'_>, view: &AccountView<'_>) -> Section {
    let names = names(voice, view.browsers.iter().map(|browser| browser.machine));
    let items = view.browsers.iter().zip(names).map(|(browser, name)| {
        let end = || act(voice, view, paths::FORGET_BROWSER, browser.id.to_string(), "account-forget-browser", &name);
        let verified = voice.with("account-browser-verified", &[("ago", &ago(voice, browser.verified, view.now))]);
        Item {
            state: if browser.here { voice.say("account-this-browser") } else { String::new() },
            end: view.limit.is_none().then(end),
            ..item(name.clone(), vec![verified])
        }
    });
    let all = || post(paths::FORGET_BROWSERS, view.walk.flow, voice.say("account-forget-browsers"));
    let others = view.browsers.iter().any(|browser| !browser.here);
    let hint = if view.browsers.is_empty() {
        voice.say("account-browsers-none")
    } else {
        voice.count("account-browsers-hint", "days", view.known_browser_days.into())
    };
    Section {
        hint,
        all: (others && view.limit.is_none()).then(all),
        ..section(voice, "browsers", "account-browsers", items.collect())
    }
}

fn activity(voice: &Voice<'_>, view: &AccountView<'_>) -> Section {
    let items = view.activity.iter().map(|line| {
        let at = ago(voice, line.at, view.now);
        let place = match (line.event, line.here, line.machine) {
            (Event::ResetByOperator, ..) => String::new(),
            (_, true, _) => voice.say("account-activity-here"),
            (_, false, machine) => name_of(voice, machine),
        };
        item(said(voice, line), vec![at, place])
    });
    section(voice, "activity", "account-activity", items.collect())
}

fn data(voice: &Voice<'_>) -> Section {
    Section {
        hint: voice.say("account-data-hint"),
        links: vec![
            link(paths::ACCOUNT_EXPORT, voice.say("account-export")),
            link(paths::ACCOUNT_DELETE, voice.say("account-delete")),
        ],
        ..section(voice, "data", "account-data", Vec::new())
    }
}

/// Whoever knew the old password may have made a passkey with it.
fn since(voice: &Voice<'_>, view: &AccountView<'_>) -> Section {
    let names = unique(view.since.iter().map(|passkey| passkey.name.as_str()));
    let items = view.since.iter().zip(names).map(|(passkey, name)| {
        let made = voice.with("account-since-made", &[("ago", &ago(voice, passkey.created, view.now))]);
        let path = format!("{}?remove={}", paths::DASHBOARD, passkey.id);
        let remove = link(&path, voice.with("dashboard-remove", &[("name", &name)]));
        Item { change: Some(remove), ..item(name, vec![made]) }
    });
    Section { hint: voice.say("account-since-hint"), ..section(voice, "since", "account-since", items.collect()) }
}

/// A button that takes one line off its list.
fn act(voice: &Voice<'_>, view: &AccountView<'_>, path: &str, id: String, label: &str, name: &str) -> Action {
    let mut action = post(path, view.walk.flow, voice.with(label, &[("name", name)]));
    action.hidden.push(("id".to_owned(), id));
    action
}

/// What to call them, each by another name, as buttons are told apart by their names.
fn names(voice: &Voice<'_>, machines: impl Iterator<Item = Option<Machine>>) -> Vec<String> {
    let names: Vec<_> = machines.map(|machine| name_of(voice, machine)).collect();
    unique(names.iter().map(String::as_str))
}

pub(super) fn name_of(voice: &Voice<'_>, machine: Option<Machine>) -> String {
    let Some(Machine { browser, platform }) = machine else { return voice.say("account-machine-forgotten") };
    let browser = voice.with("account-machine-browser", &[("browser", browser.slug())]);
    voice.with("account-machine", &[("browser", &browser), ("machine", platform.slug())])
}

fn said(voice: &Voice<'_>, line: &ActivityView) -> String {
    match line.event {
        Event::SignedUp => voice.say("activity-signed-up"),
        Event::SignedInWithPasskey => voice.say("activity-signed-in-with-passkey"),
        Event::SignedInWithPassword => voice.say("activity-signed-in-with-password"),
        Event::SignedInWithCode => voice.say("activity-signed-in-with-code"),
        Event::PasswordRefused => voice.count("activity-password-refused", "times", line.times),
        Event::PasskeyRefused => voice.count("activity-passkey-refused", "times", line.times),
        Event::PasskeyConfirmed => voice.say("activity-passkey-confirmed"),
        Event::PasswordConfirmed => voice.say("activity-password-confirmed"),
        Event::CodeConfirmed => voice.say("activity-code-confirmed"),
        Event::CodeAskedFor => voice.count("activity-code-asked-for", "times", line.times),
        Event::SignUpAskedFor => voice.count("activity-sign-up-asked-for", "times", line.times),
        Event::CodeRefused => voice.count("activity-code-refused", "times", line.times),
        Event::SignedOut => voice.say("activity-signed-out"),
        Event::PasskeyAdded => voice.say("activity-passkey-added"),
        Event::PasskeyRenamed => voice.say("activity-passkey-renamed"),
        Event::PasskeyRemoved => voice.say("activity-passkey-removed"),
        Event::HealBegun => voice.say("activity-heal-begun"),
        Event::HealConfirmed => voice.say("activity-heal-confirmed"),
        Event::PasswordChanged => voice.say("activity-password-changed"),
        Event::PasswordSetByCode => voice.say("activity-password-set-by-code"),
        Event::IdentifierChanged => voice.say("activity-identifier-changed"),
        Event::AddressConfirmed => voice.say("activity-address-confirmed"),
        Event::BegunAnew => voice.say("activity-begun-anew"),
        Event::CodesIssued => voice.say("activity-codes-issued"),
        Event::CodesReplaced => voice.say("activity-codes-replaced"),
        Event::Disowned => voice.say("activity-disowned"),
        Event::SessionEnded => voice.say("activity-session-ended"),
        Event::SessionsEnded => voice.say("activity-sessions-ended"),
        Event::BrowserForgotten => voice.say("activity-browser-forgotten"),
        Event::BrowsersForgotten => voice.say("activity-browsers-forgotten"),
        Event::AccountDeleted => voice.say("activity-account-deleted"),
        Event::ResetByOperator => voice.say("activity-reset-by-operator"),
    }
}
