//! Which new passwords are taken.

use super::{MAX_BYTES, normalised};
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

/// Long texts that people choose all the same. Short ones are refused by their length.
const COMMON: &[&str] = &[
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

/// Checks a new password: length in characters, nothing that is only a repeated or common text, not the identifier
/// (NIST SP 800-63B, section 3.1.1.2). No rules of composition.
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
    for common in COMMON {
        rest = rest.replace(common, "");
    }
    let rest = Zeroizing::new(rest);
    let mut distinct: Vec<char> = plain.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if rest.chars().count() < 4 || distinct.len() < 5 || is_run(&plain) {
        return Err(PasswordProblem::TooCommon);
    }
    Ok(())
}

/// Most characters follow their neighbour: 123456…, abcdef….
fn is_run(text: &str) -> bool {
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let steps = codes.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) <= 1).count();
    steps * 10 >= codes.len() * 7
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
