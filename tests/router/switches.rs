//! The operator's switches in `[sign_in]` and `[healing]`: each does what its comment says, and a value out of bounds stops the
//! start.

use crate::app::TestApp;
use crate::person::Person;
use domain::time::{DAY, MINUTE};
use keymend::page::Screen;
use keymend::server::config;

/// What a browser tells about itself that has every door.
const EVERY_DOOR: &str = r#"{"webauthn":true,"hybrid":true,"conditional_get":true,"immediate_get":true}"#;

async fn with(keys: &str) -> TestApp {
    TestApp::start_with(keys, |_| {}).await
}

/// Whether a prompt opens by itself where a passkey was used before, and where it is likely to be.
async fn prompted(keys: &str) -> (bool, bool) {
    let app = with(keys).await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let mut elsewhere = ada.elsewhere(&app);
    elsewhere.identifies().await;
    elsewhere.shows("use-passkey");
    (ada.is_prompted(), elsewhere.is_prompted())
}

#[tokio::test]
async fn auto_start_says_where_a_prompt_opens_by_itself() {
    assert_eq!(prompted("").await, (true, true));
    assert_eq!(prompted("[sign_in]\nauto_start = \"likely\"\n").await, (true, true));
    assert_eq!(prompted("[sign_in]\nauto_start = \"known-browser\"\n").await, (true, false));
    assert_eq!(prompted("[sign_in]\nauto_start = \"never\"\n").await, (false, false));
}

/// The doors of the first step: autofill, immediate, one tap.
async fn doors(keys: &str) -> (bool, bool, bool) {
    let app = with(keys).await;
    let mut stranger = app.person("bob");
    stranger.browser.environment = Some(EVERY_DOOR.to_owned());
    stranger.opens("/sign-in").await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.comes_back_later().await;
    let doors = stranger.identify();
    (doors.autofill.is_some(), doors.immediate.is_some(), ada.is_remembered())
}

#[tokio::test]
async fn each_door_has_a_switch_of_its_own() {
    assert_eq!(doors("").await, (true, true, true));
    assert_eq!(doors("[sign_in]\nautofill = false\n").await, (false, true, true));
    assert_eq!(doors("[sign_in]\nimmediate = false\n").await, (true, false, true));
    assert_eq!(doors("[sign_in]\none_tap = false\n").await, (true, true, false));
}

#[tokio::test]
async fn across_devices_says_whether_a_code_is_announced() {
    for (keys, announced) in [("", true), ("[sign_in]\nacross_devices = false\n", false)] {
        let app = with(keys).await;
        let ada = Person::settled(&app, "ada").await;
        let mut laptop = ada.elsewhere(&app);
        let phone = ada.device.clone();
        laptop.identifies().await;
        let options = laptop.ceremony().options.clone();
        let answer = phone.get_with(&phone.passkeys[0], &options, |making| making.attachment = "cross-platform");
        laptop.reports_credential(&answer).await;
        laptop.says_not_now().await;
        laptop.signs_out().await;
        // The passkeys of Apple are likely on a Mac; on a machine that is none they are asked for across devices.
        laptop.browser.user_agent = crate::app::ANDROID;
        laptop.identifies().await;
        let is_announced = matches!(&laptop.page.screen, Screen::UsePasskey(screen) if screen.ceremony.options.contains(r#""hints":["hybrid"]"#));
        assert_eq!(is_announced, announced, "{keys}: {:?}", laptop.page);
    }
}

#[tokio::test]
async fn email_code_says_whether_a_code_by_mail_is_there_beside_the_password() {
    for (keys, is_there) in [("", true), ("[sign_in]\nemail_code = false\n", false)] {
        let app = with(keys).await;
        let mut ada = app.person("ada@example.org");
        ada.settles_in().await;
        ada.signs_out().await;
        ada.identifies().await;
        ada.fails(2).await;
        let Screen::EnterPassword(screen) = &ada.page.screen else { panic!("{:?}", ada.page) };
        assert_eq!(screen.code.is_some(), is_there);
        let (flow, before) = (screen.sign_in.hidden[0].1.clone(), app.mails().await.len());
        let answer = ada.browser.post("/api/sign-in/email-code", &[("flow", &flow)]).await;
        assert_eq!(answer.step(), if is_there { "enter-code" } else { "enter-password" });
        let answer = ada.browser.post("/api/sign-in/code", &[("flow", &flow), ("code", "000000")]).await;
        assert_eq!(answer.step(), if is_there { "enter-code" } else { "enter-password" });
        let [mails, codes] =
            [app.mails().await.len() - before, usize::try_from(app.count("mailed_codes").await).unwrap()];
        assert_eq!([mails, codes], [usize::from(is_there); 2], "{keys}");
    }
}

#[tokio::test]
async fn failures_to_password_counts_the_prompts_of_a_flow() {
    for most in 1..=3 {
        let app = with(&format!("[sign_in]\nfailures_to_password = {most}\n")).await;
        let mut ada = Person::settled(&app, "ada").await;
        ada.identifies().await;
        for _ in 1..most {
            ada.fails(1).await;
            ada.shows("use-passkey");
        }
        ada.fails(1).await;
        ada.shows("enter-password");
    }
}

#[tokio::test]
async fn strikes_to_password_counts_them_over_visits() {
    for (most, step) in [(1, "enter-password"), (2, "use-passkey")] {
        let app = with(&format!("[sign_in]\nstrikes_to_password = {most}\n")).await;
        let mut ada = Person::settled(&app, "ada").await;
        ada.identifies().await;
        ada.fails(1).await;
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        assert_eq!(ada.step(), step, "{most}");
    }
}

#[tokio::test]
async fn strike_half_life_days_says_how_fast_they_are_forgotten() {
    for (days, step) in [(1, "use-passkey"), (30, "enter-password")] {
        let app = with(&format!("[sign_in]\nstrike_half_life_days = {days}\n")).await;
        let mut ada = Person::settled(&app, "ada").await;
        ada.identifies().await;
        ada.fails(2).await;
        ada.browser.drop_cookie("flow");
        app.wait(2 * DAY);
        ada.identifies().await;
        assert_eq!(ada.step(), step, "{days}");
    }
}

#[tokio::test]
async fn watchdog_seconds_go_to_the_page() {
    let app = with("[sign_in]\nwatchdog_seconds = 7\n").await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    assert_eq!(ada.ceremony().watchdog, 7_000);
}

#[tokio::test]
async fn without_offers_the_password_leads_straight_on_and_the_dashboard_still_adds() {
    let app = with("[healing]\noffers = false\n").await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.shows("dashboard");
    ada.adds_a_passkey().await;
    ada.creates_passkey().await;
    ada.continues().await;
    ada.signs_out().await;
    ada.identifies().await;
    ada.fails(2).await;
    ada.enters_password().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn assurance_says_what_a_new_passkey_takes_beyond_the_password() {
    for (keys, step) in [("", "needs-proof"), ("[healing]\nassurance = \"password\"\n", "create-passkey")] {
        let app = with(keys).await;
        let mut elsewhere = Person::settled(&app, "ada").await.elsewhere(&app);
        elsewhere.identifies().await;
        elsewhere.fails(2).await;
        elsewhere.enters_password().await;
        assert_eq!(elsewhere.step(), step, "{keys}");
    }
}

#[tokio::test]
async fn known_browser_days_say_how_long_a_browser_is_known() {
    for (days, step) in [(1, "needs-proof"), (3, "create-passkey")] {
        let app = with(&format!("[healing]\nknown_browser_days = {days}\n")).await;
        let mut ada = Person::settled(&app, "ada").await;
        app.wait(2 * DAY);
        ada.identifies().await;
        ada.fails(2).await;
        ada.enters_password().await;
        assert_eq!(ada.step(), step, "{days}");
    }
}

#[tokio::test]
async fn fresh_password_minutes_say_how_long_it_opens_the_way_to_a_new_passkey() {
    for (minutes, step) in [(1, "needs-proof"), (5, "create-passkey")] {
        let app = with(&format!("[healing]\nfresh_password_minutes = {minutes}\n")).await;
        let mut ada = Person::settled(&app, "ada").await;
        ada.comes_to_the_offer().await;
        app.wait(3 * MINUTE);
        ada.opens("/sign-in").await;
        assert_eq!(ada.step(), step, "{minutes}");
    }
}

#[test]
fn a_value_out_of_bounds_stops_the_start_with_one_line_that_names_it() {
    let bounds = [
        ("sign_in", "failures_to_password", 1, 3),
        ("sign_in", "strikes_to_password", 1, 5),
        ("sign_in", "strike_half_life_days", 1, 365),
        ("sign_in", "watchdog_seconds", 2, 300),
        ("sign_in", "answer_after_ms", 0, 1_000),
        ("healing", "known_browser_days", 1, 400),
        ("healing", "fresh_password_minutes", 1, 60),
    ];
    let parse =
        |table: &str, key: &str, value: &str| config::parse(&format!("[{table}]\n{key} = {value}\n"), "the file");
    for (table, key, least, most) in bounds {
        for value in [least, most] {
            assert!(parse(table, key, &value.to_string()).is_ok(), "{key} = {value}");
        }
        for value in [least - 1, most + 1, -1, 1_000_000_000_000_000_000_i64] {
            let line = parse(table, key, &value.to_string()).unwrap_err();
            assert!(line.contains(key) && line.starts_with("the file: "), "{key} = {value}: {line}");
            assert_eq!(line.lines().count(), 1, "{line}");
        }
    }
    for (table, key) in [
        ("sign_in", "auto_start"),
        ("sign_in", "autofill"),
        ("sign_in", "one_tap"),
        ("sign_in", "immediate"),
        ("sign_in", "across_devices"),
        ("sign_in", "email_code"),
        ("healing", "offers"),
        ("healing", "assurance"),
    ] {
        for value in ["\"perhaps\"", "[]", "\"\""] {
            let line = parse(table, key, value).unwrap_err();
            assert!(line.contains(key) || line.contains("perhaps"), "{key} = {value}: {line}");
            assert_eq!(line.lines().count(), 1, "{line}");
        }
    }
}
