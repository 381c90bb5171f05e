//! The three cookies, their names and attributes.

use super::random::Token;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session token. Ends with the browser, as the row does.
    Session,
    /// The sealed flow before a proof.
    Flow,
    /// The handle of this browser profile.
    Browser,
}

impl Cookie {
    /// `__Host-` and Secure where the origin is https; plain names on `http://localhost`, where Safari drops Secure.
    #[must_use]
    pub fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-session",
            (Self::Flow, true) => "__Host-flow",
            (Self::Browser, true) => "__Host-browser",
            (Self::Session, false) => "session",
            (Self::Flow, false) => "flow",
            (Self::Browser, false) => "browser",
        }
    }

    /// Seconds, none for a cookie that ends with the browser. 400 days is what browsers allow at most.
    fn max_age(self) -> Option<u32> {
        match self {
            Self::Session => None,
            Self::Flow => Some(60 * 60),
            Self::Browser => Some(400 * 24 * 60 * 60),
        }
    }

    /// The header value that sets it. SameSite=Lax, so that a link from a mail finds the person signed in.
    #[must_use]
    pub fn set(self, value: &str, https: bool) -> String {
        let age = self.max_age().map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{}", self.name(https), secure(https))
    }

    /// The header value that removes it.
    #[must_use]
    pub fn remove(self, https: bool) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", self.name(https), secure(https))
    }

    /// Its value in the request. Of several of the same name the first counts.
    #[must_use]
    pub fn read(self, headers: &http::HeaderMap, https: bool) -> Option<&str> {
        let name = self.name(https);
        headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

fn secure(https: bool) -> &'static str {
    if https { "; Secure" } else { "" }
}

/// A token as text.
#[must_use]
pub fn token_text(token: &Token) -> String {
    URL_SAFE_NO_PAD.encode(token)
}

/// A token from text; none if it is not one.
#[must_use]
pub fn token(text: &str) -> Option<Token> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
