//! The test vectors that the standard publishes (WebAuthn Level 3, section 16): all fifteen pairs of a registration and
//! an authentication, with the values that stand there, in `vectors/level3.json`.
//!
//! They are replayed twice: with webauthn-rs, through its public calls, and with the readers of our own that stand
//! before it. A passkey wants its user verified and no frame around its page, and few vectors have both in both
//! messages. So where nobody was verified, a message is replayed as that of a security key, the one kind of webauthn-rs
//! that leaves it open. A registration that webauthn-rs refuses is replayed once more without what it is refused for.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly, and so may its helpers")]

#[path = "vectors/published.rs"]
mod published;

use ciborium::Value as Cbor;
use domain::provider::Aaguid;
use keymend::server::services::authenticator_data::{AuthenticatorData, is_whole_assertion};
use keymend::server::services::client_data::{self, Expected, Kind};
use published::{PUBLISHED, Vector, bytes, encoded, without_statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::mem::discriminant;
use webauthn_rs::prelude::{
    AttestationCaList, COSEAlgorithm, COSEKey, COSEKeyType, COSEOKPKey, COSERSAKey, DiscoverableKey, EDDSACurve,
    Passkey, SecurityKey, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError, WebauthnResult,
};

const ORIGIN: &str = "https://example.org";

/// Where things stand in the authenticator data.
const FLAGS: usize = 32;
const AAGUID: usize = 37;

/// Where its challenge stands in the client data of a registration.
const CHALLENGE: usize = r#"{"type":"webauthn.create","challenge":""#.len();

const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;

/// What webauthn-rs makes of a message.
#[derive(Debug)]
enum Outcome {
    /// Verified as that of a passkey, the way Keymend does it.
    Passkey,
    /// Verified as that of a security key. As that of a passkey it is refused because no user was verified.
    SecurityKey,
    Refused(WebauthnError),
}

impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Refused(one), Self::Refused(other)) => discriminant(one) == discriminant(other),
            _ => discriminant(self) == discriminant(other),
        }
    }
}

/// What a registration is refused for.
#[derive(Clone, Copy)]
enum Cause {
    Nothing,
    /// The page was in a frame. Without attestation nothing signs the client data, so they can be made to deny it.
    Frame,
    /// The algorithm is not among those asked for; it can be.
    Algorithm(COSEAlgorithm),
    /// webauthn-rs does not take the attestation statement. Keymend asks for none, and then browsers leave it out.
    Statement,
    /// webauthn-rs does not take such keys, which it finds out after it has verified the attestation statement.
    Key,
}

/// What our own readers make of both messages.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ours {
    Read,
    /// Both are refused for a frame around their page.
    Frame,
    /// The registration is refused for its key, which is not of a kind that Keymend takes.
    Key,
}

/// What is expected of a vector, and why.
struct Row {
    name: &'static str,
    registration: Outcome,
    authentication: Outcome,
    cause: Cause,
    ours: Ours,
    why: &'static str,
}

#[rustfmt::skip]
fn rows() -> [Row; 15] {
    use Outcome::{Passkey, Refused, SecurityKey};
    use WebauthnError as E;
    let row = |name, registration, authentication, cause, ours, why| {
        Row { name, registration, authentication, cause, ours, why }
    };
    [
        row("none.ES256", SecurityKey, SecurityKey, Cause::Nothing, Ours::Read,
            "no user was verified"),
        row("packed-self.ES256", Passkey, SecurityKey, Cause::Nothing, Ours::Read,
            "no user was verified at the authentication"),
        row("none.ES256.crossOrigin", Refused(E::CredentialCrossOrigin), Passkey, Cause::Frame, Ours::Frame,
            "in a frame, which webauthn-rs looks at in registrations only"),
        row("none.ES256.topOrigin", Refused(E::CredentialCrossOrigin), Passkey, Cause::Frame, Ours::Frame,
            "in a frame; webauthn-rs does not know topOrigin"),
        row("none.ES256.long-credential-id", SecurityKey, Passkey, Cause::Nothing, Ours::Read,
            "no user was verified at the registration"),
        row("packed.ES256", Passkey, Passkey, Cause::Nothing, Ours::Read,
            "all that a passkey wants"),
        row("packed.ES384", SecurityKey, Passkey, Cause::Nothing, Ours::Key,
            "webauthn-rs takes keys of P-384, Keymend those of ES256 and RS256"),
        row("packed.ES512", Refused(E::CredentialAlteredAlgFromRequest), Refused(E::AuthenticationFailure),
            Cause::Algorithm(COSEAlgorithm::ES521), Ours::Key,
            "not asked for, and webauthn-rs verifies no signature of P-521"),
        row("packed.RS256", Refused(E::COSEKeyRSANEInvalid), SecurityKey, Cause::Key, Ours::Read,
            "a modulus of 3,482 bits, where webauthn-rs takes those of 2,048; no user was verified when it was used"),
        row("packed.EdDSA", Refused(E::SshPublicKeyEDUnsupported), Refused(E::SshPublicKeyEDUnsupported),
            Cause::Key, Ours::Key,
            "not asked for, and webauthn-rs verifies no signature of Ed25519"),
        row("packed.Ed448", Refused(E::COSEKeyInvalidAlgorithm), Refused(E::SshPublicKeyEDUnsupported),
            Cause::Key, Ours::Key,
            "not asked for, and webauthn-rs verifies no signature of Ed448"),
        row("tpm.ES256", Refused(E::COSEKeyInvalidType), Passkey, Cause::Statement, Ours::Read,
            "webauthn-rs knows no hash for ES256 in statements of a TPM; Keymend asks for no statement"),
        row("android-key.ES256", Refused(E::AttestationStatementX5CInvalid), SecurityKey, Cause::Statement, Ours::Read,
            "the statement says neither origin nor purpose of the key; Keymend asks for no statement"),
        row("apple.ES256", SecurityKey, SecurityKey, Cause::Nothing, Ours::Read,
            "no user was verified"),
        row("fido-u2f.ES256", SecurityKey, SecurityKey, Cause::Nothing, Ours::Read,
            "no user was verified"),
    ]
}

fn site() -> Webauthn {
    WebauthnBuilder::new("example.org", &Url::parse(ORIGIN).unwrap()).unwrap().build().unwrap()
}

/// The same state with the challenge of the vector in the place of its own, and with one more algorithm asked for.
fn asked<S: Serialize + DeserializeOwned>(state: &S, challenge: &[u8], more: Option<COSEAlgorithm>) -> S {
    let mut state = serde_json::to_value(state).unwrap();
    let of = if state["rs"].is_object() { "rs" } else { "ast" };
    state[of]["challenge"] = encoded(challenge).into();
    if let Some(algorithm) = more {
        state[of]["credential_algorithms"].as_array_mut().unwrap().push(json!(algorithm));
    }
    serde_json::from_value(state).unwrap()
}

/// What became of a message, and what came of it, if anything.
fn outcome<T>(passkey: WebauthnResult<T>, security_key: impl FnOnce() -> WebauthnResult<T>) -> (Outcome, Option<T>) {
    let (verified, result) = match passkey {
        Err(WebauthnError::UserNotVerified) => (Outcome::SecurityKey, security_key()),
        result => (Outcome::Passkey, result),
    };
    match result {
        Ok(came) => (verified, Some(came)),
        Err(error) => (Outcome::Refused(error), None),
    }
}

/// Replays the registration. With the outcome comes the key as it is stored.
fn registers(vector: &Vector, more: Option<COSEAlgorithm>) -> (Outcome, Option<Value>) {
    let created = serde_json::from_value(vector.messages()[0].clone()).unwrap();
    let (_, state) = site().start_passkey_registration(Uuid::nil(), "ada", "ada", None).unwrap();
    let passkey = site().finish_passkey_registration(&created, &asked(&state, &vector.challenges[0], more));
    outcome(passkey.map(|key| json!(key)), || registers_security_key(vector, more, None).map(|key| json!(key)))
}

fn registers_security_key(
    vector: &Vector,
    more: Option<COSEAlgorithm>,
    roots: Option<AttestationCaList>,
) -> WebauthnResult<SecurityKey> {
    let created = serde_json::from_value(vector.messages()[0].clone()).unwrap();
    let (_, state) = site().start_securitykey_registration(Uuid::nil(), "ada", "ada", None, roots, None)?;
    site().finish_securitykey_registration(&created, &asked(&state, &vector.challenges[0], more))
}

/// Replays the authentication with a stored key.
fn signs_in(vector: &Vector, stored: &Value) -> Outcome {
    let used = serde_json::from_value(vector.messages()[1].clone()).unwrap();
    let (_, state) = site().start_discoverable_authentication().unwrap();
    let key: Passkey = serde_json::from_value(stored.clone()).unwrap();
    let state = asked(&state, &vector.challenges[1], None);
    let passkey = site().finish_discoverable_authentication_v2(&used, state, DiscoverableKey::from(key));
    let security_key = || {
        // A security key whose user was verified once must verify them ever after; so it is stored as if it had not.
        let mut stored = stored.clone();
        stored["cred"]["user_verified"] = false.into();
        stored["cred"]["registration_policy"] = "preferred".into();
        let key: SecurityKey = serde_json::from_value(stored).unwrap();
        let (_, state) = site().start_securitykey_authentication(&[key])?;
        site().finish_securitykey_authentication(&used, &asked(&state, &vector.challenges[1], None))
    };
    outcome(passkey, security_key).0
}

/// The vector without what its registration is refused for, and the algorithm that must be asked for as well.
fn without(cause: Cause, mut vector: Vector) -> (Vector, Option<COSEAlgorithm>) {
    match cause {
        Cause::Frame => (vector.denies_a_frame(), None),
        Cause::Algorithm(algorithm) => (vector, Some(algorithm)),
        Cause::Statement => {
            vector.object = without_statement(vector.registered());
            (vector, None)
        }
        Cause::Nothing | Cause::Key => (vector, None),
    }
}

/// A key of RSA or EdDSA as webauthn-rs would store it, had it registered it.
fn stored(vector: &Vector) -> Value {
    let key: Cbor = ciborium::from_reader(vector.key()).unwrap();
    let member = |name: i64| key.as_map().unwrap().iter().find(|(key, _)| *key == name.into()).unwrap().1.clone();
    let bytes = |name: i64| member(name).into_bytes().unwrap();
    let key = if member(1) == 3.into() {
        let e = bytes(-2).try_into().unwrap();
        COSEKey { type_: COSEAlgorithm::RS256, key: COSEKeyType::RSA(COSERSAKey { n: bytes(-1), e }) }
    } else {
        let curve = if member(-1) == 6.into() { EDDSACurve::ED25519 } else { EDDSACurve::ED448 };
        COSEKey { type_: COSEAlgorithm::EDDSA, key: COSEKeyType::EC_OKP(COSEOKPKey { curve, x: bytes(-2) }) }
    };
    let mut stored = registers(&Vector::published("none.ES256"), None).1.unwrap();
    stored["cred"]["cred"] = json!(key);
    stored["cred"]["cred_id"] = encoded(&vector.id).into();
    stored["cred"]["backup_eligible"] = (vector.registered()[FLAGS] & BACKUP_ELIGIBLE != 0).into();
    stored
}

/// The key that a vector is to be used with: registered, if there is a way.
fn key_of(row: &Row, vector: &Vector) -> Value {
    let (changed, more) = without(row.cause, vector.clone());
    registers(&changed, more).1.unwrap_or_else(|| stored(vector))
}

#[test]
fn every_vector_of_the_standard_is_verified_or_refused_for_the_reason_that_is_known() {
    let published: serde_json::Map<String, Value> = serde_json::from_str(PUBLISHED).unwrap();
    assert_eq!(published.len(), rows().len() + 1, "the vectors and their root certificate");
    for row in rows() {
        let vector = Vector::published(row.name);
        let registration = registers(&vector, None).0;
        let authentication = signs_in(&vector, &key_of(&row, &vector));
        let Row { name, ours, why, .. } = row;
        println!("{name}: made {registration:?}, used {authentication:?}, our own readers: {ours:?}; {why}");
        assert_eq!([registration, authentication], [row.registration, row.authentication], "{name}");
    }
}

#[test]
fn without_what_it_is_refused_for_every_registration_is_verified_but_those_of_other_kinds_of_keys() {
    for row in rows().into_iter().filter(|row| matches!(row.registration, Outcome::Refused(_))) {
        let (mut vector, more) = without(row.cause, Vector::published(row.name));
        let expected = match row.cause {
            // There is no doing without the key. But its statement was right: a wrong one is refused before.
            Cause::Key => {
                vector.registered_mut()[AAGUID] ^= 1;
                Outcome::Refused(WebauthnError::AttestationStatementSigInvalid)
            }
            _ if vector.registered()[FLAGS] & VERIFIED == 0 => Outcome::SecurityKey,
            _ => Outcome::Passkey,
        };
        assert_eq!(registers(&vector, more).0, expected, "{}", row.name);
    }
}

#[test]
fn our_own_readers_read_them_as_the_standard_means_them() {
    let es256 = Vector::published("none.ES256");
    for Row { name, ours, .. } in rows() {
        let vector = Vector::published(name);
        let data = vector.registered();
        let read = AuthenticatorData::of_attestation(&vector.object);
        assert_eq!(read.is_some(), ours != Ours::Key, "{name}");
        // It is the key alone: with another in its place, the rest is read.
        let with_another = [&data[..data.len() - vector.key().len()], es256.key()].concat();
        let read = read.or_else(|| AuthenticatorData::of_attestation(&without_statement(&with_another))).unwrap();
        assert_eq!(read.aaguid, Aaguid::from_bytes(vector.aaguid.clone().try_into().unwrap()), "{name}");
        assert_eq!(read.backup_eligible, data[FLAGS] & BACKUP_ELIGIBLE != 0, "{name}");
        assert_eq!(read.backed_up, data[FLAGS] & BACKED_UP != 0, "{name}");
        assert!(is_whole_assertion(&vector.data), "{name}");
        assert_eq!(client_data_are_read(&vector), [ours != Ours::Frame; 2], "{name}");
    }
}

/// Whether our own reader takes the client data of either message.
fn client_data_are_read(vector: &Vector) -> [bool; 2] {
    let messages = vector.messages();
    [(Kind::Create, 0), (Kind::Get, 1)].map(|(kind, at)| {
        let challenge = encoded(&vector.challenges[at]);
        client_data::check(&messages[at], &Expected { kind, challenge: &challenge, origin: ORIGIN }).is_ok()
    })
}

#[test]
fn our_own_reader_refuses_the_frames_for_what_they_say_and_for_nothing_else() {
    let crossing = Vector::published("none.ES256.crossOrigin").denies_a_frame();
    assert_eq!(client_data_are_read(&crossing), [true; 2]);
    let top = Vector::published("none.ES256.topOrigin").denies_a_frame();
    assert_eq!(client_data_are_read(&top), [false; 2]);
    let unframed = top.says_instead(r#","topOrigin":"https://example.com""#, "");
    assert_eq!(client_data_are_read(&unframed), [true; 2]);
}

#[test]
fn the_certificates_of_the_vectors_lead_to_the_root_that_is_published_with_them_and_to_no_other() {
    let published: Value = serde_json::from_str(PUBLISHED).unwrap();
    let root = bytes(&published["attestation_ca_cert"]);
    let other = rcgen::generate_simple_self_signed(vec!["example.org".to_owned()]).unwrap();
    let trusting = |name: &str, root: &[u8]| {
        let ca = json!({ "ca": encoded(root), "aaguids": {}, "blanket_allow": true });
        let roots = serde_json::from_value(json!({ "cas": { encoded(&Sha256::digest(root)): ca } })).unwrap();
        registers_security_key(&Vector::published(name), Some(COSEAlgorithm::ES521), Some(roots))
    };
    for name in ["packed.ES256", "packed.ES384", "packed.ES512", "apple.ES256", "fido-u2f.ES256"] {
        trusting(name, &root).unwrap();
        let error = trusting(name, other.cert.der()).unwrap_err();
        assert!(matches!(error, WebauthnError::AttestationChainNotTrusted(_)), "{name}: {error:?}");
    }
}

#[test]
fn one_bit_of_a_verified_registration_is_noticed() {
    for row in rows().iter().filter(|row| !matches!(row.cause, Cause::Key)) {
        let name = row.name;
        let (vector, more) = without(row.cause, Vector::published(name));
        assert!(registers(&vector, more).1.is_some(), "{name}");
        let noticed = |change: fn(&mut Vector) -> &mut u8| {
            let mut vector = vector.clone();
            *change(&mut vector) ^= 1;
            registers(&vector, more).1.is_none()
        };
        assert!(noticed(|vector| &mut vector.clients[0][CHALLENGE]), "{name}: the challenge");
        assert!(noticed(|vector| vector.registered_mut().first_mut().unwrap()), "{name}: the hash of the RP ID");
        assert!(noticed(|vector| vector.registered_mut().last_mut().unwrap()), "{name}: the public key");
        // Only a statement protects it, and that of U2F is older than AAGUIDs.
        let protected = name.starts_with("packed") || name.starts_with("apple");
        assert_eq!(noticed(|vector| &mut vector.registered_mut()[AAGUID]), protected, "{name}: the AAGUID");
    }
}

#[test]
fn one_bit_of_any_byte_of_a_verified_authentication_is_noticed() {
    let parts: [fn(&mut Vector) -> &mut Vec<u8>; 3] =
        [|vector| &mut vector.clients[1], |vector| &mut vector.data, |vector| &mut vector.signature];
    for row in rows().iter().filter(|row| !matches!(row.authentication, Outcome::Refused(_))) {
        let mut vector = Vector::published(row.name);
        let key = key_of(row, &vector);
        for part in parts {
            for at in 0..part(&mut vector).len() {
                part(&mut vector)[at] ^= 1;
                let seen = signs_in(&vector, &key);
                assert!(matches!(seen, Outcome::Refused(_)), "{}: byte {at}: {seen:?}", row.name);
                part(&mut vector)[at] ^= 1;
            }
        }
        assert_eq!(signs_in(&vector, &key), row.authentication, "{}", row.name);
    }
}
