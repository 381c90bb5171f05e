//! One thing to change: a password, a name, or the account as a whole.

use crate::page::{Change, Changing, Field};
use crate::ui::Stage;
use crate::ui::components::action::{DANGER, PRIMARY, SECONDARY, action_with, link, open};
use crate::ui::components::step::{Step, lead, no_script};
use crate::ui::components::{field, notice, person};
use crate::ui::element::{Element, el};

/// Draws the step.
#[must_use]
pub fn view(step: &Change, stage: &Stage) -> Element {
    let mut more: Vec<Element> = step.notices.iter().map(|said| notice::view(said, stage)).collect();
    if !step.ways.is_empty() {
        more.push(el("ul").class("ways").with(step.ways.iter().map(|way| el("li").words(way))));
    }
    let mut actions = Vec::new();
    if let Some((fields, act)) = &step.form {
        let class = if step.what == Changing::Account { DANGER } else { PRIMARY };
        actions.push(action_with(act, class, inputs(step, fields, stage)));
    }
    let mut words = step.lead.as_str();
    if let Some((label, ceremony)) = &step.prove {
        words = lead(words, ceremony, stage);
        more.push(no_script(stage));
        actions.push(open(label, if actions.is_empty() { PRIMARY } else { SECONDARY }));
    }
    actions.extend(step.back.iter().map(|back| link(back, SECONDARY)));
    Step { heading: &step.heading, lead: words, more, actions, ..Step::default() }.view()
}

/// At the first field with a problem, else at the first.
fn inputs(step: &Change, fields: &[Field], stage: &Stage) -> Vec<Element> {
    let here = fields.iter().position(|field| !field.problem.is_empty()).unwrap_or_default();
    let named = fields.iter().any(|field| field.autocomplete == "username");
    let name = (!named).then(|| person::for_password_managers(&step.identifier));
    name.into_iter().chain(fields.iter().enumerate().map(|(at, field)| field::view(field, at == here, stage))).collect()
}
