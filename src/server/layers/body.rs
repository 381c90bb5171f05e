//! What a request to a server function may carry: a form, as long as forms are.

use crate::server::router;
use crate::server::state::App;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use std::time::Duration;

/// The longest body, in bytes: a new passkey with an odd provider is some kilobytes.
pub const LONGEST: usize = 256 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads the body whole.
///
/// # Errors
/// The answer for whoever sent what no form of ours sends: another kind, no text, too long, or too slowly.
pub async fn read(app: &App, request: Request) -> Result<Request, Response> {
    let (parts, body) = request.into_parts();
    let status = if is_form(&parts.headers) {
        match tokio::time::timeout(PATIENCE, to_bytes(body, LONGEST)).await {
            Ok(Ok(bytes)) if is_text(&bytes) => return Ok(Request::from_parts(parts, Body::from(bytes))),
            Ok(Ok(_)) => StatusCode::BAD_REQUEST,
            Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Err(_) => StatusCode::REQUEST_TIMEOUT,
        }
    } else {
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    };
    let page = app.presenter.not_understood();
    Err(router::show(app, Request::from_parts(parts, Body::empty()), page, status).await)
}

/// What is no text would be read as if it were another: two passwords that differ in nothing else would be the same.
fn is_text(form: &[u8]) -> bool {
    percent_encoding::percent_decode(form).decode_utf8().is_ok()
}

/// The kinds of bodies that a page of another site can send without being asked first include texts that look like JSON.
fn is_form(headers: &HeaderMap) -> bool {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") && kinds.next().is_none()
}
