//! The one state that the browser owns: it cannot reach the server. The step waits underneath with all that was typed.

use super::action::PRIMARY;
use super::step::Step;
use crate::page::Unreachable;
use crate::ui::element::{Element, el};

/// Draws it.
#[must_use]
pub fn view(unreachable: &Unreachable) -> Element {
    let retry = el("button")
        .class(PRIMARY)
        .set("type", "button")
        .flag("data-retry", true)
        .with(el("span").words(&unreachable.retry));
    let step = Step {
        heading: &unreachable.heading,
        lead: &unreachable.lead,
        actions: vec![el("div").class("action").with(retry)],
        ..Step::default()
    };
    el("div").class("card").set("role", "alert").with(step.view())
}
