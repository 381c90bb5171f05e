//! What surrounds every request.

pub mod address;
pub mod body;
pub mod headers;
pub mod origin;
pub mod steady;
pub mod watch;
