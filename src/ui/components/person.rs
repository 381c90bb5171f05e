//! Who is signing in, as a chip with *Not you?*.

use leptos::prelude::*;

use super::action::{QUIET, action};
use crate::page::Person;

/// Draws the chip.
#[must_use]
pub fn view(person: &Person) -> AnyView {
    view! {
        <div class="person">
            <bdi title=person.identifier.clone()>{person.identifier.clone()}</bdi>
            {action(&person.not_you, QUIET)}
        </div>
    }
    .into_any()
}

/// The identifier again, unseen, inside a form with a password: so a password manager knows whose password it saves.
#[must_use]
pub fn for_password_managers(identifier: &str) -> AnyView {
    view! { <input type="text" name="username" autocomplete="username" value=identifier.to_owned() hidden=true readonly=true /> }
        .into_any()
}
