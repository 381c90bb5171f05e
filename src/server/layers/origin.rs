//! Cross-site requests: anything but GET and HEAD must come from a page of ours. Fetch Metadata says so, or else the
//! header Origin (RFC 6454); a browser that sends neither on a post is older than WebAuthn.

use crate::server::metrics::Turned;
use crate::server::router;
use crate::server::state::App;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header};

/// Refuses what comes from elsewhere.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_none() {
        // A host without a path (RFC 9110, section 7.1) is asked of proxies.
        return StatusCode::BAD_REQUEST.into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let ours = app.settings.relying_party.origin.origin().ascii_serialization();
    if safe || is_ours(request.headers(), &ours) {
        return next.run(request).await;
    }
    app.metrics.turned_away(Turned::Origin);
    tracing::info!("a request from another site was refused");
    // Not another site: our own page, opened under an address that passkeys and cookies do not belong to.
    let page = if is_wrong_address(request.headers()) {
        app.presenter.insecure_origin(&ours)
    } else {
        app.presenter.refused_origin()
    };
    router::show(&app, request, page, StatusCode::FORBIDDEN).await
}

/// The browser says that the page and the form have the same address; it only is not ours.
fn is_wrong_address(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(header::HOST);
    text(header::ORIGIN).split_once("://").is_some_and(|(_, origin)| origin == host)
}

fn is_ours(headers: &HeaderMap, ours: &str) -> bool {
    let all =
        |name: &str| -> Vec<_> { headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect() };
    let origin = all(header::ORIGIN.as_str());
    match (all("sec-fetch-site").as_slice(), origin.as_slice()) {
        // Two of one header is nothing a browser sends.
        (["same-origin"], [] | [_]) => origin.is_empty() || origin == [ours],
        ([], [origin]) => *origin == ours,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        is_ours(&headers, "https://login.example.org")
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(ask(&[("sec-fetch-site", "same-origin"), ("origin", "https://login.example.org")]));
        assert!(ask(&[("origin", "https://login.example.org")]));
        assert!(ask(&[("sec-fetch-site", "same-origin")]));
        for pairs in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://login.example.org")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://login.example.org")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://login.example.org"), ("origin", "https://evil.example")],
        ] {
            assert!(!ask(pairs), "{pairs:?}");
        }
    }
}
