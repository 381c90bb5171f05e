//! The rules of Keymend, stated once more as tables, as properties, and as walks over every state there is.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod assurance;
mod decision;
mod diagnose;
mod documented;
mod doors;
mod evidence;
mod healing;
mod identifier;
mod memory;
mod offer;
mod plan;
mod platform;
mod policy;
mod predict;
mod samples;
mod sign_in;
mod strategies;
mod visits;
