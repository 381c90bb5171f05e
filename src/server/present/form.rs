//! The small parts that several pages are made of.

use super::voice::Voice;
use super::{Minted, Walk, paths};
use crate::page::{Action, Ceremony, Field, Link, Person};
use domain::ceremony::Purpose;
use domain::ids::FlowId;

/// A button that posts to a server function. The flow rides along, so that a form of another tab changes nothing.
pub(super) fn post(path: &str, flow: FlowId, label: String) -> Action {
    Action { path: path.to_owned(), get: false, hidden: vec![("flow".to_owned(), flow.to_string())], label }
}

/// A button that only asks for a page.
pub(super) fn ask(path: &str, hidden: &[(&str, String)], label: String) -> Action {
    let hidden = hidden.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Action { path: path.to_owned(), get: true, hidden, label }
}

pub(super) fn link(path: &str, label: String) -> Link {
    Link { path: path.to_owned(), label }
}

/// *Email or username*.
pub(super) fn identifier_field(voice: &Voice<'_>, typed: &str, hint: String, problem: String) -> Field {
    Field {
        name: "identifier".to_owned(),
        label: voice.say("common-identifier"),
        value: typed.to_owned(),
        kind: "text".to_owned(),
        autocomplete: "username".to_owned(),
        hint,
        problem,
    }
}

/// *Password*. Never carries a value.
pub(super) fn password_field(voice: &Voice<'_>, is_new: bool, hint: String, problem: String) -> Field {
    Field {
        name: "password".to_owned(),
        label: voice.say("common-password"),
        value: String::new(),
        kind: "password".to_owned(),
        autocomplete: if is_new { "new-password" } else { "current-password" }.to_owned(),
        hint,
        problem,
    }
}

/// *Code*: one that was mailed. Phones show digits to type it.
pub(super) fn mailed_code_field(voice: &Voice<'_>, problem: String) -> Field {
    Field { kind: "numeric".to_owned(), ..code_field(voice, voice.say("code-hint-mailed"), problem) }
}

/// *Code*: one that was kept, or one that was mailed where one that was kept would do as well.
pub(super) fn code_field(voice: &Voice<'_>, hint: String, problem: String) -> Field {
    Field {
        name: "code".to_owned(),
        label: voice.say("code-label"),
        value: String::new(),
        kind: "text".to_owned(),
        autocomplete: "one-time-code".to_owned(),
        hint,
        problem,
    }
}

/// The chip before a proof: *Not you?* starts over.
pub(super) fn person(voice: &Voice<'_>, walk: &Walk<'_>) -> Person {
    chip(voice, walk, paths::START_OVER)
}

/// The chip inside a session: *Not you?* signs out.
pub(super) fn signed_in_person(voice: &Voice<'_>, walk: &Walk<'_>) -> Person {
    chip(voice, walk, paths::SIGN_OUT)
}

fn chip(voice: &Voice<'_>, walk: &Walk<'_>, path: &str) -> Person {
    Person { identifier: walk.who.to_owned(), not_you: post(path, walk.flow, voice.say("common-not-you")) }
}

pub(super) fn ceremony(flow: FlowId, purpose: Purpose, minted: Minted, waiting: String) -> Ceremony {
    let report = match purpose {
        Purpose::SignIn => paths::REPORT,
        Purpose::Anyone => paths::REPORT_ANYONE,
        Purpose::Verify => paths::SESSION_VERIFY,
        Purpose::Create => paths::HEALING_REPORT,
    };
    let Minted { options, state, good_for, watchdog, watchdog_away, mediation, auto } = minted;
    Ceremony {
        purpose,
        mediation,
        auto,
        options,
        state,
        report: report.to_owned(),
        flow: flow.to_string(),
        good_for,
        watchdog,
        watchdog_away,
        waiting,
    }
}
