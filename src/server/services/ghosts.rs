//! An identifier that nobody has is answered by a deterministic imaginary account: the same passkeys, of the same providers
//! and the same age, every time and on every instance. It runs through the very same code.

use super::evidence::is_security_key;
use crate::server::db::users;
use crate::server::seal::Sealer;
use domain::ids::PasskeyId;
use domain::intelligence::{Here, PasskeyEvidence};
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::time::{DAY, Millis};
use sea_orm::ConnectionTrait;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use uuid::Uuid;

/// One imaginary passkey.
#[derive(Clone, Debug)]
pub struct GhostPasskey {
    pub credential_id: Vec<u8>,
    pub transports: &'static [&'static str],
    pub evidence: PasskeyEvidence,
}

/// What a provider's passkeys look like from outside.
struct Kind {
    /// All zeros where the browser does not say who keeps it.
    aaguid: u128,
    /// Length of the credential id, in bytes.
    length: usize,
    transports: &'static [&'static str],
    synced: bool,
    created_on: Platform,
    /// How many ghosts of 256 have this kind.
    share: u8,
}

/// Shares follow what is known of the use of platforms; they need only be plausible, and sum to 256 or more.
const KINDS: &[Kind] = &[
    Kind {
        aaguid: 0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd,
        length: 20,
        transports: &["hybrid", "internal"],
        synced: true,
        created_on: Platform::Ios,
        share: 110,
    },
    Kind {
        aaguid: 0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4,
        length: 16,
        transports: &["hybrid", "internal"],
        synced: true,
        created_on: Platform::Android,
        share: 90,
    },
    Kind {
        aaguid: 0x08987058_cadc_4b81_b6e1_30de50dcbe96,
        length: 32,
        transports: &["internal"],
        synced: false,
        created_on: Platform::Windows,
        share: 36,
    },
    Kind {
        aaguid: 0xbada5566_a7aa_401f_bd96_45619a55120d,
        length: 16,
        transports: &["hybrid", "internal"],
        synced: true,
        created_on: Platform::MacOs,
        share: 10,
    },
    Kind {
        aaguid: 0,
        length: 20,
        transports: &["hybrid", "internal"],
        synced: true,
        created_on: Platform::MacOs,
        share: 5,
    },
    // A security key.
    Kind { aaguid: 0, length: 48, transports: &["nfc", "usb"], synced: false, created_on: Platform::Windows, share: 5 },
];

/// So many bytes of an imaginary credential id say that it is one.
const TAG: usize = 8;

/// How old an imaginary passkey is at most, in days.
const OLDEST: u16 = 500;

/// The share of accounts with passkeys, looked up now and then, so that ghosts have them as often as people do.
#[derive(Default)]
pub struct GhostShare {
    percent: AtomicU32,
    looked_up: AtomicI64,
}

/// How often the share is looked up, in milliseconds.
const LOOK_UP_EVERY: i64 = 10 * domain::time::MINUTE;

impl GhostShare {
    /// Percent of accounts with passkeys, in steps of ten and between 20 and 90, so that it changes seldom.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn percent<C: ConnectionTrait>(&self, c: &C, now: Millis) -> Result<u32, sea_orm::DbErr> {
        let last = self.looked_up.load(Ordering::Relaxed);
        if last != 0 && now.since(Millis(last)) < LOOK_UP_EVERY {
            return Ok(self.percent.load(Ordering::Relaxed));
        }
        let (with, all) = users::passkey_share(c).await?;
        let percent = u32::try_from((with * 10 / all.max(1)) * 10).unwrap_or(90).clamp(20, 90);
        self.percent.store(percent, Ordering::Relaxed);
        self.looked_up.store(now.0, Ordering::Relaxed);
        Ok(percent)
    }
}

/// The passkeys of nobody.
#[must_use]
pub fn passkeys(sealer: &Sealer, identifier_key: &str, percent: u32, now: Millis) -> Vec<GhostPasskey> {
    let dice = |label: &str| sealer.hash("ghost", &[label.as_bytes(), identifier_key.as_bytes()]);
    let has = dice("has");
    if u32::from(u16::from_be_bytes([has[0], has[1]])) * 100 / 65_536 >= percent {
        return Vec::new();
    }
    let count = if dice("count")[0] < 40 { 2 } else { 1 };
    let id = |number| ["id", "rest of id"].map(|label| dice(&format!("{label} {number}"))).concat();
    (0..count).map(|number| passkey(sealer, &dice(&format!("kind {number}")), &id(number), now)).collect()
}

fn passkey(sealer: &Sealer, kind: &[u8; 32], id: &[u8], now: Millis) -> GhostPasskey {
    let mut roll = kind[0];
    let chosen = KINDS.iter().find(|kind| {
        let hit = roll < kind.share;
        roll = roll.saturating_sub(kind.share);
        hit
    });
    let Kind { aaguid, length, transports, synced, created_on, .. } = chosen.unwrap_or(&KINDS[0]);
    // It grows older as real ones do, day by day, until another one takes its place.
    let begun = i64::from(u16::from_be_bytes([kind[1], kind[2]]) % OLDEST) * DAY;
    let age = now.0.saturating_add(begun).rem_euclid(i64::from(OLDEST) * DAY);
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&kind[16..]);
    let evidence = PasskeyEvidence {
        id: PasskeyId(Uuid::from_bytes(uuid)),
        aaguid: Aaguid(*aaguid),
        backup_eligible: *synced,
        backed_up: *synced,
        security_key: is_security_key(transports.iter().copied()),
        created: now.plus(-age),
        created_on: *created_on,
        used: None,
        here: Here::default(),
    };
    GhostPasskey { credential_id: credential_id(sealer, id, *length), transports, evidence }
}

/// An id that looks like any other, and that only we recognise: it ends in a keyed hash of its beginning.
fn credential_id(sealer: &Sealer, id: &[u8], length: usize) -> Vec<u8> {
    let mut id = id[..length - TAG].to_vec();
    let tag = tag(sealer, &id);
    id.extend(tag);
    id
}

/// Whether it is the id of somebody's imaginary passkey. Where nobody has said who they are, that cannot be told otherwise,
/// and an imaginary passkey has to be refused as a real one is: known, but not verified.
#[must_use]
pub fn is_imaginary(sealer: &Sealer, credential_id: &[u8]) -> bool {
    credential_id.len().checked_sub(TAG).is_some_and(|end| credential_id[end..] == tag(sealer, &credential_id[..end]))
}

fn tag(sealer: &Sealer, beginning: &[u8]) -> [u8; TAG] {
    let mut tag = [0; TAG];
    tag.copy_from_slice(&sealer.hash("ghost", &[b"credential id", beginning])[..TAG]);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ghost_is_the_same_every_time_and_about_as_many_have_passkeys_as_people_do() {
        let sealer = Sealer::new(&[1; 32]);
        let now = Millis(1_000 * DAY);
        let ids =
            |name: &str| passkeys(&sealer, name, 60, now).iter().map(|p| p.credential_id.clone()).collect::<Vec<_>>();
        assert_eq!(ids("nobody"), ids("nobody"));
        let with = (0..1_000).filter(|n| !ids(&format!("nobody{n}")).is_empty()).count();
        assert!((540..660).contains(&with), "{with}");
    }

    #[test]
    fn we_recognise_our_own_ghosts_and_nobody_else_does() {
        let sealer = Sealer::new(&[1; 32]);
        let mut met = 0;
        for id in (0..40).flat_map(|n| passkeys(&sealer, &format!("nobody{n}"), 90, Millis(0))).map(|p| p.credential_id)
        {
            assert!(is_imaginary(&sealer, &id));
            assert!(!is_imaginary(&Sealer::new(&[2; 32]), &id));
            let mut other = id.clone();
            other[0] ^= 1;
            assert!(!is_imaginary(&sealer, &other));
            met += 1;
        }
        assert!(met > 20);
        assert!(!is_imaginary(&sealer, &[]));
        assert!(!is_imaginary(&sealer, &[7; 8]));
    }
}
