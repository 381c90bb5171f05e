//! Who are you?

use crate::page::{Identify, Picture};
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action, action_with, link, open};
use crate::ui::components::field;
use crate::ui::components::step::Step;
use crate::ui::element::{Element, el};

/// Draws the step.
#[must_use]
pub fn view(step: &Identify, stage: &Stage) -> Element {
    // Keys, so that what was typed or pressed in one form never shows in the other.
    let one_tap = step
        .one_tap
        .iter()
        .flat_map(|(proceed, other)| [action(proceed, PRIMARY).key(1), action(other, SECONDARY).key(1)]);
    let form =
        step.form.iter().map(|(field, proceed)| action_with(proceed, PRIMARY, vec![field::view(field, true, stage)]));
    let immediate = step.immediate.iter().map(|(label, _)| open(label, SECONDARY));
    let room = step.room.then(|| el("div").class("action room needs-script"));
    let sign_up = link(&step.sign_up, SECONDARY);
    Step {
        picture: Some(Picture::Key),
        heading: &step.heading,
        lead: &step.lead,
        actions: one_tap.chain(form).chain(immediate).chain(room).chain([sign_up]).collect(),
        ..Step::default()
    }
    .view()
}
