//! Whether a test that a page of the documentation links is there.

/// A function that is a test in Rust, a title in TypeScript; not whatever else is called so.
pub fn has_test(file: &str, text: &str, name: &str) -> bool {
    if file.ends_with(".rs") { is_function(text, name) } else { is_title(text, name) }
}

/// With the attribute that makes a test of it, among others or inside `proptest!`.
fn is_function(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let begins = |line: &str| line.trim_start_matches("async ").starts_with(&format!("fn {name}("));
    let is_above = |line: &&&str| line.starts_with("#[") || line.starts_with("///");
    let is_test = |line: &&str| {
        let path = line.trim_start_matches("#[").split(['(', ']']).next();
        path.is_some_and(|path| path.rsplit("::").next() == Some("test"))
    };
    let mut ends = (0..lines.len()).filter(|at| begins(lines[*at]));
    ends.any(|at| lines[..at].iter().rev().take_while(is_above).any(is_test))
}

/// Of a test, of a step or of a group: the whole of it, or of one that is filled in what stands on one side of `${…}`.
fn is_title(text: &str, name: &str) -> bool {
    let calls = ["test(", "test.step(", "test.describe("];
    let mut titles = calls.iter().flat_map(|call| text.split(call).skip(1)).filter_map(|rest| {
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|first| ['\'', '"', '`'].contains(first))?;
        rest[1..].split(quote).next()
    });
    titles.any(|title| title.split("${").map(fixed).any(|part| part == name))
}

/// What is left of a part of a title after what is filled in before it.
fn fixed(part: &str) -> &str {
    part.split_once('}').map_or(part, |(_, rest)| rest).trim()
}
