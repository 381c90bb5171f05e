//! The measurements: how many sign-ins the real router makes, beside what the same machine allows at best in the same
//! run, and what a browser and an operator see of a release server.
//!
//! `cargo xtask bench` builds the release server and the files of the browser, and runs this with their addresses in the
//! environment. Nothing here passes or fails by the time it takes: absolute numbers belong to one machine and one day. Ratios of one
//! run may, where they are told to.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement may fail loudly, and so may its helpers")]

#[path = "../../tests/common/app.rs"]
mod app;
#[path = "../../tests/common/authenticator.rs"]
mod authenticator;
#[path = "../../tests/common/database.rs"]
mod database;
#[path = "../../tests/common/person.rs"]
mod person;

mod bounds;
mod durable;
mod flood;
mod load;
mod memory;
mod million;
mod served;
mod size;
mod soak;
mod stopwatch;
mod table;
mod wire;
mod wishes;

use served::Server;
use table::Table;

/// As the server does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo bench` says so; `cargo test --benches` does not, and has nothing to find here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut table = Table::default();
    match Server::start() {
        Some(server) => {
            if wishes::wants("sizes") {
                size::measure(&server, &mut table);
                served::first_byte(&server, &mut table);
                memory::measure(&server, &mut table);
            }
            if wishes::wants("soak") {
                soak::measure(&server, &mut table);
            }
        }
        None => {
            println!("Without the files of the browser only the router is measured: cargo xtask bench builds them.")
        }
    }
    if wishes::wants("router") {
        load::measure(&mut table);
    }
    if wishes::wants("flood") {
        flood::measure(&mut table);
    }
    if wishes::wants("durable") || wishes::wants("million") {
        durable::measure(&mut table);
    }
    table.print();
    if wishes::holds_to_targets() && !table.holds() {
        std::process::exit(1);
    }
}
