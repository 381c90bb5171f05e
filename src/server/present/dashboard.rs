//! Step `dashboard`: the passkeys of the account, and what can be done with them.

use super::account::Machine;
use super::form::{ask, link, post};
use super::not_me::{disown, told};
use super::passkey_row::{RowView, facts, row_causes, state};
use super::problem::NameProblem;
use super::saved_codes::SavedCodes;
use super::voice::Voice;
use super::{Presenter, Walk, paths};
use crate::page::{Dashboard, Field, Link, Notice, NoticeKind, Page, PasskeyRow, RowMode, Screen};
use crate::server::services::announce::News;
use domain::ids::{FlowId, PasskeyId};
use domain::intelligence::Environment;
use domain::provider::Aaguid;
use domain::time::Millis;
use std::collections::HashSet;

/// What the dashboard shows.
#[derive(Clone, Debug)]
pub struct DashboardView<'a> {
    pub flow: FlowId,
    pub identifier: &'a str,
    pub env: &'a Environment,
    pub now: Millis,
    pub rows: Vec<RowView>,
    /// The passkey of a heal has just signed in for the first time.
    pub heal_confirmed: bool,
    pub limit: Option<Limit>,
    pub said: Option<DashboardSaid>,
    pub hints: Vec<Hint>,
    pub mode: Mode,
}

/// What a session of the password alone is told, as it does not do everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The passkeys stay as they are.
    Passkeys,
    /// All passkeys were removed, and a new one is added in a known browser only, which a browser is for so many days.
    NoneLeft { days: u16 },
}

/// What happened elsewhere, or is advised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// With the id of the notice, where this session may disown it.
    News {
        news: News,
        at: Millis,
        /// Where it was done; none where nobody knows any more.
        machine: Option<Machine>,
        id: Option<String>,
    },
    ConfirmAddress,
    Codes(SavedCodes),
}

/// What the last action did, or did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DashboardSaid {
    Renamed,
    /// `aaguid` tells where it may still be listed.
    Removed {
        aaguid: Aaguid,
    },
    BrowserForgotten,
    AddressConfirmed,
    /// The proof given for the action was right.
    Confirmed,
    /// A limited session may not do this.
    NeedsPasskey,
    /// The passkey was removed before, perhaps in another tab.
    Gone,
    /// This browser cannot make passkeys.
    NoPasskeysHere,
    /// The form was too old or of another tab; nothing was changed.
    Expired,
    Busy,
}

/// Which passkey the page is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Shown,
    Renaming(PasskeyId, Option<NameProblem>),
    Removing(PasskeyId),
}

impl Presenter {
    /// The dashboard. A mode of a passkey that is gone shows the list.
    #[must_use]
    pub fn dashboard(&self, view: DashboardView<'_>) -> Page {
        let voice = &self.voice(view.env);
        let heading = voice.say("dashboard-heading");
        let is_there = |id| view.rows.iter().any(|row| row.id == id);
        let address = match view.mode {
            Mode::Renaming(id, _) if is_there(id) => format!("{}?rename={id}", paths::DASHBOARD),
            Mode::Removing(id) if is_there(id) => format!("{}?remove={id}", paths::DASHBOARD),
            _ => paths::DASHBOARD.to_owned(),
        };
        let notices = notices(voice, &view);
        // A problem is an alert, which speaks for itself.
        let spoken =
            notices.iter().filter(|notice| notice.kind != NoticeKind::Problem).map(|notice| notice.text.as_str());
        let status = spoken.collect::<Vec<_>>().join(" ");
        let only = view.rows.len() == 1;
        let names = unique(view.rows.iter().map(|row| row.name.as_str()));
        let hints: Vec<_> = view.hints.iter().map(|hint| hint.words(voice, &view, &names)).collect();
        let (news, hints): (Vec<_>, Vec<_>) =
            view.hints.iter().zip(hints).partition(|(hint, _)| hint.may_be_disowned());
        let passkeys = view.rows.iter().zip(names).map(|(row, name)| passkey(voice, &view, row, name, only)).collect();
        let screen = Dashboard {
            heading: heading.clone(),
            identifier: voice.with("dashboard-identifier", &[("identifier", view.identifier)]),
            notices,
            news: news.into_iter().filter_map(|(_, (words, way))| Some((words, way?))).collect(),
            hints: hints.into_iter().map(|(_, words)| words).collect(),
            list: voice.say("dashboard-list"),
            passkeys,
            empty: voice.say("dashboard-empty"),
            add: post(paths::PASSKEYS_ADD, view.flow, voice.say("dashboard-add")),
            forget: post(paths::BROWSER_FORGET, view.flow, voice.say("dashboard-forget")),
            forget_hint: voice.say("dashboard-forget-hint"),
            account: link(paths::ACCOUNT, voice.say("dashboard-account")),
            sign_out: post(paths::SIGN_OUT, view.flow, voice.say("dashboard-sign-out")),
        };
        self.page(address, &heading, status, Screen::Dashboard(screen))
    }
}

fn notices(voice: &Voice<'_>, view: &DashboardView<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    if view.heal_confirmed {
        notices.push(Notice { kind: NoticeKind::HealConfirmed, text: voice.say("dashboard-heal-confirmed") });
    }
    notices.extend(view.limit.map(|limit| Notice { kind: NoticeKind::Info, text: limit.words(voice) }));
    notices.extend(view.said.map(|said| said.notice(voice)));
    notices
}

impl Limit {
    fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Passkeys => voice.say("dashboard-limited"),
            Self::NoneLeft { days } => voice.count("dashboard-none-left", "days", days.into()),
        }
    }
}

impl Hint {
    fn may_be_disowned(&self) -> bool {
        matches!(self, Self::News { id: Some(_), .. })
    }

    /// `names` are what the passkeys are called on the page, row by row.
    fn words(&self, voice: &Voice<'_>, view: &DashboardView<'_>, names: &[String]) -> (String, Option<Link>) {
        match self {
            Self::News { news, at, machine, id } => {
                let at_row = |id| view.rows.iter().position(|row| row.id == id);
                let named = match news {
                    News::PasskeyAdded { passkey, .. } => at_row(*passkey).and_then(|row| names.get(row)),
                    _ => None,
                };
                let words = told(voice, news, named.map(String::as_str), *at, view.now, *machine);
                (words, id.as_deref().map(|id| disown(voice, id)))
            }
            Self::ConfirmAddress => {
                let way = link(paths::CONFIRM_ADDRESS, voice.say("dashboard-confirm-address-way"));
                (voice.say("dashboard-confirm-address"), Some(way))
            }
            Self::Codes(codes) => {
                (codes.words(voice), Some(link(paths::RECOVERY_CODES, voice.say("dashboard-codes-way"))))
            }
        }
    }
}

impl DashboardSaid {
    fn notice(self, voice: &Voice<'_>) -> Notice {
        let (kind, text) = match self {
            Self::Renamed => (NoticeKind::Info, voice.say("dashboard-renamed")),
            Self::Removed { aaguid } => (NoticeKind::Info, removed(voice, aaguid)),
            Self::BrowserForgotten => (NoticeKind::Info, voice.say("dashboard-browser-forgotten")),
            Self::AddressConfirmed => (NoticeKind::Info, voice.say("dashboard-address-confirmed")),
            Self::Confirmed => (NoticeKind::Info, voice.say("dashboard-confirmed")),
            Self::NeedsPasskey => (NoticeKind::Problem, voice.say("dashboard-needs-passkey")),
            Self::Gone => (NoticeKind::Problem, voice.say("dashboard-gone")),
            Self::NoPasskeysHere => (NoticeKind::Problem, voice.say("dashboard-no-passkeys-here")),
            Self::Expired => (NoticeKind::Problem, voice.say("dashboard-expired")),
            Self::Busy => (NoticeKind::Problem, voice.say("common-busy")),
        };
        Notice { kind, text }
    }
}

fn removed(voice: &Voice<'_>, aaguid: Aaguid) -> String {
    match aaguid.provider() {
        Some(provider) => voice.with("dashboard-removed", &[("provider", provider.name)]),
        None => voice.say("dashboard-removed-unnamed"),
    }
}

fn passkey(voice: &Voice<'_>, view: &DashboardView<'_>, row: &RowView, name: String, only: bool) -> PasskeyRow {
    let (state, good) = state(voice, row, view.now);
    let id = row.id.to_string();
    let named = [("name", name.as_str())];
    let keep = ask(paths::DASHBOARD, &[], voice.say("dashboard-keep"));
    let act = |path, label| {
        let mut action = post(path, view.flow, voice.say(label));
        action.hidden.push(("id".to_owned(), id.clone()));
        action
    };
    let mode = match view.mode {
        Mode::Renaming(which, problem) if which == row.id => RowMode::Renaming {
            field: name_field(voice, &row.name, problem),
            save: act(paths::PASSKEYS_RENAME, "dashboard-save"),
            keep,
        },
        Mode::Removing(which) if which == row.id => RowMode::Removing {
            question: voice
                .with(if only { "dashboard-remove-only-question" } else { "dashboard-remove-question" }, &named),
            remove: act(paths::PASSKEYS_REMOVE, "dashboard-remove-for-good"),
            keep,
        },
        _ => RowMode::Shown {
            rename: ask(paths::DASHBOARD, &[("rename", id.clone())], voice.with("dashboard-rename", &named)),
            remove: ask(paths::DASHBOARD, &[("remove", id.clone())], voice.with("dashboard-remove", &named)),
        },
    };
    let walk = Walk { flow: view.flow, who: view.identifier, env: view.env, passkeys: &[] };
    let causes = row_causes(voice, &walk, row);
    let causes_lead = if causes.is_empty() { String::new() } else { voice.say("causes-lead") };
    PasskeyRow { facts: facts(voice, row, view.now), name, state, good, causes_lead, causes, mode }
}

fn name_field(voice: &Voice<'_>, name: &str, problem: Option<NameProblem>) -> Field {
    Field {
        name: "name".to_owned(),
        label: voice.say("dashboard-name"),
        value: name.to_owned(),
        kind: "text".to_owned(),
        autocomplete: "off".to_owned(),
        hint: String::new(),
        problem: problem.map(|problem| problem.words(voice)).unwrap_or_default(),
    }
}

/// Two passkeys of one name get a number, as buttons are told apart by their names.
#[must_use]
pub fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .map(|name| {
            let numbered = (2_u32..).map(|number| format!("{name} ({number})"));
            let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
            let free = free.unwrap_or_default();
            taken.insert(free.clone());
            free
        })
        .collect()
}
