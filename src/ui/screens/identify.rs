//! Who are you?

use crate::page::{Identify, Picture};
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action_with, link};
use crate::ui::components::field;
use crate::ui::components::step::Step;
use crate::ui::element::Element;

/// Draws the step.
#[must_use]
pub fn view(step: &Identify, stage: &Stage) -> Element {
    Step {
        picture: Some(Picture::Key),
        heading: &step.heading,
        lead: &step.lead,
        actions: vec![
            action_with(&step.proceed, PRIMARY, vec![field::view(&step.field, true, stage)]),
            link(&step.sign_up, SECONDARY),
        ],
        ..Step::default()
    }
    .view()
}
