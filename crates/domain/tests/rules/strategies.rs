//! Anything at all: what a browser may claim, what a database may hold.

use crate::samples::NOW;
use domain::assurance::Assurance;
use domain::ceremony::{Capabilities, ErrorName, Observation};
use domain::identifier::Identifier;
use domain::ids::PasskeyId;
use domain::intelligence::{
    Assessment, AutoStart, Environment, Evidence, Here, OfferHistory, Outcome, PasskeyEvidence, Plan, Policy,
    SignedInBy, Why, assess,
};
use domain::platform::{Browser, Platform};
use domain::provider::{Aaguid, PROVIDERS};
use domain::time::{DAY, Millis};
use domain::{healing, sign_in};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
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
pub const OUTCOMES: [Outcome; 8] = [
    Outcome::CancelledOrMissing,
    Outcome::RefusedAtOnce,
    Outcome::NoPrompt,
    Outcome::TimedOut,
    Outcome::NeverSettled,
    Outcome::Aborted,
    Outcome::AlreadyHere,
    Outcome::Technical,
];
pub const WHYS: [Why; 5] = [Why::AfterError, Why::SecondBrowser, Why::AfterCrossDevice, Why::First, Why::Asked];
pub const ASSURANCES: [Assurance; 3] = [Assurance::Enough, Assurance::Stale, Assurance::NeedsProof];
pub const PLANS: [Plan; 3] = [Plan::Immediately, Plan::OnClick, Plan::EnterPassword];
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
    (of(moment()), of(moment()), of(moment()), few(), of(moment()))
        .prop_map(|(created, worked, failed, failures, absent)| Here { created, worked, failed, failures, absent })
}

pub fn passkey() -> impl Strategy<Value = PasskeyEvidence> {
    (any::<u128>(), aaguid(), any::<[bool; 3]>(), moment(), select(&PLATFORMS[..]), here()).prop_map(
        |(id, aaguid, [backup_eligible, backed_up, security_key], created, created_on, here)| PasskeyEvidence {
            id: PasskeyId(Uuid::from_u128(id)),
            aaguid,
            backup_eligible,
            backed_up,
            security_key,
            created,
            created_on,
            here,
        },
    )
}

fn offers() -> impl Strategy<Value = OfferHistory> {
    (few(), of(moment()), of(moment()), few()).prop_map(|(declined, paused_until, present, failures_since_present)| {
        OfferHistory { declined, paused_until, present, failures_since_present }
    })
}

fn environment() -> impl Strategy<Value = Environment> {
    let browsers =
        [Browser::Safari, Browser::Chrome, Browser::Edge, Browser::Firefox, Browser::Samsung, Browser::Other];
    (select(&PLATFORMS[..]), select(browsers.to_vec()), any::<[Option<bool>; 3]>()).prop_map(
        |(platform, browser, [webauthn, platform_authenticator, hybrid])| Environment {
            platform,
            browser,
            can: Capabilities { webauthn, platform_authenticator, hybrid },
        },
    )
}

pub fn evidence() -> impl Strategy<Value = Evidence> {
    let passkeys = proptest::collection::vec(passkey(), 0..4);
    let strikes = prop_oneof![8 => 0..5_000_u32, 1 => any::<u32>()];
    let auto_start = select(vec![AutoStart::Likely, AutoStart::KnownBrowser, AutoStart::Never]);
    (environment(), passkeys, any::<[bool; 2]>(), strikes, of(moment()), offers(), auto_start).prop_map(
        |(environment, passkeys, [ever_had, known_browser], strikes, first_seen, offers, auto_start)| Evidence {
            environment,
            ever_had_passkey: ever_had || !passkeys.is_empty(),
            passkeys,
            strikes,
            known_browser,
            first_seen,
            offers,
            policy: Policy { auto_start },
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
    observation().prop_map(|seen| assess(&seen.bounded()))
}

/// One of three people, so that the same one comes back now and then.
pub fn somebody() -> impl Strategy<Value = Identifier> {
    select(vec!["ada@example.org", "Ada@Example.org", "grace"]).prop_map(|name| Identifier::parse(name).unwrap())
}

pub fn signed_in_by() -> impl Strategy<Value = SignedInBy> {
    prop_oneof![
        any::<u8>().prop_map(|failures| SignedInBy::Password { failures }),
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
        1 => (any::<u128>(), any::<bool>()).prop_map(|(id, cross_device)| Event::PasskeyProved { passkey: PasskeyId(Uuid::from_u128(id)), cross_device }),
        1 => Just(Event::StartedOver),
    ]
}

/// Any state, also one that no walk leads to.
pub fn sign_in() -> impl Strategy<Value = sign_in::SignIn> {
    use sign_in::{Prompt, Step};
    let step = prop_oneof![
        Just(Step::Identify),
        select(vec![Prompt::Pending, Prompt::Opened, Prompt::OnClick, Prompt::Failed]).prop_map(Step::UsePasskey),
        Just(Step::EnterPassword),
        signed_in_by().prop_map(Step::Proved),
    ];
    (step, of(somebody()), any::<u8>(), of(select(&OUTCOMES[..])))
        .prop_map(|(step, identifier, failures, last)| sign_in::SignIn { step, identifier, failures, last })
}

pub fn healing_event() -> impl Strategy<Value = healing::Event> {
    use healing::Event;
    prop_oneof![
        select(&ASSURANCES[..]).prop_map(Event::Asked),
        select(&ASSURANCES[..]).prop_map(Event::AssuranceMissing),
        Just(Event::ProofGiven),
        (any::<u128>(), aaguid())
            .prop_map(|(id, aaguid)| Event::Created { passkey: PasskeyId(Uuid::from_u128(id)), aaguid }),
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
        (why(), aaguid()).prop_map(|(why, aaguid)| Step::PasskeyCreated { why, aaguid }),
        Just(Step::AlreadyHere),
        Just(Step::Done),
    ];
    (step, any::<u8>()).prop_map(|(step, failures)| healing::Healing { step, failures })
}
