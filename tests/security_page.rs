//! `docs/security.md` says for each requirement which test shows it. Here its links are kept alive: the files are there, the
//! tests in them too, and no requirement is left out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, and so may its helpers")]

#[path = "common/linked.rs"]
mod linked;

use linked::has_test;
use std::collections::BTreeMap;
use std::path::Path;

const PAGE: &str = include_str!("../docs/security.md");

/// Requirement and what is said of it.
fn rows() -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    for line in PAGE.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [number, .., said] = cells.as_slice() else { continue };
        if number.starts_with(['S', 'R']) && number[1..].parse::<u32>().is_ok() {
            assert!(rows.insert((*number).to_owned(), (*said).to_owned()).is_none(), "{number} stands twice");
        }
    }
    rows
}

/// The links to tests: [`name`](../path), where the path is that of Rust or of a specification of Playwright.
fn links(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split("[`").skip(1) {
        let (name, rest) = part.split_once("`](").unwrap_or_else(|| panic!("a link that is none: [`{part:.60}"));
        let path = rest.split_once(')').unwrap().0;
        if path.ends_with(".rs") || path.ends_with(".ts") {
            found.push((name.to_owned(), path.to_owned()));
        }
    }
    found
}

/// How a row may begin.
const BEGINNINGS: [&str; 4] = ["shown by ", "in part shown by ", "not applicable because ", "not met because "];

/// What is wrong with what is said of a requirement: whoever reads its beginning must know whether all of it is met.
fn fault(said: &str) -> Option<&'static str> {
    let begins = |start: &str| said.starts_with(start);
    if !BEGINNINGS.into_iter().any(begins) {
        return Some("it begins as no row may");
    }
    let in_part = begins("in part shown by ");
    let admits = said.to_lowercase().contains("not met");
    if admits && !in_part && !begins("not met because ") {
        return Some("what is not met hides behind its beginning");
    }
    if in_part && !said.contains("not met because ") {
        return Some("it does not say which part is not met");
    }
    ((in_part || begins("shown by ")) && links(said).is_empty()).then_some("no test shows it")
}

#[test]
fn every_requirement_has_its_row_and_each_row_its_end() {
    let rows = rows();
    let wanted = (1..=40).map(|number| format!("S{number}")).chain((1..=12).map(|number| format!("R{number}")));
    for number in wanted {
        let said = rows.get(&number).unwrap_or_else(|| panic!("{number} is missing"));
        assert_eq!(fault(said), None, "{number}: {said}");
    }
    assert_eq!(rows.len(), 52);
    let counted = BEGINNINGS.map(|start| {
        let rows = rows.values().filter(|said| said.starts_with(start)).count();
        format!("{rows} {}", start.trim_end())
    });
    println!("{}", counted.join(", "));
}

#[test]
fn a_row_that_hides_what_is_not_met_is_noticed() {
    const TEST: &str = "[`a_test`](../tests/a.rs)";
    for good in [
        &format!("shown by {TEST}"),
        &format!("in part shown by {TEST}; not met because nobody did it"),
        "not applicable because there is none",
        "not met because nobody did it",
    ] {
        assert_eq!(fault(good), None, "{good}");
    }
    for bad in [
        "",
        "met",
        "shown by nobody",
        "in part shown by nobody; not met because nobody did it",
        &format!("Shown by {TEST}"),
        &format!("partly shown by {TEST}; not met because nobody did it"),
        &format!("shown by {TEST}; a ceiling is not met because it would lock the owner out"),
        &format!("shown by {TEST}. Not met: the ceiling"),
        &format!("in part shown by {TEST}"),
        &format!("in part shown by {TEST}; not met"),
        &format!("not applicable because there is none, and so not met; {TEST}"),
    ] {
        assert!(fault(bad).is_some(), "{bad}");
    }
}

#[test]
fn every_test_that_is_linked_is_there() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let links = links(PAGE);
    assert!(links.len() > 60, "{}", links.len());
    for (name, path) in links {
        let text = std::fs::read_to_string(docs.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(has_test(&path, &text, &name), "{path} has no test {name}");
    }
}

#[test]
fn nothing_but_a_test_is_taken_for_one() {
    let rust = "#[cfg(test)]\nfn helper() {}\n// fn said() is no test\nfn plain() {}\n\n#[test]\n/// Why.\n\
                #[should_panic]\nfn one() {}\n    #[tokio::test(flavor = \"multi_thread\")]\n    async fn other() {}\n";
    let found = ["helper", "said", "plain", "one", "other", "the"].map(|name| has_test("a.rs", rust, name));
    assert_eq!(found, [false, false, false, true, true, false]);
    let typescript = "test('a title', async () => {\n  // a remark\n  await page.click('a button');\n});\n\
                      test(`over ${secrecy} it arrives`, async () => {});\n";
    let names = ["a title", "a tit", "a remark", "a button", "over", "it arrives"];
    let found = names.map(|name| has_test("a.spec.ts", typescript, name));
    assert_eq!(found, [true, false, false, false, true, true]);
}
