//! The decisions of Keymend.
//!
//! Pure code: no I/O, no clock, no randomness. Time arrives as [`time::Millis`], evidence as plain
//! records, and what should be stored leaves as data ([`write::Write`]). The same crate compiles for the
//! server and for the browser, which uses only the small wire types.

pub mod assurance;
pub mod audit;
pub mod ceremony;
pub mod healing;
pub mod identifier;
pub mod ids;
pub mod intelligence;
pub mod memory;
pub mod platform;
pub mod provider;
pub mod sign_in;
pub mod time;
pub mod write;
