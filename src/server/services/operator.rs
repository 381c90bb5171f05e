//! What the operator does to one account, at the command line. No browser has a part in it.

use super::account::readable;
use crate::server::db;
use crate::server::db::users::User;
use crate::server::state::App;
use domain::identifier::Identifier;
use domain::time::{DAY, MINUTE};
use std::fmt::Write as _;

/// So many events are shown.
const EVENTS: u64 = 20;

/// What an account is made of, line by line.
///
/// # Errors
/// One line: nobody has this identifier, or the database does not answer.
pub async fn show(app: &App, identifier: &str) -> Result<String, String> {
    let user = find(app, identifier).await?;
    lines(app, &user).await.map_err(|error| format!("the database: {error}"))
}

async fn find(app: &App, identifier: &str) -> Result<User, String> {
    let who = Identifier::parse(identifier).map_err(|problem| problem.to_string())?;
    let user = db::users::find_by_key(app.db.read(), who.key()).await;
    user.map_err(|error| format!("the database: {error}"))?.ok_or_else(|| format!("nobody is called {}", who.typed()))
}

async fn lines(app: &App, user: &User) -> Result<String, sea_orm::DbErr> {
    let (c, now, settings) = (app.db.read(), app.clock.now(), &app.settings);
    let idle = i64::from(settings.session.idle_minutes) * MINUTE;
    let days = i64::from(settings.healing.known_browser_days) * DAY;
    let sessions = db::sessions::alive_of_user(c, user.id, now.plus(-idle), now).await?;
    let browsers = db::browsers::known_to(c, user.id, now.plus(-days)).await?;
    let mut text = String::new();
    // Writing to a string cannot go wrong.
    let mut line = |what: &str, said: &str| {
        let _ = writeln!(text, "{what:<18}{said}");
    };
    line("identifier", &user.identifier);
    line("id", &user.id.to_string());
    line("created", &readable(user.created_at));
    let password = if user.password_hash.is_some() { readable(user.password_changed_at) } else { "none".to_owned() };
    line("password since", &password);
    for passkey in db::passkeys::of_user(c, user.id).await? {
        let used = passkey.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", readable(at)));
        line("passkey", &format!("{}, made {}, {used}", passkey.name, readable(passkey.created_at)));
    }
    line("sessions", &sessions.len().to_string());
    line("known browsers", &browsers.len().to_string());
    for entry in db::audit::of_user(c, user.id, Some(EVENTS)).await? {
        line(&entry.event, &readable(entry.at));
    }
    Ok(text)
}
