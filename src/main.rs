//! The command line of Keymend.

mod command;

use clap::{Parser, Subcommand};
use keymend::server::config::{self, Loaded};
use keymend::server::housekeeping;
use keymend::server::mail;
use keymend::server::router::router;
use keymend::server::state::App;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

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
    /// Run people, browsers and accidents through the rules, and print what comes of it.
    Simulate(command::simulate::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("keymend=info,warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve().await,
        Command::Migrate => start().await.map(|(_, source)| println!("The database is up to date ({source}).")),
        Command::Simulate(arguments) => command::simulate::run(&arguments),
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
    tokio::spawn(mail::sender::run(app.clone()));
    println!("Keymend listens on {address} (configured by {source}).");
    println!("Open {origin}/sign-up to create an account, or {origin}/sign-in to sign in.");
    axum::serve(listener, router(app)).with_graceful_shutdown(told_to_stop()).await.map_err(|error| error.to_string())
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
