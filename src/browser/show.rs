//! Putting a page on the stage: address, title, words for the ear, and the focus where a person goes on.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlFormElement};

use super::post::Then;
use super::tab::Tab;
use super::{autofill, ceremony, dom, ease, later, signal};
use crate::page::{Page, Screen};

/// Notes in the storage of this tab that the page was loaded once more already: because the document could not be read, or because
/// an answer could not. That the one is well says nothing of the other.
#[derive(Clone, Copy)]
pub enum Reloaded {
    Document,
    Answer,
}

/// Where a person goes on: a field with a problem, else the field to type in or the question to answer, else the heading.
const FOCUS: [&str; 3] = ["main [aria-invalid]", "main [autofocus]", "main h1"];

/// Shows the page that came as an answer. `by` asked for it.
pub fn page(tab: Tab, page: Page, then: Then, by: Option<Element>) {
    match page.screen {
        Screen::Stale(_) if reload_once(Reloaded::Answer) => return,
        Screen::Stale(_) => {}
        _ => forget_reload(Reloaded::Answer),
    }
    if page.address.starts_with('/') && !page.address.starts_with("//") {
        let history = dom::window().history();
        let _ = history.map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&page.address)));
    }
    let leaves_to = match &page.screen {
        Screen::Leave(step) => step.links.first().map(|link| link.path.clone()),
        _ => None,
    };
    dom::document().set_title(&page.title);
    let height = ease::height();
    let back = by.as_ref().and_then(|by| by.get_attribute("data-back"));
    tab.received.set(dom::now());
    tab.unanswered.take();
    tab.stage.update(|stage| stage.show(page));
    // Drawing happens before the next turn.
    Timeout::new(0, move || {
        // A form that is still there, because the step is the same, forgets what was typed: it holds what the server says.
        if let Some(form) = by.and_then(|by| by.dyn_into::<HtmlFormElement>().ok()) {
            form.reset();
        }
        ease::from(height);
        // Back to where what was asked came from, if that is there again.
        focus(&[back.as_deref().unwrap_or(FOCUS[0]), FOCUS[0], FOCUS[1], FOCUS[2]]);
        signal::tell(tab);
        // Only the server says where to.
        if let Some(to) = leaves_to {
            let _ = dom::window().location().assign(&to);
            return;
        }
        if later::go_on(tab) {
            return;
        }
        autofill::start(tab);
        match then {
            Then::Perform => ceremony::start_by_itself(tab),
            Then::Open => ceremony::open(tab),
            Then::Look | Then::Quietly => {}
        }
    })
    .forget();
}

/// Takes over what is fresher in a page that nobody has asked for: challenges and doors. What the person types, and what was
/// said about it, stays.
pub fn fresher(tab: Tab, page: Page) {
    let height = ease::height();
    if tab.stage.try_update(|stage| stage.freshen(page)) == Some(true) {
        tab.received.set(dom::now());
    }
    Timeout::new(0, move || {
        ease::from(height);
        if !later::go_on(tab) {
            autofill::start(tab);
        }
    })
    .forget();
}

/// Shows that the server cannot be reached. What was typed stays underneath.
pub fn unreachable(tab: Tab) {
    tab.stage.update(|stage| {
        stage.unreachable = true;
        stage.waiting = false;
        stage.slow = false;
    });
    Timeout::new(0, || focus(&["main [data-retry]"])).forget();
}

/// Puts the focus on the first of these that is there.
pub fn focus(places: &[&str]) {
    if let Some(place) = places.iter().find_map(|place| dom::find(place)) {
        let _ = place.focus();
    }
}

/// Loads the page again, unless that was tried just before; then nothing happens and the answer is false.
pub fn reload_once(why: Reloaded) -> bool {
    let Ok(Some(storage)) = dom::window().session_storage() else { return false };
    if storage.get_item(why.note()).ok().flatten().is_some() || storage.set_item(why.note(), "1").is_err() {
        return false;
    }
    dom::window().location().reload().is_ok()
}

/// All is well: another reload may be tried when it is needed.
pub fn forget_reload(why: Reloaded) {
    if let Ok(Some(storage)) = dom::window().session_storage() {
        let _ = storage.remove_item(why.note());
    }
}

impl Reloaded {
    fn note(self) -> &'static str {
        match self {
            Self::Document => "reloaded",
            Self::Answer => "reloaded-answer",
        }
    }
}
