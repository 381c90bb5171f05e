//! Where password managers look for a site's pages: one for a new password (*A Well-Known URL for Changing Passwords*, W3C), and the
//! ones for a new passkey and for those that are there (*Passkey Endpoints*, W3C). They are the same for everybody.

use super::present::paths;
use super::state::App;
use axum::Json;
use axum::extract::State;
use axum::response::Redirect;
use serde::Serialize;

pub const CHANGE_PASSWORD: &str = "/.well-known/change-password";
pub const PASSKEY_ENDPOINTS: &str = "/.well-known/passkey-endpoints";

/// Whoever is not signed in is led on to the door, as everywhere.
pub async fn change_password() -> Redirect {
    Redirect::to(paths::ACCOUNT_PASSWORD)
}

/// The addresses, whole: managers ask the host that the relying party is called by, and it may not be this one.
#[derive(Debug, Serialize)]
pub struct Endpoints {
    enroll: String,
    manage: String,
}

/// Passkeys are made and kept on one page.
pub async fn passkey_endpoints(State(app): State<App>) -> Json<Endpoints> {
    let origin = app.settings.relying_party.origin.origin().ascii_serialization();
    let page = format!("{origin}{}", paths::DASHBOARD);
    Json(Endpoints { enroll: page.clone(), manage: page })
}
