//! One record of what is known when a decision is taken.

use super::constants::{
    FAILURES_AFTER_PRESENT, FAILURES_TO_PASSWORD, STRIKE, STRIKE_HALF_LIFE_DAYS, STRIKES_TO_PASSWORD,
};
use super::trail::Trail;
use crate::ceremony::Capabilities;
use crate::ids::PasskeyId;
use crate::platform::{Browser, Platform};
use crate::provider::Aaguid;
use crate::time::{DAY, Millis};
use serde::{Deserialize, Serialize};

/// When an automatic prompt is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoStart {
    /// Whenever a passkey is likely to work here.
    #[default]
    Likely,
    /// Only in a browser where a passkey of the account was verified before.
    KnownBrowser,
    /// Never; the person presses a button.
    Never,
}

/// The operator's settings that the rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    pub auto_start: AutoStart,
    /// Whether a new passkey is offered after a sign-in.
    pub offers: bool,
    /// Passkeys among the suggestions of the sign-in field.
    pub autofill: bool,
    /// One button for an account that used its passkey in this browser.
    pub one_tap: bool,
    /// A button that shows passkeys only where there are some.
    pub immediate: bool,
    /// A prompt that leads to another device is announced, where one answered before.
    pub across_devices: bool,
    /// Failed ceremonies in a row, within one flow, at which the password is asked for.
    pub failures_to_password: u8,
    /// Strikes in a browser at which the next visit starts with the password.
    pub strikes_to_password: u8,
    /// Strikes lose half their weight in this time, in days.
    pub strike_half_life_days: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            auto_start: AutoStart::default(),
            offers: true,
            autofill: true,
            one_tap: true,
            immediate: true,
            across_devices: true,
            failures_to_password: FAILURES_TO_PASSWORD,
            strikes_to_password: STRIKES_TO_PASSWORD,
            strike_half_life_days: STRIKE_HALF_LIFE_DAYS,
        }
    }
}

impl Policy {
    /// The half-life of strikes, in milliseconds.
    #[must_use]
    pub fn strike_half_life(&self) -> i64 {
        i64::from(self.strike_half_life_days.max(1)) * DAY
    }

    /// Strikes beyond this say nothing more, and would only take longer to fade, in thousandths.
    #[must_use]
    pub fn most_strikes(&self) -> u32 {
        2 * u32::from(self.strikes_to_password.max(1)) * STRIKE
    }
}

/// The machine and the browser in front of the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub platform: Platform,
    /// The major version of the system where the browser tells it: 10 and 11 are the two kinds of Windows.
    #[serde(default)]
    pub version: Option<u16>,
    pub browser: Browser,
    pub can: Capabilities,
}

/// What this browser remembers of one passkey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    pub created: Option<Millis>,
    pub worked: Option<Millis>,
    pub failed: Option<Millis>,
    /// Failures since it last worked or was created here.
    pub failures: u32,
    pub absent: Option<Millis>,
    /// It signed in from here, and another device answered.
    #[serde(default)]
    pub across: Option<Millis>,
}

impl Here {
    /// The last time it was certainly here.
    #[must_use]
    pub fn last_good(&self) -> Option<Millis> {
        self.worked.max(self.created)
    }
}

/// One passkey of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyEvidence {
    pub id: PasskeyId,
    pub aaguid: Aaguid,
    pub backup_eligible: bool,
    pub backed_up: bool,
    /// Reached by USB or NFC only: a key that the person carries.
    pub security_key: bool,
    pub created: Millis,
    pub created_on: Platform,
    /// When it last answered, in whichever browser.
    #[serde(default)]
    pub used: Option<Millis>,
    pub here: Here,
}

/// What was offered in this browser for this account, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferHistory {
    pub declined: u32,
    pub paused_until: Option<Millis>,
    /// `create()` answered `InvalidStateError` at this time.
    pub present: Option<Millis>,
    /// Failed ceremonies in this browser since then.
    pub failures_since_present: u32,
}

/// Everything the rules look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub environment: Environment,
    pub passkeys: Vec<PasskeyEvidence>,
    /// The account has, or ever had, a passkey.
    pub ever_had_passkey: bool,
    /// Thousandths of strikes of this browser and identifier, decayed to now.
    pub strikes: u32,
    /// A passkey of this account was verified in this browser within the operator's days.
    pub known_browser: bool,
    /// When this browser was first seen with this account.
    pub first_seen: Option<Millis>,
    pub offers: OfferHistory,
    /// The ceremonies of this flow that gave no credential.
    #[serde(default)]
    pub trail: Trail,
    pub policy: Policy,
}

impl Evidence {
    /// Whether the person has been through it often enough. To the nearest whole: strikes begin to fade at once, and two of
    /// them must still be two on the next visit.
    #[must_use]
    pub fn has_two_strikes(&self) -> bool {
        self.strikes.saturating_add(STRIKE / 2) / STRIKE >= u32::from(self.policy.strikes_to_password.max(1))
    }

    /// Whether `create()` has shown that one of the passkeys is here, and nothing has spoken against it since. Which one it
    /// does not say, so it is one of those that existed then and were not proven absent later.
    #[must_use]
    pub fn is_one_present(&self) -> bool {
        self.passkeys.iter().any(|passkey| self.may_be_present(passkey))
    }

    /// Whether it is this one: nothing else can have been meant, or this browser has seen it before.
    #[must_use]
    pub fn is_present(&self, passkey: &PasskeyEvidence) -> bool {
        let alone = || self.passkeys.iter().filter(|other| self.may_be_present(other)).count() == 1;
        self.may_be_present(passkey) && (passkey.here.last_good().is_some() || alone())
    }

    /// A passkey has worked here after the proof, and failed since: that is news, and what was proven is history.
    fn broke_since_present(&self) -> bool {
        let after = |here: &Here| here.worked.is_some_and(|worked| self.offers.present.is_some_and(|at| at < worked));
        self.passkeys.iter().any(|passkey| passkey.here.failures > 0 && after(&passkey.here))
    }

    fn may_be_present(&self, passkey: &PasskeyEvidence) -> bool {
        let stands = self.offers.failures_since_present < FAILURES_AFTER_PRESENT && !self.broke_since_present();
        let meant = |present| passkey.created <= present && passkey.here.absent.is_none_or(|absent| absent <= present);
        stands && self.offers.present.is_some_and(meant)
    }
}

/// Strikes of `age` milliseconds ago, halved every `half_life` milliseconds. Linear within a half-life, so integers suffice
/// and every machine computes the same.
#[must_use]
pub fn decayed(strikes: u32, age: i64, half_life: i64) -> u32 {
    let (age, half_life) = (age.max(0), half_life.max(1));
    let halvings = u32::try_from(age / half_life).unwrap_or(u32::MAX);
    let whole = u64::from(strikes.min(1_000 * STRIKE)).checked_shr(halvings).unwrap_or(0);
    let rest = u64::try_from(age % half_life).unwrap_or(0);
    let half_life = u64::try_from(half_life).unwrap_or(1);
    let faded = u128::from(whole) * u128::from(rest) / (2 * u128::from(half_life));
    u32::try_from(u128::from(whole) - faded).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_halve_in_thirty_days_and_never_grow() {
        assert_eq!(decayed(2_000, 0, 30 * DAY), 2_000);
        assert_eq!(decayed(2_000, 30 * DAY, 30 * DAY), 1_000);
        assert_eq!(decayed(2_000, 60 * DAY, 30 * DAY), 500);
        assert_eq!(decayed(2_000, -DAY, 30 * DAY), 2_000);
        assert_eq!(decayed(u32::MAX, i64::MAX, 30 * DAY), 0);
        let mut last = u32::MAX;
        for day in 0..400 {
            let now = decayed(2_000, day * DAY, 30 * DAY);
            assert!(now <= last);
            last = now;
        }
    }
}
