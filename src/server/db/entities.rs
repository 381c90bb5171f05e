//! The tables as sea-orm sees them. Private to the repositories: their `Debug` would print what the rows of the
//! repositories hide.

pub mod audit;
pub mod browser_accounts;
pub mod browser_passkeys;
pub mod browsers;
pub mod decisions;
pub mod failure_events;
pub mod heals;
pub mod installation;
pub mod mailed_codes;
pub mod notices;
pub mod outbox;
pub mod passkeys;
pub mod password_attempts;
pub mod pending_identifiers;
pub mod saved_codes;
pub mod sessions;
pub mod spent_challenges;
pub mod strikes;
pub mod users;
