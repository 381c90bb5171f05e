//! The passkeys of the account, and the ways out.

use crate::page::{Action, Dashboard, PasskeyRow, RowMode};
use crate::ui::Stage;
use crate::ui::components::action::{DANGER, PRIMARY, QUIET, REMOVE, RENAME, SECONDARY, action, action_with, link};
use crate::ui::components::step::{Step, paragraph};
use crate::ui::components::{causes, field, notice};
use crate::ui::element::{Element, el};

/// Draws the step.
#[must_use]
pub fn view(step: &Dashboard, stage: &Stage) -> Element {
    let mut more = vec![el("p").class("beside").with(link(&step.account, QUIET))];
    more.extend(step.notices.iter().map(|said| notice::view(said, stage)));
    more.extend(
        step.news
            .iter()
            .map(|(words, way)| el("p").class("notice news").with(el("span").words(words)).with(link(way, QUIET))),
    );
    more.push(passkeys(step, stage));
    more.extend(step.hints.iter().map(|(words, way)| {
        el("p").class("advice").with(el("span").words(words)).with(way.as_ref().map(|way| link(way, QUIET)))
    }));
    let forget = el("div").class("forget").with(paragraph("hint", &step.forget_hint)).with(action(&step.forget, QUIET));
    Step {
        heading: &step.heading,
        lead: &step.identifier,
        more,
        actions: vec![action(&step.add, PRIMARY), action(&step.sign_out, SECONDARY)],
        below: Some(forget),
        ..Step::default()
    }
    .view()
}

fn passkeys(step: &Dashboard, stage: &Stage) -> Element {
    let list = if step.passkeys.is_empty() {
        el("p").class("empty").words(&step.empty)
    } else {
        el("ul").set("aria-labelledby", "passkeys").with(step.passkeys.iter().map(|passkey| row(passkey, stage)))
    };
    el("section").class("list").with(el("h2").set("id", "passkeys").words(&step.list)).with(list)
}

fn row(passkey: &PasskeyRow, stage: &Stage) -> Element {
    let good = passkey.good.map(|good| if good { "yes" } else { "no" });
    el("li")
        .with(el("bdi").words(&passkey.name))
        .with(el("div").class("facts").with(passkey.facts.iter().filter_map(|fact| paragraph("fact", fact))))
        .with(el("p").class("state").maybe("data-good", good).words(&passkey.state))
        .with(causes::folded(&passkey.causes_lead, &passkey.causes))
        .with(mode(&passkey.mode, stage))
}

/// Each mode with its own key, so that what was typed in one never shows in another.
fn mode(mode: &RowMode, stage: &Stage) -> Element {
    match mode {
        RowMode::Shown { rename, remove } => {
            el("div").class("ways").with([action(rename, RENAME), action(remove, REMOVE)])
        }
        RowMode::Renaming { field, save, keep } => {
            let form = action_with(save, SECONDARY, vec![field::view(field, true, stage)]);
            el("div").class("asks").key(1).with([form, action(keep, QUIET)].map(back_to("rename", save)))
        }
        RowMode::Removing { question, remove, keep } => el("div")
            .class("asks")
            .key(2)
            .with(paragraph("question", question).map(|said| said.set("tabindex", "-1").flag("autofocus", true)))
            .with(action(remove, DANGER))
            .with(back_to("remove", remove)(action(keep, QUIET))),
    }
}

/// After such a form a person goes on where the row was left: at the button that asked for this mode of the row that `act` is about.
fn back_to(mode: &str, act: &Action) -> impl Fn(Element) -> Element {
    let id = act.hidden.iter().find(|(name, _)| name == "id").map_or("", |(_, id)| id);
    let button = ["[name=", mode, "][value=\"", id, "\"] ~ button"].concat();
    move |form| form.set("data-back", &button)
}
