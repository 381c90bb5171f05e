//! A software authenticator: what a device answers to `create()` and `get()`, as the JSON of `toJSON()`.
//!
//! Our own and small, so that every part of an answer can be exchanged before it is signed: a finished authenticator makes
//! only right ones. It follows WebAuthn Level 3, section 6; attestation is always `none`.

#![allow(dead_code, reason = "each test program uses its part")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const APPLE: u128 = 0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd;
pub const GOOGLE: u128 = 0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4;
pub const BITWARDEN: u128 = 0xd548826e_79b4_db40_a3d8_11116f7e8349;
pub const ONE_PASSWORD: u128 = 0xbada5566_a7aa_401f_bd96_45619a55120d;
pub const WINDOWS_HELLO: u128 = 0x08987058_cadc_4b81_b6e1_30de50dcbe96;

/// Flags of the authenticator data (section 6.1).
pub const UP: u8 = 0x01;
pub const UV: u8 = 0x04;
pub const BE: u8 = 0x08;
pub const BS: u8 = 0x10;
pub const AT: u8 = 0x40;

/// A device, or one cloud account on it, with the passkeys it holds.
#[derive(Clone)]
pub struct Authenticator {
    /// The origin of the pages that its browser shows.
    pub origin: String,
    /// The AAGUID that new passkeys get.
    pub provider: u128,
    /// Counts signatures, as devices do that do not sync.
    pub counts: bool,
    /// How new passkeys say that they are reached.
    pub transports: &'static [&'static str],
    pub passkeys: Vec<Passkey>,
}

/// A passkey with its private key.
#[derive(Clone)]
pub struct Passkey {
    pub id: Vec<u8>,
    pub handle: Vec<u8>,
    pub key: SigningKey,
    pub counter: u32,
}

/// An answer before it is signed and encoded.
pub struct Making {
    /// The client data.
    pub client: Value,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
    pub aaguid: u128,
    pub id: Vec<u8>,
    pub handle: Option<Vec<u8>>,
    pub key: SigningKey,
    pub attachment: &'static str,
    /// COSE algorithm that the public key claims.
    pub algorithm: i64,
}

/// Leaves an answer as it is.
pub fn honest(_: &mut Making) {}

/// The two ways in which a device says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// None of the passkeys that were asked for is here.
    NoneHere,
    /// One of the excluded ones is.
    AlreadyHere,
}

impl Authenticator {
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            provider: APPLE,
            counts: false,
            transports: &["internal", "hybrid"],
            passkeys: Vec::new(),
        }
    }

    /// Answers `navigator.credentials.create()`.
    pub fn create(&mut self, options: &str, change: impl FnOnce(&mut Making)) -> Result<Value, No> {
        let options: Value = serde_json::from_str(options).unwrap();
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        if ids(&options["excludeCredentials"]).iter().any(|id| self.passkeys.iter().any(|passkey| passkey.id == *id)) {
            return Err(No::AlreadyHere);
        }
        let mut making = self.making("webauthn.create", &options, &options["rp"]["id"]);
        making.flags |= AT;
        making.counter = u32::from(self.counts);
        making.handle = Some(bytes(&options["user"]["id"]));
        change(&mut making);
        let data = [making.authenticator_data(), attested(&making)].concat();
        let object = Cbor::Map(vec![
            (text("fmt"), text("none")),
            (text("attStmt"), Cbor::Map(Vec::new())),
            (text("authData"), Cbor::Bytes(data)),
        ]);
        let answer = json!({
            "clientDataJSON": encode(making.client.to_string()),
            "attestationObject": encode(cbor(&object)),
            "transports": self.transports,
        });
        let answer = making.credential(answer);
        let Making { id, handle, key, counter, .. } = making;
        self.passkeys.push(Passkey { id, handle: handle.unwrap_or_default(), key, counter });
        Ok(answer)
    }

    /// Answers `navigator.credentials.get()` with the first passkey that is listed, or any if none is.
    pub fn get(&mut self, options: &str, change: impl FnOnce(&mut Making)) -> Result<Value, No> {
        let asked: Value = serde_json::from_str(options).unwrap();
        let listed = ids(&asked["allowCredentials"]);
        let fits = |passkey: &&mut Passkey| listed.is_empty() || listed.contains(&passkey.id);
        let passkey = self.passkeys.iter_mut().find(fits).ok_or(No::NoneHere)?;
        passkey.counter += u32::from(self.counts);
        let passkey = passkey.clone();
        Ok(self.get_with(&passkey, options, change))
    }

    /// Answers `navigator.credentials.get()` with this passkey, listed or not.
    pub fn get_with(&self, passkey: &Passkey, options: &str, change: impl FnOnce(&mut Making)) -> Value {
        let options: Value = serde_json::from_str(options).unwrap();
        let mut making = self.making("webauthn.get", &options, &options["rpId"]);
        making.id.clone_from(&passkey.id);
        making.key = passkey.key.clone();
        making.handle = Some(passkey.handle.clone());
        making.counter = passkey.counter;
        change(&mut making);
        let (client, data) = (making.client.to_string(), making.authenticator_data());
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = making.key.sign(&signed);
        let mut answer = json!({
            "clientDataJSON": encode(client),
            "authenticatorData": encode(data),
            "signature": encode(signature.to_der().as_bytes()),
        });
        if let Some(handle) = &making.handle {
            answer["userHandle"] = encode(handle).into();
        }
        making.credential(answer)
    }

    fn making(&self, kind: &str, options: &Value, rp_id: &Value) -> Making {
        let client =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        Making {
            client,
            rp_id: rp_id.as_str().unwrap().to_owned(),
            flags: UP | UV | if self.counts { 0 } else { BE | BS },
            counter: 0,
            aaguid: self.provider,
            id: rand::random::<[u8; 20]>().to_vec(),
            handle: None,
            key: new_key(),
            attachment: "platform",
            algorithm: -7,
        }
    }
}

impl Making {
    fn authenticator_data(&self) -> Vec<u8> {
        [Sha256::digest(&self.rp_id).as_slice(), &[self.flags], &self.counter.to_be_bytes()].concat()
    }

    fn credential(&self, response: Value) -> Value {
        json!({
            "id": encode(&self.id),
            "rawId": encode(&self.id),
            "type": "public-key",
            "authenticatorAttachment": self.attachment,
            "clientExtensionResults": {},
            "response": response,
        })
    }
}

/// Attested credential data (section 6.5.1): AAGUID, length of the id, id, public key as COSE.
fn attested(making: &Making) -> Vec<u8> {
    let point = making.key.verifying_key().to_sec1_point(false);
    let number = |number: i64| Cbor::Integer(number.into());
    let key = Cbor::Map(vec![
        (number(1), number(2)),
        (number(3), number(making.algorithm)),
        (number(-1), number(1)),
        (number(-2), Cbor::Bytes(point.x().unwrap().to_vec())),
        (number(-3), Cbor::Bytes(point.y().unwrap().to_vec())),
    ]);
    let length = u16::try_from(making.id.len()).unwrap().to_be_bytes();
    [&making.aaguid.to_be_bytes()[..], &length, &making.id, &cbor(&key)].concat()
}

pub fn new_key() -> SigningKey {
    // Four in 2^64 numbers are no key.
    SigningKey::from_slice(&rand::random::<[u8; 32]>()).unwrap()
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// The credential ids of a list of descriptors.
pub fn ids(list: &Value) -> Vec<Vec<u8>> {
    list.as_array().into_iter().flatten().map(|descriptor| bytes(&descriptor["id"])).collect()
}

pub fn text(text: &str) -> Cbor {
    Cbor::Text(text.to_owned())
}

pub fn cbor(value: &Cbor) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}
