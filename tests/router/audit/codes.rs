//! Codes, forgotten passwords, confirmed addresses and *this was not me*: each is written down, once.

use crate::app::TestApp;
use crate::person::Person;
use domain::time::MINUTE;
use http::StatusCode;

const ADDRESS: &str = "ada@example.org";

/// Somebody with a passkey and a confirmed address, in a session.
async fn settled(app: &TestApp) -> Person {
    let mut ada = app.person(ADDRESS);
    one_by_one! { app:
        ada.signs_up();
        ada.creates_passkey();
        ada.continues();
    }
    ada
}

const SETTLED: [&str; 3] = ["address-confirmed", "signed-up", "passkey-added"];

async fn since_settled(app: &TestApp) -> Vec<String> {
    let all = app.audit(ADDRESS).await;
    assert_eq!(all[..3], SETTLED);
    all[3..].to_vec()
}

#[tokio::test]
async fn an_address_from_its_code_to_its_confirmation() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    one_by_one! { app:
        ada.has_an_unconfirmed_account(&app);
        ada.says_not_now();
        ada.opens("/confirm-address");
        ada.chooses("Send a code");
    }
    let late = app.mail(ADDRESS, "Confirm your email address").await.code();
    app.wait(11 * MINUTE);
    one_by_one! { app:
        ada.opens("/confirm-address");
        ada.types_code("");
        ada.types_code("ABCD-EFGH-JKMN-PQRS");
        ada.types_code(&late);
        ada.chooses("Send a code");
    }
    let code = app.mail(ADDRESS, "Confirm your email address").await.code();
    ada.types_code(&code).await;
    let expected =
        ["signed-up", "code-asked-for", "code-refused", "code-refused", "code-asked-for", "address-confirmed"];
    assert_eq!(app.audit(ADDRESS).await, expected);
    let outside = "audit WHERE session_id IS NULL AND event <> 'sign-up-asked-for'";
    assert_eq!(app.count(outside).await, 0, "all of it happened in a session");
}

#[tokio::test]
async fn a_passkey_that_a_confirmation_ends() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    one_by_one! { app:
        ada.signs_up();
        ada.creates_passkey();
        ada.continues();
        app.unconfirms(ADDRESS);
    }
    // A second passkey, made in another browser with the first one.
    let mut other = ada.elsewhere(&app);
    other.device = ada.device.clone();
    other.signs_in_with_passkey().await;
    other.shows("dashboard");
    other.device.passkeys.clear();
    app.wait(1);
    other.adds_a_passkey().await;
    one_by_one! { app:
        other.creates_passkey();
        ada.confirms_address(&app);
    }
    let all = app.audit(ADDRESS).await;
    let expected = [
        "signed-up",
        "passkey-added",
        "signed-in-with-passkey",
        "passkey-added",
        "address-confirmed",
        "code-asked-for",
        "passkey-removed",
    ];
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_code_beside_the_password() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    one_by_one! { app:
        laptop.signs_in_with_password();
        laptop.types_code("");
        laptop.types_code("ABCD-EFGH-JKMN-PQRS");
    }
    let code = app.mail(ADDRESS, "Your code for Keymend").await.code();
    laptop.types_code(&code).await;
    laptop.shows("create-passkey");
    let expected = ["code-asked-for", "signed-in-with-password", "code-refused", "code-confirmed"];
    assert_eq!(since_settled(&app).await, expected);
}

#[tokio::test]
async fn a_forgotten_password() {
    let app = TestApp::start().await;
    let ada = settled(&app).await;
    let mut laptop = ada.elsewhere(&app);
    one_by_one! { app:
        laptop.has_forgotten();
        laptop.chooses_password("ABCD-EFGH-JKMN-PQRS");
    }
    let code = app.mail(ADDRESS, "A new password").await.code();
    laptop.chooses_password(&code).await;
    assert_eq!(laptop.status, StatusCode::OK);
    assert_eq!(since_settled(&app).await, ["code-asked-for", "code-refused", "password-set-by-code"]);
}

#[tokio::test]
async fn an_account_that_is_begun_anew() {
    let app = TestApp::start().await;
    let mut stranger = app.person(ADDRESS);
    one_by_one! { app:
        stranger.has_an_unconfirmed_account(&app);
    }
    let before = app.user(ADDRESS).await.unwrap();
    let mut ada = app.person(ADDRESS);
    one_by_one! { app:
        ada.has_forgotten();
    }
    let code = app.mail(ADDRESS, "A new password").await.code();
    ada.chooses_password(&code).await;
    assert_eq!(ada.status, StatusCode::OK);
    let ended = ["signed-up", "code-asked-for", "account-deleted"];
    assert_eq!(app.audit_of(before).await, ended);
    assert_eq!(app.audit(ADDRESS).await, ["address-confirmed", "begun-anew", "password-set-by-code"]);
}

#[tokio::test]
async fn recovery_codes_and_the_password_they_take() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    one_by_one! { app:
        ada.signs_up();
        ada.says_not_now();
        ada.gets_codes();
        ada.keeps_codes();
    }
    app.wait(6 * MINUTE);
    let password = ada.password.clone();
    one_by_one! { app:
        ada.opens("/recovery-codes");
        ada.answers(&[("password", "not the password at all")]);
        ada.answers(&[("password", &password)]);
    }
    ada.shows("recovery-codes");
    let expected = ["signed-up", "codes-issued", "password-refused", "codes-replaced", "password-confirmed"];
    assert_eq!(app.audit("ada").await, expected);
}

#[tokio::test]
async fn what_was_not_me_and_the_passkey_that_ends_with_it() {
    let app = TestApp::start().await;
    let mut ada = settled(&app).await;
    ada.adds_a_passkey().await;
    ada.device.passkeys.clear();
    one_by_one! { app:
        ada.creates_passkey();
        ada.continues();
    }
    let link = app.mail(ADDRESS, "passkey was added").await.link();
    let mut phone = app.person(ADDRESS);
    one_by_one! { app:
        phone.opens(&link);
        phone.answers(&[]);
        phone.opens(&link);
    }
    assert_eq!(since_settled(&app).await, ["passkey-added", "disowned", "passkey-removed"]);
}

#[tokio::test]
async fn for_an_identifier_nobody_has_the_same_is_written_down_under_a_hash() {
    let app = TestApp::start().await;
    settled(&app).await;
    let before = app.count("audit").await;
    for identifier in [ADDRESS, "nobody@example.org"] {
        let mut somebody = app.person(identifier);
        one_by_one! { app:
            somebody.has_forgotten();
            somebody.chooses_password("ABCD-EFGH-JKMN-PQRS");
            somebody.chooses_password("000000");
        }
    }
    assert_eq!(app.count("audit").await - before, 6);
    assert_eq!(since_settled(&app).await, ["code-asked-for", "code-refused", "code-refused"]);
    let nobodys = "audit WHERE user_id IS NULL AND session_id IS NULL AND browser_id IS NOT NULL";
    assert_eq!(app.count(&format!("{nobodys} AND event = 'code-asked-for'")).await, 1);
    assert_eq!(app.count(&format!("{nobodys} AND event = 'code-refused'")).await, 2);
    let hashes = app.blobs("identifier_hash", "audit WHERE identifier_hash IS NOT NULL AND event LIKE 'code-%'").await;
    assert_eq!(hashes.len(), 3);
    assert!(hashes.iter().all(|hash| hash.len() == 32 && *hash == hashes[0]));
}

#[tokio::test]
async fn a_sign_up_with_an_address_is_written_down_for_nobody_and_for_whoever_has_it() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    one_by_one! { app:
        ada.begins_to_sign_up();
        ada.types_code("");
        ada.types_code("ABCD-EFGH-JKMN-PQRS");
        ada.confirms_sign_up();
    }
    let nobodys = "audit WHERE user_id IS NULL AND session_id IS NULL AND identifier_hash IS NOT NULL";
    assert_eq!(app.count(&format!("{nobodys} AND event = 'sign-up-asked-for'")).await, 1);
    assert_eq!(app.count(&format!("{nobodys} AND event = 'code-refused'")).await, 1);
    assert_eq!(app.audit(ADDRESS).await, ["address-confirmed", "signed-up"]);
    let mut stranger = app.person(ADDRESS);
    one_by_one! { app:
        stranger.begins_to_sign_up();
        stranger.chooses("Send a new code");
        stranger.types_code("000000");
    }
    let told = ["address-confirmed", "signed-up", "sign-up-asked-for", "sign-up-asked-for"];
    assert_eq!(app.audit(ADDRESS).await, told);
    ada.says_not_now().await;
    ada.opens("/account").await;
    assert!(ada.reads("Somebody wanted a new account with this address, 2 times"), "{:?}", ada.page);
}

#[tokio::test]
async fn a_code_that_nobody_looks_at_is_not_written_down() {
    let app = TestApp::start().await;
    settled(&app).await;
    let mut thief = app.person(ADDRESS);
    thief.has_forgotten().await;
    app.execute("DELETE FROM mailed_codes").await;
    for _ in 0..20 {
        thief.chooses_password("000000").await;
    }
    assert_eq!(thief.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(app.count("audit WHERE event = 'code-refused'").await, 6);
}

#[tokio::test]
async fn a_stranger_pushes_nothing_off_the_list_that_the_owner_sees() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    one_by_one! { app:
        ada.signs_up();
        ada.says_not_now();
    }
    let (mut thief, mut guesser) = (app.person("ada"), app.person("ada"));
    one_by_one! { app:
        thief.has_forgotten();
        guesser.signs_in_by_hand();
    }
    for _ in 0..5 {
        one_by_one! { app:
            thief.chooses_password("ABCD-EFGH-JKMN-PQRS");
            guesser.enters_password();
        }
    }
    ada.opens("/account").await;
    let seen: Vec<_> = ada.list("activity").items.iter().map(|item| item.name.as_str()).collect();
    let expected = [
        "Somebody typed a password that did not match, 6 times",
        "Somebody typed a code that did not count, 5 times",
        "A code was asked for",
        "Account created",
    ];
    assert_eq!(seen, expected);
}
