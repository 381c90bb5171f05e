//! Pages of text with ways on.

use super::form::link;
use super::problem::blocked;
use super::{Presenter, paths};
use crate::page::{Link, Page, Screen, Told};
use domain::intelligence::Environment;

impl Presenter {
    /// After an account was deleted.
    #[must_use]
    pub fn goodbye(&self) -> Page {
        let lead = ["goodbye-lead", "goodbye-passkeys"].map(|id| self.words.say_with(id, &self.brand_arg()));
        let again = link(paths::SIGN_UP, self.words.say("goodbye-sign-up"));
        self.told(paths::GOODBYE, "goodbye-heading", lead.into(), vec![again])
    }

    /// On the way to an address that the person came from. It says where.
    #[must_use]
    pub fn leave(&self, to: &str) -> Page {
        let host = url::Url::parse(to).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let heading = self.words.say("leave-heading");
        let go = Link { path: to.to_owned(), label: self.words.say_with("leave-go", &[("host", &host)]) };
        let lead = vec![self.words.say_with("leave-lead", &[("host", &host)])];
        let told = Told { heading: heading.clone(), lead, links: vec![go] };
        self.page(to, &heading, String::new(), Screen::Leave(told))
    }

    /// `address` is what was asked for, path and query.
    #[must_use]
    pub fn not_found(&self, address: &str) -> Page {
        self.told(address, "not-found-heading", vec![self.words.say("not-found-lead")], vec![self.to_sign_in()])
    }

    /// What the browser holds is older than this server: load `address` once more.
    #[must_use]
    pub fn stale(&self, address: &str) -> Page {
        let lead = vec![self.words.say("stale-lead")];
        let told = Told {
            heading: self.words.say("stale-heading"),
            lead,
            links: vec![link(address, self.words.say("stale-reload"))],
        };
        let heading = told.heading.clone();
        self.page(address, &heading, String::new(), Screen::Stale(told))
    }

    /// Something of ours is broken, and the log knows what.
    #[must_use]
    pub fn unavailable(&self, address: &str) -> Page {
        let again = link(address, self.words.say("told-again"));
        self.told(address, "unavailable-heading", vec![self.words.say("unavailable-lead")], vec![again])
    }

    /// Too much to do right now.
    #[must_use]
    pub fn busy(&self, address: &str) -> Page {
        let again = link(address, self.words.say("told-again"));
        self.told(address, "busy-heading", vec![self.words.say("common-busy")], vec![again])
    }

    /// Too many requests from one place.
    #[must_use]
    pub fn blocked(&self, address: &str, seconds: u64) -> Page {
        let lead = blocked(&self.voice(&Environment::default()), seconds);
        self.told(address, "busy-heading", vec![lead], vec![link(address, self.words.say("told-again"))])
    }

    /// A form that came from a page of somebody else.
    #[must_use]
    pub fn refused_origin(&self) -> Page {
        self.told(paths::SIGN_IN, "refused-heading", vec![self.words.say("refused-lead")], vec![self.to_sign_in()])
    }

    /// A form that no page of ours sends.
    #[must_use]
    pub fn not_understood(&self) -> Page {
        self.told(
            paths::SIGN_IN,
            "not-understood-heading",
            vec![self.words.say("not-understood-lead")],
            vec![self.to_sign_in()],
        )
    }

    /// The page was reached by an address under which passkeys and cookies do not work; `origin` is the right one.
    #[must_use]
    pub fn insecure_origin(&self, origin: &str) -> Page {
        let origin = origin.trim_end_matches('/');
        let lead = self.words.say_with("insecure-lead", &[("origin", origin), ("brand", &self.brand)]);
        let go = Link {
            path: format!("{origin}{}", paths::SIGN_IN),
            label: self.words.say_with("insecure-go", &[("origin", origin)]),
        };
        self.told(paths::SIGN_IN, "insecure-heading", vec![lead], vec![go])
    }

    pub(super) fn told(&self, address: &str, heading: &str, lead: Vec<String>, links: Vec<Link>) -> Page {
        let heading = self.words.say(heading);
        let told = Told { heading: heading.clone(), lead, links };
        self.page(address, &heading, String::new(), Screen::Told(told))
    }

    pub(super) fn to_sign_in(&self) -> Link {
        link(paths::SIGN_IN, self.words.say("told-sign-in"))
    }

    pub(super) fn brand_arg(&self) -> [(&str, &str); 1] {
        [("brand", &self.brand)]
    }
}
