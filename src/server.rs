//! The server: settings, state, database, services and the router that ties them together.

pub mod clock;
pub mod config;
pub mod connections;
pub mod cookies;
pub mod db;
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
pub mod words;
