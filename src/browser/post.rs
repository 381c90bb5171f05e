//! Asking the server. One question at a time; what could not be asked is kept and can be asked again.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, AbortSignal, Element, Headers, RequestCredentials, RequestInit, Response, UrlSearchParams,
};

use super::tab::Tab;
use super::{autofill, dom, environment, later, show, wire};
use crate::page::Page;

/// Milliseconds after which words say that it takes longer. The style shows a line before.
const SLOW: u32 = 8_000;
/// Milliseconds after which the server counts as out of reach.
const PATIENCE: u32 = 20_000;
/// Answers with the page of an address.
const PAGE: &str = "/api/page";

/// What to do with the page that comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Show it, and start its ceremony if it starts by itself.
    Perform,
    /// Show it only: the person came back, and asked for nothing.
    Look,
    /// Take from it what is fresher, if the person is still there. Nobody has asked, and nobody need notice.
    Quietly,
    /// Show it and start its ceremony: the person has asked for it, but the one at hand was too old.
    Open,
}

/// A question to the server.
#[derive(Clone)]
pub struct Request {
    path: String,
    fields: UrlSearchParams,
    then: Then,
    by: Option<Element>,
}

impl Request {
    /// A post of these fields.
    #[must_use]
    pub fn new(path: String, fields: UrlSearchParams, then: Then) -> Self {
        Self { path, fields, then, by: None }
    }

    /// Asks for a page.
    #[must_use]
    pub fn page(address: &str, then: Then) -> Self {
        let fields = fields();
        fields.append("address", address);
        Self::new(PAGE.to_owned(), fields, then)
    }

    /// The element that asks, and shows that it waits.
    #[must_use]
    pub fn by(mut self, by: Element) -> Self {
        self.by = Some(by);
        self
    }
}

/// No fields yet.
#[must_use]
pub fn fields() -> UrlSearchParams {
    // Without arguments it cannot throw.
    UrlSearchParams::new().unwrap_or_else(|never| never.unchecked_into())
}

/// Why there is no page.
enum Trouble {
    Unreachable,
    Unreadable,
}

/// Asks, unless an answer is awaited already.
pub fn send(tab: Tab, request: Request) {
    if tab.busy.replace(true) {
        return;
    }
    let quiet = request.then == Then::Quietly;
    if !quiet {
        autofill::stop(tab);
    }
    let number = tab.request.get().wrapping_add(1);
    tab.request.set(number);
    request.fields.set("environment", &environment::field(tab));
    mark(request.by.as_ref(), true);
    let slow = (!quiet).then(|| Timeout::new(SLOW, move || tab.stage.update(|stage| stage.slow = true)));
    spawn_local(async move {
        let answer = ask(&request).await;
        drop(slow);
        mark(request.by.as_ref(), false);
        if tab.request.get() != number {
            return;
        }
        tab.busy.set(false);
        match answer {
            Ok(page) if quiet => show::fresher(tab, page),
            Err(_) if quiet => {
                autofill::renew_later(tab);
                let _ = later::go_on(tab);
            }
            Ok(page) => show::page(tab, page, request.then, request.by),
            Err(Trouble::Unreadable) if show::reload_once(show::Reloaded::Answer) => {}
            Err(_) => {
                tab.unanswered.replace(Some(request));
                show::unreachable(tab);
            }
        }
    });
}

/// Asks once more what could not be asked.
pub fn again(tab: Tab) {
    let Some(request) = tab.unanswered.borrow().clone() else { return };
    let button = dom::find("[data-retry]").and_then(|button| button.closest(".action").ok().flatten());
    send(tab, Request { by: button, ..request });
}

async fn ask(request: &Request) -> Result<Page, Trouble> {
    let response = fetch(request).await.map_err(|_| Trouble::Unreachable)?;
    let broken = response.status() >= 500;
    let text = async { JsFuture::from(response.text()?).await }.await.map_err(|_: JsValue| Trouble::Unreachable)?;
    // A page comes with every status. What is none was sent by something in between, or by another version.
    wire::from_json(&text.as_string().unwrap_or_default()).ok_or(if broken {
        Trouble::Unreachable
    } else {
        Trouble::Unreadable
    })
}

async fn fetch(request: &Request) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&request.fields);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(Some(&patience()?));
    JsFuture::from(dom::window().fetch_with_str_and_init(&request.path, &init)).await?.dyn_into()
}

/// Fires when waiting longer makes no sense. It stays when the answer has come; aborting then changes nothing.
fn patience() -> Result<AbortSignal, JsValue> {
    let controller = AbortController::new()?;
    let signal = controller.signal();
    Timeout::new(PATIENCE, move || controller.abort()).forget();
    Ok(signal)
}

/// Shows on an element that it waits for an answer, or no longer does.
pub fn mark(by: Option<&Element>, busy: bool) {
    if let Some(by) = by {
        let _ = if busy { by.set_attribute("aria-busy", "true") } else { by.remove_attribute("aria-busy") };
    }
}
