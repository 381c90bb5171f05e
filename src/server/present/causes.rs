//! "This can happen when …": from a diagnosis to at most three possibilities, each with what helps on this platform.
//!
//! Nothing here is known to be so, and the words say as much. Which passkey a cause is told of only chooses its words.

use super::Walk;
use super::voice::Voice;
use crate::page;
use domain::intelligence::{Cause, Diagnosis, PasskeyEvidence};
use domain::platform::Platform;
use domain::provider::{Provider, Reach, SyncDomain};

/// Nobody reads more.
const MOST: usize = 3;

/// What is this many times less likely than the likeliest is not worth a sentence.
const WORTH_A_SENTENCE: u16 = 8;

/// When it is told: the fix of a sign-in is to sign in, the fix of an offer is to know where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    SignIn,
    Offer,
}

/// The possibilities, likeliest first.
pub(super) fn causes(voice: &Voice<'_>, walk: &Walk<'_>, diagnosis: &Diagnosis, moment: Moment) -> Vec<page::Cause> {
    chosen(diagnosis).into_iter().map(|cause| cause_of(voice, walk, cause, moment)).collect()
}

/// A dialog that the person closed, or a browser that could not show one, explains nothing about the passkey: said only
/// where it is the likeliest by itself or nothing else is left.
fn chosen(diagnosis: &Diagnosis) -> Vec<Cause> {
    let possible = || diagnosis.causes.iter().filter(|(_, share)| *share > 0);
    if let Some((Cause::Technical, _)) = possible().next() {
        return vec![Cause::Technical];
    }
    let about_passkey = || possible().filter(|(cause, _)| !matches!(cause, Cause::Dismissed | Cause::Technical));
    let Some((_, best)) = about_passkey().next() else {
        return possible().next().map(|(cause, _)| *cause).into_iter().collect();
    };
    about_passkey()
        .filter(|(_, share)| *share >= *best / WORTH_A_SENTENCE)
        .map(|(cause, _)| *cause)
        .take(MOST)
        .collect()
}

fn cause_of(voice: &Voice<'_>, walk: &Walk<'_>, cause: Cause, moment: Moment) -> page::Cause {
    let platform = walk.env.platform;
    let passkey = told_of(cause, walk.passkeys, platform);
    let provider = passkey.and_then(|passkey| passkey.aaguid.provider());
    let args = [
        ("kind", kind(passkey, provider, platform)),
        ("provider", provider.map_or("", |provider| provider.name)),
        ("moment", if moment == Moment::SignIn { "sign-in" } else { "offer" }),
    ];
    let (when, fix) = match cause {
        Cause::DeletedHere => ("cause-removed-when", "cause-removed-fix"),
        Cause::OtherCloudAccount => ("cause-account-when", "cause-account-fix"),
        Cause::ManagerSignedOut => ("cause-manager-when", "cause-manager-fix"),
        Cause::OnAnotherDevice => ("cause-elsewhere-when", "cause-elsewhere-fix"),
        Cause::Dismissed => ("cause-closed-when", "cause-closed-fix"),
        Cause::Technical => ("cause-technical-when", "cause-technical-fix"),
        Cause::NoLongerAccepted => ("cause-not-accepted-when", "cause-not-accepted-fix"),
    };
    page::Cause { when: voice.with(when, &args), fix: voice.with(fix, &args) }
}

/// The passkey that a cause fits best: the one that was here last, for another device the one that was never here.
fn told_of(cause: Cause, passkeys: &[PasskeyEvidence], platform: Platform) -> Option<&PasskeyEvidence> {
    let provider = |passkey: &&PasskeyEvidence| passkey.aaguid.provider();
    let latest = |fits: &dyn Fn(&&PasskeyEvidence) -> bool| {
        passkeys
            .iter()
            .filter(|passkey| fits(passkey))
            .max_by_key(|passkey| (passkey.here.last_good(), passkey.created))
    };
    match cause {
        Cause::DeletedHere => latest(&|passkey| passkey.here.last_good().is_some()),
        Cause::OtherCloudAccount => latest(&|passkey| provider(passkey).is_some_and(is_cloud)),
        Cause::ManagerSignedOut => latest(&|passkey| provider(passkey).is_some_and(Provider::is_third_party)),
        Cause::OnAnotherDevice => {
            let away = |passkey: &&PasskeyEvidence| passkey.here.last_good().is_none();
            let never_here = |passkey: &&PasskeyEvidence| {
                provider(passkey).is_some_and(|provider| provider.reach(platform) == Reach::No)
            };
            latest(&|passkey| away(passkey) && never_here(passkey)).or_else(|| latest(&away))
        }
        Cause::Dismissed | Cause::Technical | Cause::NoLongerAccepted => None,
    }
}

fn is_cloud(provider: &Provider) -> bool {
    matches!(provider.sync, SyncDomain::Apple | SyncDomain::Google | SyncDomain::Microsoft)
}

/// What the translation chooses by.
fn kind(passkey: Option<&PasskeyEvidence>, provider: Option<&Provider>, platform: Platform) -> &'static str {
    if passkey.is_some_and(|passkey| passkey.security_key) {
        return "security-key";
    }
    match provider.map(|provider| (provider.sync, provider.reach(platform))) {
        Some((SyncDomain::Apple, _)) => "apple",
        Some((SyncDomain::Google, _)) => "google",
        Some((SyncDomain::Microsoft, _)) => "microsoft",
        Some((SyncDomain::Vendor, _)) => "manager",
        Some((SyncDomain::File, _)) => "file",
        Some((SyncDomain::Machine, Reach::Browser)) => "browser",
        Some((SyncDomain::Machine, _)) => "machine",
        Some((SyncDomain::Unknown, _)) | None => "unknown",
    }
}
