//! Creation found a passkey of the account on this device after all.

use crate::page::AlreadyHere;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action, open};
use crate::ui::components::step::{Step, lead, no_script};
use crate::ui::element::Element;

/// Draws the step.
#[must_use]
pub fn view(step: &AlreadyHere, stage: &Stage) -> Element {
    Step {
        person: Some(&step.person),
        picture: Some(step.picture),
        heading: &step.heading,
        lead: lead(&step.lead, &step.ceremony, stage),
        more: vec![no_script(stage)],
        actions: vec![open(&step.open, PRIMARY), action(&step.proceed, SECONDARY)],
        ..Step::default()
    }
    .view()
}
