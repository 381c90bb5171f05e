//! The command line of Keymend.

mod command;

use clap::{Parser, Subcommand};
use keymend::server::config::{self, Loaded, LogFormat};
use keymend::server::connections;
use keymend::server::housekeeping;
use keymend::server::mail;
use keymend::server::router::router;
use keymend::server::state::App;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

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
    match keymend::server::runtime() {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            complain(&format!("no threads can be started: {error}"));
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
        Command::Check => config::load().and_then(|loaded| command::say(&format!("{} is fine.\n", loaded.source))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            complain(&line.lines().collect::<Vec<_>>().join(" "));
            ExitCode::FAILURE
        }
    }
}

/// One line. Where nobody listens, the exit code says it.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "keymend: {line}");
}

async fn migrate() -> Result<(), String> {
    let (app, source) = start().await?;
    app.db.close().await;
    command::say(&format!("The database is up to date ({source}).\n"))
}

async fn start() -> Result<(App, String), String> {
    let loaded: Loaded = config::load()?;
    begin_log(loaded.settings.server.log)?;
    let source = loaded.source.clone();
    Ok((App::start(loaded).await?, source))
}

async fn serve() -> Result<(), String> {
    let (app, source) = start().await?;
    let address = app.leptos.site_addr;
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let origin = app.settings.relying_party.origin.origin().ascii_serialization();
    let housekeeping = tokio::spawn(housekeeping::run(app.clone()));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let sender = tokio::spawn(mail::sender::run(app.clone(), stopped));
    let mails = app.mailer.folder().map(|folder| {
        let folder = folder.display();
        format!("Without a mail server (mail.smtp) each mail, and the code in it, becomes a file in {folder}.\n")
    });
    // Whether anybody reads it or not, the server serves.
    let _ = command::say(&format!(
        "Keymend listens on {address} (configured by {source}).\n\
         Open {origin}/sign-up to create an account, or {origin}/sign-in to sign in.\n{}",
        mails.unwrap_or_default()
    ));
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
    // What was written last goes from the log into the file. Where that takes long it waits for the next start.
    let _ = tokio::time::timeout(LAST_WRITES, app.db.close()).await;
    Ok(())
}

/// How long the database may take to close.
const LAST_WRITES: Duration = Duration::from_secs(1);

/// The log goes to standard error.
fn begin_log(format: LogFormat) -> Result<(), String> {
    let mut filter = match std::env::var_os(EnvFilter::DEFAULT_ENV).filter(|asked| !asked.is_empty()) {
        None => EnvFilter::new("keymend=info,warn"),
        Some(asked) => EnvFilter::builder()
            // People write a space after the comma.
            .parse(asked.to_string_lossy().split(',').map(str::trim).collect::<Vec<_>>().join(","))
            .map_err(|error| format!("{} says nothing that a log can follow: {error}", EnvFilter::DEFAULT_ENV))?,
    };
    // It would print what stands in the address of the database where it should not, a password perhaps.
    if let Ok(quiet) = "sqlx_postgres::options=error".parse() {
        filter = filter.add_directive(quiet);
    }
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A log that cannot be written, as its disk is full or its reader gone, costs nobody their sign-in.
    let log = log.with_ansi(std::io::stderr().is_terminal()).log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// Ctrl-C, or the signal that service managers send.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
