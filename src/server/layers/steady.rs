//! The time of an answer must not tell who has an account. The same is done whether somebody has a name or nobody, as far as that
//! goes, and what is left of a difference disappears in a moment that every answer takes.

use crate::server::cookies::Cookie;
use crate::server::state::App;
use axum::extract::Request;
use axum::response::Response;
use http::{Method, header};
use leptos::server_fn::axum::server_fn_paths;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The addresses of the steps, as they are when the first question comes; a label is one of these, whatever is asked for.
static STEPS: LazyLock<Vec<&'static str>> = LazyLock::new(|| server_fn_paths().map(|(path, _)| path).collect());

/// A question that is there as a whole.
pub struct Asked {
    begun: Instant,
    /// Somebody has said or says something.
    is_about_somebody: bool,
    is_inside: bool,
    step: &'static str,
}

impl Asked {
    #[must_use]
    pub fn now(app: &App, request: &Request) -> Self {
        let (begun, https) = (Instant::now(), app.settings.is_https());
        Self {
            begun,
            is_about_somebody: request.method() == Method::POST || has(request, Cookie::Flow, https),
            is_inside: has(request, Cookie::Session, https),
            step: step(request.uri().path()),
        }
    }

    /// Gives the answer `sign_in.answer_after_ms` after the question at the earliest, unless it signs somebody in: that tells anyway. To
    /// wait takes nothing of the processor. An answer that is later by itself is counted, as its time may tell.
    pub async fn answer(self, app: &App, response: Response) -> Response {
        // A proof inside a session brings a new token too, and signs nobody in.
        let tells_anyway = !self.is_inside && begins_a_session(&response, app.settings.is_https());
        if self.is_about_somebody && !tells_anyway {
            let time = self.begun + Duration::from_millis(app.settings.sign_in.answer_after_ms.into());
            app.metrics.answered_about_somebody(self.step, Instant::now() <= time);
            sleep_until(time).await;
        }
        response
    }
}

/// What an answer is counted under: the step without `/api/`, or *page*, or *none* where there is no such step.
fn step(path: &str) -> &'static str {
    if !path.starts_with("/api/") {
        return "page";
    }
    let known = STEPS.iter().find(|known| **known == path);
    known.map_or("none", |known| known.strip_prefix("/api/").unwrap_or(known))
}

/// Whether there is such a step.
pub(super) fn is_function(path: &str) -> bool {
    STEPS.contains(&path)
}

fn has(request: &Request, cookie: Cookie, https: bool) -> bool {
    cookie.read(request.headers(), https).is_some()
}

fn begins_a_session<B>(response: &http::Response<B>, https: bool) -> bool {
    let session = Cookie::Session.name(https);
    response.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()).any(|cookie| {
        let value = cookie.strip_prefix(session).and_then(|rest| rest.strip_prefix('='));
        value.is_some_and(|value| !value.starts_with(';'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Response;

    #[test]
    fn only_a_new_session_is_answered_at_once() {
        for https in [false, true] {
            let (session, flow) = (Cookie::Session, Cookie::Flow);
            let none: [String; 0] = [];
            let with = |cookies: &[String]| {
                let response = Response::builder();
                cookies.iter().fold(response, |response, cookie| response.header(header::SET_COOKIE, cookie)).body(())
            };
            assert!(begins_a_session(&with(&[flow.remove(https), session.set("token", https)]).unwrap(), https));
            for cookies in
                [&none[..], &[flow.set("sealed", https)], &[session.remove(https), flow.set("session=", https)]]
            {
                assert!(!begins_a_session(&with(cookies).unwrap(), https), "{cookies:?}");
            }
        }
    }
}
