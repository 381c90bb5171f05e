//! Step `not-me`: what was announced was done by somebody else.

use super::account::{Machine, name_of};
use super::date::moment;
use super::form::{link, post};
use super::voice::Voice;
use super::{Presenter, paths};
use crate::page::{Ask, Asking, Link, Page, Picture, Screen};
use crate::server::services::announce::News;
use domain::ids::FlowId;
use domain::intelligence::Environment;
use domain::time::Millis;

/// What the step shows.
pub struct NotMe<'a> {
    pub flow: FlowId,
    pub identifier: &'a str,
    /// What happened; none where an older version wrote it in words that this one does not know.
    pub news: Option<&'a News>,
    pub at: Millis,
    pub now: Millis,
    /// Where, as far as that is known.
    pub machine: Option<Machine>,
    /// One of the two names the notice.
    pub token: &'a str,
    pub id: &'a str,
}

impl Presenter {
    /// The question, and what the button does.
    #[must_use]
    pub fn not_me(&self, view: &NotMe<'_>) -> Page {
        let voice = &self.voice(&Environment::default());
        let heading = voice.say("not-me-heading");
        let said = view.news.map(|news| told(voice, news, None, view.at, view.now, view.machine));
        let mut submit = post(paths::DISOWN, view.flow, voice.say("not-me-button"));
        let (name, value) = if view.token.is_empty() { ("notice", view.id) } else { ("token", view.token) };
        submit.hidden.push((name.to_owned(), value.to_owned()));
        let account = voice.with("not-me-account", &[("identifier", view.identifier)]);
        let screen = Ask {
            what: Asking::NotMe,
            person: None,
            picture: Picture::Lock,
            heading: heading.clone(),
            lead: said.into_iter().chain([account, voice.say("not-me-effect")]).collect(),
            fields: Vec::new(),
            submit,
            ceremony: None,
            open: String::new(),
            more: Vec::new(),
            links: vec![link("/", voice.say("not-me-it-was"))],
            quiet: Vec::new(),
        };
        self.page(format!("{}?{name}={value}", paths::NOT_ME), &heading, String::new(), Screen::Ask(screen))
    }

    /// It is done. `can_mail`: a code by mail leads back in. An address of its own, as what was opened before counts no more.
    #[must_use]
    pub fn not_me_done(&self, can_mail: bool) -> Page {
        let way = if can_mail { "not-me-done-mail" } else { "not-me-done-codes" };
        let address = format!("{}?{}", paths::NOT_ME, paths::NOT_ME_DONE);
        let lead = vec![self.words.say("not-me-done"), self.words.say_with(way, &self.brand_arg())];
        let choose = link(paths::FORGOT_PASSWORD, self.words.say("not-me-new-password"));
        self.told(&address, "not-me-done-heading", lead, vec![choose, self.to_sign_in()])
    }

    /// The link was used, or is too old.
    #[must_use]
    pub fn not_me_void(&self) -> Page {
        self.told(paths::NOT_ME, "not-me-void-heading", vec![self.words.say("not-me-void")], vec![self.to_sign_in()])
    }
}

/// The way to disown what happened, on the dashboard of another session.
pub(super) fn disown(voice: &Voice<'_>, id: &str) -> Link {
    link(&format!("{}?notice={id}", paths::NOT_ME), voice.say("not-me-button"))
}

/// What happened, when and where. `named` is what a passkey that was added is called on the page.
pub(super) fn told(
    voice: &Voice<'_>,
    news: &News,
    named: Option<&str>,
    at: Millis,
    now: Millis,
    machine: Option<Machine>,
) -> String {
    let when = moment(voice, at, now);
    let when = match machine {
        Some(_) => voice.with("news-when", &[("when", &when), ("machine", &name_of(voice, machine))]),
        None => when,
    };
    let (what, name) = match news {
        News::PasskeyAdded { name, .. } => ("added", named.unwrap_or(name)),
        News::PasskeyRemoved { name } => ("removed", name.as_str()),
        News::PasswordChanged => ("password", ""),
        News::AddressChanged { before, .. } => ("address", before.as_str()),
        News::CodesReplaced => ("codes", ""),
    };
    voice.with("news-told", &[("what", what), ("name", name), ("when", &when)])
}
