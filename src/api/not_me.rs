//! What was announced was done by somebody else.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::not_me;
use leptos::prelude::*;

/// *This was not me*
///
/// # Errors
/// The page of a refusal.
#[server(name = Disown, endpoint = "not-me")]
pub async fn disown(
    #[server(default)] flow: String,
    #[server(default)] token: String,
    #[server(default)] notice: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = not_me::disown(&mut visit, &flow, &token, &notice).await;
    answer(&visit, outcome)
}
