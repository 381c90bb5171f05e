//! The account: what stands on its lists, and what a session of the password alone is offered.

use super::*;
use crate::page::{Account, Change, Changing, NoticeKind};
use domain::audit::Event;
use domain::ids::{BrowserId, SessionId};
use domain::time::{DAY, HOUR, MINUTE};

/// 22 November 2026, at noon.
const NOW: Millis = Millis(1_795_348_800_000);

const MAC: Machine = Machine { browser: Browser::Safari, platform: Platform::MacOs };
const PC: Machine = Machine { browser: Browser::Chrome, platform: Platform::Windows };

fn session(number: u128, machine: Option<Machine>, here: bool) -> SessionView {
    let id = SessionId(Uuid::from_u128(number));
    SessionView { id, machine, started: NOW.plus(-3 * HOUR), seen: NOW.plus(-2 * MINUTE), here }
}

fn browser(number: u128, machine: Machine, here: bool) -> BrowserView {
    let id = BrowserId(Uuid::from_u128(number));
    BrowserView { id, machine: Some(machine), verified: NOW.plus(-5 * DAY), here }
}

fn happened(event: Event, times: usize) -> ActivityView {
    ActivityView { event, times, at: NOW.plus(-HOUR), machine: Some(PC), here: false }
}

pub(super) fn view(walk: Walk<'_>) -> AccountView<'_> {
    AccountView {
        walk,
        now: NOW,
        password_changed: None,
        sessions: vec![
            session(1, Some(MAC), true),
            session(2, Some(PC), false),
            session(3, Some(PC), false),
            session(4, None, false),
        ],
        browsers: vec![browser(1, MAC, true), browser(2, PC, false)],
        known_browser_days: 90,
        activity: vec![happened(Event::SignedInWithPasskey, 1)],
        since: Vec::new(),
        limit: None,
        prove: None,
        said: None,
    }
}

pub(super) fn change(walk: Walk<'_>, what: Changing) -> ChangeView<'_> {
    ChangeView {
        walk,
        what,
        typed: "",
        password: true,
        let_in: false,
        min_length: 15,
        problems: ChangeProblems::default(),
        said: None,
        limit: None,
        prove: Some(minted()),
    }
}

/// Accounts and changes with everything they can say.
pub(super) fn every_account(presenter: &Presenter, walk: Walk<'_>) -> Vec<Page> {
    let said = [
        AccountSaid::SessionEnded,
        AccountSaid::SessionsEnded,
        AccountSaid::SessionsSpared,
        AccountSaid::BrowserForgotten,
        AccountSaid::BrowsersForgotten,
        AccountSaid::PasswordChanged,
        AccountSaid::IdentifierChanged,
        AccountSaid::Confirmed,
        AccountSaid::NeedsPasskey,
        AccountSaid::Gone,
        AccountSaid::AnotherSession,
        AccountSaid::Busy,
        AccountSaid::Passkey(PasskeyNotice::AnotherAccount),
    ];
    let mut pages: Vec<_> =
        said.iter().map(|said| presenter.account(&AccountView { said: Some(*said), ..view(walk) })).collect();
    for limit in [AccountLimit::Passkeys, AccountLimit::NoneLeft] {
        let prove = Some(minted());
        pages.push(presenter.account(&AccountView { limit: Some(limit), prove, ..view(walk) }));
    }
    for days in [1, 90] {
        let activity = Event::ALL.iter().flat_map(|event| [happened(*event, 1), happened(*event, 7)]).collect();
        pages.push(presenter.account(&AccountView { known_browser_days: days, activity, ..view(walk) }));
    }
    let made = SincePasskey { id: PasskeyId(Uuid::from_u128(9)), name: "The blue one".to_owned(), created: NOW };
    let password_changed = Some(NOW);
    pages.push(presenter.account(&AccountView { since: vec![made], password_changed, ..view(walk) }));
    pages.push(presenter.account(&AccountView { browsers: Vec::new(), activity: Vec::new(), ..view(walk) }));
    pages.push(presenter.change(&ChangeView { let_in: true, ..change(walk, Changing::Password) }));
    for what in [Changing::Password, Changing::Identifier, Changing::Account] {
        let problems = [
            ChangeProblems::default(),
            ChangeProblems { password: Some(PasswordProblem::Wrong), ..ChangeProblems::default() },
            ChangeProblems { password: Some(PasswordProblem::Empty), ..ChangeProblems::default() },
            ChangeProblems { new_password: Some(NewPasswordProblem::TooCommon), ..ChangeProblems::default() },
            ChangeProblems { identifier: Some(IdentifyProblem::NoMail), ..ChangeProblems::default() },
            ChangeProblems { not_confirmed: true, ..ChangeProblems::default() },
        ];
        pages.extend(problems.map(|problems| presenter.change(&ChangeView { problems, ..change(walk, what) })));
        for limit in [AccountLimit::Passkeys, AccountLimit::NoneLeft] {
            pages.push(presenter.change(&ChangeView { limit: Some(limit), ..change(walk, what) }));
        }
    }
    pages
}

fn account(view: &AccountView<'_>) -> Account {
    match presenter().account(view).screen {
        Screen::Account(it) => it,
        other => panic!("{}", other.name()),
    }
}

fn changing(view: &ChangeView<'_>) -> Change {
    match presenter().change(view).screen {
        Screen::Change(it) => it,
        other => panic!("{}", other.name()),
    }
}

#[test]
fn a_session_tells_where_it_is_and_since_when() {
    let env = &on(Platform::MacOs);
    let it = account(&view(walk(env, &[])));
    let sessions = it.sections.iter().find(|section| section.id == "sessions").unwrap();
    assert_eq!(sessions.items[0].name, "Safari on a Mac");
    assert_eq!(sessions.items[0].facts, ["Started 3 hours ago", "last used 2 minutes ago"]);
    assert_eq!(sessions.items[0].state, "You are here");
    assert!(sessions.items[0].end.is_none(), "this one is left by signing out");
    assert!(sessions.items[1..].iter().all(|item| item.end.is_some() && item.state.is_empty()));
    let browsers = it.sections.iter().find(|section| section.id == "browsers").unwrap();
    assert_eq!(browsers.items[1].facts, ["Passkey used on 17 November 2026"]);
}

#[test]
fn where_there_is_nobody_else_nobody_else_can_be_signed_out() {
    let env = &on(Platform::MacOs);
    let alone = AccountView {
        sessions: vec![session(1, Some(MAC), true)],
        browsers: vec![browser(1, MAC, true)],
        ..view(walk(env, &[]))
    };
    assert!(account(&alone).sections.iter().all(|section| section.all.is_none()));
}

#[test]
fn a_limited_session_is_told_why_and_offered_no_form() {
    let env = &on(Platform::MacOs);
    let it =
        changing(&ChangeView { limit: Some(AccountLimit::Passkeys), ..change(walk(env, &[]), Changing::Password) });
    assert!(it.form.is_none() && it.prove.is_some() && it.lead.contains("use a passkey first"), "{it:?}");
    let it = account(&AccountView { limit: Some(AccountLimit::Passkeys), ..view(walk(env, &[])) });
    assert_eq!(it.notices[0].kind, NoticeKind::Info);
    let browsers = it.sections.iter().find(|section| section.id == "browsers").unwrap();
    assert!(browsers.all.is_none() && browsers.items.iter().all(|item| item.end.is_none()));
}

#[test]
fn the_password_is_asked_for_only_where_no_proof_is_fresh() {
    let env = &on(Platform::MacOs);
    for what in [Changing::Password, Changing::Identifier, Changing::Account] {
        let fields = |password| changing(&ChangeView { password, ..change(walk(env, &[]), what) }).form.unwrap().0;
        assert_eq!(fields(true).len(), 2);
        assert_eq!(
            (fields(true)[0].name.as_str(), fields(true)[0].autocomplete.as_str()),
            ("password", "current-password")
        );
        assert_eq!(fields(false).len(), 1);
    }
}

#[test]
fn a_stranger_who_tries_passwords_takes_one_line() {
    let env = &on(Platform::MacOs);
    let activity = vec![happened(Event::PasswordRefused, 12), happened(Event::PasswordRefused, 1)];
    let it = account(&AccountView { activity, ..view(walk(env, &[])) });
    let activity = it.sections.iter().find(|section| section.id == "activity").unwrap();
    assert_eq!(activity.items[0].name, "Somebody typed a password that did not match, 12 times");
    assert_eq!(activity.items[0].facts, ["an hour ago", "Chrome on Windows"]);
    assert_eq!(activity.items[1].name, "Somebody typed a password that did not match");
}
