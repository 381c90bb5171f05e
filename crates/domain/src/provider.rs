//! Who keeps a passkey: the AAGUID names the provider, the provider tells where its passkeys can be.
//!
//! An AAGUID with attestation `none` is unauthenticated: good for names and predictions, never for access.
//! The table holds our own reading of vendors' documentation; several entries are from experience, not from a promise.

use crate::platform::{Browser, Platform};
use serde::{Deserialize, Serialize};

/// Authenticator attestation GUID, 16 bytes (WebAuthn Level 3, section 6.5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Aaguid(pub u128);

/// How far a provider's passkeys reach on one platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Built into the system: there wherever the account is signed in.
    Home,
    /// Through one browser only.
    Browser,
    /// Only where its app or extension is installed and unlocked.
    App,
    /// Only where its file is.
    File,
    /// Cannot be there.
    No,
    /// Not known.
    Unknown,
}

/// What has to be the same for a passkey to be available in two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncDomain {
    /// An Apple account.
    Apple,
    /// A Google account.
    Google,
    /// A Microsoft account.
    Microsoft,
    /// One installation or one browser profile; the passkey never leaves it.
    Machine,
    /// The vendor's own account.
    Vendor,
    /// A file that the person carries.
    File,
    /// Not known.
    Unknown,
}

/// What is known about a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The name as people see it in their settings.
    pub name: &'static str,
    /// What its passkeys follow.
    pub sync: SyncDomain,
    /// Reach on macOS, Windows, iOS, Android.
    reach: [Reach; 4],
}

impl Provider {
    /// How far the passkeys of this provider reach on a platform.
    #[must_use]
    pub fn reach(&self, platform: Platform) -> Reach {
        match platform {
            Platform::MacOs => self.reach[0],
            Platform::Windows => self.reach[1],
            Platform::Ios | Platform::IpadOs => self.reach[2],
            Platform::Android => self.reach[3],
            Platform::ChromeOs if self.sync == SyncDomain::Google => Reach::Home,
            Platform::ChromeOs | Platform::Linux if self.sync == SyncDomain::Google => Reach::Browser,
            Platform::ChromeOs | Platform::Linux if self.sync == SyncDomain::Vendor => Reach::App,
            Platform::Linux if self.sync == SyncDomain::File => Reach::File,
            Platform::ChromeOs | Platform::Linux if self.sync == SyncDomain::Apple => Reach::No,
            Platform::ChromeOs | Platform::Linux | Platform::Unknown => Reach::Unknown,
        }
    }

    /// The same in one browser of it: what a browser keeps for itself is not in another one.
    #[must_use]
    pub fn reach_in(&self, platform: Platform, browser: Browser) -> Reach {
        match self.reach(platform) {
            Reach::Browser if self.sync == SyncDomain::Google && is_another(browser, Browser::Chrome) => Reach::No,
            Reach::Browser if self.sync == SyncDomain::Microsoft && is_another(browser, Browser::Edge) => Reach::No,
            reach => reach,
        }
    }

    /// Whether it is an app or extension of its own, which can be signed out while the system is not.
    #[must_use]
    pub fn is_third_party(&self) -> bool {
        matches!(self.sync, SyncDomain::Vendor | SyncDomain::File)
    }
}

/// Whether it is known to be another one.
fn is_another(browser: Browser, than: Browser) -> bool {
    browser != than && browser != Browser::Other
}

use Reach::{App as P, Browser as C, File as F, Home as Y, No as N, Unknown as U};

/// The providers we know, ordered as people meet them.
#[rustfmt::skip]
pub const PROVIDERS: &[(Aaguid, Provider)] = &[
    entry(0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4, "Google Password Manager", SyncDomain::Google, [C, C, C, Y]),
    entry(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd, "Apple Passwords", SyncDomain::Apple, [Y, N, Y, N]),
    entry(0xdd4ec289_e01d_41c9_bb89_70fa845d4bf2, "Apple Passwords (managed)", SyncDomain::Apple, [Y, N, Y, N]),
    entry(0xadce0002_35bc_c60a_648b_0b25f1f05503, "Chrome on Mac", SyncDomain::Machine, [C, N, N, N]),
    entry(0x771b48fd_d3d4_4f74_9232_fc157ab0507a, "Edge on Mac", SyncDomain::Machine, [C, N, N, N]),
    entry(0xb5397666_4885_aa6b_cebf_e52262a439a2, "Chromium", SyncDomain::Machine, [C, C, N, N]),
    entry(0x08987058_cadc_4b81_b6e1_30de50dcbe96, "Windows Hello", SyncDomain::Machine, [N, Y, N, N]),
    entry(0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9, "Windows Hello", SyncDomain::Machine, [N, Y, N, N]),
    entry(0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2, "Windows Hello", SyncDomain::Machine, [N, Y, N, N]),
    entry(0xd3452668_01fd_4c12_926c_83a4204853aa, "Microsoft Password Manager", SyncDomain::Microsoft, [U, C, U, U]),
    entry(0x53414d53_554e_4700_0000_000000000000, "Samsung Pass", SyncDomain::Vendor, [N, N, N, Y]),
    entry(0xbfc748bb_3429_4faa_b9f9_7cfa9f3b76d0, "iPasswords", SyncDomain::Unknown, [U, U, U, U]),
    entry(0xfdb141b2_5d84_443e_8a35_4698c205a502, "KeePassXC", SyncDomain::File, [F, F, N, N]),
    entry(0xeaecdef2_1c31_5634_8639_f1cbd9c00a08, "KeePassDX", SyncDomain::File, [N, N, N, F]),
    entry(0x9addb28c_b46f_4402_808f_019651441ff3, "KeePassPasskey", SyncDomain::File, [N, F, N, N]),
    entry(0x39a5647e_1853_446c_a1f6_a79bae9f5bc7, "IDmelon", SyncDomain::Unknown, [U, U, U, U]),
    entry(0xbada5566_a7aa_401f_bd96_45619a55120d, "1Password", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xd548826e_79b4_db40_a3d8_11116f7e8349, "Bitwarden", SyncDomain::Vendor, [P, P, P, P]),
    entry(0x531126d6_e717_415c_9320_3d9aa6981239, "Dashlane", SyncDomain::Vendor, [P, P, P, P]),
    entry(0x50726f74_6f6e_5061_7373_50726f746f6e, "Proton Pass", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xb84e4048_15dc_4dd0_8640_f4f60813c8af, "NordPass", SyncDomain::Vendor, [P, P, P, P]),
    entry(0x0ea242b4_43c4_4a1b_8b17_dd6d0b6baec6, "Keeper", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xf3809540_7f14_49c1_a8b3_8f813b225541, "Enpass", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xb78a0a55_6ef8_d246_a042_ba0f6d55050c, "LastPass", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xb35a26b2_8f6e_4697_ab1d_d44db4da28c6, "Zoho Vault", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xa10c6dd9_465e_4226_8198_c7c44b91c555, "Kaspersky Password Manager", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xfa37f553_f9b6_4adb_ac53_8bbb57ebdf0d, "Norton Password Manager", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xa4a2d88e_9796_4356_9164_e2a5a8bd019c, "Avast", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xe7db2bd3_f2fe_4d71_ad78_7e7aa166cfd1, "Avira", SyncDomain::Vendor, [P, P, P, P]),
    entry(0x6bb49926_160a_4306_a100_4eb39ba6ac45, "AVG", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xd9be9d39_e6a6_4c28_a581_32b044d986e4, "Sticky Password", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xde503f9c_21a4_4f76_b4b7_558eb55c6f89, "Devolutions", SyncDomain::Vendor, [P, P, P, P]),
    entry(0xa11a5faa_9f32_4b8c_8c5d_2f7d13e8c942, "AliasVault", SyncDomain::Vendor, [P, P, P, P]),
    entry(0x22248c4c_7a12_46e2_9a41_44291b373a4d, "LogMeOnce", SyncDomain::Vendor, [P, P, P, P]),
    entry(0x891494da_2c90_4d31_a9cd_4eab0aed1309, "Sesame", SyncDomain::Vendor, [P, P, P, P]),
];

const fn entry(aaguid: u128, name: &'static str, sync: SyncDomain, reach: [Reach; 4]) -> (Aaguid, Provider) {
    (Aaguid(aaguid), Provider { name, sync, reach })
}

impl Aaguid {
    /// From the 16 bytes of the attested credential data.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// What we know of its provider; `None` for all zeros and for strangers.
    #[must_use]
    pub fn provider(self) -> Option<&'static Provider> {
        PROVIDERS.iter().find(|(aaguid, _)| *aaguid == self).map(|(_, provider)| provider)
    }

    /// Whether two passkeys lie with the same provider, as far as that is known. Unknown is the same as nothing.
    #[must_use]
    pub fn same_provider(self, other: Self) -> bool {
        self.0 != 0
            && (self == other || matches!((self.provider(), other.provider()), (Some(a), Some(b)) if a.name == b.name))
    }
}

impl std::fmt::Display for Aaguid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        uuid::Uuid::from_u128(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aaguid_stands_once() {
        let mut all: Vec<_> = PROVIDERS.iter().map(|(aaguid, _)| aaguid).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), PROVIDERS.len());
    }

    #[test]
    fn the_three_kinds_of_windows_hello_are_one_provider_and_unknown_is_nobody() {
        let hardware = Aaguid(0x08987058_cadc_4b81_b6e1_30de50dcbe96);
        let vbs = Aaguid(0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9);
        assert!(hardware.same_provider(vbs));
        assert!(!Aaguid(0).same_provider(Aaguid(0)));
    }

    #[test]
    fn apple_passkeys_cannot_be_on_windows() {
        let apple = Aaguid(0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd).provider().unwrap();
        assert_eq!(apple.reach(Platform::Windows), Reach::No);
        assert_eq!(apple.reach(Platform::IpadOs), Reach::Home);
    }
}
