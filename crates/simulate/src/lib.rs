//! People with several devices, browsers, providers and accidents, run through the real decisions of Keymend, beside other
//! policies that meet the same people.
//!
//! What is not in this world: sign-in across devices, keys that are carried, people who share a browser. A browser stands
//! for its machine but for Windows Hello, which several browsers of one machine may share.

mod ends;
mod filter;
mod plots;
pub mod rates;
pub mod report;
pub mod run;
pub mod score;
mod walk;
pub mod world;

pub use rates::Rates;
pub use report::Report;
pub use run::{Progress, Summary, World, held_out, simulate};
pub use walk::{POLICIES, Policy};
