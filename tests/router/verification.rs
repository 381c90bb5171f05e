//! Verification of what devices answer (WebAuthn Level 3, sections 7.1 and 7.2): one line per message that is wrong in one
//! place. Each must be refused with a status that says so, and must leave the database as it was, but for what counts
//! failures: the spent challenge, the failure event, strikes, what is written down of it, and that the browser was here.

mod both;
mod message;
mod of_assertions;
mod of_creations;

use crate::app::{Answer, SUGGESTS, TestApp};
use crate::authenticator::{encode, honest};
use crate::dump::Dump;
use crate::person::Person;
use http::StatusCode;
use keymend::page::{Ceremony, Report};
use message::{Change, Line, assertion, creation};
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// What a refused message may change.
const COUNTS: &[&str] = &["spent_challenges", "failure_events", "strikes", "browsers", "audit", "decisions"];

/// Fewest different messages of both tables.
const AT_LEAST: usize = 120;

/// It says how many there are.
const SECURITY: &str = include_str!("../../docs/security.md");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Who it is was said before.
    SignIn,
    /// Among the suggestions of the field.
    Anyone,
    /// Inside a session.
    Verify,
}

async fn post(person: &Person, ceremony: &Ceremony, message: String) -> Answer {
    let outcome = serde_json::to_string(&Report::Credential(message)).unwrap();
    person.posts_report(ceremony, &outcome).await
}

/// Looks whether a message was refused and changed nothing; gives what is wrong, to be told with all the others.
fn fault(what: &str, answer: &Answer, before: Dump, after: Dump) -> Option<String> {
    let challenges = after.rows("spent_challenges") - before.rows("spent_challenges");
    if !answer.status.is_client_error() {
        return Some(format!("{what}: {}, step {}", answer.status, answer.step()));
    }
    if challenges > 1 || before.without(COUNTS) != after.without(COUNTS) {
        return Some(format!("{what}: refused, but the database is not as it was"));
    }
    None
}

/// The ceremony of a door, in a browser that was never here (or in the session that waits for more proof).
async fn before(app: &TestApp, ada: &Person, limited: &mut Person, door: Door) -> (Person, Ceremony) {
    let mut visitor = ada.elsewhere(app);
    match door {
        Door::SignIn => {
            visitor.identifies().await;
            let ceremony = visitor.ceremony().clone();
            (visitor, ceremony)
        }
        Door::Anyone => {
            visitor.browser.environment = Some(SUGGESTS.to_owned());
            visitor.opens("/sign-in").await;
            let ceremony = visitor.identify().autofill.clone().unwrap();
            (visitor, ceremony)
        }
        Door::Verify => {
            limited.opens("/dashboard").await;
            if limited.step() != "needs-proof" {
                // As above: the line before was let in.
                *limited = ada.elsewhere(app);
                limited.signs_in_with_password().await;
            }
            (limited.another_tab(), limited.ceremony().clone())
        }
    }
}

fn assertions(door: Door) -> impl Iterator<Item = Line> {
    use of_assertions::{DATA, FLAGS, HANDLE, SIGNATURE, WITHOUT_HANDLE};
    let without = if door == Door::Anyone { WITHOUT_HANDLE } else { &[] };
    [both::ORIGIN, both::CLIENT_DATA, both::AROUND, FLAGS, DATA, SIGNATURE, HANDLE, without]
        .into_iter()
        .flatten()
        .copied()
}

fn creations() -> impl Iterator<Item = Line> {
    use of_creations::{DATA, FLAGS, KEY, OBJECT};
    [both::ORIGIN, both::CLIENT_DATA, both::AROUND, FLAGS, DATA, KEY, OBJECT].into_iter().flatten().copied()
}

#[test]
fn the_tables_have_enough_lines_and_each_its_own_name() {
    let all: Vec<_> = assertions(Door::Anyone)
        .map(|line| ("get", line.0))
        .chain(creations().map(|line| ("create", line.0)))
        .collect();
    let names: BTreeSet<_> = all.iter().collect();
    assert_eq!(names.len(), all.len(), "two lines of one name");
    assert!(all.len() >= AT_LEAST, "{}", all.len());
    let said = format!("({} different messages, ", all.len());
    assert!(SECURITY.contains(&said), "docs/security.md says another number than {}", all.len());
}

async fn every_wrong_answer_is_refused_at(door: Door) {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let passkey = ada.device.passkeys[0].clone();
    let mut limited = ada.elsewhere(&app);
    limited.signs_in_with_password().await;
    limited.shows("needs-proof");
    let (mut faults, mut count) = (Vec::new(), 0);
    for (what, change) in assertions(door) {
        let (visitor, ceremony) = before(&app, &ada, &mut limited, door).await;
        let stored = Dump::of(&app.app().db).await;
        let answer = post(&visitor, &ceremony, assertion(&passkey, &ceremony.options, app.origin(), change)).await;
        faults.extend(fault(what, &answer, stored, Dump::of(&app.app().db).await));
        count += 1;
    }
    assert!(faults.is_empty(), "at {door:?}:\n{}", faults.join("\n"));
    // What was never wrong is let in by the same way.
    let (visitor, ceremony) = before(&app, &ada, &mut limited, door).await;
    let answer = post(&visitor, &ceremony, assertion(&passkey, &ceremony.options, app.origin(), Change::Honest)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert!(["create-passkey", "dashboard"].contains(&answer.step()), "{}", answer.step());
    println!("{count} wrong answers refused at {door:?}");
}

#[tokio::test]
async fn every_wrong_answer_of_a_passkey_is_refused_at_sign_in() {
    every_wrong_answer_is_refused_at(Door::SignIn).await;
}

#[tokio::test]
async fn every_wrong_answer_of_a_passkey_is_refused_among_the_suggestions() {
    every_wrong_answer_is_refused_at(Door::Anyone).await;
}

#[tokio::test]
async fn every_wrong_answer_of_a_passkey_is_refused_inside_a_session() {
    every_wrong_answer_is_refused_at(Door::Verify).await;
}

#[tokio::test]
async fn every_wrong_new_passkey_is_refused() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.signs_up().await;
    let (mut faults, mut count) = (Vec::new(), 0);
    for (what, change) in creations() {
        ada.opens("/dashboard").await;
        if ada.step() != "create-passkey" {
            // The line before was let in, and is among the faults; the others are to be seen as well.
            ada = app.person(&format!("ada after {count}").replace(' ', "-"));
            ada.signs_up().await;
        }
        let ceremony = ada.ceremony().clone();
        let stored = Dump::of(&app.app().db).await;
        let answer = post(&ada, &ceremony, creation(&ceremony.options, app.origin(), change)).await;
        faults.extend(fault(what, &answer, stored, Dump::of(&app.app().db).await));
        count += 1;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(app.count("passkeys").await, 0);
    ada.opens("/dashboard").await;
    let ceremony = ada.ceremony().clone();
    let answer = post(&ada, &ceremony, creation(&ceremony.options, app.origin(), Change::Honest)).await;
    assert_eq!((answer.status, answer.step()), (StatusCode::OK, "passkey-created"), "{}", answer.text());
    println!("{count} wrong new passkeys refused");
}

#[tokio::test]
async fn what_the_standard_leaves_open_is_accepted() {
    let longest: Line = ("an id of 1,023 bytes", Change::Id(|| vec![5; 1_023]));
    let open: [Line; 6] = [
        longest,
        ("members nobody knows yet", Change::Client(|client| client["extraData"] = "whatever comes".into())),
        ("crossOrigin left out", Change::Client(|client| _ = client.as_object_mut().unwrap().remove("crossOrigin"))),
        ("a passkey that stays on the device", Change::Data(|data| data[32] = 0x45)),
        ("a passkey that is not backed up yet", Change::Data(|data| data[32] = 0x4d)),
        (
            "a transport nobody knows yet",
            Change::Sent(|sent| sent["response"]["transports"] = serde_json::json!(["telepathy", 7])),
        ),
    ];
    for (what, change) in open {
        let app = TestApp::start().await;
        let mut ada = app.person("ada");
        ada.signs_up().await;
        let ceremony = ada.ceremony().clone();
        let answer = post(&ada, &ceremony, creation(&ceremony.options, app.origin(), change)).await;
        assert_eq!((answer.status, answer.step()), (StatusCode::OK, "passkey-created"), "{what}: {}", answer.text());
    }
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let passkey = ada.device.passkeys[0].clone();
    let open: [Line; 4] = [
        ("members nobody knows yet", Change::Client(|client| client["extraData"] = "whatever comes".into())),
        ("no user handle", Change::Sent(|sent| _ = sent["response"].as_object_mut().unwrap().remove("userHandle"))),
        ("not backed up any more", Change::Data(|data| data[32] = 0x0d)),
        (
            "an extension",
            Change::Data(|data| {
                data[32] |= 0x80;
                data.extend([0xa1, 0x61, b'x', 0xf5]);
            }),
        ),
    ];
    for (what, change) in open {
        let mut visitor = ada.elsewhere(&app);
        visitor.identifies().await;
        let ceremony = visitor.ceremony().clone();
        let answer = post(&visitor, &ceremony, assertion(&passkey, &ceremony.options, app.origin(), change)).await;
        assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_passkey_that_counts_must_count_on() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.device.counts = true;
    ada.settles_in().await;
    ada.signs_out().await;
    for _ in 0..3 {
        ada.signs_in_with_passkey().await;
        ada.signs_out().await;
    }
    for counter in [0, 1, 3, 4] {
        let mut visitor = ada.elsewhere(&app);
        visitor.device = ada.device.clone();
        visitor.identifies().await;
        let stored = Dump::of(&app.app().db).await;
        visitor.uses_passkey_with(|making| making.counter = counter).await;
        assert_eq!(visitor.status, StatusCode::UNAUTHORIZED, "{counter}");
        assert_eq!(Dump::of(&app.app().db).await.without(COUNTS), stored.without(COUNTS), "{counter}");
    }
    ada.signs_in_with_passkey().await;
}

/// Keeps what is stored of a passkey each time that it is used, in the order of the transactions that stored it.
async fn keeps_history(app: &TestApp) {
    let sql = match app.is_postgres() {
        true => {
            "CREATE TABLE history (number BIGSERIAL PRIMARY KEY, passkey TEXT NOT NULL);
             CREATE OR REPLACE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN INSERT INTO history (passkey) VALUES (NEW.passkey); RETURN NULL; END';
             CREATE TRIGGER remembers AFTER UPDATE ON passkeys FOR EACH ROW EXECUTE FUNCTION remember()"
        }
        false => {
            "CREATE TABLE history (number INTEGER PRIMARY KEY AUTOINCREMENT, passkey TEXT NOT NULL);
             CREATE TRIGGER remembers AFTER UPDATE ON passkeys
                 BEGIN INSERT INTO history (passkey) VALUES (NEW.passkey); END"
        }
    };
    app.execute(sql).await;
}

/// The counters in such a column.
async fn counters(app: &TestApp, from: &str) -> Vec<u32> {
    let counter = |text: &String| serde_json::from_str::<Value>(text).unwrap()["cred"]["counter"].as_u64().unwrap();
    app.texts("passkey", from).await.iter().map(|text| u32::try_from(counter(text)).unwrap()).collect()
}

/// Of devices that count, two that answer with one number are a device and its copy; and what was signed with a lower number
/// than one that came before may be a copy's. Whoever comes at the same moment gets no more of either. Each number comes once to
/// each of these doors, to a passkey that was made with this one.
async fn none_counts_back_and_no_count_serves_twice(first: u32, doors: [Door; 3]) {
    const VALUES: u32 = 10;
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.device.counts = true;
    ada.signs_up().await;
    ada.creates_passkey_with(|making| making.counter = first).await;
    let passkey = ada.device.passkeys[0].clone();
    // Whoever says zero does not count, and may say so as often as they like while nobody has counted.
    let lowest = if first == 0 { 0 } else { first + 1 };
    let counts_on = |one: &u32, next: &u32| one < next || (*one, *next) == (0, 0);
    let highest = first + VALUES;
    let mut all = Vec::new();
    for (counter, door) in (lowest..=highest).flat_map(|counter| doors.map(|door| (counter, door))) {
        let (visitor, ceremony) = before(&app, &ada, &mut ada.elsewhere(&app), door).await;
        let answer = ada.device.get_with(&passkey, &ceremony.options, |making| making.counter = counter).to_string();
        all.push((rand::random::<u32>(), counter, door, visitor, ceremony, answer));
    }
    // They come in any order.
    all.sort_by_key(|(order, ..)| *order);
    keeps_history(&app).await;
    let sessions = app.sessions().await;
    let mut crowd = JoinSet::new();
    for (_, counter, door, visitor, ceremony, answer) in all {
        crowd.spawn(async move { (counter, door, post(&visitor, &ceremony, answer).await.status) });
    }
    let mut answers = crowd.join_all().await;
    answers.sort_by_key(|(counter, ..)| *counter);
    assert!(answers.iter().all(|(.., status)| *status == StatusCode::OK || status.is_client_error()), "{answers:?}");
    let accepted: Vec<_> = answers.iter().filter(|(.., status)| *status == StatusCode::OK).collect();
    let values: Vec<_> = accepted.iter().map(|(counter, ..)| *counter).collect();
    let history = counters(&app, "history ORDER BY number").await;
    assert!(values.is_sorted_by(counts_on), "one count served twice: {accepted:?}");
    assert!(history.is_sorted_by(counts_on), "a count went back: {history:?}");
    assert_eq!(history, values, "what was let in is what was stored");
    // Whoever brings the highest is never too late.
    assert_eq!(values.last(), Some(&highest));
    assert_eq!(counters(&app, "passkeys").await, [highest]);
    let begun = accepted.iter().filter(|(_, door, _)| *door != Door::Verify).count();
    assert_eq!(app.sessions().await - sessions, i64::try_from(begun).unwrap());
    // The passkey works on.
    for (counter, status) in [(highest, StatusCode::UNAUTHORIZED), (highest + 1, StatusCode::OK)] {
        let mut visitor = ada.elsewhere(&app);
        visitor.device = ada.device.clone();
        visitor.identifies().await;
        visitor.uses_passkey_with(|making| making.counter = counter).await;
        assert_eq!(visitor.status, status, "{counter}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sign_ins_at_once_none_counts_back_and_no_count_serves_twice() {
    none_counts_back_and_no_count_serves_twice(1, [Door::SignIn, Door::Anyone, Door::SignIn]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_proofs_inside_sessions_at_once_none_counts_back_and_no_count_serves_twice() {
    none_counts_back_and_no_count_serves_twice(1, [Door::Verify; 3]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sign_ins_and_proofs_at_once_none_counts_back_and_no_count_serves_twice() {
    none_counts_back_and_no_count_serves_twice(1, [Door::SignIn, Door::Anyone, Door::Verify]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_answers_at_once_none_says_zero_after_another_has_counted() {
    none_counts_back_and_no_count_serves_twice(0, [Door::SignIn, Door::Anyone, Door::Verify]).await;
}

#[tokio::test]
async fn a_passkey_of_another_account_is_refused_whatever_it_says() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (app.person("ada"), app.person("bob"));
    ada.settles_in().await;
    bob.settles_in().await;
    let (hers, his) = (ada.device.passkeys[0].clone(), bob.device.passkeys[0].clone());
    let mixed = [
        ("his", his.clone()),
        ("his with her handle", crate::authenticator::Passkey { handle: hers.handle.clone(), ..his.clone() }),
        ("his under her id", crate::authenticator::Passkey { id: hers.id.clone(), ..his.clone() }),
        ("her key under his id", crate::authenticator::Passkey { id: his.id.clone(), ..hers.clone() }),
        ("hers with his handle", crate::authenticator::Passkey { handle: his.handle.clone(), ..hers.clone() }),
    ];
    for (what, passkey) in mixed {
        let mut visitor = ada.elsewhere(&app);
        visitor.identifies().await;
        let ceremony = visitor.ceremony().clone();
        let stored = Dump::of(&app.app().db).await;
        let message = assertion(&passkey, &ceremony.options, app.origin(), Change::Honest);
        let answer = post(&visitor, &ceremony, message).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!(Dump::of(&app.app().db).await.without(COUNTS), stored.without(COUNTS), "{what}");
    }
    assert_eq!(app.sessions().await, 2);
}

#[tokio::test]
async fn a_passkey_that_was_removed_while_the_prompt_was_open_is_refused() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let mut visitor = ada.elsewhere(&app);
    visitor.device = ada.device.clone();
    visitor.identifies().await;
    let (mut limited, mut suggested) = (ada.elsewhere(&app), ada.elsewhere(&app));
    limited.device = ada.device.clone();
    limited.signs_in_with_password().await;
    suggested.device = ada.device.clone();
    suggested.browser.environment = Some(SUGGESTS.to_owned());
    suggested.opens("/sign-in").await;
    ada.removes_passkey(0).await;
    let stored = Dump::of(&app.app().db).await;
    visitor.uses_passkey().await;
    assert_eq!(visitor.status, StatusCode::UNAUTHORIZED);
    suggested.picks_a_suggestion().await;
    assert_eq!(suggested.status, StatusCode::UNAUTHORIZED);
    let options = limited.ceremony().options.clone();
    let credential = limited.device.get(&options, honest).unwrap();
    limited.reports_credential(&credential).await;
    assert_eq!(limited.status, StatusCode::UNAUTHORIZED);
    assert_eq!(Dump::of(&app.app().db).await.without(COUNTS), stored.without(COUNTS));
}

#[tokio::test]
async fn an_id_that_somebody_has_is_not_given_twice() {
    let app = TestApp::start().await;
    let (mut ada, mut bob) = (app.person("ada"), app.person("bob"));
    ada.settles_in().await;
    let id = ada.device.passkeys[0].id.clone();
    bob.signs_up().await;
    let stored = Dump::of(&app.app().db).await;
    bob.creates_passkey_with(|making| making.id.clone_from(&id)).await;
    assert_eq!(bob.status, StatusCode::CONFLICT);
    assert_eq!(Dump::of(&app.app().db).await.without(COUNTS), stored.without(COUNTS));
    // Nor when it was removed: a removed passkey never comes back under another name.
    ada.removes_passkey(0).await;
    bob.opens("/dashboard").await;
    bob.creates_passkey_with(|making| making.id.clone_from(&id)).await;
    assert_eq!(bob.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn the_challenge_of_another_prompt_does_not_serve() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    let passkey = ada.device.passkeys[0].clone();
    let mut visitor = ada.elsewhere(&app);
    visitor.identifies().await;
    let earlier = visitor.ceremony().clone();
    visitor.opens("/sign-in").await;
    let ceremony = visitor.ceremony().clone();
    let challenge =
        |ceremony: &Ceremony| serde_json::from_str::<Value>(&ceremony.options).unwrap()["challenge"].clone();
    assert_ne!(challenge(&earlier), challenge(&ceremony));
    let answer = post(&visitor, &ceremony, assertion(&passkey, &earlier.options, app.origin(), Change::Honest)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(challenge(&ceremony).as_str().unwrap().len() >= encode([0; 16]).len(), "at least 16 bytes");
}

#[tokio::test]
async fn a_user_handle_is_random_and_says_nothing() {
    let app = TestApp::start().await;
    let mut handles = BTreeSet::new();
    for name in ["ada", "bob", "carol"] {
        let mut person = app.person(name);
        person.signs_up().await;
        let options: Value = serde_json::from_str(&person.ceremony().options).unwrap();
        let handle = crate::authenticator::bytes(&options["user"]["id"]);
        assert_eq!(handle.len(), 16);
        assert!(!String::from_utf8_lossy(&handle).contains(name));
        // The same for every passkey of the account, and for nobody else.
        person.opens("/dashboard").await;
        let again: Value = serde_json::from_str(&person.ceremony().options).unwrap();
        assert_eq!(again["user"]["id"], options["user"]["id"]);
        assert!(handles.insert(handle));
        assert_eq!(options["attestation"], "none");
    }
}
