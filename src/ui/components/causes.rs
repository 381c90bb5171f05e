//! "This can happen when …", likeliest first, and what helps on this platform.

use crate::page::Cause;
use crate::ui::element::{Element, el};

/// Draws them, or nothing where there are none.
#[must_use]
pub fn view(lead: &str, causes: &[Cause]) -> Option<Element> {
    let list = el("ul").with(causes.iter().map(|cause| part("li", cause)));
    (!causes.is_empty()).then(|| el("section").class("causes").with(el("h2").words(lead)).with(list))
}

/// The same within a row of a list, folded. Not a list: its lines would count as rows of the one around it.
#[must_use]
pub fn folded(lead: &str, causes: &[Cause]) -> Option<Element> {
    let fold = || {
        let lines = causes.iter().map(|cause| part("p", cause));
        el("details").class("causes").with(el("summary").words(lead)).with(lines)
    };
    (!causes.is_empty()).then(fold)
}

fn part(tag: &'static str, cause: &Cause) -> Element {
    el(tag).with(el("b").words(&cause.when)).with(el("span").words(&cause.fix))
}
