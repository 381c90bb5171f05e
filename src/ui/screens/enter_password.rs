//! The password, with a passkey one click away.

use crate::page::EnterPassword;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, QUIET, SECONDARY, action_with, beside, link, open};
use crate::ui::components::step::{Step, lead};
use crate::ui::components::{field, person};
use crate::ui::element::Element;

/// Draws the step.
#[must_use]
pub fn view(step: &EnterPassword, stage: &Stage) -> Element {
    let fields = vec![
        person::for_password_managers(&step.person.identifier),
        field::view(&step.field, true, stage),
        link(&step.forgot, QUIET),
    ];
    let mut actions = vec![action_with(&step.sign_in, PRIMARY, fields), open(&step.open, SECONDARY)];
    actions.extend(beside(&step.code));
    Step {
        person: Some(&step.person),
        heading: &step.heading,
        lead: lead(&step.lead, &step.ceremony, stage),
        actions,
        ..Step::default()
    }
    .view()
}
