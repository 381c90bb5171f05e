//! The object of `--json`.

use crate::run;
use serde_json::Value;
use simulate::{Rates, Report, World, held_out};

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// `{"people":…,"policies":{…},"diagnosis":{…}}`, with numbers in all places.
fn has_the_shape(world: &Value) {
    for policy in ["keymend", "always_prompt", "two_strikes", "oracle"] {
        let figures = &world["policies"][policy];
        let six = ["clicks", "doomed_prompts", "duplicates", "missed_passkeys", "offered", "repeat_needless"];
        assert_eq!(names(figures), six, "{policy}");
        assert!(figures.as_object().unwrap().values().all(Value::is_number), "{policy}: {figures}");
    }
    assert_eq!(names(&world["policies"]).len(), 4);
    assert_eq!(names(&world["diagnosis"]), ["after", "before"]);
    for moment in ["before", "after"] {
        let quality = &world["diagnosis"][moment];
        assert_eq!(names(quality), ["ece", "log_loss", "oracle_log_loss", "prior_log_loss", "top1"]);
        assert!(quality.as_object().unwrap().values().all(Value::is_number), "{quality}");
    }
    assert!(world["people"].is_u64());
}

#[test]
fn the_object_has_exactly_the_names_that_are_documented() {
    let mut report = Report { people: 3_000, seed: 7, summary: run(3_000, 7, 2), held_out: Vec::new() };
    let all = report.json();
    assert_eq!(names(&all), ["diagnosis", "people", "policies"]);
    has_the_shape(&all);
    assert_eq!(all["people"], 3_000);

    let world = World { rates: Rates::default(), people: 3_000, seed: 7, threads: 2 };
    report.held_out = held_out(4, &world, &|_| {});
    let all = report.json();
    assert_eq!(names(&all), ["diagnosis", "held_out", "people", "policies"]);
    assert_eq!(names(&all["held_out"]), ["median", "worst_tenth"]);
    for part in ["median", "worst_tenth"] {
        let part = &all["held_out"][part];
        assert_eq!(names(part), ["diagnosis", "people", "policies"]);
        has_the_shape(part);
        assert_eq!(part["people"], 1_000, "of each world");
    }
}

#[test]
fn one_person_is_a_world_too_and_what_has_no_case_is_no_number() {
    let report = Report { people: 1, seed: u64::MAX, summary: run(1, u64::MAX, 2), held_out: Vec::new() };
    let all = report.json();
    assert_eq!(names(&all["policies"]["keymend"]).len(), 6);
    let no_case = all["policies"]["keymend"]["offered"].is_null();
    assert_eq!(no_case, report.summary.counts[0].broken == 0);
    assert!(report.table().contains("1 people, 24 visits each"));
}
