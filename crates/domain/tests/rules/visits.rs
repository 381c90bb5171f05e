//! Whole visits, one after the other: what is written is remembered, and the next decision looks at it.

use crate::samples::{
    ALREADY_HERE, APPLE, BITWARDEN, CANCELLED, GOOGLE, NOBODY, NOW, hello, met, passkey, seen, somebody, worked,
};
use crate::strategies::{
    ASSURANCES, PLATFORMS, assessment, environment, healing_event, policy, sign_in_event, somebody as anybody,
};
use domain::assurance::Assurance;
use domain::healing::{self, Healing};
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::constants::FAILURES_AFTER_PRESENT;
use domain::intelligence::{
    Assessment, AutoStart, Cause, Creation, Diagnosis, Evidence, Here, Outcome, PasskeyEvidence, SignedInBy, Why,
    diagnose, doors, offer, plan,
};
use domain::memory::Memory;
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::sign_in::{Event, Prompt, SignIn, Step};
use domain::time::{DAY, HOUR, Millis};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

/// Somebody at a browser.
struct Visit {
    memory: Memory,
    now: Millis,
    flow: SignIn,
}

impl Visit {
    fn of(evidence: Evidence) -> Self {
        Self { memory: Memory::of(evidence, NOW), now: NOW, flow: SignIn::default() }
    }

    fn later(&mut self, millis: i64) {
        self.now = self.now.plus(millis);
        self.flow = SignIn::default();
    }

    /// What is known in the flow that came so far.
    fn known(&mut self) -> Evidence {
        self.memory.look(self.flow.trail, self.now).clone()
    }

    fn diagnosis(&mut self, creation: Option<Creation>) -> Diagnosis {
        diagnose(&self.known(), creation, self.now)
    }

    fn happens(&mut self, event: Event) -> Step {
        let after = self.flow.clone().advance(event, &self.known(), self.now);
        self.memory.perform(&after.writes, self.now);
        self.flow = after.flow;
        self.flow.step()
    }

    fn identifies(&mut self) -> Step {
        let plan = plan(&self.known(), self.now).outcome;
        self.happens(Event::Identified(Identifier::parse("ada@example.org").unwrap(), plan))
    }

    fn cancels(&mut self) -> Step {
        self.happens(Event::CeremonyFailed(CANCELLED))
    }

    /// Signs in with the password and meets the offer, if there is one.
    fn enters_password(&mut self) -> Healing {
        let Step::Proved(by) = self.happens(Event::PasswordProved) else { panic!("{:?}", self.flow) };
        self.inside(by)
    }

    fn uses_passkey(&mut self, passkey: PasskeyId) -> Healing {
        self.proves(passkey, false)
    }

    fn uses_phone(&mut self, passkey: PasskeyId) -> Healing {
        self.proves(passkey, true)
    }

    fn proves(&mut self, passkey: PasskeyId, cross_device: bool) -> Healing {
        let Step::Proved(by) = self.happens(Event::PasskeyProved { passkey, cross_device }) else {
            panic!("{:?}", self.flow)
        };
        self.inside(by)
    }

    fn inside(&mut self, by: SignedInBy) -> Healing {
        let offered = offer(&self.known(), by, self.now).outcome;
        self.memory.signed_in(self.now);
        healing::begin(offered, Assurance::Enough, self.flow.trail)
    }

    fn heals(&mut self, healing: Healing, event: healing::Event) -> Healing {
        let after = healing.advance(event, &self.known(), self.now);
        self.memory.perform(&after.writes, self.now);
        after.flow
    }
}

#[test]
fn a_broken_passkey_is_healed_and_the_next_visit_uses_the_new_one() {
    let mut ada = Visit::of(met(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]), 300));
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
    assert_eq!(ada.happens(Event::PromptOpened), Step::UsePasskey(Prompt::Opened));
    assert_eq!(ada.cancels(), Step::UsePasskey(Prompt::Failed));
    assert_eq!(ada.cancels(), Step::EnterPassword);
    let offered = ada.enters_password();
    assert_eq!(offered.step(), healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });

    let new =
        PasskeyEvidence { id: PasskeyId(Uuid::from_u128(9)), created: NOW, here: Here::default(), ..passkey(APPLE) };
    let made =
        offered.advance(healing::Event::Created { passkey: new.id, aaguid: APPLE }, &ada.memory.evidence(NOW), NOW);
    ada.memory.add(new);
    ada.memory.perform(&made.writes, NOW);
    let done = ada.heals(made.flow, healing::Event::Continued);
    assert_eq!(done.step(), healing::Step::Done);

    let known = ada.memory.evidence(NOW);
    assert_eq!(
        (known.strikes, known.passkeys[0].here.absent, known.passkeys[1].here.created),
        (0, Some(NOW), Some(NOW))
    );
    ada.later(DAY);
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
    assert_eq!(ada.uses_passkey(new.id).step(), healing::Step::Done);
}

#[test]
fn present_after_all_brings_the_prompt_back_and_no_second_offer() {
    let mut ada = Visit::of(somebody(Platform::Windows, &[hello()]));
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::OnClick), "perhaps of this machine");
    assert_eq!(ada.cancels(), Step::UsePasskey(Prompt::Failed));
    let offered = ada.enters_password();
    assert_eq!(ada.heals(offered, healing::Event::Failed(ALREADY_HERE)).step(), healing::Step::AlreadyHere);
    assert_eq!(ada.diagnosis(Some(Creation::AlreadyHere)).causes[0].0, Cause::Dismissed);
    ada.later(DAY);
    // Nothing but Windows Hello of this machine can have been meant, although it was never seen in this browser.
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
    ada.cancels();
    ada.cancels();
    assert_eq!(ada.enters_password().step(), healing::Step::Done);
}

#[test]
fn who_puts_the_offer_off_meets_it_again_also_where_nothing_is_tried_any_more() {
    let mut ada = Visit::of(met(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]), 300));
    ada.identifies();
    ada.cancels();
    ada.cancels();
    let offered = ada.enters_password();
    ada.heals(offered, healing::Event::NotNow);
    ada.later(13 * DAY);
    assert_eq!(ada.identifies(), Step::EnterPassword);
    assert_eq!(ada.enters_password().step(), healing::Step::Done, "quiet for two weeks");
    ada.later(DAY);
    assert_eq!(ada.identifies(), Step::EnterPassword);
    assert_eq!(ada.enters_password().step(), healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });
    ada.later(60 * DAY);
    assert_eq!(
        ada.identifies(),
        Step::UsePasskey(Prompt::OnClick),
        "the strikes have faded, the passkey is one click away"
    );
    ada.happens(Event::PasswordChosen(None));
    assert_eq!(ada.enters_password().step(), healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });
}

#[test]
fn the_phone_that_answered_is_asked_again_until_it_stays_away() {
    let mut ada = Visit::of(somebody(Platform::Windows, &[passkey(APPLE)]));
    assert_eq!(ada.identifies(), Step::EnterPassword, "an iCloud passkey cannot be on Windows");
    // *Use a passkey* is there all the same, and the phone scans the code.
    let offered = ada.uses_phone(passkey(APPLE).id);
    assert_eq!(offered.step(), healing::Step::CreatePasskey { why: Why::AfterCrossDevice, cancelled: false });
    ada.heals(offered, healing::Event::NotNow);
    ada.later(30 * DAY);
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::AcrossDevices));
    assert_eq!(ada.cancels(), Step::UsePasskey(Prompt::Failed));
    assert_eq!(ada.cancels(), Step::EnterPassword);
    ada.enters_password();
    ada.later(DAY);
    assert_eq!(ada.identifies(), Step::EnterPassword, "two strikes");
    ada.uses_phone(passkey(APPLE).id);
    ada.later(89 * DAY);
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::AcrossDevices));
    ada.later(DAY);
    assert_eq!(ada.identifies(), Step::EnterPassword, "the phone is not expected any more");
}

#[test]
fn a_passkey_that_the_server_does_not_accept_any_more_is_said_to_be_that() {
    let mut ada = Visit::of(met(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]), 300));
    ada.identifies();
    let refused = Event::CeremonyFailed(Assessment::of_refused_answer(true));
    assert_eq!(ada.happens(refused), Step::UsePasskey(Prompt::Failed));
    assert_eq!(ada.diagnosis(None).causes[0], (Cause::NoLongerAccepted, 1_000));
    let offered = ada.enters_password();
    assert_eq!(offered.step(), healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });
    assert_eq!(offered.trail.last(), Some(Outcome::NotAccepted), "the page after it knows why as well");
    assert_eq!(ada.memory.evidence(NOW).strikes, 0, "the person did what they were asked");
}

#[derive(Clone, Debug)]
enum Act {
    Identify,
    Open,
    Fail(Assessment),
    Leave(Option<Assessment>),
    StartOver,
    Later(i64),
}

fn stranger() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Identify),
        2 => Just(Act::Open),
        5 => prop_oneof![assessment(), Just(CANCELLED)].prop_map(Act::Fail),
        1 => proptest::option::of(assessment()).prop_map(Act::Leave),
        2 => Just(Act::StartOver),
        3 => (0..60 * 24_i64).prop_map(|hours| Act::Later(hours * HOUR)),
    ]
}

fn unseen() -> impl Strategy<Value = PasskeyEvidence> {
    select(vec![passkey(APPLE), passkey(GOOGLE), passkey(BITWARDEN), passkey(NOBODY), hello()])
}

proptest! {
    /// Whatever somebody does who never proves anything, an account and its ghost answer alike, also where the account's
    /// passkeys are of another age and have answered in other browsers.
    #[test]
    fn a_ghost_and_an_account_with_the_same_evidence_get_the_same_steps(
        passkeys in proptest::collection::vec(unseen(), 0..3),
        used in proptest::option::of(0..400_i64),
        age in 0..2_000_i64,
        environment in environment(),
        policy in policy(),
        acts in proptest::collection::vec(stranger(), 0..60),
    ) {
        let evidence = Evidence { environment, policy, ..somebody(environment.platform, &passkeys) };
        let mut real = Visit::of(evidence.clone());
        // Nor by where they answered, nor by how old they are.
        let away = |days: i64| NOW.plus(-days * DAY);
        real.memory.known_mut().passkeys.iter_mut().for_each(|passkey| (passkey.used, passkey.created) = (used.map(away), away(age)));
        let mut ghost = Visit { memory: Memory::of_ghost(evidence.clone(), NOW), ..Visit::of(evidence) };
        for act in acts {
            for visit in [&mut real, &mut ghost] {
                match act {
                    Act::Identify => visit.identifies(),
                    Act::Open => visit.happens(Event::PromptOpened),
                    Act::Fail(assessment) => visit.happens(Event::CeremonyFailed(assessment)),
                    Act::Leave(assessment) => visit.happens(Event::PasswordChosen(assessment)),
                    Act::StartOver => visit.happens(Event::StartedOver),
                    Act::Later(millis) => { visit.later(millis); visit.flow.step() }
                };
            }
            prop_assert_eq!(&real.flow, &ghost.flow);
            prop_assert_eq!(plan(&real.known(), real.now), plan(&ghost.known(), ghost.now));
            prop_assert_eq!(real.diagnosis(None), ghost.diagnosis(None));
            let mut known = real.known();
            for (passkey, imagined) in known.passkeys.iter_mut().zip(&passkeys) {
                (passkey.used, passkey.created) = (None, imagined.created);
            }
            prop_assert_eq!(known, ghost.known(), "nothing else is left that could be told apart");
            prop_assert!(real.known().strikes <= policy.most_strikes());
            prop_assert!(real.flow.trail.failures <= policy.failures_to_password);
        }
    }

    /// Whatever happened, before a proof and after, the dashboard can be reached, and from there a new passkey.
    #[test]
    fn no_state_is_a_dead_end(
        passkeys in proptest::collection::vec(unseen(), 0..3),
        policy in policy(),
        walk in proptest::collection::vec(sign_in_event(), 0..30),
        name in anybody(),
        by_password in any::<bool>(),
        assurance in select(&ASSURANCES[..]),
        healing_walk in proptest::collection::vec(healing_event(), 0..20),
    ) {
        let mut visit = Visit::of(Evidence { policy, ..somebody(Platform::MacOs, &passkeys) });
        for event in walk {
            visit.happens(event);
        }
        if let Step::Identify = visit.flow.step() {
            let plan = plan(&visit.known(), visit.now).outcome;
            visit.happens(Event::Identified(name, plan));
        }
        if !matches!(visit.flow.step(), Step::Proved(_)) {
            let passkey = passkey(APPLE).id;
            let proof = if by_password { Event::PasswordProved } else { Event::PasskeyProved { passkey, cross_device: false } };
            visit.happens(proof);
        }
        let Step::Proved(by) = visit.flow.step() else { panic!("no way in: {:?}", visit.flow) };
        let offered = offer(&visit.known(), by, visit.now).outcome;
        let mut healing = healing::begin(offered, assurance, visit.flow.trail);
        for event in healing_walk {
            healing = visit.heals(healing, event);
            let left = healing.advance(healing::Event::NotNow, &visit.known(), visit.now).flow;
            prop_assert_eq!(left.step(), healing::Step::Done);
            let asked = left.advance(healing::Event::Asked(Assurance::Enough), &visit.known(), visit.now).flow;
            prop_assert_eq!(asked.step(), healing::Step::CreatePasskey { why: Why::Asked, cancelled: false });
        }
    }

    /// Over many visits, whatever happens in them: no counter passes what the operator allows, and no prompt opens by itself
    /// where the operator or the strikes forbid it.
    #[test]
    fn counters_never_exceed_the_policy_over_many_visits(
        passkeys in proptest::collection::vec(unseen(), 0..3),
        policy in policy(),
        events in proptest::collection::vec((sign_in_event(), 0..40 * 24_i64), 0..60),
    ) {
        let mut visit = Visit::of(Evidence { policy, ..somebody(Platform::MacOs, &passkeys) });
        for (event, hours) in events {
            visit.now = visit.now.plus(hours * HOUR);
            // What the server would do: the plan is its own, not the browser's.
            let event = match event {
                Event::Identified(who, _) => Event::Identified(who, plan(&visit.known(), visit.now).outcome),
                event => event,
            };
            let says = matches!(event, Event::Identified(..));
            let succeeded = matches!(event, Event::PasskeyProved { .. } | Event::AnyoneProved { .. });
            let before = visit.flow.step();
            visit.happens(event);
            let known = visit.known();
            prop_assert!(known.strikes <= policy.most_strikes());
            prop_assert!(visit.flow.trail.failures <= policy.failures_to_password);
            if says && visit.flow.step() == Step::UsePasskey(Prompt::Pending) {
                prop_assert!(!known.has_two_strikes() && policy.auto_start != AutoStart::Never);
            }
            if succeeded && before != visit.flow.step() {
                prop_assert_eq!((known.strikes, visit.flow.trail.failures), (0, 0));
            }
        }
    }

    /// A door that stands open leads in, and what it leaves behind is what any passkey leaves.
    #[test]
    fn who_comes_through_a_door_is_remembered(environment in environment(), policy in policy(), one in unseen(), days in 0..200_i64) {
        let mut ada = Visit::of(Evidence { environment, policy, ..somebody(environment.platform, &[one]) });
        let who = Identifier::parse("ada@example.org").unwrap();
        let step = ada.happens(Event::AnyoneProved { who, passkey: one.id, cross_device: false });
        prop_assert_eq!(step, Step::Proved(SignedInBy::Passkey { cross_device: false }));
        ada.later(days * DAY);
        let worked = ada.known().passkeys[0].here.worked;
        prop_assert_eq!(worked, Some(NOW));
        let expected = policy.one_tap && days < 90 && environment.can.webauthn != Some(false);
        prop_assert_eq!(doors(&environment, &policy, worked, false, ada.now).one_tap, expected);
    }

    /// However the visits go, after `InvalidStateError` an offer comes only after as many new failures as the rules ask for.
    #[test]
    fn the_offer_never_comes_back_on_the_same_evidence(
        aaguid in select(vec![APPLE, BITWARDEN, NOBODY]),
        visits in proptest::collection::vec((0..4_usize, 0..100_i64, any::<bool>()), 0..12),
    ) {
        let mut ada = Visit::of(met(somebody(Platform::MacOs, &[seen(passkey(aaguid), worked(3))]), 300));
        let mut since_present: Option<u32> = None;
        for (failures, days, waits) in visits {
            ada.later(days * DAY);
            ada.identifies();
            for _ in 0..failures {
                ada.cancels();
                since_present = since_present.map(|count| count + 1);
            }
            if waits { ada.happens(Event::PasswordChosen(None)); }
            let offered = ada.enters_password();
            if let healing::Step::CreatePasskey { .. } = offered.step() {
                prop_assert!(since_present.is_none_or(|count| count >= FAILURES_AFTER_PRESENT));
                let after = ada.heals(offered, healing::Event::Failed(ALREADY_HERE));
                prop_assert_eq!(after.step(), healing::Step::AlreadyHere);
                since_present = Some(0);
            }
        }
    }

    /// A success puts everything right: the next visit of the same browser starts with the passkey.
    #[test]
    fn after_a_success_the_next_visit_prompts_again(
        aaguid in any::<u128>().prop_map(Aaguid), platform in select(&PLATFORMS[..]), policy in policy(),
        failures in 0..9_usize, days in 0..400_i64,
    ) {
        let one = passkey(aaguid);
        let mut ada = Visit::of(Evidence { policy, ..somebody(platform, &[one]) });
        ada.identifies();
        (0..failures).for_each(|_| { ada.cancels(); });
        ada.later(days * DAY);
        ada.identifies();
        ada.uses_passkey(one.id);
        ada.later(DAY);
        let again = if policy.auto_start == AutoStart::Never { Prompt::OnClick } else { Prompt::Pending };
        prop_assert_eq!(ada.identifies(), Step::UsePasskey(again));
        prop_assert_eq!(ada.memory.evidence(ada.now).strikes, 0);
    }
}
