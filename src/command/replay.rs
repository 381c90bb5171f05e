//! `keymend replay`: today's rules over what was recorded.

use super::records;
use clap::Args;
use keymend::server::db::reason;
use keymend::server::services::replay::{replay, span};

/// What to replay.
#[derive(Args)]
pub struct Arguments {
    /// How far back, in days, hours or minutes: 30d, 12h, 90m.
    #[arg(long, default_value = "30d", value_parser = span)]
    since: i64,
    /// How many rows to name for each change.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    examples: u16,
    /// Print one JSON object in place of the table.
    #[arg(long)]
    json: bool,
}

/// Replays, and prints which decisions would differ.
///
/// # Errors
/// One line, when the configuration or the database is no good.
pub async fn run(arguments: &Arguments) -> Result<(), String> {
    let app = records::open().await?;
    let told = replay(&app, arguments.since, usize::from(arguments.examples)).await;
    app.db.close().await;
    let told = told.map_err(|error| format!("the database: {}", reason(&error)))?;
    super::print(&told, arguments.json)
}
