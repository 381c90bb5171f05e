//! What people with fresh eyes have tried, and some of it worked. Each of these would be a way in, a way to learn who is here, or a way to
//! keep somebody out.

use crate::app::TestApp;
use crate::person::Person;

mod activity;
mod at_once;
mod between_minting_and_finish;
mod listed_ids;
mod lost_answer;
mod names;
mod names_asked;
mod news;
mod order;
mod races;
mod rare_states;
mod removed_passkey;
mod renamed;
mod sessions_ended;
mod spelling;
mod spraying;
mod strangers;
mod waiting;

/// Somebody with the password and a code from the mailbox stands before *Create passkey* in a browser of their own.
async fn at_create(app: &TestApp, owner: &Person) -> Person {
    let mut there = owner.elsewhere(app);
    there.signs_in_with_password().await;
    there.shows("confirm");
    let code = app.mail(&owner.identifier, "code").await.code();
    there.types_code(&code).await;
    there.shows("create-passkey");
    there
}
