//! Whole answers of `create()` and `get()`, from the JSON down to the signature, read and verified as the server does.

use super::encode;
use super::world::{HANDLE, ORIGIN, WORLD};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use keymend::server::json;
use keymend::server::services::ceremonies::{self, Assertion, Verified};
use keymend::server::services::ghosts;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// 32 bytes, the letter c each.
pub const CHALLENGE: &str = "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2M";

/// Flags of the authenticator data (WebAuthn Level 3, section 6.1).
const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const BS: u8 = 0x10;
const AT: u8 = 0x40;
const ED: u8 = 0x80;

/// Where they stand, after the hash of the RP ID.
const FLAGS: usize = 32;
/// How long authenticator data are without a passkey and without extensions.
const SHORTEST: usize = 37;
const AAGUID: u8 = 0xaa;
const ID: [u8; 20] = [0x1d; 20];
/// Where they stand: the id after its length.
const AAGUID_END: usize = 53;
const ID_AT: usize = 55;

/// The whole answer of a `create()`; and the same bytes as the attestation object of one that is right otherwise, and
/// as flags, counter and AAGUID. Whether one verifies.
pub fn creates(bytes: &[u8]) -> bool {
    let is_whole = json::strict(bytes).as_ref().is_some_and(is_created);
    let is_object = is_created(&creation(bytes));
    let data = told(new_data(), bytes, AAGUID_END);
    let says = |flags: u8| data[FLAGS] & flags == flags;
    let is_right = says(UP | UV | AT) && (says(BE) || !says(BS)) && !says(ED);
    assert_eq!(is_created(&creation(&object(&data))), is_right, "{data:?}");
    is_whole || is_object || is_right
}

/// The whole answer of a `get()`; and the same bytes as the authenticator data of one that is right otherwise, signed
/// with the right key, and as flags and counter of such, and as its signature. Whether one verifies.
pub fn signs_in(bytes: &[u8]) -> bool {
    let answer = json::strict(bytes).filter(|answer| verified(answer).is_some());
    if let Some(answer) = &answer {
        let response = &answer["response"];
        assert_eq!(answer["rawId"], encode(&ID));
        assert_eq!(response["authenticatorData"], encode(&data()), "nobody has the key to others");
        assert_eq!(response["clientDataJSON"], encode(client("webauthn.get").as_bytes()));
        assert!(response["userHandle"].is_null() || response["userHandle"] == encode(HANDLE.as_bytes()));
    }
    let is_signature = verified(&assertion(&data(), bytes)).is_some();
    if is_signature {
        let [right, this] = [signature(&data()).as_slice(), bytes].map(|der| Signature::from_der(der).ok());
        assert_eq!(right.map(|right| right.r().to_bytes()), this.map(|this| this.r().to_bytes()), "{bytes:?}");
    }
    let [is_data, is_flags] = [bytes, &told(data(), bytes, SHORTEST)].map(is_signed);
    answer.is_some() || is_data || is_flags || is_signature
}

/// Whether data that the key has signed verify. Then they say what they must; and if they do, they verify, unless there
/// are extensions, which may be such that nobody can read them.
fn is_signed(data: &[u8]) -> bool {
    let says = |flags: u8| data.get(FLAGS).is_some_and(|told| told & flags == flags);
    let is_right = data.starts_with(&Sha256::digest("example.org")) && says(UP | UV | BE) && !says(AT);
    let verified = verified(&assertion(data, &signature(data)));
    match &verified {
        Some(verified) => {
            assert!(is_right && says(ED) == (data.len() > SHORTEST), "{data:?}");
            assert_eq!(verified.backed_up, says(BS));
            let kept = verified.changed.as_deref().unwrap_or(&WORLD.row.passkey);
            assert_eq!(stored(kept)["counter"], counter(data));
        }
        None => assert!(!(is_right && !says(ED) && data.len() == SHORTEST), "{data:?}"),
    }
    verified.is_some()
}

/// Whether it verifies. Then it says what it must, and what is stored of it is what it says.
fn is_created(answer: &Value) -> bool {
    let Ok(made) = ceremonies::verify_created(&WORLD.app.webauthn, &WORLD.creation, answer.clone()) else {
        return false;
    };
    let object = decode(&answer["response"]["attestationObject"]);
    let (format, data) = attested(&object);
    let says = |flags: u8| data[FLAGS] & flags == flags;
    let client: Value = serde_json::from_slice(&decode(&answer["response"]["clientDataJSON"])).unwrap();
    assert_eq!(client["challenge"], CHALLENGE);
    assert_eq!(client["origin"], ORIGIN);
    assert_eq!(data[..FLAGS], Sha256::digest("example.org")[..]);
    assert!(says(UP | UV | AT) && (says(BE) || !says(BS)), "{:08b}", data[FLAGS]);
    assert_eq!((made.backup_eligible, made.backed_up), (says(BE), says(BS)));
    assert_eq!(made.aaguid.0.to_be_bytes(), data[SHORTEST..AAGUID_END]);
    assert_eq!(made.credential_id, id_in(&data));
    assert_eq!(made.credential_id, decode(&answer["rawId"]));
    let stored = stored(&made.passkey);
    assert_eq!(stored["cred_id"], answer["rawId"]);
    assert_eq!(stored["counter"], counter(&data));
    assert_eq!((&stored["backup_eligible"], &stored["backup_state"]), (&says(BE).into(), &says(BS).into()));
    assert_eq!(stored["user_verified"], true);
    // What a format signs cannot be changed by whoever has not its key. That of a security key leaves out the middle.
    let right = new_data();
    match format.as_str() {
        "none" => {}
        "fido-u2f" => assert_eq!(data[AAGUID_END..], right[AAGUID_END..]),
        _ => assert_eq!(data, right, "{format}"),
    }
    true
}

/// What webauthn-rs keeps.
fn stored(passkey: &str) -> Value {
    serde_json::from_str::<Value>(passkey).unwrap()["cred"].take()
}

fn counter(data: &[u8]) -> u32 {
    u32::from_be_bytes(data[FLAGS + 1..SHORTEST].try_into().unwrap())
}

fn verified(answer: &Value) -> Option<Verified> {
    let assertion = Assertion::read(answer.clone()).ok()?;
    assert!(!ghosts::is_imaginary(&WORLD.app.sealer, assertion.credential_id()), "nobody has the key to one");
    let another = assertion.as_if_of(b"another").ok();
    assert_eq!(another.map(|another| another.credential_id().to_vec()).as_deref(), Some(&b"another"[..]));
    assertion.verify(&WORLD.assertion, &WORLD.row, HANDLE)(&WORLD.app.webauthn).ok()
}

/// An answer of a `create()` that verifies.
pub fn right_creation() -> Value {
    creation(&object(&new_data()))
}

/// An answer of a `get()` that verifies.
pub fn right_assertion() -> Value {
    assertion(&data(), &signature(&data()))
}

/// Whether a request has in it what only Ada has: what her key has signed, or a code of hers.
pub fn is_proof(request: &[u8]) -> bool {
    let proofs = [encode(&signature(&data())), "{mailed}".to_owned(), "{saved}".to_owned()];
    let mut told = url::form_urlencoded::parse(request).map(|(_, told)| told);
    told.any(|told| proofs.iter().any(|proof| told.contains(proof.as_str())))
}

/// An answer that is right but for its attestation object.
fn creation(object: &[u8]) -> Value {
    let data = attested(object).1;
    let id = if data.len() < ID_AT { Vec::new() } else { id_in(&data) };
    let client = encode(client("webauthn.create").as_bytes());
    answer(&id, json!({ "clientDataJSON": client, "attestationObject": encode(object), "transports": ["internal"] }))
}

/// An answer that is right but for its authenticator data, or its signature.
fn assertion(data: &[u8], signature: &[u8]) -> Value {
    let response = json!({
        "clientDataJSON": encode(client("webauthn.get").as_bytes()),
        "authenticatorData": encode(data),
        "signature": encode(signature),
        "userHandle": encode(HANDLE.as_bytes()),
    });
    answer(&ID, response)
}

fn answer(id: &[u8], response: Value) -> Value {
    json!({
        "id": encode(id),
        "rawId": encode(id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    })
}

fn client(kind: &str) -> String {
    format!(r#"{{"type":"{kind}","challenge":"{CHALLENGE}","origin":"{ORIGIN}","crossOrigin":false}}"#)
}

/// Authenticator data without a passkey: the person was there and verified, the passkey is backed up, nothing is
/// counted.
fn data() -> Vec<u8> {
    [Sha256::digest("example.org").as_slice(), &[UP | UV | BE | BS, 0, 0, 0, 0]].concat()
}

/// The same of a new passkey.
fn new_data() -> Vec<u8> {
    let length = u16::try_from(ID.len()).unwrap().to_be_bytes();
    let mut data = [data().as_slice(), &[AAGUID; 16], &length, &ID, &public_key()].concat();
    data[FLAGS] |= AT;
    data
}

/// An attestation object without attestation.
fn object(data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58", &[length][..], data].concat()
}

/// Authenticator data of which the bytes tell the flags and what comes behind them, up to `end`.
fn told(mut data: Vec<u8>, bytes: &[u8], end: usize) -> Vec<u8> {
    data[FLAGS..end].iter_mut().zip(bytes).for_each(|(byte, told)| *byte = *told);
    data
}

fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

/// As COSE writes it (RFC 9053): kind, algorithm, curve, x and y.
fn public_key() -> Vec<u8> {
    let point = key().verifying_key().to_sec1_point(false);
    let (x, y) = (point.x().unwrap(), point.y().unwrap());
    [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", x.as_slice(), b"\x22\x58\x20", y.as_slice()].concat()
}

/// Of authenticator data and the client data beside them.
fn signature(data: &[u8]) -> Vec<u8> {
    let signed = [data, &Sha256::digest(client("webauthn.get"))].concat();
    let signature: Signature = key().sign(&signed);
    signature.to_der().as_bytes().to_vec()
}

/// Format and authenticator data of an attestation object; empty where it is none.
fn attested(object: &[u8]) -> (String, Vec<u8>) {
    let whole: Cbor = ciborium::from_reader(object).unwrap_or(Cbor::Null);
    let named = |name: &str| whole.as_map()?.iter().find(|(key, _)| key.as_text() == Some(name));
    let member = |name: &str| named(name).map(|(_, value)| value);
    let format = member("fmt").and_then(Cbor::as_text).unwrap_or_default();
    let data = member("authData").and_then(Cbor::as_bytes).cloned().unwrap_or_default();
    (format.to_owned(), data)
}

/// The credential id, as far as it is there.
fn id_in(data: &[u8]) -> Vec<u8> {
    let length = usize::from(u16::from_be_bytes([data[AAGUID_END], data[AAGUID_END + 1]]));
    data[ID_AT..].iter().take(length).copied().collect()
}

fn decode(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}
