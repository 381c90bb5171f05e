//! The few things that are asked of the document.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Event, EventTarget, FormData, HtmlElement, HtmlFormElement, UrlSearchParams, Window};

/// The window. There always is one: this program is never a worker.
#[must_use]
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// The document, on the same ground.
#[must_use]
pub fn document() -> Document {
    get(&window(), "document").unchecked_into()
}

/// `<html>`.
#[must_use]
pub fn root() -> Option<Element> {
    document().document_element()
}

/// The element with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id).map(JsCast::unchecked_into)
}

/// The first element that the selector finds.
#[must_use]
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten().map(JsCast::unchecked_into)
}

/// The element an event is about, or the one around it that the selector finds.
#[must_use]
pub fn around(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// What a form asks, field by field.
#[must_use]
pub fn fields(form: &HtmlFormElement) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    // A sequence of pairs is what both sides understand here: `new URLSearchParams(new FormData(form))`.
    UrlSearchParams::new_with_str_sequence_sequence(&data).ok()
}

/// Milliseconds since the document was asked for.
#[must_use]
pub fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The address of the present page, path and query.
#[must_use]
pub fn address() -> String {
    let location = window().location();
    [location.pathname().unwrap_or_default(), location.search().unwrap_or_default()].concat()
}

/// Whether the person prefers this, as a style would ask: `color-scheme: dark`.
#[must_use]
pub fn prefers(what: &str) -> bool {
    let query = ["(prefers-", what, ")"].concat();
    window().match_media(&query).ok().flatten().is_some_and(|query| query.matches())
}

/// A property, or `undefined` where there is none.
#[must_use]
pub fn get(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Listens for good.
pub fn listen(target: &EventTarget, event: &str, handler: Box<dyn FnMut(Event)>) {
    let handler = Closure::wrap(handler).into_js_value();
    let _ = target.add_event_listener_with_callback(event, handler.unchecked_ref());
}
