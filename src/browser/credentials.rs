//! `navigator.credentials`, in the words of JSON. Browsers since 2025 translate by themselves; for the others, and for
//! password managers that answer in the browser's place with less than a browser gives, [`by_hand`] does.

use domain::ceremony::Purpose;
use js_sys::{JSON, Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::AbortSignal;

use crate::page::{Ceremony, Mediation};

pub mod by_hand;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "credentials"], catch)]
    fn get(options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["navigator", "credentials"], catch)]
    fn create(options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = parseRequestOptionsFromJSON, catch)]
    fn parse_request(json: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = parseCreationOptionsFromJSON, catch)]
    fn parse_creation(json: &JsValue) -> Result<JsValue, JsValue>;

    type WithJson;

    #[wasm_bindgen(method, structural, js_name = toJSON, catch)]
    fn to_json(this: &WithJson) -> Result<JsValue, JsValue>;
}

/// Opens the dialog.
///
/// # Errors
/// Whatever the browser throws at once, most often because the options are not to its liking.
pub fn ask(ceremony: &Ceremony, signal: &AbortSignal) -> Result<Promise, JsValue> {
    let json = JSON::parse(&ceremony.options)?;
    let creates = ceremony.purpose == Purpose::Create;
    let parsed = if creates { parse_creation(&json) } else { parse_request(&json) };
    // Where the browser cannot read them it says so again, and better, when it gets them.
    let options = Object::new();
    Reflect::set(&options, &"publicKey".into(), &parsed.or_else(|_| by_hand::options(json))?)?;
    match ceremony.mediation {
        Mediation::Modal => Reflect::set(&options, &"signal".into(), signal)?,
        Mediation::Conditional => {
            Reflect::set(&options, &"mediation".into(), &"conditional".into())?;
            Reflect::set(&options, &"signal".into(), signal)?
        }
        // It takes no signal, and is over at once where there is nothing to show.
        Mediation::Immediate => Reflect::set(&options, &"uiMode".into(), &"immediate".into())?,
    };
    if creates { create(&options) } else { get(&options) }
}

/// The credential as the server reads it.
///
/// # Errors
/// When what came is no credential.
pub fn to_json(credential: &JsValue) -> Result<String, JsValue> {
    use wasm_bindgen::JsCast;
    let json = match credential.unchecked_ref::<WithJson>().to_json() {
        Ok(json) if json.is_object() => json,
        _ => by_hand::credential(credential)?,
    };
    Ok(JSON::stringify(&json)?.into())
}
