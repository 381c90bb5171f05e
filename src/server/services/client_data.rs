//! The client data of a ceremony: what the browser says it was asked, and by which page (WebAuthn Level 3, section 5.8.1).
//!
//! webauthn-rs compares too, but addresses as addresses and challenges as bytes; here they must be the same text, as
//! sections 7.1 and 7.2 have it. It does not know `topOrigin` at all.

use super::ceremonies::Refused;
use crate::server::json::strict;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The longest client data, in bytes. Browsers send some hundred.
const LONGEST: usize = 16 * 1024;

/// Which ceremony it must be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Get,
}

/// What it must say.
pub struct Expected<'a> {
    pub kind: Kind,
    /// As it went out in the options.
    pub challenge: &'a str,
    /// Scheme, host and port, as browsers write them.
    pub origin: &'a str,
}

/// Looks at the client data of `PublicKeyCredential.toJSON()`; steps 6 to 12 of section 7.1, 9 to 15 of section 7.2.
///
/// # Errors
/// [`Refused::Unreadable`] whatever is wrong with it.
pub fn check(credential: &Value, expected: &Expected<'_>) -> Result<(), Refused> {
    let encoded = credential["response"]["clientDataJSON"].as_str().ok_or(Refused::Unreadable)?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Refused::Unreadable)?;
    let client = (bytes.len() <= LONGEST).then(|| strict(&bytes)).flatten().ok_or(Refused::Unreadable)?;
    let kind = match expected.kind {
        Kind::Create => "webauthn.create",
        Kind::Get => "webauthn.get",
    };
    let says = |name: &str, value: &str| client.get(name).and_then(Value::as_str) == Some(value);
    // We are never framed, so neither is a page that asks in our name.
    let framed =
        client.get("topOrigin").is_some() || client.get("crossOrigin").is_some_and(|cross| cross != &json!(false));
    if framed || !says("type", kind) || !says("challenge", expected.challenge) || !says("origin", expected.origin) {
        return Err(Refused::Unreadable);
    }
    Ok(())
}
