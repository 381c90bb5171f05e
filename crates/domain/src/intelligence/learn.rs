//! Creation is the best detector there is: `create()` with all of the account's passkeys excluded succeeds only where
//! none of them is (WebAuthn Level 3, section 5.1.3, step 7 of `excludeCredentials`).

use super::evidence::{Evidence, PasskeyEvidence};
use crate::ids::PasskeyId;
use crate::provider::Aaguid;

/// Which of the older passkeys are now known to be absent here: those of the provider that made the new one. About other
/// providers nothing is learnt, nor about keys that a person carries: two of one make are two places.
#[must_use]
pub fn learn_from_creation(evidence: &Evidence, made_by: Aaguid) -> Vec<PasskeyId> {
    let missing = |passkey: &&PasskeyEvidence| passkey.aaguid.same_provider(made_by) && !passkey.security_key;
    evidence.passkeys.iter().filter(missing).map(|passkey| passkey.id).collect()
}
