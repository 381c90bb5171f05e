//! Pages without a server: what a person reads on which platform.

mod account;
mod causes;
mod dashboard;
mod names;
mod platforms;

use super::*;
use crate::page::{Action, Screen};
use crate::server::services::announce::News;
use domain::ceremony::Capabilities;
use domain::ids::PasskeyId;
use domain::intelligence::{Diagnosis, Evidence, Here, OfferHistory, Outcome, Policy, Trail, Why, diagnose};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use domain::sign_in::Prompt;
use domain::time::{DAY, Millis};
use uuid::Uuid;

const APPLE: Aaguid = Aaguid(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd);
const GOOGLE: Aaguid = Aaguid(0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4);
const HELLO: Aaguid = Aaguid(0x08987058_cadc_4b81_b6e1_30de50dcbe96);
const BITWARDEN: Aaguid = Aaguid(0xd548826e_79b4_db40_a3d8_11116f7e8349);
const KEEPASSXC: Aaguid = Aaguid(0xfdb141b2_5d84_443e_8a35_4698c205a502);
const CHROME_ON_MAC: Aaguid = Aaguid(0xadce0002_35bc_c60a_648b_0b25f1f05503);
const MICROSOFT: Aaguid = Aaguid(0xd3452668_01fd_4c12_926c_83a4204853aa);
const NOBODY: Aaguid = Aaguid(0);

const PROVIDERS: [Aaguid; 8] = [APPLE, GOOGLE, HELLO, BITWARDEN, KEEPASSXC, CHROME_ON_MAC, MICROSOFT, NOBODY];

const PLATFORMS: [Platform; 8] = [
    Platform::MacOs,
    Platform::Windows,
    Platform::Ios,
    Platform::IpadOs,
    Platform::Android,
    Platform::ChromeOs,
    Platform::Linux,
    Platform::Unknown,
];

const FLOW: FlowId = FlowId(Uuid::from_u128(0xf10));

fn presenter() -> Presenter {
    Presenter::new("Keymend", "")
}

fn on(platform: Platform) -> Environment {
    Environment { platform, version: None, browser: Browser::Chrome, can: Capabilities::default() }
}

fn walk<'a>(env: &'a Environment, passkeys: &'a [PasskeyEvidence]) -> Walk<'a> {
    Walk { flow: FLOW, who: "ada@example.org", env, passkeys }
}

fn minted() -> Minted {
    Minted {
        options: "{}".into(),
        state: "sealed".into(),
        good_for: 600_000,
        watchdog: 70_000,
        watchdog_away: 315_000,
        mediation: Mediation::Modal,
        auto: false,
    }
}

/// When the pages are shown.
const SHOWN: Millis = Millis(1_000 * DAY);

/// A passkey that worked in this browser a few days ago.
fn works(aaguid: Aaguid, platform: Platform) -> PasskeyEvidence {
    PasskeyEvidence {
        here: Here { worked: Some(SHOWN.plus(-3 * DAY)), ..Here::default() },
        ..elsewhere(aaguid, platform)
    }
}

/// A passkey that this browser never saw.
fn elsewhere(aaguid: Aaguid, platform: Platform) -> PasskeyEvidence {
    let synced = !matches!(aaguid, HELLO | CHROME_ON_MAC);
    PasskeyEvidence {
        id: PasskeyId(Uuid::from_u128(aaguid.0)),
        aaguid,
        backup_eligible: synced,
        backed_up: synced,
        security_key: false,
        created: SHOWN.plus(-100 * DAY),
        created_on: platform,
        used: None,
        here: Here::default(),
    }
}

fn evidence(env: Environment, passkeys: Vec<PasskeyEvidence>) -> Evidence {
    Evidence {
        environment: env,
        passkeys,
        ever_had_passkey: true,
        strikes: 0,
        known_browser: true,
        first_seen: None,
        offers: OfferHistory::default(),
        trail: Trail::default().and(Outcome::CancelledOrMissing, 2).and(Outcome::CancelledOrMissing, 2),
        policy: Policy::default(),
    }
}

fn diagnosis(env: Environment, passkeys: &[PasskeyEvidence]) -> Diagnosis {
    diagnose(&evidence(env, passkeys.to_vec()), None, SHOWN)
}

/// The first step, of which it does not matter on what machine.
fn identify(presenter: &Presenter, view: IdentifyView<'_>) -> Page {
    presenter.identify(FLOW, &Environment::default(), view)
}

/// Everything a page says and holds.
fn text(page: &Page) -> String {
    serde_json::to_string(page).unwrap()
}

/// One page of every step, and of every way there is to say it.
fn every_page(presenter: &Presenter, env: &Environment, passkeys: &[PasskeyEvidence]) -> Vec<Page> {
    let walk = &walk(env, passkeys);
    let diagnosis = &diagnosis(*env, passkeys);
    let outcomes = [
        Outcome::CancelledOrMissing,
        Outcome::RefusedAtOnce,
        Outcome::NoPrompt,
        Outcome::TimedOut,
        Outcome::NeverSettled,
        Outcome::Aborted,
        Outcome::AlreadyHere,
        Outcome::Technical,
        Outcome::NotAccepted,
    ];
    use PasskeyNotice::{AnotherAccount, Busy, Ended, Expired, NoLongerAccepted, NotUsable};
    let notices: Vec<_> =
        outcomes.into_iter().map(Ended).chain([AnotherAccount, NoLongerAccepted, NotUsable, Expired, Busy]).collect();
    let some = |notices: &[PasskeyNotice]| notices.iter().copied().map(Some).chain([None]).collect::<Vec<_>>();

    let mut pages = Vec::new();
    for prompt in [Prompt::Pending, Prompt::Opened, Prompt::OnClick, Prompt::AcrossDevices, Prompt::Failed] {
        pages.push(presenter.use_passkey(walk, prompt, None, None, minted()));
    }
    for notice in some(&notices) {
        pages.push(presenter.use_passkey(walk, Prompt::Failed, notice, Some(diagnosis), minted()));
        pages.push(presenter.enter_password(walk, notice, None, true, minted()));
        pages.push(presenter.needs_proof(walk, Proof::Passkey, notice.map(ProofProblem::Passkey), Some(minted())));
        pages.push(presenter.already_here(walk, notice, minted()));
    }
    for problem in [
        PasswordProblem::Empty,
        PasswordProblem::Wrong,
        PasswordProblem::None,
        PasswordProblem::TooLong,
        PasswordProblem::Expired,
        PasswordProblem::Busy,
        PasswordProblem::Blocked { seconds: 90 },
    ] {
        pages.push(presenter.enter_password(walk, None, Some(problem), false, minted()));
        pages.push(presenter.needs_proof(walk, Proof::Password, Some(ProofProblem::Password(problem)), None));
        pages.push(presenter.needs_proof(walk, Proof::PasswordToo, Some(ProofProblem::Password(problem)), None));
    }
    pages.push(presenter.needs_proof(walk, Proof::NewPassword, None, Some(minted())));
    pages.push(presenter.needs_proof(walk, Proof::PasskeyAgain, None, Some(minted())));
    for mailed in [None, Some(true), Some(false)] {
        for saved in [true, false] {
            let asked = CodeAsked { mailed, saved };
            pages.push(presenter.confirm(walk, asked, None, None, Some(minted())));
            pages.push(presenter.confirm(walk, asked, None, Some(ConfirmNotice::Sent), None));
        }
    }
    let asked = CodeAsked { mailed: Some(true), saved: true };
    for notice in &notices {
        let notice = Some(ConfirmNotice::Passkey(*notice));
        pages.push(presenter.confirm(walk, asked, None, notice, Some(minted())));
        pages.push(presenter.enter_code(walk, true, None, notice, minted()));
    }
    use CodeProblem as Code;
    for problem in [Code::Empty, Code::Wrong, Code::Void, Code::Busy, Code::Blocked { seconds: 5 }] {
        pages.push(presenter.confirm(walk, asked, Some(problem), None, None));
        pages.push(presenter.enter_code(walk, true, Some(problem), None, minted()));
    }
    for is_sent in [true, false] {
        pages.push(presenter.confirm_address(walk, is_sent, is_sent, Some(Code::Wrong)));
        pages.push(presenter.enter_code(walk, is_sent, None, is_sent.then_some(ConfirmNotice::Sent), minted()));
    }
    for now in [SavedCodes::Never, SavedCodes::Left(0), SavedCodes::Left(1), SavedCodes::Left(9)] {
        let view = SavedCodesView { now, password: true, passkey: false, problem: None, notice: None };
        pages.push(presenter.ask_for_codes(walk, view, None));
        let notice = Some(NotUsable);
        let view = SavedCodesView { password: false, passkey: true, notice, ..view };
        pages.push(presenter.ask_for_codes(walk, view, Some(minted())));
    }
    pages.push(presenter.recovery_codes(walk, vec!["ABCD".to_owned()]));
    for days in [1, 90] {
        pages.push(presenter.needs_proof(walk, Proof::KnownBrowser { days }, None, None));
    }
    for why in [Why::AfterError, Why::SecondBrowser, Why::AfterCrossDevice, Why::First, Why::Asked] {
        pages.push(presenter.create_passkey(walk, why, None, Some(diagnosis), minted()));
    }
    use CreateNotice as Create;
    for notice in [Create::Cancelled, Create::Technical, Create::NotUsable, Create::Expired, Create::Busy] {
        pages.push(presenter.create_passkey(walk, Why::AfterError, Some(notice), None, minted()));
    }
    pages.extend(PROVIDERS.map(|aaguid| presenter.passkey_created(walk, aaguid)));
    pages.extend(dashboard::every_dashboard(presenter, env));
    pages.extend(account::every_account(presenter, *walk));
    pages.extend(pages_without_a_person(presenter));
    pages
}

fn pages_without_a_person(presenter: &Presenter) -> Vec<Page> {
    use IdentifyProblem::{Blocked, Busy, Empty, Expired, HalfAddress, NoMail, Same, Taken, TooLong, Unreadable};
    let mut pages = vec![
        identify(presenter, IdentifyView::default()),
        presenter.goodbye(),
        presenter.leave("https://app.example.org/start"),
        presenter.not_me_done(true),
        presenter.not_me_done(false),
        presenter.not_me_void(),
        presenter.forgot_password(FLOW, "ada", None),
        presenter.not_found("/nowhere"),
        presenter.stale("/sign-in"),
        presenter.unavailable("/sign-in"),
        presenter.busy("/sign-in"),
        presenter.blocked("/sign-in", 5),
        presenter.refused_origin(),
        presenter.not_understood(),
        presenter.insecure_origin("https://login.example.org/"),
    ];
    let one_tap = Some(OneTap { identifier: "ada@example.org", others: &[], account: "cmVm" });
    let doors = || IdentifyView { autofill: Some(minted()), immediate: Some(minted()), ..IdentifyView::default() };
    use IdentifyNotice::{NotAccepted, NotUsable, SessionOver};
    for notice in [None, Some(NotAccepted), Some(NotUsable), Some(SessionOver)] {
        pages.push(identify(presenter, IdentifyView { notice, one_tap, ..IdentifyView::default() }));
        pages.push(identify(presenter, IdentifyView { notice, ..doors() }));
    }
    for problem in
        [Empty, TooLong, Unreadable, Taken, NoMail, HalfAddress, Same, Expired, Busy, Blocked { seconds: 30 }]
    {
        pages.push(identify(
            presenter,
            IdentifyView { typed: "ada", problem: Some(problem), ..IdentifyView::default() },
        ));
        pages.push(presenter.sign_up(FLOW, "ada", SignUpProblems { identifier: Some(problem), password: None }, 15));
    }
    for (is_sent, again, problem) in [
        (true, false, None),
        (true, true, None),
        (false, false, Some(CodeProblem::Void)),
        (true, false, Some(CodeProblem::Wrong)),
    ] {
        pages.push(presenter.confirm_sign_up(FLOW, "ada@example.org", is_sent, again, problem));
    }
    pages.extend(pages_of_news(presenter));
    use NewPasswordProblem as New;
    for problem in [
        New::Empty,
        New::TooShort { min: 15 },
        New::TooLong { max: 4_096 },
        New::TooCommon,
        New::ContainsIdentifier,
        New::NotNew,
    ] {
        pages.push(presenter.sign_up(FLOW, "ada", SignUpProblems { identifier: None, password: Some(problem) }, 15));
        let problems = ForgottenProblems { code: Some(CodeProblem::Void), password: Some(problem) };
        pages.push(presenter.new_password(FLOW, "ada", true, problems, 15));
    }
    pages
}

/// Everything that can have happened.
fn every_news() -> [News; 5] {
    [
        News::PasskeyAdded { passkey: PasskeyId(Uuid::nil()), name: "Bitwarden".to_owned() },
        News::PasskeyRemoved { name: "Bitwarden".to_owned() },
        News::PasswordChanged,
        News::AddressChanged { before: "ada@example.org".to_owned(), verified: None },
        News::CodesReplaced,
    ]
}

fn pages_of_news(presenter: &Presenter) -> Vec<Page> {
    let page = |news: &News| {
        let at = Millis(1_800_000_000_000);
        let view =
            NotMe { flow: FLOW, identifier: "ada", news: Some(news), at, now: at, machine: None, token: "abc", id: "" };
        presenter.not_me(&view)
    };
    every_news().iter().map(page).collect()
}

/// All forms of a page.
fn actions(screen: &Screen) -> Vec<&Action> {
    match screen {
        Screen::Identify(it) => {
            let form = it.form.iter().map(|(_, proceed)| proceed);
            form.chain(it.one_tap.iter().flat_map(|(proceed, other)| [proceed, other])).collect()
        }
        Screen::SignUp(it) => vec![&it.create],
        Screen::UsePasskey(it) => vec![&it.person.not_you, &it.password],
        Screen::EnterPassword(it) => [&it.person.not_you, &it.sign_in].into_iter().chain(&it.code).collect(),
        Screen::Ask(it) => {
            let person = it.person.iter().map(|person| &person.not_you);
            person.chain([&it.submit]).chain(&it.more).chain(&it.quiet).collect()
        }
        Screen::NeedsProof(it) => {
            [&it.person.not_you, &it.later].into_iter().chain(it.password.as_ref().map(|(_, action)| action)).collect()
        }
        Screen::CreatePasskey(it) => vec![&it.person.not_you, &it.not_now],
        Screen::PasskeyCreated(it) => vec![&it.person.not_you, &it.proceed],
        Screen::AlreadyHere(it) => vec![&it.person.not_you, &it.proceed],
        Screen::RecoveryCodes(it) => vec![&it.person.not_you, &it.proceed],
        Screen::Dashboard(it) => {
            let rows = it.passkeys.iter().flat_map(|row| dashboard::actions_of(&row.mode));
            [&it.add, &it.forget, &it.sign_out].into_iter().chain(rows).collect()
        }
        Screen::Account(it) => {
            let items = it.sections.iter().flat_map(|section| &section.items).filter_map(|item| item.end.as_ref());
            items.chain(it.sections.iter().filter_map(|section| section.all.as_ref())).collect()
        }
        Screen::Change(it) => it.form.iter().map(|(_, act)| act).collect(),
        Screen::Told(_) | Screen::Leave(_) | Screen::Stale(_) => Vec::new(),
    }
}

/// Nothing is left to fill in, nothing is empty that must not be.
fn is_said(page: &Page) {
    let text = text(page);
    assert!(!text.contains("{ ") && !text.contains('\u{2068}') && !text.contains("\"heading\":\"\""), "{text}");
    assert!(page.title.ends_with(" · Keymend"), "{}", page.title);
    assert!(page.address.starts_with('/') || matches!(page.screen, Screen::Leave(_)));
}

#[test]
fn every_page_can_be_said_on_every_platform() {
    let presenter = presenter();
    for platform in PLATFORMS {
        for provider in PROVIDERS {
            for (passkey, can) in [(works(provider, platform), None), (elsewhere(provider, platform), Some(false))] {
                let can =
                    Capabilities { webauthn: can, platform_authenticator: can, hybrid: can, ..Capabilities::default() };
                let env = Environment { can, ..on(platform) };
                every_page(&presenter, &env, &[passkey]).iter().for_each(is_said);
            }
        }
    }
    assert_eq!(presenter.frame().brand, "Keymend");
    assert_eq!(presenter.words.complaints(), Vec::<String>::new());
}

#[test]
fn every_form_that_posts_carries_its_flow_and_no_page_carries_a_password() {
    let presenter = presenter();
    let env = on(Platform::MacOs);
    for page in every_page(&presenter, &env, &[works(APPLE, Platform::MacOs)]) {
        for action in actions(&page.screen) {
            let flow = action.hidden.iter().find(|(name, _)| name == "flow");
            assert_eq!(flow.is_none(), action.get, "{}", action.path);
            assert!(flow.is_none_or(|(_, value)| *value == FLOW.to_string() && value.len() == 32));
            assert_eq!(action.path.starts_with("/api/"), !action.get, "{}", action.path);
        }
        match &page.screen {
            Screen::EnterPassword(it) => {
                assert_eq!((it.field.value.as_str(), it.field.kind.as_str()), ("", "password"))
            }
            Screen::SignUp(it) => assert_eq!((it.password.value.as_str(), it.password.kind.as_str()), ("", "password")),
            _ => {}
        }
    }
}
