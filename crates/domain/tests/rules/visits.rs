//! Whole visits, one after the other: what is written is remembered, and the next decision looks at it.

use crate::memory::Memory;
use crate::samples::{APPLE, BITWARDEN, GOOGLE, NOBODY, NOW, hello, passkey, seen, somebody, worked};
use crate::strategies::{PLATFORMS, assessment};
use domain::assurance::Assurance;
use domain::healing::{self, Healing};
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::constants::{FAILURES_AFTER_PRESENT, STRIKE, STRIKES_TO_PASSWORD};
use domain::intelligence::{
    Assessment, Evidence, Here, Outcome, PasskeyEvidence, SignedInBy, Why, diagnose, offer, plan,
};
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::sign_in::{Event, Prompt, SignIn, Step};
use domain::time::{DAY, HOUR, Millis};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

const CANCELLED: Assessment =
    Assessment { outcome: Outcome::CancelledOrMissing, counts_in_flow: true, strikes: STRIKE };

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

    fn happens(&mut self, event: Event) -> Step {
        let after = self.flow.clone().advance(event, &self.memory.evidence(self.now), self.now);
        self.memory.perform(&after.writes, self.now);
        self.flow = after.flow;
        self.flow.step()
    }

    fn identifies(&mut self) -> Step {
        let plan = plan(&self.memory.evidence(self.now), self.now).outcome;
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
        let Step::Proved(by) = self.happens(Event::PasskeyProved { passkey, cross_device: false }) else {
            panic!("{:?}", self.flow)
        };
        self.inside(by)
    }

    fn inside(&mut self, by: SignedInBy) -> Healing {
        let offered = offer(&self.memory.evidence(self.now), by, self.now).outcome;
        self.memory.signed_in(self.now);
        healing::begin(offered, Assurance::Enough, 0)
    }

    fn heals(&mut self, healing: Healing, event: healing::Event) -> Healing {
        let after = healing.advance(event, &self.memory.evidence(self.now), self.now);
        self.memory.perform(&after.writes, self.now);
        after.flow
    }
}

#[test]
fn a_broken_passkey_is_healed_and_the_next_visit_uses_the_new_one() {
    let mut ada = Visit::of(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]));
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
    assert_eq!(ada.happens(Event::PromptOpened), Step::UsePasskey(Prompt::Opened));
    assert_eq!(ada.cancels(), Step::UsePasskey(Prompt::Failed));
    assert_eq!(ada.cancels(), Step::EnterPassword);
    let offered = ada.enters_password();
    assert_eq!(offered.step, healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });

    let new =
        PasskeyEvidence { id: PasskeyId(Uuid::from_u128(9)), created: NOW, here: Here::default(), ..passkey(APPLE) };
    let made =
        offered.advance(healing::Event::Created { passkey: new.id, aaguid: APPLE }, &ada.memory.evidence(NOW), NOW);
    ada.memory.add(new);
    ada.memory.perform(&made.writes, NOW);
    let done = ada.heals(made.flow, healing::Event::Continued);
    assert_eq!(done.step, healing::Step::Done);

    let known = ada.memory.evidence(NOW);
    assert_eq!(
        (known.strikes, known.passkeys[0].here.absent, known.passkeys[1].here.created),
        (0, Some(NOW), Some(NOW))
    );
    ada.later(DAY);
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
    assert_eq!(ada.uses_passkey(new.id).step, healing::Step::Done);
}

#[test]
fn present_after_all_brings_the_prompt_back_and_no_second_offer() {
    let mut ada = Visit::of(somebody(Platform::Windows, &[hello()]));
    ada.identifies();
    ada.cancels();
    let offered = ada.enters_password();
    let told = Assessment { outcome: Outcome::AlreadyHere, counts_in_flow: false, strikes: 0 };
    assert_eq!(ada.heals(offered, healing::Event::Failed(told)).step, healing::Step::AlreadyHere);
    ada.later(DAY);
    // Nothing but Windows Hello of this machine can have been meant, although it was never seen in this browser.
    assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
    ada.cancels();
    ada.cancels();
    assert_eq!(ada.enters_password().step, healing::Step::Done);
}

#[test]
fn who_puts_the_offer_off_meets_it_again_also_where_nothing_is_tried_any_more() {
    let mut ada = Visit::of(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]));
    ada.identifies();
    ada.cancels();
    ada.cancels();
    let offered = ada.enters_password();
    ada.heals(offered, healing::Event::NotNow);
    ada.later(13 * DAY);
    assert_eq!(ada.identifies(), Step::EnterPassword);
    assert_eq!(ada.enters_password().step, healing::Step::Done, "quiet for two weeks");
    ada.later(DAY);
    assert_eq!(ada.identifies(), Step::EnterPassword);
    assert_eq!(ada.enters_password().step, healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });
    ada.later(60 * DAY);
    assert_eq!(
        ada.identifies(),
        Step::UsePasskey(Prompt::OnClick),
        "the strikes have faded, the passkey is one click away"
    );
    ada.happens(Event::PasswordChosen(None));
    assert_eq!(ada.enters_password().step, healing::Step::CreatePasskey { why: Why::AfterError, cancelled: false });
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
        5 => assessment().prop_map(Act::Fail),
        1 => proptest::option::of(assessment()).prop_map(Act::Leave),
        2 => Just(Act::StartOver),
        3 => (0..60 * 24_i64).prop_map(|hours| Act::Later(hours * HOUR)),
    ]
}

fn unseen() -> impl Strategy<Value = PasskeyEvidence> {
    select(vec![passkey(APPLE), passkey(GOOGLE), passkey(BITWARDEN), passkey(NOBODY), hello()])
}

proptest! {
    /// Whatever somebody does who never proves anything, an account and its ghost answer alike.
    #[test]
    fn a_stranger_cannot_tell_a_ghost_from_an_account(
        passkeys in proptest::collection::vec(unseen(), 0..3),
        platform in select(&PLATFORMS[..]),
        acts in proptest::collection::vec(stranger(), 0..60),
    ) {
        let evidence = somebody(platform, &passkeys);
        let mut real = Visit::of(evidence.clone());
        let mut ghost = Visit { memory: Memory::of_ghost(evidence, NOW), ..Visit::of(somebody(platform, &[])) };
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
            let told = |visit: &Visit| diagnose(&visit.memory.evidence(visit.now), visit.flow.failures, false, visit.now);
            prop_assert_eq!(told(&real), told(&ghost));
            let strikes = real.memory.evidence(real.now).strikes;
            prop_assert!(strikes <= 2 * STRIKES_TO_PASSWORD * STRIKE);
        }
    }

    /// However the visits go, after `InvalidStateError` an offer comes only after as many new failures as the rules ask for.
    #[test]
    fn the_offer_never_comes_back_on_the_same_evidence(
        aaguid in select(vec![APPLE, BITWARDEN, NOBODY]),
        visits in proptest::collection::vec((0..4_usize, 0..100_i64, any::<bool>()), 0..12),
    ) {
        let mut ada = Visit::of(somebody(Platform::MacOs, &[seen(passkey(aaguid), worked(3))]));
        let told = Assessment { outcome: Outcome::AlreadyHere, counts_in_flow: false, strikes: 0 };
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
            if let healing::Step::CreatePasskey { .. } = offered.step {
                prop_assert!(since_present.is_none_or(|count| count >= FAILURES_AFTER_PRESENT));
                let after = ada.heals(offered, healing::Event::Failed(told));
                prop_assert_eq!(after.step, healing::Step::AlreadyHere);
                since_present = Some(0);
            }
        }
    }

    /// A success puts everything right: the next visit of the same browser starts with the passkey.
    #[test]
    fn after_a_success_the_next_visit_prompts_again(
        aaguid in any::<u128>().prop_map(Aaguid), platform in select(&PLATFORMS[..]), failures in 0..9_usize, days in 0..400_i64,
    ) {
        let one = passkey(aaguid);
        let mut ada = Visit::of(somebody(platform, &[one]));
        ada.identifies();
        (0..failures).for_each(|_| { ada.cancels(); });
        ada.later(days * DAY);
        ada.identifies();
        ada.uses_passkey(one.id);
        ada.later(DAY);
        prop_assert_eq!(ada.identifies(), Step::UsePasskey(Prompt::Pending));
        prop_assert_eq!(ada.memory.evidence(ada.now).strikes, 0);
    }
}
