//! Something to type that shows who it is: a code, an address, a new password.

use crate::page::Ask;
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, SECONDARY, action, action_with, beside, link, open};
use crate::ui::components::step::{Step, lead, paragraph};
use crate::ui::components::{field, person};
use crate::ui::element::Element;

/// Draws the step.
#[must_use]
pub fn view(step: &Ask, stage: &Stage) -> Element {
    // At the first field with a problem, else at the first one.
    let here = step.fields.iter().position(|field| !field.problem.is_empty()).unwrap_or_default();
    let own = step.person.iter().map(|person| person::for_password_managers(&person.identifier));
    let fields = step.fields.iter().enumerate().map(|(at, each)| field::view(each, at == here, stage));
    let mut actions = vec![action_with(&step.submit, PRIMARY, own.chain(fields).collect())];
    let (first, rest) = step.lead.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let mut words = first;
    if let Some(ceremony) = &step.ceremony {
        words = lead(words, ceremony, stage);
        actions.push(open(&step.open, SECONDARY));
    }
    actions.extend(step.more.iter().map(|more| action(more, SECONDARY)));
    actions.extend(step.links.iter().map(|to| link(to, SECONDARY)));
    actions.extend(beside(&step.quiet));
    Step {
        person: step.person.as_ref(),
        picture: Some(step.picture),
        heading: &step.heading,
        lead: words,
        more: rest.iter().filter_map(|words| paragraph("lead", words)).collect(),
        actions,
        ..Step::default()
    }
    .view()
}
