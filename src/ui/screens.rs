//! One file per step, named as [`crate::page::Screen::name`] says.

pub mod account;
pub mod already_here;
pub mod ask;
pub mod change;
pub mod create_passkey;
pub mod dashboard;
pub mod enter_password;
pub mod identify;
pub mod needs_proof;
pub mod passkey_created;
pub mod recovery_codes;
pub mod sign_up;
pub mod told;
pub mod use_passkey;
