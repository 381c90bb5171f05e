//! Whether an id that is listed is one of somebody's.

use crate::app::TestApp;
use crate::ghosts::haunted;
use http::StatusCode;
use keymend::page::Report;

/// Somebody with a passkey and a ghost with one, and the ids that are listed for them.
async fn listed(app: &TestApp) -> Vec<Vec<u8>> {
    let mut ada = app.person("somebody00@example.org");
    ada.settles_in().await;
    let ghost = crate::ghosts::ghost_on_a_mac(app, 20).await;
    let mut all = Vec::new();
    for name in [ada.identifier, ghost] {
        let mut stranger = app.person(&name);
        stranger.identifies().await;
        let options: serde_json::Value = serde_json::from_str(&stranger.ceremony().options).unwrap();
        all.push(crate::authenticator::ids(&options["allowCredentials"]).remove(0));
    }
    all
}

#[tokio::test]
async fn whoever_makes_a_passkey_with_an_id_that_is_listed_learns_nothing_of_whose_it_is() {
    let app = haunted().await;
    let mut seen = Vec::new();
    for (number, id) in listed(&app).await.into_iter().enumerate() {
        let mut mallory = app.person(&format!("mallory{number}"));
        mallory.signs_up().await;
        mallory.creates_passkey_with(|making| making.id.clone_from(&id)).await;
        seen.push((mallory.status, mallory.step(), mallory.page.signals.len()));
    }
    assert_eq!(seen[0], (StatusCode::CONFLICT, "create-passkey", 0));
    assert_eq!(seen[0], seen[1], "somebody and nobody");
}

#[tokio::test]
async fn whoever_reports_a_broken_passkey_with_an_id_that_is_listed_learns_nothing_of_whose_it_is() {
    let app = haunted().await;
    let mut seen = Vec::new();
    // A person and a ceremony for each: a second report of the same ceremony is answered as spent, whatever is in it.
    for (number, id) in listed(&app).await.into_iter().enumerate() {
        let mut mallory = app.person(&format!("mallory{number}"));
        mallory.signs_up().await;
        let id = crate::authenticator::encode(&id);
        mallory.reports(&Report::Credential(format!("{{\"rawId\":\"{id}\"}}"))).await;
        seen.push((mallory.status, mallory.step(), mallory.page.signals.len()));
    }
    assert_eq!(seen[0], (StatusCode::UNPROCESSABLE_ENTITY, "create-passkey", 0));
    assert_eq!(seen[0], seen[1], "signals for somebody and for nobody");
}
