//! What stands above the card on every page.

use super::picture::MARK;
use crate::page::Frame;
use crate::ui::element::{Element, el};

/// The name of the installation, and the switch between light and dark.
#[must_use]
pub fn header(frame: &Frame) -> Element {
    let logo = if frame.logo.is_empty() {
        el("span").class("mark").set("aria-hidden", "true").drawing(MARK)
    } else {
        el("img").class("mark").set("src", &frame.logo).set("alt", "")
    };
    let theme = el("button")
        .class("theme needs-script")
        .set("type", "button")
        .set("title", &frame.theme)
        .flag("data-switch-theme", true)
        .with(el("span").words(&frame.theme));
    el("header").with(el("p").class("brand").with(logo).with(el("span").words(&frame.brand))).with(theme)
}
