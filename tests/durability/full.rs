//! A disk that does not take what is written: a clear answer, nothing lost, and all well again by itself.

use crate::check::faults;
use crate::disk::{Disk, Refuses};
use crate::person::Person;
use crate::program::Installation;
use http::{Method, StatusCode};
use keymend::page::Screen;
use keymend::server::db::{Db, file_url};
use sea_orm::ConnectionTrait as _;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_forgotten() {
    is_told_and_forgotten(Refuses::Full).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_disk_is_told_and_forgotten() {
    is_told_and_forgotten(Refuses::Broken).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_became_read_only_is_told_and_forgotten() {
    is_told_and_forgotten(Refuses::ReadOnly).await;
}

async fn is_told_and_forgotten(why: Refuses) {
    let mut installation = Installation::new();
    let disk = Disk::under(&mut installation);
    let server = installation.start().await;
    let mut people: Vec<Person> =
        (0..7).map(|n| installation.person(&format!("person-{n}@example.org"), &server.gate())).collect();
    for person in &mut people {
        person.settles_in().await;
    }

    let mut inside = people.pop().unwrap();
    // So that their next page would be noted.
    let db = Db::open(&file_url(&installation.database_file())).await.unwrap();
    let tx = db.write().await.unwrap();
    tx.execute_unprepared("UPDATE sessions SET seen_at = seen_at - 120000").await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;

    disk.refuses(why, true);
    // Whoever is inside goes on reading.
    for address in ["/dashboard", "/account", "/dashboard"] {
        inside.opens(address).await;
        assert_eq!(inside.status, StatusCode::OK, "{:?}", inside.page);
    }
    // More than there are connections, one after the other and at once.
    for person in &mut people {
        // What is only read goes on.
        begins(person).await;
        is_sent_away(person).await;
    }
    let mut waiting = Vec::new();
    for mut person in people {
        waiting.push(tokio::spawn(async move {
            begins(&mut person).await;
            is_sent_away(&mut person).await;
            person
        }));
    }
    let mut people = Vec::new();
    for person in waiting {
        people.push(person.await.unwrap());
    }

    disk.refuses(why, false);
    inside.opens("/dashboard").await;
    inside.shows("dashboard");
    for person in &mut people {
        begins(person).await;
        person.uses_passkey().await;
        person.shows("dashboard");
    }
    let mut server = server;
    server.kill();
    let db = Db::open(&file_url(&installation.database_file())).await.unwrap();
    assert_eq!(faults(&db, &installation.mails()).await, Vec::<String>::new());
    db.close().await;
}

/// With nothing left of the last time.
pub async fn begins(person: &mut Person) {
    person.browser.drop_cookie("session");
    person.browser.drop_cookie("flow");
    person.identifies().await;
    person.shows("use-passkey");
}

/// They answer the prompt, and read that it did not work and nothing was lost.
pub async fn is_sent_away(person: &mut Person) {
    let ceremony = person.ceremony().clone();
    let credential = person.device.get(&ceremony.options, crate::authenticator::honest).unwrap();
    let outcome = serde_json::to_string(&keymend::page::Report::Credential(credential.to_string())).unwrap();
    let fields = [("flow", ceremony.flow.as_str()), ("ceremony", &ceremony.state), ("outcome", &outcome)];
    let body = crate::app::encode(&fields);
    let origin = person.browser.origin();
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [form, ("origin", origin.as_str()), ("accept", "application/json")];
    let answer = person.browser.send_anyway(Method::POST, &ceremony.report, body.into_bytes(), &headers).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text());
    assert!(matches!(answer.page().screen, Screen::Told(_)), "{}", answer.text());
    assert_eq!(person.browser.cookie("session"), None);
}
