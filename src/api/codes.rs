//! Recovery codes that a person keeps.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::saved_codes;
use leptos::prelude::*;

/// *Get new codes*
///
/// # Errors
/// The page of a refusal.
#[server(name = RenewCodes, endpoint = "codes/renew")]
pub async fn renew_codes(
    #[server(default)] flow: String,
    #[server(default)] password: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = saved_codes::renew(&mut visit, &flow, &password).await;
    answer(&visit, outcome)
}

/// *Continue*
///
/// # Errors
/// The page of a refusal.
#[server(name = CodesKept, endpoint = "codes/kept")]
pub async fn codes_kept(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = saved_codes::kept(&mut visit, &flow).await;
    answer(&visit, outcome)
}
