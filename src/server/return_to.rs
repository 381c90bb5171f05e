//! Where a person goes after the sign-in when somebody sent them here: a page of this origin, or an address on an origin that the
//! operator named. Anything else is as if nothing had been asked for (ASVS V3.7.2).

use super::config::RelyingParty;
use super::present::paths;
use url::{Url, form_urlencoded};

/// Longer ones do not fit into the cookie of the flow; in bytes.
pub const LONGEST: usize = 512;

/// Where the query of an address wants to lead, if it may.
#[must_use]
pub fn wanted(party: &RelyingParty, query: &str) -> Option<String> {
    let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "return_to");
    match (found.next(), found.next()) {
        (Some((_, text)), None) => allowed(party, &text),
        // Of two nobody knows which one somebody else has looked at.
        _ => None,
    }
}

/// The address in full, as this program reads it, so that no browser reads another one in it.
fn allowed(party: &RelyingParty, text: &str) -> Option<String> {
    // What browsers drop or turn around (spaces, tabs, backslashes) stands in no honest address.
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    if text.len() > LONGEST || !text.bytes().all(is_plain) {
        return None;
    }
    let url = match text.strip_prefix('/') {
        Some(rest) if !rest.starts_with('/') => party.origin.join(text).ok()?,
        None if text.starts_with("https://") || text.starts_with("http://") => Url::parse(text).ok()?,
        _ => return None,
    };
    if !url.username().is_empty() || url.password().is_some() || url.as_str().len() > LONGEST {
        return None;
    }
    let is_here = url.origin() == party.origin.origin();
    let may = match is_here {
        true => leads_on(url.path()),
        false => party.return_to.iter().any(|allowed| allowed.origin() == url.origin()),
    };
    may.then(|| url.into())
}

/// Whether a path of this origin leads anywhere for who has just signed in.
fn leads_on(path: &str) -> bool {
    let is_entrance = matches!(path, "/" | paths::SIGN_IN | paths::SIGN_UP | paths::FORGOT_PASSWORD);
    !is_entrance && !path.starts_with("//") && !path.starts_with("/api/")
}

/// What an operator may name: an origin, with https or on this very machine.
///
/// # Errors
/// One line that names the key and what is wrong with it.
pub fn check(party: &RelyingParty) -> Result<(), String> {
    for url in &party.return_to {
        let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_local);
        let is_origin = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_safe || !is_origin || url.host_str().is_none() {
            return Err(format!("relying_party.return_to must list origins like https://app.example.org, not {url}"));
        }
    }
    Ok(())
}
