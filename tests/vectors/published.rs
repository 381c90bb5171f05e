//! The values that the standard publishes, and the messages that they make.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// All of them, by the names they have there, in hexadecimal as there.
pub const PUBLISHED: &str = include_str!("level3.json");

/// Where the credential id begins in the authenticator data of a registration.
const ID: usize = 55;

/// Both messages of a vector.
#[derive(Clone)]
pub struct Vector {
    pub challenges: [Vec<u8>; 2],
    pub clients: [Vec<u8>; 2],
    pub aaguid: Vec<u8>,
    pub id: Vec<u8>,
    pub object: Vec<u8>,
    pub data: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Vector {
    pub fn published(name: &str) -> Self {
        let all: Value = serde_json::from_str(PUBLISHED).unwrap();
        let (made, used) = (&all[name]["registration"], &all[name]["authentication"]);
        Self {
            challenges: [bytes(&made["challenge"]), bytes(&used["challenge"])],
            clients: [bytes(&made["clientDataJSON"]), bytes(&used["clientDataJSON"])],
            aaguid: bytes(&made["aaguid"]),
            id: bytes(&made["credential_id"]),
            object: bytes(&made["attestationObject"]),
            data: bytes(&used["authenticatorData"]),
            signature: bytes(&used["signature"]),
        }
    }

    /// Where the authenticator data begin in the attestation object, which ends with them: at the hash of the RP ID.
    fn data_at(&self) -> usize {
        let hash = Sha256::digest("example.org");
        self.object.windows(hash.len()).position(|window| window == hash.as_slice()).unwrap()
    }

    /// The authenticator data of the registration.
    pub fn registered(&self) -> &[u8] {
        &self.object[self.data_at()..]
    }

    pub fn registered_mut(&mut self) -> &mut [u8] {
        let at = self.data_at();
        &mut self.object[at..]
    }

    /// The public key, in COSE.
    pub fn key(&self) -> &[u8] {
        &self.registered()[ID + self.id.len()..]
    }

    /// Both messages as `PublicKeyCredential.toJSON()` gives them.
    pub fn messages(&self) -> [Value; 2] {
        let clients = self.clients.each_ref().map(|client| encoded(client));
        let created = json!({ "clientDataJSON": clients[0], "attestationObject": encoded(&self.object) });
        let (data, signature) = (encoded(&self.data), encoded(&self.signature));
        let used = json!({ "clientDataJSON": clients[1], "authenticatorData": data, "signature": signature });
        let id = encoded(&self.id);
        [created, used].map(|response| {
            json!({ "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response })
        })
    }

    /// The same with another text in the client data.
    pub fn says_instead(mut self, said: &str, instead: &str) -> Self {
        let said_so = |client: Vec<u8>| String::from_utf8(client).unwrap().replace(said, instead).into_bytes();
        self.clients = self.clients.map(said_so);
        self
    }

    pub fn denies_a_frame(self) -> Self {
        self.says_instead(r#""crossOrigin":true"#, r#""crossOrigin":false"#)
    }
}

pub fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An attestation object without a statement.
pub fn without_statement(data: &[u8]) -> Vec<u8> {
    let object = Cbor::Map(vec![
        ("fmt".into(), "none".into()),
        ("attStmt".into(), Cbor::Map(Vec::new())),
        ("authData".into(), Cbor::Bytes(data.to_vec())),
    ]);
    let mut out = Vec::new();
    ciborium::into_writer(&object, &mut out).unwrap();
    out
}
