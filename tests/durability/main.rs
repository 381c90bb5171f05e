//! The server program and what happens to it: killed, on a disk that is full or broken, without its database, restored from
//! a backup, and two of it on one database. What was acknowledged must be there afterwards.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, and so may its helpers")]

#[path = "../common/app.rs"]
mod app;
#[path = "../common/authenticator.rs"]
mod authenticator;
#[path = "../common/database.rs"]
mod database;
#[path = "../common/person.rs"]
mod person;
#[path = "../common/program.rs"]
mod program;

mod away;
mod check;
mod disk;
mod full;
mod kill;
mod load;
mod migrating;
mod moved;
mod postgres_look;
mod postgres_restore;
mod random;
mod restore;
mod starting;
mod told;
mod two;
