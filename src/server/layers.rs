//! What surrounds every request.

pub mod body;
pub mod headers;
pub mod origin;
