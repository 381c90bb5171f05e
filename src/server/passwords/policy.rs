//! Which new passwords are taken.

use super::{MAX_BYTES, normalised};
use std::cmp::Ordering;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// What is wrong with a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    Empty,
    TooShort { min: usize },
    TooLong,
    TooCommon,
    ContainsIdentifier,
}

/// The most common passwords, in lower case and ASCII, one on a line, sorted by bytes (`common.md` says where they come from).
/// None is shorter than [`SHORTEST`]: `password.min_length` goes no lower, so that shorter ones are refused by their length.
/// It is searched where it lies in the program. A set of it would be memory that the server holds for what is rarely asked.
const COMMON: &str = include_str!("common.txt");

/// The least that `password.min_length` may be.
const SHORTEST: usize = 8;

/// No entry is longer than this many bytes.
const LONGEST: usize = 48;

/// So many digits and signs at its ends make no other password of a common one.
const TRIMMINGS: usize = 3;

/// What people put together until it is long enough. A password that is hardly more than these is refused.
const STEMS: &[&str] = &[
    "password",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "0987654321",
    "abcdefghijklmnopqrstuvwxyz",
    "letmein",
    "iloveyou",
    "welcome",
    "administrator",
    "correcthorsebatterystaple",
    "qazwsxedc",
    "1qaz2wsx3edc4rfv",
    "keymend",
];

/// The rows of a US keyboard, without and with Shift. A key touches those beside it, and two in the next row: the one under
/// it and the one to the left of that.
const ROWS: [[&str; 2]; 4] = [
    ["1234567890-=", "!@#$%^&*()_+"],
    ["qwertyuiop[]", "qwertyuiop{}"],
    ["asdfghjkl;'", "asdfghjkl:\""],
    ["zxcvbnm,./", "zxcvbnm<>?"],
];

/// How many steps a pattern on the keyboard takes before it begins anew.
const PATTERNS: RangeInclusive<usize> = 2..=6;

/// Checks a new password: length in characters, nothing that is only a repeated or common text or a walk over the keyboard,
/// not the identifier (NIST SP 800-63B, section 3.1.1.2). No rules of composition.
///
/// # Errors
/// Says which rule it breaks.
pub fn check_new(password: &str, identifier_key: &str, min: usize) -> Result<(), PasswordProblem> {
    if password.len() > MAX_BYTES {
        return Err(PasswordProblem::TooLong);
    }
    let password: Zeroizing<String> = normalised(password);
    if password.is_empty() {
        return Err(PasswordProblem::Empty);
    }
    if password.chars().count() < min {
        return Err(PasswordProblem::TooShort { min });
    }
    let plain = Zeroizing::new(password.to_lowercase().split_whitespace().collect::<String>());
    let name = identifier_key.split('@').next().unwrap_or_default();
    let is_most_of_it = |text: &str| {
        let is_there = text.chars().count() >= 3 && plain.contains(text);
        is_there && Zeroizing::new(plain.replace(text, "")).chars().count() < 6
    };
    if is_most_of_it(identifier_key) || is_most_of_it(name) {
        return Err(PasswordProblem::ContainsIdentifier);
    }
    let mut rest = plain.to_string();
    for stem in STEMS {
        rest = rest.replace(stem, "");
    }
    let rest = Zeroizing::new(rest);
    let mut distinct: Vec<char> = plain.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let says_little = rest.chars().count() < 4 || distinct.len() < 5;
    if says_little || is_common(&plain) || is_run(&plain) || is_walk(&plain) {
        return Err(PasswordProblem::TooCommon);
    }
    Ok(())
}

/// A listed password, or one that is said again and again, or either with a little around it. Not whatever contains one, nor
/// several different ones: a passphrase is made of words that everybody knows.
fn is_common(text: &str) -> bool {
    let mut cuts = (0..=TRIMMINGS).flat_map(|front| (0..=TRIMMINGS - front).map(move |back| (front, back)));
    cuts.any(|(front, back)| without(text, front, back).is_some_and(|core| is_listed(core) || is_repeated(core)))
}

/// The text without so many characters at its ends, if none of them is a letter.
fn without(text: &str, front: usize, back: usize) -> Option<&str> {
    let mut chars = text.chars();
    let is_no_letter = |c: Option<char>| c.is_some_and(|c| !c.is_alphabetic());
    let falls_off =
        (0..front).all(|_| is_no_letter(chars.next())) && (0..back).all(|_| is_no_letter(chars.next_back()));
    falls_off.then_some(chars.as_str())
}

/// One text again and again, which is listed or too short for a password, the last time perhaps not to its end.
fn is_repeated(text: &str) -> bool {
    let longest = LONGEST.min(text.len() / 2);
    let mut units = (1..=longest).filter(|length| text.as_bytes()[*length..] == text.as_bytes()[..text.len() - length]);
    units.any(|length| text.get(..length).is_some_and(|unit| unit.chars().count() < SHORTEST || is_listed(unit)))
}

/// Whether it is an entry of [`COMMON`], by halving what it can be among.
fn is_listed(text: &str) -> bool {
    let (mut from, mut to) = (0, COMMON.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = COMMON[..middle].rfind('\n').map_or(0, |end| end + 1);
        let end = COMMON[middle..].find('\n').map_or(COMMON.len(), |rest| middle + rest);
        match COMMON[start..end].cmp(text) {
            Ordering::Less => from = end + 1,
            Ordering::Equal => return true,
            Ordering::Greater => to = start,
        }
    }
    false
}

/// Most characters follow their neighbour: 123456…, abcdef….
fn is_run(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let steps = codes.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1).count();
    steps * 10 >= codes.len() * 7
}

/// Fingers that walk over the keyboard: four steps of five go to the same key or to one that touches it, or are the step that
/// was made as many steps before as a pattern is long, so that the jump from the end of a column to the beginning of the next
/// counts when it is made again (qaz wsx edc).
fn is_walk(text: &str) -> bool {
    let keys = Zeroizing::new(text.chars().map(key).collect::<Vec<_>>());
    let steps = Zeroizing::new(keys.windows(2).map(|pair| step(pair[0], pair[1])).collect::<Vec<_>>());
    let is_walked = |at: usize, pattern: usize| {
        let before = at.checked_sub(pattern).and_then(|before| steps[before]);
        steps[at].is_some_and(|step| touches(step) || before == Some(step))
    };
    let walked = |pattern: usize| (0..steps.len()).filter(|at| is_walked(*at, pattern)).count();
    !steps.is_empty() && PATTERNS.into_iter().any(|pattern| walked(pattern) * 5 >= steps.len() * 4)
}

/// Row and column of a key.
type Key = (i8, i8);

fn key(c: char) -> Option<Key> {
    let rows = (0..).zip(ROWS).flat_map(|(row, faces)| faces.map(|face| (row, face)));
    let mut keys = rows.flat_map(|(row, face)| face.chars().zip(0..).map(move |(key, column)| (key, (row, column))));
    keys.find(|(key, _)| *key == c).map(|(_, at)| at)
}

/// There is none from or to what is no key.
fn step(from: Option<Key>, to: Option<Key>) -> Option<Key> {
    let (from, to) = (from?, to?);
    Some((to.0 - from.0, to.1 - from.1))
}

fn touches(step: Key) -> bool {
    matches!(step, (0, -1..=1) | (1, -1..=0) | (-1, 0..=1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    /// As many as OWASP's ASVS asks for (6.2.4), among those that the rules of length let through.
    const ENOUGH: usize = 3_000;
    /// What `password.min_length` is where nothing is said.
    const DEFAULT: usize = 15;

    fn check(password: &str, min: usize) -> Result<(), PasswordProblem> {
        check_new(password, "dr.who.42@example.org", min)
    }

    #[test]
    fn new_passwords_are_checked_by_length_and_not_by_composition() {
        let check = |password: &str| check_new(password, "ada@example.org", 15);
        assert_eq!(check("plain lower case words"), Ok(()));
        assert_eq!(check("密码很长很长很长也没有关系的呀好"), Ok(()));
        assert_eq!(check(""), Err(PasswordProblem::Empty));
        assert_eq!(check("short"), Err(PasswordProblem::TooShort { min: 15 }));
        assert_eq!(check("passwordpassword"), Err(PasswordProblem::TooCommon));
        assert_eq!(check("123456789012345678"), Err(PasswordProblem::TooCommon));
        assert_eq!(check("aaaaaaaaaaaaaaaaaaaa"), Err(PasswordProblem::TooCommon));
        assert_eq!(check(&" ".repeat(20)), Err(PasswordProblem::TooCommon));
        assert_eq!(check("ada@example.org"), Err(PasswordProblem::ContainsIdentifier));
        assert_eq!(check(&"long".repeat(5_000)), Err(PasswordProblem::TooLong));
    }

    #[test]
    fn the_list_is_long_enough_where_fifteen_characters_are_asked_for_and_can_be_searched() {
        let entries: Vec<&str> = COMMON.lines().collect();
        assert!(entries.is_sorted_by(|one, next| one < next), "sorted, and none twice");
        for entry in &entries {
            assert!((SHORTEST..=LONGEST).contains(&entry.len()), "{entry}");
            let is_plain = |c: char| c.is_ascii_graphic() && !c.is_ascii_uppercase();
            assert!(entry.chars().all(is_plain), "{entry} is compared with what has neither capitals nor spaces");
        }
        assert!(entries.iter().filter(|entry| entry.len() >= DEFAULT).count() >= ENOUGH);
        for not in ["", "\n", "sunshin", "sunshinee", "sunshine\nsunshine1", "!", "~~~~~~~~", "密码密码密码密码"]
        {
            assert!(!is_listed(not), "{not:?}");
        }
    }

    #[test]
    fn every_common_password_is_refused_also_when_it_is_said_twice_or_trimmed() {
        for entry in COMMON.lines() {
            assert!(is_listed(entry), "{entry}");
            let longer =
                [format!("{entry}{entry}"), format!("{entry}{entry}1!"), format!("{entry}!23"), format!("2{entry}#1")];
            for password in std::iter::once(entry.to_owned()).chain(longer) {
                assert_eq!(check(&password, SHORTEST), Err(PasswordProblem::TooCommon), "{password}");
            }
            if entry.len() >= DEFAULT {
                assert_eq!(check(entry, DEFAULT), Err(PasswordProblem::TooCommon), "{entry}");
            }
        }
    }

    #[test]
    fn what_fingers_do_by_themselves_is_refused() {
        for password in [
            "1q2w3e4r5t6y7u8i",
            "q1w2e3r4t5y6u7i8",
            "1qazxsw23edcvfr4",
            "zaq12wsxcde34rfv",
            "1qaz2wsx3edc4rfv",
            "!QAZ2wsx#EDC4rfv",
            "qwerty123456789",
            "poiuytrewqasdfgh",
            "qwertyuiopasdfghjkl",
            "qwertzuiopasdfgh",
            "qazwsxedcrfvtgb",
            "123qweasdzxc123",
            "1a2s3d4f5g6h7j8k",
            "0okm9ijn8uhb7ygv",
            "edcrfvtgbyhnujm",
            "monkeymonkeymonkey",
            "abc123 abc123 abc123 abc",
        ] {
            assert_eq!(check(password, DEFAULT), Err(PasswordProblem::TooCommon), "{password}");
        }
    }

    #[test]
    fn words_are_taken_however_common_each_of_them_is() {
        for password in [
            "correct umbrella staple window",
            "sunshine football princess",
            "we were freed in the early spring",
            "property of the power company",
            "Donaudampfschiff im Abendrot",
            "Frische Fische fischt der Fischer",
            "les sanglots longs des violons",
            "w Szczebrzeszynie chrząszcz brzmi",
            "синий трактор едет по полю",
            "あのイーハトーヴォのすきとおった風",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "d41d8cd98f00b204e9800998ecf8427e",
            "MFRGGZDFMZTWQ2LKNNWG23TPOB",
            "sunshine and 3 others",
            "football8264",
            "sunshinexyz",
        ] {
            assert_eq!(
                check(password, if password.len() < DEFAULT { SHORTEST } else { DEFAULT }),
                Ok(()),
                "{password}"
            );
        }
    }

    #[test]
    fn the_longest_texts_are_looked_at_like_others() {
        let almost = format!("{}b", "a".repeat(MAX_BYTES - 1));
        assert_eq!(check(&almost, DEFAULT), Err(PasswordProblem::TooCommon));
        assert_eq!(check(&"correct horse ".repeat(MAX_BYTES / 14), DEFAULT), Ok(()));
    }

    #[test]
    fn what_was_drawn_by_lot_is_taken() {
        let alphabets = ["abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0123456789", "0123456789abcdef"];
        let mut runner = TestRunner::deterministic();
        for alphabet in alphabets {
            let letters = vec(select(alphabet.chars().collect::<Vec<_>>()), DEFAULT..=20);
            for _ in 0..2_000 {
                let password: String = letters.new_tree(&mut runner).unwrap().current().iter().collect();
                assert_eq!(check(&password, DEFAULT), Ok(()), "{password}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_common_password_is_refused_whatever_its_case_its_spaces_and_its_ends(
            entry in select(COMMON.lines().collect::<Vec<_>>()),
            capitals in any::<u64>(),
            spaces in any::<u64>(),
            times in 1..4_usize,
            front in select(vec!["", "7", "(("]),
            back in select(vec!["", "!", "£", "。"]),
        ) {
            let mut password = String::from(front);
            for (at, c) in entry.repeat(times).chars().enumerate() {
                let is_in = |bits: u64| bits.rotate_right(u32::try_from(at % 64).unwrap()) & 1 == 1;
                password.push(if is_in(capitals) { c.to_ascii_uppercase() } else { c });
                password.push_str(if is_in(spaces) { " " } else { "" });
            }
            password.push_str(back);
            prop_assert_eq!(check(&password, SHORTEST), Err(PasswordProblem::TooCommon));
        }

        #[test]
        fn a_common_password_with_a_word_beside_it_is_taken(
            entry in select(COMMON.lines().filter(|entry| entry.len() >= DEFAULT).collect::<Vec<_>>()),
            word in select(vec!["umbrella", "Regenschirm", "parapluie"]),
        ) {
            prop_assume!(!is_walk(entry) && !is_run(entry) && entry.chars().any(char::is_alphabetic));
            prop_assert_eq!(check(&format!("{entry} {word}"), DEFAULT), Ok(()));
        }

        #[test]
        fn whatever_is_typed_is_looked_at_and_nothing_short_is_taken(password in any::<String>(), min in SHORTEST..=64) {
            let is_short = normalised(&password).chars().count() < min;
            prop_assert!(!is_short || check(&password, min).is_err());
        }
    }
}
