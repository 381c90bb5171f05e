//! `keymend user …`: one account, for the operator.

use clap::Subcommand;
use keymend::server::services::operator;
use keymend::server::state::App;

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
/// One line: nobody has this identifier, or the database does not answer.
pub async fn run(app: &App, arguments: &Arguments) -> Result<(), String> {
    match arguments {
        Arguments::Show { identifier } => print!("{}", operator::show(app, identifier).await?),
        Arguments::Reset { identifier } => print!("{}", operator::reset(app, identifier).await?),
    }
    Ok(())
}
