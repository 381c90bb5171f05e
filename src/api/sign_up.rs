//! A new account, and the code to its address.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::sign_up;
use leptos::prelude::*;

/// Creates an account and signs in.
///
/// # Errors
/// The page of a refusal.
#[server(name = CreateAccount, endpoint = "sign-up")]
pub async fn create_account(
    #[server(default)] identifier: String,
    #[server(default)] password: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sign_up::create(&mut visit, &identifier, &password).await;
    answer(&visit, outcome)
}

/// *Confirm*
///
/// # Errors
/// The page of a refusal.
#[server(name = CheckSignUpCode, endpoint = "sign-up/code")]
pub async fn check_sign_up_code(
    #[server(default)] flow: String,
    #[server(default)] code: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sign_up::check(&mut visit, &flow, &code).await;
    answer(&visit, outcome)
}

/// *Send a new code*
///
/// # Errors
/// The page of a refusal.
#[server(name = SendSignUpCode, endpoint = "sign-up/send")]
pub async fn send_sign_up_code(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sign_up::send(&mut visit, &flow).await;
    answer(&visit, outcome)
}

/// *Use another address*
///
/// # Errors
/// The page of a refusal.
#[server(name = SignUpStartOver, endpoint = "sign-up/start-over")]
pub async fn sign_up_start_over(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sign_up::start_over(&mut visit, &flow).await;
    answer(&visit, outcome)
}
