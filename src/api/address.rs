//! A code that was mailed to the address of the account.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::address;
use leptos::prelude::*;

/// *Confirm*
///
/// # Errors
/// The page of a refusal.
#[server(name = CheckAddressCode, endpoint = "address/code")]
pub async fn check_address_code(
    #[server(default)] flow: String,
    #[server(default)] code: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = address::check(&mut visit, &flow, &code).await;
    answer(&visit, outcome)
}

/// *Send a code*
///
/// # Errors
/// The page of a refusal.
#[server(name = SendAddressCode, endpoint = "address/send")]
pub async fn send_address_code(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = address::send(&mut visit, &flow).await;
    answer(&visit, outcome)
}
