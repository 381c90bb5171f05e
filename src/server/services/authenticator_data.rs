//! What webauthn-rs does not keep of a new passkey's authenticator data (WebAuthn Level 3, section 6.1), read from an
//! attestation object in the one form that section 6.5.4 allows.

use ciborium::Value as Cbor;
use domain::provider::Aaguid;

/// The longest attestation object, in bytes: room for the longest credential id and a chain of certificates.
const LONGEST: usize = 32 * 1024;

/// Where things stand in the authenticator data: the hash of the RP ID before, AAGUID and the rest after.
const FLAGS: usize = 32;
const AAGUID: std::ops::Range<usize> = 37..53;
/// The credential id, after its length in two bytes.
const ID: usize = 55;

/// Hash, flags and counter.
const SHORTEST: usize = 37;

const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// What it says of the passkey.
pub struct AuthenticatorData {
    pub aaguid: Aaguid,
    pub backup_eligible: bool,
    pub backed_up: bool,
}

impl AuthenticatorData {
    /// Reads an attestation object. None if it is not in the canonical form of CTAP2 (definite and shortest lengths, nothing
    /// twice, nothing after it), or attests no passkey of a kind that we ask for, or has a statement although its format is
    /// `none` (section 8.7).
    #[must_use]
    pub fn of_attestation(object: &[u8]) -> Option<Self> {
        let whole = canonical(object)?;
        let Cbor::Map(members) = &whole else { return None };
        let member = |name: &str| members.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value);
        let statement = member("attStmt")?.as_map()?;
        if member("fmt")?.as_text()? == "none" && !statement.is_empty() {
            return None;
        }
        let data = member("authData")?.as_bytes()?;
        let flags = *data.get(FLAGS)?;
        let aaguid: [u8; 16] = data.get(AAGUID)?.try_into().ok()?;
        let length = u16::from_be_bytes(data.get(AAGUID.end..ID)?.try_into().ok()?);
        let (key, rest) = first(data.get(ID + usize::from(length)..)?)?;
        let is_whole = match flags & EXTENDED {
            0 => rest.is_empty(),
            _ => matches!(canonical(rest)?, Cbor::Map(_)),
        };
        (flags & ATTESTED != 0 && is_whole && is_asked_for(&key)).then(|| Self {
            aaguid: Aaguid::from_bytes(aaguid),
            backup_eligible: flags & BACKUP_ELIGIBLE != 0,
            backed_up: flags & BACKED_UP != 0,
        })
    }
}

/// The kinds of keys that are asked for, the better one first: ES256, and RS256 for Windows' TPMs (RFC 9053, RFC 8812).
pub const ALGORITHMS: [i64; 2] = [ES256, RS256];
const ES256: i64 = -7;
const RS256: i64 = -257;

/// Whether a public key is of one of [`ALGORITHMS`], ES256 on its curve.
fn is_asked_for(key: &Cbor) -> bool {
    let Cbor::Map(members) = key else { return false };
    let number =
        |name: i64| members.iter().find(|(key, _)| *key == Cbor::from(name)).and_then(|(_, value)| value.as_integer());
    let is = |name: i64, value: i64| number(name) == Some(value.into());
    let (kind, algorithm, curve) = (1, 3, -1);
    is(algorithm, ES256) && is(kind, 2) && is(curve, 1) || is(algorithm, RS256) && is(kind, 3)
}

/// Whether the authenticator data of an assertion are as long as their flags say: no passkey in them, and after the counter
/// nothing, or one map of extensions.
#[must_use]
pub fn is_whole_assertion(data: &[u8]) -> bool {
    let (Some(flags), Some(rest)) = (data.get(FLAGS), data.get(SHORTEST..)) else { return false };
    match (flags & ATTESTED != 0, flags & EXTENDED != 0) {
        (true, _) => false,
        (false, true) => matches!(canonical(rest), Some(Cbor::Map(_))),
        (false, false) => rest.is_empty(),
    }
}

/// One value in canonical form, and nothing after it.
fn canonical(bytes: &[u8]) -> Option<Cbor> {
    first(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// The first value, and what stands after it.
fn first(bytes: &[u8]) -> Option<(Cbor, &[u8])> {
    if bytes.len() > LONGEST {
        return None;
    }
    let mut rest = bytes;
    let value: Cbor = ciborium::from_reader(&mut rest).ok()?;
    let mut again = Vec::with_capacity(bytes.len() - rest.len());
    ciborium::into_writer(&value, &mut again).ok()?;
    (bytes.strip_suffix(rest) == Some(&again) && says_nothing_twice(&value)).then_some((value, rest))
}

fn says_nothing_twice(value: &Cbor) -> bool {
    match value {
        Cbor::Map(members) => {
            let is_new = |at: usize| !members[..at].iter().any(|(before, _)| *before == members[at].0);
            (0..members.len()).all(is_new) && members.iter().all(|(_, value)| says_nothing_twice(value))
        }
        Cbor::Array(list) => list.iter().all(says_nothing_twice),
        Cbor::Tag(_, value) => says_nothing_twice(value),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_read_and_its_likenesses_are_not() {
        // {"a": 1, "b": [2]}
        assert!(canonical(&[0xa2, 0x61, b'a', 1, 0x61, b'b', 0x81, 2]).is_some());
        for (what, bytes) in [
            ("a longer length", &[0xb8, 2, 0x61, b'a', 1, 0x61, b'b', 0x81, 2][..]),
            ("a longer number", &[0xa2, 0x61, b'a', 0x18, 1, 0x61, b'b', 0x81, 2]),
            ("no length", &[0xbf, 0x61, b'a', 1, 0xff]),
            ("a list without length", &[0xa1, 0x61, b'a', 0x9f, 2, 0xff]),
            ("a name twice", &[0xa2, 0x61, b'a', 1, 0x61, b'a', 1]),
            ("something after it", &[0xa1, 0x61, b'a', 1, 0]),
            ("cut off", &[0xa2, 0x61, b'a', 1]),
            ("nothing", &[]),
        ] {
            assert!(canonical(bytes).is_none(), "{what}");
        }
    }

    #[test]
    fn depth_and_claimed_lengths_cost_nothing() {
        assert!(canonical(&[0x81; 10_000]).is_none());
        assert!(canonical(&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]).is_none());
        assert!(canonical(&[0xbb, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]).is_none());
    }
}
