//! The headers of every response, errors and files included.

use crate::server::present::paths;
use crate::server::state::App;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// For everything that is not one of our documents; those bring their own with a nonce.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of a document. Only our own files and the one nonce run; wasm may be compiled.
///
/// Browsers look at `form-action` for the redirects that answer a form, too, so the origins that a sign-in may lead back to are
/// part of it.
#[must_use]
pub fn document_policy(nonce: &str, return_to: &[url::Url]) -> String {
    let back: String = return_to.iter().map(|url| format!(" {}", url.origin().ascii_serialization())).collect();
    // While the program is developed, cargo-leptos reloads the page through a socket of its own port.
    let reload = if cfg!(debug_assertions) { " ws:" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{reload}; manifest-src 'self'; base-uri 'none'; form-action 'self'{back}; frame-ancestors 'none'"
    )
}

/// Whether a browser may keep what is there, as it is the same for everybody.
#[must_use]
pub fn is_file(path: &str) -> bool {
    path.starts_with("/pkg/") || (path.contains('.') && path != paths::RECOVERY_CODES_FILE)
}

/// Adds what is missing.
pub fn add(app: &App, is_file: bool, response: &mut Response) {
    let is_busy = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    // `nosniff` on a body without a type makes some browsers download it.
    default(headers, header::CONTENT_TYPE, "text/plain; charset=utf-8");
    default(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
    default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not no-referrer: a plain form would then send `Origin: null`, which the check of the origin refuses.
    default(headers, header::REFERRER_POLICY, "same-origin");
    default(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    let permissions = "publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), geolocation=(), microphone=()";
    default(headers, HeaderName::from_static("permissions-policy"), permissions);
    default(headers, header::CACHE_CONTROL, if is_file { "no-cache" } else { "no-store" });
    if is_busy {
        // The queue of passwords is worth two seconds, and a database that is gone is not back sooner.
        default(headers, header::RETRY_AFTER, "2");
    }
    if app.settings.is_https() {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
