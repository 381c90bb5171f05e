//! Words and pictures fit the machine in front of the person, and claim nothing that is not known of it.

use super::*;
use crate::page::{CreatePasskey, EnterPassword, NeedsProof, Picture, UsePasskey};

fn prompt(env: &Environment, passkeys: &[PasskeyEvidence]) -> UsePasskey {
    match presenter().use_passkey(&walk(env, passkeys), Prompt::Pending, None, None, minted()).screen {
        Screen::UsePasskey(it) => it,
        other => panic!("{}", other.name()),
    }
}

fn offer(env: &Environment, why: Why) -> CreatePasskey {
    match presenter().create_passkey(&walk(env, &[]), why, None, None, minted()).screen {
        Screen::CreatePasskey(it) => it,
        other => panic!("{}", other.name()),
    }
}

fn password(env: &Environment, notice: Option<PasskeyNotice>) -> EnterPassword {
    match presenter().enter_password(&walk(env, &[]), notice, None, true, minted()).screen {
        Screen::EnterPassword(it) => it,
        other => panic!("{}", other.name()),
    }
}

fn proof(env: &Environment, passkeys: &[PasskeyEvidence], can_ask: bool) -> NeedsProof {
    match presenter().needs_proof(&walk(env, passkeys), Proof::Passkey, None, can_ask.then(minted)).screen {
        Screen::NeedsProof(it) => it,
        other => panic!("{}", other.name()),
    }
}

#[test]
fn each_platform_is_told_of_its_own_lock() {
    let table = [
        (Platform::MacOs, APPLE, "Your Mac is asking for Touch ID or its password.", Picture::Fingerprint),
        (Platform::Windows, HELLO, "Windows Hello is asking for your face, fingerprint or PIN.", Picture::Laptop),
        (Platform::Ios, APPLE, "Your iPhone is asking for Face ID, Touch ID or its passcode.", Picture::Face),
        (Platform::IpadOs, APPLE, "Your iPad is asking for Face ID, Touch ID or its passcode.", Picture::Face),
        (
            Platform::Android,
            GOOGLE,
            "Your Android device is asking for your fingerprint, face or screen lock.",
            Picture::Fingerprint,
        ),
        (Platform::ChromeOs, GOOGLE, "Your device is asking for your passkey.", Picture::Laptop),
    ];
    for (platform, aaguid, waiting, picture) in table {
        let page = prompt(&on(platform), &[works(aaguid, platform)]);
        assert_eq!((page.ceremony.waiting.as_str(), page.picture), (waiting, picture));
        assert!(page.lead.starts_with("One moment. "), "{}", page.lead);
    }
}

#[test]
fn a_prompt_that_opens_by_itself_is_announced_and_a_reload_waits() {
    let env = on(Platform::MacOs);
    let passkeys = [works(APPLE, Platform::MacOs)];
    let lead = |prompt, auto| match presenter()
        .use_passkey(&walk(&env, &passkeys), prompt, None, None, Minted { auto, ..minted() })
        .screen
    {
        Screen::UsePasskey(it) => it.lead,
        other => panic!("{}", other.name()),
    };
    assert_eq!(lead(Prompt::Opened, true), "One moment. Your Mac will ask for Touch ID or its password.");
    assert_eq!(
        lead(Prompt::Opened, false),
        "Go on when you are ready. Your Mac will ask for Touch ID or its password."
    );
    assert_eq!(lead(Prompt::OnClick, false), "Your Mac will ask for Touch ID or its password.");
}

#[test]
fn no_platform_reads_of_the_locks_of_another() {
    let strangers = [
        (Platform::MacOs, APPLE, vec!["Windows", "Face ID", "Google", "iPhone", "Android"]),
        (Platform::Windows, HELLO, vec!["Touch ID", "Face ID", "iCloud", "Apple", "iPhone", "Mac", "Android"]),
        (Platform::Ios, APPLE, vec!["Windows", "Google", "Mac", "Android"]),
        (Platform::Android, GOOGLE, vec!["Touch ID", "Face ID", "Windows", "iCloud", "Apple", "iPhone", "Mac"]),
    ];
    for (platform, aaguid, words) in strangers {
        let env = on(platform);
        let passkeys = [works(aaguid, platform)];
        let walk = &walk(&env, &passkeys);
        let diagnosis = &diagnosis(env, &passkeys);
        let presenter = presenter();
        let pages = [
            presenter.use_passkey(walk, Prompt::Failed, None, Some(diagnosis), minted()),
            presenter.enter_password(walk, None, None, true, minted()),
            presenter.create_passkey(walk, Why::AfterError, None, Some(diagnosis), minted()),
            presenter.create_passkey(walk, Why::SecondBrowser, None, None, minted()),
            presenter.create_passkey(walk, Why::First, None, None, minted()),
            presenter.passkey_created(walk, aaguid),
            presenter.already_here(walk, None, minted()),
        ];
        for (page, word) in pages.iter().flat_map(|page| words.iter().map(move |word| (page, word))) {
            assert!(
                !text(page).contains(word),
                "{platform:?} reads of {word} on {}: {}",
                page.screen.name(),
                text(page)
            );
        }
    }
}

#[test]
fn a_machine_without_a_lock_of_its_own_is_promised_none() {
    let can = Capabilities { platform_authenticator: Some(false), ..Capabilities::default() };
    let env = Environment { can, ..on(Platform::MacOs) };
    let page = prompt(&env, &[works(APPLE, Platform::MacOs)]);
    assert_eq!((page.ceremony.waiting.as_str(), page.picture), ("Your Mac is asking for your passkey.", Picture::Key));
    assert_eq!(
        offer(&env, Why::AfterError).lead,
        "Next time you sign in here with your passkey. The passkeys you have stay as they are."
    );
}

#[test]
fn a_passkey_of_a_manager_sends_to_the_manager() {
    let page = prompt(&on(Platform::Windows), &[works(BITWARDEN, Platform::Windows)]);
    assert_eq!(
        page.ceremony.waiting,
        "Your PC is asking for your passkey. It is kept in Bitwarden; if that is locked, unlock it first."
    );
    assert_eq!(page.picture, Picture::Vault);
}

#[test]
fn a_passkey_that_cannot_be_here_announces_the_code_first() {
    let env = on(Platform::Windows);
    let page = prompt(&env, &[elsewhere(APPLE, Platform::Ios)]);
    assert_eq!(page.picture, Picture::PhoneWithCode);
    assert!(page.lead.contains("Your passkey seems to be on another device."), "{}", page.lead);
    let can = Capabilities { hybrid: Some(false), ..Capabilities::default() };
    assert_eq!(prompt(&Environment { can, ..env }, &[elsewhere(APPLE, Platform::Ios)]).picture, Picture::Key);
}

#[test]
fn a_passkey_of_this_kind_of_machine_may_be_here_and_one_that_is_here_needs_no_code() {
    let env = on(Platform::Windows);
    assert_eq!(
        prompt(&env, &[elsewhere(HELLO, Platform::Windows)]).ceremony.waiting,
        "Your PC is asking for your passkey."
    );
    let passkeys = [elsewhere(APPLE, Platform::Ios)];
    let Screen::AlreadyHere(it) = presenter().already_here(&walk(&env, &passkeys), None, minted()).screen else {
        panic!()
    };
    assert_eq!(it.ceremony.waiting, "Your PC is asking for your passkey.");
    assert_eq!(
        it.lead,
        "Nothing was lost, and nothing needs to be made. Use it now, or the next time you sign in here."
    );
}

#[test]
fn what_worked_here_decides_between_two_providers_and_strangers_leave_it_open() {
    let env = on(Platform::MacOs);
    let both = [works(APPLE, Platform::MacOs), elsewhere(BITWARDEN, Platform::Windows)];
    assert_eq!(prompt(&env, &both).picture, Picture::Fingerprint);
    let unsure = [works(APPLE, Platform::MacOs), works(BITWARDEN, Platform::MacOs)];
    assert_eq!(prompt(&env, &unsure).ceremony.waiting, "Your Mac is asking for your passkey.");
    assert_eq!(prompt(&env, &[]).ceremony.waiting, "Your Mac is asking for your passkey.");
    assert_eq!(
        prompt(&env, &[works(NOBODY, Platform::MacOs)]).ceremony.waiting,
        "Your Mac is asking for your passkey."
    );
}

#[test]
fn a_security_key_is_asked_for_by_name() {
    let key = PasskeyEvidence { security_key: true, ..works(NOBODY, Platform::Linux) };
    assert_eq!(
        prompt(&on(Platform::Linux), &[key]).ceremony.waiting,
        "Your browser is asking for your security key. Connect it and touch it."
    );
}

#[test]
fn a_first_failure_is_calm_and_says_what_can_be_done() {
    let env = on(Platform::Ios);
    let passkeys = [works(APPLE, Platform::Ios)];
    let walk = walk(&env, &passkeys);
    let said = |outcome| match presenter().use_passkey(
        &walk,
        Prompt::Failed,
        Some(PasskeyNotice::Ended(outcome)),
        None,
        minted(),
    ) {
        Page { screen: Screen::UsePasskey(it), status, .. } => {
            assert_eq!(
                (it.open.as_str(), status.as_str()),
                ("Try again", "You are not signed in yet. Try again, or use your password.")
            );
            it.lead
        }
        other => panic!("{}", other.screen.name()),
    };
    assert_eq!(said(Outcome::CancelledOrMissing), "That did not go through. You can try again, or use your password.");
    assert_eq!(
        said(Outcome::TimedOut),
        "The prompt closed because it got no answer. You can try again, or use your password."
    );
    assert_eq!(
        said(Outcome::Technical),
        "This browser could not ask for a passkey just now. You can try again, or use your password."
    );
}

#[test]
fn the_password_page_says_why_it_is_there() {
    let env = on(Platform::Android);
    let lead = |notice| password(&env, notice).lead;
    assert_eq!(lead(None), "Your password signs you in on any device.");
    let ended = |outcome| Some(PasskeyNotice::Ended(outcome));
    assert_eq!(
        lead(ended(Outcome::CancelledOrMissing)),
        "Your passkey did not work here this time. Your password signs you in as well."
    );
    assert_eq!(
        lead(Some(PasskeyNotice::AnotherAccount)),
        "That passkey belongs to another account. Your password signs you in as well."
    );
    let gone = "That passkey is no longer accepted here: it was removed from this account. Your password signs you in as well.";
    assert_eq!(lead(Some(PasskeyNotice::NoLongerAccepted)), gone);
    let can = Capabilities { webauthn: Some(false), ..Capabilities::default() };
    let none = Environment { can, ..env };
    assert_eq!(password(&none, None).lead, "Passkeys do not work in this browser, so sign in with your password.");
}

#[test]
fn the_offer_says_what_it_is_good_for() {
    let mac = on(Platform::MacOs);
    assert_eq!(
        offer(&mac, Why::AfterError).lead,
        "Next time you sign in here with Touch ID. The passkeys you have stay as they are."
    );
    assert!(
        offer(&mac, Why::SecondBrowser)
            .lead
            .starts_with("None of your passkeys was used in this browser so far. With one for this Mac,")
    );
    assert!(offer(&mac, Why::AfterCrossDevice).lead.starts_with("Another device has just signed you in."));
    assert!(
        offer(&on(Platform::Windows), Why::First).lead.starts_with("Next time you sign in here with Windows Hello.")
    );
}

#[test]
fn the_keeper_of_a_new_passkey_is_named_only_where_it_is_known() {
    let lead = |platform, aaguid| match presenter().passkey_created(&walk(&on(platform), &[]), aaguid).screen {
        Screen::PasskeyCreated(it) => it.lead,
        other => panic!("{}", other.name()),
    };
    assert_eq!(lead(Platform::MacOs, APPLE), "Saved in Apple Passwords. Next time you sign in here with Touch ID.");
    assert_eq!(
        lead(Platform::Windows, HELLO),
        "Saved in Windows Hello. Next time you sign in here with your face, fingerprint or PIN."
    );
    assert_eq!(lead(Platform::Ios, BITWARDEN), "Saved in Bitwarden. Next time you sign in here with your passkey.");
    assert_eq!(lead(Platform::Android, NOBODY), "Next time you sign in here with your passkey.");
    assert_eq!(presenter().passkey_name(&on(Platform::Windows)), "Passkey made on a PC");
}

#[test]
fn one_more_proof_is_asked_for_with_its_reason_and_the_ways_there_are() {
    let env = on(Platform::Windows);
    let page = proof(&env, &[elsewhere(APPLE, Platform::Ios)], true);
    assert!(page.lead.contains("a password alone adds no passkey here"), "{}", page.lead);
    assert_eq!(page.picture, Picture::PhoneWithCode);
    assert!(page.ways[0].contains("scan with the phone that has it"), "{:?}", page.ways);
    let unable = proof(&env, &[elsewhere(APPLE, Platform::Ios)], false);
    assert!(unable.ways[0].starts_with("Sign in on a device where a passkey of yours works."), "{:?}", unable.ways);
}
