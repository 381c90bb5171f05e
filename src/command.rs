//! What the program does beside serving.

pub mod backup;
pub mod simulate;
pub mod user;
