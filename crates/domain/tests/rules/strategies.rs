//! Anything at all: what a browser may claim, what a database may hold.

use crate::samples::{NOW, trail as trail_of};
use domain::assurance::Assurance;
use domain::ceremony::{Capabilities, ErrorName, Observation};
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::{
    Assessment, AutoStart, Creation, Environment, Evidence, Here, OfferHistory, Outcome, PasskeyEvidence, Plan, Policy,
    Reason, SignedInBy, Trail, Why, assess,
};
use domain::platform::{Browser, Platform};
use domain::provider::{Aaguid, PROVIDERS};
use domain::time::{DAY, Millis};
use domain::write::Write;
use domain::{healing, sign_in};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;
use uuid::Uuid;

pub const PLATFORMS: [Platform; 8] = [
    Platform::MacOs,
    Platform::Windows,
    Platform::Ios,
    Platform::IpadOs,
    Platform::Android,
    Platform::ChromeOs,
    Platform::Linux,
    Platform::Unknown,
];
pub const OUTCOMES: [Outcome; 9] = [
    Outcome::CancelledOrMissing,
    Outcome::RefusedAtOnce,
    Outcome::NoPrompt,
    Outcome::TimedOut,
    Outcome::NeverSettled,
    Outcome::Aborted,
    Outcome::AlreadyHere,
    Outcome::Technical,
    Outcome::NotAccepted,
];
pub const WHYS: [Why; 5] = [Why::AfterError, Why::SecondBrowser, Why::AfterCrossDevice, Why::First, Why::Asked];
pub const ASSURANCES: [Assurance; 4] =
    [Assurance::Enough, Assurance::Stale, Assurance::NeedsCode, Assurance::NeedsProof];
pub const PLANS: [Plan; 4] = [Plan::Immediately, Plan::OnClick, Plan::AcrossDevices, Plan::EnterPassword];
pub const PROMPTS: [sign_in::Prompt; 5] = [
    sign_in::Prompt::Pending,
    sign_in::Prompt::Opened,
    sign_in::Prompt::OnClick,
    sign_in::Prompt::AcrossDevices,
    sign_in::Prompt::Failed,
];
pub const AUTO_STARTS: [AutoStart; 3] = [AutoStart::Likely, AutoStart::KnownBrowser, AutoStart::Never];
pub const REASONS: [Reason; 32] = Reason::ALL;
const NAMES: [Option<ErrorName>; 14] = [
    None,
    Some(ErrorName::NotAllowed),
    Some(ErrorName::Abort),
    Some(ErrorName::InvalidState),
    Some(ErrorName::Security),
    Some(ErrorName::NotSupported),
    Some(ErrorName::Constraint),
    Some(ErrorName::Operation),
    Some(ErrorName::Type),
    Some(ErrorName::Encoding),
    Some(ErrorName::Unknown),
    Some(ErrorName::NotReadable),
    Some(ErrorName::Timeout),
    Some(ErrorName::Other),
];

/// Every assessment that differs for the machines.
pub fn every_assessment() -> Vec<Assessment> {
    let of = |outcome| {
        [(true, 1_000), (true, 0), (false, 0)].map(|(counts_in_flow, strikes)| Assessment {
            outcome,
            counts_in_flow,
            strikes,
        })
    };
    OUTCOMES.into_iter().flat_map(of).collect()
}

/// Mostly the last months, now and then the beginning or the end of time.
pub fn moment() -> impl Strategy<Value = Millis> {
    prop_oneof![
        8 => (-200 * DAY..=DAY).prop_map(|away| NOW.plus(away)),
        1 => any::<i64>().prop_map(Millis),
    ]
}

fn few() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..6_u32, 1 => any::<u32>()]
}

pub fn aaguid() -> impl Strategy<Value = Aaguid> {
    prop_oneof![
        8 => select(PROVIDERS).prop_map(|(aaguid, _)| aaguid),
        1 => Just(Aaguid(0)),
        1 => any::<u128>().prop_map(Aaguid),
    ]
}

fn here() -> impl Strategy<Value = Here> {
    (of(moment()), of(moment()), of(moment()), few(), of(moment()), of(moment())).prop_map(
        |(created, worked, failed, failures, absent, across)| Here {
            created,
            worked,
            failed,
            failures,
            absent,
            across,
        },
    )
}

pub fn passkey() -> impl Strategy<Value = PasskeyEvidence> {
    (any::<u128>(), aaguid(), any::<[bool; 3]>(), moment(), select(&PLATFORMS[..]), of(moment()), here()).prop_map(
        |(id, aaguid, [backup_eligible, backed_up, security_key], created, created_on, used, here)| PasskeyEvidence {
            id: PasskeyId(Uuid::from_u128(id)),
            aaguid,
            backup_eligible,
            backed_up,
            security_key,
            created,
            created_on,
            used,
            here,
        },
    )
}

fn offers() -> impl Strategy<Value = OfferHistory> {
    (few(), of(moment()), of(moment()), few()).prop_map(|(declined, paused_until, present, failures_since_present)| {
        OfferHistory { declined, paused_until, present, failures_since_present }
    })
}

pub fn environment() -> impl Strategy<Value = Environment> {
    let browsers =
        [Browser::Safari, Browser::Chrome, Browser::Edge, Browser::Firefox, Browser::Samsung, Browser::Other];
    (select(&PLATFORMS[..]), of(any::<u16>()), select(browsers.to_vec()), any::<[Option<bool>; 7]>()).prop_map(
        |(platform, version, browser, can)| {
            let [webauthn, platform_authenticator, hybrid, conditional_get, conditional_create, immediate_get, signals] =
                can;
            Environment {
                platform,
                version,
                browser,
                can: Capabilities {
                    webauthn,
                    platform_authenticator,
                    hybrid,
                    conditional_get,
                    conditional_create,
                    immediate_get,
                    signals,
                },
            }
        },
    )
}

/// What an operator may set.
pub fn policy() -> impl Strategy<Value = Policy> {
    (select(&AUTO_STARTS[..]), any::<[bool; 5]>(), 1..=3_u8, 1..=5_u8, 1..=365_u16).prop_map(
        |(auto_start, [offers, autofill, one_tap, immediate, across_devices], failures, strikes, half_life)| Policy {
            auto_start,
            offers,
            autofill,
            one_tap,
            immediate,
            across_devices,
            failures_to_password: failures,
            strikes_to_password: strikes,
            strike_half_life_days: half_life,
        },
    )
}

/// What an operator may set, and now and then what nobody may.
fn any_policy() -> impl Strategy<Value = Policy> {
    let absurd = (policy(), any::<[u8; 2]>(), any::<u16>());
    prop_oneof![
        8 => policy(),
        1 => absurd.prop_map(|(policy, [failures_to_password, strikes_to_password], strike_half_life_days)| Policy {
            failures_to_password,
            strikes_to_password,
            strike_half_life_days,
            ..policy
        }),
    ]
}

/// Any flow so far.
pub fn trail() -> impl Strategy<Value = Trail> {
    proptest::collection::vec(select(&OUTCOMES[..]), 0..6).prop_map(|outcomes| trail_of(&outcomes))
}

/// What may come of making a passkey, if any was tried.
pub fn creation() -> impl Strategy<Value = Option<Creation>> {
    of(prop_oneof![Just(Creation::AlreadyHere), aaguid().prop_map(Creation::Made)])
}

pub fn evidence() -> impl Strategy<Value = Evidence> {
    let passkeys = proptest::collection::vec(passkey(), 0..4);
    let strikes = prop_oneof![8 => 0..5_000_u32, 1 => any::<u32>()];
    (environment(), passkeys, any::<[bool; 2]>(), strikes, of(moment()), offers(), trail(), any_policy()).prop_map(
        |(environment, passkeys, [ever_had, known_browser], strikes, first_seen, offers, trail, policy)| Evidence {
            environment,
            ever_had_passkey: ever_had || !passkeys.is_empty(),
            passkeys,
            strikes,
            known_browser,
            first_seen,
            offers,
            trail,
            policy,
        },
    )
}

pub fn observation() -> impl Strategy<Value = Observation> {
    let elapsed = prop_oneof![4 => 0..2_000_u32, 4 => 0..400_000_u32, 1 => any::<u32>()];
    (select(&NAMES[..]), elapsed, any::<[Option<bool>; 3]>(), any::<[bool; 3]>()).prop_map(
        |(name, elapsed, [focused, visible, activated], [blurred, aborted, settled])| Observation {
            name,
            elapsed,
            focused,
            visible,
            activated,
            blurred,
            aborted,
            settled,
        },
    )
}

pub fn assessment() -> impl Strategy<Value = Assessment> {
    prop_oneof![
        8 => observation().prop_map(|seen| assess(&seen.bounded())),
        1 => any::<bool>().prop_map(Assessment::of_refused_answer),
    ]
}

/// So many events with what is known at each, under one policy: a few records that come back, as nothing is newly made up at
/// every step of a walk.
pub fn walk<E: Clone + std::fmt::Debug>(
    event: impl Strategy<Value = E>,
    policy: impl Strategy<Value = Policy>,
) -> impl Strategy<Value = Vec<(E, Evidence)>> {
    let known = proptest::collection::vec(evidence(), 1..4);
    let events = proptest::collection::vec((event, any::<Index>()), 0..40);
    (policy, known, events).prop_map(|(policy, known, events)| {
        let with = |known: &Evidence| Evidence { policy, ..known.clone() };
        events.into_iter().map(|(event, index)| (event, with(index.get(&known)))).collect()
    })
}

/// One of three people, so that the same one comes back now and then.
pub fn somebody() -> impl Strategy<Value = Identifier> {
    select(vec!["ada@example.org", "Ada@Example.org", "grace"]).prop_map(|name| Identifier::parse(name).unwrap())
}

pub fn signed_in_by() -> impl Strategy<Value = SignedInBy> {
    prop_oneof![
        any::<u8>().prop_map(|failures| SignedInBy::Password { failures }),
        any::<u8>().prop_map(|failures| SignedInBy::Code { failures }),
        any::<bool>().prop_map(|cross_device| SignedInBy::Passkey { cross_device }),
        Just(SignedInBy::SignUp),
    ]
}

pub fn sign_in_event() -> impl Strategy<Value = sign_in::Event> {
    use sign_in::Event;
    prop_oneof![
        3 => (somebody(), select(&PLANS[..])).prop_map(|(who, plan)| Event::Identified(who, plan)),
        3 => Just(Event::PromptOpened),
        4 => assessment().prop_map(Event::CeremonyFailed),
        2 => of(assessment()).prop_map(Event::PasswordChosen),
        1 => Just(Event::PasswordProved),
        1 => Just(Event::CodeChosen),
        1 => Just(Event::CodeProved),
        1 => (passkey_id(), any::<bool>()).prop_map(|(passkey, cross_device)| Event::PasskeyProved { passkey, cross_device }),
        1 => (somebody(), passkey_id(), any::<bool>()).prop_map(|(who, passkey, cross_device)| Event::AnyoneProved { who, passkey, cross_device }),
        1 => Just(Event::StartedOver),
    ]
}

fn passkey_id() -> impl Strategy<Value = PasskeyId> {
    any::<u128>().prop_map(|id| PasskeyId(Uuid::from_u128(id)))
}

/// A state, also one that no walk leads to: a flow comes out of a cookie.
pub fn sign_in_at(step: sign_in::Step, identifier: Option<Identifier>, trail: Trail) -> sign_in::SignIn {
    serde_json::from_value(json!({ "step": step, "identifier": identifier, "trail": trail })).unwrap()
}

/// As [`sign_in_at`], of a session, whose flow comes out of its row.
pub fn healing_at(step: healing::Step, trail: Trail) -> healing::Healing {
    // A value of serde_json would hold no AAGUID: it has 128 bits.
    let [step, trail] = [serde_json::to_string(&step), serde_json::to_string(&trail)].map(Result::unwrap);
    serde_json::from_str(&format!(r#"{{"step":{step},"trail":{trail}}}"#)).unwrap()
}

/// Any state, also one that no walk leads to.
pub fn sign_in() -> impl Strategy<Value = sign_in::SignIn> {
    use sign_in::Step;
    let step = prop_oneof![
        Just(Step::Identify),
        select(&PROMPTS[..]).prop_map(Step::UsePasskey),
        Just(Step::EnterPassword),
        Just(Step::EnterCode),
        signed_in_by().prop_map(Step::Proved),
    ];
    (step, of(somebody()), any::<u8>(), trail()).prop_map(|(step, identifier, failures, mut trail)| {
        trail.failures = failures;
        sign_in_at(step, identifier, trail)
    })
}

pub fn healing_event() -> impl Strategy<Value = healing::Event> {
    use healing::Event;
    prop_oneof![
        select(&ASSURANCES[..]).prop_map(Event::Asked),
        select(&ASSURANCES[..]).prop_map(Event::AssuranceMissing),
        Just(Event::ProofGiven),
        (passkey_id(), any::<bool>())
            .prop_map(|(passkey, cross_device)| Event::PasskeyProved { passkey, cross_device }),
        (passkey_id(), aaguid()).prop_map(|(passkey, aaguid)| Event::Created { passkey, aaguid }),
        assessment().prop_map(Event::Failed),
        Just(Event::NotNow),
        Just(Event::Continued),
    ]
}

pub fn healing() -> impl Strategy<Value = healing::Healing> {
    use healing::Step;
    let why = || select(&WHYS[..]);
    let step = prop_oneof![
        (why(), any::<bool>()).prop_map(|(why, cancelled)| Step::CreatePasskey { why, cancelled }),
        (why(), any::<bool>()).prop_map(|(why, password)| Step::NeedsProof { why, password }),
        why().prop_map(|why| Step::Confirm { why }),
        (why(), aaguid()).prop_map(|(why, aaguid)| Step::PasskeyCreated { why, aaguid }),
        Just(Step::AlreadyHere),
        Just(Step::Done),
    ];
    (step, trail()).prop_map(|(step, trail)| healing_at(step, trail))
}

/// Anything that a decision may want stored, about these passkeys and others.
pub fn write(known: Vec<PasskeyId>) -> impl Strategy<Value = Write> {
    let one = || prop_oneof![8 => select(known.clone()), 1 => passkey_id()];
    let some = || proptest::collection::vec(one(), 0..3);
    prop_oneof![
        2 => few().prop_map(|points| Write::Strike(points.saturating_mul(500))),
        1 => Just(Write::ClearStrikes),
        2 => some().prop_map(Write::Failed),
        2 => (one(), any::<bool>()).prop_map(|(passkey, here)| Write::Worked { passkey, here }),
        1 => one().prop_map(|passkey| Write::Created { passkey }),
        1 => Just(Write::PresentHere),
        1 => some().prop_map(Write::AbsentHere),
        1 => Just(Write::KnownBrowser),
        1 => (moment(), any::<bool>()).prop_map(|(until, declined)| Write::OfferPaused { until, declined }),
        1 => Just(Write::OfferAccepted),
    ]
}
