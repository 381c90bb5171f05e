//! A bound on what a request may carry.

use crate::server::router;
use crate::server::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use std::time::Duration;

/// The longest body, in bytes: a new passkey with an odd provider is some kilobytes.
pub const LONGEST: usize = 256 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads the body whole, or refuses it.
pub async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, LONGEST)).await;
    let status = match read {
        Ok(Ok(bytes)) => return next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::REQUEST_TIMEOUT,
    };
    let page = app.presenter.not_understood();
    router::show(&app, Request::from_parts(parts, Body::empty()), page, status).await
}
