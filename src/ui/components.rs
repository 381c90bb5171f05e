//! The parts that screens are made of.

pub mod action;
pub mod causes;
pub mod field;
pub mod frame;
pub mod notice;
pub mod person;
pub mod picture;
pub mod step;
pub mod unreachable;
