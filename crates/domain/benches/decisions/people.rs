//! People as a server meets them, in number and kind: one to three passkeys, known browsers and new ones, a few in trouble.

use domain::ceremony::{Capabilities, ErrorName, Observation};
use domain::ids::PasskeyId;
use domain::intelligence::{Environment, Evidence, Here, OfferHistory, Outcome, PasskeyEvidence, Policy, Trail};
use domain::platform::{Browser, Platform};
use domain::provider::Aaguid;
use domain::time::{DAY, Millis};
use uuid::Uuid;

pub const NOW: Millis = Millis(1_000 * DAY);

/// How many there are; enough that no branch is learnt by heart.
const PEOPLE: usize = 960;

const PLATFORMS: [(Platform, Browser); 5] = [
    (Platform::MacOs, Browser::Safari),
    (Platform::MacOs, Browser::Chrome),
    (Platform::Windows, Browser::Edge),
    (Platform::Ios, Browser::Safari),
    (Platform::Android, Browser::Chrome),
];
/// Google Password Manager, Apple Passwords, Windows Hello, Bitwarden.
const PROVIDERS: [u128; 4] = [
    0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4,
    0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd,
    0x08987058_cadc_4b81_b6e1_30de50dcbe96,
    0xd548826e_79b4_db40_a3d8_11116f7e8349,
];

/// One of them after the other, in an order that is always the same.
pub fn people() -> Vec<Evidence> {
    (0..PEOPLE).map(person).collect()
}

/// A dialog that somebody closed, and one that nobody saw.
pub fn observations() -> [Observation; 2] {
    let closed = Observation {
        name: Some(ErrorName::NotAllowed),
        elapsed: 2_400,
        focused: Some(true),
        visible: Some(true),
        activated: Some(true),
        blurred: true,
        aborted: false,
        settled: true,
    };
    [closed, Observation { elapsed: 20, focused: Some(false), ..closed }]
}

fn person(number: usize) -> Evidence {
    // Spread by steps that have no factor in common with the numbers of kinds.
    let (platform, browser) = PLATFORMS[number * 7 % PLATFORMS.len()];
    let passkeys: Vec<_> = (0..1 + number % 3).map(|at| passkey(number, at, platform)).collect();
    let yes = Some(true);
    let can = Capabilities { webauthn: yes, platform_authenticator: yes, hybrid: yes, ..Capabilities::default() };
    let met = !number.is_multiple_of(4);
    let ends = [&[][..], &[Outcome::CancelledOrMissing], &[Outcome::CancelledOrMissing, Outcome::RefusedAtOnce]];
    Evidence {
        environment: Environment { platform, version: None, browser, can },
        ever_had_passkey: true,
        passkeys,
        strikes: [0, 0, 0, 1_000, 2_000][number * 3 % 5],
        known_browser: met,
        first_seen: met.then(|| ago(300)),
        offers: OfferHistory::default(),
        trail: ends[number % 3].iter().fold(Trail::default(), |trail, end| trail.and(*end, 2)),
        policy: Policy::default(),
    }
}

fn passkey(number: usize, at: usize, platform: Platform) -> PasskeyEvidence {
    let aaguid = Aaguid(PROVIDERS[(number * 11 + at) % PROVIDERS.len()]);
    let synced = aaguid.0 != PROVIDERS[2];
    let here = match (number * 13 + at) % 5 {
        0 | 1 => Here { worked: Some(ago(6)), ..Here::default() },
        2 => Here { created: Some(ago(90)), failures: 2, failed: Some(ago(3)), ..Here::default() },
        3 => Here { absent: Some(ago(20)), ..Here::default() },
        _ => Here::default(),
    };
    PasskeyEvidence {
        id: PasskeyId(Uuid::from_u128((number * 4 + at) as u128)),
        aaguid,
        backup_eligible: synced,
        backed_up: synced,
        security_key: false,
        created: ago(200),
        created_on: platform,
        used: Some(ago(4)),
        here,
    }
}

fn ago(days: i64) -> Millis {
    NOW.plus(-days * DAY)
}
