//! `keymend explain`: what is recorded about a person.

use super::records;
use clap::Args;
use keymend::server::services::explain::explain;

/// Whom to explain.
#[derive(Args)]
pub struct Arguments {
    /// The email address or username that they sign in with.
    identifier: String,
    /// Print one JSON object in place of the words.
    #[arg(long)]
    json: bool,
}

/// Prints what is recorded.
///
/// # Errors
/// One line, when the identifier, the configuration or the database is no good.
pub async fn run(arguments: &Arguments) -> Result<(), String> {
    let app = records::open().await?;
    let told = explain(&app, &arguments.identifier).await;
    app.db.close().await;
    super::print(&told.map_err(|why| why.to_string())?, arguments.json)
}
