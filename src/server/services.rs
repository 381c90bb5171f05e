//! What Keymend does, one file per area: load the evidence, ask the domain, perform the writes, show the step.

pub mod account;
pub mod accounts;
pub mod announce;
pub mod audit;
pub mod authenticator_data;
pub mod ceremonies;
pub mod client_data;
pub mod events;
pub mod evidence;
pub mod ghosts;
pub mod healing;
pub mod inside;
pub mod leave;
pub mod operator;
pub mod pages;
pub mod passkeys;
pub mod perform;
pub mod proof;
pub mod remembered;
pub mod reply;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod signals;
pub mod throttle;
