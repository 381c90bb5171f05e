//! After a proof: the offer of a passkey.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::healing;
use domain::healing::Event;
use leptos::prelude::*;

/// Takes the report of a `create()`.
///
/// # Errors
/// The page of a refusal.
#[server(name = ReportCreation, endpoint = "healing/report")]
pub async fn report_creation(
    #[server(default)] flow: String,
    #[server(default)] ceremony: String,
    #[server(default)] outcome: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = healing::report(&mut visit, &flow, &ceremony, &outcome).await;
    answer(&visit, outcome)
}

/// *Not now*
///
/// # Errors
/// The page of a refusal.
#[server(name = NotNow, endpoint = "healing/not-now")]
pub async fn not_now(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = healing::simply(&mut visit, &flow, Event::NotNow).await;
    answer(&visit, outcome)
}

/// *Continue*
///
/// # Errors
/// The page of a refusal.
#[server(name = Proceed, endpoint = "healing/continue")]
pub async fn proceed(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = healing::simply(&mut visit, &flow, Event::Continued).await;
    answer(&visit, outcome)
}
