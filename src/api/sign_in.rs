//! Before a proof.
//!
//! What everybody goes through is boxed: it has many steps to remember, and would be copied as a whole with each layer around it.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::{email_code, sign_in};
use leptos::prelude::*;

/// Takes an identifier.
///
/// # Errors
/// The page of a refusal.
#[server(name = Identify, endpoint = "sign-in/identify")]
pub async fn identify(
    #[server(default)] flow: String,
    #[server(default)] identifier: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = Box::pin(sign_in::identify(&mut visit, &flow, &identifier)).await;
    answer(&visit, outcome)
}

/// *Continue as …*: the account that this browser remembers.
///
/// # Errors
/// The page of a refusal.
#[server(name = OneTap, endpoint = "sign-in/one-tap")]
pub async fn one_tap(
    #[server(default)] flow: String,
    #[server(default)] account: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sign_in::one_tap(&mut visit, &flow, &account).await;
    answer(&visit, outcome)
}

/// *Not you?*, *Use another account*
///
/// # Errors
/// The page of a refusal.
#[server(name = StartOver, endpoint = "sign-in/start-over")]
pub async fn start_over(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sign_in::start_over(&mut visit, &flow).await;
    answer(&visit, outcome)
}

/// *Use password instead*; `left` tells about a prompt that was left open, `ceremony` which one it was.
///
/// # Errors
/// The page of a refusal.
#[server(name = UsePassword, endpoint = "sign-in/use-password")]
pub async fn use_password(
    #[server(default)] flow: String,
    #[server(default)] left: String,
    #[server(default)] ceremony: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let left = Some((left.as_str(), ceremony.as_str())).filter(|(left, _)| !left.is_empty());
    let outcome = sign_in::use_password(&mut visit, &flow, left).await;
    answer(&visit, outcome)
}

/// Takes a password.
///
/// # Errors
/// The page of a refusal.
#[server(name = CheckPassword, endpoint = "sign-in/password")]
pub async fn check_password(
    #[server(default)] flow: String,
    #[server(default)] password: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = Box::pin(sign_in::password(&mut visit, &flow, &password)).await;
    answer(&visit, outcome)
}

/// *Email me a code*, *Send a new code*
///
/// # Errors
/// The page of a refusal.
#[server(name = EmailCode, endpoint = "sign-in/email-code")]
pub async fn email_a_code(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = email_code::send(&mut visit, &flow).await;
    answer(&visit, outcome)
}

/// Takes a code that was mailed.
///
/// # Errors
/// The page of a refusal.
#[server(name = CheckEmailedCode, endpoint = "sign-in/code")]
pub async fn check_emailed_code(
    #[server(default)] flow: String,
    #[server(default)] code: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = email_code::check(&mut visit, &flow, &code).await;
    answer(&visit, outcome)
}

/// Takes the report of a `get()`.
///
/// # Errors
/// The page of a refusal.
#[server(name = ReportPasskey, endpoint = "sign-in/report")]
pub async fn report_passkey(
    #[server(default)] flow: String,
    #[server(default)] ceremony: String,
    #[server(default)] outcome: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = Box::pin(sign_in::report(&mut visit, &flow, &ceremony, &outcome)).await;
    answer(&visit, outcome)
}

/// Takes the report of a `get()` that nobody had said their name for.
///
/// # Errors
/// The page of a refusal.
#[server(name = ReportAnyone, endpoint = "sign-in/report-anyone")]
pub async fn report_anyone(
    #[server(default)] flow: String,
    #[server(default)] ceremony: String,
    #[server(default)] outcome: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = Box::pin(sign_in::report_anyone(&mut visit, &flow, &ceremony, &outcome)).await;
    answer(&visit, outcome)
}
