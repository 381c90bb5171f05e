//! People, machines and passkeys that the tables speak of.

use domain::ids::PasskeyId;
use domain::intelligence::constants::STRIKE;
use domain::intelligence::{
    Assessment, Environment, Evidence, Here, OfferHistory, Outcome, PasskeyEvidence, Policy, Trail,
};
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::time::{DAY, Millis};
use uuid::Uuid;

/// When the tables happen.
pub const NOW: Millis = Millis(1_000 * DAY);

pub const APPLE: Aaguid = Aaguid(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd);
pub const BITWARDEN: Aaguid = Aaguid(0xd548826e_79b4_db40_a3d8_11116f7e8349);
pub const GOOGLE: Aaguid = Aaguid(0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4);
pub const HELLO: Aaguid = Aaguid(0x08987058_cadc_4b81_b6e1_30de50dcbe96);
pub const NOBODY: Aaguid = Aaguid(0);

/// So many days before [`NOW`].
pub fn ago(days: i64) -> Millis {
    NOW.plus(-days * DAY)
}

/// A synced passkey of this provider, made a year ago, of which this browser knows nothing.
pub fn passkey(aaguid: Aaguid) -> PasskeyEvidence {
    PasskeyEvidence {
        id: PasskeyId(Uuid::from_u128(aaguid.0 ^ 1)),
        aaguid,
        backup_eligible: true,
        backed_up: true,
        security_key: false,
        created: ago(365),
        created_on: Platform::Unknown,
        used: None,
        here: Here::default(),
    }
}

/// A passkey of Windows Hello, which stays where it was made.
pub fn hello() -> PasskeyEvidence {
    PasskeyEvidence { backup_eligible: false, backed_up: false, created_on: Platform::Windows, ..passkey(HELLO) }
}

/// The same, with what this browser remembers.
pub fn seen(passkey: PasskeyEvidence, here: Here) -> PasskeyEvidence {
    PasskeyEvidence { here, ..passkey }
}

/// Worked in this browser, so many days ago.
pub fn worked(days: i64) -> Here {
    Here { worked: Some(ago(days)), ..Here::default() }
}

/// Was asked for in vain, so many times, last so many days ago.
pub fn failed(failures: u32, days: i64) -> Here {
    Here { failures, failed: Some(ago(days)), ..Here::default() }
}

/// `create()` has shown that it is not here, so many days ago.
pub fn absent(days: i64) -> Here {
    Here { absent: Some(ago(days)), ..Here::default() }
}

/// Signed in from here, and another device answered, so many days ago.
pub fn across(days: i64) -> Here {
    Here { across: Some(ago(days)), ..Here::default() }
}

/// A person closed the dialog, or there was nothing to show in it.
pub const CANCELLED: Assessment =
    Assessment { outcome: Outcome::CancelledOrMissing, counts_in_flow: true, strikes: STRIKE };

/// What `create()` says where one of the account's passkeys is.
pub const ALREADY_HERE: Assessment = Assessment { outcome: Outcome::AlreadyHere, counts_in_flow: false, strikes: 0 };

/// A flow whose ceremonies ended so, the first one first.
pub fn trail(outcomes: &[Outcome]) -> Trail {
    outcomes.iter().fold(Trail::default(), |trail, outcome| trail.and(*outcome, u8::MAX))
}

/// Somebody with these passkeys, in a browser that has never met them.
pub fn somebody(platform: Platform, passkeys: &[PasskeyEvidence]) -> Evidence {
    Evidence {
        environment: Environment { platform, ..Environment::default() },
        passkeys: passkeys.to_vec(),
        ever_had_passkey: !passkeys.is_empty(),
        strikes: 0,
        known_browser: false,
        first_seen: None,
        offers: OfferHistory::default(),
        trail: Trail::default(),
        policy: Policy::default(),
    }
}

/// The same in a browser in which they have signed in before, so many days ago for the first time.
pub fn met(evidence: Evidence, days: i64) -> Evidence {
    Evidence { first_seen: Some(ago(days)), ..evidence }
}

/// The same after `create()` said, so many days ago, that a passkey is here.
pub fn proven_present(evidence: Evidence, days: i64, failures_since_present: u32) -> Evidence {
    let offers = OfferHistory { present: Some(ago(days)), failures_since_present, ..evidence.offers };
    Evidence { offers, ..met(evidence, days) }
}
