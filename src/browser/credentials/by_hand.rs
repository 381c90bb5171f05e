//! Between JSON and WebAuthn, where the browser does not translate (WebAuthn Level 3, sections 5.1.8 to 5.1.10): bytes
//! are base64url in JSON and buffers in the call.

use js_sys::{Array, ArrayBuffer, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::dom::get;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Options for a call, made of their JSON.
///
/// # Errors
/// When they cannot be changed, which no browser does.
pub fn options(json: JsValue) -> Result<JsValue, JsValue> {
    to_bytes(&json, "challenge")?;
    to_bytes(&get(&json, "user"), "id")?;
    for list in ["allowCredentials", "excludeCredentials"] {
        if let Ok(list) = get(&json, list).dyn_into::<Array>() {
            for listed in list.iter() {
                to_bytes(&listed, "id")?;
            }
        }
    }
    Ok(json)
}

/// The JSON of a credential.
///
/// # Errors
/// When it is none.
pub fn credential(credential: &JsValue) -> Result<JsValue, JsValue> {
    let response = get(credential, "response");
    if !response.is_object() {
        return Err(JsValue::NULL);
    }
    let answer = Object::new();
    for name in ["clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject"] {
        if let Ok(buffer) = get(&response, name).dyn_into::<ArrayBuffer>() {
            set(&answer, name, &text(&buffer))?;
        }
    }
    set(&answer, "transports", &call(&response, "getTransports"))?;
    let json = Object::new();
    let id = get(credential, "rawId").dyn_into::<ArrayBuffer>()?;
    set(&json, "id", &text(&id))?;
    set(&json, "rawId", &text(&id))?;
    set(&json, "type", &"public-key".into())?;
    set(&json, "response", &answer)?;
    set(&json, "authenticatorAttachment", &get(credential, "authenticatorAttachment"))?;
    // The server insists on it, empty as it mostly is.
    let extensions = call(credential, "getClientExtensionResults").dyn_into::<Object>().unwrap_or_default();
    set(&json, "clientExtensionResults", &extensions)?;
    Ok(json.into())
}

/// Null and undefined are left out, as the browser's own translation does.
fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    if !value.is_null() && !value.is_undefined() {
        Reflect::set(object, &name.into(), value)?;
    }
    Ok(())
}

fn call(object: &JsValue, name: &str) -> JsValue {
    let method = get(object, name).dyn_into::<Function>().ok();
    method.and_then(|method| method.call0(object).ok()).unwrap_or(JsValue::UNDEFINED)
}

fn to_bytes(object: &JsValue, name: &str) -> Result<(), JsValue> {
    if let Some(text) = get(object, name).as_string() {
        Reflect::set(object, &name.into(), &Uint8Array::from(decode(&text).as_slice()))?;
    }
    Ok(())
}

fn text(buffer: &ArrayBuffer) -> JsValue {
    encode(&Uint8Array::new(buffer).to_vec()).into()
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            text.push(char::from(ALPHABET[bits >> (18 - 6 * at) & 63]));
        }
    }
    text
}

/// What is no base64url is passed over: the server made it.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_usize, 0);
    for letter in text.bytes() {
        let Some(six) = ALPHABET.iter().position(|known| *known == letter) else { continue };
        bits = (bits << 6 | six) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}
