//! A code beside the password.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::confirm;
use leptos::prelude::*;

/// *Confirm*
///
/// # Errors
/// The page of a refusal.
#[server(name = CheckCode, endpoint = "confirm/code")]
pub async fn check_code(
    #[server(default)] flow: String,
    #[server(default)] code: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = confirm::check(&mut visit, &flow, &code).await;
    answer(&visit, outcome)
}

/// *Send a new code*
///
/// # Errors
/// The page of a refusal.
#[server(name = SendCode, endpoint = "confirm/send")]
pub async fn send_code(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = confirm::send(&mut visit, &flow).await;
    answer(&visit, outcome)
}
