//! The one place that makes secrets.

use domain::time::Millis;
use rand::Rng;
use uuid::Uuid;

/// A secret token of 256 bits.
pub type Token = [u8; 32];

/// Bytes nobody can guess, from the generator of the standard (seeded and reseeded by the operating system).
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A random id (RFC 9562, version 4).
#[must_use]
pub fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// The id of something that happens now (RFC 9562, version 7): its millisecond, and 74 bits that nobody can guess. For rows of which
/// each sign-in leaves some: an index keeps those that come together in one place, and so each writes fewer pages. It tells when it was
/// made; where that is nobody's business it is [`uuid`].
#[must_use]
pub fn uuid_of(now: Millis) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(now.0.try_into().unwrap_or_default(), &bytes()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::uuid_of;
    use domain::time::Millis;

    #[test]
    fn what_happens_later_has_a_later_id() {
        let [before, now, again, after] = [1_764_460_799_999, 1_764_460_800_000, 1_764_460_800_000, 1_764_460_800_001]
            .map(|millis| uuid_of(Millis(millis)));
        assert!(before.as_bytes() < now.as_bytes() && now.as_bytes() < after.as_bytes());
        assert_ne!(now, again);
        assert_eq!(now.get_version_num(), 7);
    }

    #[test]
    fn a_clock_before_1970_still_gives_ids() {
        assert_ne!(uuid_of(Millis(-1)), uuid_of(Millis(-1)));
    }
}
