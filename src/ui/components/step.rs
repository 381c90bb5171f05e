//! The frame of every step: the same things at the same places, so that a person can go on without searching.

use super::{person, picture};
use crate::page::{Ceremony, Person, Picture};
use crate::ui::Stage;
use crate::ui::element::{Element, el};

/// What a step is made of, from top to bottom. What a step does not have stays empty.
#[derive(Default)]
pub struct Step<'a> {
    pub person: Option<&'a Person>,
    pub picture: Option<Picture>,
    pub heading: &'a str,
    pub lead: &'a str,
    /// More to read before the actions.
    pub more: Vec<Element>,
    /// The one primary action, then the ways out.
    pub actions: Vec<Element>,
    /// Background, below the actions so that they stay where they are.
    pub below: Option<Element>,
}

impl Step<'_> {
    /// Draws it.
    #[must_use]
    pub fn view(self) -> Element {
        let top = el("div")
            .class("top")
            .with(self.person.map(person::view))
            .with(self.picture.map(picture::view))
            .with(el("h1").set("tabindex", "-1").words(self.heading))
            .with(paragraph("lead", self.lead))
            .with(self.more)
            .with(el("div").class("actions").with(self.actions));
        el("div").class("step").with(top).with(self.below)
    }
}

/// A paragraph, or nothing where there are no words.
#[must_use]
pub fn paragraph(class: &str, words: &str) -> Option<Element> {
    (!words.is_empty()).then(|| el("p").class(class).words(words))
}

/// The first words of a step with a ceremony: while the dialog is open, what is open and where to look.
#[must_use]
pub fn lead<'a>(lead: &'a str, ceremony: &'a Ceremony, stage: &Stage) -> &'a str {
    if stage.waiting { &ceremony.waiting } else { lead }
}

/// Said where a passkey would be asked for but no script runs: the style shows it then. A `<noscript>` would be silent where
/// scripts are on, but the program does not come.
#[must_use]
pub fn no_script(stage: &Stage) -> Element {
    el("p").class("no-script").words(&stage.frame.no_script)
}
