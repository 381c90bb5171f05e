//! The published test vectors of the standard (WebAuthn Level 3, section 16), those with keys of P-256 and without
//! certificates. Everything in them but the signatures follows from their names (HKDF-SHA-256), so that is how they are made
//! here; a signature that verifies shows that every byte before it is right.
//!
//! Sign-in with a passkey wants user verification twice and no frames, which none of them has. So they are replayed as
//! security keys, the one kind of webauthn-rs that leaves verification open, and the frames are refused.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly, and so may its helpers")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use keymend::server::services::authenticator_data::{AuthenticatorData, is_whole_assertion};
use keymend::server::services::client_data::{self, Expected, Kind};
use p256::ecdsa::SigningKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use webauthn_rs::prelude::{Url, Uuid, Webauthn, WebauthnBuilder};

const ORIGIN: &str = "https://example.org";

struct Vector {
    name: &'static str,
    id_length: usize,
    /// Members of the client data beyond the usual, in both ceremonies.
    framed: Option<&'static str>,
    signature: &'static str,
}

const VECTORS: [Vector; 4] = [
    Vector {
        name: "none.ES256",
        id_length: 32,
        framed: None,
        signature: "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87",
    },
    Vector {
        name: "none.ES256.long-credential-id",
        id_length: 1_023,
        framed: None,
        signature: "304502203ecef83fb12a0cae7841055f9f87103a99fd14b424194bbf06c4623d3ee6e3fd022100d2ace346db262b1374a6b70faa51f518a42ddca13a4125ce6f5052a75bac9fb6",
    },
    Vector {
        name: "none.ES256.crossOrigin",
        id_length: 32,
        framed: Some(""),
        signature: "3046022100eb12fcf23b12764c0f122e22371fab92e283879fd798f38ee1841c951b6e40e7022100c76237ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf",
    },
    Vector {
        name: "none.ES256.topOrigin",
        id_length: 32,
        framed: Some(r#","topOrigin":"https://example.com""#),
        signature: "3045022100b5a70c81780d5fcc9a4f2ae9caae99058f8accaf58b91fb59329646c28ac6ffc022012e101c165db3c8e9957f0c54dd6ca9b56bc3bd2f280bd2faa6c1d02c6e5c171",
    },
];

/// What the standard derives from the name, one value after the other.
struct Derived<'a> {
    name: &'a str,
    salt: u8,
}

impl Derived<'_> {
    fn next(&mut self, length: usize) -> Vec<u8> {
        let mut out = vec![0; length];
        let key = hkdf::Hkdf::<Sha256>::new(Some(&[self.salt]), b"WebAuthn test vectors");
        key.expand(self.name.as_bytes(), &mut out).unwrap();
        self.salt += 1;
        out
    }

    fn client(&mut self, kind: &str, challenge: &[u8], flags: u8, framed: Option<&str>) -> String {
        let extra = if flags & 1 == 0 {
            String::new()
        } else {
            let random = URL_SAFE_NO_PAD.encode(self.next(16));
            format!(
                r#","extraData":"clientDataJSON may be extended with additional fields in the future, such as this: {random}""#
            )
        };
        format!(
            r#"{{"type":"{kind}","challenge":"{}","origin":"{ORIGIN}","crossOrigin":{}{}{extra}}}"#,
            URL_SAFE_NO_PAD.encode(challenge),
            framed.is_some(),
            framed.unwrap_or_default()
        )
    }
}

/// Both messages of a vector.
struct Messages {
    challenges: [Vec<u8>; 2],
    clients: [String; 2],
    object: Vec<u8>,
    data: Vec<u8>,
    created: Value,
    asserted: Value,
}

fn messages(vector: &Vector) -> Messages {
    let mut derived = Derived { name: vector.name, salt: 0 };
    let challenge = derived.next(32);
    let key = SigningKey::from_slice(&derived.next(32)).unwrap();
    let flags = derived.next(1)[0];
    let client = derived.client("webauthn.create", &challenge, flags, vector.framed);
    let (aaguid, id, flags) = (derived.next(16), derived.next(vector.id_length), derived.next(1)[0]);
    let eligible = flags & 0x08;
    let backed_up = if eligible == 0 { 0 } else { flags & 0x10 };
    let hash = Sha256::digest("example.org");
    let point = key.verifying_key().to_sec1_point(false);
    let coordinate = |bytes: &[u8]| Cbor::Bytes(bytes.to_vec());
    let cose = Cbor::Map(vec![
        (1.into(), 2.into()),
        (3.into(), (-7).into()),
        ((-1).into(), 1.into()),
        ((-2).into(), coordinate(point.x().unwrap())),
        ((-3).into(), coordinate(point.y().unwrap())),
    ]);
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    let registered = 0x41 | flags & 0x04 | eligible | backed_up;
    let registration = [hash.as_slice(), &[registered], &[0; 4], &aaguid, &length, &id, &cbor(&cose)].concat();
    let object = cbor(&Cbor::Map(vec![
        ("fmt".into(), "none".into()),
        ("attStmt".into(), Cbor::Map(Vec::new())),
        ("authData".into(), Cbor::Bytes(registration)),
    ]));

    let second = derived.next(32);
    let flags = derived.next(1)[0];
    let second_client = derived.client("webauthn.get", &second, flags, vector.framed);
    let flags = derived.next(1)[0];
    let backed_up = if eligible == 0 { 0 } else { flags & 0x10 };
    let data = [hash.as_slice(), &[0x01 | flags & 0x04 | eligible | backed_up], &[0; 4]].concat();
    let signature: Vec<u8> = (0..vector.signature.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&vector.signature[at..at + 2], 16).unwrap())
        .collect();

    let credential = |response: Value| {
        let id = URL_SAFE_NO_PAD.encode(&id);
        json!({ "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response })
    };
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let created =
        credential(json!({ "clientDataJSON": encoded(client.as_bytes()), "attestationObject": encoded(&object) }));
    let asserted = credential(json!({
        "clientDataJSON": encoded(second_client.as_bytes()),
        "authenticatorData": encoded(&data),
        "signature": encoded(&signature),
    }));
    Messages { challenges: [challenge, second], clients: [client, second_client], object, data, created, asserted }
}

fn cbor(value: &Cbor) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}

/// The same state with the challenge of the vector in the place of its own.
fn asked<S: Serialize + DeserializeOwned>(state: &S, options: &Value, challenge: &[u8]) -> S {
    let own = options["publicKey"]["challenge"].as_str().unwrap();
    let text = serde_json::to_string(state).unwrap();
    assert!(text.contains(own), "the state holds its challenge");
    serde_json::from_str(&text.replace(own, &URL_SAFE_NO_PAD.encode(challenge))).unwrap()
}

fn site() -> Webauthn {
    WebauthnBuilder::new("example.org", &Url::parse(ORIGIN).unwrap()).unwrap().build().unwrap()
}

/// Whether webauthn-rs accepts both messages.
fn replayed(messages: &Messages) -> bool {
    let site = site();
    let started = site.start_securitykey_registration(Uuid::nil(), "ada", "ada", None, None, None);
    let (options, state) = started.unwrap();
    let state = asked(&state, &serde_json::to_value(&options).unwrap(), &messages.challenges[0]);
    let created = serde_json::from_value(messages.created.clone()).unwrap();
    let Ok(key) = site.finish_securitykey_registration(&created, &state) else { return false };
    let (options, state) = site.start_securitykey_authentication(&[key]).unwrap();
    let state = asked(&state, &serde_json::to_value(&options).unwrap(), &messages.challenges[1]);
    let asserted = serde_json::from_value(messages.asserted.clone()).unwrap();
    site.finish_securitykey_authentication(&asserted, &state).is_ok()
}

#[test]
fn the_vectors_of_the_standard_are_verified_and_those_in_frames_are_refused() {
    for vector in VECTORS {
        let messages = messages(&vector);
        assert_eq!(replayed(&messages), vector.framed.is_none(), "{}", vector.name);
    }
}

#[test]
fn our_own_readers_read_them_as_the_standard_means_them() {
    for vector in VECTORS {
        let messages = messages(&vector);
        assert!(AuthenticatorData::of_attestation(&messages.object).is_some(), "{}", vector.name);
        assert!(is_whole_assertion(&messages.data), "{}", vector.name);
        for ((kind, message), challenge) in
            [(Kind::Create, &messages.created), (Kind::Get, &messages.asserted)].into_iter().zip(&messages.challenges)
        {
            let challenge = URL_SAFE_NO_PAD.encode(challenge);
            let checked = client_data::check(message, &Expected { kind, challenge: &challenge, origin: ORIGIN });
            assert_eq!(checked.is_ok(), vector.framed.is_none(), "{}: {:?}", vector.name, messages.clients);
        }
    }
}

#[test]
fn one_bit_of_a_vector_is_noticed() {
    for vector in VECTORS.iter().filter(|vector| vector.framed.is_none()) {
        let mut messages = messages(vector);
        let mut data = messages.data.clone();
        data[36] ^= 1;
        messages.asserted["response"]["authenticatorData"] = URL_SAFE_NO_PAD.encode(data).into();
        assert!(!replayed(&messages), "{}", vector.name);
    }
}
