//! The server: settings, state, database, services and the router that ties them together.

pub mod clock;
pub mod config;
pub mod connections;
pub mod cookies;
pub mod db;
pub mod files;
pub mod housekeeping;
pub mod json;
pub mod layers;
pub mod mail;
pub mod metrics;
pub mod passwords;
pub mod place;
pub mod present;
pub mod random;
pub mod return_to;
pub mod router;
pub mod seal;
pub mod services;
pub mod state;
pub mod visit;
pub mod well_known;
pub mod words;

/// What a thread of the runtime does of its own work before it looks for what others have handed over, in tasks.
const OWN_BEFORE_OTHERS: u32 = 8;

/// The threads that answer requests. What the database finds is handed over by a thread of its own, and whoever waits for it may be
/// the one that writes: it comes before most of what is waiting, such as the signatures of others to be verified.
///
/// # Errors
/// The system gives no threads.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().global_queue_interval(OWN_BEFORE_OTHERS).enable_all().build()
}
