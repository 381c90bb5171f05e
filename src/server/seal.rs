//! Values that leave the server and come back: unreadable, unforgeable, bound to a purpose and a browser, and padded so
//! that their size tells nothing. XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under keys derived by HKDF-SHA-256
//! (RFC 5869) from one root key.

use super::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The first byte of everything sealed: the format, and later the number of the key.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// What a sealed value is for; part of what it is bound to, so that one never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The flow before a proof, in a cookie.
    Flow,
    /// The state of a WebAuthn ceremony, in a form.
    Ceremony,
    /// A mail that waits to be sent, in the database.
    Mail,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Ceremony => "ceremony",
            Self::Mail => "mail",
        }
    }
}

/// Seals and opens, and computes keyed hashes.
pub struct Sealer {
    flow: XChaCha20Poly1305,
    ceremony: XChaCha20Poly1305,
    mail: XChaCha20Poly1305,
    hash: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(hidden)")
    }
}

impl Sealer {
    /// Derives all keys from the root key.
    #[must_use]
    pub fn new(root: &[u8; 32]) -> Self {
        Self::in_epoch(root, 0)
    }

    /// As [`Sealer::new`]; what a browser got in another epoch of the database does not open. Mails that wait and hashes
    /// stay as they are.
    #[must_use]
    pub fn in_epoch(root: &[u8; 32], epoch: u32) -> Self {
        let cipher = |purpose: Purpose, epoch: u32| {
            let since = if epoch == 0 { String::new() } else { format!("/{epoch}") };
            XChaCha20Poly1305::new((&*derive(root, &format!("{}{since}", purpose.name()))).into())
        };
        Self {
            flow: cipher(Purpose::Flow, epoch),
            ceremony: cipher(Purpose::Ceremony, epoch),
            mail: cipher(Purpose::Mail, 0),
            hash: derive(root, "hash"),
        }
    }

    /// Seals a value for a purpose and a bearer. `size` is the length in bytes that the plain text is padded to; longer
    /// values are padded to the next multiple. `None` only if the value cannot be written as JSON.
    pub fn seal<T: Serialize>(&self, purpose: Purpose, bearer: &[u8], size: usize, value: &T) -> Option<String> {
        let mut plain = Zeroizing::new(serde_json::to_vec(value).ok()?);
        // White space after JSON means nothing, so padding needs no format of its own.
        let padded = plain.len().next_multiple_of(size.max(1));
        plain.resize(padded, b' ');
        let nonce: [u8; NONCE] = random::bytes();
        let aad = bound(purpose, bearer);
        let sealed = self.cipher(purpose).encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad }).ok()?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(FORMAT);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Some(URL_SAFE_NO_PAD.encode(out))
    }

    /// Opens what [`Sealer::seal`] made for the same purpose and bearer. `None` for everything else.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, bearer: &[u8], text: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (&FORMAT, rest) = bytes.split_first()? else { return None };
        let (nonce, sealed) = rest.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let aad = bound(purpose, bearer);
        let plain = self.cipher(purpose).decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad }).ok()?;
        serde_json::from_slice(&Zeroizing::new(plain)).ok()
    }

    /// A hash that only this installation can compute (HMAC-SHA-256), the parts kept apart by their lengths.
    #[must_use]
    pub fn hash(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of any length, so this cannot be refused; an impossible refusal still yields a keyed value.
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&*self.hash) else { return *self.hash };
        for part in [&[label.as_bytes()], parts].concat() {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self, purpose: Purpose) -> &XChaCha20Poly1305 {
        match purpose {
            Purpose::Flow => &self.flow,
            Purpose::Ceremony => &self.ceremony,
            Purpose::Mail => &self.mail,
        }
    }
}

/// SHA-256, for tokens that are random already, and to give a number to what is no secret.
#[must_use]
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

fn derive(root: &[u8; 32], purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let info = format!("keymend/1/{purpose}");
    // HKDF refuses only outputs above 255 blocks; ours is one.
    if hkdf::Hkdf::<Sha256>::new(None, root).expand(info.as_bytes(), &mut *key).is_err() {
        key.copy_from_slice(&digest(&[root, info.as_bytes()]));
    }
    key
}

fn bound(purpose: Purpose, bearer: &[u8]) -> Vec<u8> {
    [purpose.name().as_bytes(), b"\0", bearer].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_only_for_its_purpose_its_bearer_and_its_key() {
        let sealer = Sealer::new(&[7; 32]);
        let text = sealer.seal(Purpose::Flow, b"ada's browser", 64, &"secret").unwrap();
        assert_eq!(sealer.open::<String>(Purpose::Flow, b"ada's browser", &text).as_deref(), Some("secret"));
        assert_eq!(sealer.open::<String>(Purpose::Ceremony, b"ada's browser", &text), None);
        assert_eq!(sealer.open::<String>(Purpose::Flow, b"another browser", &text), None);
        assert_eq!(Sealer::new(&[8; 32]).open::<String>(Purpose::Flow, b"ada's browser", &text), None);
    }

    #[test]
    fn what_was_sealed_in_another_epoch_does_not_open_and_hashes_stay() {
        let (before, after) = (Sealer::new(&[7; 32]), Sealer::in_epoch(&[7; 32], 1));
        let text = before.seal(Purpose::Flow, b"b", 64, &"secret").unwrap();
        assert_eq!(Sealer::in_epoch(&[7; 32], 0).open::<String>(Purpose::Flow, b"b", &text).as_deref(), Some("secret"));
        assert_eq!(after.open::<String>(Purpose::Flow, b"b", &text), None);
        assert_eq!(before.hash("ghost", &[b"k"]), after.hash("ghost", &[b"k"]));
    }

    #[test]
    fn every_changed_byte_is_noticed_and_nothing_panics() {
        let sealer = Sealer::new(&[7; 32]);
        let text = sealer.seal(Purpose::Flow, b"b", 32, &1).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(sealer.open::<i32>(Purpose::Flow, b"b", &URL_SAFE_NO_PAD.encode(&changed)), None);
            assert_eq!(sealer.open::<i32>(Purpose::Flow, b"b", &URL_SAFE_NO_PAD.encode(&bytes[..at])), None);
        }
    }

    #[test]
    fn the_size_tells_nothing() {
        let sealer = Sealer::new(&[7; 32]);
        let length = |text: &str| sealer.seal(Purpose::Flow, b"b", 256, &text).unwrap().len();
        assert_eq!(length("a"), length(&"a".repeat(200)));
    }
}
