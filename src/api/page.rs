//! The present page, for reloads without a reload: the back button, a page from the cache.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::pages;
use leptos::prelude::*;

/// Shows what belongs to an address, or what stands in its place.
///
/// # Errors
/// The page of a refusal.
#[server(name = PresentPage, endpoint = "page")]
pub async fn present_page(#[server(default)] address: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = pages::present(&mut visit, &address).await;
    answer(&visit, outcome)
}
