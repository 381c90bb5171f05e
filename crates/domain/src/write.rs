//! What a decision wants stored, as data; the server performs it in the transaction of the step.

use crate::ids::PasskeyId;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// One change to the memory of Keymend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Write {
    /// Add strikes (in thousandths) to this browser and identifier.
    Strike(u32),
    /// Forget the strikes of this browser and identifier.
    ClearStrikes,
    /// These passkeys were asked for in this browser and none answered.
    Failed(Vec<PasskeyId>),
    /// This passkey signed in from this browser; `here` is false when another device answered, which says nothing about
    /// this one but that the other is at hand.
    Worked { passkey: PasskeyId, here: bool },
    /// A new passkey was made from this browser.
    Created { passkey: PasskeyId },
    /// `create()` answered that one of the account's passkeys is here.
    PresentHere,
    /// These passkeys of the same provider are not here, as `create()` with all of them excluded succeeded.
    AbsentHere(Vec<PasskeyId>),
    /// A passkey of this account was verified in this browser.
    KnownBrowser,
    /// The person put the offer off, or the dialog was cancelled; nothing is offered before `until`.
    OfferPaused { until: Millis, declined: bool },
    /// The offer was answered by a new passkey.
    OfferAccepted,
}
