//! The passkeys on the dashboard.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::{healing, passkeys};
use leptos::prelude::*;

/// *Add a passkey*
///
/// # Errors
/// The page of a refusal.
#[server(name = AddPasskey, endpoint = "passkeys/add")]
pub async fn add_passkey(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = healing::ask(&mut visit, &flow).await;
    answer(&visit, outcome)
}

/// Renames a passkey.
///
/// # Errors
/// The page of a refusal.
#[server(name = RenamePasskey, endpoint = "passkeys/rename")]
pub async fn rename_passkey(
    #[server(default)] flow: String,
    #[server(default)] id: String,
    #[server(default)] name: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = passkeys::rename(&mut visit, &flow, &id, &name).await;
    answer(&visit, outcome)
}

/// Removes a passkey from the account.
///
/// # Errors
/// The page of a refusal.
#[server(name = RemovePasskey, endpoint = "passkeys/remove")]
pub async fn remove_passkey(
    #[server(default)] flow: String,
    #[server(default)] id: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = passkeys::remove(&mut visit, &flow, &id).await;
    answer(&visit, outcome)
}
