//! Old rows are deleted, whoever does it and however many at once, and what is not old stays.

use super::ghosts::haunted;
use crate::app::{Answer, TestApp};
use crate::authenticator::honest;
use crate::dump::Dump;
use crate::person::Person;
use domain::identifier::Identifier;
use domain::time::{DAY, HOUR};
use http::StatusCode;
use keymend::page::Report;
use keymend::server::db::StandIn;
use keymend::server::db::failure_events::{self, FailureEvent};
use keymend::server::housekeeping::purge;
use keymend::server::services::events::{MOST_OF_ONE, identifier_hash};
use keymend::server::services::explain::explain;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// Rows of each kind: some lots, and a part of one.
const OLD: usize = 1_300;
const YOUNG: usize = 40;

/// Table, columns, what stands in them, the column that ages, and how long it is kept.
const KEPT: [(&str, &str, &str, &str, i64); 11] = [
    ("spent_challenges", "challenge, expires_at", "{bytes}, {at}", "expires_at", 2 * HOUR),
    (
        "sessions",
        "id, token_hash, user_id, browser_id, flow_id, healing, created_at, seen_at, expires_at",
        "{id}, {bytes}, u.id, {id}, {id}, '{}', {at}, {at}, {at}",
        "expires_at",
        30 * DAY,
    ),
    ("strikes", "key, points, updated_at", "{bytes}, 1000, {at}", "updated_at", 400 * DAY),
    (
        "browsers",
        "id, token_hash, platform, browser, created_at, seen_at",
        "{id}, {bytes}, 'linux', 'firefox', {at}, {at}",
        "seen_at",
        400 * DAY,
    ),
    ("password_attempts", "key, failures, last_at, blocked_until", "{bytes}, 1, {at}, 0", "last_at", 2 * DAY),
    (
        "mailed_codes",
        "key, code_hash, user_id, attempts, expires_at",
        "{bytes}, {bytes}, u.id, 0, {at}",
        "expires_at",
        0,
    ),
    ("pending_identifiers", "key, identifier, expires_at", "{bytes}, 'ada@example.org', {at}", "expires_at", 0),
    ("notices", "id, user_id, news, token_hash, created_at", "{id}, u.id, '{}', {bytes}, {at}", "created_at", 30 * DAY),
    (
        "failure_events",
        "id, at, identifier_hash, purpose, evidence, observation, decision, outcome, diagnosis, rules_version",
        "{id}, {at}, {bytes}, '', '', '', '', '', '', 1",
        "at",
        400 * DAY,
    ),
    (
        "decisions",
        "id, at, user_id, browser_id, kind, evidence, given, decision, rules_version",
        "{id}, {at}, u.id, {id}, '', '', '', '', 1",
        "at",
        400 * DAY,
    ),
    ("audit", "id, at, event", "{id}, {at}, 'signed-out'", "at", 365 * DAY),
];

/// Rows of each kind, of the age at which they go or a moment younger.
async fn fill(app: &TestApp) {
    let (id, bytes) = if app.is_postgres() {
        ("md5(s.n::text)::uuid", "decode(md5(s.n::text), 'hex')")
    } else {
        ("CAST(unhex(printf('%032x', s.n)) AS BLOB)", "CAST(unhex(printf('%032x', s.n)) AS BLOB)")
    };
    for (table, columns, values, _, kept) in KEPT {
        let limit = app.now().plus(-kept).0;
        for (first, many, at) in [(1, OLD, limit - 1), (10_000, YOUNG, limit)] {
            let values = values.replace("{id}", id).replace("{bytes}", bytes).replace("{at}", &at.to_string());
            app.execute(&format!(
                "INSERT INTO {table} ({columns}) SELECT {values} FROM users u, \
                 (WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {}) SELECT n FROM s) s \
                 WHERE u.identifier_key = 'bob'",
                first + many - 1
            ))
            .await;
        }
    }
}

/// Signs in, and does not get in, until told to stop, twice at least; how often.
async fn comes_and_goes(mut person: Person, stop: Arc<AtomicBool>) -> usize {
    let mut times = 0;
    while times < 2 || !stop.load(Ordering::SeqCst) {
        // The wrong password of the time before left its flow.
        comes_again(&mut person).await;
        person.signs_out().await;
        person.identifies().await;
        person.types_wrong_password().await;
        assert!(
            [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&person.status),
            "{:?}",
            person.page
        );
        times += 1;
    }
    times
}

/// Both start at once, as two servers that are started together do, while people come and go.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn two_instances_at_once_delete_everything_old_and_nothing_twice() {
    let app = TestApp::start().await;
    app.person("bob").settles_in().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut crowd = Vec::new();
    for name in ["ada", "ben", "eve"] {
        let mut person = app.person(name);
        person.settles_in().await;
        person.signs_out().await;
        crowd.push(person);
    }
    fill(&app).await;
    let (one, other) = (app.app(), app.another().await);
    let crowd: Vec<_> = crowd.into_iter().map(|person| tokio::spawn(comes_and_goes(person, stop.clone()))).collect();
    let both = [one, other].map(|instance| tokio::spawn(async move { purge(&instance).await }));
    let mut deleted = Vec::new();
    for each in both {
        deleted.push(each.await.unwrap().unwrap());
    }
    stop.store(true, Ordering::SeqCst);
    let mut visits = 0;
    for person in crowd {
        visits += person.await.unwrap();
    }
    println!("{} and {} rows deleted by two instances beside {visits} visits", deleted[0], deleted[1]);
    assert_eq!(deleted.iter().sum::<u64>(), u64::try_from(KEPT.len() * OLD).unwrap());
    for (table, _, _, column, kept) in KEPT {
        let limit = app.now().plus(-kept).0;
        assert_eq!(app.count(&format!("{table} WHERE {column} < {limit}")).await, 0, "{table}: old ones");
        let young = app.count(&format!("{table} WHERE {column} = {limit}")).await;
        // What happens now is as old as what is kept for no time at all.
        assert!(young >= i64::try_from(YOUNG).unwrap(), "{table}: {young} of {YOUNG}");
    }
    assert_eq!(purge(&app.app()).await.unwrap(), 0);
}

async fn comes_again(person: &mut Person) {
    person.browser.drop_cookie("session");
    person.browser.drop_cookie("flow");
    person.signs_in_with_passkey().await;
}

#[tokio::test]
async fn a_browser_that_comes_again_is_known_and_one_that_was_away_for_too_long_is_new() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    for _ in 0..3 {
        app.wait(200 * DAY);
        purge(&app.app()).await.unwrap();
        assert_eq!(app.count("browsers").await, 1);
        comes_again(&mut ada).await;
    }
    app.wait(400 * DAY + 1);
    purge(&app.app()).await.unwrap();
    for table in ["browsers", "browser_accounts", "browser_passkeys"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    // With a cookie that a browser should have dropped by then. The passkey is good everywhere.
    comes_again(&mut ada).await;
    assert_eq!((app.count("browsers").await, app.count("browser_accounts").await), (1, 1));
}

/// So often a record is made in a browser of its own, each time by a prompt that was closed.
async fn reports(app: &TestApp, name: &str, times: usize) {
    for _ in 0..times {
        let mut stranger = app.person(name);
        stranger.identifies().await;
        assert!(stranger.is_prompted(), "{:?}", stranger.page);
        stranger.fails(1).await;
    }
}

#[tokio::test]
async fn of_one_name_the_latest_records_stay_whether_somebody_has_it_or_nobody() {
    let app = haunted().await;
    let mut ada = Person::settled(&app, "ada").await;
    // In a browser that her account knows, before all the others.
    ada.identifies().await;
    ada.fails(1).await;
    app.wait(HOUR);
    let mut nobody = String::new();
    for n in 0.. {
        nobody = format!("nobody{n}");
        let mut person = app.person(&nobody);
        person.identifies().await;
        if person.is_prompted() {
            break;
        }
    }
    for name in ["ada", &nobody] {
        reports(&app, name, 1).await;
    }
    let (db, user) = (app.app().db.clone(), app.user("ada").await.unwrap());
    let hash = |name: &str| identifier_hash(&app.app().sealer, &Identifier::parse(name).unwrap());
    // As many as would take long, a little older each.
    let tx = db.write().await.unwrap();
    for name in ["ada", &nobody] {
        let one = failure_events::about(&tx, None, &hash(name), 1).await.unwrap().remove(0);
        assert_eq!(one.user, (name == "ada").then_some(user));
        for n in 1..3_000 {
            let id = Uuid::from_u128(rand::random());
            failure_events::add(&tx, FailureEvent { id, at: one.at.plus(-n), ..one.clone() }, StandIn::of(&[0]))
                .await
                .unwrap();
        }
    }
    tx.commit().await.unwrap();
    app.wait(1);
    for name in ["ada", &nobody] {
        reports(&app, name, 6).await;
        let mut left = failure_events::about(db.read(), None, &hash(name), 9_999).await.unwrap();
        if name == "ada" {
            let first = left.pop().unwrap();
            assert!(first.at < app.now().plus(-HOUR / 2), "her own stays");
        }
        assert_eq!(u64::try_from(left.len()).unwrap(), MOST_OF_ONE, "{name}");
        assert!(left.iter().all(|event| event.at > app.now().plus(-200)), "{name}: the latest ones");
        assert_eq!(left.iter().filter(|event| event.at == app.now()).count(), 6, "{name}");
    }
    let told = explain(&app.app(), "ada").await.unwrap();
    assert_eq!((told.failures, told.last_failure), (MOST_OF_ONE + 1, Some(app.now())));
}

/// Its row is deleted so long after the latest sign-in; it must not end before.
#[tokio::test]
async fn a_sign_in_sets_the_cookie_of_its_browser_anew_and_nothing_before_it_does() {
    let app = TestApp::start().await;
    let mut ada = Person::settled(&app, "ada").await;
    let cookie = ada.browser.cookie("browser").unwrap();
    let anew =
        |answer: &Answer| answer.cookies().iter().find(|set| set.starts_with("browser=")).map(ToString::to_string);
    for name in ["ada", "nobody"] {
        let mut there = Person::new(name, ada.browser.copy(), ada.device.clone());
        there.opens("/sign-in").await;
        there.types_identifier(name).await;
        let form = there.comes_to_the_password().await.sign_in;
        let answer = there.browser.press(&form, &[("password", "certainly not the one")]).await;
        assert_eq!((answer.status, anew(&answer)), (StatusCode::UNAUTHORIZED, None), "{name}");
    }
    ada.identifies().await;
    let ceremony = ada.ceremony().clone();
    let credential = ada.device.get(&ceremony.options, honest).unwrap();
    let outcome = serde_json::to_string(&Report::Credential(credential.to_string())).unwrap();
    let answer = ada.posts_report(&ceremony, &outcome).await;
    assert_eq!(answer.step(), "dashboard");
    let attributes = "Path=/; HttpOnly; SameSite=Lax; Max-Age=34560000";
    assert_eq!(anew(&answer), Some(format!("browser={cookie}; {attributes}")));
    // Another page of the session is no sign-in.
    assert_eq!(anew(&ada.browser.page("/account").await), None);
}

/// What happens in a few weeks: sign-ins, failures, guesses, codes, and somebody who comes and goes.
async fn weeks_pass(app: &TestApp, ada: &mut Person, number: usize) {
    for _ in 0..3 {
        comes_again(ada).await;
        ada.browser.drop_cookie("session");
        ada.browser.drop_cookie("flow");
        ada.identifies().await;
        ada.fails(1).await;
        ada.uses_passkey().await;
        ada.shows("dashboard");
        app.wait(DAY);
    }
    let mut stranger = Person::new("ada@example.org", ada.browser.copy(), app.device());
    stranger.browser.drop_cookie("session");
    stranger.browser.drop_cookie("flow");
    stranger.has_forgotten().await;
    stranger.chooses_password("000000").await;
    let name = format!("guest-{number}@example.org");
    let mut guest = Person::new(&name, stranger.browser.copy(), app.device());
    guest.settles_in().await;
    guest.changes("/account/delete", &[("confirmation", &name)]).await;
    guest.shows("told");
    app.mails().await;
    app.wait(60 * DAY);
    purge(&app.app()).await.unwrap();
}

/// Whatever is recorded of what people do has gone after its time, so that a table is as large after four years as after two.
#[tokio::test]
async fn over_the_years_no_table_grows_with_use() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada@example.org");
    ada.settles_in().await;
    let mut sizes: Vec<BTreeMap<String, usize>> = Vec::new();
    for number in 0..24 {
        weeks_pass(&app, &mut ada, number).await;
        let dump = Dump::of(&app.app().db).await;
        sizes.push(dump.0.into_iter().map(|(table, rows)| (table, rows.len())).collect());
    }
    let (after_two_years, after_four) = (&sizes[11], &sizes[23]);
    println!("after four years: {after_four:?}");
    assert!(after_four["audit"] > 0 && after_four["failure_events"] > 0, "something was recorded");
    assert_eq!(after_four, after_two_years);
}
