//! Who is signing in, as a chip with *Not you?*.

use super::action::{QUIET, action};
use crate::page::Person;
use crate::ui::element::{Element, el};

/// Draws the chip.
#[must_use]
pub fn view(person: &Person) -> Element {
    let whole = el("bdi").set("title", &person.identifier);
    // Where an address does not fit, it goes on below from its middle.
    let name = match person.identifier.rsplit_once('@') {
        Some((local, domain)) => {
            let [local, domain] = [local, &format!("@{domain}")].map(|part| el("span").words(part));
            whole.with([local, el("wbr"), domain])
        }
        None => whole.words(&person.identifier),
    };
    el("div").class("person").with(name).with(action(&person.not_you, QUIET))
}

/// The identifier again, unseen, inside a form with a password: so a password manager knows whose password it saves.
#[must_use]
pub fn for_password_managers(identifier: &str) -> Element {
    el("input")
        .set("type", "text")
        .set("name", "username")
        .set("autocomplete", "username")
        .set("value", identifier)
        .flag("readonly", true)
        .flag("hidden", true)
}
