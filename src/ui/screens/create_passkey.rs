//! The offer of a passkey for this device, and why.

use crate::page::CreatePasskey;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action, open};
use crate::ui::components::causes;
use crate::ui::components::step::{Step, lead, no_script, paragraph};
use crate::ui::element::Element;

/// Draws the step. *Not now* leads straight on.
#[must_use]
pub fn view(step: &CreatePasskey, stage: &Stage) -> Element {
    let mut more = vec![no_script(stage)];
    more.extend(paragraph("said", &step.said));
    Step {
        person: Some(&step.person),
        picture: Some(step.picture),
        heading: &step.heading,
        lead: lead(&step.lead, &step.ceremony, stage),
        more,
        actions: vec![open(&step.open, PRIMARY), action(&step.not_now, SECONDARY)],
        below: causes::view(&step.causes_lead, &step.causes),
    }
    .view()
}
