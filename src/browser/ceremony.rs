//! Performing a ceremony and measuring it. One at a time, one report each; what follows is the server's to say.

use domain::ceremony::{ErrorName, Observation};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::post::{self, Request, Then};
use super::tab::Tab;
use super::{autofill, credentials, dom, environment, later, show, wire};
use crate::page::{Ceremony, Mediation, Report, Screen};

/// A ceremony whose dialog is open.
pub struct Open {
    ceremony: Ceremony,
    controller: AbortController,
    began: f64,
    before: Observation,
    /// Gives up when it fires; dropped with the rest when the ceremony ends before.
    watchdog: Timeout,
}

impl Open {
    /// What was seen of it, now that it ends without a credential.
    fn seen(&self, name: Option<ErrorName>) -> Observation {
        Observation { name, elapsed: (dom::now() - self.began) as u32, ..self.before }
    }
}

/// Starts the ceremony of the present page if it is one that starts by itself and has not done so before.
/// A page that nobody sees starts nothing; its button stays.
pub fn start_by_itself(tab: Tab) {
    let Some(ceremony) = present(tab).filter(|ceremony| ceremony.auto) else { return };
    let first = tab.started.replace(ceremony.state.clone()) != ceremony.state;
    if first && fresh(tab, &ceremony) && environment::has_webauthn() && !dom::document().hidden() {
        start(tab, ceremony);
    }
}

/// The flow of the present page's ceremony.
pub fn flow(tab: Tab) -> Option<String> {
    present(tab).map(|ceremony| ceremony.flow)
}

/// Opens the ceremony of the present page: a person has pressed its button. Where an answer is awaited, as for a page that has just
/// come back, it opens after that.
pub fn open(tab: Tab) {
    if tab.busy.get() {
        return later::keep_dialog(tab);
    }
    let Some(ceremony) = present(tab) else { return };
    if fresh(tab, &ceremony) {
        tab.started.replace(ceremony.state.clone());
        start(tab, ceremony);
    } else {
        let _ = leave(tab);
        post::send(tab, marked(Request::page(&dom::address(), Then::Open)));
    }
}

/// A ceremony that was left open, and what was seen of it.
pub struct Left {
    pub state: String,
    pub seen: Observation,
}

/// Ends the open ceremony because the person goes another way. A result that still comes is nobody's.
pub fn leave(tab: Tab) -> Option<Left> {
    let open = tab.open.take()?;
    let seen = Observation { aborted: true, ..open.seen(Some(ErrorName::Abort)) };
    open.controller.abort();
    tab.stage.update(|stage| stage.waiting = false);
    Some(Left { state: open.ceremony.state, seen })
}

/// The window has lost the focus, as it does when a dialog of the system takes it.
pub fn blurred(tab: Tab) {
    if let Some(open) = tab.open.borrow_mut().as_mut() {
        open.before.blurred = true;
    }
}

fn present(tab: Tab) -> Option<Ceremony> {
    tab.stage.with_untracked(|stage| match &stage.page.screen {
        Screen::Identify(step) => step.immediate.as_ref().map(|(_, ceremony)| ceremony.clone()),
        Screen::UsePasskey(step) => Some(step.ceremony.clone()),
        Screen::EnterPassword(step) => Some(step.ceremony.clone()),
        Screen::CreatePasskey(step) => Some(step.ceremony.clone()),
        Screen::AlreadyHere(step) => Some(step.ceremony.clone()),
        Screen::Ask(step) => step.ceremony.clone(),
        Screen::NeedsProof(step) => step.ceremony.clone(),
        Screen::Account(step) => step.prove.as_ref().map(|(_, ceremony)| ceremony.clone()),
        Screen::Change(step) => step.prove.as_ref().map(|(_, ceremony)| ceremony.clone()),
        _ => None,
    })
}

fn fresh(tab: Tab, ceremony: &Ceremony) -> bool {
    dom::now() - tab.received.get() < f64::from(ceremony.good_for)
}

fn start(tab: Tab, ceremony: Ceremony) {
    let _ = leave(tab);
    autofill::stop(tab);
    let before = conditions();
    if !environment::has_webauthn() {
        let seen = Observation { name: Some(ErrorName::NotSupported), ..before };
        return report(tab, &ceremony, &Report::Failed(seen));
    }
    let Ok(controller) = AbortController::new() else { return };
    let signal = controller.signal();
    let began = dom::now();
    // Called before anything else, while the click that led here still counts.
    let asked = credentials::ask(&ceremony, &signal);
    tab.stage.update(|stage| {
        stage.waiting = true;
        stage.said.clone_from(&ceremony.waiting);
    });
    let watchdog = Timeout::new(ceremony.watchdog, move || lose_patience(tab));
    tab.open.replace(Some(Open { ceremony, controller, began, before, watchdog }));
    spawn_local(async move {
        let ended = match asked {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        };
        finish(tab, &signal, ended);
    });
}

/// The promise has settled. If the ceremony was ended before, somebody else has spoken for it.
fn finish(tab: Tab, signal: &AbortSignal, ended: Result<JsValue, JsValue>) {
    if signal.aborted() {
        return;
    }
    let Some(open) = tab.open.take() else { return };
    let outcome = match ended.and_then(|credential| credentials::to_json(&credential)) {
        Ok(credential) => Report::Credential(credential),
        Err(thrown) => Report::Failed(open.seen(Some(name(&thrown)))),
    };
    end(tab, &open, &outcome);
}

/// Nobody answered. Where the window has lost the focus to a dialog, that may take longer.
fn lose_patience(tab: Tab) {
    if let Some(open) = tab.open.borrow_mut().as_mut().filter(|open| open.before.blurred) {
        let longer = open.ceremony.watchdog_away.saturating_sub(open.ceremony.watchdog);
        open.watchdog = Timeout::new(longer, move || give_up(tab));
        return;
    }
    give_up(tab);
}

/// Nobody answered the dialog, or the browser forgot it.
fn give_up(tab: Tab) {
    let Some(open) = tab.open.take() else { return };
    open.controller.abort();
    let seen = Observation { aborted: true, settled: false, ..open.seen(None) };
    end(tab, &open, &Report::Failed(seen));
}

fn end(tab: Tab, open: &Open, outcome: &Report) {
    tab.stage.update(|stage| stage.waiting = false);
    if open.ceremony.mediation == Mediation::Immediate && matches!(outcome, Report::Failed(_)) {
        // There was nothing to show, or nobody took it. The field is there; the next try needs another challenge.
        show::focus(&[autofill::FIELD]);
        return autofill::renew(tab);
    }
    report(tab, &open.ceremony, outcome);
}

/// Tells the server how it ended.
pub fn report(tab: Tab, ceremony: &Ceremony, outcome: &Report) {
    let fields = post::fields();
    fields.append("flow", &ceremony.flow);
    fields.append("ceremony", &ceremony.state);
    fields.append("outcome", &wire::to_json(outcome));
    post::send(tab, marked(Request::new(ceremony.report.clone(), fields, Then::Perform)));
}

/// The button that opened the dialog shows that its outcome is on the way.
fn marked(request: Request) -> Request {
    match dom::find("[data-open]").and_then(|button| button.closest(".action").ok().flatten()) {
        Some(action) => request.by(action),
        None => request,
    }
}

/// What could keep a dialog from opening, seen just before the call.
fn conditions() -> Observation {
    let document = dom::document();
    let activation = dom::get(&dom::window().navigator(), "userActivation");
    Observation {
        name: None,
        elapsed: 0,
        focused: document.has_focus().ok(),
        visible: Some(!document.hidden()),
        activated: dom::get(&activation, "isActive").as_bool(),
        blurred: false,
        aborted: false,
        settled: true,
    }
}

fn name(thrown: &JsValue) -> ErrorName {
    dom::get(thrown, "name").as_string().and_then(|name| wire::named(&name)).unwrap_or(ErrorName::Other)
}
