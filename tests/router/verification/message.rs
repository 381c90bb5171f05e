//! What a device answers, taken apart: each piece can be exchanged before, while and after it is put together.

use crate::authenticator::{AT, BE, BS, Passkey, UP, UV, bytes, cbor, encode, new_key, text};
use ciborium::Value as Cbor;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What is done to an answer, and where.
#[derive(Clone, Copy)]
pub enum Change {
    /// Nothing.
    Honest,
    /// To the members of the client data.
    Client(fn(&mut Value)),
    /// To the text of the client data.
    ClientText(fn(String) -> Vec<u8>),
    /// To the authenticator data, before they are signed.
    Data(fn(&mut Vec<u8>)),
    /// To the public key of a new passkey, as COSE.
    Key(fn(&mut Vec<(Cbor, Cbor)>)),
    /// To the bytes of the public key.
    KeyBytes(fn(Vec<u8>) -> Vec<u8>),
    /// To the credential id of a new passkey.
    Id(fn() -> Vec<u8>),
    /// To the members of the attestation object.
    Object(fn(&mut Vec<(Cbor, Cbor)>)),
    /// To the bytes of the attestation object.
    ObjectBytes(fn(Vec<u8>) -> Vec<u8>),
    /// Signed with another key.
    AnotherKey,
    /// To the JSON that is sent.
    Sent(fn(&mut Value)),
    /// To its text.
    Text(fn(String) -> String),
}

use Change::{AnotherKey, Client, ClientText, Data, Id, Key, KeyBytes, Object, ObjectBytes, Sent, Text};

/// A name for a change.
pub type Line = (&'static str, Change);

/// The answer to `get()`, as the text that is sent.
pub fn assertion(passkey: &Passkey, options: &str, origin: &str, change: Change) -> String {
    let options: Value = serde_json::from_str(options).unwrap();
    let client = client("webauthn.get", &options, origin, change);
    let mut data = authenticator_data(&options["rpId"], UP | UV | BE | BS);
    if let Data(change) = change {
        change(&mut data);
    }
    let key = if matches!(change, AnotherKey) { new_key() } else { passkey.key.clone() };
    let signature: Signature = key.sign(&[data.as_slice(), &Sha256::digest(&client)].concat());
    let response = json!({
        "clientDataJSON": encode(client),
        "authenticatorData": encode(data),
        "signature": encode(signature.to_der().as_bytes()),
        "userHandle": encode(&passkey.handle),
    });
    written(&passkey.id, response, change)
}

/// The answer to `create()`, as the text that is sent.
pub fn creation(options: &str, origin: &str, change: Change) -> String {
    let options: Value = serde_json::from_str(options).unwrap();
    let client = client("webauthn.create", &options, origin, change);
    let id = if let Id(made) = change { made() } else { rand::random::<[u8; 20]>().to_vec() };
    let mut key = cose(&new_key());
    if let Key(change) = change {
        change(&mut key);
    }
    let mut key = cbor(&Cbor::Map(key));
    if let KeyBytes(change) = change {
        key = change(key);
    }
    let mut data = authenticator_data(&options["rp"]["id"], UP | UV | BE | BS | AT);
    data.extend([7; 16]);
    data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
    data.extend(&id);
    data.extend(key);
    if let Data(change) = change {
        change(&mut data);
    }
    let mut object = vec![
        (text("fmt"), text("none")),
        (text("attStmt"), Cbor::Map(Vec::new())),
        (text("authData"), Cbor::Bytes(data)),
    ];
    if let Object(change) = change {
        change(&mut object);
    }
    let mut object = cbor(&Cbor::Map(object));
    if let ObjectBytes(change) = change {
        object = change(object);
    }
    let response =
        json!({ "clientDataJSON": encode(client), "attestationObject": encode(object), "transports": ["internal"] });
    written(&id, response, change)
}

fn client(kind: &str, options: &Value, origin: &str, change: Change) -> Vec<u8> {
    let mut client = json!({ "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false });
    if let Client(change) = change {
        change(&mut client);
    }
    if let ClientText(change) = change { change(client.to_string()) } else { client.to_string().into_bytes() }
}

/// Hash of the RP ID, flags, counter.
fn authenticator_data(rp_id: &Value, flags: u8) -> Vec<u8> {
    [Sha256::digest(rp_id.as_str().unwrap()).as_slice(), &[flags], &[0; 4]].concat()
}

fn cose(key: &SigningKey) -> Vec<(Cbor, Cbor)> {
    let point = key.verifying_key().to_sec1_point(false);
    vec![
        (number(1), number(2)),
        (number(3), number(-7)),
        (number(-1), number(1)),
        (number(-2), Cbor::Bytes(point.x().unwrap().to_vec())),
        (number(-3), Cbor::Bytes(point.y().unwrap().to_vec())),
    ]
}

fn written(id: &[u8], response: Value, change: Change) -> String {
    let mut sent = json!({
        "id": encode(id),
        "rawId": encode(id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    });
    if let Sent(change) = change {
        change(&mut sent);
    }
    if let Text(change) = change { change(sent.to_string()) } else { sent.to_string() }
}

/// Exchanges the bytes of a member of the response.
pub fn rewrite(sent: &mut Value, member: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    sent["response"][member] = encode(change(bytes(&sent["response"][member]))).into();
}

pub fn number(number: i64) -> Cbor {
    Cbor::Integer(number.into())
}
