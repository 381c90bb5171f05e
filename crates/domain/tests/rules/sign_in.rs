//! The flow before a proof: every state there is, and every event in each.

use crate::samples::{APPLE, NOW, passkey, seen, somebody as account, worked};
use crate::strategies::{PLANS, assessment, every_assessment, evidence, sign_in, sign_in_event};
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::constants::{FAILURES_TO_PASSWORD, STRIKE};
use domain::intelligence::{Assessment, Evidence, Outcome, Plan, SignedInBy};
use domain::platform::Platform;
use domain::sign_in::{Event, Prompt, SignIn, Step};
use domain::write::Write;
use proptest::prelude::*;
use uuid::Uuid;

const PASSKEY: PasskeyId = PasskeyId(Uuid::from_u128(7));

fn who(name: &str) -> Identifier {
    Identifier::parse(name).unwrap()
}

fn nobody() -> Evidence {
    account(Platform::Unknown, &[])
}

fn then(flow: &SignIn, event: Event) -> SignIn {
    flow.clone().advance(event, &nobody(), NOW).flow
}

/// Every event that differs for the machine.
fn every_event() -> Vec<Event> {
    let identified = ["ada", "grace"].into_iter().flat_map(|name| PLANS.map(|plan| Event::Identified(who(name), plan)));
    let proved = [true, false].map(|cross_device| Event::PasskeyProved { passkey: PASSKEY, cross_device });
    let chosen = every_assessment().into_iter().map(Some).chain([None]).map(Event::PasswordChosen);
    let failed = every_assessment().into_iter().map(Event::CeremonyFailed);
    let simple = [Event::PromptOpened, Event::PasswordProved, Event::StartedOver];
    identified.chain(failed).chain(chosen).chain(simple).chain(proved).collect()
}

/// Every state that some walk leads to.
fn every_state() -> Vec<SignIn> {
    let mut found = vec![SignIn::default()];
    let mut next = 0;
    while let Some(state) = found.get(next).cloned() {
        for after in every_event().into_iter().map(|event| then(&state, event)) {
            if !found.contains(&after) {
                found.push(after);
            }
        }
        next += 1;
    }
    found
}

/// Which events each step knows.
fn fits(step: Step, event: &Event) -> bool {
    match event {
        Event::Identified(..) | Event::StartedOver => true,
        Event::PromptOpened => step == Step::UsePasskey(Prompt::Pending),
        Event::PasswordChosen(_) => matches!(step, Step::UsePasskey(_)),
        Event::CeremonyFailed(_) | Event::PasswordProved | Event::PasskeyProved { .. } => {
            matches!(step, Step::UsePasskey(_) | Step::EnterPassword)
        }
    }
}

#[test]
fn a_walk_can_lead_to_every_step() {
    let states = every_state();
    let steps = [
        Step::Identify,
        Step::UsePasskey(Prompt::Pending),
        Step::UsePasskey(Prompt::Opened),
        Step::UsePasskey(Prompt::OnClick),
        Step::UsePasskey(Prompt::Failed),
        Step::EnterPassword,
        Step::Proved(SignedInBy::Password { failures: 0 }),
        Step::Proved(SignedInBy::Password { failures: FAILURES_TO_PASSWORD }),
        Step::Proved(SignedInBy::Passkey { cross_device: true }),
    ];
    for step in steps {
        assert!(states.iter().any(|state| state.step() == step), "{step:?}");
    }
}

#[test]
fn from_every_state_there_is_a_way_in_by_password() {
    for state in every_state() {
        let named = match state.step {
            Step::Identify | Step::Proved(_) => then(&state, Event::Identified(who("mary"), Plan::Immediately)),
            Step::UsePasskey(_) | Step::EnterPassword => state.clone(),
        };
        let inside = |flow: &SignIn| matches!(flow.step, Step::Proved(SignedInBy::Password { .. }));
        assert!(inside(&then(&named, Event::PasswordProved)), "at once: {state:?}");
        let asked = then(&named, Event::PasswordChosen(None));
        assert_eq!(asked.step, Step::EnterPassword, "{state:?}");
        assert_eq!(asked.identifier, named.identifier, "the identifier is kept");
        assert!(inside(&then(&asked, Event::PasswordProved)), "{state:?}");
    }
}

#[test]
fn from_every_state_there_is_a_way_in_by_passkey() {
    for state in
        every_state().into_iter().filter(|state| matches!(state.step, Step::UsePasskey(_) | Step::EnterPassword))
    {
        let inside = then(&state, Event::PasskeyProved { passkey: PASSKEY, cross_device: false });
        assert_eq!(inside.step, Step::Proved(SignedInBy::Passkey { cross_device: false }), "{state:?}");
    }
}

#[test]
fn the_second_failure_in_a_row_asks_for_the_password_and_no_counter_passes_it() {
    for state in every_state() {
        assert!(state.failures <= FAILURES_TO_PASSWORD, "{state:?}");
        if let Step::UsePasskey(prompt) = state.step {
            assert!(state.failures < FAILURES_TO_PASSWORD, "a loop: {state:?}");
            assert_eq!(state.failures > 0, prompt == Prompt::Failed, "{state:?}");
        }
    }
}

#[test]
fn only_the_first_step_does_not_know_who_it_is_about() {
    for state in every_state() {
        assert_eq!(state.identifier.is_none(), state.step == Step::Identify, "{state:?}");
    }
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    for state in every_state() {
        for event in every_event().into_iter().filter(|event| !fits(state.step, event)) {
            let after = state.clone().advance(event.clone(), &nobody(), NOW);
            assert_eq!((after.flow, after.writes), (state.clone(), Vec::new()), "{event:?}");
        }
    }
}

#[test]
fn a_prompt_that_was_used_up_does_not_open_by_itself_again_for_the_same_person() {
    for state in every_state() {
        let used_up = matches!(
            state.step,
            Step::UsePasskey(Prompt::Opened | Prompt::Failed | Prompt::OnClick) | Step::EnterPassword
        );
        for event in every_event().into_iter().filter(|_| used_up) {
            let after = then(&state, event.clone());
            let pending = after.step == Step::UsePasskey(Prompt::Pending);
            assert!(!pending || after.identifier != state.identifier, "{state:?} {event:?}");
        }
    }
}

#[test]
fn only_saying_who_one_is_opens_a_prompt_without_a_click() {
    for state in every_state().into_iter().filter(|state| state.step != Step::UsePasskey(Prompt::Pending)) {
        for event in every_event() {
            if then(&state, event.clone()).step == Step::UsePasskey(Prompt::Pending) {
                assert!(matches!(event, Event::Identified(_, Plan::Immediately)), "{state:?} {event:?}");
            }
        }
    }
}

#[test]
fn every_state_survives_the_cookie() {
    for state in every_state() {
        let written = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<SignIn>(&written).unwrap(), state, "{written}");
    }
}

#[test]
fn a_change_of_mind_is_no_failure_and_a_prompt_that_never_settles_is_one() {
    let opened = then(&then(&SignIn::default(), Event::Identified(who("ada"), Plan::Immediately)), Event::PromptOpened);
    let left = |outcome, counts_in_flow| {
        then(&opened, Event::PasswordChosen(Some(Assessment { outcome, counts_in_flow, strikes: 0 })))
    };
    let proved = |flow: SignIn| then(&flow, Event::PasswordProved).step;
    assert_eq!(proved(then(&opened, Event::PasswordChosen(None))), Step::Proved(SignedInBy::Password { failures: 0 }));
    assert_eq!(proved(left(Outcome::Aborted, false)), Step::Proved(SignedInBy::Password { failures: 0 }));
    assert_eq!(proved(left(Outcome::NeverSettled, true)), Step::Proved(SignedInBy::Password { failures: 1 }));
}

#[test]
fn the_same_name_from_an_old_page_shows_the_present_step_and_another_one_begins_anew() {
    let opened = then(&then(&SignIn::default(), Event::Identified(who("ada"), Plan::Immediately)), Event::PromptOpened);
    let cancelled = then(
        &opened,
        Event::CeremonyFailed(Assessment {
            outcome: Outcome::CancelledOrMissing,
            counts_in_flow: true,
            strikes: STRIKE,
        }),
    );
    assert_eq!(then(&cancelled, Event::Identified(who(" ADA "), Plan::Immediately)), cancelled);
    let other = then(&cancelled, Event::Identified(who("grace"), Plan::Immediately));
    assert_eq!((other.step, other.failures), (Step::UsePasskey(Prompt::Pending), 0));
}

#[test]
fn already_here_is_no_answer_of_a_get() {
    let lie = Assessment { outcome: Outcome::AlreadyHere, counts_in_flow: false, strikes: 0 };
    let opened = then(&SignIn::default(), Event::Identified(who("ada"), Plan::OnClick));
    let once = then(&opened, Event::CeremonyFailed(lie));
    assert_eq!((once.step, once.failures, once.last), (Step::UsePasskey(Prompt::Failed), 1, Some(Outcome::Technical)));
    assert_eq!(then(&once, Event::CeremonyFailed(lie)).step, Step::EnterPassword);
}

#[test]
fn suspicion_falls_on_those_that_could_have_answered() {
    let here = seen(passkey(APPLE), worked(3));
    let elsewhere = crate::samples::hello();
    let evidence = account(Platform::MacOs, &[here, elsewhere]);
    let strike = Assessment { outcome: Outcome::CancelledOrMissing, counts_in_flow: true, strikes: STRIKE };
    let prompted = then(&SignIn::default(), Event::Identified(who("ada"), Plan::Immediately));
    let after = prompted.clone().advance(Event::CeremonyFailed(strike), &evidence, NOW);
    assert_eq!(after.writes, [Write::Strike(STRIKE), Write::Failed(vec![here.id])]);
    let trouble = Assessment { outcome: Outcome::NoPrompt, strikes: 0, ..strike };
    assert_eq!(prompted.advance(Event::CeremonyFailed(trouble), &evidence, NOW).writes, []);
}

proptest! {
    #[test]
    fn no_event_in_any_state_with_any_evidence_panics(flow in sign_in(), event in sign_in_event(), evidence in evidence()) {
        let after = flow.advance(event, &evidence, NOW);
        let written = serde_json::to_string(&after.flow).unwrap();
        prop_assert_eq!(serde_json::from_str::<SignIn>(&written).unwrap(), after.flow);
    }

    #[test]
    fn no_walk_opens_a_prompt_by_itself_after_a_cancel(
        walk in proptest::collection::vec((sign_in_event(), evidence()), 0..40),
    ) {
        let mut flow = SignIn::default();
        // Whose prompt was used up since the person last said that they are somebody else.
        let mut used_up: Option<Identifier> = None;
        for (event, evidence) in walk {
            // Starting over is an act of its own, and so is coming back after a proof.
            if event == Event::StartedOver || matches!(flow.step, Step::Proved(_)) {
                used_up = None;
            }
            let before = flow.clone();
            flow = flow.advance(event, &evidence, NOW).flow;
            let same = |a: &Option<Identifier>, b: &Option<Identifier>| a.as_ref().map(Identifier::key) == b.as_ref().map(Identifier::key);
            let pending = |flow: &SignIn| flow.step == Step::UsePasskey(Prompt::Pending);
            if pending(&before) && !pending(&flow) && same(&before.identifier, &flow.identifier) {
                used_up = flow.identifier.clone();
            }
            if !same(&used_up, &flow.identifier) {
                used_up = None;
            }
            prop_assert!(used_up.is_none() || !pending(&flow), "{:?}", flow);
            prop_assert!(flow.failures <= FAILURES_TO_PASSWORD);
        }
    }

    #[test]
    fn a_success_always_clears_suspicion(flow in sign_in(), evidence in evidence(), cross_device in any::<bool>()) {
        let event = Event::PasskeyProved { passkey: PASSKEY, cross_device };
        let after = flow.clone().advance(event, &evidence, NOW);
        if matches!(flow.step, Step::UsePasskey(_) | Step::EnterPassword) {
            prop_assert_eq!(after.flow.failures, 0);
            prop_assert_eq!(after.flow.step, Step::Proved(SignedInBy::Passkey { cross_device }));
            prop_assert!(after.writes.contains(&Write::ClearStrikes));
            let worked = Write::Worked { passkey: PASSKEY, here: !cross_device };
            prop_assert!(after.writes.contains(&worked));
        } else {
            prop_assert_eq!(after.writes, []);
        }
    }

    #[test]
    fn a_failure_strikes_as_it_was_assessed_and_accuses_nobody_else(
        flow in sign_in(), assessment in assessment(), evidence in evidence(),
    ) {
        let after = flow.advance(Event::CeremonyFailed(assessment), &evidence, NOW);
        match after.writes.as_slice() {
            [] => {}
            [Write::Strike(points), Write::Failed(suspects)] => {
                prop_assert!(*points == assessment.strikes && *points == STRIKE);
                prop_assert!(suspects.iter().all(|id| evidence.passkeys.iter().any(|passkey| passkey.id == *id)));
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn who_it_is_never_changes_unless_somebody_says_so(flow in sign_in(), event in sign_in_event(), evidence in evidence()) {
        let says = matches!(event, Event::Identified(..) | Event::StartedOver);
        prop_assert!(says || flow.clone().advance(event, &evidence, NOW).flow.identifier == flow.identifier);
    }
}
