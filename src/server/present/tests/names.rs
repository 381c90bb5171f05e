//! The names that tests and people rely on, letter by letter.

use super::*;
use crate::page::*;
use domain::ceremony::Purpose;

fn person_is(person: &Person, path: &str) {
    assert_eq!(
        (person.identifier.as_str(), person.not_you.label.as_str(), person.not_you.path.as_str()),
        ("ada@example.org", "Not you?", path)
    );
}

/// Heading, buttons and links of a page, in order, with where they lead.
fn names(page: &Page) -> Vec<(String, String)> {
    let action = |action: &Action| (action.label.clone(), action.path.clone());
    let link = |link: &Link| (link.label.clone(), link.path.clone());
    let heading = |text: &String| (text.clone(), String::new());
    let open = |label: &String, ceremony: &Ceremony| (label.clone(), ceremony.report.clone());
    match &page.screen {
        Screen::Identify(it) => {
            let mut names = vec![heading(&it.heading)];
            names.extend(it.one_tap.iter().flat_map(|(proceed, other)| [action(proceed), action(other)]));
            names.extend(it.form.iter().flat_map(|(field, proceed)| [heading(&field.label), action(proceed)]));
            names.extend(it.immediate.iter().map(|(label, ceremony)| open(label, ceremony)));
            names.push(link(&it.sign_up));
            names
        }
        Screen::SignUp(it) => {
            vec![
                heading(&it.heading),
                heading(&it.identifier.label),
                heading(&it.password.label),
                action(&it.create),
                link(&it.sign_in),
            ]
        }
        Screen::UsePasskey(it) => vec![heading(&it.heading), open(&it.open, &it.ceremony), action(&it.password)],
        Screen::EnterPassword(it) => {
            let mut names = vec![
                heading(&it.heading),
                heading(&it.field.label),
                action(&it.sign_in),
                open(&it.open, &it.ceremony),
                link(&it.forgot),
            ];
            names.extend(it.code.iter().map(action));
            names
        }
        Screen::Ask(it) => {
            let mut names = vec![heading(&it.heading)];
            names.extend(it.fields.iter().map(|field| heading(&field.label)));
            names.push(action(&it.submit));
            names.extend(it.ceremony.iter().map(|ceremony| open(&it.open, ceremony)));
            names.extend(it.more.iter().map(action));
            names.extend(it.links.iter().map(link));
            names.extend(it.quiet.iter().map(action));
            names
        }
        Screen::NeedsProof(it) => {
            let mut names = vec![heading(&it.heading)];
            if let Some((field, confirm)) = &it.password {
                names.extend([heading(&field.label), action(confirm)]);
            }
            names.extend(it.ceremony.iter().map(|ceremony| open(&it.open, ceremony)));
            names.push(action(&it.later));
            names
        }
        Screen::CreatePasskey(it) => vec![heading(&it.heading), open(&it.open, &it.ceremony), action(&it.not_now)],
        Screen::PasskeyCreated(it) => vec![heading(&it.heading), action(&it.proceed)],
        Screen::AlreadyHere(it) => vec![heading(&it.heading), open(&it.open, &it.ceremony), action(&it.proceed)],
        Screen::RecoveryCodes(it) => {
            vec![heading(&it.heading), heading(&it.copy), heading(&it.print), link(&it.download), action(&it.proceed)]
        }
        Screen::Dashboard(it) => {
            vec![
                heading(&it.heading),
                link(&it.account),
                heading(&it.list),
                action(&it.add),
                action(&it.sign_out),
                action(&it.forget),
            ]
        }
        Screen::Account(it) => {
            let mut names = vec![heading(&it.heading)];
            for section in &it.sections {
                names.push(heading(&section.heading));
                names.extend(section.items.iter().flat_map(|item| {
                    item.end.iter().map(action).chain(item.change.iter().map(link)).collect::<Vec<_>>()
                }));
                names.extend(section.all.iter().map(action).chain(section.links.iter().map(link)));
            }
            names.extend(it.prove.iter().map(|(label, ceremony)| open(label, ceremony)));
            names.push(link(&it.back));
            names
        }
        Screen::Change(it) => {
            let mut names = vec![heading(&it.heading)];
            if let Some((fields, act)) = &it.form {
                names.extend(fields.iter().map(|field| heading(&field.label)));
                names.push(action(act));
            }
            names.extend(it.prove.iter().map(|(label, ceremony)| open(label, ceremony)));
            names.extend(it.back.iter().map(link));
            names
        }
        Screen::Told(it) | Screen::Leave(it) | Screen::Stale(it) => {
            [heading(&it.heading)].into_iter().chain(it.links.iter().map(link)).collect()
        }
    }
}

#[test]
fn the_contract_of_names_and_addresses() {
    let presenter = &presenter();
    let env = &on(Platform::MacOs);
    let passkeys = [works(APPLE, Platform::MacOs)];
    let walk = &walk(env, &passkeys);
    let failed = Some(PasskeyNotice::Ended(Outcome::CancelledOrMissing));
    let create = |why| presenter.create_passkey(walk, why, None, None, minted());
    type Names = &'static [(&'static str, &'static str)];
    let table: Vec<(Page, &str, &str, Names)> = vec![
        (
            identify(presenter, IdentifyView::default()),
            "identify",
            "/sign-in",
            &[
                ("Sign in", ""),
                ("Email or username", ""),
                ("Continue", "/api/sign-in/identify"),
                ("Create an account", "/sign-up"),
            ],
        ),
        (
            presenter.sign_up(FLOW, "", SignUpProblems::default(), 15),
            "sign-up",
            "/sign-up",
            &[
                ("Create your account", ""),
                ("Email or username", ""),
                ("Password", ""),
                ("Create account", "/api/sign-up"),
                ("Sign in instead", "/sign-in"),
            ],
        ),
        (
            presenter.confirm_sign_up(FLOW, "ada@example.org", true, false, None),
            "confirm-sign-up",
            "/sign-up",
            &[
                ("Check your email", ""),
                ("Code", ""),
                ("Confirm", "/api/sign-up/code"),
                ("Sign in instead", "/sign-in"),
                ("Send a new code", "/api/sign-up/send"),
                ("Use another address", "/api/sign-up/start-over"),
            ],
        ),
        (
            presenter.use_passkey(walk, Prompt::OnClick, None, None, minted()),
            "use-passkey",
            "/sign-in",
            &[
                ("Use your passkey", ""),
                ("Use passkey", "/api/sign-in/report"),
                ("Use password instead", "/api/sign-in/use-password"),
            ],
        ),
        (
            presenter.use_passkey(walk, Prompt::Failed, failed, None, minted()),
            "use-passkey",
            "/sign-in",
            &[
                ("Use your passkey", ""),
                ("Try again", "/api/sign-in/report"),
                ("Use password instead", "/api/sign-in/use-password"),
            ],
        ),
        (
            presenter.enter_password(walk, None, None, true, minted()),
            "enter-password",
            "/sign-in",
            &[
                ("Enter your password", ""),
                ("Password", ""),
                ("Sign in", "/api/sign-in/password"),
                ("Use a passkey", "/api/sign-in/report"),
                ("Forgot password?", "/forgot-password"),
                ("Email me a code", "/api/sign-in/email-code"),
            ],
        ),
        (
            presenter.enter_password(walk, None, None, false, minted()),
            "enter-password",
            "/sign-in",
            &[
                ("Enter your password", ""),
                ("Password", ""),
                ("Sign in", "/api/sign-in/password"),
                ("Use a passkey", "/api/sign-in/report"),
                ("Forgot password?", "/forgot-password"),
            ],
        ),
        (
            presenter.enter_code(walk, true, None, None, minted()),
            "enter-code",
            "/sign-in",
            &[
                ("Check your email", ""),
                ("Code", ""),
                ("Sign in", "/api/sign-in/code"),
                ("Use a passkey", "/api/sign-in/report"),
                ("Send a new code", "/api/sign-in/email-code"),
                ("Use password instead", "/api/sign-in/use-password"),
            ],
        ),
        (
            presenter.confirm(walk, CodeAsked { mailed: Some(true), saved: true }, None, None, Some(minted())),
            "confirm",
            "/sign-in",
            &[
                ("Confirm it is you", ""),
                ("Code", ""),
                ("Confirm", "/api/confirm/code"),
                ("Use a passkey", "/api/session/verify"),
                ("Not now", "/api/healing/not-now"),
                ("Send a new code", "/api/confirm/send"),
            ],
        ),
        (
            presenter.needs_proof(walk, Proof::Passkey, None, Some(minted())),
            "needs-proof",
            "/sign-in",
            &[
                ("Adding a passkey needs one more proof", ""),
                ("Use a passkey", "/api/session/verify"),
                ("Continue", "/api/healing/continue"),
            ],
        ),
        (
            presenter.needs_proof(walk, Proof::Password, None, None),
            "needs-proof",
            "/sign-in",
            &[
                ("Adding a passkey needs one more proof", ""),
                ("Password", ""),
                ("Confirm", "/api/session/password"),
                ("Continue", "/api/healing/continue"),
            ],
        ),
        (
            create(Why::AfterError),
            "create-passkey",
            "/sign-in",
            &[
                ("Create a new passkey", ""),
                ("Create passkey", "/api/healing/report"),
                ("Not now", "/api/healing/not-now"),
            ],
        ),
        (
            create(Why::First),
            "create-passkey",
            "/sign-in",
            &[("Create a passkey", ""), ("Create passkey", "/api/healing/report"), ("Not now", "/api/healing/not-now")],
        ),
        (
            create(Why::Asked),
            "create-passkey",
            "/sign-in",
            &[
                ("Create a new passkey", ""),
                ("Create passkey", "/api/healing/report"),
                ("Not now", "/api/healing/not-now"),
            ],
        ),
        (
            presenter.passkey_created(walk, APPLE),
            "passkey-created",
            "/sign-in",
            &[("Passkey created", ""), ("Continue", "/api/healing/continue")],
        ),
        (
            presenter.already_here(walk, None, minted()),
            "already-here",
            "/sign-in",
            &[
                ("This device already has a passkey", ""),
                ("Use it now", "/api/session/verify"),
                ("Continue", "/api/healing/continue"),
            ],
        ),
        (
            presenter.dashboard(dashboard::view(env, vec![])),
            "dashboard",
            "/dashboard",
            &[
                ("Dashboard", ""),
                ("Account", "/account"),
                ("Your passkeys", ""),
                ("Add a passkey", "/api/passkeys/add"),
                ("Sign out", "/api/session/sign-out"),
                ("Forget this browser", "/api/browser/forget"),
            ],
        ),
        (
            presenter.account(&account::view(*walk)),
            "account",
            "/account",
            &[
                ("Account", ""),
                ("How you sign in", ""),
                ("Change email or username", "/account/identifier"),
                ("Change password", "/account/password"),
                ("Where you are signed in", ""),
                ("Sign out Chrome on Windows", "/api/account/end-session"),
                ("Sign out Chrome on Windows (2)", "/api/account/end-session"),
                ("Sign out A browser that was forgotten", "/api/account/end-session"),
                ("Sign out everywhere else", "/api/account/end-sessions"),
                ("Known browsers", ""),
                ("Forget Safari on a Mac", "/api/account/forget-browser"),
                ("Forget Chrome on Windows", "/api/account/forget-browser"),
                ("Forget all other browsers", "/api/account/forget-browsers"),
                ("Recent activity", ""),
                ("Your data", ""),
                ("Download your data", "/account/export"),
                ("Delete account", "/account/delete"),
                ("Back to the dashboard", "/dashboard"),
            ],
        ),
        (
            presenter.change(&account::change(*walk, Changing::Password)),
            "change-password",
            "/account/password",
            &[
                ("Change your password", ""),
                ("Current password", ""),
                ("New password", ""),
                ("Change password", "/api/account/change-password"),
                ("Use a passkey", "/api/session/verify?at=/account/password"),
                ("Back to your account", "/account"),
            ],
        ),
        (
            presenter.change(&account::change(*walk, Changing::Identifier)),
            "change-identifier",
            "/account/identifier",
            &[
                ("Change your email or username", ""),
                ("Current password", ""),
                ("New email or username", ""),
                ("Change it", "/api/account/change-identifier"),
                ("Use a passkey", "/api/session/verify?at=/account/identifier"),
                ("Back to your account", "/account"),
            ],
        ),
        (
            presenter.change(&account::change(*walk, Changing::Account)),
            "delete-account",
            "/account/delete",
            &[
                ("Delete your account", ""),
                ("Current password", ""),
                ("Type ada@example.org to confirm", ""),
                ("Delete account", "/api/account/delete"),
                ("Use a passkey", "/api/session/verify?at=/account/delete"),
                ("Back to your account", "/account"),
            ],
        ),
        (
            presenter.leave("https://app.example.org/start"),
            "leave",
            "https://app.example.org/start",
            &[("You are signed in", ""), ("Go on to app.example.org", "https://app.example.org/start")],
        ),
        (presenter.goodbye(), "told", "/goodbye", &[("Your account is gone", ""), ("Create an account", "/sign-up")]),
        (
            presenter.forgot_password(FLOW, "", None),
            "forgot-password",
            "/forgot-password",
            &[
                ("Forgot your password?", ""),
                ("Email or username", ""),
                ("Continue", "/api/forgot/send"),
                ("Go to sign in", "/sign-in"),
            ],
        ),
        (
            presenter.new_password(FLOW, "ada@example.org", false, ForgottenProblems::default(), 15),
            "new-password",
            "/forgot-password",
            &[
                ("Choose a new password", ""),
                ("Code", ""),
                ("New password", ""),
                ("Save new password", "/api/forgot/password"),
                ("Go to sign in", "/sign-in"),
                ("Send a new code", "/api/forgot/send"),
            ],
        ),
        (
            presenter.confirm_address(walk, true, false, None),
            "confirm-address",
            "/confirm-address",
            &[
                ("Confirm your email address", ""),
                ("Code", ""),
                ("Confirm", "/api/address/code"),
                ("Back to the dashboard", "/dashboard"),
                ("Send a new code", "/api/address/send"),
            ],
        ),
        (
            presenter.recovery_codes(walk, vec!["ABCD".to_owned()]),
            "recovery-codes",
            "/recovery-codes",
            &[
                ("Your recovery codes", ""),
                ("Copy", ""),
                ("Print", ""),
                ("Download", "/recovery-codes.txt"),
                ("Continue", "/api/codes/kept"),
            ],
        ),
        (
            presenter.stale("/sign-in"),
            "stale",
            "/sign-in",
            &[("This page is out of date", ""), ("Load again", "/sign-in")],
        ),
    ];
    for (page, step, address, want) in table {
        let want: Vec<_> = want.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        assert_eq!(names(&page), want);
        assert_eq!((page.screen.name(), page.address.as_str()), (step, address));
    }
}

#[test]
fn not_you_starts_over_before_a_proof_and_signs_out_after_it() {
    let presenter = presenter();
    let env = &on(Platform::Windows);
    let walk = &walk(env, &[]);
    let Screen::UsePasskey(before) = presenter.use_passkey(walk, Prompt::Pending, None, None, minted()).screen else {
        panic!()
    };
    person_is(&before.person, "/api/sign-in/start-over");
    let Screen::PasskeyCreated(after) = presenter.passkey_created(walk, HELLO).screen else { panic!() };
    person_is(&after.person, "/api/session/sign-out");
}

#[test]
fn a_ceremony_keeps_what_was_minted() {
    let presenter = presenter();
    let env = &on(Platform::Android);
    let walk = &walk(env, &[]);
    let Screen::UsePasskey(it) =
        presenter.use_passkey(walk, Prompt::Pending, None, None, Minted { auto: true, ..minted() }).screen
    else {
        panic!()
    };
    assert!(it.ceremony.auto);
    assert_eq!(
        (it.ceremony.purpose, it.ceremony.state.as_str(), it.ceremony.flow),
        (Purpose::SignIn, "sealed", FLOW.to_string())
    );
    let Screen::CreatePasskey(it) = presenter.create_passkey(walk, Why::First, None, None, minted()).screen else {
        panic!()
    };
    assert_eq!((it.ceremony.purpose, it.ceremony.good_for, it.ceremony.watchdog), (Purpose::Create, 600_000, 70_000));
}

fn field_of(page: &Page) -> Field {
    match &page.screen {
        Screen::Identify(Identify { form: Some((field, _)), .. }) => field.clone(),
        _ => panic!("{page:?}"),
    }
}

#[test]
fn one_tap_and_the_other_doors_have_their_names() {
    let presenter = &presenter();
    let one_tap = Some(OneTap { identifier: "ada@example.org", others: &[], account: "cmVm" });
    let page = identify(presenter, IdentifyView { one_tap, ..IdentifyView::default() });
    let Screen::Identify(it) = &page.screen else { panic!() };
    assert!(it.form.is_none() && it.immediate.is_none() && it.autofill.is_none());
    assert!(!text(&page).contains("ada"), "the whole identifier is nobody's business before the click");
    assert_eq!(
        names(&page),
        [
            ("Sign in", ""),
            ("Continue as a…@example.org", "/api/sign-in/one-tap"),
            ("Use another account", "/api/sign-in/start-over"),
            ("Create an account", "/sign-up"),
        ]
        .map(|(name, path)| (name.to_owned(), path.to_owned()))
    );
    let page = identify(presenter, IdentifyView { immediate: Some(minted()), ..IdentifyView::default() });
    assert_eq!(names(&page)[3], ("Sign in with a passkey".to_owned(), "/api/sign-in/report-anyone".to_owned()));
}

#[test]
fn what_was_typed_comes_back_as_it_was_typed() {
    let typed = "<b>007 & { $x }\u{202e}</b>";
    let view = IdentifyView { typed, problem: Some(IdentifyProblem::Unreadable), ..IdentifyView::default() };
    let field = field_of(&identify(&presenter(), view));
    assert_eq!(field.value, typed);
    assert_eq!(field.autocomplete, "username webauthn");
}

#[test]
fn an_unknown_person_and_a_wrong_password_get_one_answer() {
    let env = &on(Platform::Linux);
    let problem = Some(PasswordProblem::Wrong);
    let Screen::EnterPassword(it) = presenter().enter_password(&walk(env, &[]), None, problem, true, minted()).screen
    else {
        panic!()
    };
    assert_eq!(
        it.field.problem,
        "This email address or username and this password do not go together. Check both, then try again."
    );
}

#[test]
fn waiting_is_told_in_seconds_and_then_in_minutes() {
    let waiting = |seconds| {
        let problem = Some(IdentifyProblem::Blocked { seconds });
        field_of(&identify(&presenter(), IdentifyView { problem, ..IdentifyView::default() })).problem
    };
    assert_eq!(waiting(0), "To keep this account safe, wait a second before the next try.");
    assert_eq!(waiting(5), "To keep this account safe, wait 5 seconds before the next try.");
    assert_eq!(waiting(60), "To keep this account safe, wait a minute before the next try.");
    assert_eq!(waiting(61), "To keep this account safe, wait 2 minutes before the next try.");
}
