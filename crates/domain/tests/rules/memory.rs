//! What a browser remembers: what each write does, and that the sequence of them does no more.

use crate::samples::{APPLE, BITWARDEN, NOW, ago, hello, met, passkey, seen, somebody, trail};
use crate::strategies::{evidence, moment, trail as any_trail, write};
use domain::intelligence::constants::STRIKE;
use domain::intelligence::evidence::decayed;
use domain::intelligence::{Evidence, Here, OfferHistory, Outcome, PasskeyEvidence, Trail};
use domain::memory::Memory;
use domain::platform::Platform;
use domain::time::{DAY, Millis};
use domain::write::Write;
use proptest::collection::vec;
use proptest::prelude::*;

/// Everything that can be remembered of a passkey.
fn suspected() -> Here {
    Here {
        created: Some(ago(50)),
        worked: Some(ago(40)),
        failed: Some(ago(2)),
        failures: 3,
        absent: Some(ago(1)),
        across: Some(ago(30)),
    }
}

fn known() -> Evidence {
    met(somebody(Platform::MacOs, &[seen(passkey(APPLE), suspected()), passkey(BITWARDEN)]), 300)
}

fn after(evidence: Evidence, write: Write) -> Evidence {
    let mut memory = Memory::of(evidence, ago(1));
    memory.perform(&[write], NOW);
    memory.evidence(NOW)
}

#[test]
fn what_each_write_changes_and_nothing_else() {
    let apple = passkey(APPLE).id;
    let good = Here { failed: None, failures: 0, absent: None, ..suspected() };
    let told =
        OfferHistory { present: Some(ago(9)), failures_since_present: 1, declined: 2, paused_until: Some(ago(5)) };
    let known = || Evidence { offers: told, ..known() };
    let with = |here: Here| {
        let mut evidence = known();
        evidence.passkeys[0].here = here;
        evidence
    };
    let used = |here: Here| {
        let mut evidence = with(here);
        evidence.passkeys[0].used = Some(NOW);
        evidence
    };
    let offers = |offers: OfferHistory| Evidence { offers, ..known() };
    let table: [(Write, Evidence); 12] = [
        (Write::Strike(STRIKE), Evidence { strikes: STRIKE, ..known() }),
        (Write::ClearStrikes, known()),
        (
            Write::Failed(vec![apple]),
            Evidence {
                offers: OfferHistory { failures_since_present: 2, ..told },
                ..with(Here { failed: Some(NOW), failures: 4, ..suspected() })
            },
        ),
        (Write::Worked { passkey: apple, here: true }, used(Here { worked: Some(NOW), ..good })),
        (Write::Worked { passkey: apple, here: false }, used(Here { across: Some(NOW), ..suspected() })),
        (Write::Created { passkey: apple }, with(Here { created: Some(NOW), ..good })),
        (
            Write::PresentHere,
            Evidence { offers: OfferHistory { present: Some(NOW), failures_since_present: 0, ..told }, ..with(good) },
        ),
        (Write::AbsentHere(vec![apple]), with(Here { absent: Some(NOW), ..suspected() })),
        (Write::KnownBrowser, Evidence { known_browser: true, ..known() }),
        (
            Write::OfferPaused { until: NOW.plus(DAY), declined: true },
            offers(OfferHistory { paused_until: Some(NOW.plus(DAY)), declined: 3, ..told }),
        ),
        (
            Write::OfferPaused { until: NOW.plus(DAY), declined: false },
            offers(OfferHistory { paused_until: Some(NOW.plus(DAY)), ..told }),
        ),
        (Write::OfferAccepted, offers(OfferHistory { paused_until: None, declined: 0, ..told })),
    ];
    for (write, expected) in table {
        assert_eq!(after(known(), write.clone()), expected, "{write:?}");
    }
}

#[test]
fn where_nobody_has_signed_in_yet_failures_are_not_remembered() {
    let stranger = somebody(Platform::MacOs, &[passkey(APPLE)]);
    let failed = Write::Failed(vec![passkey(APPLE).id]);
    assert_eq!(after(stranger.clone(), failed.clone()), stranger);
    // What only somebody inside can cause makes browser and account acquainted.
    let inside = [Write::KnownBrowser, Write::PresentHere, Write::OfferPaused { until: NOW, declined: false }];
    for write in inside {
        assert_eq!(after(stranger.clone(), write).first_seen, Some(NOW));
    }
    let mut memory = Memory::of(stranger, NOW);
    memory.signed_in(NOW);
    memory.signed_in(NOW.plus(DAY));
    memory.perform(&[failed], NOW.plus(DAY));
    let known = memory.evidence(NOW.plus(DAY));
    assert_eq!((known.first_seen, known.passkeys[0].here.failures), (Some(NOW), 1));
}

#[test]
fn the_trail_belongs_to_the_flow_and_the_strikes_to_the_browser() {
    let mut memory = Memory::of(known(), NOW);
    memory.perform(&[Write::Strike(STRIKE)], NOW);
    let flow = trail(&[Outcome::TimedOut]);
    let looked = memory.look(flow, NOW.plus(30 * DAY));
    assert_eq!((looked.trail, looked.strikes), (flow, STRIKE / 2));
    assert_eq!(memory.evidence(NOW).trail, Trail::default(), "another flow begins with none");
    assert_eq!(memory.evidence(NOW).strikes, STRIKE, "looking changes nothing");
}

#[test]
fn a_passkey_that_joins_is_remembered_as_any_other() {
    let mut memory = Memory::of(somebody(Platform::MacOs, &[]), NOW);
    memory.add(hello());
    let known = memory.evidence(NOW);
    assert_eq!((known.passkeys, known.ever_had_passkey), (vec![hello()], true));
    memory.perform(&[Write::Created { passkey: hello().id }], NOW);
    assert_eq!(memory.evidence(NOW).passkeys[0].here.created, Some(NOW));
}

#[test]
fn a_passkey_that_answers_elsewhere_was_used_and_nothing_else_changes() {
    let mut memory = Memory::of(known(), NOW);
    memory.used_elsewhere(passkey(APPLE).id, NOW);
    let mut expected = known();
    expected.passkeys[0].used = Some(NOW);
    assert_eq!(memory.evidence(NOW), expected);
}

#[test]
fn what_is_remembered_can_be_set_up() {
    let mut memory = Memory::of(known(), NOW);
    memory.known_mut().passkeys.clear();
    assert!(memory.evidence(NOW).passkeys.is_empty());
}

fn lives() -> impl Strategy<Value = (Evidence, Vec<(Write, Millis)>)> {
    evidence().prop_flat_map(|evidence| {
        let ids: Vec<_> = evidence.passkeys.iter().map(|passkey| passkey.id).chain([passkey(APPLE).id]).collect();
        (Just(evidence), vec((write(ids), moment()), 0..30))
    })
}

proptest! {
    #[test]
    fn no_sequence_of_writes_panics_or_passes_the_policy((evidence, writes) in lives()) {
        let mut memory = Memory::of(evidence.clone(), NOW);
        let mut struck = false;
        for (write, now) in writes {
            memory.perform(std::slice::from_ref(&write), now);
            struck |= matches!(write, Write::Strike(_));
            let known = memory.evidence(now);
            if matches!(write, Write::Strike(_)) {
                prop_assert!(known.strikes <= known.policy.most_strikes());
            }
            prop_assert!(struck || known.strikes <= evidence.strikes, "nothing but a strike is a strike");
            prop_assert_eq!(known.passkeys.len(), evidence.passkeys.len(), "nothing is removed or made");
            prop_assert!(known.environment == evidence.environment && known.policy == evidence.policy);
            prop_assert!(known.ever_had_passkey || !evidence.ever_had_passkey);
            prop_assert!(known.known_browser || !evidence.known_browser);
            prop_assert!(known.first_seen.is_some() || evidence.first_seen.is_none());
        }
    }

    #[test]
    fn a_success_always_clears_suspicion((evidence, writes) in lives(), now in moment()) {
        let mut memory = Memory::of(evidence, NOW);
        writes.into_iter().for_each(|(write, at)| memory.perform(&[write], at));
        let Some(id) = memory.evidence(now).passkeys.first().map(|passkey| passkey.id) else { return Ok(()) };
        memory.perform(&domain::healing::worked(id, false), now);
        let known = memory.evidence(now);
        let one = known.passkeys.iter().find(|passkey| passkey.id == id).unwrap();
        prop_assert_eq!((one.here.worked, one.here.failed, one.here.failures, one.here.absent), (Some(now), None, 0, None));
        prop_assert!(known.strikes == 0 && known.known_browser && known.first_seen.is_some());
    }

    #[test]
    fn of_a_ghost_only_the_strikes_are_kept((evidence, writes) in lives(), now in moment()) {
        let mut ghost = Memory::of_ghost(evidence.clone(), NOW);
        let mut real = Memory::of(evidence.clone(), NOW);
        for (write, at) in writes {
            ghost.perform(std::slice::from_ref(&write), at);
            real.perform(&[write], at);
        }
        let (ghost, strikes) = (ghost.evidence(now), real.evidence(now).strikes);
        prop_assert_eq!(ghost, Evidence { strikes, trail: Trail::default(), ..evidence });
    }

    #[test]
    fn a_look_is_the_evidence_with_the_flow_so_far((evidence, writes) in lives(), trail in any_trail(), now in moment()) {
        let mut memory = Memory::of(evidence, NOW);
        writes.into_iter().for_each(|(write, at)| memory.perform(&[write], at));
        let plain = memory.evidence(now);
        prop_assert_eq!(memory.look(trail, now), &Evidence { trail, ..plain.clone() });
        prop_assert_eq!(memory.evidence(now), plain);
    }

    #[test]
    fn strikes_fade_by_the_half_life_of_the_policy(evidence in evidence(), later in 0..=i64::MAX) {
        let memory = Memory::of(evidence.clone(), NOW);
        let faded = decayed(evidence.strikes, later.min(i64::MAX - NOW.0), evidence.policy.strike_half_life());
        prop_assert_eq!(memory.evidence(NOW.plus(later)).strikes, faded);
    }

    #[test]
    fn a_passkey_of_another_account_changes_nothing(evidence in evidence(), stranger in any::<u128>()) {
        let id = domain::ids::PasskeyId(uuid::Uuid::from_u128(stranger));
        let ours = |passkey: &PasskeyEvidence| passkey.id == id;
        prop_assume!(!evidence.passkeys.iter().any(ours));
        for here in [true, false] {
            let known = after(evidence.clone(), Write::Worked { passkey: id, here });
            prop_assert_eq!(&known.passkeys, &evidence.passkeys);
        }
    }
}
