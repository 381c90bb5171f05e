//! The words of the records: for operators, who ask at the command line.

use domain::ceremony::{ErrorName, Observation, Purpose};
use domain::intelligence::{Availability, Cause, Outcome, Plan, Reason, SignedInBy, Why};
use domain::platform::{Browser, Platform};
use domain::time::{Millis, SECOND};
use time::OffsetDateTime;

/// Each reason as a sentence. A reason of a prediction speaks of "it", the passkey.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::WorkedHere => "It has signed in from this browser before.",
        Reason::CreatedHere => "It was made in this browser.",
        Reason::ProvenPresentHere => "A new passkey was refused here, because one of the account's passkeys is here.",
        Reason::ProvenAbsentHere => "Its provider could make a new passkey here, so the old one was not there.",
        Reason::FailedHereRepeatedly => "It was asked for here several times in a row and did not answer.",
        Reason::SyncsToThisPlatform => {
            "Its provider brings it to this platform by itself, where the account is the same."
        }
        Reason::SyncsThroughApp => {
            "Its provider brings it here through an app or an extension, where that is set up and open."
        }
        Reason::SyncsThroughBrowser => "Its provider brings it here through the browser, where that is signed in.",
        Reason::NotOnThisPlatform => "Its provider does not bring passkeys to this platform.",
        Reason::PerhapsThisMachine => "It stays on one machine of this kind, which may be this one.",
        Reason::BoundToAnotherMachine => "It stays on the machine where it was made, and that was one of another kind.",
        Reason::SecurityKey => "It is on a security key, which has to be connected.",
        Reason::ProviderUnknown => "Nobody can say who keeps it.",
        Reason::NoPasskey => "The account has no passkey.",
        Reason::NoWebauthn => "The browser says that it cannot use passkeys.",
        Reason::TwoStrikes => "Prompts ended without a passkey so often in this browser that the password comes first.",
        Reason::AutoStartOff => "The operator lets no prompt open by itself (sign_in.auto_start).",
        Reason::BrowserNotKnown => {
            "The operator lets prompts open by themselves in known browsers only, and this is none."
        }
        Reason::BestIsLikely => "A passkey is likely to work here.",
        Reason::BestIsUncertain => "A passkey may work here, and a click tells.",
        Reason::BestIsUnlikely => "No passkey is likely to work here.",
        Reason::AnsweredAcrossDevices => "Another device answered for this browser lately.",
        Reason::AskedFor => "The person pressed a button that asks for the passkey.",
        Reason::FailedInThisFlow => "A prompt did not go through in this very sign-in.",
        Reason::FirstPasskey => "The account has no passkey yet.",
        Reason::NoneWorkedHere => "The account has passkeys, and none was ever seen in this browser.",
        Reason::AnotherDeviceAnswered => "Another device answered for this one.",
        Reason::WorksHere => "Nothing speaks for another passkey here.",
        Reason::CannotCreate => "The browser says that it cannot make passkeys.",
        Reason::Paused => "An earlier offer was put off, and the pause is not over.",
        Reason::AlreadyHereNoNewEvidence => {
            "A passkey was proven to be here, and nothing has spoken against that since."
        }
        Reason::OffersOff => "The operator has switched offers off (healing.offers).",
    }
}

/// Several reasons, strongest first.
#[must_use]
pub fn reasons(reasons: &[Reason]) -> String {
    reasons.iter().map(|code| reason(*code)).collect::<Vec<_>>().join(" ")
}

/// A prediction.
#[must_use]
pub fn availability(availability: Availability) -> &'static str {
    match availability {
        Availability::Likely => "likely to work",
        Availability::Uncertain => "may work",
        Availability::Unlikely => "unlikely to work",
    }
}

/// A first step.
#[must_use]
pub fn plan(plan: Plan) -> &'static str {
    match plan {
        Plan::Immediately => "the prompt opens by itself",
        Plan::OnClick => "a button opens the prompt",
        Plan::AcrossDevices => "a button opens the prompt, and another device is announced",
        Plan::EnterPassword => "the password is asked for",
    }
}

/// A kind of failure.
#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::CancelledOrMissing => "closed by the person, or there was no passkey to show",
        Outcome::RefusedAtOnce => "refused before a person could have answered",
        Outcome::NoPrompt => "the browser could not show a prompt",
        Outcome::TimedOut => "nobody answered until the time was over",
        Outcome::NeverSettled => "left open, and never answered",
        Outcome::Aborted => "ended by Keymend itself, early",
        Outcome::AlreadyHere => "one of the account's passkeys is here already",
        Outcome::Technical => "technical trouble, or an answer that was no good",
        Outcome::NotAccepted => "a passkey that this server does not accept any more",
    }
}

/// A possible cause.
#[must_use]
pub fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::DeletedHere => "removed on this device",
        Cause::OtherCloudAccount => "the device uses another cloud account",
        Cause::ManagerSignedOut => "its password manager is signed out or missing",
        Cause::OnAnotherDevice => "it is on another device",
        Cause::Dismissed => "the prompt was closed",
        Cause::Technical => "technical trouble",
        Cause::NoLongerAccepted => "removed from the account",
    }
}

/// Why a passkey is offered; `None` when none is.
#[must_use]
pub fn offer(why: Option<Why>) -> &'static str {
    match why {
        None => "no passkey was offered",
        Some(Why::AfterError) => "a new passkey was offered, as none had answered",
        Some(Why::SecondBrowser) => "a new passkey was offered, as none was seen here before",
        Some(Why::AfterCrossDevice) => "a new passkey was offered, as another device had answered",
        Some(Why::First) => "a first passkey was offered",
        Some(Why::Asked) => "the person asked for a new passkey",
    }
}

/// How somebody signed in.
#[must_use]
pub fn signed_in_by(by: SignedInBy) -> String {
    match by {
        SignedInBy::Password { failures: 0 } => "signed in with the password".to_owned(),
        SignedInBy::Password { failures: 1 } => "signed in with the password, after a failed prompt".to_owned(),
        SignedInBy::Password { failures } => format!("signed in with the password, after {failures} failed prompts"),
        SignedInBy::Code { failures: 0 } => "signed in with a mailed code".to_owned(),
        SignedInBy::Code { failures: 1 } => "signed in with a mailed code, after a failed prompt".to_owned(),
        SignedInBy::Code { failures } => format!("signed in with a mailed code, after {failures} failed prompts"),
        SignedInBy::Passkey { cross_device: false } => "signed in with a passkey".to_owned(),
        SignedInBy::Passkey { cross_device: true } => "signed in with a passkey of another device".to_owned(),
        SignedInBy::SignUp => "signed up".to_owned(),
    }
}

/// What a ceremony was for.
#[must_use]
pub fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::SignIn => "to sign in",
        Purpose::Anyone => "to sign in, before anybody said who they are",
        Purpose::Verify => "to prove more in a session",
        Purpose::Create => "to make a passkey",
    }
}

/// The name of an exception, as browsers write it.
#[must_use]
pub fn error(name: Option<ErrorName>) -> &'static str {
    match name {
        None => "no answer",
        Some(ErrorName::NotAllowed) => "NotAllowedError",
        Some(ErrorName::Abort) => "AbortError",
        Some(ErrorName::InvalidState) => "InvalidStateError",
        Some(ErrorName::Security) => "SecurityError",
        Some(ErrorName::NotSupported) => "NotSupportedError",
        Some(ErrorName::Constraint) => "ConstraintError",
        Some(ErrorName::Operation) => "OperationError",
        Some(ErrorName::Type) => "TypeError",
        Some(ErrorName::Encoding) => "EncodingError",
        Some(ErrorName::Unknown) => "UnknownError",
        Some(ErrorName::NotReadable) => "NotReadableError",
        Some(ErrorName::Timeout) => "TimeoutError",
        Some(ErrorName::Other) => "an error of another name",
    }
}

/// Browser and platform.
#[must_use]
pub fn machine(browser: Browser, platform: Platform) -> String {
    let browser = if browser.name().is_empty() { "Another browser" } else { browser.name() };
    format!("{browser} on {}", self::platform(platform))
}

/// The name of a platform.
#[must_use]
pub fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::MacOs => "macOS",
        Platform::Windows => "Windows",
        Platform::Ios => "iOS",
        Platform::IpadOs => "iPadOS",
        Platform::Android => "Android",
        Platform::ChromeOs => "ChromeOS",
        Platform::Linux => "Linux",
        Platform::Unknown => "an unknown platform",
    }
}

/// A moment, to the second.
#[must_use]
pub fn time(at: Millis) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let moment = OffsetDateTime::from_unix_timestamp(at.0.div_euclid(SECOND)).ok();
    moment.and_then(|moment| moment.format(format).ok()).unwrap_or_else(|| "an unknown time".to_owned())
}

/// A duration, in its two largest units.
#[must_use]
pub fn duration(millis: i64) -> String {
    let seconds = millis.max(0) / SECOND;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// What a person typed, without what would steer a terminal: control characters, and those that turn the direction of a line
/// or end it.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

fn steers(c: char) -> bool {
    let turns = ['\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{feff}'];
    c.is_control()
        || turns.contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// A name of a person's choosing, so that one can see where it ends.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("“{name}”")
}

/// So many of a thing.
#[must_use]
pub fn counted(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// How often.
#[must_use]
pub fn times(count: u32) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// Several things, as one says them.
#[must_use]
pub fn list(things: &[String]) -> String {
    things.join(", ")
}

/// What a browser saw of a ceremony.
#[must_use]
pub fn seen(seen: &Observation) -> String {
    let tenths = seen.elapsed / 100;
    let mut told = vec![format!("{} after {}.{} s", error(seen.name), tenths / 10, tenths % 10)];
    let mut say = |applies: bool, text: &str| {
        if applies {
            told.push(text.to_owned());
        }
    };
    say(seen.visible == Some(false), "the page was hidden");
    say(seen.focused == Some(false), "the window was not in front");
    say(seen.activated == Some(false), "no click before it");
    say(seen.blurred, "the window lost the focus meanwhile");
    say(seen.aborted, "ended by the page");
    say(!seen.settled, "the browser never answered");
    told.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_reason_has_a_sentence_of_its_own() {
        let sentences: HashSet<_> = Reason::ALL.into_iter().map(reason).collect();
        assert_eq!(sentences.len(), Reason::ALL.len());
        for sentence in sentences {
            assert!(sentence.starts_with(char::is_uppercase) && sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn times_are_told_as_far_as_there_are_words_for_them() {
        assert_eq!(time(Millis(1_800_000_000_999)), "2027-01-15 08:00:00 UTC");
        assert_eq!(time(Millis(-1)), "1969-12-31 23:59:59 UTC");
        assert_eq!(time(Millis(i64::MAX)), "an unknown time");
        assert_eq!(
            [0, 59_999, 61_000, 3_660_000, 90_000_000, -5].map(duration),
            ["0 s", "59 s", "1 min 1 s", "1 h 1 min", "1 d 1 h", "0 s"]
        );
    }

    #[test]
    fn what_a_person_typed_steers_nothing() {
        assert_eq!(
            plain("Ada\u{1b}[2J\u{9b}2J\u{7f}\r\n\u{202e}\u{2066}\u{200f}"),
            "Ada\u{fffd}[2J\u{fffd}2J".to_owned() + &"\u{fffd}".repeat(6)
        );
        assert_eq!(plain("Zoë’s 🔑 κλειδί"), "Zoë’s 🔑 κλειδί");
    }
}
