//! What is wrong with an answer to `get()`.

use super::message::Change::{AnotherKey, Data, Sent};
use super::message::{Line, rewrite};
use crate::authenticator::encode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The flags of the sixteen are UP, UV, BE and BS; the passkey was made with BE. Two sets are as they should be.
pub const FLAGS: &[Line] = &[
    ("flags: none", Data(|data| data[32] = 0)),
    ("flags: UP", Data(|data| data[32] = 0x01)),
    ("flags: UV", Data(|data| data[32] = 0x04)),
    ("flags: UP UV", Data(|data| data[32] = 0x05)),
    ("flags: BE", Data(|data| data[32] = 0x08)),
    ("flags: UP BE", Data(|data| data[32] = 0x09)),
    ("flags: UV BE", Data(|data| data[32] = 0x0c)),
    ("flags: BS", Data(|data| data[32] = 0x10)),
    ("flags: UP BS", Data(|data| data[32] = 0x11)),
    ("flags: UV BS", Data(|data| data[32] = 0x14)),
    ("flags: UP UV BS", Data(|data| data[32] = 0x15)),
    ("flags: BE BS", Data(|data| data[32] = 0x18)),
    ("flags: UP BE BS", Data(|data| data[32] = 0x19)),
    ("flags: UV BE BS", Data(|data| data[32] = 0x1c)),
];

pub const DATA: &[Line] = &[
    ("rpIdHash: of another site", Data(|data| data[..32].copy_from_slice(&Sha256::digest("evil.example")))),
    ("rpIdHash: of a subdomain", Data(|data| data[..32].copy_from_slice(&Sha256::digest("login.localhost")))),
    ("rpIdHash: of the origin", Data(|data| data[..32].copy_from_slice(&Sha256::digest("http://localhost:3000")))),
    ("rpIdHash: of capitals", Data(|data| data[..32].copy_from_slice(&Sha256::digest("LOCALHOST")))),
    ("rpIdHash: zeros", Data(|data| data[..32].fill(0))),
    ("rpIdHash: one bit", Data(|data| data[31] ^= 1)),
    ("data: nothing", Data(Vec::clear)),
    ("data: cut", Data(|data| data.truncate(36))),
    ("data: the hash alone", Data(|data| data.truncate(32))),
    ("data: one byte more", Data(|data| data.push(0))),
    ("data: says it has a passkey and has none", Data(|data| data[32] |= 0x40)),
    ("data: says it has extensions and has none", Data(|data| data[32] |= 0x80)),
    (
        "data: extensions that are no CBOR",
        Data(|data| {
            data[32] |= 0x80;
            data.push(0xff);
        }),
    ),
    (
        "data: extensions nested deeply",
        Data(|data| {
            data[32] |= 0x80;
            data.extend([0x81; 5_000]);
        }),
    ),
    ("data: missing", Sent(|sent| _ = sent["response"].as_object_mut().unwrap().remove("authenticatorData"))),
    ("data: null", Sent(|sent| sent["response"]["authenticatorData"] = Value::Null)),
    ("data: no base64url", Sent(|sent| sent["response"]["authenticatorData"] = "*".into())),
    (
        "data: changed afterwards",
        Sent(|sent| {
            rewrite(sent, "authenticatorData", |mut data| {
                data[36] = 9;
                data
            })
        }),
    ),
];

pub const SIGNATURE: &[Line] = &[
    ("signature: of another key", AnotherKey),
    (
        "signature: one bit",
        Sent(|sent| {
            rewrite(sent, "signature", |mut bytes| {
                *bytes.last_mut().unwrap() ^= 1;
                bytes
            })
        }),
    ),
    ("signature: nothing", Sent(|sent| rewrite(sent, "signature", |_| Vec::new()))),
    (
        "signature: cut",
        Sent(|sent| {
            rewrite(sent, "signature", |mut bytes| {
                bytes.pop();
                bytes
            })
        }),
    ),
    (
        "signature: one byte more",
        Sent(|sent| {
            rewrite(sent, "signature", |mut bytes| {
                bytes.push(0);
                bytes
            })
        }),
    ),
    (
        "signature: two numbers without ASN.1",
        Sent(|sent| {
            rewrite(sent, "signature", |bytes| p256::ecdsa::Signature::from_der(&bytes).unwrap().to_bytes().to_vec())
        }),
    ),
    ("signature: zeros", Sent(|sent| rewrite(sent, "signature", |_| vec![0x30, 6, 2, 1, 0, 2, 1, 0]))),
    ("signature: long", Sent(|sent| rewrite(sent, "signature", |_| vec![0x30; 100_000]))),
    ("signature: missing", Sent(|sent| _ = sent["response"].as_object_mut().unwrap().remove("signature"))),
    ("signature: null", Sent(|sent| sent["response"]["signature"] = Value::Null)),
    ("signature: a number", Sent(|sent| sent["response"]["signature"] = 1.into())),
    (
        "signature: of another message",
        Sent(|sent| {
            sent["response"]["signature"] =
                "MEUCIQD1Ck4uRAkknEqFO6NhKC8JhB303UVHoTqHeAIY3v_NOAIgf3uFPvD0bbW-cG2A1kPqnkCyyOfvJv0pZEWZrA8rTso"
                    .into();
        }),
    ),
];

pub const HANDLE: &[Line] = &[
    ("handle: of somebody else", Sent(|sent| sent["response"]["userHandle"] = encode([1; 16]).into())),
    (
        "handle: one bit",
        Sent(|sent| {
            rewrite(sent, "userHandle", |mut bytes| {
                bytes[0] ^= 1;
                bytes
            })
        }),
    ),
    ("handle: cut", Sent(|sent| rewrite(sent, "userHandle", |bytes| bytes[..15].to_vec()))),
    ("handle: of 65 bytes", Sent(|sent| sent["response"]["userHandle"] = encode([1; 65]).into())),
    ("handle: a list", Sent(|sent| sent["response"]["userHandle"] = json!([1]))),
];

/// Where nobody has said who they are, the answer must (section 7.2, step 6).
pub const WITHOUT_HANDLE: &[Line] = &[
    ("handle: empty", Sent(|sent| sent["response"]["userHandle"] = "".into())),
    ("handle: null", Sent(|sent| sent["response"]["userHandle"] = Value::Null)),
    ("handle: missing", Sent(|sent| _ = sent["response"].as_object_mut().unwrap().remove("userHandle"))),
];
