//! What a device answers, with one thing wrong at a time: nothing that is not exactly right counts (WebAuthn Level 3,
//! sections 7.1 and 7.2).

use crate::app::TestApp;
use crate::authenticator::{AT, BE, BS, Making, UP, UV, bytes, encode, honest, ids, new_key};
use crate::person::Person;
use http::StatusCode;
use serde_json::{Value, json};

type Change = fn(&mut Making);
type Spoil = fn(&mut Value);

/// Wrong in both kinds of answer.
const WRONG: &[(&str, Change)] = &[
    ("another origin", |making| making.client["origin"] = "https://evil.example".into()),
    ("another port", |making| making.client["origin"] = "http://localhost:3001".into()),
    ("another scheme", |making| making.client["origin"] = "https://localhost:3000".into()),
    ("a subdomain", |making| making.client["origin"] = "http://sub.localhost:3000".into()),
    ("an app", |making| making.client["origin"] = "android:apk-key-hash:AAAA".into()),
    ("no origin", |making| making.client["origin"] = Value::Null),
    ("another challenge", |making| making.client["challenge"] = encode([7; 32]).into()),
    ("an empty challenge", |making| making.client["challenge"] = "".into()),
    ("a longer challenge", |making| {
        let longer = [bytes(&making.client["challenge"]), vec![0]].concat();
        making.client["challenge"] = encode(longer).into();
    }),
    ("another type", |making| making.client["type"] = "payment.get".into()),
    ("no type", |making| making.client["type"] = Value::Null),
    ("inside a foreign page", |making| making.client["crossOrigin"] = true.into()),
    ("perhaps inside a foreign page", |making| making.client["crossOrigin"] = "no".into()),
    ("below a foreign page", |making| making.client["topOrigin"] = "https://evil.example".into()),
    ("client data that is a list", |making| making.client = json!([])),
    ("another domain", |making| making.rp_id = "evil.example".to_owned()),
    ("nobody present", |making| making.flags &= !UP),
    ("nobody verified", |making| making.flags &= !UV),
    ("neither", |making| making.flags &= !(UP | UV)),
    ("a backup of what cannot have one", |making| making.flags = (making.flags & !BE) | BS),
    ("an empty id", |making| making.id.clear()),
    ("an id beyond all bounds", |making| making.id = vec![1; 1_024]),
];

/// Wrong in the answer to `get()`.
const WRONG_ASSERTION: &[(&str, Change)] = &[
    ("made by create()", |making| making.client["type"] = "webauthn.create".into()),
    ("another key", |making| making.key = new_key()),
    ("another person's handle", |making| making.handle = Some(vec![7; 16])),
    ("a handle that is none", |making| making.handle = Some(vec![7; 5])),
    ("a handle of 64 bytes", |making| making.handle = Some(vec![7; 64])),
    ("an unknown id", |making| making.id = vec![9; 20]),
    ("attested data announced, none there", |making| making.flags |= AT),
];

/// Wrong in the answer to `create()`.
const WRONG_CREATION: &[(&str, Change)] = &[
    ("made by get()", |making| making.client["type"] = "webauthn.get".into()),
    ("no attested data", |making| making.flags &= !AT),
    ("an algorithm nobody asked for", |making| making.algorithm = -65_535),
    ("an algorithm of another kind of key", |making| making.algorithm = -8),
];

/// Broken on the way, in both kinds.
const BROKEN: &[(&str, Spoil)] = &[
    ("null", |answer| *answer = Value::Null),
    ("a list", |answer| *answer = json!([1, 2, 3])),
    ("a number", |answer| *answer = json!(1e300)),
    ("nothing", |answer| *answer = json!({})),
    ("no response", |answer| answer["response"] = Value::Null),
    ("an empty response", |answer| answer["response"] = json!({})),
    ("no client data", |answer| answer["response"]["clientDataJSON"] = Value::Null),
    ("empty client data", |answer| answer["response"]["clientDataJSON"] = "".into()),
    ("client data that is no base64url", |answer| answer["response"]["clientDataJSON"] = "+/=?".into()),
    ("client data that is no JSON", |answer| answer["response"]["clientDataJSON"] = encode("{").into()),
    ("client data that is no UTF-8", |answer| answer["response"]["clientDataJSON"] = encode([0xff, 0xfe]).into()),
    ("client data nested beyond measure", |answer| {
        answer["response"]["clientDataJSON"] = encode("[".repeat(50_000)).into()
    }),
    ("another type of credential", |answer| answer["type"] = "password".into()),
    ("a raw id that is a number", |answer| answer["rawId"] = 7.into()),
];

const BROKEN_ASSERTION: &[(&str, Spoil)] = &[
    ("no signature", |answer| answer["response"]["signature"] = "".into()),
    ("a signature cut short", |answer| cut(&mut answer["response"]["signature"])),
    ("a signature of nothing", |answer| {
        answer["response"]["signature"] = encode([0x30, 0x06, 2, 1, 0, 2, 1, 0]).into()
    }),
    ("authenticator data cut short", |answer| cut(&mut answer["response"]["authenticatorData"])),
    ("authenticator data with more behind", |answer| append(&mut answer["response"]["authenticatorData"])),
    ("no authenticator data", |answer| answer["response"]["authenticatorData"] = "".into()),
    ("a handle that is a number", |answer| answer["response"]["userHandle"] = 7.into()),
];

const BROKEN_CREATION: &[(&str, Spoil)] = &[
    ("CBOR cut short", |answer| cut(&mut answer["response"]["attestationObject"])),
    ("no CBOR", |answer| answer["response"]["attestationObject"] = "".into()),
    ("CBOR that is a number", |answer| answer["response"]["attestationObject"] = encode([0x07]).into()),
    ("CBOR that promises four gigabytes", |answer| {
        answer["response"]["attestationObject"] = encode([0x5a, 0xff, 0xff, 0xff, 0xff]).into();
    }),
    ("CBOR nested beyond measure", |answer| {
        answer["response"]["attestationObject"] = encode(vec![0x81; 50_000]).into()
    }),
    ("an unknown format", |answer| replace(&mut answer["response"]["attestationObject"], b"none", b"nine")),
    ("a format that needs a statement", |answer| {
        replace(&mut answer["response"]["attestationObject"], b"\x64none", b"\x63tpm")
    }),
];

fn cut(value: &mut Value) {
    let mut whole = bytes(value);
    whole.truncate(whole.len() - 1);
    *value = encode(whole).into();
}

fn append(value: &mut Value) {
    *value = encode([bytes(value), vec![0]].concat()).into();
}

fn replace(value: &mut Value, what: &[u8], with: &[u8]) {
    let mut whole = bytes(value);
    let at = whole.windows(what.len()).position(|window| window == what).unwrap();
    whole.splice(at..at + what.len(), with.iter().copied());
    *value = encode(whole).into();
}

#[tokio::test]
async fn nothing_but_a_right_assertion_signs_in() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    for (what, change) in WRONG.iter().chain(WRONG_ASSERTION) {
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        ada.uses_passkey_with(change).await;
        assert!(ada.status.is_client_error(), "{what}: {} {:?}", ada.status, ada.page);
        ada.shows("use-passkey");
        assert!(!ada.is_prompted(), "{what}");
    }
    for (what, spoil) in BROKEN.iter().chain(BROKEN_ASSERTION) {
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        let options = ada.ceremony().options.clone();
        let mut answer = ada.device.get(&options, honest).unwrap();
        spoil(&mut answer);
        ada.reports_credential(&answer).await;
        assert!(ada.status.is_client_error(), "{what}: {} {:?}", ada.status, ada.page);
        ada.shows("use-passkey");
    }
    assert_eq!(app.sessions().await, 0);
    assert_eq!(app.count("strikes").await, 0, "who did as they were asked is not struck");
    ada.browser.drop_cookie("flow");
    ada.signs_in_with_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn nothing_but_a_right_creation_is_stored() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    for (what, change) in WRONG.iter().chain(WRONG_CREATION) {
        ada.creates_passkey_with(change).await;
        assert!(ada.status.is_client_error(), "{what}: {} {:?}", ada.status, ada.page);
        ada.shows("create-passkey");
    }
    for (what, spoil) in BROKEN.iter().chain(BROKEN_CREATION) {
        let options = ada.ceremony().options.clone();
        let mut answer = ada.device.create(&options, honest).unwrap();
        spoil(&mut answer);
        ada.reports_credential(&answer).await;
        assert!(ada.status.is_client_error(), "{what}: {} {:?}", ada.status, ada.page);
        ada.shows("create-passkey");
    }
    assert_eq!(app.count("passkeys").await, 0);
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn what_browsers_may_leave_out_or_add_is_accepted() {
    const FINE: &[(&str, Change, Spoil)] = &[
        ("as it should be", honest, |_| {}),
        (
            "no word about foreign pages",
            |making| drop(making.client.as_object_mut().unwrap().remove("crossOrigin")),
            |_| {},
        ),
        ("members to come", |making| making.client["other_keys_can_be_added_here"] = "do not compare".into(), |_| {}),
        ("no handle, as the passkey was listed", |making| making.handle = None, |_| {}),
        ("a null handle", |making| making.handle = None, |answer| answer["response"]["userHandle"] = Value::Null),
        ("no word about the device", honest, |answer| answer["authenticatorAttachment"] = Value::Null),
        ("another word about the device", honest, |answer| answer["authenticatorAttachment"] = "telepathy".into()),
        ("extension results nobody asked for", honest, |answer| {
            answer["clientExtensionResults"] = json!({ "prf": { "enabled": true } })
        }),
        ("no copy any more", |making| making.flags &= !BS, |_| {}),
        ("a copy again", honest, |_| {}),
    ];
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    for (what, change, spoil) in FINE {
        ada.identifies().await;
        let options = ada.ceremony().options.clone();
        let mut answer = ada.device.get(&options, change).unwrap();
        spoil(&mut answer);
        ada.reports_credential(&answer).await;
        assert_eq!((ada.step(), ada.status), ("dashboard", StatusCode::OK), "{what}");
        ada.signs_out().await;
    }
}

#[tokio::test]
async fn odd_transports_are_dropped_and_the_passkey_is_kept() {
    for transports in [
        json!(null),
        json!([]),
        json!("usb"),
        json!([1, {}, "internal", "internal", "smoke-signals"]),
        json!({ "a": 1 }),
    ] {
        let app = TestApp::start().await;
        let mut ada = app.person("ada");
        ada.signs_up().await;
        let options = ada.ceremony().options.clone();
        let mut answer = ada.device.create(&options, honest).unwrap();
        answer["response"]["transports"] = transports.clone();
        ada.reports_credential(&answer).await;
        assert_eq!(ada.step(), "passkey-created", "{transports}");
    }
}

#[tokio::test]
async fn a_copied_key_that_counts_backwards_is_refused() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.device.counts = true;
    ada.settles_in().await;
    ada.signs_out().await;
    let copy = ada.device.clone();
    for _ in 0..3 {
        ada.signs_in_with_passkey().await;
        ada.signs_out().await;
    }
    let original = std::mem::replace(&mut ada.device, copy);
    ada.identifies().await;
    ada.uses_passkey().await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    ada.device = original;
    ada.uses_passkey().await;
    ada.shows("dashboard");
}

#[tokio::test]
async fn a_passkey_of_another_account_says_so_and_signs_nobody_in() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (app.person("ada"), app.person("bob"));
    ada.settles_in().await;
    bob.settles_in().await;
    ada.signs_out().await;
    ada.identifies().await;
    let answer = bob.device.get_with(&bob.device.passkeys[0], &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    ada.shows("use-passkey");
    assert!(ada.reads("That passkey belongs to another account."));
    assert_eq!(app.sessions().await, 1);
    ada.uses_passkey().await;
    assert_eq!(ada.dashboard().identifier, "Signed in as ada");
}

#[tokio::test]
async fn a_passkey_that_nobody_knows_is_no_longer_accepted() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    ada.identifies().await;
    let mut passkey = ada.device.passkeys[0].clone();
    passkey.id = vec![9; 20];
    let answer = ada.device.get_with(&passkey, &ada.ceremony().options, honest);
    ada.reports_credential(&answer).await;
    assert_eq!(ada.status, StatusCode::UNAUTHORIZED);
    assert!(ada.reads("no longer accepted"));
}

#[tokio::test]
async fn a_passkey_removed_while_its_prompt_is_open_is_no_longer_accepted() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut phone = ada.elsewhere(&app);
    phone.device = ada.device.clone();
    phone.identifies().await;
    ada.removes_passkey(0).await;
    phone.uses_passkey().await;
    assert_eq!(phone.status, StatusCode::UNAUTHORIZED);
    assert!(phone.reads("no longer accepted"));
    assert_eq!(app.sessions().await, 1);
    phone.shows("enter-password");
    phone.enters_password().await;
    assert_eq!(phone.status, StatusCode::OK);
}

#[tokio::test]
async fn an_id_that_exists_is_never_registered_again() {
    let app = TestApp::start().await;
    let mut bob = app.person("bob");
    bob.settles_in().await;
    let taken = bob.device.passkeys[0].id.clone();

    let mut ada = app.person("ada");
    ada.signs_up().await;
    ada.creates_passkey_with(|making| making.id.clone_from(&taken)).await;
    assert_eq!(ada.status, StatusCode::CONFLICT);
    ada.shows("create-passkey");
    assert_eq!(app.count("passkeys").await, 1);

    // Not even after it was removed.
    bob.removes_passkey(0).await;
    ada.device.passkeys.clear();
    ada.creates_passkey_with(|making| making.id.clone_from(&taken)).await;
    assert_eq!(ada.status, StatusCode::CONFLICT);
    ada.device.passkeys.clear();
    ada.creates_passkey().await;
    ada.shows("passkey-created");
}

#[tokio::test]
async fn inside_a_session_too_only_a_right_passkey_of_the_account_is_a_proof() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (app.person("ada"), app.person("bob"));
    ada.settles_in().await;
    bob.settles_in().await;
    let mut laptop = ada.elsewhere(&app);
    laptop.signs_in_with_password().await;
    laptop.shows("needs-proof");
    let answer = bob.device.get_with(&bob.device.passkeys[0], &laptop.ceremony().options, honest);
    laptop.reports_credential(&answer).await;
    assert_eq!(laptop.status, StatusCode::UNAUTHORIZED);
    laptop.shows("needs-proof");
    laptop.device = ada.device.clone();
    for (what, change) in WRONG.iter().chain(WRONG_ASSERTION) {
        laptop.uses_passkey_with(change).await;
        assert!(laptop.status.is_client_error(), "{what}: {} {:?}", laptop.status, laptop.page);
        laptop.shows("needs-proof");
    }
    assert_eq!(app.count("sessions WHERE passkey_at IS NOT NULL").await, 2);
    laptop.uses_passkey().await;
    laptop.shows("create-passkey");
}

#[tokio::test]
async fn fifty_passkeys_with_the_longest_ids_fit_and_there_is_no_fifty_first() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for number in 2..=51 {
        ada.device.passkeys.clear();
        ada.adds_a_passkey().await;
        ada.creates_passkey_with(|making| making.id.resize(1_023, 0)).await;
        if number <= 50 {
            ada.continues().await;
        }
    }
    assert_eq!(ada.status, StatusCode::CONFLICT);
    ada.shows("create-passkey");
    assert_eq!(app.count("passkeys").await, 50);
    ada.says_not_now().await;
    assert_eq!(ada.dashboard().passkeys.len(), 50);
    ada.signs_out().await;
    // All of them are on the list, the last one too.
    ada.device.passkeys.clear();
    ada.identifies().await;
    let options: Value = serde_json::from_str(&ada.ceremony().options).unwrap();
    assert_eq!(ids(&options["allowCredentials"]).len(), 50);
}
