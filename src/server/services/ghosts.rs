//! An identifier that nobody has is answered by a deterministic imaginary account: the same passkeys, of the same providers
//! and the same age, every time and on every instance. It runs through the very same code.

use super::evidence::is_security_key;
use crate::server::db::installation::GhostShare as Stored;
use crate::server::seal::Sealer;
use domain::ids::PasskeyId;
use domain::intelligence::{Here, PasskeyEvidence};
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::time::{DAY, HOUR, Millis};
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// How many ghosts have passkeys, as this server has learnt it. Which ones follows from it, so it must not go up and down with
/// accounts that a stranger can make: each ghost on the way would change in that moment, and nobody else. It follows the share among
/// people, so that ghosts are like them, but upwards only (a passkey was made: that happens to people too), and slowly.
pub struct GhostShare(Mutex<Stored>);

/// It is raised by one percent at most in so long; milliseconds.
const RAISED_EVERY: i64 = DAY;
/// So long before it counts: every server looks once a minute. Milliseconds.
const LEARNT_WITHIN: i64 = HOUR;
/// Some people never have one.
const MOST_PERCENT: u32 = 90;

impl GhostShare {
    #[must_use]
    pub const fn of(stored: Stored) -> Self {
        Self(Mutex::new(stored))
    }

    pub fn learn(&self, stored: Stored) {
        *self.stored() = stored;
    }

    /// Percent of the ghosts at this moment, the same for every server.
    #[must_use]
    pub fn percent(&self, now: Millis) -> u32 {
        let Stored { percent, from } = *self.stored();
        if now >= from { percent } else { percent.saturating_sub(1) }
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next share, if it is time for it: so many people of all ever had a passkey, and not fewer than that.
#[must_use]
pub fn next(stored: Stored, (with, all): (u64, u64), now: Millis) -> Option<Stored> {
    let Stored { percent, from } = stored;
    let is_more = all > 0 && with * 100 >= all * u64::from(percent + 1);
    let is_due = percent < MOST_PERCENT && now.since(from) >= RAISED_EVERY && is_more;
    is_due.then(|| Stored { percent: percent + 1, from: now.plus(LEARNT_WITHIN) })
}

/// The passkeys of nobody.
#[must_use]
pub fn passkeys(sealer: &Sealer, identifier_key: &str, percent: u32, now: Millis) -> Vec<GhostPasskey> {
    let dice = |label: &str| sealer.hash("ghost", &[label.as_bytes(), identifier_key.as_bytes()]);
    let has = dice("has");
    if u32::from(u16::from_be_bytes([has[0], has[1]])) * 100 / 65_536 >= percent {
        return Vec::new();
    }
    // A heal leaves the one before in its place, so people come to have some.
    let count = match dice("count")[0] {
        0..36 => 2,
        36..50 => 3,
        50..56 => 4,
        _ => 1,
    };
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

    const NOON: Millis = Millis(1_800_000_000_000);

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

    #[test]
    fn their_share_follows_people_upwards_slowly_and_for_everybody_at_once() {
        let begun = Stored { percent: 50, from: Millis(0) };
        assert_eq!(next(begun, (50, 100), NOON), None, "it is as among people");
        assert_eq!(next(begun, (0, 100), NOON), None, "it never falls");
        assert_eq!(next(begun, (0, 0), NOON), None);
        assert_eq!(next(begun, (509, 1_000), NOON), None, "it is no percent more");
        let raised = next(begun, (51, 100), NOON).unwrap();
        assert_eq!(raised, Stored { percent: 51, from: NOON.plus(HOUR) });
        // However many accounts somebody makes.
        assert_eq!(next(raised, (100, 100), NOON.plus(HOUR + DAY - 1)), None);
        assert_eq!(next(raised, (100, 100), NOON.plus(HOUR + DAY)).unwrap().percent, 52);
        assert_eq!(next(Stored { percent: 90, from: Millis(0) }, (100, 100), NOON), None);
        // One server learns it at once and another one later: they say the same.
        let (early, late) = (GhostShare::of(begun), GhostShare::of(begun));
        early.learn(raised);
        assert_eq!((early.percent(NOON), late.percent(NOON)), (50, 50));
        late.learn(raised);
        for now in [NOON.plus(HOUR - 1), NOON.plus(HOUR), NOON.plus(DAY)] {
            assert_eq!(early.percent(now), late.percent(now));
        }
        assert_eq!(early.percent(NOON.plus(HOUR)), 51);
    }

    #[test]
    fn a_share_that_is_raised_gives_some_ghosts_a_passkey_and_takes_none_away() {
        let sealer = Sealer::in_epoch(&[7; 32], 0);
        let has = |n: usize, percent| !passkeys(&sealer, &format!("nobody{n}"), percent, NOON).is_empty();
        let changed: Vec<_> = (0..2_000).filter(|&n| has(n, 50) != has(n, 51)).collect();
        assert!((4..60).contains(&changed.len()), "{} of 2000 are one percent", changed.len());
        assert!(changed.iter().all(|&n| has(n, 51)));
    }

    #[test]
    fn most_have_one_passkey_and_some_have_up_to_four() {
        let sealer = Sealer::in_epoch(&[7; 32], 0);
        let mut counts = [0; 6];
        for n in 0..2_000 {
            counts[passkeys(&sealer, &format!("nobody{n}"), 50, NOON).len()] += 1;
        }
        let [none, one, two, three, four, five] = counts;
        assert!((900..1_100).contains(&none) && one > 3 * two && two > three && three > four && four > 5 && five == 0);
    }
}
