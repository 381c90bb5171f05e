//! A new account.

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
