//! Every function of the repositories, on the database the tests run on.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly, and so may its helpers")]

#[path = "../common/database.rs"]
mod database;

mod account;
mod asking;
mod backup;
mod beside;
mod browsers;
mod codes;
mod fixture;
mod healing;
mod known;
mod lanes;
mod later;
mod limits;
mod news;
mod opening;
mod passkeys;
mod records;
mod schema;
mod sessions;
mod users;
mod writing;
