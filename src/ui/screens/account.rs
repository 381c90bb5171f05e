//! What the account is made of: list by list, each with what can be done about it.

use crate::page::{Account, Item, Section};
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, QUIET, REMOVE, SECONDARY, action, link, open};
use crate::ui::components::notice;
use crate::ui::components::step::{Step, lead, no_script, paragraph};
use crate::ui::element::{Element, el};

/// Draws the step. Where more proof is needed, it is the one thing to do.
#[must_use]
pub fn view(step: &Account, stage: &Stage) -> Element {
    let mut more: Vec<Element> = step.notices.iter().map(|said| notice::view(said, stage)).collect();
    let mut words = step.identifier.as_str();
    let mut actions = Vec::new();
    if let Some((label, ceremony)) = &step.prove {
        words = lead(words, ceremony, stage);
        more.push(no_script(stage));
        actions.push(open(label, PRIMARY));
    }
    more.extend(step.sections.iter().map(list));
    actions.push(link(&step.back, SECONDARY));
    Step { heading: &step.heading, lead: words, more, actions, ..Step::default() }.view()
}

fn list(section: &Section) -> Element {
    let items = (!section.items.is_empty())
        .then(|| el("ul").set("aria-labelledby", &section.id).with(section.items.iter().map(item)));
    el("section")
        .class("list")
        .with(el("h2").set("id", &section.id).words(&section.heading))
        .with(paragraph("hint", &section.hint))
        .with(items)
        .with(section.all.iter().map(|all| action(all, QUIET)))
        .with(section.links.iter().map(|to| link(to, QUIET)))
}

fn item(item: &Item) -> Element {
    let good = (!item.state.is_empty()).then_some("yes");
    el("li")
        .with(el("bdi").words(&item.name))
        .with(el("div").class("facts").with(item.facts.iter().filter_map(|fact| paragraph("fact", fact))))
        .with(el("p").class("state").maybe("data-good", good).words(&item.state))
        .with(item.end.iter().map(|end| el("div").class("ways").with(action(end, REMOVE))))
        .with(item.change.iter().map(|to| el("div").class("ways").with(link(to, QUIET))))
}
