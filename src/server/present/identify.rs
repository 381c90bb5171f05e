//! Step `identify`: who are you?

use super::form::{identifier_field, link, post};
use super::problem::IdentifyProblem;
use super::{Presenter, paths};
use crate::page::{Identify, Page, Screen};
use domain::ids::FlowId;
use domain::intelligence::Environment;

impl Presenter {
    /// The first step. `typed` comes back as it was typed.
    #[must_use]
    pub fn identify(&self, flow: FlowId, typed: &str, problem: Option<IdentifyProblem>) -> Page {
        let voice = &self.voice(&Environment::default());
        let heading = voice.say("identify-heading");
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let screen = Identify {
            heading: heading.clone(),
            lead: voice.say("identify-lead"),
            field: identifier_field(voice, typed, String::new(), problem),
            proceed: post(paths::IDENTIFY, flow, voice.say("common-continue")),
            sign_up: link(paths::SIGN_UP, voice.say("identify-sign-up")),
        };
        self.page(paths::SIGN_IN, &heading, String::new(), Screen::Identify(screen))
    }
}
