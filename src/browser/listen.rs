//! The listeners. They sit on the document and the window, and read from the attributes of what was pressed what to do.

use wasm_bindgen::JsCast;
use web_sys::{Event, EventTarget, HtmlFormElement, HtmlInputElement, MouseEvent, PageTransitionEvent};

use super::post::{self, Request, Then};
use super::tab::Tab;
use super::{autofill, ceremony, dom, keep, later, theme, wire};

/// Attaches all of them.
pub fn attach(tab: Tab) {
    let window = dom::window();
    let document = dom::document();
    let on = |target: &EventTarget, event: &str, handler: fn(Tab, Event)| {
        dom::listen(target, event, Box::new(move |event| handler(tab, event)));
    };
    on(&document, "submit", submit);
    on(&document, "click", click);
    on(&window, "blur", |tab, _| ceremony::blurred(tab));
    on(&document, "visibilitychange", |tab, _| autofill::looked_at(tab));
    on(&window, "popstate", |tab, _| refresh(tab));
    on(&window, "pageshow", |tab, event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            refresh(tab);
        }
    });
    on(&window, "pagehide", |tab, _| {
        autofill::stop(tab);
        let _ = ceremony::leave(tab);
    });
}

/// A form asks the server, and the answer is shown without loading a page.
fn submit(tab: Tab, event: Event) {
    let Some(form) = dom::around(&event, "main form").and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
        return;
    };
    event.prevent_default();
    if tab.busy.get() {
        return later::keep(tab, form);
    }
    hide_password(&form);
    let path = form.get_attribute("action").unwrap_or_default();
    let Some(fields) = dom::fields(&form) else { return };
    let left = ceremony::leave(tab);
    let request = if form.method() == "get" {
        let fields = String::from(fields.to_string());
        let address = if fields.is_empty() { path } else { [path.as_str(), "?", &fields].concat() };
        Request::page(&address, Then::Perform)
    } else {
        if let Some(left) = left.filter(|_| form.has_attribute("data-leaves")) {
            fields.append("ceremony", &left.state);
            fields.append("left", &wire::to_json(&left.seen));
        }
        Request::new(path, fields, Then::Perform)
    };
    post::send(tab, request.by(form.into()));
}

fn click(tab: Tab, event: Event) {
    let found = |selector| dom::around(&event, selector);
    if found("[data-open]").is_some() {
        // Only a person opens a dialog, and the second half of a double click does not open another one.
        if event.is_trusted() && event.dyn_ref::<MouseEvent>().is_none_or(|click| click.detail() < 2) {
            ceremony::open(tab);
        }
    } else if found("[data-retry]").is_some() {
        post::again(tab);
    } else if let Some(button) = found("[data-reveal]") {
        let shown = button.toggle_attribute("data-shown").unwrap_or_default();
        if let Some(input) = button.get_attribute("data-reveal").and_then(|id| dom::by_id(&id)) {
            input.unchecked_ref::<HtmlInputElement>().set_type(if shown { "text" } else { "password" });
            let _ = input.focus();
        }
    } else if let Some(button) = found("[data-copy]") {
        keep::copy(tab, &button);
    } else if found("[data-print]").is_some() {
        let _ = dom::window().print();
    } else if found("[data-switch-theme]").is_some() {
        theme::switch();
    }
}

/// Before a password leaves, it is one again: browsers offer to save no other field.
fn hide_password(form: &HtmlFormElement) {
    if let Ok(Some(button)) = form.query_selector("[data-shown]") {
        let _ = button.remove_attribute("data-shown");
        if let Some(input) = button.get_attribute("data-reveal").and_then(|id| dom::by_id(&id)) {
            input.unchecked_ref::<HtmlInputElement>().set_type("password");
        }
    }
}

/// The person came back to this page: what it shows may be of the past. Never opens a prompt.
fn refresh(tab: Tab) {
    let _ = ceremony::leave(tab);
    tab.busy.set(false);
    let _ = later::forget(tab);
    post::send(tab, Request::page(&dom::address(), Then::Look));
}
