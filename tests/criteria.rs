//! `docs/criteria.md` claims what tests show. Every published criterion stands there once, and every test that it names exists.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail loudly, and so may its helpers")]

#[path = "common/linked.rs"]
mod linked;

use linked::has_test;
use std::collections::BTreeSet;
use std::path::PathBuf;

const PAGE: &str = include_str!("../docs/criteria.md");

/// The flows, and how many criteria each of them has.
const FLOWS: [(&str, usize); 17] = [
    ("W1.1", 10),
    ("W1.2", 9),
    ("W1.3", 4),
    ("W1.4", 2),
    ("W1.5", 6),
    ("W1.6", 8),
    ("W2.1", 8),
    ("W2.2", 4),
    ("W2.3", 5),
    ("W2.4", 3),
    ("W2.5", 5),
    ("W2.6", 6),
    ("W2.7", 3),
    ("W2.8", 3),
    ("W3.1", 8),
    ("W3.2", 12),
    ("E1", 11),
];

/// A row: the criterion, the verdict, what stands behind it.
struct Row {
    id: &'static str,
    verdict: &'static str,
    behind: &'static str,
}

fn rows() -> Vec<Row> {
    let is_criterion = |line: &&str| line.starts_with("| W") || line.starts_with("| E");
    PAGE.lines()
        .filter(is_criterion)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [id, _, verdict, behind] = cells[..] else { panic!("not four cells: {line}") };
            Row { id: id.trim_end_matches(" q"), verdict, behind }
        })
        .collect()
}

/// The links of a cell: the name of a test, and the file it is in.
fn links(cell: &'static str) -> Vec<(&'static str, &'static str)> {
    let texts = cell.split('[').skip(1);
    texts.map(|link| link.trim_end_matches([',', ' ', '.', ')']).split_once("](").expect("a link")).map(clean).collect()
}

fn clean((name, file): (&'static str, &'static str)) -> (&'static str, &'static str) {
    (name, file.split(')').next().unwrap_or(file))
}

#[test]
fn every_published_criterion_stands_there_once() {
    let published: Vec<String> =
        FLOWS.iter().flat_map(|(flow, count)| (1..=*count).map(move |n| format!("{flow}-AC{n:02}"))).collect();
    let claimed: Vec<&str> = rows().iter().map(|row| row.id).collect();
    assert_eq!(claimed, published);
}

#[test]
fn every_verdict_is_one_of_three_and_has_something_behind_it() {
    for Row { id, verdict, behind } in rows() {
        assert!(["pass", "not applicable", "not met"].contains(&verdict), "{id}: {verdict}");
        let is_shown = !links(behind).is_empty();
        assert!(verdict != "pass" || is_shown, "{id} passes, and no test shows it");
        assert!(behind.len() > 10, "{id}: {verdict}, and why?");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    let all: BTreeSet<_> = rows().iter().flat_map(|row| links(row.behind)).collect();
    for (name, file) in all {
        let text = std::fs::read_to_string(docs.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(has_test(file, &text, name), "{file} has no test “{name}”");
    }
}
