//! Copies what is on the screen, so that it can be kept elsewhere.

use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

use super::dom;
use super::tab::Tab;

/// Copies what the button holds, and says so once it is done.
pub fn copy(tab: Tab, button: &Element) {
    let text = button.get_attribute("data-copy").unwrap_or_default();
    let said = button.get_attribute("data-copied").unwrap_or_default();
    // Not there under an address that is not secure.
    if dom::get(&dom::window().navigator(), "clipboard").is_undefined() {
        return;
    }
    let copied = dom::window().navigator().clipboard().write_text(&text);
    spawn_local(async move {
        if JsFuture::from(copied).await.is_ok() {
            tab.stage.update(|stage| {
                stage.answer += 1;
                stage.said = said;
            });
        }
    });
}
