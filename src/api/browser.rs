//! This browser.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::leave;
use leptos::prelude::*;

/// *Forget this browser*
///
/// # Errors
/// The page of a refusal.
#[server(name = ForgetBrowser, endpoint = "browser/forget")]
pub async fn forget_browser(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = leave::forget_browser(&mut visit, &flow).await;
    answer(&visit, outcome)
}
