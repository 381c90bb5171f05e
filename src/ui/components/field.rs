//! A field with its label, its help and what is wrong with it.

use super::step::paragraph;
use crate::page::{Field, Frame};
use crate::ui::Stage;
use crate::ui::element::{Element, el};

/// Draws a field. `here` is where a person goes on typing, at most one field of a page. What may be typed is the server's to say, in its
/// own words beside the field: the browser's own checks would say it in other words, and elsewhere.
#[must_use]
pub fn view(field: &Field, here: bool, stage: &Stage) -> Element {
    let wrong = !field.problem.is_empty();
    let (kind, said) = if wrong { ("problem", &field.problem) } else { ("hint", &field.hint) };
    let about = [&field.name, "-", kind].concat();
    let digits = field.kind == "numeric";
    let input = el("input")
        .set("id", &field.name)
        .set("name", &field.name)
        .set("type", if digits { "text" } else { &field.kind })
        .maybe("inputmode", digits.then_some("numeric"))
        .set("value", &field.value)
        .set("autocomplete", &field.autocomplete)
        .flag("autofocus", here)
        .set("aria-required", "true")
        .set("autocapitalize", "none")
        .set("spellcheck", "false")
        .maybe("aria-invalid", wrong.then_some("true"))
        .maybe("aria-describedby", (!said.is_empty()).then_some(&about));
    let reveal = (field.kind == "password").then(|| reveal(field, &stage.frame));
    // Hints are 0: what is wrong takes their place, and that of what was wrong before.
    let key = if wrong { stage.answer + 1 } else { 0 };
    let said =
        paragraph(kind, said).map(|said| said.set("id", &about).maybe("role", wrong.then_some("alert")).key(key));
    el("div")
        .class("field")
        .with(el("label").set("for", &field.name).words(&field.label))
        .with(el("div").class("input").with(input).with(reveal))
        .with(said)
}

/// Shows the password, and hides it again. Both names are there; the style shows the one that counts.
fn reveal(field: &Field, frame: &Frame) -> Element {
    el("button")
        .class("reveal needs-script")
        .set("type", "button")
        .set("data-reveal", &field.name)
        .with(el("span").class("when-hidden").words(&frame.show_password))
        .with(el("span").class("when-shown").words(&frame.hide_password))
}
