//! From a request to a visit, and from a service's answer to what goes back.

use crate::page::{Page, Screen, Told};
use crate::server::place::Place;
use crate::server::services::reply::{Answer, Failure, Reply};
use crate::server::state::App;
use crate::server::visit::Visit;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};

/// A page that says no. Its status is in the response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refused(pub Box<Page>);

impl FromServerFnError for Refused {
    type Encoder = JsonEncoding;

    /// What the framework refused: a form that none of our pages sends.
    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        // Not why: the reason quotes what was sent.
        tracing::info!("a form was not understood");
        set_status(StatusCode::BAD_REQUEST);
        if wants_html() {
            leptos_axum::redirect("/sign-in");
        }
        Self(Box::new(use_context::<App>().map_or_else(nothing, |app| app.presenter.not_understood())))
    }
}

/// The visit behind the present request.
///
/// # Errors
/// Never in a running server: the router provides both parts.
pub fn visit(environment: Option<&str>) -> Result<Visit, Refused> {
    match (use_context::<App>(), use_context::<Parts>()) {
        (Some(app), Some(parts)) => {
            let mut visit = Visit::read(&app, &parts.headers, environment);
            visit.address = parts.extensions.get().copied().unwrap_or_default();
            visit.place = Place::of_query(parts.uri.query());
            Ok(visit)
        }
        _ => Err(Refused(Box::new(nothing()))),
    }
}

/// Answers a form.
///
/// # Errors
/// The page of a refusal, with its status.
pub fn answer(visit: &Visit, outcome: Answer) -> Result<Page, Refused> {
    // What was not done sets nothing: a session that was not stored is none, and the flow is where it was.
    let done = outcome.is_ok();
    let Reply { page, status } = outcome.unwrap_or_else(|failure| unavailable(&visit.app, &failure));
    if let Some(options) = use_context::<ResponseOptions>().filter(|_| done) {
        for cookie in visit.cookies() {
            if let Ok(value) = HeaderValue::from_str(cookie) {
                options.append_header(header::SET_COOKIE, value);
            }
        }
        if let Some(seconds) = visit.retry_after {
            options.insert_header(header::RETRY_AFTER, seconds.into());
        }
    }
    if visit.wants_html && !done {
        // A redirect would lead to a page that knows nothing of it.
        if let Some(failed) = use_context::<Failed>() {
            failed.keep(page.clone(), status);
        }
        return Ok(page);
    }
    if visit.wants_html {
        // Also after a refusal: the page to come says what is wrong, and a reload of it repeats nothing.
        leptos_axum::redirect(&page.address);
        return Ok(page);
    }
    set_status(status);
    if status.is_success() { Ok(page) } else { Err(Refused(Box::new(page))) }
}

/// Where a failure waits for the document that tells of it, when a form was posted without JavaScript.
#[derive(Clone, Default)]
pub struct Failed(Arc<Mutex<Option<(Page, StatusCode)>>>);

impl Failed {
    fn keep(&self, page: Page, status: StatusCode) {
        if let Ok(mut kept) = self.0.lock() {
            *kept = Some((page, status));
        }
    }

    /// What failed, if something did.
    #[must_use]
    pub fn take(&self) -> Option<(Page, StatusCode)> {
        self.0.lock().ok().and_then(|mut kept| kept.take())
    }
}

/// The causes go to the log, people read that it did not work and nothing was lost.
pub fn unavailable(app: &App, failure: &Failure) -> Reply {
    if matches!(failure, Failure::Database(_)) {
        app.db.doubt();
    }
    let busy = matches!(failure, Failure::Busy(_));
    if busy {
        tracing::warn!(error = %failure, "busy");
    } else {
        tracing::error!(error = %failure, "a request could not be answered");
    }
    let page = if busy { app.presenter.busy("/") } else { app.presenter.unavailable("/") };
    Reply::refused(page, StatusCode::SERVICE_UNAVAILABLE)
}

fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

fn wants_html() -> bool {
    use_context::<Parts>()
        .and_then(|parts| {
            parts.headers.get(header::ACCEPT).map(|accept| accept.to_str().unwrap_or_default().contains("text/html"))
        })
        .unwrap_or(false)
}

fn nothing() -> Page {
    let told = Told { heading: String::new(), lead: Vec::new(), links: Vec::new() };
    Page {
        address: "/".to_owned(),
        title: String::new(),
        status: String::new(),
        screen: Screen::Stale(told),
        signals: Vec::new(),
    }
}
