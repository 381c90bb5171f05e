//! The command line of Keymend.

mod command;
mod log;

use clap::{Parser, Subcommand};
use keymend::server::config::{self, Loaded};
use keymend::server::connections;
use keymend::server::housekeeping;
use keymend::server::mail;
use keymend::server::router::router;
use keymend::server::state::App;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

/// A sign-in takes hundreds of small pieces of memory on one thread, and lets go of them on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A self-hosted sign-in application that mends broken passkeys.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (the default): opens the database, brings it up to date, and answers requests.
    Serve,
    /// Bring the database up to date and end.
    Migrate,
    /// Check the configuration and end.
    Check,
    /// Write a copy of the SQLite database to a file, while the server runs. PostgreSQL has pg_dump.
    Backup(command::backup::Backup),
    /// Put a copy in the place of the SQLite database; on PostgreSQL, after pg_restore, end all sessions.
    Restore(command::backup::Restore),
    /// Run people, browsers and accidents through the rules, and print what comes of it.
    Simulate(command::simulate::Arguments),
    /// Look after one account.
    #[command(subcommand)]
    User(command::user::Arguments),
    /// Run today's rules over what was recorded, and print which decisions would differ.
    Replay(command::replay::Arguments),
    /// Print what is recorded about a person: why could they not sign in?
    Explain(command::explain::Arguments),
}

fn main() -> ExitCode {
    let no_threads = |error| format!("keymend: no threads can be started: {error}");
    // Goes last: whatever is said until then is written.
    let _last = match log::start() {
        Ok(last) => last,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", no_threads(error));
            return ExitCode::FAILURE;
        }
    };
    match keymend::server::runtime() {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            log::say(&no_threads(error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> ExitCode {
    let done = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve().await,
        Command::Migrate => migrate().await,
        Command::Backup(arguments) => command::backup::back_up(&arguments).await,
        Command::Restore(arguments) => command::backup::restore(&arguments).await,
        Command::Simulate(arguments) => command::simulate::run(&arguments),
        Command::User(arguments) => command::user::run(&arguments).await,
        Command::Replay(arguments) => command::replay::run(&arguments).await,
        Command::Explain(arguments) => command::explain::run(&arguments).await,
        Command::Check => check(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            // One line. Where nobody listens, the exit code says it.
            log::say(&format!("keymend: {}", line.lines().collect::<Vec<_>>().join(" ")));
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<(), String> {
    let loaded = config::load()?;
    log::filter()?;
    command::say(&format!("{} is fine.\n", loaded.source))
}

async fn migrate() -> Result<(), String> {
    let (app, source) = start().await?;
    app.db.close().await;
    command::say(&format!("The database is up to date ({source}).\n"))
}

async fn start() -> Result<(App, String), String> {
    let loaded: Loaded = config::load()?;
    log::begin(loaded.settings.server.log)?;
    let source = loaded.source.clone();
    Ok((App::start(loaded).await?, source))
}

async fn serve() -> Result<(), String> {
    let (app, source) = start().await?;
    let address = app.leptos.site_addr;
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            close(&app).await;
            return Err(format!("cannot listen on {address}: {error}"));
        }
    };
    announce(&app, &source);
    if let Err(error) = app.compare_root_key().await {
        tracing::warn!(%error, "the root key could not be compared with the one before");
    }
    let housekeeping = tokio::spawn(housekeeping::run(app.clone()));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let sender = tokio::spawn(mail::sender::run(app.clone(), stopped));
    let files = Path::new(&*app.leptos.site_root).join(&*app.leptos.site_pkg_dir);
    if !files.is_dir() {
        tracing::warn!(
            "pages have neither style nor script: there is no folder {} (LEPTOS_SITE_ROOT)",
            files.display()
        );
    }
    let stop = async move {
        told_to_stop().await;
        stop.send_replace(true);
    };
    connections::serve(listener, router(app.clone()), stop).await;
    if tokio::time::timeout(mail::sender::LAST_MAIL, sender).await.is_err() {
        tracing::warn!("stopped while a mail was on its way; it will be sent again");
    }
    housekeeping.abort();
    close(&app).await;
    Ok(())
}

/// Says where it listens. Whether anybody reads it or not, the server serves: nobody waits for a reader who has stalled.
fn announce(app: &App, source: &str) {
    let address = app.leptos.site_addr;
    let origin = app.settings.relying_party.origin.origin().ascii_serialization();
    let mails = app.mailer.folder().map(|folder| {
        let folder = folder.display();
        format!("Without a mail server (mail.smtp) each mail, and the code in it, becomes a file in {folder}.\n")
    });
    let words = format!(
        "Keymend listens on {address} (configured by {source}).\n\
         Open {origin}/sign-up to create an account, or {origin}/sign-in to sign in.\n{}",
        mails.unwrap_or_default()
    );
    let _ = std::thread::Builder::new().spawn(move || command::say(&words));
}

/// How long the database may take to close.
const LAST_WRITES: Duration = Duration::from_secs(1);

/// What was written last goes from the log of the database into its file. Where that takes long it waits for the next start.
async fn close(app: &App) {
    let _ = tokio::time::timeout(LAST_WRITES, app.db.close()).await;
}

/// Ctrl-C, the signal that service managers send, or a terminal that was closed.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    tokio::select! {
        _ = interrupt => {}
        () = signalled(SignalKind::terminate()) => {}
        () = hung_up() => {}
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

#[cfg(unix)]
async fn signalled(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signals) => drop(signals.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(unix)]
async fn hung_up() {
    // Listening would end that somebody wants it to go on.
    if is_to_outlive_its_terminal() {
        return std::future::pending().await;
    }
    signalled(SignalKind::hangup()).await;
}

/// Whether it was started by `nohup` or its like, so that SIGHUP, the first of the signals, is ignored (proc(5)). Where that
/// cannot be told the signal stays what it is.
#[cfg(unix)]
fn is_to_outlive_its_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_none_or(|ignored| ignored & 1 == 1)
}
