//! The list of passkeys: names, facts, states, modes and what is said once.

use super::*;
use crate::page::{Dashboard, NoticeKind, PasskeyRow, RowMode};
use domain::intelligence::{Availability, Decision, Reason, Reasons, predict, why_absent};
use domain::time::{DAY, HOUR};

/// 22 November 2026, at noon.
const NOW: Millis = Millis(1_795_348_800_000);

pub(super) fn view(env: &Environment, rows: Vec<RowView>) -> DashboardView<'_> {
    DashboardView {
        flow: FLOW,
        identifier: "ada@example.org",
        env,
        now: NOW,
        rows,
        heal_confirmed: false,
        limit: None,
        said: None,
        hints: every_hint(),
        mode: Mode::Shown,
    }
}

fn row(number: u128, aaguid: Aaguid, outcome: Availability, why: &[Reason]) -> RowView {
    let name = aaguid.provider().map_or("Passkey", |provider| provider.name).to_owned();
    let mut reasons = Reasons::from([]);
    reasons.extend(why);
    let availability = Decision::new(outcome, reasons);
    RowView {
        id: PasskeyId(Uuid::from_u128(number)),
        name,
        aaguid,
        created: NOW,
        last_used: None,
        availability,
        here: Here::default(),
        backed_up: true,
        backup_eligible: true,
        absent: None,
    }
}

fn likely(number: u128, aaguid: Aaguid) -> RowView {
    row(number, aaguid, Availability::Likely, &[Reason::WorkedHere])
}

fn shown(view: DashboardView<'_>) -> Dashboard {
    match presenter().dashboard(view).screen {
        Screen::Dashboard(it) => it,
        other => panic!("{}", other.name()),
    }
}

pub(super) fn actions_of(mode: &RowMode) -> Vec<&Action> {
    match mode {
        RowMode::Shown { rename, remove } => vec![rename, remove],
        RowMode::Renaming { save, keep, .. } => vec![save, keep],
        RowMode::Removing { remove, keep, .. } => vec![remove, keep],
    }
}

/// Dashboards with everything they can say.
pub(super) fn every_dashboard(presenter: &Presenter, env: &Environment) -> Vec<Page> {
    let rows: Vec<_> = PROVIDERS.iter().zip(1..).map(|(aaguid, number)| likely(number, *aaguid)).collect();
    let first = rows[0].id;
    let mut views: Vec<_> = [
        DashboardSaid::Renamed,
        DashboardSaid::Removed { aaguid: APPLE },
        DashboardSaid::Removed { aaguid: NOBODY },
        DashboardSaid::BrowserForgotten,
        DashboardSaid::Confirmed,
        DashboardSaid::NeedsPasskey,
        DashboardSaid::Gone,
        DashboardSaid::NoPasskeysHere,
        DashboardSaid::Expired,
        DashboardSaid::Busy,
    ]
    .into_iter()
    .map(|said| {
        let limit = Some(Limit::Passkeys);
        DashboardView { said: Some(said), heal_confirmed: true, limit, ..view(env, rows.clone()) }
    })
    .collect();
    for problem in
        [None, Some(NameProblem::Empty), Some(NameProblem::TooLong { max: 64 }), Some(NameProblem::Unreadable)]
    {
        views.push(DashboardView { mode: Mode::Renaming(first, problem), ..view(env, rows.clone()) });
    }
    views.push(DashboardView { mode: Mode::Removing(first), ..view(env, rows.clone()) });
    views.push(DashboardView { mode: Mode::Removing(first), ..view(env, vec![rows[0].clone()]) });
    views.push(view(env, Vec::new()));
    for days in [1, 90] {
        views.push(DashboardView { limit: Some(Limit::NoneLeft { days }), ..view(env, Vec::new()) });
    }
    // What the rules really say of each passkey, seen here or not.
    let known = PROVIDERS.iter().flat_map(|aaguid| [works(*aaguid, env.platform), elsewhere(*aaguid, env.platform)]);
    let evidence = evidence(*env, known.collect());
    let predicted = evidence.passkeys.iter().map(|passkey| RowView {
        availability: predict(passkey, &evidence, NOW),
        here: passkey.here,
        backup_eligible: passkey.backup_eligible,
        backed_up: false,
        absent: Some(Absent { known: *passkey, why: why_absent(passkey, &evidence, NOW) }),
        ..likely(1, passkey.aaguid)
    });
    views.push(view(env, predicted.collect()));
    views.into_iter().map(|view| presenter.dashboard(view)).collect()
}

#[test]
fn two_passkeys_of_one_name_can_be_told_apart() {
    let env = &on(Platform::MacOs);
    let mut rows: Vec<_> = (1..=4).map(|number| likely(number, APPLE)).collect();
    rows[2].name = "Apple Passwords (2)".to_owned();
    let page = shown(view(env, rows));
    let names: Vec<_> = page.passkeys.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Apple Passwords", "Apple Passwords (2)", "Apple Passwords (2) (2)", "Apple Passwords (3)"]);
    let labels: Vec<_> = actions_of(&page.passkeys[1].mode).iter().map(|action| action.label.clone()).collect();
    assert_eq!(labels, ["Rename Apple Passwords (2)", "Remove Apple Passwords (2)"]);
}

#[test]
fn facts_are_told_in_days() {
    let env = &on(Platform::Windows);
    let old = RowView { created: Millis(0), last_used: Some(NOW.plus(-DAY)), backed_up: false, ..likely(1, APPLE) };
    let new = RowView { backup_eligible: false, last_used: Some(NOW), ..likely(2, HELLO) };
    let odd = RowView { created: Millis(i64::MAX), ..likely(3, NOBODY) };
    let page = shown(view(env, vec![old, new, odd]));
    assert_eq!(
        page.passkeys[0].facts,
        ["Kept in Apple Passwords, without a backup so far", "Made on 1 January 1970", "Last used yesterday"]
    );
    assert_eq!(page.passkeys[1].facts, ["Kept in Windows Hello, on one device only", "Made today", "Last used today"]);
    assert_eq!(page.passkeys[2].facts, ["Kept with a backup", "Made on a day that is not known", "Not used yet"]);
}

#[test]
fn days_follow_the_calendar_and_not_the_clock() {
    let presenter = presenter();
    let voice = &presenter.voice(&Environment::default());
    let day = |at: i64, now: i64| super::super::date::day(voice, Millis(at), Millis(now));
    assert_eq!(day(NOW.0, NOW.0 + DAY * 40), ("other", "22 November 2026".to_owned()));
    let midnight = NOW.0 - DAY / 2;
    assert_eq!(day(midnight - 1, midnight).0, "yesterday");
    assert_eq!(day(midnight, midnight + DAY - 1).0, "today");
    assert_eq!(day(midnight + DAY, midnight).0, "other", "a clock that jumped back");
    assert_eq!(day(-1, 0), ("yesterday", "31 December 1969".to_owned()));
}

#[test]
fn a_state_says_what_is_known_and_no_more() {
    use Availability::{Likely, Uncertain, Unlikely};
    let env = &on(Platform::MacOs);
    let absent = "Not found in this browser. A new passkey could be made beside it, so it is not in Apple Passwords on this Mac as it is set up now.";
    let table = [
        (row(1, APPLE, Likely, &[Reason::WorkedHere]), "Works here", Some(true)),
        (row(1, APPLE, Likely, &[Reason::ProvenPresentHere]), "Works here", Some(true)),
        (row(1, APPLE, Likely, &[Reason::CreatedHere]), "Works here: it was made in this browser", Some(true)),
        (row(1, APPLE, Unlikely, &[Reason::ProvenAbsentHere]), absent, Some(false)),
        (
            row(1, APPLE, Uncertain, &[Reason::FailedHereRepeatedly, Reason::WorkedHere]),
            "Did not answer here lately",
            Some(false),
        ),
        (row(1, APPLE, Unlikely, &[Reason::FailedHereRepeatedly]), "Did not answer here so far", Some(false)),
        (
            row(1, APPLE, Likely, &[Reason::SyncsToThisPlatform]),
            "Not used here yet. Apple Passwords brings it to this Mac where the account is the same.",
            None,
        ),
        (
            row(1, BITWARDEN, Uncertain, &[Reason::SyncsThroughApp]),
            "Not used here yet. It can be here if Bitwarden is set up and unlocked.",
            None,
        ),
        (
            row(1, HELLO, Unlikely, &[Reason::BoundToAnotherMachine]),
            "Not used here yet. It stays on the device where it was made.",
            None,
        ),
        (row(1, NOBODY, Uncertain, &[Reason::ProviderUnknown]), "Not used here yet", None),
    ];
    for (row, state, good) in table {
        let page = shown(view(env, vec![row]));
        assert_eq!((page.passkeys[0].state.as_str(), page.passkeys[0].good), (state, good));
    }
    let other = shown(view(&on(Platform::Windows), vec![row(1, APPLE, Unlikely, &[Reason::NotOnThisPlatform])]));
    assert!(
        other.passkeys[0]
            .state
            .starts_with("Cannot be used on this platform. Passkeys in Apple Passwords do not come to this PC")
    );
    let old = RowView {
        here: Here { absent: Some(NOW.plus(-100 * DAY)), ..Here::default() },
        ..row(1, APPLE, Uncertain, &[Reason::ProvenAbsentHere])
    };
    assert_eq!(
        shown(view(env, vec![old])).passkeys[0].state,
        "Was not found in this browser on 14 August 2026. That may have changed since."
    );
}

/// The row of a passkey that worked here so many days ago and was looked for in vain since.
fn gone(env: &Environment, aaguid: Aaguid, days: i64, reason: Reason) -> PasskeyRow {
    let absent = (reason == Reason::ProvenAbsentHere).then_some(NOW);
    let here = Here { worked: Some(NOW.plus(-days * DAY)), absent, failures: 2, ..Here::default() };
    let known = PasskeyEvidence { here, ..elsewhere(aaguid, env.platform) };
    let all = evidence(*env, vec![known]);
    let absent = Some(Absent { known, why: why_absent(&known, &all, NOW) });
    let row = RowView { here, absent, ..row(1, aaguid, Availability::Unlikely, &[reason]) };
    shown(view(env, vec![row])).passkeys.remove(0)
}

#[test]
fn a_passkey_thought_absent_says_when_that_can_happen_and_where_to_look_on_this_platform() {
    let whens = |row: &PasskeyRow| row.causes.iter().map(|cause| cause.when.clone()).collect::<Vec<_>>();
    // The day it is gone, as well as months later.
    for days in [0, 1, 200] {
        let row = gone(&on(Platform::MacOs), APPLE, days, Reason::ProvenAbsentHere);
        assert_eq!(row.causes_lead, "This can happen when …");
        let mut found = whens(&row);
        found.sort();
        let expected = [
            "the passkey was removed from Apple Passwords",
            "this Mac uses another Apple account than the one that keeps the passkey",
        ];
        assert_eq!(found, expected, "{days} days");
        assert!(row.causes.iter().all(|cause| cause.fix.contains("iCloud › Passwords")), "{:?}", row.causes);
    }
    let silent = gone(&on(Platform::Windows), BITWARDEN, 20, Reason::FailedHereRepeatedly);
    assert_eq!(whens(&silent)[0], "Bitwarden is locked or signed out here, or not switched on", "{:?}", silent.causes);
    assert!(silent.causes[0].fix.starts_with("Unlock Bitwarden"), "{:?}", silent.causes);
    // Nothing is told of a dialog that was closed: it says nothing about where a passkey is.
    for platform in PLATFORMS {
        for aaguid in PROVIDERS {
            for reason in [Reason::ProvenAbsentHere, Reason::FailedHereRepeatedly] {
                let row = gone(&on(platform), aaguid, 30, reason);
                assert!((1..=3).contains(&row.causes.len()), "{platform:?} {row:?}");
                assert!(!whens(&row).iter().any(|when| when.contains("closed")), "{platform:?} {row:?}");
            }
        }
    }
}

#[test]
fn a_row_whose_state_says_it_all_has_no_causes() {
    let env = on(Platform::Windows);
    for reason in
        [Reason::NotOnThisPlatform, Reason::BoundToAnotherMachine, Reason::SyncsThroughApp, Reason::WorkedHere]
    {
        assert!(!Absent::is_meant_by(&Decision::new(Availability::Unlikely, [reason])), "{reason:?}");
    }
    let page = shown(view(&env, vec![row(1, APPLE, Availability::Unlikely, &[Reason::NotOnThisPlatform])]));
    assert_eq!((page.passkeys[0].causes_lead.as_str(), page.passkeys[0].causes.len()), ("", 0));
}

#[test]
fn a_row_is_renamed_in_place() {
    let env = &on(Platform::Linux);
    let rows = vec![likely(1, APPLE), likely(2, APPLE)];
    let id = rows[1].id;
    let page =
        presenter().dashboard(DashboardView { mode: Mode::Renaming(id, Some(NameProblem::Empty)), ..view(env, rows) });
    assert_eq!(page.address, format!("/dashboard?rename={id}"));
    let Screen::Dashboard(it) = page.screen else { panic!() };
    let RowMode::Renaming { field, save, keep } = &it.passkeys[1].mode else { panic!() };
    assert_eq!(
        (field.name.as_str(), field.value.as_str(), field.problem.as_str()),
        ("name", "Apple Passwords", "Type a name.")
    );
    assert_eq!((save.label.as_str(), save.path.as_str()), ("Save", "/api/passkeys/rename"));
    assert!(save.hidden.contains(&("id".to_owned(), id.to_string())));
    assert_eq!((keep.label.as_str(), keep.path.as_str(), keep.get), ("Keep", "/dashboard", true));
    let RowMode::Shown { remove, .. } = &it.passkeys[0].mode else { panic!() };
    assert_eq!((remove.path.as_str(), remove.get, remove.hidden.len()), ("/dashboard", true, 1));
    assert_eq!(remove.hidden[0].0, "remove");
}

#[test]
fn removing_asks_once_more_and_says_when_it_is_the_last_one() {
    let env = &on(Platform::Linux);
    let question = |rows: Vec<RowView>| {
        let page = presenter().dashboard(DashboardView { mode: Mode::Removing(rows[0].id), ..view(env, rows) });
        let Screen::Dashboard(it) = page.screen else { panic!() };
        let RowMode::Removing { question, remove, .. } = &it.passkeys[0].mode else { panic!() };
        assert_eq!((remove.label.as_str(), remove.path.as_str()), ("Remove for good", "/api/passkeys/remove"));
        question.clone()
    };
    assert!(
        question(vec![likely(1, APPLE), likely(2, HELLO)])
            .starts_with("Remove Apple Passwords? It then signs nobody in any more.")
    );
    assert!(question(vec![likely(1, APPLE)]).contains("It is your only passkey"));
}

#[test]
fn a_mode_of_a_passkey_that_is_gone_shows_the_list() {
    let env = &on(Platform::Linux);
    let gone = PasskeyId(Uuid::from_u128(99));
    let page = presenter().dashboard(DashboardView { mode: Mode::Removing(gone), ..view(env, vec![likely(1, APPLE)]) });
    assert_eq!(page.address, "/dashboard");
}

#[test]
fn what_is_said_once_is_news_or_a_problem() {
    let env = &on(Platform::MacOs);
    let said = |said| DashboardView { said: Some(said), heal_confirmed: true, ..view(env, vec![likely(1, APPLE)]) };
    let page = presenter().dashboard(said(DashboardSaid::Removed { aaguid: APPLE }));
    assert!(page.status.starts_with("Your new passkey works here. The passkey is removed"), "{}", page.status);
    let it = shown(said(DashboardSaid::NeedsPasskey));
    let kinds: Vec<_> = it.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::HealConfirmed, NoticeKind::Problem]);
    assert_eq!(it.notices[0].text, "Your new passkey works here.");
    assert_eq!(it.identifier, "Signed in as ada@example.org");
}

#[test]
fn news_tell_two_passkeys_of_one_provider_apart() {
    let env = &on(Platform::MacOs);
    let rows = vec![likely(1, APPLE), likely(2, APPLE)];
    let added = |row: usize, age: i64, id: Option<&str>| Hint::News {
        news: News::PasskeyAdded { passkey: rows[row].id, name: "Apple Passwords".to_owned() },
        at: NOW.plus(-age),
        machine: Some(Machine { browser: Browser::Safari, platform: Platform::Ios }),
        id: id.map(str::to_owned),
    };
    let hints = vec![added(0, 3 * HOUR, Some("a")), added(1, 2 * DAY, Some("b")), added(1, 2 * DAY, None)];
    let it = shown(DashboardView { hints, ..view(env, rows.clone()) });
    let words: Vec<_> = it.news.iter().map(|(words, _)| words.as_str()).collect();
    assert_eq!(
        words,
        [
            "The passkey Apple Passwords was added 3 hours ago (Safari on an iPhone).",
            "The passkey Apple Passwords (2) was added on 20 November 2026 at 12:00 UTC (Safari on an iPhone).",
        ]
    );
    assert_eq!(it.news[1].1.path, "/not-me?notice=b");
    // What may only be read stands among the advice.
    assert_eq!((it.hints.len(), it.hints[0].1.as_ref()), (1, None));
}

fn every_hint() -> Vec<Hint> {
    let news = every_news().map(|news| Hint::News { news, at: NOW, machine: None, id: Some("abc".to_owned()) });
    let codes = [SavedCodes::Never, SavedCodes::Left(0), SavedCodes::Left(1), SavedCodes::Left(3)].map(Hint::Codes);
    news.into_iter().chain([Hint::ConfirmAddress]).chain(codes).collect()
}
