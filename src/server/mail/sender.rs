//! Takes mails from the outbox and sends them: at least once, with the same Message-ID each time, and with growing waits
//! where the mail server does not take them. Several instances share the work.

use super::{Mail, Refused};
use crate::server::db::outbox::{self, Waiting};
use crate::server::seal::Purpose;
use crate::server::state::App;
use domain::time::{HOUR, MINUTE};
use std::time::Duration;
use tokio::sync::watch;

/// How many are looked for at once.
const BATCH: u64 = 16;
/// The first wait before another try, in milliseconds; it doubles. Longer than the mail server may take over a mail, so that
/// nobody else sends what is being sent.
const FIRST_WAIT: i64 = MINUTE;
/// The longest wait, in milliseconds.
const LONGEST_WAIT: i64 = HOUR;
/// How often the outbox is looked at when nobody says that there is something in it.
const EVERY: Duration = Duration::from_secs(2);
/// How long the transaction that put a mail in may take to end; looked again so many times, for one that takes longer.
const MOMENT: Duration = Duration::from_millis(50);
const MOMENTS: u32 = 4;

/// How long the mail that is on its way may take after the word to stop, when the last requests are answered. Service managers
/// wait ten seconds or more for both.
pub const LAST_MAIL: Duration = Duration::from_millis(4_500);

/// Sends what there is, and then whatever comes, until it is told to stop. The mail that is on its way then is sent, and no
/// other: one that was taken and not sent would wait for its next try.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let (mut well, mut soon) = (true, 0);
    let is_over = |stop: &watch::Receiver<bool>| *stop.borrow() || stop.has_changed().is_err();
    while !is_over(&stop) {
        match send_until(&app, || is_over(&stop)).await.inspect_err(|_| app.db.doubt()) {
            Ok(_) => well = true,
            // Said once, not every two seconds.
            Err(error) if well => {
                tracing::warn!(%error, "the outbox could not be read; mails wait");
                well = false;
            }
            Err(_) => {}
        }
        tokio::select! {
            () = app.mailer.news.notified() => {
                tokio::time::sleep(MOMENT).await;
                soon = MOMENTS;
            }
            () = tokio::time::sleep(if soon > 0 { MOMENT } else { EVERY }) => soon = soon.saturating_sub(1),
            _ = stop.changed() => {}
        }
    }
}

/// Sends every mail whose turn it is, and tells how many left.
///
/// # Errors
/// When the database does not answer.
pub async fn send_due(app: &App) -> Result<usize, sea_orm::DbErr> {
    send_until(app, || false).await
}

async fn send_until(app: &App, is_over: impl Fn() -> bool) -> Result<usize, sea_orm::DbErr> {
    let mut sent = 0;
    loop {
        let now = app.clock.now();
        let due = outbox::due(app.db.read(), now, BATCH).await?;
        if due.is_empty() {
            return Ok(sent);
        }
        for waiting in due {
            if is_over() {
                return Ok(sent);
            }
            let tx = app.db.write().await?;
            let is_mine = outbox::take(&tx, &waiting, app.clock.now().plus(wait(waiting.attempts))).await?;
            tx.commit().await?;
            if is_mine {
                sent += usize::from(send(app, &waiting).await?);
            }
        }
    }
}

async fn send(app: &App, waiting: &Waiting) -> Result<bool, sea_orm::DbErr> {
    let (id, attempts) = (waiting.id, waiting.attempts + 1);
    let mail: Option<Mail> = app.sealer.open(Purpose::Mail, id.as_bytes(), &waiting.mail);
    let outcome = match &mail {
        _ if waiting.expires_at <= app.clock.now() => Err(Refused::ForGood("nobody needs it any more".to_owned())),
        // Perhaps this server was started with the wrong key, and the right one comes back.
        None => {
            // Once for each: there may be many, and all have the same reason.
            if waiting.attempts == 0 {
                tracing::error!(%id, "a mail waits, as it was sealed with another root key");
            }
            return Ok(false);
        }
        Some(mail) if mail.to.is_empty() => Ok(false),
        Some(mail) => app.mailer.send(id, mail, waiting.created_at).await.map(|()| true),
    };
    let sent = match outcome {
        Ok(sent) => sent,
        Err(Refused::ForNow(error)) => {
            tracing::warn!(%id, attempts, error, "a mail did not leave; it is tried again");
            return Ok(false);
        }
        Err(Refused::ForGood(error)) => {
            tracing::error!(%id, attempts, error, "a mail will not be sent");
            false
        }
    };
    if sent && let Some(file) = app.mailer.file(id, waiting.created_at) {
        tracing::info!(file = %file.display(), "a mail was written, as there is no mail server");
    }
    let tx = app.db.write().await?;
    outbox::remove(&tx, id).await?;
    tx.commit().await?;
    Ok(sent)
}

fn wait(attempts: u32) -> i64 {
    // Beyond ten doublings it is the longest wait anyway.
    (FIRST_WAIT << attempts.min(10)).min(LONGEST_WAIT)
}
