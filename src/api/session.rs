//! Inside a session: more proof, and the way out.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::{healing, leave};
use leptos::prelude::*;

/// Takes the report of a `get()` inside a session.
///
/// # Errors
/// The page of a refusal.
#[server(name = VerifyPasskey, endpoint = "session/verify")]
pub async fn verify_passkey(
    #[server(default)] flow: String,
    #[server(default)] ceremony: String,
    #[server(default)] outcome: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = healing::verify(&mut visit, &flow, &ceremony, &outcome).await;
    answer(&visit, outcome)
}

/// Takes the password once more.
///
/// # Errors
/// The page of a refusal.
#[server(name = ConfirmPassword, endpoint = "session/password")]
pub async fn confirm_password(
    #[server(default)] flow: String,
    #[server(default)] password: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = healing::password(&mut visit, &flow, &password).await;
    answer(&visit, outcome)
}

/// *Sign out*
///
/// # Errors
/// The page of a refusal.
#[server(name = SignOut, endpoint = "session/sign-out")]
pub async fn sign_out(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = leave::sign_out(&mut visit, &flow).await;
    answer(&visit, outcome)
}
