//! Passkeys among the suggestions of the sign-in field. One request per page; it waits in silence, ends in silence, and gives
//! way to everything else.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::post::{self, Request, Then};
use super::tab::Tab;
use super::{ceremony, credentials, dom, environment};
use crate::page::{Ceremony, Identify, Report, Screen};

/// Milliseconds after which a challenge is asked for again that the server did not answer for.
const AGAIN: u32 = 30_000;

/// The field behind which it waits.
pub const FIELD: &str = "main input[autocomplete~=webauthn]";

/// A request that waits.
pub struct Waiting {
    controller: AbortController,
    /// Asks for another challenge before this one is too old; dropped with the rest when it ends before.
    renewal: Timeout,
}

/// Asks for the doors of this browser, once: what it can do is known only now, and the page was made before.
pub fn ask_for_doors(tab: Tab) {
    let can = [tab.facts.borrow().conditional_get, tab.facts.borrow().immediate_get].contains(&Some(true));
    let missing = identify(tab, |step| step.form.is_some() && step.autofill.is_none() && step.immediate.is_none());
    if can && missing == Some(true) && !tab.asked.replace(true) {
        renew(tab);
    }
}

/// Begins to wait, if the page holds such a request. The one before ends.
pub fn start(tab: Tab) {
    stop(tab);
    let Some(ceremony) = identify(tab, |step| step.autofill.clone()).flatten() else { return };
    if dom::find(FIELD).is_none() || !environment::has_webauthn() || tab.open.borrow().is_some() {
        return;
    }
    let left = f64::from(ceremony.good_for) - (dom::now() - tab.received.get());
    let Ok(controller) = AbortController::new() else { return };
    let signal = controller.signal();
    let Ok(asked) = credentials::ask(&ceremony, &signal) else { return };
    let renewal = Timeout::new(left.max(0.0) as u32, move || renew(tab));
    tab.waiting.replace(Some(Waiting { controller, renewal }));
    spawn_local(async move {
        let Ok(credential) = JsFuture::from(asked).await else { return };
        if let (false, Ok(json)) = (signal.aborted(), credentials::to_json(&credential)) {
            // From here on it is an answer, and no longer something that gives way.
            tab.waiting.take();
            report(tab, ceremony, json);
        }
    });
}

/// Gives way.
pub fn stop(tab: Tab) {
    if let Some(waiting) = tab.waiting.take() {
        waiting.controller.abort();
    }
}

/// Asks for the same page with fresh challenges. Where nobody looks that can wait until somebody does.
pub fn renew(tab: Tab) {
    tab.outdated.set(dom::document().hidden());
    if tab.outdated.get() {
        stop(tab);
    } else if !tab.busy.get() {
        post::send(tab, Request::page(&dom::address(), Then::Quietly));
    }
}

/// Nobody answered. What waits goes on waiting, and the question comes up again in a while.
pub fn renew_later(tab: Tab) {
    if tab.waiting.borrow().is_none() {
        start(tab);
    }
    if let Some(waiting) = tab.waiting.borrow_mut().as_mut() {
        waiting.renewal = Timeout::new(AGAIN, move || renew(tab));
    }
}

/// Somebody looks again.
pub fn looked_at(tab: Tab) {
    if tab.outdated.get() && !dom::document().hidden() {
        renew(tab);
    }
}

/// A renewal may be under way just now, and two requests at once would be two truths about the flow.
fn report(tab: Tab, ceremony: Ceremony, json: String) {
    if tab.busy.get() {
        Timeout::new(50, move || report(tab, ceremony, json)).forget();
    } else {
        ceremony::report(tab, &ceremony, &Report::Credential(json));
    }
}

fn identify<T>(tab: Tab, read: impl FnOnce(&Identify) -> T) -> Option<T> {
    tab.stage.with_untracked(|stage| match &stage.page.screen {
        Screen::Identify(step) if !stage.unreachable => Some(read(step)),
        _ => None,
    })
}
