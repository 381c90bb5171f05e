//! The doors beside the identifier: which of them stand open on the sign-in page.

use super::constants::REMEMBERED;
use super::evidence::{Environment, Policy};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What the sign-in page offers before anybody has said who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doors {
    /// Passkeys among the suggestions of the field; silent when ignored.
    pub autofill: bool,
    /// A button that shows passkeys where there are some, and nothing otherwise.
    pub immediate: bool,
    /// One button for the account that used its passkey in this browser last.
    pub one_tap: bool,
}

/// Opens the doors. `remembered`: when the account that this browser remembers last used a passkey here; `cancelled`: a
/// prompt of this very visit was turned down, so nobody is urged again.
#[must_use]
pub fn doors(
    environment: &Environment,
    policy: &Policy,
    remembered: Option<Millis>,
    cancelled: bool,
    now: Millis,
) -> Doors {
    let can = &environment.can;
    if can.webauthn == Some(false) {
        return Doors::default();
    }
    Doors {
        autofill: policy.autofill && can.conditional_get == Some(true),
        immediate: policy.immediate && can.immediate_get == Some(true) && !cancelled,
        one_tap: policy.one_tap && !cancelled && remembered.is_some_and(|at| now.since(at) < REMEMBERED),
    }
}
