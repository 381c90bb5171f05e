//! The list of what happened.

use crate::app::TestApp;
use crate::ghosts::{Try, attempt};
use crate::person::Person;
use domain::time::MINUTE;

const ADDRESS: &str = "ada@example.org";

#[tokio::test]
async fn strangers_push_nothing_off_the_list_of_what_happened() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let mut thief = ada.elsewhere(&app);
    app.wait(MINUTE);
    thief.signs_in_with_password().await;
    app.wait(MINUTE);
    ada.opens("/account").await;
    let names = |ada: &Person| ada.list("activity").items.iter().map(|item| item.name.clone()).collect::<Vec<_>>();
    // What strangers make happen is one line of each kind.
    let before: Vec<_> = names(&ada).into_iter().filter(|name| name != "A code was asked for").collect();
    let bob = {
        let mut bob = app.person("bob");
        bob.settles_in().await;
        bob
    };
    let mut stranger = app.person(ADDRESS);
    stranger.identifies().await;
    for _ in 0..100 {
        attempt(&mut stranger, Try::ForgeUnknown, &bob).await;
    }
    ada.opens("/account").await;
    let after = names(&ada);
    let lost: Vec<_> = before.iter().filter(|name| !after.contains(name)).collect();
    assert!(lost.is_empty(), "gone: {lost:?}; there is: {after:?}");
}
