//! `keymend user …`: one account, for the operator.

use super::{records, say};
use clap::Subcommand;
use keymend::server::services::operator;
use std::io::Write as _;

/// What to do.
#[derive(Subcommand)]
pub enum Arguments {
    /// Show what an account is made of, and what happened to it lately.
    Show {
        /// The email address or username.
        identifier: String,
    },
    /// Let somebody in again who has lost everything: prints a password that is good for one sign-in.
    Reset {
        /// The email address or username.
        identifier: String,
    },
}

/// Does it, and prints what there is to say.
///
/// # Errors
/// One line: nobody has this identifier, the database does not answer, or nobody can read the new password.
pub async fn run(arguments: &Arguments) -> Result<(), String> {
    let app = records::open().await?;
    let done = match arguments {
        Arguments::Show { identifier } => operator::show(&app, identifier).await.and_then(|text| say(&text)),
        Arguments::Reset { identifier } => operator::reset(&app, identifier).await.and_then(|text| hand_over(&text)),
    };
    app.db.close().await;
    done
}

/// The password is in it, and nowhere else.
fn hand_over(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    let shown = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|error| {
        format!("the account was begun anew, but its password could not be shown ({error}): say it again, and that one counts")
    })
}
