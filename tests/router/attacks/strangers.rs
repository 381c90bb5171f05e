//! Strangers and the owner's budgets.

use crate::app::TestApp;
use crate::person::Person;
use domain::time::{MINUTE, SECOND};
use http::StatusCode;

const ADDRESS: &str = "ada@example.org";
const WRONG: &str = "not the password at all";

async fn exhausts(app: &TestApp, name: &str, rounds: usize) {
    let mut stranger = app.person(name);
    stranger.opens("/forgot-password").await;
    stranger.answers(&[("identifier", name)]).await;
    for _ in 0..rounds {
        stranger.shows("new-password");
        stranger.chooses_password("000000").await;
        app.wait(SECOND);
    }
}

#[tokio::test]
async fn strangers_keep_nobody_with_the_password_from_a_kept_code() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    let codes = ada.gets_codes().await;
    ada.keeps_codes().await;
    ada.signs_out().await;
    exhausts(&app, ADDRESS, 16).await;
    // A new computer, and the old one is lost: the password is right, a code is at hand.
    let mut owner = ada.elsewhere(&app);
    owner.signs_in_with_password().await;
    owner.shows("confirm");
    owner.types_code(&codes[0]).await;
    assert_eq!((owner.status, owner.step()), (StatusCode::OK, "create-passkey"));
}

#[tokio::test]
async fn strangers_keep_nobody_with_the_password_from_the_mailed_code() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.settles_in().await;
    ada.signs_out().await;
    let mut stranger = app.person(ADDRESS);
    for _ in 0..8 {
        stranger.browser.drop_cookie("flow");
        stranger.opens("/forgot-password").await;
        stranger.answers(&[("identifier", ADDRESS)]).await;
    }
    let mut owner = ada.elsewhere(&app);
    owner.signs_in_with_password().await;
    owner.shows("confirm");
    let before = app.mails().await.iter().filter(|mail| mail.to == ADDRESS).count();
    owner.chooses(if owner.reads("Send a new code") { "Send a new code" } else { "Send a code" }).await;
    let after = app.mails().await.iter().filter(|mail| mail.to == ADDRESS).count();
    assert_eq!((owner.status, after > before), (StatusCode::OK, true));
}

#[tokio::test]
async fn strangers_keep_nobody_from_a_new_password_inside_a_session() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    app.wait(10 * MINUTE);
    let mut stranger = ada.elsewhere(&app);
    stranger.identifies().await;
    for _ in 0..8 {
        stranger.types_password(WRONG).await;
    }
    let password = ada.password.clone();
    let fields = [("password", password.as_str()), ("new_password", "an entirely different passphrase")];
    ada.changes("/account/password", &fields).await;
    assert_eq!(ada.status, StatusCode::OK, "{:?}", ada.page);
}

#[tokio::test]
async fn a_stranger_leaves_the_owner_of_a_password_a_door() {
    let app = TestApp::start().await;
    let mut ada = app.person(ADDRESS);
    ada.signs_up().await;
    ada.says_not_now().await;
    let codes = ada.gets_codes().await;
    ada.keeps_codes().await;
    ada.signs_out().await;
    let mut posts = 0;
    let mut tried = Vec::new();
    // One wrong password, one wrong code and one mail an hour; before, the waits grow.
    for hour in 0..40 {
        let mut stranger = app.person(ADDRESS);
        stranger.identifies().await;
        stranger.types_password(WRONG).await;
        stranger.browser.drop_cookie("flow");
        stranger.opens("/forgot-password").await;
        stranger.answers(&[("identifier", ADDRESS)]).await;
        stranger.shows("new-password");
        stranger.chooses_password("000000").await;
        posts += 3;
        for _ in 0..2 {
            app.wait(29 * MINUTE);
            if hour < 17 {
                continue;
            }
            // The browser in which the account was made, and then a new one.
            for mut owner in [ada.another_tab(), ada.elsewhere(&app)] {
                owner.browser.drop_cookie("flow");
                owner.signs_in_by_hand().await;
                tried.push(("password", owner.status));
                owner.asks_for_a_code().await;
                tried.push(("a code by mail", owner.status));
                owner.browser.drop_cookie("flow");
                owner.opens("/forgot-password").await;
                owner.answers(&[("identifier", ADDRESS)]).await;
                tried.push(("a code for a new password", owner.status));
                owner.shows("new-password");
                owner.chooses_password(&codes[1]).await;
                if owner.status == StatusCode::OK {
                    // Eighty bits open the door, whatever strangers do at it.
                    return;
                }
                tried.push(("a kept code", owner.status));
            }
        }
        app.wait(2 * MINUTE);
    }
    panic!("{posts} posts in 40 hours kept the owner out {} times: {tried:?}", tried.len());
}

#[tokio::test]
async fn whom_the_operator_lets_in_again_is_kept_out_by_no_stranger() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    ada.settles_in().await;
    ada.signs_out().await;
    let mut stranger = app.person("ada");
    stranger.identifies().await;
    stranger.uses_password_instead().await;
    for _ in 0..8 {
        stranger.types_password(WRONG).await;
    }
    let said = keymend::server::services::operator::reset(&app.app(), "ada").await.unwrap();
    let password =
        said.lines().map(str::trim).find(|line| line.len() == 19 && line.matches('-').count() == 3).unwrap().to_owned();
    let mut owner = Person { password, ..ada.elsewhere(&app) };
    owner.signs_in_by_hand().await;
    assert_eq!(owner.status, StatusCode::OK);
}
