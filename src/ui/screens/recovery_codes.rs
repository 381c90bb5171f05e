//! Recovery codes, and ways to keep them.

use crate::page::{Picture, RecoveryCodes};
use crate::ui::components::action::{PRIMARY, QUIET, action, link};
use crate::ui::components::step::Step;
use crate::ui::element::{Element, el};

/// Draws the step.
#[must_use]
pub fn view(step: &RecoveryCodes) -> Element {
    let list = el("ol").class("codes").set("aria-label", &step.list);
    let codes = list.with(step.codes.iter().map(|code| el("li").with(el("code").words(code))));
    let button =
        |label: &str| el("button").class("quiet needs-script").set("type", "button").with(el("span").words(label));
    let ways = el("div")
        .class("keep")
        .with(
            button(&step.copy)
                .set("data-copy", &step.codes.join("\n"))
                .set("data-copied", &step.copied)
                .set("data-refused", &step.not_copied),
        )
        .with(button(&step.print).flag("data-print", true))
        .with(link(&step.download, QUIET).set("download", "recovery-codes.txt"));
    Step {
        person: Some(&step.person),
        picture: Some(Picture::Vault),
        heading: &step.heading,
        lead: &step.lead,
        more: vec![codes, ways],
        actions: vec![action(&step.proceed, PRIMARY)],
        ..Step::default()
    }
    .view()
}
