//! The words for one machine: every message learns on which platform it is read.

use super::Presenter;
use crate::server::words::Words;
use domain::intelligence::Environment;
use fluent_bundle::FluentValue;

/// Says messages with what is the same for a whole page filled in.
pub(super) struct Voice<'a> {
    words: &'a Words,
    brand: &'a str,
    /// What to call the machine: `this Mac`, `this PC`.
    platform: &'static str,
    /// What it asks for: `Touch ID`, `Windows Hello`; `unknown` where it says that it cannot ask.
    unlock: &'static str,
    /// Whether another device can answer, as far as is known: `yes` or `no`.
    across: &'static str,
}

impl Presenter {
    pub(super) fn voice(&self, env: &Environment) -> Voice<'_> {
        let platform = env.platform.slug();
        let unlock = if env.can.platform_authenticator == Some(false) { "unknown" } else { platform };
        let across = if env.can.hybrid == Some(false) { "no" } else { "yes" };
        Voice { words: &self.words, brand: &self.brand, platform, unlock, across }
    }
}

impl Voice<'_> {
    pub(super) fn say(&self, id: &str) -> String {
        self.with(id, &[])
    }

    pub(super) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.values(id, args.iter().map(|(name, value)| (*name, FluentValue::from(*value))))
    }

    pub(super) fn count(&self, id: &str, name: &str, number: usize) -> String {
        self.values(id, [(name, FluentValue::from(number))])
    }

    fn values<'b>(&'b self, id: &str, args: impl IntoIterator<Item = (&'b str, FluentValue<'b>)>) -> String {
        let always =
            [("platform", self.platform), ("unlock", self.unlock), ("across", self.across), ("brand", self.brand)];
        let always = always.map(|(name, value)| (name, FluentValue::from(value)));
        self.words.say_values(id, always.into_iter().chain(args))
    }
}
