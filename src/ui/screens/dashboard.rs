//! The passkeys of the account, and the ways out.

use leptos::prelude::*;

use crate::page::{Dashboard, Notice, NoticeKind, PasskeyRow, RowMode};
use crate::ui::Stage;
use crate::ui::components::action::{PRIMARY, QUIET, REMOVE, RENAME, SECONDARY, action, action_with};
use crate::ui::components::field;
use crate::ui::components::step::{Step, paragraph};

/// Draws the step.
#[must_use]
pub fn view(step: &Dashboard, stage: &Stage) -> AnyView {
    let mut more: Vec<AnyView> = step.notices.iter().map(notice).collect();
    more.push(passkeys(step, stage));
    Step {
        heading: &step.heading,
        lead: &step.identifier,
        more,
        actions: vec![action(&step.add, PRIMARY), action(&step.sign_out, SECONDARY)],
        below: vec![
            view! {
                <div class="forget">
                    {paragraph("hint", &step.forget_hint)} {action(&step.forget, QUIET)}
                </div>
            }
            .into_any(),
        ],
        ..Step::default()
    }
    .view()
}

fn notice(notice: &Notice) -> AnyView {
    let problem = notice.kind == NoticeKind::Problem;
    let heal = (notice.kind == NoticeKind::HealConfirmed).then_some("confirmed");
    view! {
        <p class=if problem { "problem" } else { "notice" } role=problem.then_some("alert") data-heal=heal>
            {notice.text.clone()}
        </p>
    }
    .into_any()
}

fn passkeys(step: &Dashboard, stage: &Stage) -> AnyView {
    let rows: Vec<AnyView> = step.passkeys.iter().map(|passkey| row(passkey, stage)).collect();
    let inside = if rows.is_empty() {
        paragraph("empty", &step.empty).into_any()
    } else {
        view! { <ul aria-labelledby="passkeys">{rows}</ul> }.into_any()
    };
    view! {
        <section class="passkeys">
            <h2 id="passkeys">{step.list.clone()}</h2>
            {inside}
        </section>
    }
    .into_any()
}

fn row(passkey: &PasskeyRow, stage: &Stage) -> AnyView {
    let facts: Vec<AnyView> = passkey.facts.iter().filter_map(|fact| paragraph("fact", fact)).collect();
    let good = passkey.good.map(|good| if good { "yes" } else { "no" });
    view! {
        <li>
            <bdi>{passkey.name.clone()}</bdi>
            <div class="facts">{facts}</div>
            <p class="state" data-good=good>
                {passkey.state.clone()}
            </p>
            {mode(&passkey.mode, stage)}
        </li>
    }
    .into_any()
}

fn mode(mode: &RowMode, stage: &Stage) -> AnyView {
    let (class, question, inside) = match mode {
        RowMode::Shown { rename, remove } => ("ways", "", vec![action(rename, RENAME), action(remove, REMOVE)]),
        RowMode::Renaming { field, save, keep } => {
            ("asks", "", vec![action_with(save, SECONDARY, field::view(field, true, &stage.frame)), action(keep, QUIET)])
        }
        RowMode::Removing { question, remove, keep } => {
            ("asks", question.as_str(), vec![action(remove, "danger"), action(keep, QUIET)])
        }
    };
    view! {
        <div class=class>
            {paragraph("question", question)} {inside}
        </div>
    }
    .into_any()
}
