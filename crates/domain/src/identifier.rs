//! What a person types to say who they are: an email address or a username.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// The longest identifier accepted, in Unicode scalar values (RFC 5321 allows 254 octets for an address).
pub const MAX_LENGTH: usize = 254;

/// An identifier as typed (trimmed) together with the form in which it is looked up.
/// On the wire it is the typed text alone; the other form follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identifier {
    typed: String,
    key: String,
}

/// Why a text is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierProblem {
    /// Nothing but white space.
    Empty,
    /// Longer than [`MAX_LENGTH`].
    TooLong,
    /// White space, a control character or an invisible one in the middle.
    Unreadable,
}

/// Which of the two kinds an identifier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierKind {
    /// Has an `@` with something on both sides.
    Email,
    /// Everything else.
    Username,
}

impl TryFrom<String> for Identifier {
    type Error = IdentifierProblem;
    fn try_from(text: String) -> Result<Self, IdentifierProblem> {
        Self::parse(&text)
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.typed
    }
}

impl std::fmt::Display for IdentifierProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "the identifier is empty",
            Self::TooLong => "the identifier is too long",
            Self::Unreadable => "the identifier has white space or invisible characters",
        })
    }
}

impl Identifier {
    /// Trims, normalises (NFKC, lower case) and checks.
    ///
    /// # Errors
    /// Says which rule the text breaks; it is never an error of the program.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(IdentifierProblem::Empty);
        }
        if typed.chars().nth(MAX_LENGTH).is_some() {
            return Err(IdentifierProblem::TooLong);
        }
        if typed.chars().any(is_unreadable) {
            return Err(IdentifierProblem::Unreadable);
        }
        let key: String = typed.nfkc().flat_map(char::to_lowercase).nfkc().collect();
        // Compatibility forms can expand: one letter of an Arabic ligature becomes eighteen.
        if key.chars().nth(MAX_LENGTH).is_some() {
            return Err(IdentifierProblem::TooLong);
        }
        if key.chars().any(is_unreadable) {
            return Err(IdentifierProblem::Unreadable);
        }
        Ok(Self { typed: typed.to_owned(), key })
    }

    /// As the person wrote it, to be shown again.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The form that is unique in the database.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Address or name.
    #[must_use]
    pub fn kind(&self) -> IdentifierKind {
        match self.key.split_once('@') {
            Some((local, host)) if !local.is_empty() && !host.is_empty() => IdentifierKind::Email,
            _ => IdentifierKind::Username,
        }
    }

    /// Whether a part of an address is missing: `ada@`. Nobody wants to be called so, and no mail could ever get there.
    #[must_use]
    pub fn is_half_an_address(&self) -> bool {
        self.kind() == IdentifierKind::Username && self.key.contains('@')
    }
}

/// White space, controls and the invisible characters that make two names look the same (Unicode's
/// `Default_Ignorable_Code_Point`, the braille blank, and the marks of interlinear notes).
fn is_unreadable(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c)
}

/// Whether nothing is seen of this character, or it turns the direction of others around. White space and controls are not meant.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|range| range.contains(&c))
}

const INVISIBLE: [std::ops::RangeInclusive<char>; 18] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_and_outer_space_do_not_make_another_person() {
        let one = Identifier::parse("  Ada@Example.org ").unwrap();
        let two = Identifier::parse("ａda@example.ORG").unwrap();
        assert_eq!(one.key(), two.key());
        assert_eq!(one.typed(), "Ada@Example.org");
        assert_eq!(one.kind(), IdentifierKind::Email);
    }

    #[test]
    fn empty_long_and_invisible_are_told_apart() {
        assert_eq!(Identifier::parse(" \t"), Err(IdentifierProblem::Empty));
        assert_eq!(Identifier::parse(&"a".repeat(10_000)), Err(IdentifierProblem::TooLong));
        assert_eq!(Identifier::parse("a\u{200b}da"), Err(IdentifierProblem::Unreadable));
        assert_eq!(Identifier::parse("a da"), Err(IdentifierProblem::Unreadable));
        assert_eq!(Identifier::parse(&"\u{fdfa}".repeat(200)), Err(IdentifierProblem::TooLong));
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        for text in ["İstanbul", "ﬁne@example.org", "Straße", "ǅ"] {
            let once = Identifier::parse(text).unwrap();
            assert_eq!(Identifier::parse(once.key()).unwrap().key(), once.key(), "{text}");
        }
    }
}
