//! Wherever people keep their passkeys: nobody who only types an identifier is told of a provider, and for everybody there is
//! a ghost that is answered the same, on every platform.

use crate::app::{ANDROID, MAC, T0, TestApp};
use crate::authenticator::{APPLE, BITWARDEN, GOOGLE, ONE_PASSWORD, WINDOWS_HELLO};
use crate::ghosts::Try::{Dismiss, Foreign, ForgeListed, ForgeUnknown, Identify, Reload, Wait, WrongPassword};
use crate::ghosts::{Seen, Try, attempt, compare, ghost_on_a_mac, haunted};
use crate::person::Person;
use domain::provider::Aaguid;
use domain::time::{DAY, HOUR};
use keymend::server::services::ghosts;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

const WINDOWS: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
const PLATFORMS: [&str; 4] = [MAC, WINDOWS, IPHONE, ANDROID];

/// Where a passkey is kept, as far as it shows from outside.
struct Kind {
    provider: u128,
    /// Length of the credential id.
    length: usize,
    transports: &'static [&'static str],
    syncs: bool,
}

const EVERYWHERE: &[&str] = &["hybrid", "internal"];
const HERE: &[&str] = &["internal"];
const CARRIED: &[&str] = &["nfc", "usb"];

const KINDS: [Kind; 7] = [
    Kind { provider: APPLE, length: 20, transports: EVERYWHERE, syncs: true },
    // Made in a browser that does not say who keeps it.
    Kind { provider: 0, length: 20, transports: EVERYWHERE, syncs: true },
    Kind { provider: GOOGLE, length: 16, transports: EVERYWHERE, syncs: true },
    Kind { provider: BITWARDEN, length: 16, transports: EVERYWHERE, syncs: true },
    Kind { provider: ONE_PASSWORD, length: 16, transports: EVERYWHERE, syncs: true },
    Kind { provider: WINDOWS_HELLO, length: 32, transports: HERE, syncs: false },
    // A security key.
    Kind { provider: 0, length: 48, transports: CARRIED, syncs: false },
];

const WALK: [Try; 14] = [
    Identify,
    Reload,
    Dismiss,
    Reload,
    ForgeListed,
    WrongPassword,
    Foreign,
    Reload,
    Wait(DAY),
    Identify,
    ForgeListed,
    Dismiss,
    Wait(40 * DAY),
    Identify,
];

/// An installation with somebody for each kind, and Bob.
async fn inhabited() -> (TestApp, Vec<String>, Person) {
    let app = haunted().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let mut names = Vec::new();
    for (number, kind) in KINDS.iter().enumerate() {
        let mut person = app.person(&format!("somebody{number:02}@example.org"));
        person.device.provider = kind.provider;
        person.device.transports = kind.transports;
        person.device.counts = !kind.syncs;
        if kind.provider == WINDOWS_HELLO {
            // There is none elsewhere, and what stays on its machine is made on it.
            person.browser.user_agent = WINDOWS;
        }
        person.signs_up().await;
        let id = rand::random::<[u8; 64]>()[..kind.length].to_vec();
        person.creates_passkey_with(|making| making.id = id).await;
        person.shows("passkey-created");
        names.push(person.identifier);
    }
    (app, names, bob)
}

#[tokio::test]
async fn for_every_provider_there_is_a_ghost_that_is_answered_the_same_on_every_platform() {
    'kinds: for (number, kind) in KINDS.iter().enumerate() {
        // Anew for each: the walks take months, and in years a passkey grows older than any ghost's.
        let (app, names, bob) = inhabited().await;
        let name = &names[number];
        let mut differences = Vec::new();
        for ghost in ghosts_like(&app, kind) {
            match first_difference(&app, name, &ghost, &bob).await {
                Some(difference) => differences.push(difference),
                None => continue 'kinds,
            }
        }
        let (who, Kind { length, transports, .. }) = (Aaguid(kind.provider), kind);
        panic!("{who} with ids of {length} bytes, over {transports:?}, is like no ghost: {differences:#?}");
    }
}

/// A ghost of each sort that lists what this kind lists: one id of this length, with these transports. Which sort it is,
/// nobody sees from outside. Of the many of a sort the one whose passkey is as old as those of the people here: what is
/// likely to have happened to a passkey depends on how long it has been there.
fn ghosts_like(app: &TestApp, kind: &Kind) -> Vec<String> {
    let mut found = BTreeMap::new();
    let share = app.app().ghosts.percent(app.now());
    for number in 1000..9000 {
        let name = format!("nobody{number}@example.org");
        if let [passkey] = ghosts::passkeys(&app.app().sealer, &name, share, app.now()).as_slice()
            && passkey.credential_id.len() == kind.length
            && passkey.transports == kind.transports
        {
            let apart = passkey.evidence.created.0.abs_diff(T0.0);
            let closest = found.entry(passkey.evidence.aaguid).or_insert((apart, name.clone()));
            if apart < closest.0 {
                *closest = (apart, name);
            }
        }
    }
    found.into_values().map(|(_, name)| name).collect()
}

/// Where the answers to somebody and to a ghost part, on whatever platform.
async fn first_difference(app: &TestApp, somebody: &str, ghost: &str, bob: &Person) -> Option<(Try, Seen, Seen)> {
    for platform in PLATFORMS {
        let (mut real, mut imaginary) = (stranger(app, somebody, platform), stranger(app, ghost, platform));
        for what in WALK.into_iter().chain([Dismiss]) {
            if let Wait(millis) = what {
                app.wait(millis);
                continue;
            }
            let (one, other) = (attempt(&mut real, what, bob).await, attempt(&mut imaginary, what, bob).await);
            if one != other {
                return Some((what, one, other));
            }
        }
    }
    None
}

/// A browser that was never here, in front of which somebody's name is typed.
fn stranger(app: &TestApp, name: &str, platform: &'static str) -> Person {
    let mut stranger = app.person(name);
    stranger.browser.user_agent = platform;
    stranger
}

#[tokio::test]
async fn whoever_keeps_a_passkey_the_same_step_has_the_same_words() {
    let (app, names, bob) = inhabited().await;
    let mut words: HashMap<_, (usize, Value)> = HashMap::new();
    let mut compared = 0;
    for platform in PLATFORMS {
        let mut people: Vec<_> = names.iter().map(|name| (stranger(&app, name, platform), false)).collect();
        // Step by step together: what is likely to have happened to a passkey depends on how old it is.
        for (at, what) in WALK.into_iter().enumerate() {
            if let Wait(millis) = what {
                app.wait(millis);
                continue;
            }
            for (number, (stranger, prompted)) in people.iter_mut().enumerate() {
                let (status, page, ..) = attempt(stranger, what, &bob).await;
                *prompted |= stranger.is_prompted();
                let mut page: Value = serde_json::from_str(&page).unwrap();
                // How long it is depends on the ids that are listed.
                page["headers"].take();
                for screen in page["screen"].as_object_mut().unwrap().values_mut() {
                    screen["ceremony"]["options"].take();
                }
                let (first, said) = words
                    .entry((platform, at, stranger.step(), *prompted, status))
                    .or_insert_with(|| (number, page.clone()));
                assert_eq!(*said, page, "number {at} of {WALK:?} for {} and {}", names[*first], names[number]);
                compared += usize::from(*first != number);
            }
        }
    }
    assert!(compared > 120, "most steps are common to several providers, not only {compared}");
}

#[tokio::test]
async fn somebody_whose_passkeys_were_all_removed_and_a_ghost_without_one_cannot_be_told_apart() {
    let walk =
        [Identify, WrongPassword, Dismiss, ForgeUnknown, Foreign, Dismiss, WrongPassword, Wait(HOUR), Identify, Reload];
    let app = haunted().await;
    let mut ada = app.person("somebody00@example.org");
    ada.settles_in().await;
    ada.removes_passkey(0).await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let ghost = ghost_on_a_mac(&app, 0).await;
    compare(&app, &walk, "somebody00@example.org", &ghost, &bob).await;
}
