//! The flow after a proof: every state there is, and every event in each.

use crate::samples::{APPLE, NOW, passkey, somebody, trail};
use crate::strategies::{
    ASSURANCES, WHYS, every_assessment, evidence, healing, healing_at, healing_event, moment, policy,
    trail as any_trail, walk,
};
use domain::assurance::Assurance;
use domain::healing::{Event, Healing, Step, begin};
use domain::ids::PasskeyId;
use domain::intelligence::constants::{PAUSE_AFTER_CANCEL, PAUSE_AFTER_NOT_NOW};
use domain::intelligence::{Assessment, Evidence, Outcome, Trail, Why};
use domain::platform::Platform;
use domain::write::Write;
use proptest::prelude::*;
use uuid::Uuid;

const NEW: PasskeyId = PasskeyId(Uuid::from_u128(7));
const OLD: PasskeyId = PasskeyId(Uuid::from_u128(8));

fn two_failures() -> Trail {
    trail(&[Outcome::CancelledOrMissing, Outcome::NoPrompt])
}

fn with_passkeys() -> Evidence {
    somebody(Platform::MacOs, &[passkey(APPLE)])
}

fn at(step: Step) -> Healing {
    healing_at(step, two_failures())
}

fn then(step: Step, event: Event) -> Step {
    at(step).advance(event, &with_passkeys(), NOW).flow.step()
}

fn failed(outcome: Outcome) -> Event {
    Event::Failed(Assessment { outcome, counts_in_flow: true, strikes: 0 })
}

fn every_step() -> Vec<Step> {
    let of = |why| {
        let flags = [true, false].into_iter();
        let steps = flags.flat_map(move |flag| {
            [Step::CreatePasskey { why, cancelled: flag }, Step::NeedsProof { why, password: flag }]
        });
        steps.chain([Step::Confirm { why }, Step::PasskeyCreated { why, aaguid: APPLE }])
    };
    WHYS.into_iter().flat_map(of).chain([Step::AlreadyHere, Step::Done]).collect()
}

fn every_event() -> Vec<Event> {
    let asked =
        ASSURANCES.into_iter().flat_map(|assurance| [Event::Asked(assurance), Event::AssuranceMissing(assurance)]);
    let failed = every_assessment().into_iter().map(Event::Failed);
    let simple = [Event::ProofGiven, Event::Created { passkey: NEW, aaguid: APPLE }, Event::NotNow, Event::Continued];
    let proved = [true, false].map(|cross_device| Event::PasskeyProved { passkey: OLD, cross_device });
    asked.chain(failed).chain(simple).chain(proved).collect()
}

/// Which events each step knows.
fn fits(step: Step, event: Event) -> bool {
    match (step, event) {
        (_, Event::PasskeyProved { .. }) => true,
        (Step::Done, Event::Asked(_)) => true,
        (Step::Done, _) | (_, Event::Asked(_)) => false,
        (Step::CreatePasskey { .. }, Event::AssuranceMissing(assurance)) => assurance != Assurance::Enough,
        (Step::CreatePasskey { .. }, Event::Failed(assessment)) => assessment.outcome != Outcome::Aborted,
        (Step::CreatePasskey { .. }, event) => matches!(event, Event::Created { .. } | Event::NotNow),
        (Step::Confirm { .. } | Step::NeedsProof { .. }, event) => {
            matches!(event, Event::AssuranceMissing(_) | Event::ProofGiven | Event::NotNow | Event::Continued)
        }
        (Step::PasskeyCreated { .. }, event) => matches!(event, Event::NotNow | Event::Continued),
        (Step::AlreadyHere, event) => matches!(event, Event::NotNow | Event::Continued),
    }
}

#[test]
fn one_click_leads_from_every_step_to_the_dashboard() {
    for step in every_step() {
        assert_eq!(then(step, Event::NotNow), Step::Done, "{step:?}");
        if !matches!(step, Step::CreatePasskey { .. }) {
            assert_eq!(then(step, Event::Continued), Step::Done, "{step:?}");
        }
    }
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    for step in every_step() {
        for event in every_event().into_iter().filter(|event| !fits(step, *event)) {
            let after = at(step).advance(event, &with_passkeys(), NOW);
            assert_eq!((after.flow, after.writes), (at(step), Vec::new()), "{event:?}");
        }
    }
}

#[test]
fn every_step_survives_the_session_row() {
    for step in every_step() {
        let written = serde_json::to_string(&at(step)).unwrap();
        assert_eq!(serde_json::from_str::<Healing>(&written).unwrap(), at(step), "{written}");
    }
}

#[test]
fn a_proof_that_is_missing_stands_between_the_offer_and_the_dialog() {
    for why in WHYS {
        let offered = |assurance| begin(Some(why), assurance, two_failures()).step();
        assert_eq!(offered(Assurance::Enough), Step::CreatePasskey { why, cancelled: false });
        assert_eq!(offered(Assurance::Stale), Step::NeedsProof { why, password: true });
        let code = Step::Confirm { why };
        assert_eq!(offered(Assurance::NeedsCode), code, "a code is something that everybody with an address can give");
        assert_eq!(then(code, Event::ProofGiven), Step::CreatePasskey { why, cancelled: false });
        assert_eq!(then(code, Event::Created { passkey: NEW, aaguid: APPLE }), code, "not without the code");
        assert_eq!(then(code, Event::AssuranceMissing(Assurance::Stale)), Step::NeedsProof { why, password: true });
        let needed = Step::NeedsProof { why, password: false };
        if why != Why::First {
            assert_eq!(offered(Assurance::NeedsProof), needed);
        }
        assert_eq!(then(needed, Event::Created { passkey: NEW, aaguid: APPLE }), needed, "not without the proof");
        assert_eq!(then(needed, Event::ProofGiven), Step::CreatePasskey { why, cancelled: false });
        let open = Step::CreatePasskey { why, cancelled: true };
        assert_eq!(then(open, Event::AssuranceMissing(Assurance::Stale)), Step::NeedsProof { why, password: true });
        // The browser was forgotten in another tab: the password is no such proof any more.
        let stale = Step::NeedsProof { why, password: true };
        assert_eq!(then(stale, Event::AssuranceMissing(Assurance::NeedsProof)), needed);
    }
    assert_eq!(begin(None, Assurance::NeedsProof, two_failures()).step(), Step::Done);
}

#[test]
fn an_offer_that_nobody_could_take_is_not_made_but_who_asks_is_told_why() {
    // Had passkeys once, has none now, in a browser that never proved itself: no proof is left to give.
    assert_eq!(begin(Some(Why::First), Assurance::NeedsProof, Trail::default()).step(), Step::Done);
    let asked = then(Step::Done, Event::Asked(Assurance::NeedsProof));
    assert_eq!(asked, Step::NeedsProof { why: Why::Asked, password: false });
}

#[test]
fn a_dialog_that_gave_none_leaves_the_offer_where_it_is() {
    let offer = Step::CreatePasskey { why: Why::AfterError, cancelled: false };
    let outcomes = [
        Outcome::CancelledOrMissing,
        Outcome::RefusedAtOnce,
        Outcome::NoPrompt,
        Outcome::TimedOut,
        Outcome::NeverSettled,
    ];
    for outcome in outcomes {
        let after = at(offer).advance(failed(outcome), &with_passkeys(), NOW);
        assert_eq!(after.flow.step(), Step::CreatePasskey { why: Why::AfterError, cancelled: true });
        assert_eq!(after.writes, [Write::OfferPaused { until: NOW.plus(PAUSE_AFTER_CANCEL), declined: false }]);
    }
    assert_eq!(then(offer, failed(Outcome::Aborted)), offer, "we ended it ourselves");
}

#[test]
fn present_after_all_is_good_news_and_wipes_the_strikes() {
    let offer = at(Step::CreatePasskey { why: Why::AfterError, cancelled: false });
    let after = offer.advance(failed(Outcome::AlreadyHere), &with_passkeys(), NOW);
    assert_eq!((after.flow.step(), after.writes), (Step::AlreadyHere, vec![Write::PresentHere, Write::ClearStrikes]));
    // It may be used at once, to see that it works; the password shows nothing of the kind.
    assert_eq!(then(Step::AlreadyHere, Event::PasskeyProved { passkey: OLD, cross_device: false }), Step::Done);
    assert_eq!(then(Step::AlreadyHere, Event::ProofGiven), Step::AlreadyHere);
    // Nobody's passkey can be here where the account has none.
    let lie = offer.advance(failed(Outcome::AlreadyHere), &somebody(Platform::MacOs, &[]), NOW);
    assert!(matches!(lie.flow.step(), Step::CreatePasskey { .. }) && !lie.writes.contains(&Write::PresentHere));
}

#[test]
fn to_go_on_without_the_proof_that_is_missing_refuses_no_offer() {
    let evidence = with_passkeys();
    for why in WHYS {
        for step in [Step::Confirm { why }, Step::NeedsProof { why, password: true }] {
            let after = at(step).advance(Event::Continued, &evidence, NOW);
            let quiet = Write::OfferPaused { until: NOW.plus(PAUSE_AFTER_CANCEL), declined: false };
            assert_eq!(after.writes, if why == Why::Asked { vec![] } else { vec![quiet] }, "{step:?}");
        }
    }
}

#[test]
fn not_now_is_quiet_for_longer_each_time_and_says_nothing_of_what_was_asked_for() {
    for why in WHYS {
        for (declined, pause) in [(0, 0), (1, 1), (2, 2), (3, 2), (u32::MAX, 2)] {
            let mut evidence = with_passkeys();
            evidence.offers.declined = declined;
            let steps = [
                Step::CreatePasskey { why, cancelled: true },
                Step::Confirm { why },
                Step::NeedsProof { why, password: true },
            ];
            for step in steps {
                let after = at(step).advance(Event::NotNow, &evidence, NOW);
                let until = NOW.plus(PAUSE_AFTER_NOT_NOW[pause]);
                let expected =
                    if why == Why::Asked { vec![] } else { vec![Write::OfferPaused { until, declined: true }] };
                assert_eq!(after.writes, expected, "{why:?} {declined}");
            }
        }
    }
}

proptest! {
    #[test]
    fn advance_never_panics_on_any_event_in_any_state_with_any_evidence(
        flow in healing(), event in healing_event(), evidence in evidence(), now in moment(),
    ) {
        let after = flow.advance(event, &evidence, now).flow;
        prop_assert_eq!(after.trail, flow.trail, "the words stay");
        let written = serde_json::to_string(&after).unwrap();
        prop_assert_eq!(serde_json::from_str::<Healing>(&written).unwrap(), after);
    }

    #[test]
    fn a_new_passkey_always_clears_suspicion_and_speaks_only_of_its_own_provider(
        flow in healing(), evidence in evidence(), aaguid in crate::strategies::aaguid(),
    ) {
        let after = flow.advance(Event::Created { passkey: NEW, aaguid }, &evidence, NOW);
        let Step::CreatePasskey { why, .. } = flow.step() else {
            prop_assert_eq!((after.flow, after.writes), (flow, Vec::new()));
            return Ok(());
        };
        prop_assert_eq!(after.flow.step(), Step::PasskeyCreated { why, aaguid });
        for write in [Write::Created { passkey: NEW }, Write::ClearStrikes, Write::KnownBrowser, Write::OfferAccepted] {
            prop_assert!(after.writes.contains(&write));
        }
        let absent = after.writes.iter().find_map(|write| if let Write::AbsentHere(absent) = write { Some(absent) } else { None }).unwrap();
        for passkey in &evidence.passkeys {
            let same = passkey.aaguid.same_provider(aaguid) && !passkey.security_key;
            prop_assert_eq!(absent.contains(&passkey.id), same);
        }
    }

    #[test]
    fn a_passkey_is_made_only_after_a_proof(walk in walk(healing_event(), policy())) {
        let mut flow = begin(Some(Why::SecondBrowser), Assurance::NeedsProof, Trail::default());
        let mut proved = false;
        for (event, evidence) in walk {
            proved |= matches!(event, Event::ProofGiven | Event::PasskeyProved { .. } | Event::AssuranceMissing(Assurance::Enough) | Event::Asked(Assurance::Enough));
            let after = flow.advance(event, &evidence, NOW);
            prop_assert!(proved || !after.writes.contains(&Write::OfferAccepted));
            flow = after.flow;
        }
    }

    #[test]
    fn a_success_always_clears_suspicion(flow in healing(), evidence in evidence(), cross_device in any::<bool>()) {
        let after = flow.advance(Event::PasskeyProved { passkey: OLD, cross_device }, &evidence, NOW);
        let worked = [Write::Worked { passkey: OLD, here: !cross_device }, Write::ClearStrikes, Write::KnownBrowser];
        prop_assert_eq!(after.writes.as_slice(), &worked[..]);
        let step = match flow.step() {
            Step::Confirm { why } | Step::NeedsProof { why, .. } => Step::CreatePasskey { why, cancelled: false },
            Step::AlreadyHere => Step::Done,
            step => step,
        };
        prop_assert_eq!(after.flow.step(), step);
    }

    #[test]
    fn no_state_is_a_dead_end(
        offer in proptest::option::of(proptest::sample::select(&WHYS[..])),
        assurance in proptest::sample::select(&ASSURANCES[..]),
        trail in any_trail(),
        walk in walk(healing_event(), policy()),
    ) {
        let mut flow = begin(offer, assurance, trail);
        for (event, evidence) in walk {
            flow = flow.advance(event, &evidence, NOW).flow;
            prop_assert_eq!(flow.advance(Event::NotNow, &evidence, NOW).flow.step(), Step::Done);
        }
    }
}
