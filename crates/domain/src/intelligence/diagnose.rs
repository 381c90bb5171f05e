//! Why it may have failed: a distribution, never a verdict. The person reads "this can happen when …", likeliest first.
//!
//! The weights are odds, multiplied and then normalised. They are our estimates; the table says from what.

use super::evidence::{Evidence, PasskeyEvidence};
use crate::provider::{Reach, SyncDomain};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// What can be behind a failed ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The passkey was removed on this device.
    DeletedHere,
    /// The device or browser is signed in to another account of the provider.
    OtherCloudAccount,
    /// The password manager that holds it is locked, signed out or not installed.
    ManagerSignedOut,
    /// It exists, but only on another device.
    OnAnotherDevice,
    /// The person closed the dialog.
    Dismissed,
    /// Nothing about the passkey: the browser could not show the dialog.
    Technical,
}

/// All causes, in the order in which ties are shown.
pub const CAUSES: [Cause; 6] = [
    Cause::DeletedHere,
    Cause::OtherCloudAccount,
    Cause::ManagerSignedOut,
    Cause::OnAnotherDevice,
    Cause::Dismissed,
    Cause::Technical,
];

/// Probabilities in thousandths, likeliest first; they sum to 1,000 as far as rounding allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    pub causes: Vec<(Cause, u16)>,
}

/// Odds of each cause for one passkey, before anything is seen (our estimates, in the order of [`CAUSES`]):
/// most failures are a changed mind (vendors count over 95 % of "errors" as aborts); of the rest, another device is the
/// most common cause, then the manager, then the account, then deletion.
const PRIOR: [u32; 6] = [6, 8, 8, 12, 60, 6];

/// Diagnoses the failures of this flow. `failures` is how many there were in a row.
#[must_use]
pub fn diagnose(evidence: &Evidence, failures: u8, technical: bool, _now: Millis) -> Diagnosis {
    let mut odds = [0_u64; 6];
    for passkey in &evidence.passkeys {
        let mine = weights(passkey, evidence, failures, technical);
        odds.iter_mut().zip(mine).for_each(|(sum, more)| *sum += more);
    }
    let total = odds.iter().sum::<u64>().max(1);
    let share = |odds: u64| u16::try_from(odds * 1_000 / total).unwrap_or(1_000);
    let mut causes: Vec<_> = CAUSES.into_iter().zip(odds.map(share)).collect();
    causes.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    Diagnosis { causes }
}

fn weights(passkey: &PasskeyEvidence, evidence: &Evidence, failures: u8, technical: bool) -> [u64; 6] {
    let provider = passkey.aaguid.provider();
    let reach = provider.map(|provider| provider.reach(evidence.environment.platform));
    let third_party = provider.is_some_and(|provider| provider.is_third_party());
    let cloud =
        provider.is_some_and(|p| matches!(p.sync, SyncDomain::Apple | SyncDomain::Google | SyncDomain::Microsoft));
    let worked_here = passkey.here.last_good().is_some();
    let repeated = failures >= 2;
    let [mut deleted, mut account, mut manager, mut elsewhere, mut dismissed, mut trouble] = PRIOR.map(u64::from);

    // It was here once: it did not stay away on another device, it was removed or hidden.
    if worked_here {
        deleted *= 4;
        account *= 2;
        elsewhere /= 6;
    } else {
        deleted /= 3;
        elsewhere *= 3;
    }
    // A manager can be signed out only where there is one; an account can be another one only where there is an account.
    if third_party {
        manager *= 8;
        account /= 4;
        deleted /= 2;
    } else {
        manager /= 8;
        if cloud {
            account *= 2;
        } else {
            account = 0;
        }
    }
    if matches!(reach, Some(Reach::No)) {
        elsewhere *= 8;
        deleted = 0;
        account = 0;
    }
    // Nobody closes the same dialog twice by mistake.
    if repeated {
        dismissed /= 6;
    }
    if technical {
        trouble *= 20;
    }
    [deleted, account, manager, elsewhere, dismissed, trouble]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PasskeyId;
    use crate::intelligence::evidence::{Environment, Here, OfferHistory, Policy};
    use crate::platform::Platform;
    use crate::provider::Aaguid;

    fn evidence(aaguid: u128, platform: Platform, here: Here) -> Evidence {
        Evidence {
            environment: Environment { platform, ..Environment::default() },
            passkeys: vec![PasskeyEvidence {
                id: PasskeyId(uuid::Uuid::nil()),
                aaguid: Aaguid(aaguid),
                backup_eligible: true,
                backed_up: true,
                security_key: false,
                created: Millis(0),
                created_on: platform,
                here,
            }],
            ever_had_passkey: true,
            strikes: 0,
            known_browser: true,
            first_seen: None,
            offers: OfferHistory::default(),
            policy: Policy::default(),
        }
    }

    fn first_real(diagnosis: &Diagnosis) -> Cause {
        diagnosis.causes.iter().map(|(cause, _)| *cause).find(|cause| *cause != Cause::Dismissed).unwrap()
    }

    const BITWARDEN: u128 = 0xd548826e_79b4_db40_a3d8_11116f7e8349;
    const APPLE: u128 = 0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd;
    const HELLO: u128 = 0x08987058_cadc_4b81_b6e1_30de50dcbe96;

    #[test]
    fn the_likeliest_cause_follows_the_provider() {
        let worked = Here { worked: Some(Millis(1)), ..Here::default() };
        let now = Millis(2);
        assert_eq!(
            first_real(&diagnose(&evidence(BITWARDEN, Platform::Windows, worked), 2, false, now)),
            Cause::ManagerSignedOut
        );
        assert_eq!(
            first_real(&diagnose(&evidence(HELLO, Platform::Windows, worked), 2, false, now)),
            Cause::DeletedHere
        );
        assert_eq!(
            first_real(&diagnose(&evidence(APPLE, Platform::Windows, Here::default()), 2, false, now)),
            Cause::OnAnotherDevice
        );
        let apple = diagnose(&evidence(APPLE, Platform::MacOs, worked), 2, false, now);
        assert!(matches!(first_real(&apple), Cause::OtherCloudAccount | Cause::DeletedHere));
        assert!(apple.causes.iter().map(|(_, share)| u32::from(*share)).sum::<u32>() <= 1_000);
    }
}
