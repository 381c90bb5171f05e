//! Step `identify`: who are you?

use super::form::{ceremony, identifier_field, link, post};
use super::problem::IdentifyProblem;
use super::voice::Voice;
use super::{Minted, Presenter, paths};
use crate::page::{Action, Identify, Page, Screen};
use domain::ceremony::Purpose;
use domain::ids::FlowId;
use domain::intelligence::Environment;

/// What the first step shows beside the field, or in its place.
#[derive(Default)]
pub struct IdentifyView<'a> {
    /// Comes back as it was typed.
    pub typed: &'a str,
    pub problem: Option<IdentifyProblem>,
    /// About a passkey that answered before anybody had said who they are.
    pub notice: Option<IdentifyNotice>,
    /// One button in place of the field.
    pub one_tap: Option<OneTap<'a>>,
    pub autofill: Option<Minted>,
    pub immediate: Option<Minted>,
}

/// The account that one tap is for.
#[derive(Clone, Copy)]
pub struct OneTap<'a> {
    pub identifier: &'a str,
    /// Tells the server which account was meant, and nobody else.
    pub account: &'a str,
}

/// What became of a passkey that answered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifyNotice {
    /// The server knows for certain that it has no such passkey, or not any more.
    NotAccepted,
    /// The answer could not be checked.
    NotUsable,
}

impl Presenter {
    /// The first step.
    #[must_use]
    pub fn identify(&self, flow: FlowId, env: &Environment, view: IdentifyView<'_>) -> Page {
        let voice = &self.voice(env);
        let heading = voice.say("identify-heading");
        let said = view.notice.map(|notice| notice.words(voice)).unwrap_or_default();
        let lead = match (&view.notice, &view.one_tap) {
            (Some(_), None) => voice.with("identify-after", &[("said", &said)]),
            (Some(_), Some(_)) => said.clone(),
            (None, Some(_)) => voice.say("identify-one-tap-lead"),
            (None, None) => voice.say("identify-lead"),
        };
        let form = view.one_tap.is_none().then(|| {
            let problem = view.problem.map(|problem| problem.words(voice)).unwrap_or_default();
            let mut field = identifier_field(voice, view.typed, String::new(), problem);
            // Said whether or not passkeys are among the suggestions: it has to stand there before they are asked for.
            field.autocomplete.push_str(" webauthn");
            (field, post(paths::IDENTIFY, flow, voice.say("common-continue")))
        });
        let anyone = |minted| ceremony(flow, Purpose::Anyone, minted, voice.say("prompt-waiting-anyone"));
        let screen = Identify {
            heading: heading.clone(),
            lead,
            form,
            one_tap: view.one_tap.map(|remembered| one_tap(voice, flow, remembered)),
            immediate: view.immediate.map(|minted| (voice.say("identify-immediate"), anyone(minted))),
            autofill: view.autofill.map(anyone),
            sign_up: link(paths::SIGN_UP, voice.say("identify-sign-up")),
        };
        self.page(paths::SIGN_IN, &heading, said, Screen::Identify(screen))
    }
}

/// *Continue as …* and *Use another account*.
fn one_tap(voice: &Voice<'_>, flow: FlowId, remembered: OneTap<'_>) -> (Action, Action) {
    let hint = masked(remembered.identifier);
    let mut proceed = post(paths::ONE_TAP, flow, voice.with("identify-one-tap", &[("hint", &hint)]));
    proceed.hidden.push(("account".to_owned(), remembered.account.to_owned()));
    (proceed, post(paths::START_OVER, flow, voice.say("identify-another-account")))
}

/// Enough for whose it is to recognise it, and little for those who look over their shoulder: `a…@example.org`.
fn masked(identifier: &str) -> String {
    let (local, domain) =
        identifier.rsplit_once('@').map_or((identifier, None), |(local, domain)| (local, Some(domain)));
    let first = local.chars().take(1);
    first.chain(['…']).chain(domain.into_iter().flat_map(|domain| ['@'].into_iter().chain(domain.chars()))).collect()
}

impl IdentifyNotice {
    fn words(self, voice: &Voice<'_>) -> String {
        voice.say(match self {
            Self::NotAccepted => "identify-not-accepted",
            Self::NotUsable => "notice-not-usable",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_hint_shows_the_first_letter_and_the_domain() {
        assert_eq!(masked("ada@example.org"), "a…@example.org");
        assert_eq!(masked("ada"), "a…");
        assert_eq!(masked("åsa@x@example.org"), "å…@example.org");
        assert_eq!(masked("@"), "…@");
        assert_eq!(masked(""), "…");
    }
}
