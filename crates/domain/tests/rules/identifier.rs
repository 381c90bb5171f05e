//! What people type, and what else may arrive in its place.

use domain::identifier::{Identifier, IdentifierProblem, MAX_LENGTH};
use proptest::prelude::*;

#[track_caller]
fn is_settled(text: &str) {
    let Ok(once) = Identifier::parse(text) else { return };
    let again = Identifier::parse(once.key()).map(|again| again.key().to_owned());
    assert_eq!(again.as_deref(), Ok(once.key()), "{text:?}");
    assert_eq!(Identifier::parse(once.typed()).as_ref(), Ok(&once), "{text:?}");
    assert!(once.key().chars().count() <= MAX_LENGTH && !once.key().is_empty());
}

#[test]
fn normalising_any_character_twice_changes_nothing() {
    // All that Unicode has given a meaning; the planes between and behind are empty or private.
    for c in ('\0'..='\u{33fff}').chain('\u{e0000}'..='\u{e0fff}') {
        is_settled(&format!("{c}"));
        is_settled(&format!("a{c}"));
    }
}

#[test]
fn what_cannot_be_seen_makes_no_second_name() {
    let invisible = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180b}\u{180e}\u{200b}\u{200d}\u{202e}\u{2060}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{1d173}\u{e0001}\u{e0041}\u{e0100}";
    for c in invisible.chars() {
        for text in [format!("ad{c}a"), format!("{c}ada"), format!("ada{c}")] {
            // White space around the name is taken off; the rest is refused.
            let parsed = Identifier::parse(&text);
            assert_eq!(parsed, Err(IdentifierProblem::Unreadable), "{text:?}");
        }
    }
}

proptest! {
    #[test]
    fn normalising_any_text_twice_changes_nothing(text in any::<String>()) {
        is_settled(&text);
    }

    #[test]
    fn also_letters_that_grow_and_combine(text in "[İıẞßǅΣςσͅϓẛ\u{301}\u{307}\u{323}\u{327}\u{345}Kﬁ㎏﷼ﷺ가ᄀ@.a-z]{1,60}") {
        is_settled(&text);
    }

    #[test]
    fn what_is_shown_is_what_was_typed(text in "[ \t]{0,3}[A-Za-z0-9@.+_-]{1,254}[ \t]{0,3}") {
        prop_assert_eq!(Identifier::parse(&text).unwrap().typed().to_owned(), text.trim());
    }

    #[test]
    fn the_wire_carries_it_whole_and_refuses_what_parsing_refuses(text in any::<String>()) {
        let wire: Result<Identifier, _> = serde_json::from_value(serde_json::Value::String(text.clone()));
        match Identifier::parse(&text) {
            Ok(parsed) => {
                let written = serde_json::to_string(&parsed).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Identifier>(&written).unwrap(), &parsed);
                prop_assert_eq!(&wire.unwrap(), &parsed);
            }
            Err(_) => prop_assert!(wire.is_err()),
        }
    }
}
