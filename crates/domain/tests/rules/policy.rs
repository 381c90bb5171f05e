//! What an operator may set, and what each switch changes.

use crate::samples::{APPLE, BITWARDEN, CANCELLED, NOW, across, ago, failed, met, passkey, seen, somebody, worked};
use crate::strategies::{evidence, healing_at, moment, policy, signed_in_by, trail};
use domain::assurance::Assurance;
use domain::ceremony::Capabilities;
use domain::healing;
use domain::identifier::Identifier;
use domain::intelligence::constants::{FAILURES_TO_PASSWORD, STRIKE, STRIKE_HALF_LIFE_DAYS, STRIKES_TO_PASSWORD};
use domain::intelligence::{
    AutoStart, Availability, Environment, Evidence, Here, Plan, Policy, Reason, SignedInBy, Trail, Why, diagnose,
    doors, offer, plan, predict,
};
use domain::memory::Memory;
use domain::platform::Platform;
use domain::sign_in::{Event, Prompt, SignIn, Step};
use domain::time::DAY;
use domain::write::Write;
use proptest::option::of;
use proptest::prelude::*;

fn with(policy: Policy, evidence: Evidence) -> Evidence {
    Evidence { policy, ..evidence }
}

fn works() -> Evidence {
    met(somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]), 300)
}

#[test]
fn what_is_not_set_is_as_the_constants_say() {
    let unset: Policy = serde_json::from_str("{}").unwrap();
    assert_eq!(unset, Policy::default());
    let thresholds = (unset.failures_to_password, unset.strikes_to_password, unset.strike_half_life_days);
    assert_eq!(thresholds, (FAILURES_TO_PASSWORD, STRIKES_TO_PASSWORD, STRIKE_HALF_LIFE_DAYS));
    assert_eq!(unset.auto_start, AutoStart::Likely);
    assert!(unset.offers && unset.autofill && unset.one_tap && unset.immediate && unset.across_devices);
}

#[test]
fn offers_off_means_none_whatever_happened_but_who_asks_may_add_one() {
    let off = Policy { offers: false, ..Policy::default() };
    let table = [
        (works(), SignedInBy::Password { failures: 2 }, Why::AfterError),
        (works(), SignedInBy::Passkey { cross_device: true }, Why::AfterCrossDevice),
        (somebody(Platform::Windows, &[passkey(APPLE)]), SignedInBy::Password { failures: 0 }, Why::SecondBrowser),
        (somebody(Platform::MacOs, &[]), SignedInBy::SignUp, Why::First),
    ];
    for (evidence, by, why) in table {
        assert_eq!(offer(&evidence, by, NOW).outcome, Some(why));
        let decision = offer(&with(off, evidence), by, NOW);
        assert_eq!((decision.outcome, &*decision.reasons), (None, &[Reason::OffersOff][..]));
    }
    let done = healing::begin(None, Assurance::Enough, Trail::default());
    let asked = done.advance(healing::Event::Asked(Assurance::Enough), &with(off, works()), NOW).flow;
    assert_eq!(asked.step(), healing::Step::CreatePasskey { why: Why::Asked, cancelled: false });
}

#[test]
fn across_off_means_that_the_table_speaks_alone() {
    let off = Policy { across_devices: false, ..Policy::default() };
    let table = [(passkey(APPLE), Plan::EnterPassword), (passkey(BITWARDEN), Plan::OnClick)];
    for (passkey, otherwise) in table {
        let evidence = somebody(Platform::Windows, &[seen(passkey, across(3))]);
        assert_eq!(plan(&evidence, NOW).outcome, Plan::AcrossDevices);
        assert_eq!(plan(&with(off, evidence), NOW).outcome, otherwise);
    }
}

#[test]
fn automatic_start_is_the_operators_choice() {
    let table = [
        (AutoStart::Likely, [Plan::Immediately, Plan::Immediately]),
        (AutoStart::KnownBrowser, [Plan::OnClick, Plan::Immediately]),
        (AutoStart::Never, [Plan::OnClick, Plan::OnClick]),
    ];
    for (auto_start, plans) in table {
        let planned = [false, true].map(|known_browser| {
            let policy = Policy { auto_start, ..Policy::default() };
            plan(&with(policy, Evidence { known_browser, ..works() }), NOW).outcome
        });
        assert_eq!(planned, plans, "{auto_start:?}");
    }
}

#[test]
fn each_door_has_a_switch_of_its_own() {
    let can = Capabilities { conditional_get: Some(true), immediate_get: Some(true), ..Capabilities::default() };
    let environment = Environment { can, ..Environment::default() };
    let open = |policy: Policy| {
        let doors = doors(&environment, &policy, Some(ago(1)), false, NOW);
        [doors.autofill, doors.immediate, doors.one_tap]
    };
    let on = Policy::default();
    assert_eq!(open(on), [true; 3]);
    assert_eq!(open(Policy { autofill: false, ..on }), [false, true, true]);
    assert_eq!(open(Policy { immediate: false, ..on }), [true, false, true]);
    assert_eq!(open(Policy { one_tap: false, ..on }), [true, true, false]);
}

#[test]
fn so_many_failures_ask_for_the_password() {
    for most in 1..=3_u8 {
        let policy = Policy { failures_to_password: most, ..Policy::default() };
        let evidence = with(policy, works());
        let ada = Identifier::parse("ada").unwrap();
        let mut flow = SignIn::default().advance(Event::Identified(ada, Plan::Immediately), &evidence, NOW).flow;
        for failures in 1..=most {
            flow = flow.advance(Event::CeremonyFailed(CANCELLED), &evidence, NOW).flow;
            let expected = if failures < most { Step::UsePasskey(Prompt::Failed) } else { Step::EnterPassword };
            assert_eq!((flow.step(), flow.trail.failures), (expected, failures), "of {most}");
        }
        let again = flow.advance(Event::CeremonyFailed(CANCELLED), &evidence, NOW).flow;
        assert_eq!((again.step(), again.trail.failures), (Step::EnterPassword, most), "a click later is unlimited");
    }
}

#[test]
fn as_many_failures_make_the_next_prompt_wait() {
    for most in 1..=3_u8 {
        let policy = Policy { failures_to_password: most, ..Policy::default() };
        for failures in 0..=4_u32 {
            let broke = Here { failures, failed: Some(ago(1)), ..worked(3) };
            let evidence = with(policy, met(somebody(Platform::MacOs, &[seen(passkey(APPLE), broke)]), 300));
            let expected = if failures < u32::from(most) { Availability::Likely } else { Availability::Uncertain };
            assert_eq!(predict(&evidence.passkeys[0], &evidence, NOW).outcome, expected, "{failures} of {most}");
        }
    }
}

#[test]
fn so_many_strikes_start_the_next_visit_with_the_password() {
    for most in 1..=5_u8 {
        let policy = Policy { strikes_to_password: most, ..Policy::default() };
        let mut memory = Memory::of(with(policy, works()), NOW);
        for strikes in 1..=2 * most {
            memory.perform(&[Write::Strike(STRIKE)], NOW);
            let expected = if strikes < most { Plan::Immediately } else { Plan::EnterPassword };
            assert_eq!(plan(&memory.evidence(NOW), NOW).outcome, expected, "{strikes} of {most}");
        }
        memory.perform(&[Write::Strike(STRIKE)], NOW);
        let strikes = memory.evidence(NOW).strikes;
        assert_eq!(strikes, policy.most_strikes(), "more would only take longer to fade");
        assert_eq!(strikes, 2 * u32::from(most) * STRIKE);
        memory.perform(&[Write::ClearStrikes], NOW);
        assert_eq!(plan(&memory.evidence(NOW), NOW).outcome, Plan::Immediately);
    }
}

#[test]
fn strikes_fade_as_fast_as_the_operator_says() {
    for days in [1, 7, 30, 365] {
        let policy = Policy { strike_half_life_days: days, ..Policy::default() };
        let mut memory = Memory::of(with(policy, works()), NOW);
        memory.perform(&[Write::Strike(2 * STRIKE)], NOW);
        let half = i64::from(days) * DAY;
        let after = |millis| memory.evidence(NOW.plus(millis)).strikes;
        assert_eq!([after(0), after(half), after(2 * half)], [2 * STRIKE, STRIKE, STRIKE / 2], "{days}");
        let planned = [0, half].map(|millis| plan(&memory.evidence(NOW.plus(millis)), NOW.plus(millis)).outcome);
        assert_eq!(planned, [Plan::EnterPassword, Plan::Immediately], "{days}");
    }
}

#[test]
fn what_nobody_may_set_is_read_as_the_least() {
    let zero =
        Policy { failures_to_password: 0, strikes_to_password: 0, strike_half_life_days: 0, ..Policy::default() };
    let one = Policy { failures_to_password: 1, strikes_to_password: 1, strike_half_life_days: 1, ..zero };
    assert_eq!((zero.most_strikes(), zero.strike_half_life()), (one.most_strikes(), one.strike_half_life()));
    for (here, strikes) in [(worked(3), 0), (failed(1, 1), 0), (worked(3), STRIKE)] {
        let of = |policy| {
            with(policy, met(Evidence { strikes, ..somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]) }, 300))
        };
        assert_eq!(plan(&of(zero), NOW), plan(&of(one), NOW));
        let failed = |policy| {
            let ada = Identifier::parse("ada").unwrap();
            let flow = SignIn::default().advance(Event::Identified(ada, Plan::OnClick), &of(policy), NOW).flow;
            flow.advance(Event::CeremonyFailed(CANCELLED), &of(policy), NOW)
        };
        assert_eq!(failed(zero), failed(one));
    }
}

proptest! {
    #[test]
    fn a_switch_changes_what_it_is_for_and_nothing_else(evidence in evidence(), by in signed_in_by(), remembered in of(moment())) {
        let on = evidence.policy;
        let says = |policy: Policy| {
            let evidence = with(policy, evidence.clone());
            let open = doors(&evidence.environment, &policy, remembered, false, NOW);
            (plan(&evidence, NOW), offer(&evidence, by, NOW), open, diagnose(&evidence, None, NOW))
        };
        let (planned, offered, open, causes) = says(on);

        let other = says(Policy { offers: !on.offers, ..on });
        prop_assert_eq!((other.0, other.2, other.3), (planned, open, causes));
        prop_assert!(offered.outcome.is_none() || other.1.outcome.is_none());

        let other = says(Policy { across_devices: !on.across_devices, ..on });
        prop_assert_eq!((other.1, other.2, other.3), (offered, open, causes));
        prop_assert!(other.0 == planned || [other.0.outcome, planned.outcome].contains(&Plan::AcrossDevices));

        let shut = says(Policy { autofill: false, one_tap: false, immediate: false, ..on });
        prop_assert_eq!((shut.0, shut.1, shut.3), (planned, offered, causes));

        let other = says(Policy { auto_start: AutoStart::Never, ..on });
        prop_assert_eq!((other.1, other.2, other.3), (offered, open, causes));
        let click = planned.outcome == Plan::Immediately && other.0.outcome == Plan::OnClick;
        prop_assert!(click || other.0.outcome == planned.outcome);

        // Strikes come decayed: how fast is a matter of the memory.
        let other = says(Policy { strike_half_life_days: 1, ..on });
        prop_assert_eq!(other, (planned, offered, open, causes));
    }

    #[test]
    fn more_patience_never_takes_a_prompt_away(evidence in evidence(), policy in policy()) {
        let patient = Policy { strikes_to_password: policy.strikes_to_password + 1, ..policy };
        let [before, after] = [policy, patient].map(|policy| plan(&with(policy, evidence.clone()), NOW).outcome);
        prop_assert!(before == Plan::EnterPassword || after != Plan::EnterPassword);
    }

    #[test]
    fn a_policy_survives_being_stored(policy in policy()) {
        let written = serde_json::to_string(&policy).unwrap();
        prop_assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), policy);
    }

    #[test]
    fn what_a_person_asks_for_is_theirs_whatever_the_operator_offers(evidence in evidence(), trail in trail()) {
        let done = healing_at(healing::Step::Done, trail);
        let asked = done.advance(healing::Event::Asked(Assurance::Enough), &evidence, NOW).flow;
        prop_assert_eq!(asked.step(), healing::Step::CreatePasskey { why: Why::Asked, cancelled: false });
        let left = asked.advance(healing::Event::NotNow, &evidence, NOW);
        prop_assert!(left.writes.is_empty() && left.flow.step() == healing::Step::Done);
    }
}
