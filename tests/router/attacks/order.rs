//! A request that began before another one and is written after it: which of them happened first?

use crate::app::TestApp;
use crate::person::Person;
use domain::time::{MINUTE, SECOND};
use http::StatusCode;
use tokio::task::JoinSet;

const ADDRESS: &str = "ada@example.org";
const THIEFS: &str = "thief@example.org";

async fn into_the_session(app: &TestApp, ada: &Person) -> Person {
    let mut thief = ada.elsewhere(app);
    thief.signs_in_with_password().await;
    thief.shows("create-passkey");
    thief.says_not_now().await;
    thief
}

/// Passwords are looked at one after the other.
async fn one_at_a_time() -> TestApp {
    TestApp::start_with("", |settings| settings.password.hash_threads = 1).await
}

/// So that the password of the slow request waits a while.
async fn others_type_passwords(app: &TestApp) -> JoinSet<()> {
    let mut others = JoinSet::new();
    for number in 0..60 {
        let mut other = app.person(&format!("nobody{number}"));
        other.identifies().await;
        other.comes_to_the_password().await;
        others.spawn(async move { other.types_password("not the password at all").await });
    }
    others
}

/// The thief has the password of an account that never had a passkey, and two sessions. In one they ask for another name, with the
/// password beside it, which takes its time; in the other they change the address meanwhile. The owner says *this was not me* to
/// the mail about the address.
#[tokio::test]
async fn what_the_owner_took_back_no_thief_takes_back_in_turn() {
    let app = one_at_a_time().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    let mut slow = into_the_session(&app, &ada).await;
    app.wait(10 * MINUTE);
    slow.opens("/account/identifier").await;
    let mut quick = into_the_session(&app, &ada).await;
    quick.changes("/account/identifier", &[("identifier", THIEFS)]).await;
    quick.shows("new-address");
    let code = app.mail(THIEFS, "Confirm your new email address").await.code();

    let others = others_type_passwords(&app).await;
    let (_, act) = slow.change().form.clone().unwrap();
    let password = ada.password.clone();
    let late = tokio::spawn(async move {
        slow.presses(&act, &[("password", &password), ("identifier", "whatever")]).await;
        slow
    });
    tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    assert!(!late.is_finished());
    app.wait(SECOND);
    quick.types_code(&code).await;
    assert_eq!((quick.status, quick.step()), (StatusCode::OK, "account"));
    assert!(!late.is_finished(), "the slow one is still under way");
    let slow = late.await.unwrap();
    assert_eq!((slow.status, slow.step()), (StatusCode::OK, "account"), "{:?}", slow.page);
    others.join_all().await;

    // The owner reads the mail and says so.
    app.wait(MINUTE);
    let link = app.mail(ADDRESS, "another address").await.link();
    let mut owner = app.person(ADDRESS);
    owner.opens(&link).await;
    owner.answers(&[]).await;
    assert_eq!(app.texts("identifier", "users").await, [ADDRESS], "the name is given back");

    // The thief has a mail too. What it tells of is over, and its link does nothing.
    app.wait(MINUTE);
    let link = app.mail(THIEFS, "another address").await.link();
    let mut thief = app.person(THIEFS);
    thief.opens(&link).await;
    assert_eq!((thief.status, thief.step()), (StatusCode::NOT_FOUND, "told"));
    assert_eq!(app.texts("identifier", "users").await, [ADDRESS]);
    // Nor is there an account of that name for which a code would come.
    thief.has_forgotten().await;
    let mails = app.mails().await;
    assert!(!mails.iter().any(|mail| mail.to == THIEFS && mail.subject.contains("new password")), "{mails:?}");
    assert_eq!(app.count("passkeys").await, 0);
}

/// The same, where the slow request makes recovery codes: they are younger than what the owner takes back, and say that they are older.
#[tokio::test]
async fn codes_that_were_made_after_what_the_owner_took_back_are_void() {
    let app = one_at_a_time().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    let mut slow = into_the_session(&app, &ada).await;
    app.wait(10 * MINUTE);
    slow.opens("/recovery-codes").await;
    let mut quick = into_the_session(&app, &ada).await;
    quick.changes("/account/identifier", &[("identifier", THIEFS)]).await;
    let code = app.mail(THIEFS, "Confirm your new email address").await.code();
    let others = others_type_passwords(&app).await;
    let password = ada.password.clone();
    let late = tokio::spawn(async move {
        slow.answers(&[("password", &password)]).await;
        slow
    });
    tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    app.wait(SECOND);
    quick.types_code(&code).await;
    assert_eq!((quick.status, quick.step()), (StatusCode::OK, "account"));
    assert!(!late.is_finished(), "the slow one is still under way");
    let slow = late.await.unwrap();
    let codes = slow.codes().codes.clone();
    others.join_all().await;
    app.wait(MINUTE);
    let link = app.mail(ADDRESS, "another address").await.link();
    let mut owner = app.person(ADDRESS);
    owner.opens(&link).await;
    owner.answers(&[]).await;
    assert_eq!(app.texts("identifier", "users").await, [ADDRESS]);
    // The thief keeps codes of which the owner was told nothing.
    let mut thief = app.person(ADDRESS);
    thief.has_forgotten().await;
    thief.chooses_password(&codes[0]).await;
    let seen = (thief.status, thief.step());
    let told = app.mails().await.iter().any(|mail| mail.to == ADDRESS && mail.subject.contains("recovery codes"));
    assert_eq!(seen.0, StatusCode::UNAUTHORIZED, "{} (the owner was told of the codes: {told})", seen.1);
}
