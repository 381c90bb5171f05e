//! A new account: an identifier and a password.

use crate::page::SignUp;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action_with, link};
use crate::ui::components::field;
use crate::ui::components::step::Step;
use crate::ui::element::Element;

/// Draws the step.
#[must_use]
pub fn view(step: &SignUp, stage: &Stage) -> Element {
    // At the first field, unless only the second one is wrong.
    let second = step.identifier.problem.is_empty() && !step.password.problem.is_empty();
    let fields = vec![field::view(&step.identifier, !second, stage), field::view(&step.password, second, stage)];
    Step {
        heading: &step.heading,
        lead: &step.lead,
        actions: vec![action_with(&step.create, PRIMARY, fields), link(&step.sign_in, SECONDARY)],
        ..Step::default()
    }
    .view()
}
