//! Copies what is on the screen, so that it can be kept elsewhere.

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

use super::dom;
use super::tab::Tab;

/// Copies what the button holds, and says whether that was done.
pub fn copy(tab: Tab, button: &Element) {
    let text = button.get_attribute("data-copy").unwrap_or_default();
    let words = |name| button.get_attribute(name).unwrap_or_default();
    let (copied, refused) = (words("data-copied"), words("data-refused"));
    // Asked at once: some browsers copy only while the press of the button is being handled.
    let copying = write(&text);
    spawn_local(async move {
        let done = match copying {
            Some(copying) => JsFuture::from(copying).await.is_ok(),
            None => false,
        };
        let said = if done { copied } else { refused };
        tab.stage.update(|stage| {
            stage.answer += 1;
            stage.said = said;
            stage.seen = true;
        });
    });
}

/// Asks the browser to copy. What it copies with is not there under an address that is not secure.
fn write(text: &str) -> Option<Promise> {
    let navigator = dom::window().navigator();
    let there = !dom::get(&navigator, "clipboard").is_undefined();
    there.then(|| navigator.clipboard().write_text(text))
}
