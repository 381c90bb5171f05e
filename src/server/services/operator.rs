//! What the operator does to one account, at the command line. No browser has a part in it.

use super::account::readable;
use super::announce::{By, News, announce};
use super::reply::Failure;
use super::throttle;
use crate::server::db;
use crate::server::db::audit::NewEntry;
use crate::server::db::users::User;
use crate::server::random;
use crate::server::state::App;
use domain::audit::Event;
use domain::identifier::Identifier;
use domain::time::{DAY, HOUR, MINUTE};
use std::fmt::Write as _;

/// So many events are shown.
const EVENTS: u64 = 20;
/// How long a password that was handed over may wait for its one sign-in, in milliseconds.
pub const RESET_LIFETIME: i64 = DAY;

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
    let sessions = db::sessions::count_alive_of_user(c, user.id, (now.plus(-idle), now)).await?;
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
    line("sessions", &sessions.to_string());
    line("known browsers", &browsers.len().to_string());
    for entry in db::audit::latest_of_user(c, user.id, EVENTS).await? {
        line(&entry.event, &readable(entry.at));
    }
    Ok(text)
}

/// Lets somebody in again who has lost everything: ends their sessions, forgets their known browsers, and gives them a password
/// that is good for one sign-in. The one before is void: it is not chosen again. Passkeys stay. Returns what to print, once.
///
/// # Errors
/// One line: nobody has this identifier, or the database does not answer.
pub async fn reset(app: &App, identifier: &str) -> Result<String, String> {
    let user = find(app, identifier).await?;
    let password = one_time_password();
    let hash = app.hasher.hash(&password).await.map_err(|error| error.to_string())?;
    let done = write(app, &user, &hash).await.map_err(|error| error.to_string())?;
    if !done {
        return Err(format!("nobody is called {}", user.identifier));
    }
    Ok(format!(
        "{} is signed out everywhere, and no browser is known any more. Passkeys stay.\n\
         Hand this password over in a way in which you are sure who it is. It is good for one sign-in, within {} hours;\n\
         the first thing to do then is to choose a new one.\n\n    {password}\n\n",
        user.identifier,
        RESET_LIFETIME / HOUR,
    ))
}

async fn write(app: &App, user: &User, hash: &str) -> Result<bool, Failure> {
    let now = app.clock.now();
    let tx = app.db.write().await?;
    let Some(user) = db::users::lock(&tx, user.id).await? else { return Ok(false) };
    db::users::reset(&tx, &user, hash, now).await?;
    db::sessions::end_all_of_user_but(&tx, user.id, None, now).await?;
    db::browsers::forget_marks_of_user(&tx, user.id).await?;
    db::mailed_codes::forget_all_of_user(&tx, user.id).await?;
    throttle::forgive(&tx, &app.sealer, &user.identifier_key).await?;
    let entry = NewEntry {
        id: random::uuid_of(now),
        at: now,
        event: Event::ResetByOperator,
        user: Some(user.id),
        browser: None,
        session: None,
        subject: None,
        identifier_hash: None,
    };
    db::audit::add(&tx, entry).await?;
    announce(&tx, &user, &News::PasswordChanged, By::Operator(app)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Eighty bits in letters that nobody takes for another one (Crockford's Base32), in groups to be read aloud.
fn one_time_password() -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let bytes: [u8; 16] = random::bytes();
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
