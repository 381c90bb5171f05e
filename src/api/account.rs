//! The person's own account.

use super::answer::{Refused, answer, visit};
use crate::page::Page;
use crate::server::services::account::{browsers, delete, identifier, password as passwords, sessions};
use leptos::prelude::*;

/// *Change password*
///
/// # Errors
/// The page of a refusal.
#[server(name = ChangePassword, endpoint = "account/change-password")]
pub async fn change_password(
    #[server(default)] flow: String,
    #[server(default)] password: String,
    #[server(default)] new_password: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = passwords::change(&mut visit, &flow, &password, &new_password).await;
    answer(&visit, outcome)
}

/// *Change name*
///
/// # Errors
/// The page of a refusal.
#[server(name = ChangeIdentifier, endpoint = "account/change-identifier")]
pub async fn change_identifier(
    #[server(default)] flow: String,
    #[server(default)] password: String,
    #[server(default)] identifier: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = identifier::change(&mut visit, &flow, &password, &identifier).await;
    answer(&visit, outcome)
}

/// *Delete account*
///
/// # Errors
/// The page of a refusal.
#[server(name = DeleteAccount, endpoint = "account/delete")]
pub async fn delete_account(
    #[server(default)] flow: String,
    #[server(default)] password: String,
    #[server(default)] confirmation: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = delete::delete(&mut visit, &flow, &password, &confirmation).await;
    answer(&visit, outcome)
}

/// *End …*
///
/// # Errors
/// The page of a refusal.
#[server(name = EndSession, endpoint = "account/end-session")]
pub async fn end_session(
    #[server(default)] flow: String,
    #[server(default)] id: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sessions::end(&mut visit, &flow, &id).await;
    answer(&visit, outcome)
}

/// *End all other sessions*
///
/// # Errors
/// The page of a refusal.
#[server(name = EndSessions, endpoint = "account/end-sessions")]
pub async fn end_sessions(#[server(default)] flow: String, environment: Option<String>) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = sessions::end_others(&mut visit, &flow).await;
    answer(&visit, outcome)
}

/// *Forget …*
///
/// # Errors
/// The page of a refusal.
#[server(name = ForgetKnownBrowser, endpoint = "account/forget-browser")]
pub async fn forget_known_browser(
    #[server(default)] flow: String,
    #[server(default)] id: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = browsers::forget(&mut visit, &flow, &id).await;
    answer(&visit, outcome)
}

/// *Forget all other browsers*
///
/// # Errors
/// The page of a refusal.
#[server(name = ForgetKnownBrowsers, endpoint = "account/forget-browsers")]
pub async fn forget_known_browsers(
    #[server(default)] flow: String,
    environment: Option<String>,
) -> Result<Page, Refused> {
    let mut visit = visit(environment.as_deref())?;
    let outcome = browsers::forget_others(&mut visit, &flow).await;
    answer(&visit, outcome)
}
