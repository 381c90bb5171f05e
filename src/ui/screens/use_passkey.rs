//! The prompt is open, waits for a click, or has just given nothing.

use crate::page::UsePasskey;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, open, way_out};
use crate::ui::components::causes;
use crate::ui::components::step::{Step, lead, no_script};
use crate::ui::element::Element;

/// Draws the step. *Use password instead* is alive from the first moment.
#[must_use]
pub fn view(step: &UsePasskey, stage: &Stage) -> Element {
    Step {
        person: Some(&step.person),
        picture: Some(step.picture),
        heading: &step.heading,
        lead: lead(&step.lead, &step.ceremony, stage),
        more: vec![no_script(stage)],
        actions: vec![open(&step.open, PRIMARY), way_out(&step.password, SECONDARY)],
        below: causes::view(&step.causes_lead, &step.causes),
    }
    .view()
}
