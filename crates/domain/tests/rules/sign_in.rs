//! The flow before a proof: every state there is, and every event in each.

use crate::samples::{ALREADY_HERE, APPLE, CANCELLED, NOW, hello, passkey, seen, somebody as account, trail, worked};
use crate::strategies::{
    OUTCOMES, PLANS, PROMPTS, assessment, every_assessment, evidence, moment, policy, sign_in, sign_in_at,
    sign_in_event, somebody, walk,
};
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::constants::STRIKE;
use domain::intelligence::{Assessment, Evidence, Outcome, Plan, Policy, SignedInBy, Trail};
use domain::platform::Platform;
use domain::sign_in::{Event, Prompt, SignIn, Step};
use domain::write::Write;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;
use uuid::Uuid;

const PASSKEY: PasskeyId = PasskeyId(Uuid::from_u128(7));

fn who(name: &str) -> Identifier {
    Identifier::parse(name).unwrap()
}

/// Somebody with a passkey, where the password is asked for after so many failures.
fn ada(failures_to_password: u8) -> Evidence {
    let policy = Policy { failures_to_password, ..Policy::default() };
    Evidence { policy, ..account(Platform::MacOs, &[passkey(APPLE)]) }
}

fn then(flow: &SignIn, event: Event) -> SignIn {
    flow.clone().advance(event, &ada(2), NOW).flow
}

fn identified(plan: Plan) -> SignIn {
    then(&SignIn::default(), Event::Identified(who("ada"), plan))
}

/// Every event that differs for the machine.
fn every_event() -> Vec<Event> {
    let identified = ["ada", "grace"].into_iter().flat_map(|name| PLANS.map(|plan| Event::Identified(who(name), plan)));
    let proved = [true, false].map(|cross_device| Event::PasskeyProved { passkey: PASSKEY, cross_device });
    let anyone = [("ada", true), ("grace", false)].map(|(name, cross_device)| Event::AnyoneProved {
        who: who(name),
        passkey: PASSKEY,
        cross_device,
    });
    let chosen = every_assessment().into_iter().map(Some).chain([None]).map(Event::PasswordChosen);
    let failed = every_assessment().into_iter().map(Event::CeremonyFailed);
    let simple = [Event::PromptOpened, Event::PasswordProved, Event::CodeChosen, Event::CodeProved, Event::StartedOver];
    identified.chain(failed).chain(chosen).chain(simple).chain(proved).chain(anyone).collect()
}

/// The events that lead on: how a ceremony ended matters to the words, not to the walk.
fn every_move() -> Vec<Event> {
    let tells = |assessment: &Assessment| {
        matches!(assessment.outcome, Outcome::CancelledOrMissing | Outcome::AlreadyHere)
            && (assessment.strikes == 0 || assessment.counts_in_flow)
    };
    let leads = |event: &Event| match event {
        Event::CeremonyFailed(assessment) | Event::PasswordChosen(Some(assessment)) => tells(assessment),
        _ => true,
    };
    every_event().into_iter().filter(leads).collect()
}

/// Every state that some walk leads to, with the evidence of that walk: as patient as an operator can make it, with a
/// passkey to try and with none any more.
static EVERY_STATE: LazyLock<Vec<(SignIn, Evidence)>> = LazyLock::new(|| {
    let nobody = || Evidence { passkeys: Vec::new(), ..ada(2) };
    [ada(1), ada(2), ada(3), nobody()].into_iter().flat_map(|evidence| every_state_with(&evidence)).collect()
});

fn every_state_with(evidence: &Evidence) -> Vec<(SignIn, Evidence)> {
    let mut found = vec![SignIn::default()];
    let mut next = 0;
    while let Some(state) = found.get(next).cloned() {
        for event in every_move() {
            let after = state.clone().advance(event, evidence, NOW).flow;
            if !found.contains(&after) {
                found.push(after);
            }
        }
        next += 1;
    }
    found.into_iter().map(|state| (state, evidence.clone())).collect()
}

/// Which events each step knows.
fn fits(step: Step, event: &Event) -> bool {
    match event {
        Event::Identified(..) | Event::StartedOver => true,
        Event::PromptOpened => step == Step::UsePasskey(Prompt::Pending),
        Event::PasswordChosen(_) => matches!(step, Step::UsePasskey(_) | Step::EnterCode),
        Event::CodeChosen => matches!(step, Step::UsePasskey(_) | Step::EnterPassword),
        Event::CeremonyFailed(_) | Event::PasswordProved | Event::CodeProved | Event::PasskeyProved { .. } => {
            asks(step)
        }
        Event::AnyoneProved { .. } => !matches!(step, Step::Proved(_)),
    }
}

/// Somebody is named, and a proof is asked for.
fn asks(step: Step) -> bool {
    matches!(step, Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode)
}

/// What a page of this step has buttons and forms for.
fn offers(step: Step) -> Vec<Event> {
    let passkey = Event::PasskeyProved { passkey: PASSKEY, cross_device: false };
    match step {
        Step::Identify => PLANS.map(|plan| Event::Identified(who("mary"), plan)).to_vec(),
        Step::UsePasskey(_) => vec![passkey, Event::PasswordChosen(None), Event::StartedOver],
        Step::EnterPassword => vec![passkey, Event::PasswordProved, Event::CodeChosen, Event::StartedOver],
        Step::EnterCode => vec![passkey, Event::CodeProved, Event::PasswordChosen(None), Event::StartedOver],
        Step::Proved(_) => Vec::new(),
    }
}

fn is_pending(flow: &SignIn) -> bool {
    flow.step() == Step::UsePasskey(Prompt::Pending)
}

fn is_inside_by_code(flow: &SignIn) -> bool {
    matches!(flow.step(), Step::Proved(SignedInBy::Code { .. }))
}

fn is_inside_by_password(flow: &SignIn) -> bool {
    matches!(flow.step(), Step::Proved(SignedInBy::Password { .. }))
}

#[test]
fn a_walk_can_lead_to_every_step() {
    let prompts = PROMPTS.map(Step::UsePasskey);
    let passwords = [0, 1, 2, 3].map(|failures| Step::Proved(SignedInBy::Password { failures }));
    let passkeys = [true, false].map(|cross_device| Step::Proved(SignedInBy::Passkey { cross_device }));
    let codes = [0, 1, 2, 3].map(|failures| Step::Proved(SignedInBy::Code { failures }));
    let simple = [Step::Identify, Step::EnterPassword, Step::EnterCode];
    let steps = simple.into_iter().chain(prompts).chain(passwords).chain(codes).chain(passkeys);
    for step in steps {
        assert!(EVERY_STATE.iter().any(|(state, _)| state.step() == step), "{step:?}");
    }
}

#[test]
fn from_every_reachable_state_there_is_a_way_in_by_password() {
    for (state, evidence) in EVERY_STATE.iter() {
        let then = |flow: &SignIn, event| flow.clone().advance(event, evidence, NOW).flow;
        let named = match state.step() {
            Step::Identify | Step::Proved(_) => then(state, Event::Identified(who("mary"), Plan::Immediately)),
            Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode => state.clone(),
        };
        assert!(is_inside_by_password(&then(&named, Event::PasswordProved)), "at once: {state:?}");
        let asked = then(&named, Event::PasswordChosen(None));
        assert_eq!(asked.step(), Step::EnterPassword, "{state:?}");
        assert_eq!(asked.identifier, named.identifier, "the identifier is kept");
        assert!(is_inside_by_password(&then(&asked, Event::PasswordProved)), "{state:?}");
    }
}

#[test]
fn from_every_step_that_asks_for_a_proof_there_is_a_way_in_by_code() {
    for (state, evidence) in EVERY_STATE.iter().filter(|(state, _)| asks(state.step())) {
        let then = |flow: &SignIn, event| flow.clone().advance(event, evidence, NOW).flow;
        let asked = then(state, Event::CodeChosen);
        assert_eq!((asked.step(), &asked.identifier, asked.trail), (Step::EnterCode, &state.identifier, state.trail));
        // A passkey that fails beside it leaves the page as it is, however often.
        let failed = (0..5).fold(asked.clone(), |flow, _| then(&flow, Event::CeremonyFailed(CANCELLED)));
        assert_eq!(failed.step(), Step::EnterCode, "{state:?}");
        assert_eq!(then(&failed, Event::PasswordChosen(None)).step(), Step::EnterPassword, "{state:?}");
        let failures = asked.trail.failures;
        assert_eq!(then(&asked, Event::CodeProved).step(), Step::Proved(SignedInBy::Code { failures }), "{state:?}");
        assert!(is_inside_by_code(&then(state, Event::CodeProved)), "from an old page: {state:?}");
    }
}

#[test]
fn from_every_reachable_state_there_is_a_way_in_by_passkey() {
    for (state, evidence) in EVERY_STATE.iter() {
        if let Step::Proved(_) = state.step() {
            continue;
        }
        let inside = Step::Proved(SignedInBy::Passkey { cross_device: false });
        let anyone = Event::AnyoneProved { who: who("mary"), passkey: PASSKEY, cross_device: false };
        let after = state.clone().advance(anyone, evidence, NOW).flow;
        assert_eq!((after.step(), after.identifier), (inside, Some(who("mary"))), "{state:?}");
        if state.step() != Step::Identify {
            let proved = Event::PasskeyProved { passkey: PASSKEY, cross_device: false };
            assert_eq!(state.clone().advance(proved, evidence, NOW).flow.step(), inside, "{state:?}");
        }
    }
}

#[test]
fn no_state_is_a_dead_end() {
    for (state, evidence) in EVERY_STATE.iter() {
        // With nothing but what the pages offer, and without starting over, a proof is at most three acts away.
        let mut reached = vec![state.clone()];
        for _ in 0..3 {
            let acts = |flow: &SignIn| offers(flow.step()).into_iter().filter(|act| *act != Event::StartedOver);
            let next =
                |flow: &SignIn| acts(flow).map(|act| flow.clone().advance(act, evidence, NOW).flow).collect::<Vec<_>>();
            let further: Vec<_> = reached.iter().flat_map(next).collect();
            reached.extend(further);
        }
        assert!(reached.iter().any(is_inside_by_password) || matches!(state.step(), Step::Proved(_)), "{state:?}");
        for act in offers(state.step()) {
            assert_ne!(&state.clone().advance(act.clone(), evidence, NOW).flow, state, "a dead button: {act:?}");
        }
    }
}

#[test]
fn the_last_failure_that_the_operator_allows_asks_for_the_password_and_no_counter_passes_it() {
    for (state, evidence) in EVERY_STATE.iter() {
        let most = evidence.policy.failures_to_password;
        assert!(state.trail.failures <= most, "{state:?}");
        if let Step::UsePasskey(prompt) = state.step() {
            assert!(state.trail.failures < most, "a loop: {state:?}");
            assert_eq!(state.trail.failures > 0, prompt == Prompt::Failed, "{state:?}");
            assert!(prompt != Prompt::Failed || !evidence.passkeys.is_empty(), "nothing to try again: {state:?}");
        }
    }
}

#[test]
fn only_the_first_step_does_not_know_who_it_is_about() {
    for (state, _) in EVERY_STATE.iter() {
        assert_eq!(state.identifier.is_none(), state.step() == Step::Identify, "{state:?}");
    }
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    for (state, evidence) in EVERY_STATE.iter() {
        for event in every_event().into_iter().filter(|event| !fits(state.step(), event)) {
            let after = state.clone().advance(event.clone(), evidence, NOW);
            assert_eq!((after.flow, after.writes), (state.clone(), Vec::new()), "{event:?}");
        }
    }
}

#[test]
fn a_prompt_that_was_used_up_does_not_open_by_itself_again_for_the_same_person() {
    for (state, evidence) in EVERY_STATE.iter() {
        let used_up = matches!(
            state.step(),
            Step::UsePasskey(Prompt::Opened | Prompt::Failed | Prompt::OnClick | Prompt::AcrossDevices)
                | Step::EnterPassword
                | Step::EnterCode
        );
        for event in every_event().into_iter().filter(|_| used_up) {
            let after = state.clone().advance(event.clone(), evidence, NOW).flow;
            assert!(!is_pending(&after) || after.identifier != state.identifier, "{state:?} {event:?}");
        }
    }
}

#[test]
fn only_saying_who_one_is_opens_a_prompt_without_a_click() {
    for (state, evidence) in EVERY_STATE.iter().filter(|(state, _)| !is_pending(state)) {
        for event in every_event() {
            if is_pending(&state.clone().advance(event.clone(), evidence, NOW).flow) {
                assert!(matches!(event, Event::Identified(_, Plan::Immediately)), "{state:?} {event:?}");
            }
        }
    }
}

#[test]
fn every_state_survives_the_cookie() {
    for (state, _) in EVERY_STATE.iter() {
        let written = serde_json::to_string(state).unwrap();
        assert_eq!(&serde_json::from_str::<SignIn>(&written).unwrap(), state, "{written}");
    }
}

#[test]
fn a_change_of_mind_is_no_failure_and_a_prompt_that_never_settles_is_one() {
    let opened = then(&identified(Plan::Immediately), Event::PromptOpened);
    let left = |outcome, counts_in_flow| {
        then(&opened, Event::PasswordChosen(Some(Assessment { outcome, counts_in_flow, strikes: 0 })))
    };
    let proved = |flow: SignIn| then(&flow, Event::PasswordProved).step();
    assert_eq!(proved(then(&opened, Event::PasswordChosen(None))), Step::Proved(SignedInBy::Password { failures: 0 }));
    assert_eq!(proved(left(Outcome::Aborted, false)), Step::Proved(SignedInBy::Password { failures: 0 }));
    assert_eq!(proved(left(Outcome::NeverSettled, true)), Step::Proved(SignedInBy::Password { failures: 1 }));
}

#[test]
fn the_same_name_from_an_old_page_shows_the_present_step_and_another_one_begins_anew() {
    let opened = then(&identified(Plan::Immediately), Event::PromptOpened);
    let cancelled = then(&opened, Event::CeremonyFailed(CANCELLED));
    assert_eq!(cancelled.step(), Step::UsePasskey(Prompt::Failed));
    assert_eq!(then(&cancelled, Event::Identified(who(" ADA "), Plan::Immediately)), cancelled);
    let other = then(&cancelled, Event::Identified(who("grace"), Plan::Immediately));
    assert_eq!((other.step(), other.trail), (Step::UsePasskey(Prompt::Pending), Trail::default()));
}

#[test]
fn already_here_is_no_answer_of_a_get() {
    let once = then(&identified(Plan::OnClick), Event::CeremonyFailed(ALREADY_HERE));
    assert_eq!((once.step(), once.trail), (Step::UsePasskey(Prompt::Failed), trail(&[Outcome::Technical])));
    assert_eq!(then(&once, Event::CeremonyFailed(ALREADY_HERE)).step(), Step::EnterPassword);
}

#[test]
fn another_device_is_announced_and_asked_like_this_one() {
    let announced = identified(Plan::AcrossDevices);
    assert_eq!(announced.step(), Step::UsePasskey(Prompt::AcrossDevices));
    assert_eq!(then(&announced, Event::PromptOpened), announced, "it opens on a click, and a reload shows it again");
    let once = then(&announced, Event::CeremonyFailed(CANCELLED));
    assert_eq!(once.step(), Step::UsePasskey(Prompt::Failed));
    let inside = then(&announced, Event::PasskeyProved { passkey: PASSKEY, cross_device: true });
    assert_eq!(inside.step(), Step::Proved(SignedInBy::Passkey { cross_device: true }));
}

#[test]
fn a_passkey_of_anyone_says_who_it_is_and_leaves_behind_what_any_passkey_leaves() {
    let anyone = Event::AnyoneProved { who: who("grace"), passkey: PASSKEY, cross_device: false };
    let worked = [Write::Worked { passkey: PASSKEY, here: true }, Write::ClearStrikes, Write::KnownBrowser];
    for flow in [SignIn::default(), identified(Plan::Immediately), identified(Plan::EnterPassword)] {
        let after = flow.advance(anyone.clone(), &ada(2), NOW);
        let step = Step::Proved(SignedInBy::Passkey { cross_device: false });
        let inside = sign_in_at(step, Some(who("grace")), Trail::default());
        assert_eq!((after.flow, after.writes.as_slice()), (inside, &worked[..]));
    }
    // A proof was given already: whoever comes now begins anew.
    let proved = then(&identified(Plan::EnterPassword), Event::PasswordProved);
    assert_eq!(then(&proved, anyone), proved);
}

#[test]
fn a_refused_answer_is_a_failure_and_no_strike() {
    for (unknown, outcome) in [(true, Outcome::NotAccepted), (false, Outcome::Technical)] {
        let refused = Assessment::of_refused_answer(unknown);
        assert_eq!(refused, Assessment { outcome, counts_in_flow: true, strikes: 0 });
        let after = identified(Plan::Immediately).advance(Event::CeremonyFailed(refused), &ada(2), NOW);
        assert_eq!((after.flow.trail, after.writes), (trail(&[outcome]), vec![]));
    }
}

#[test]
fn the_trail_counts_up_to_the_policy_and_keeps_the_last_three() {
    use Outcome::{CancelledOrMissing, NoPrompt, RefusedAtOnce, TimedOut};
    let walked = [CancelledOrMissing, NoPrompt, TimedOut, RefusedAtOnce].map(|outcome| (outcome, 3));
    let walk = walked.into_iter().fold(Trail::default(), |trail, (outcome, most)| trail.and(outcome, most));
    assert_eq!((walk.failures, walk.last()), (3, Some(RefusedAtOnce)));
    assert_eq!(walk.outcomes().collect::<Vec<_>>(), [RefusedAtOnce, TimedOut, NoPrompt]);
    let none = Trail::default();
    assert_eq!((none.failures, none.last(), none.outcomes().count()), (0, None, 0));
}

#[test]
fn suspicion_falls_on_those_that_could_have_answered() {
    let here = seen(passkey(APPLE), worked(3));
    let elsewhere = hello();
    let evidence = account(Platform::MacOs, &[here, elsewhere]);
    let prompted = identified(Plan::Immediately);
    let after = prompted.clone().advance(Event::CeremonyFailed(CANCELLED), &evidence, NOW);
    assert_eq!(after.writes, [Write::Strike(STRIKE), Write::Failed(vec![here.id])]);
    let trouble = Assessment { outcome: Outcome::NoPrompt, strikes: 0, ..CANCELLED };
    assert_eq!(prompted.advance(Event::CeremonyFailed(trouble), &evidence, NOW).writes, []);
}

proptest! {
    #[test]
    fn advance_never_panics_on_any_event_in_any_state_with_any_evidence(
        flow in sign_in(), event in sign_in_event(), evidence in evidence(), now in moment(),
    ) {
        let after = flow.advance(event, &evidence, now);
        let written = serde_json::to_string(&after.flow).unwrap();
        prop_assert_eq!(serde_json::from_str::<SignIn>(&written).unwrap(), after.flow);
    }

    #[test]
    fn after_any_walk_there_is_a_way_in_by_password(walk in walk(sign_in_event(), policy()), name in somebody()) {
        let mut flow = SignIn::default();
        for (event, evidence) in walk {
            flow = flow.advance(event, &evidence, NOW).flow;
            let then = |flow: SignIn, event| flow.advance(event, &evidence, NOW).flow;
            let named = match flow.step() {
                Step::Identify | Step::Proved(_) => then(flow.clone(), Event::Identified(name.clone(), Plan::Immediately)),
                Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode => flow.clone(),
            };
            let asked = then(named.clone(), Event::PasswordChosen(None));
            prop_assert_eq!((asked.step(), &asked.identifier), (Step::EnterPassword, &named.identifier));
            prop_assert!(is_inside_by_password(&then(asked, Event::PasswordProved)));
        }
    }

    #[test]
    fn no_sequence_of_events_opens_a_prompt_by_itself_after_a_cancel(walk in walk(sign_in_event(), policy())) {
        let mut flow = SignIn::default();
        // Whose prompt was used up since the person last said that they are somebody else.
        let mut used_up: Option<Identifier> = None;
        for (event, evidence) in walk {
            // Starting over is an act of its own, and so is coming back after a proof.
            if event == Event::StartedOver || matches!(flow.step(), Step::Proved(_)) {
                used_up = None;
            }
            let asks = asks(flow.step());
            let cancels = match &event {
                Event::CeremonyFailed(assessment) => asks && of_a_get(assessment),
                Event::PasswordChosen(_) => asks,
                _ => false,
            };
            let before = flow.clone();
            flow = flow.advance(event, &evidence, NOW).flow;
            let same = |a: &Option<Identifier>, b: &Option<Identifier>| a.as_ref().map(Identifier::key) == b.as_ref().map(Identifier::key);
            let opened = is_pending(&before) && !is_pending(&flow) && same(&before.identifier, &flow.identifier);
            if opened || cancels {
                used_up = flow.identifier.clone();
            }
            if !same(&used_up, &flow.identifier) {
                used_up = None;
            }
            prop_assert!(used_up.is_none() || !is_pending(&flow), "{:?}", flow);
        }
    }

    #[test]
    fn counters_never_exceed_the_policy(walk in walk(sign_in_event(), policy())) {
        let mut flow = SignIn::default();
        for (event, evidence) in walk {
            let after = flow.advance(event, &evidence, NOW);
            flow = after.flow;
            let most = evidence.policy.failures_to_password;
            prop_assert!(flow.trail.failures <= most);
            prop_assert!(flow.trail.outcomes().count() <= 3);
            if let Step::UsePasskey(_) = flow.step() {
                prop_assert!(flow.trail.failures < most, "a loop: {:?}", flow);
            }
            if let Step::Proved(SignedInBy::Password { failures } | SignedInBy::Code { failures }) = flow.step() {
                prop_assert_eq!(failures, flow.trail.failures);
            }
            let struck: u32 = after.writes.iter().map(|write| if let Write::Strike(points) = write { *points } else { 0 }).sum();
            prop_assert!(struck <= STRIKE, "one event is one strike at most");
        }
    }

    #[test]
    fn the_trail_never_counts_beyond_the_policy_and_never_forgets_the_last(
        outcomes in vec(proptest::sample::select(&OUTCOMES[..]), 0..9), most in any::<u8>(),
    ) {
        let trail = outcomes.iter().fold(Trail::default(), |trail, outcome| trail.and(*outcome, most));
        prop_assert_eq!(usize::from(trail.failures), outcomes.len().min(usize::from(most)));
        prop_assert_eq!(trail.last(), outcomes.last().copied());
        let kept: Vec<_> = trail.outcomes().collect();
        let latest: Vec<_> = outcomes.iter().rev().take(3).copied().collect();
        prop_assert_eq!(kept, latest);
        let written = serde_json::to_string(&trail).unwrap();
        prop_assert_eq!(serde_json::from_str::<Trail>(&written).unwrap(), trail);
    }

    #[test]
    fn what_is_typed_moves_to_its_field_and_nowhere_else(flow in sign_in()) {
        let (Step::UsePasskey(_) | Step::EnterPassword | Step::EnterCode) = flow.step() else {
            prop_assert_eq!(flow.clone().password_typed(), flow.clone());
            prop_assert_eq!(flow.clone().code_typed(), flow.clone());
            prop_assert_eq!(flow.clone().without_codes(), flow);
            return Ok(());
        };
        let at = |step| sign_in_at(step, flow.identifier.clone(), flow.trail);
        prop_assert_eq!(flow.clone().password_typed(), at(Step::EnterPassword));
        prop_assert_eq!(flow.clone().code_typed(), at(Step::EnterCode));
        let without = if flow.step() == Step::EnterCode { Step::EnterPassword } else { flow.step() };
        prop_assert_eq!(flow.clone().without_codes(), at(without));
    }

    #[test]
    fn a_success_always_clears_suspicion(
        flow in sign_in(), who in proptest::option::of(somebody()), evidence in evidence(), cross_device in any::<bool>(),
    ) {
        let event = match who.clone() {
            Some(who) => Event::AnyoneProved { who, passkey: PASSKEY, cross_device },
            None => Event::PasskeyProved { passkey: PASSKEY, cross_device },
        };
        let after = flow.clone().advance(event.clone(), &evidence, NOW);
        if fits(flow.step(), &event) {
            prop_assert_eq!(after.flow.trail, Trail::default());
            prop_assert_eq!(after.flow.step(), Step::Proved(SignedInBy::Passkey { cross_device }));
            prop_assert_eq!(after.flow.identifier, who.or(flow.identifier));
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
        let says = matches!(event, Event::Identified(..) | Event::AnyoneProved { .. } | Event::StartedOver);
        prop_assert!(says || flow.clone().advance(event, &evidence, NOW).flow.identifier == flow.identifier);
    }
}

/// A `get()` ended without a credential, and not because we ended it early.
fn of_a_get(assessment: &Assessment) -> bool {
    assessment.counts_in_flow || assessment.outcome == Outcome::AlreadyHere
}
