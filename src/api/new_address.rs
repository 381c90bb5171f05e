//! A code that was mailed to the address which an account is to have.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::account::new_address;
use leptos::prelude::*;

/// *Confirm*
///
/// # Errors
/// The page of a refusal.
#[server(name = CheckNewAddressCode, endpoint = "new-address/code")]
pub async fn check_new_address_code(
    #[server(default)] flow: String,
    #[server(default)] code: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = new_address::check(&mut visit, &flow, &code).await;
    answer(&visit, outcome)
}

/// *Send a new code*
///
/// # Errors
/// The page of a refusal.
#[server(name = SendNewAddressCode, endpoint = "new-address/send")]
pub async fn send_new_address_code(
    #[server(default)] flow: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = new_address::send(&mut visit, &flow).await;
    answer(&visit, outcome)
}
