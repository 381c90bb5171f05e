//! A password alone does not add a passkey here: why, and what does.

use crate::page::NeedsProof;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action, action_with, open};
use crate::ui::components::step::{Step, lead, no_script};
use crate::ui::components::{field, person};
use crate::ui::element::{Element, el};

/// Draws the step. Whatever proof there is comes first; without one, going on is the primary action.
#[must_use]
pub fn view(step: &NeedsProof, stage: &Stage) -> Element {
    let mut more = Vec::new();
    let mut actions = Vec::new();
    if !step.ways.is_empty() {
        more.push(el("ul").class("ways").with(step.ways.iter().map(|way| el("li").words(way))));
    }
    if let Some((password, prove)) = &step.password {
        let wrong = !password.problem.is_empty();
        let fields = vec![person::for_password_managers(&step.person.identifier), field::view(password, wrong, stage)];
        actions.push(action_with(prove, PRIMARY, fields));
    }
    let mut words = step.lead.as_str();
    if let Some(ceremony) = &step.ceremony {
        words = lead(words, ceremony, stage);
        more.push(no_script(stage));
        actions.push(open(&step.open, next(&actions)));
    }
    actions.push(action(&step.later, next(&actions)));
    Step {
        person: Some(&step.person),
        picture: Some(step.picture),
        heading: &step.heading,
        lead: words,
        more,
        actions,
        ..Step::default()
    }
    .view()
}

fn next(actions: &[Element]) -> &'static str {
    if actions.is_empty() { PRIMARY } else { SECONDARY }
}
