//! The command line of Keymend.

mod command;

use clap::{Parser, Subcommand};
use keymend::server::config::{self, Loaded, LogFormat};
use keymend::server::connections;
use keymend::server::housekeeping;
use keymend::server::mail;
use keymend::server::router::router;
use keymend::server::state::App;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;
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
            eprintln!("keymend: no threads can be started: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> ExitCode {
    let done = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve().await,
        Command::Migrate => start().await.map(|(_, source)| println!("The database is up to date ({source}).")),
        Command::Backup(arguments) => command::backup::back_up(&arguments).await,
        Command::Restore(arguments) => command::backup::restore(&arguments).await,
        Command::Simulate(arguments) => command::simulate::run(&arguments),
        Command::User(arguments) => match start().await {
            Ok((app, _)) => command::user::run(&app, &arguments).await,
            Err(line) => Err(line),
        },
        Command::Replay(arguments) => command::replay::run(&arguments).await,
        Command::Explain(arguments) => command::explain::run(&arguments).await,
        Command::Check => config::load().map(|loaded| println!("{} is fine.", loaded.source)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("keymend: {}", line.lines().collect::<Vec<_>>().join(" "));
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(App, String), String> {
    let loaded: Loaded = config::load()?;
    begin_log(loaded.settings.server.log);
    let source = loaded.source.clone();
    Ok((App::start(loaded).await?, source))
}

async fn serve() -> Result<(), String> {
    let (app, source) = start().await?;
    let address = app.leptos.site_addr;
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let origin = app.settings.relying_party.origin.origin().ascii_serialization();
    tokio::spawn(housekeeping::run(app.clone()));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let sender = tokio::spawn(mail::sender::run(app.clone(), stopped));
    println!("Keymend listens on {address} (configured by {source}).");
    println!("Open {origin}/sign-up to create an account, or {origin}/sign-in to sign in.");
    if let Some(folder) = app.mailer.folder() {
        println!(
            "Without a mail server (mail.smtp) each mail, and the code in it, becomes a file in {}.",
            folder.display()
        );
    }
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
    connections::serve(listener, router(app), stop).await;
    if tokio::time::timeout(mail::sender::LAST_MAIL, sender).await.is_err() {
        tracing::warn!("stopped while a mail was on its way; it will be sent again");
    }
    Ok(())
}

/// The log goes to standard error.
fn begin_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("keymend=info,warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
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
