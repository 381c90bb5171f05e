//! A name for every request, one line in the log about how it was answered, and a place in the metrics.
//!
//! The line has the method if everybody knows it, the address if it is one of ours, without its query, and nothing that a person
//! typed.

use super::steady::is_function;
use crate::server::state::App;
use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::time::Instant;
use tracing::Span;

/// The name goes out with the answer, so that a person can quote it. One that comes in is not believed.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What requests are called. It is no secret, so it needs no random numbers: where the system gives none, a request would end here,
/// before anybody could answer for it. Nor does it tell how many others there were.
#[derive(Debug, Default)]
pub struct Names {
    /// Another one in every program.
    key: RandomState,
    count: AtomicU64,
}

impl Names {
    fn next(&self) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let [one, other] = [0_u8, 1].map(|half| self.key.hash_one((number, half)));
        format!("{one:016x}{other:016x}")
    }
}

/// One request that is under way.
pub struct Watched {
    id: String,
    kind: &'static str,
    span: Span,
    began: Instant,
}

impl Watched {
    #[must_use]
    pub fn begin(names: &Names, request: &Request) -> Self {
        let id = names.next();
        let path = request.uri().path();
        let span = tracing::info_span!("request", %id, method = %known(request.method()), path = ours(request));
        Self { id, kind: kind(path), span, began: Instant::now() }
    }

    /// What is logged meanwhile says which request it belongs to.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// It is answered.
    pub fn end(self, app: &App, response: &mut Response) {
        let took = self.began.elapsed();
        app.metrics.answered(self.kind, response.status(), took);
        if self.kind != "probe" && self.kind != "file" {
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            self.span.in_scope(|| tracing::info!(status = response.status().as_u16(), milliseconds, "answered"));
        }
        if let Ok(value) = HeaderValue::from_str(&self.id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }
}

/// What kind of address it is; never the address itself, which anybody can make up.
fn kind(path: &str) -> &'static str {
    match path {
        "/healthz" | "/readyz" | "/metrics" => "probe",
        path if path.starts_with("/api/") => "function",
        path if path.starts_with("/pkg/") || path.contains('.') => "file",
        _ => "page",
    }
}

/// One of the nine methods of old; another one is a word of whoever asks.
fn known(method: &Method) -> &str {
    let is_known = matches!(
        *method,
        Method::GET
            | Method::HEAD
            | Method::POST
            | Method::PUT
            | Method::DELETE
            | Method::CONNECT
            | Method::OPTIONS
            | Method::TRACE
            | Method::PATCH
    );
    if is_known { method.as_str() } else { "(another)" }
}

/// An address of ours; what else was asked for may be anything, a password among it.
fn ours(request: &Request) -> &str {
    match request.extensions().get::<MatchedPath>().map(MatchedPath::as_str) {
        Some(route) if !route.contains('{') => route,
        Some(_) if is_function(request.uri().path()) => request.uri().path(),
        _ => "(another)",
    }
}
