//! What is wrong with an answer to `create()`.

use super::message::Change::{Data, Id, Key, KeyBytes, Object, ObjectBytes, Sent};
use super::message::{Line, number, rewrite};
use crate::authenticator::{cbor, text};
use ciborium::Value as Cbor;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Sixteen sets of UP, UV, BE and BS beside AT; the three that are as they should be are left out, and three without AT
/// or with what is not there are added.
pub const FLAGS: &[Line] = &[
    ("flags: none", Data(|data| data[32] = 0x40)),
    ("flags: UP", Data(|data| data[32] = 0x41)),
    ("flags: UV", Data(|data| data[32] = 0x44)),
    ("flags: BE", Data(|data| data[32] = 0x48)),
    ("flags: UP BE", Data(|data| data[32] = 0x49)),
    ("flags: UV BE", Data(|data| data[32] = 0x4c)),
    ("flags: BS", Data(|data| data[32] = 0x50)),
    ("flags: UP BS", Data(|data| data[32] = 0x51)),
    ("flags: UV BS", Data(|data| data[32] = 0x54)),
    ("flags: UP UV BS", Data(|data| data[32] = 0x55)),
    ("flags: BE BS", Data(|data| data[32] = 0x58)),
    ("flags: UP BE BS", Data(|data| data[32] = 0x59)),
    ("flags: UV BE BS", Data(|data| data[32] = 0x5c)),
    ("flags: no passkey", Data(|data| data[32] = 0x1d)),
    ("flags: extensions that are not there", Data(|data| data[32] = 0xdd)),
];

/// Where the attested data begin: AAGUID, length of the id, id, key.
const LENGTH: usize = 53;

pub const DATA: &[Line] = &[
    ("rpIdHash: of another site", Data(|data| data[..32].copy_from_slice(&Sha256::digest("evil.example")))),
    ("rpIdHash: of a subdomain", Data(|data| data[..32].copy_from_slice(&Sha256::digest("login.localhost")))),
    ("rpIdHash: zeros", Data(|data| data[..32].fill(0))),
    ("data: nothing", Data(Vec::clear)),
    ("data: cut after the counter", Data(|data| data.truncate(37))),
    ("data: cut within the AAGUID", Data(|data| data.truncate(45))),
    ("data: cut within the id", Data(|data| data.truncate(60))),
    ("data: cut before the key", Data(|data| data.truncate(75))),
    ("data: cut within the key", Data(|data| data.truncate(data.len() - 1))),
    ("data: one byte more", Data(|data| data.push(0))),
    ("data: a second key after it", Data(|data| data.extend_from_within(75..))),
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
    ("id: a length beyond the end", Data(|data| data[LENGTH..LENGTH + 2].copy_from_slice(&[0xff, 0xff]))),
    ("id: a length of zero", Data(|data| data[LENGTH..LENGTH + 2].copy_from_slice(&[0, 0]))),
    ("id: one byte too short", Data(|data| data[LENGTH + 1] -= 1)),
    ("id: another than around it", Data(|data| data[60] ^= 1)),
    ("id: of no byte", Id(Vec::new)),
    ("id: of 1,024 bytes", Id(|| vec![5; 1_024])),
    ("id: of 60,000 bytes", Id(|| vec![5; 60_000])),
];

/// The public key: ES256 is asked for, on its curve, whole.
pub const KEY: &[Line] = &[
    ("key: EdDSA in a key of P-256", Key(|key| key[1].1 = number(-8))),
    ("key: RS256 in a key of P-256", Key(|key| key[1].1 = number(-257))),
    ("key: ES384 in a key of P-256", Key(|key| key[1].1 = number(-35))),
    ("key: an algorithm that was not asked for", Key(|key| key[1].1 = number(-65_535))),
    ("key: algorithm zero", Key(|key| key[1].1 = number(0))),
    ("key: an algorithm in letters", Key(|key| key[1].1 = text("ES256"))),
    ("key: no algorithm", Key(|key| _ = key.remove(1))),
    ("key: no kind", Key(|key| _ = key.remove(0))),
    ("key: symmetric", Key(|key| key[0].1 = number(4))),
    ("key: no curve", Key(|key| _ = key.remove(2))),
    ("key: curve P-384", Key(|key| key[2].1 = number(2))),
    ("key: an unknown curve", Key(|key| key[2].1 = number(99))),
    ("key: no x", Key(|key| _ = key.remove(3))),
    ("key: no y", Key(|key| _ = key.remove(4))),
    ("key: x as a number", Key(|key| key[3].1 = number(1))),
    ("key: x of 31 bytes", Key(|key| key[3].1 = Cbor::Bytes(vec![1; 31]))),
    ("key: x of 33 bytes", Key(|key| key[3].1 = Cbor::Bytes(vec![1; 33]))),
    ("key: y of no byte", Key(|key| key[4].1 = Cbor::Bytes(Vec::new()))),
    ("key: a point beside the curve", Key(|key| key[4].1 = Cbor::Bytes(vec![1; 32]))),
    (
        "key: the point at infinity",
        Key(|key| {
            key[3].1 = Cbor::Bytes(vec![0; 32]);
            key[4].1 = Cbor::Bytes(vec![0; 32]);
        }),
    ),
    ("key: two algorithms", Key(|key| key.insert(1, (number(3), number(-8))))),
    ("key: two curves", Key(|key| key.push((number(-1), number(2))))),
    ("key: empty", Key(Vec::clear)),
    ("key: a list", KeyBytes(|key| cbor(&Cbor::Array(vec![Cbor::Bytes(key)])))),
    (
        "key: without length",
        KeyBytes(|mut key| {
            key[0] = 0xbf;
            key.push(0xff);
            key
        }),
    ),
    ("key: a longer length", KeyBytes(|key| [&[0xb8, 5], &key[1..]].concat())),
    ("key: not CBOR", KeyBytes(|key| vec![0xff; key.len()])),
    ("key: nested deeply", KeyBytes(|_| vec![0x81; 5_000])),
];

pub const OBJECT: &[Line] = &[
    ("fmt: unknown", Object(|object| object[0].1 = text("our-own"))),
    ("fmt: in capitals", Object(|object| object[0].1 = text("NONE"))),
    ("fmt: a number", Object(|object| object[0].1 = number(0))),
    ("fmt: missing", Object(|object| _ = object.remove(0))),
    ("fmt: packed without a statement", Object(|object| object[0].1 = text("packed"))),
    (
        "fmt: packed with an empty signature",
        Object(|object| {
            object[0].1 = text("packed");
            object[1].1 = Cbor::Map(vec![(text("alg"), number(-7)), (text("sig"), Cbor::Bytes(Vec::new()))]);
        }),
    ),
    (
        "fmt: packed with a signature of nobody",
        Object(|object| {
            object[0].1 = text("packed");
            object[1].1 =
                Cbor::Map(vec![(text("alg"), number(-7)), (text("sig"), Cbor::Bytes(vec![0x30, 6, 2, 1, 1, 2, 1, 1]))]);
        }),
    ),
    ("fmt: U2F without a statement", Object(|object| object[0].1 = text("fido-u2f"))),
    ("fmt: TPM without a statement", Object(|object| object[0].1 = text("tpm"))),
    ("fmt: Android without a statement", Object(|object| object[0].1 = text("android-key"))),
    ("fmt: Apple without a statement", Object(|object| object[0].1 = text("apple"))),
    (
        "attStmt: something under none",
        Object(|object| object[1].1 = Cbor::Map(vec![(text("sig"), Cbor::Bytes(vec![1]))])),
    ),
    ("attStmt: missing", Object(|object| _ = object.remove(1))),
    ("attStmt: a list", Object(|object| object[1].1 = Cbor::Array(Vec::new()))),
    ("attStmt: null", Object(|object| object[1].1 = Cbor::Null)),
    ("authData: missing", Object(|object| _ = object.remove(2))),
    ("authData: a text", Object(|object| object[2].1 = text("data"))),
    ("authData: empty", Object(|object| object[2].1 = Cbor::Bytes(Vec::new()))),
    ("authData: twice", Object(|object| object.push(object[2].clone()))),
    ("fmt: twice", Object(|object| object.insert(0, (text("fmt"), text("packed"))))),
    ("object: nothing", ObjectBytes(|_| Vec::new())),
    ("object: an empty one", ObjectBytes(|_| vec![0xa0])),
    ("object: a list", ObjectBytes(|object| [&[0x81], object.as_slice()].concat())),
    ("object: cut", ObjectBytes(|object| object[..object.len() - 1].to_vec())),
    ("object: something after it", ObjectBytes(|object| [object.as_slice(), &[0]].concat())),
    ("object: twice", ObjectBytes(|object| object.repeat(2))),
    (
        "object: without length",
        ObjectBytes(|mut object| {
            object[0] = 0xbf;
            object.push(0xff);
            object
        }),
    ),
    ("object: a longer length", ObjectBytes(|object| [&[0xb8, 3], &object[1..]].concat())),
    (
        "object: authData without length",
        ObjectBytes(|object| {
            // 58 94: a text of bytes of one length; 5f … ff: pieces of bytes.
            let at = object.windows(9).position(|part| part == b"\x68authData").unwrap() + 9;
            [&object[..at], &[0x5f], &object[at..], &[0xff]].concat()
        }),
    ),
    ("object: claims more than there is", ObjectBytes(|_| vec![0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
    ("object: nested deeply", ObjectBytes(|_| vec![0x81; 20_000])),
    ("object: long", Object(|object| object[1].1 = Cbor::Map(vec![(text("x5c"), Cbor::Bytes(vec![0; 100_000]))]))),
    ("object: JSON", ObjectBytes(|_| br#"{"fmt":"none","attStmt":{},"authData":""}"#.to_vec())),
    (
        "object: changed afterwards",
        Sent(|sent| {
            rewrite(sent, "attestationObject", |mut object| {
                *object.last_mut().unwrap() ^= 1;
                object
            })
        }),
    ),
    ("object: missing", Sent(|sent| _ = sent["response"].as_object_mut().unwrap().remove("attestationObject"))),
    ("object: null", Sent(|sent| sent["response"]["attestationObject"] = Value::Null)),
    ("object: no base64url", Sent(|sent| sent["response"]["attestationObject"] = "o2Nm bXQ".into())),
];
