//! The one place that makes secrets.

use rand::Rng;
use uuid::Uuid;

/// A secret token of 256 bits.
pub type Token = [u8; 32];

/// Bytes nobody can guess, from the generator of the standard (seeded and reseeded by the operating system).
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A random id (RFC 9562, version 4).
#[must_use]
pub fn uuid() -> Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}
