//! A code in place of a forgotten password.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::forgotten;
use leptos::prelude::*;

/// *Continue*, *Send a new code*
///
/// # Errors
/// The page of a refusal.
#[server(name = SendResetCode, endpoint = "forgot/send")]
pub async fn send_reset_code(
    #[server(default)] flow: String,
    #[server(default)] identifier: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = forgotten::send(&mut visit, &flow, &identifier).await;
    answer(&visit, outcome)
}

/// *Save new password*
///
/// # Errors
/// The page of a refusal.
#[server(name = ChoosePassword, endpoint = "forgot/password")]
pub async fn choose_password(
    #[server(default)] flow: String,
    #[server(default)] code: String,
    #[server(default)] password: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = forgotten::choose(&mut visit, &flow, &code, &password).await;
    answer(&visit, outcome)
}
