//! What is counted, in worlds made by hand: nothing happens in them but what a test says.

use super::*;
use crate::world::{CHANCES, Kind, Person};
use domain::platform::{Browser, Platform};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// A chance at which nothing happens: no accident, no click, no passkey where there is none; an offer's dialog is opened and
/// closed.
const NOTHING: f64 = 0.99;
/// A chance at which everything happens that may.
const SURELY: f64 = 0.0;
/// Closes the dialog although a passkey is there: beyond what nobody causes, within what a person does.
const CLOSES: f64 = 0.01;
/// *Not now*.
const NOT_NOW: f64 = 0.7;
/// Takes the offer.
const ACCEPTS: f64 = 0.1;

const SAFARI: Kind = Kind { platform: Platform::MacOs, browser: Browser::Safari };
const CHROME: Kind = Kind { platform: Platform::MacOs, browser: Browser::Chrome };

/// A browser that is signed in to everything its system brings, without a manager.
fn browser(number: u32, kind: Kind) -> Place {
    let chrome = kind.is_desktop_chrome();
    Place {
        number,
        kind,
        right: [true, chrome, false],
        prefers: [false, chrome],
        same_machine: false,
        at: Millis(1_000 * DAY),
    }
}

/// One day in a person's life.
#[derive(Clone, Copy)]
struct Day<'a> {
    at: i64,
    place: &'a Place,
    chances: &'a [(usize, f64)],
}

/// The walk of somebody who signs up on the first day.
fn walk(policy: Policy, days: &[Day<'_>]) -> Walk {
    let mut walk = Walk::new(policy, Identifier::parse("ada").unwrap());
    walk.begin();
    for day in days {
        let mut chances = [NOTHING; CHANCES];
        day.chances.iter().for_each(|(at, chance)| chances[*at] = *chance);
        let visit = Visit { at: Millis((1_000 + day.at) * DAY), place: day.place.number, new: None, chances };
        walk.visit(&visit, day.place, &Rates::default());
    }
    walk
}

/// The same, always in one browser.
fn at(policy: Policy, place: &Place, days: &[(i64, &[(usize, f64)])]) -> Counts {
    let days: Vec<_> = days.iter().map(|(at, chances)| Day { at: *at, place, chances }).collect();
    walk(policy, &days).counts
}

const DELETED: (usize, f64) = (DELETIONS, SURELY);
const CLOSED: (usize, f64) = (ENDS[0], CLOSES);

#[test]
fn a_prompt_that_a_passkey_answers_is_neither_doomed_nor_missed_and_costs_one_click() {
    for policy in POLICIES {
        let counts = at(policy, &browser(1, SAFARI), &[(0, &[]), (1, &[]), (2, &[])]);
        assert_eq!((counts.sign_ins, counts.there, counts.clicks), (2, 2, 2), "{policy:?}");
        assert_eq!((counts.doomed, counts.missed, counts.broken), (0, 0, 0), "{policy:?}");
    }
}

#[test]
fn a_prompt_that_nothing_can_answer_is_doomed() {
    for policy in POLICIES {
        let counts = at(policy, &browser(1, SAFARI), &[(0, &[]), (1, &[]), (2, &[DELETED])]);
        assert_eq!((counts.sign_ins, counts.there), (2, 1), "{policy:?}");
        assert_eq!((counts.doomed, counts.doomed_unforeseen, counts.missed), (1, 1, 0), "{policy:?}");
    }
}

#[test]
fn a_prompt_that_waits_for_a_click_is_never_doomed() {
    let (home, other) = (browser(1, SAFARI), Place { right: [false; 3], ..browser(2, CHROME) });
    let days = [Day { at: 0, place: &home, chances: &[] }, Day { at: 1, place: &other, chances: &[(PRESS, SURELY)] }];
    let counts = |policy| walk(policy, &days).counts;
    assert_eq!(counts(Policy::AlwaysPrompt).doomed, 1);
    // The passkey is a system's own, likely to be in any browser of it: even the best that any rule can do is wrong here.
    assert_eq!(counts(Policy::Keymend).doomed, 1);
    let manager = Place { right: [true, false, true], prefers: [true, false], ..home };
    let days = [Day { place: &manager, ..days[0] }, days[1]];
    assert_eq!(walk(Policy::Keymend, &days).counts.doomed, 0, "a manager may be there or not: one click tells");
    assert_eq!(walk(Policy::AlwaysPrompt, &days).counts.doomed, 1);
}

#[test]
fn a_password_where_a_passkey_was_is_missed_whoever_turned_it_down() {
    let counts = at(Policy::AlwaysPrompt, &browser(1, SAFARI), &[(0, &[]), (1, &[CLOSED])]);
    assert_eq!((counts.doomed, counts.missed, counts.missed_by_person), (0, 1, 1));
    // Continue, closing the dialog, choosing the password, typing it, signing in; and the offer, put away.
    assert_eq!(counts.clicks, 6);
    // Twice in a browser: the next time the password comes first, and the passkey is missed without having been asked for.
    let twice = [CLOSED, (RETRY, SURELY), (ENDS[1], CLOSES), (OFFER, NOT_NOW)];
    let counts = at(Policy::TwoStrikes, &browser(1, SAFARI), &[(0, &[]), (1, &twice), (2, &[])]);
    assert_eq!((counts.missed, counts.missed_by_person), (2, 1));
    let counts = at(Policy::Keymend, &browser(1, SAFARI), &[(0, &[]), (1, &twice), (2, &[])]);
    assert_eq!((counts.missed, counts.missed_by_person, counts.missed_after_strikes), (2, 1, 1));
}

#[test]
fn broken_is_who_gets_in_by_password_with_assurance_where_no_passkey_works() {
    let home = browser(1, SAFARI);
    // The best possible offers nothing yet: a dialog closed once is no reason for it.
    for policy in [Policy::Keymend, Policy::AlwaysPrompt, Policy::TwoStrikes] {
        let counts = at(policy, &home, &[(0, &[]), (1, &[DELETED])]);
        assert_eq!((counts.broken, counts.offered, counts.broken_in_pause), (1, 1, 0), "{policy:?}");
        let closed = at(policy, &home, &[(0, &[]), (1, &[CLOSED])]);
        assert_eq!(closed.broken, 0, "a passkey was there: {policy:?}");
        let late = at(policy, &home, &[(0, &[]), (100, &[DELETED])]);
        assert_eq!((late.broken, late.offered), (0, 0), "the browser is not known any more: {policy:?}");
    }
}

#[test]
fn a_visit_in_a_pause_counts_as_not_offered() {
    let days: [(i64, &[(usize, f64)]); 4] =
        [(0, &[]), (1, &[DELETED, (OFFER, NOT_NOW)]), (3, &[(OFFER, NOT_NOW)]), (20, &[])];
    let keymend = at(Policy::Keymend, &browser(1, SAFARI), &days);
    assert_eq!((keymend.broken, keymend.broken_in_pause, keymend.offered, keymend.offered_in_pause), (3, 1, 2, 0));
    let figures = crate::score::Figures::from(&keymend);
    assert!((figures.offered - 2.0 / 3.0).abs() < 1e-9);
    assert!((figures.beside.offered_outside_pauses - 1.0).abs() < 1e-9);
    let always = at(Policy::AlwaysPrompt, &browser(1, SAFARI), &days);
    assert_eq!((always.broken, always.offered), (3, 3), "who nags offers always");
}

#[test]
fn an_offer_after_present_after_all_is_needless_until_there_is_new_evidence() {
    let accepts = [CLOSED, (OFFER, ACCEPTS)];
    let days: [(i64, &[(usize, f64)]); 4] = [(0, &[]), (1, &accepts), (2, &accepts), (3, &accepts)];
    let always = at(Policy::AlwaysPrompt, &browser(1, SAFARI), &days);
    assert_eq!((always.already_here, always.repeat_needless, always.made), (3, 2, 0));
    let keymend = at(Policy::Keymend, &browser(1, SAFARI), &days);
    assert_eq!((keymend.already_here, keymend.repeat_needless), (1, 0));
    // A success in between is news: what fails after it may be broken.
    let days: [(i64, &[(usize, f64)]); 4] = [(0, &[]), (1, &accepts), (2, &[]), (3, &accepts)];
    let always = at(Policy::AlwaysPrompt, &browser(1, SAFARI), &days);
    assert_eq!((always.already_here, always.repeat_needless), (2, 0));
}

#[test]
fn a_passkey_made_elsewhere_where_one_is_present_is_a_duplicate() {
    let accepts = [CLOSED, (OFFER, ACCEPTS)];
    let elsewhere = [CLOSED, (OFFER, ACCEPTS), (ELSEWHERE, SURELY)];
    let chrome = browser(1, CHROME);
    let counts = at(Policy::Keymend, &chrome, &[(0, &[]), (1, &accepts)]);
    assert_eq!((counts.made, counts.duplicates, counts.already_here), (0, 0, 1));
    let counts = at(Policy::Keymend, &chrome, &[(0, &[]), (1, &elsewhere)]);
    assert_eq!((counts.made, counts.duplicates, counts.already_here), (1, 1, 0));
    let counts = at(Policy::Keymend, &chrome, &[(0, &[]), (1, &[DELETED, (OFFER, ACCEPTS)])]);
    assert_eq!((counts.made, counts.duplicates), (1, 0), "none was present");
}

#[test]
fn a_heal_is_confirmed_when_the_new_passkey_signs_in() {
    let heals: [(i64, &[(usize, f64)]); 2] = [(0, &[]), (1, &[DELETED, (OFFER, ACCEPTS)])];
    let days = [heals[0], heals[1], (2, &[]), (3, &[])];
    assert_eq!(at(Policy::Keymend, &browser(1, SAFARI), &heals).confirmed, 0);
    assert_eq!(at(Policy::Keymend, &browser(1, SAFARI), &days).confirmed, 1);
}

#[test]
fn a_diagnosis_is_a_case_where_something_failed_and_the_server_does_not_know() {
    let cases = |days: &[(i64, &[(usize, f64)])]| {
        let place = browser(1, SAFARI);
        let days: Vec<_> = days.iter().map(|(at, chances)| Day { at: *at, place: &place, chances }).collect();
        let walk = walk(Policy::Keymend, &days);
        (walk.before.cases, walk.after.cases, walk.before.truths())
    };
    let [deleted, dismissed] = [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0]];
    assert_eq!(cases(&[(0, &[]), (1, &[DELETED])]), (1, 0, deleted), "before creation");
    assert_eq!(cases(&[(0, &[]), (1, &[DELETED, (OFFER, ACCEPTS)])]), (1, 1, deleted), "and after");
    assert_eq!(cases(&[(0, &[]), (1, &[CLOSED])]), (1, 0, dismissed));
    assert_eq!(cases(&[(0, &[]), (1, &[CLOSED, (OFFER, ACCEPTS)])]), (1, 0, dismissed), "the browser has told");
    let no_prompt = [(ENDS[0], SURELY)];
    assert_eq!(cases(&[(0, &[]), (1, &no_prompt)]), (0, 0, [0; 6]), "the browser has told");
    assert_eq!(cases(&[(0, &[]), (1, &[])]), (0, 0, [0; 6]), "nothing failed");
}

#[test]
fn other_policies_do_what_they_are_named_for() {
    let home = browser(1, SAFARI);
    let phone = Kind { platform: Platform::Android, browser: Browser::Chrome };
    let other = Place { right: [false, true, false], ..browser(2, phone) };
    let days = |place| {
        [
            Day { at: 0, place: &home, chances: &[] },
            Day { at: 1, place, chances: &[] },
            Day { at: 2, place, chances: &[] },
        ]
    };
    // An Apple passkey on Android: always prompted, twice at most, not at all.
    for (policy, doomed) in
        [(Policy::AlwaysPrompt, 2), (Policy::TwoStrikes, 2), (Policy::Keymend, 0), (Policy::Oracle, 0)]
    {
        assert_eq!(walk(policy, &days(&other)).counts.doomed, doomed, "{policy:?}");
    }
    let week: Vec<_> = (0..7).map(|at| Day { at, place: if at == 0 { &home } else { &other }, chances: &[] }).collect();
    assert_eq!(walk(Policy::AlwaysPrompt, &week).counts.doomed, 6);
    assert_eq!(walk(Policy::TwoStrikes, &week).counts.doomed, 2, "two failures, then the password");
    // Windows Hello and a phone: the published rule does not even ask.
    let windows = browser(1, Kind { platform: Platform::Windows, browser: Browser::Edge });
    let days = [Day { at: 0, place: &windows, chances: &[] }, Day { at: 1, place: &other, chances: &[] }];
    assert_eq!(walk(Policy::TwoStrikes, &days).counts.doomed, 0);
}

#[test]
fn the_best_possible_is_right_as_often_as_it_is_sure() {
    let rates = Rates::default();
    let mut walk = Walk::new(Policy::Oracle, Identifier::parse("ada").unwrap());
    // How sure that a passkey is here, against how often one is: cases, sum of the shares, how often.
    let mut bins = [(0_u32, 0.0, 0_u32); 10];
    for number in 0..6_000 {
        let mut random = ChaCha8Rng::seed_from_u64(99);
        random.set_stream(number);
        let person = Person::draw(&mut random, &rates, Vec::new());
        let mut places = Vec::<Place>::new();
        walk.begin();
        for visit in &person.visits {
            places.extend(visit.new);
            let place = places.iter_mut().find(|place| place.number == visit.place).unwrap();
            place.age(visit.at, &rates, &visit.chances);
            let here = walk.arrives(visit, place, &rates);
            if walk.passkeys.is_empty() {
                walk.sign_up(&here);
                continue;
            }
            let sure = walk.filter.here(&walk.known);
            let bin = &mut bins[((sure * 10.0) as usize).min(9)];
            *bin = (bin.0 + 1, bin.1 + sure, bin.2 + u32::from(here.has));
            walk.sign_in(&here);
        }
    }
    for (cases, sure, right) in bins.into_iter().filter(|bin| bin.0 > 200) {
        let (cases, right) = (f64::from(cases), f64::from(right));
        let mean = sure / cases;
        let spread = (mean * (1.0 - mean) / cases).sqrt().max(0.002);
        // Visits of one person hang together, so chance alone makes it a little more than the spread of single ones.
        assert!((mean - right / cases).abs() < 5.0 * spread, "sure {mean:.3}, right {:.3} of {cases}", right / cases);
    }
}
