//! What this browser says it can do. What it does not say stays unknown.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::tab::Tab;
use super::{autofill, dom, wire};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = isUserVerifyingPlatformAuthenticatorAvailable, catch)]
    fn platform_authenticator() -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = isConditionalMediationAvailable, catch)]
    fn conditional_mediation() -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = getClientCapabilities, catch)]
    fn client_capabilities() -> Result<Promise, JsValue>;
}

const SIGNALS: [&str; 3] = ["signalUnknownCredential", "signalAllAcceptedCredentials", "signalCurrentUserDetails"];

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
        let platform = answer(platform_authenticator()).await.and_then(|answer| answer.as_bool());
        tab.facts.borrow_mut().platform_authenticator = platform;
        let capabilities = answer(client_capabilities()).await.unwrap_or_default();
        let can = |name: &str| dom::get(&capabilities, name).as_bool();
        let conditional = match can("conditionalGet") {
            None => answer(conditional_mediation()).await.and_then(|answer| answer.as_bool()),
            said => said,
        };
        let version = platform_version().await;
        let mut facts = tab.facts.borrow_mut();
        facts.conditional_get = conditional;
        facts.hybrid = can("hybridTransport");
        facts.conditional_create = can("conditionalCreate");
        facts.immediate_get = can("immediateGet");
        // All three, or the list would be told without the name, or the other way round.
        facts.signals = SIGNALS.iter().map(|name| can(name)).reduce(|all, one| Some(all? && one?)).flatten();
        facts.platform_version = version;
        drop(facts);
        autofill::ask_for_doors(tab);
    });
}

/// What was answered; nothing where nobody could be asked.
async fn answer(asked: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(asked.ok()?).await.ok()
}

/// `platformVersion` (User-Agent Client Hints, section 6.3), as it is: what it means is the server's to say.
async fn platform_version() -> Option<String> {
    let hints = dom::get(&dom::window().navigator(), "userAgentData");
    let ask: Function = dom::get(&hints, "getHighEntropyValues").dyn_into().ok()?;
    let asked = ask.call1(&hints, &Array::of1(&"platformVersion".into())).and_then(JsCast::dyn_into::<Promise>);
    dom::get(&answer(asked).await?, "platformVersion").as_string()
}

/// The field `environment` of every post.
#[must_use]
pub fn field(tab: Tab) -> String {
    wire::to_json(&*tab.facts.borrow())
}
