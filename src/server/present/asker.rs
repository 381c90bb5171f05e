//! Who will ask for a passkey: the system, a password manager, another device. Announced only as far as it can be told.

use super::Walk;
use super::voice::Voice;
use crate::page::Picture;
use domain::intelligence::{Environment, PasskeyEvidence};
use domain::platform::Platform;
use domain::provider::Reach;

/// Who will ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// The system itself: Touch ID, Windows Hello, Face ID, the screen lock.
    System,
    /// A password manager of this name.
    Manager(&'static str),
    /// A security key.
    SecurityKey,
    /// Another device, by a code to scan.
    AnotherDevice,
    /// Cannot be told.
    Anyone,
}

/// Tells who will ask, when all passkeys that could answer agree on it.
pub(super) fn asker(walk: &Walk<'_>) -> Asker {
    let platform = walk.env.platform;
    let known_here: Vec<_> = walk.passkeys.iter().filter(|passkey| is_here(passkey)).collect();
    let could: Vec<_> = match known_here.is_empty() {
        true => walk.passkeys.iter().filter(|passkey| could_be_here(passkey, platform)).collect(),
        false => known_here,
    };
    let mut askers = could.into_iter().map(|passkey| asker_of(passkey, platform));
    match askers.next() {
        Some(first) if askers.all(|other| other == first) => first,
        Some(_) => Asker::Anyone,
        None if walk.passkeys.is_empty() || walk.env.can.hybrid == Some(false) => Asker::Anyone,
        None => Asker::AnotherDevice,
    }
}

/// Worked or was made in this browser, and was not missed since.
fn is_here(passkey: &PasskeyEvidence) -> bool {
    passkey.here.last_good().is_some_and(|good| passkey.here.absent.is_none_or(|absent| absent < good))
}

/// Was never seen here, and nothing speaks against it.
fn could_be_here(passkey: &PasskeyEvidence, platform: Platform) -> bool {
    let reaches = passkey.aaguid.provider().is_none_or(|provider| provider.reach(platform) != Reach::No);
    // One that never leaves its machine may be here, made in another browser, where the platform is the same.
    let may_have_come = passkey.backup_eligible || passkey.created_on == platform;
    passkey.security_key || (may_have_come && passkey.here.absent.is_none() && reaches)
}

fn asker_of(passkey: &PasskeyEvidence, platform: Platform) -> Asker {
    if passkey.security_key {
        return Asker::SecurityKey;
    }
    match passkey.aaguid.provider() {
        Some(_) if !passkey.backup_eligible && !is_here(passkey) => Asker::Anyone,
        Some(provider) if provider.is_third_party() => Asker::Manager(provider.name),
        Some(provider) if provider.reach(platform) == Reach::Home => Asker::System,
        // A browser's own store may ask for its own number instead of the system's lock.
        Some(_) | None => Asker::Anyone,
    }
}

impl Asker {
    /// Said before the prompt opens.
    pub(super) fn coming(self, voice: &Voice<'_>) -> String {
        match self {
            Self::System => voice.say("prompt-coming-system"),
            Self::Manager(name) => voice.with("prompt-coming-manager", &[("provider", name)]),
            Self::SecurityKey => voice.say("prompt-coming-security-key"),
            Self::AnotherDevice => voice.say("prompt-coming-another-device"),
            Self::Anyone => voice.say("prompt-coming-anyone"),
        }
    }

    /// Said while the prompt is open.
    pub(super) fn waiting(self, voice: &Voice<'_>) -> String {
        match self {
            Self::System => voice.say("prompt-waiting-system"),
            Self::Manager(name) => voice.with("prompt-waiting-manager", &[("provider", name)]),
            Self::SecurityKey => voice.say("prompt-waiting-security-key"),
            Self::AnotherDevice => voice.say("prompt-waiting-another-device"),
            Self::Anyone => voice.say("prompt-waiting-anyone"),
        }
    }

    pub(super) fn picture(self, env: &Environment) -> Picture {
        match self {
            Self::System => unlock_picture(env),
            Self::Manager(_) => Picture::Vault,
            Self::AnotherDevice => Picture::PhoneWithCode,
            Self::SecurityKey | Self::Anyone => Picture::Key,
        }
    }
}

/// What the system asks for when it unlocks a passkey.
pub(super) fn unlock_picture(env: &Environment) -> Picture {
    if env.can.platform_authenticator == Some(false) {
        return Picture::Key;
    }
    match env.platform {
        Platform::MacOs | Platform::Android => Picture::Fingerprint,
        Platform::Ios | Platform::IpadOs => Picture::Face,
        Platform::Windows | Platform::ChromeOs => Picture::Laptop,
        Platform::Linux | Platform::Unknown => Picture::Key,
    }
}
