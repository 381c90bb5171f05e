//! Buttons. A button that asks the server for something is a real form; a button that only this browser can obey is not.

use leptos::prelude::*;

use crate::page::{Action, Link};

/// The one thing to do.
pub const PRIMARY: &str = "primary";
/// The way out: quiet, but plainly a button.
pub const SECONDARY: &str = "secondary";
/// Small and quiet, inside a line.
pub const QUIET: &str = "quiet";
/// Pictures in place of words, where a list would repeat them; the words stay as name and as tooltip.
pub const RENAME: &str = "icon rename";
pub const REMOVE: &str = "icon remove";

/// A form with one button.
#[must_use]
pub fn action(action: &Action, class: &'static str) -> AnyView {
    form(action, class, None, false)
}

/// A form with fields above its button.
#[must_use]
pub fn action_with(action: &Action, class: &'static str, fields: AnyView) -> AnyView {
    form(action, class, Some(fields), false)
}

/// A way out of an open prompt: the browser ends the prompt and says so with the post.
#[must_use]
pub fn way_out(action: &Action, class: &'static str) -> AnyView {
    form(action, class, None, true)
}

fn form(action: &Action, class: &'static str, fields: Option<AnyView>, leaves: bool) -> AnyView {
    let method = if action.get { "get" } else { "post" };
    let hidden: Vec<AnyView> = action.hidden.iter().map(|(name, value)| hidden(name, value)).collect();
    let tooltip = class.starts_with("icon").then(|| action.label.clone());
    view! {
        <form class="action" method=method action=action.path.clone() data-leaves=leaves>
            {hidden}
            {fields}
            <button class=class title=tooltip>
                <span>{action.label.clone()}</span>
            </button>
        </form>
    }
    .into_any()
}

fn hidden(name: &str, value: &str) -> AnyView {
    view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }.into_any()
}

/// The button that opens the system's dialog. Without scripts it is not there.
#[must_use]
pub fn open(label: &str, class: &'static str) -> AnyView {
    view! {
        <div class="action needs-script">
            <button type="button" class=class data-open="true">
                <span>{label.to_owned()}</span>
            </button>
        </div>
    }
    .into_any()
}

/// A way to another page.
#[must_use]
pub fn link(link: &Link, class: &'static str) -> AnyView {
    view! {
        <a class=class href=link.path.clone()>
            {link.label.clone()}
        </a>
    }
    .into_any()
}
