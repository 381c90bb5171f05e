//! The tables of docs/intelligence.md say what the code says.

use domain::intelligence::constants as c;
use domain::intelligence::weights::{self as w, Hazard};
use domain::intelligence::{Outcome, RULES_VERSION};
use domain::provider::{Reach, SyncDomain};
use domain::time::{DAY, MINUTE};

const PAGE: &str = include_str!("../../../../docs/intelligence.md");

/// Without more digits than it has.
fn number(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    rounded.to_string()
}

fn percent(share: f64) -> String {
    format!("{} %", number(share * 100.0))
}

fn hazard(hazard: Hazard) -> String {
    format!("{} a day, {} % back", percent(hazard.lost), number((hazard.back * 1_000.0).round() / 10.0))
}

fn days(millis: i64) -> String {
    format!("{} days", millis / DAY)
}

fn thresholds() -> Vec<(&'static str, String)> {
    let [first, second, further] = c::PAUSE_AFTER_NOT_NOW.map(|pause| pause / DAY);
    vec![
        ("`FAILURES_TO_PASSWORD`", c::FAILURES_TO_PASSWORD.to_string()),
        ("`STRIKES_TO_PASSWORD`", c::STRIKES_TO_PASSWORD.to_string()),
        ("`STRIKE_HALF_LIFE_DAYS`", c::STRIKE_HALF_LIFE_DAYS.to_string()),
        ("`AT_ONCE`", format!("{} ms", c::AT_ONCE)),
        ("`CEREMONY_TIMEOUT`", format!("{} s", c::CEREMONY_TIMEOUT / 1_000)),
        ("`TIMED_OUT_PERCENT`", format!("{} %", c::TIMED_OUT_PERCENT)),
        ("`LEFT_OPEN`", format!("{} s", c::LEFT_OPEN / 1_000)),
        ("`ABSENCE_DECAYS`", days(c::ABSENCE_DECAYS)),
        ("`PAUSE_AFTER_NOT_NOW`", format!("{first}, {second}, {further} days")),
        ("`PAUSE_AFTER_CANCEL`", days(c::PAUSE_AFTER_CANCEL)),
        ("`FAILURES_AFTER_PRESENT`", c::FAILURES_AFTER_PRESENT.to_string()),
        ("`CEREMONY_LIFETIME`", format!("{} min", c::CEREMONY_LIFETIME / MINUTE)),
        ("`FLOW_LIFETIME`", format!("{} min", c::FLOW_LIFETIME / MINUTE)),
        ("`ACROSS_EXPECTED`", days(c::ACROSS_EXPECTED)),
        ("`REMEMBERED`", days(c::REMEMBERED)),
    ]
}

fn weights() -> Vec<(&'static str, String)> {
    let parts = |sync| w::missing_unseen(sync, Reach::Unknown).map(percent);
    let [account, _, elsewhere] = parts(SyncDomain::Apple);
    let [_, manager, elsewhere_of_manager] = parts(SyncDomain::Vendor);
    let [unknown_account, unknown_manager, unknown_elsewhere] = parts(SyncDomain::Unknown);
    vec![
        ("`DELETED`", hazard(w::DELETED)),
        ("`USUAL_AGE`", days(w::USUAL_AGE)),
        ("`ACCOUNT`", hazard(w::ACCOUNT)),
        ("`MANAGER`", hazard(w::MANAGER)),
        ("`there_unseen`, built in", percent(w::there_unseen(Reach::Home, false))),
        ("`there_unseen`, through a browser", percent(w::there_unseen(Reach::Browser, false))),
        ("`there_unseen`, app, file or unknown", percent(w::there_unseen(Reach::App, false))),
        ("`there_unseen`, same kind of machine", percent(w::there_unseen(Reach::Home, true))),
        ("`there_unseen`, cannot be", percent(w::there_unseen(Reach::No, false))),
        ("`missing_unseen` of a cloud account", format!("{account} account, {elsewhere} elsewhere")),
        ("`missing_unseen` of a manager or file", format!("{manager} manager, {elsewhere_of_manager} elsewhere")),
        (
            "`missing_unseen` of an unknown provider",
            format!("{unknown_account} account, {unknown_manager} manager, {unknown_elsewhere} elsewhere"),
        ),
        ("`ends_present`, closed first", percent(w::ends_present(Outcome::CancelledOrMissing, 0))),
        ("`ends_present`, closed again", percent(w::ends_present(Outcome::CancelledOrMissing, 1))),
        ("`ends_absent`, closed", percent(w::ends_absent(Outcome::CancelledOrMissing))),
        ("`ends_absent`, refused at once", percent(w::ends_absent(Outcome::RefusedAtOnce))),
        ("`ends_absent`, never settled", percent(w::ends_absent(Outcome::NeverSettled))),
        ("`PROVEN_PRESENT`", format!("{} to 1", number(w::PROVEN_PRESENT))),
        ("`PROOF_IS_WRONG`", percent(w::PROOF_IS_WRONG)),
        ("`SAME_PROVIDER_AGAIN`", percent(w::SAME_PROVIDER_AGAIN)),
        ("`SAME_PROVIDER_ALTHOUGH_AWAY`", percent(w::SAME_PROVIDER_ALTHOUGH_AWAY)),
        ("`SAME_BROWSER_IN_ANOTHER_ACCOUNT`", percent(w::SAME_BROWSER_IN_ANOTHER_ACCOUNT)),
        ("`SAME_PROVIDER_ON_ANOTHER_MACHINE`", percent(w::SAME_PROVIDER_ON_ANOTHER_MACHINE)),
        ("`SAME_PROVIDER_IMPOSSIBLE`", percent(w::SAME_PROVIDER_IMPOSSIBLE)),
        ("`KEY_LEFT_ELSEWHERE`", format!("{} to 1", number(w::KEY_LEFT_ELSEWHERE))),
    ]
}

#[test]
fn the_tables_of_numbers_say_what_the_code_says_and_where_each_is_from() {
    for (name, value) in thresholds().into_iter().chain(weights()) {
        let start = format!("| {name} | {value} | ");
        let line = PAGE.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no line {start:?}"));
        let source = &line[start.len()..];
        assert!(["[P]", "[W]", "[E]"].iter().any(|known| source.contains(known)), "no source: {line}");
    }
}

#[test]
fn the_page_is_about_these_rules() {
    assert!(PAGE.contains(&format!("**version {RULES_VERSION}**")));
    assert!(PAGE.contains(&format!("at version {RULES_VERSION},")), "the held-out worlds were run with other rules");
}
