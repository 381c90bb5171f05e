//! A page of words with ways on.

use crate::page::Told;
use crate::ui::components::action::{PRIMARY, SECONDARY, link};
use crate::ui::components::step::{Step, paragraph};
use crate::ui::element::Element;

/// Draws the page. The first way on is the likeliest.
#[must_use]
pub fn view(step: &Told) -> Element {
    let more = step.lead.iter().filter_map(|words| paragraph("lead", words)).collect();
    let actions =
        step.links.iter().enumerate().map(|(at, to)| link(to, if at == 0 { PRIMARY } else { SECONDARY })).collect();
    Step { heading: &step.heading, more, actions, ..Step::default() }.view()
}
