//! What this browser says it can do. What it does not say stays unknown.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::tab::Tab;
use super::{dom, wire};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = isUserVerifyingPlatformAuthenticatorAvailable, catch)]
    fn platform_authenticator() -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = getClientCapabilities, catch)]
    fn client_capabilities() -> Result<Promise, JsValue>;
}

/// Whether there is a WebAuthn to call.
#[must_use]
pub fn has_webauthn() -> bool {
    let window = dom::window();
    window.is_secure_context() && dom::get(&window, "PublicKeyCredential").is_function()
}

/// Notes what is known at once, and asks for the rest. Posts do not wait for it.
pub fn learn(tab: Tab) {
    let navigator = dom::window().navigator();
    let mut facts = tab.facts.borrow_mut();
    facts.webauthn = Some(has_webauthn());
    facts.navigator_platform = dom::get(&navigator, "platform").as_string();
    facts.touch_points = dom::get(&navigator, "maxTouchPoints").as_f64().map(|points| points as u8);
    drop(facts);
    spawn_local(async move {
        if let Ok(asked) = platform_authenticator() {
            let answer = JsFuture::from(asked).await.ok().and_then(|answer| answer.as_bool());
            tab.facts.borrow_mut().platform_authenticator = answer;
        }
        if let Ok(asked) = client_capabilities() {
            let answer =
                JsFuture::from(asked).await.ok().and_then(|answer| dom::get(&answer, "hybridTransport").as_bool());
            tab.facts.borrow_mut().hybrid = answer;
        }
    });
}

/// The field `environment` of every post.
#[must_use]
pub fn field(tab: Tab) -> String {
    wire::to_json(&*tab.facts.borrow())
}
