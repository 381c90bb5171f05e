//! `cargo xtask run`: from a clone to a page in the browser.

use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use crate::command::{program, run as run_command};
use crate::{Outcome, npm, rust, say, workspace};

pub fn run(arguments: &[String]) -> Outcome {
    let release = match arguments {
        [] => false,
        [only] if only == "--release" => true,
        _ => return Err(
            "cargo xtask run takes --release or nothing; for the server's other commands: target/debug/keymend --help"
                .to_owned(),
        ),
    };
    ensure_address_is_free()?;
    rust::ensure_builders()?;
    build(release)?;

    let folder = workspace::target().join(if release { "release" } else { "debug" });
    let mut server = program(folder.join("keymend"));
    server.arg("serve");
    if std::env::var_os("KEYMEND_CONFIG").is_none() {
        server.env("KEYMEND_CONFIG", workspace::root().join("Leptos.toml"));
    }
    let origin = std::env::var("KEYMEND__RELYING_PARTY__ORIGIN").unwrap_or_else(|_| "http://localhost:3000".to_owned());
    say::line("");
    say::line(&format!("    Keymend: {origin}    (Ctrl+C stops it)"));
    say::line("");
    become_program(server)
}

/// Server, browser part, style and assets.
pub fn build(release: bool) -> Outcome {
    say::step(if release { "building for release" } else { "building (the first time takes several minutes)" });
    if !release {
        return run_command(rust::cargo_leptos(["build"]));
    }
    // wasm-opt is one of the npm packages.
    npm::ensure()?;
    run_command(rust::cargo_leptos(["build", "--release"]))
}

/// Better said before minutes of building than after.
fn ensure_address_is_free() -> Outcome {
    let address = std::env::var("LEPTOS_SITE_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let parsed: SocketAddr =
        address.parse().map_err(|_| format!("LEPTOS_SITE_ADDR is {address}, which is not like 127.0.0.1:3000"))?;
    if TcpStream::connect_timeout(&parsed, Duration::from_secs(1)).is_err() {
        return Ok(());
    }
    Err(format!(
        "another program answers on {address}: stop it, or take another port with \
         LEPTOS_SITE_ADDR=127.0.0.1:3030 KEYMEND__RELYING_PARTY__ORIGIN=http://localhost:3030 cargo xtask run"
    ))
}

/// The server takes our place, so that Ctrl+C and signals reach it and nothing stands between.
#[cfg(unix)]
fn become_program(mut server: Command) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    let error = server.exec();
    Err(format!("cannot start {}: {error}", server.get_program().display()))
}

#[cfg(not(unix))]
fn become_program(server: Command) -> Outcome {
    run_command(server)
}
