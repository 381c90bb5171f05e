//! Done. The one moment with gold in it.

use crate::page::{PasskeyCreated, Picture};
use crate::ui::components::action::{PRIMARY, action};
use crate::ui::components::step::Step;
use crate::ui::element::Element;

/// Draws the step.
#[must_use]
pub fn view(step: &PasskeyCreated) -> Element {
    Step {
        person: Some(&step.person),
        picture: Some(Picture::MendedKey),
        heading: &step.heading,
        lead: &step.lead,
        actions: vec![action(&step.proceed, PRIMARY)],
        ..Step::default()
    }
    .view()
}
