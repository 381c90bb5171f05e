//! "This can happen when …", likeliest first, and what helps on this platform.

use crate::page::Cause;
use crate::ui::element::{Element, el};

/// Draws them, or nothing where there are none.
#[must_use]
pub fn view(lead: &str, causes: &[Cause]) -> Option<Element> {
    let list = el("ul").with(causes.iter().map(cause));
    (!causes.is_empty()).then(|| el("section").class("causes").with(el("h2").words(lead)).with(list))
}

fn cause(cause: &Cause) -> Element {
    el("li").with(el("b").words(&cause.when)).with(el("span").words(&cause.fix))
}
