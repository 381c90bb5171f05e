//! The doors beside the identifier. One row per sentence.

use crate::samples::{NOW, ago};
use crate::strategies::{environment, moment, policy};
use domain::ceremony::Capabilities;
use domain::intelligence::constants::REMEMBERED;
use domain::intelligence::{Doors, Environment, Policy, doors};
use proptest::option::of;
use proptest::prelude::*;

const SHUT: Doors = Doors { autofill: false, immediate: false, one_tap: false };

#[test]
fn the_sentences_of_the_doors() {
    let every = Capabilities {
        webauthn: Some(true),
        conditional_get: Some(true),
        immediate_get: Some(true),
        ..Capabilities::default()
    };
    let all = Policy::default();
    let open = Doors { autofill: true, immediate: true, one_tap: true };
    let yesterday = Some(ago(1));
    let table = [
        ("who was here lately, in a browser that can it all", every, all, yesterday, false, open),
        (
            "of a browser that says nothing, nothing is expected but what was seen of it",
            Capabilities::default(),
            all,
            yesterday,
            false,
            Doors { one_tap: true, ..SHUT },
        ),
        ("nor of a browser that nobody remembers", Capabilities::default(), all, None, false, SHUT),
        ("nobody is remembered", every, all, None, false, Doors { one_tap: false, ..open }),
        ("89 days are not too long", every, all, Some(ago(89)), false, open),
        ("90 are", every, all, Some(ago(90)), false, Doors { one_tap: false, ..open }),
        (
            "who turned a prompt down is not urged, and may still pick a suggestion",
            every,
            all,
            yesterday,
            true,
            Doors { autofill: true, ..SHUT },
        ),
        (
            "a browser without passkeys has no doors",
            Capabilities { webauthn: Some(false), ..every },
            all,
            yesterday,
            false,
            SHUT,
        ),
        (
            "one that does not say whether it has them may know more than it says",
            Capabilities { webauthn: None, ..every },
            all,
            yesterday,
            false,
            open,
        ),
        (
            "one that cannot fill in",
            Capabilities { conditional_get: Some(false), ..every },
            all,
            yesterday,
            false,
            Doors { autofill: false, ..open },
        ),
        (
            "one that cannot tell at once",
            Capabilities { immediate_get: None, ..every },
            all,
            yesterday,
            false,
            Doors { immediate: false, ..open },
        ),
        (
            "the operator wants no suggestions",
            every,
            Policy { autofill: false, ..all },
            yesterday,
            false,
            Doors { autofill: false, ..open },
        ),
        (
            "no button for anyone",
            every,
            Policy { immediate: false, ..all },
            yesterday,
            false,
            Doors { immediate: false, ..open },
        ),
        ("no one tap", every, Policy { one_tap: false, ..all }, yesterday, false, Doors { one_tap: false, ..open }),
        (
            "none of them",
            every,
            Policy { autofill: false, immediate: false, one_tap: false, ..all },
            yesterday,
            false,
            SHUT,
        ),
    ];
    for (sentence, can, policy, remembered, cancelled, expected) in table {
        let environment = Environment { can, ..Environment::default() };
        assert_eq!(doors(&environment, &policy, remembered, cancelled, NOW), expected, "{sentence}");
    }
}

proptest! {
    #[test]
    fn no_door_opens_without_what_it_needs(
        environment in environment(), policy in policy(), remembered in of(moment()), cancelled in any::<bool>(), now in moment(),
    ) {
        let open = doors(&environment, &policy, remembered, cancelled, now);
        let can = environment.can;
        prop_assert!(can.webauthn != Some(false) || open == SHUT);
        prop_assert!(!open.autofill || (policy.autofill && can.conditional_get == Some(true)));
        prop_assert!(!open.immediate || (policy.immediate && can.immediate_get == Some(true) && !cancelled));
        let fresh = remembered.is_some_and(|at| now.since(at) < REMEMBERED);
        prop_assert!(!open.one_tap || (policy.one_tap && fresh && !cancelled));
    }

    #[test]
    fn a_cancel_never_opens_a_door_and_never_shuts_the_silent_one(
        environment in environment(), policy in policy(), remembered in of(moment()), now in moment(),
    ) {
        let [before, after] = [false, true].map(|cancelled| doors(&environment, &policy, remembered, cancelled, now));
        prop_assert_eq!(after, Doors { autofill: before.autofill, ..SHUT });
    }

    #[test]
    fn time_shuts_one_tap_and_nothing_opens_it_again(
        environment in environment(), policy in policy(), at in moment(), now in moment(), later in 0..=i64::MAX,
    ) {
        let [before, after] = [now, now.plus(later)].map(|now| doors(&environment, &policy, Some(at), false, now));
        prop_assert!(before.one_tap || !after.one_tap);
        prop_assert_eq!((before.autofill, before.immediate), (after.autofill, after.immediate));
    }
}
