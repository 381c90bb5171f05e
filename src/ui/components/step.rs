//! The frame of every step: the same things at the same places, so that a person can go on without searching.

use leptos::prelude::*;

use super::{person, picture};
use crate::page::{Ceremony, Person, Picture};
use crate::ui::Stage;

/// What a step is made of, from top to bottom. What a step does not have stays empty.
#[derive(Default)]
pub struct Step<'a> {
    pub person: Option<&'a Person>,
    pub picture: Option<Picture>,
    pub heading: &'a str,
    pub lead: &'a str,
    /// More to read before the actions.
    pub more: Vec<AnyView>,
    /// The one primary action, then the ways out.
    pub actions: Vec<AnyView>,
    /// Background, below the actions so that they stay where they are.
    pub below: Vec<AnyView>,
}

impl Step<'_> {
    /// Draws it.
    #[must_use]
    pub fn view(self) -> AnyView {
        view! {
            <div class="step">
                <div class="top">
                    {self.person.map(person::view)}
                    {self.picture.map(picture::view)}
                    <h1 tabindex="-1">{self.heading.to_owned()}</h1>
                    {paragraph("lead", self.lead)}
                    {self.more}
                    <div class="actions">{self.actions}</div>
                </div>
                {self.below}
            </div>
        }
        .into_any()
    }
}

/// A paragraph, or nothing where there are no words.
#[must_use]
pub fn paragraph(class: &'static str, words: &str) -> Option<AnyView> {
    let words = words.to_owned();
    (!words.is_empty()).then(|| view! { <p class=class>{words}</p> }.into_any())
}

/// The first words of a step with a ceremony: while the dialog is open, what is open and where to look.
#[must_use]
pub fn lead<'a>(lead: &'a str, ceremony: &'a Ceremony, stage: &Stage) -> &'a str {
    if stage.waiting { &ceremony.waiting } else { lead }
}

/// Said where a passkey would be asked for but no script runs. A `<noscript>` holds nothing but text: browsers read
/// anything else in it differently when scripts run, and hydration would stumble.
#[must_use]
pub fn no_script(stage: &Stage) -> AnyView {
    let words = stage.frame.no_script.clone();
    view! { <noscript>{words}</noscript> }.into_any()
}
