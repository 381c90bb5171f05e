//! Mails: how one is made of words, and where it goes. Without a mail server each becomes a file.
//!
//! Nobody sends a mail in the middle of a request. It is put into the outbox in the transaction of what it tells about
//! ([`put`]); the [`sender`] takes it from there, again and again until it is gone.

pub mod sender;

use super::config::Settings;
use super::db;
use super::files;
use super::random;
use super::seal::Purpose;
use super::state::App;
use domain::time::Millis;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::Notify;
use url::Url;
use uuid::Uuid;

/// How long a mail server may take over one mail.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a sealed mail is padded to, in bytes: a database that leaks does not tell one kind from another.
const SIZE: usize = 2_048;

/// What a person gets, in plain text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Empty: nobody. Such a mail is stored as others are, so that nobody learns from the time it takes who exists.
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Says nothing of what is in it.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(hidden)")
    }
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It never will: the address is none, or the server says so.
    #[error("for good: {0}")]
    ForGood(String),
    /// Later, perhaps.
    #[error("for now: {0}")]
    ForNow(String),
}

/// Where mails go.
pub struct Mailer {
    way: Way,
    from: Mailbox,
    /// Wakes the sender.
    pub(super) news: Notify,
}

enum Way {
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Folder(PathBuf),
}

/// Whether the settings of `[mail]` can be used.
///
/// # Errors
/// One line that names the key.
pub fn check(settings: &Settings) -> Result<(), String> {
    Mailer::new(settings).map(|_| ())
}

/// Whether a mail can be written to it at all; not whether anybody is there.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// Puts a mail into the outbox. `expires` is when nobody needs it any more.
///
/// # Errors
/// When the database refuses.
pub async fn put<C: ConnectionTrait>(
    app: &App,
    tx: &C,
    mail: &Mail,
    now: Millis,
    expires: Millis,
) -> Result<(), sea_orm::DbErr> {
    let id = random::uuid();
    let sealed = app.sealer.seal(Purpose::Mail, id.as_bytes(), SIZE, mail);
    let sealed = sealed.ok_or_else(|| sea_orm::DbErr::Custom("a mail could not be written".to_owned()))?;
    db::outbox::put(tx, id, sealed, now, expires).await?;
    // The transaction is still open; the sender gives it a moment, and looks again by itself later.
    app.mailer.news.notify_one();
    Ok(())
}

impl Mailer {
    /// As `[mail]` says.
    ///
    /// # Errors
    /// One line that names the key.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let from = match settings.mail.from.as_str() {
            "" => format!("keymend@{}", settings.relying_party.id),
            from => from.to_owned(),
        };
        let address: Address = from.parse().map_err(|_| format!("mail.from must be an address, not `{from}`"))?;
        let from = Mailbox::new(Some(settings.brand.name.clone()), address);
        let way = match settings.mail.smtp.as_str() {
            "" => Way::Folder(settings.server.data.join("outbox")),
            url => Way::Smtp(Box::new(smtp(url)?)),
        };
        Ok(Self { way, from, news: Notify::new() })
    }

    /// The folder that mails are written to, where there is no mail server.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Smtp(_) => None,
            Way::Folder(folder) => Some(folder),
        }
    }

    /// The file that a mail becomes, where there is no mail server.
    #[must_use]
    pub fn file(&self, id: Uuid, written: Millis) -> Option<PathBuf> {
        self.folder().map(|folder| folder.join(name(id, written)))
    }

    /// Sends a mail. Sent twice, it carries the same Message-ID, and a file replaces itself.
    ///
    /// # Errors
    /// It did not leave.
    pub async fn send(&self, id: Uuid, mail: &Mail, written: Millis) -> Result<(), Refused> {
        let message = self.message(id, mail, written)?;
        match &self.way {
            Way::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Ok(()),
                // The text of the server may repeat the address; its code says enough.
                Err(error) if error.is_permanent() => Err(Refused::ForGood(code(&error))),
                Err(error) => Err(Refused::ForNow(code(&error))),
            },
            Way::Folder(folder) => {
                let name = name(id, written);
                store(folder, &name, &message.formatted()).map_err(|error| Refused::ForNow(error.to_string()))
            }
        }
    }

    fn message(&self, id: Uuid, mail: &Mail, written: Millis) -> Result<Message, Refused> {
        // Only the kind of trouble is told: the address stays out of the log.
        let to: Address = mail.to.parse().map_err(|_| Refused::ForGood("not an address".to_owned()))?;
        let date = UNIX_EPOCH + Duration::from_millis(written.0.unsigned_abs());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.clone())
            .date(date)
            .message_id(Some(format!("<{}@{}>", id.simple(), self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(self.body(&mail.text))
            .map_err(|error| Refused::ForGood(error.to_string()))?;
        // No answers by machines (RFC 3834).
        let header = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(header, "auto-generated".to_owned()));
        Ok(message)
    }

    /// As it is where that can be sent, so that whoever reads a file reads a link in one piece. Lines are short already.
    fn body(&self, text: &str) -> Body {
        let plain = match &self.way {
            _ if text.is_ascii() => ContentTransferEncoding::SevenBit,
            Way::Folder(_) => ContentTransferEncoding::EightBit,
            Way::Smtp(_) => return Body::new(text.to_owned()),
        };
        Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), plain)
    }
}

/// In the order of time, and told apart by the id.
fn name(id: Uuid, written: Millis) -> String {
    format!("{:013}-{}.eml", written.0, id.simple())
}

fn code(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server took too long".to_owned(),
        None if is_insecure(error) => "no secure connection to the mail server".to_owned(),
        None => "the mail server could not be reached or understood".to_owned(),
    }
}

/// Nothing is sent where TLS is wanted and does not come about: the server does not offer it, or its certificate is not one
/// for its name by somebody whom this machine trusts.
fn is_insecure(error: &lettre::transport::smtp::Error) -> bool {
    // A server without STARTTLS cannot be asked for it; what rustls refuses arrives as data that cannot be used.
    if error.is_tls() || error.is_client() {
        return true;
    }
    let mut source = error.source();
    while let Some(inner) = source {
        if inner.downcast_ref().is_some_and(|error: &std::io::Error| error.kind() == std::io::ErrorKind::InvalidData) {
            return true;
        }
        source = inner.source();
    }
    false
}

/// Passwords of people depend on what travels here: never in the clear over a network.
fn smtp(url: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    // Never the URL itself: it may hold a password.
    let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
    let parsed = parsed.ok_or("mail.smtp must be like smtps://user:password@mail.example.org, or empty")?;
    let is_here = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    // The first one counts, as it does for lettre.
    let tls = parsed.query_pairs().find(|(key, _)| key == "tls");
    let is_required = tls.is_some_and(|(_, value)| value == "required");
    if parsed.scheme() == "smtp" && !is_required && !is_here {
        return Err("mail.smtp must be smtps://…, or smtp://…?tls=required".to_owned());
    }
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|_| "mail.smtp could not be read; it is like smtps://user:password@mail.example.org")?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

/// Whole or not at all, and for its owner only.
fn store(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let written = files::create_folder(folder).and_then(|()| {
        let unfinished = folder.join(format!(".{name}"));
        // What a server has left that was killed at it.
        let _ = std::fs::remove_file(&unfinished);
        let mut file = files::create_new(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(unfinished, folder.join(name))
    });
    written.map_err(|error| std::io::Error::new(error.kind(), format!("{}: {error}", folder.display())))
}
