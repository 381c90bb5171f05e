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
    /// The last one may still come.
    pub room: bool,
}

/// The account that one tap is for.
#[derive(Clone, Copy)]
pub struct OneTap<'a> {
    pub identifier: &'a str,
    /// The other accounts that this browser remembers, to be told from this one.
    pub others: &'a [&'a str],
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
    /// What was done last belonged to a session that is over.
    SessionOver,
}

impl Presenter {
    /// The first step.
    #[must_use]
    pub fn identify(&self, flow: FlowId, env: &Environment, view: IdentifyView<'_>) -> Page {
        let voice = &self.voice(env);
        let heading = voice.say("identify-heading");
        let said = view.notice.map(|notice| notice.words(voice)).unwrap_or_default();
        let lead = match (&view.notice, &view.one_tap) {
            (Some(IdentifyNotice::SessionOver), None) => voice.with("identify-over", &[("said", &said)]),
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
        // Whether anything is shown is the browser's to know, so nothing is said to be.
        let anyone = |minted| ceremony(flow, Purpose::Anyone, minted, String::new());
        let screen = Identify {
            heading: heading.clone(),
            lead,
            form,
            one_tap: view.one_tap.map(|remembered| one_tap(voice, flow, remembered)),
            immediate: view.immediate.map(|minted| (voice.say("identify-immediate"), anyone(minted))),
            room: view.room,
            autofill: view.autofill.map(anyone),
            sign_up: link(paths::SIGN_UP, voice.say("identify-sign-up")),
        };
        self.page(paths::SIGN_IN, &heading, said, Screen::Identify(screen))
    }
}

/// *Continue as …* and *Use another account*.
fn one_tap(voice: &Voice<'_>, flow: FlowId, remembered: OneTap<'_>) -> (Action, Action) {
    let hint = hint(remembered.identifier, remembered.others);
    let mut proceed = post(paths::ONE_TAP, flow, voice.with("identify-one-tap", &[("hint", &hint)]));
    proceed.hidden.push(("account".to_owned(), remembered.account.to_owned()));
    (proceed, post(paths::START_OVER, flow, voice.say("identify-another-account")))
}

/// Enough for whose it is to recognise it, and little for those who look over their shoulder: `a…@example.org`. As much more
/// of it as tells it from the others.
fn hint(identifier: &str, others: &[&str]) -> String {
    let unlike_others = |letters: &usize| {
        let mine = masked(identifier, *letters);
        others.iter().all(|other| masked(other, *letters) != mine)
    };
    let letters = (1..=identifier.chars().count()).find(unlike_others);
    letters.map_or_else(|| identifier.to_owned(), |letters| masked(identifier, letters))
}

fn masked(identifier: &str, letters: usize) -> String {
    let (local, domain) =
        identifier.rsplit_once('@').map_or((identifier, None), |(local, domain)| (local, Some(domain)));
    let is_whole = letters > 1 && letters >= local.chars().count();
    let rest = if is_whole { "" } else { "…" };
    let first = local.chars().take(letters).chain(rest.chars());
    first.chain(domain.into_iter().flat_map(|domain| ['@'].into_iter().chain(domain.chars()))).collect()
}

impl IdentifyNotice {
    fn words(self, voice: &Voice<'_>) -> String {
        voice.say(match self {
            Self::NotAccepted => "identify-not-accepted",
            Self::NotUsable => "notice-not-usable",
            Self::SessionOver => "identify-session-over",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn a_hint_shows_the_first_letter_and_the_domain() {
        assert_eq!(hint("ada@example.org", &[]), "a…@example.org");
        assert_eq!(hint("ada", &[]), "a…");
        assert_eq!(hint("åsa@x@example.org", &[]), "å…@example.org");
        assert_eq!(hint("@", &[]), "…@");
    }

    #[test]
    fn two_accounts_of_one_browser_never_have_the_same_hint() {
        assert_eq!(hint("ada@example.org", &["anna@example.org"]), "ad…@example.org");
        assert_eq!(hint("ada@example.org", &["ada@example.net", "bob@example.org"]), "a…@example.org");
        assert_eq!(hint("ann@example.org", &["anna@example.org"]), "ann@example.org");
        assert_eq!(hint("anna@example.org", &["ann@example.org"]), "ann…@example.org");
        assert_eq!(hint("åsa", &["åse", "å"]), "åsa");
    }
}
