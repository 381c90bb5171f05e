//! Buttons. A button that asks the server for something is a real form; a button that only this browser can obey is not.

use crate::page::{Action, Link};
use crate::ui::element::{Element, el};

/// The one thing to do.
pub const PRIMARY: &str = "primary";
/// The way out: quiet, but plainly a button.
pub const SECONDARY: &str = "secondary";
/// Small and quiet, inside a line.
pub const QUIET: &str = "quiet";
/// Takes something away.
pub const DANGER: &str = "danger";
/// Pictures in place of words, where a list would repeat them; the words stay as name and as tooltip.
pub const RENAME: &str = "icon rename";
pub const REMOVE: &str = "icon remove";

/// A form with one button.
#[must_use]
pub fn action(action: &Action, class: &str) -> Element {
    action_with(action, class, Vec::new())
}

/// A form with fields above its button.
#[must_use]
pub fn action_with(action: &Action, class: &str, fields: Vec<Element>) -> Element {
    let tooltip = class.starts_with("icon").then_some(action.label.as_str());
    el("form")
        .class("action")
        .set("method", if action.get { "get" } else { "post" })
        .set("action", &action.path)
        .with(
            action
                .hidden
                .iter()
                .map(|(name, value)| el("input").set("type", "hidden").set("name", name).set("value", value)),
        )
        .with(fields)
        .with(el("button").class(class).maybe("title", tooltip).with(el("span").words(&action.label)))
}

/// A way out of an open prompt: the browser ends the prompt and says so with the post.
#[must_use]
pub fn way_out(to: &Action, class: &str) -> Element {
    action(to, class).flag("data-leaves", true)
}

/// The button that opens the system's dialog. Without scripts it is not there.
#[must_use]
pub fn open(label: &str, class: &str) -> Element {
    let button = el("button").class(class).set("type", "button").flag("data-open", true).with(el("span").words(label));
    el("div").class("action needs-script").with(button)
}

/// Quiet buttons in one line below the others; nothing where there are none.
#[must_use]
pub fn beside<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Option<Element> {
    let mut actions = actions.into_iter().map(|quiet| action(quiet, QUIET)).peekable();
    actions.peek().is_some().then(|| el("div").class("quietly").with(actions))
}

/// A way to another page.
#[must_use]
pub fn link(link: &Link, class: &str) -> Element {
    el("a").class(class).set("href", &link.path).words(&link.label)
}
