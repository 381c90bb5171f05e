//! The program as an operator runs it: started, watched, flooded and told to stop, over real connections.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, and so may its helpers")]

#[path = "../common/app.rs"]
mod app;
#[path = "../common/authenticator.rs"]
mod authenticator;
#[path = "../common/database.rs"]
mod database;
#[path = "../common/dump.rs"]
mod dump;
#[path = "../common/functions.rs"]
mod functions;
#[path = "../common/mail_server.rs"]
mod mail_server;
#[path = "../common/person.rs"]
mod person;
#[path = "../common/program.rs"]
mod program;

mod deaf;
mod flood;
mod key;
mod log;
mod mail;
mod proxy;
mod served;
mod silence;
mod soak;
mod stop;
mod variables;
