//! The words people read, from `locales/`. Code names a message, the translation decides how it is said.
//!
//! Fluent chooses between variants by itself: every message of [`super::present`] gets `$platform` and `$unlock`, and a
//! translation that does not care leaves them out.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// English, file by file.
const ENGLISH: &[(&str, &str)] = &[
    ("common.ftl", include_str!("../../locales/en/common.ftl")),
    ("sign-in.ftl", include_str!("../../locales/en/sign-in.ftl")),
    ("sign-up.ftl", include_str!("../../locales/en/sign-up.ftl")),
    ("causes.ftl", include_str!("../../locales/en/causes.ftl")),
    ("healing.ftl", include_str!("../../locales/en/healing.ftl")),
    ("dashboard.ftl", include_str!("../../locales/en/dashboard.ftl")),
    ("codes.ftl", include_str!("../../locales/en/codes.ftl")),
    ("mail.ftl", include_str!("../../locales/en/mail.ftl")),
    ("account.ftl", include_str!("../../locales/en/account.ftl")),
    ("told.ftl", include_str!("../../locales/en/told.ftl")),
];

/// The messages of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
    /// What was complained about already: a broken translation should not fill the log.
    complaints: Mutex<BTreeSet<String>>,
}

impl Words {
    /// The words in English.
    #[must_use]
    pub fn english() -> Self {
        Self::new("en", ENGLISH)
    }

    fn new(language: &str, files: &[(&str, &str)]) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
        // No invisible characters around what is filled in: accessible names are compared letter by letter.
        bundle.set_use_isolating(false);
        let mut words = Self { bundle, complaints: Mutex::default() };
        for (file, text) in files {
            // What can be read of a file is kept; the rest shows its ids.
            let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, mistakes)| {
                mistakes.iter().for_each(|mistake| words.complain(&format!("{file}: {mistake}")));
                resource
            });
            if let Err(mistakes) = words.bundle.add_resource(resource) {
                mistakes.iter().for_each(|mistake| words.complain(&format!("{file}: {mistake}")));
            }
        }
        words
    }

    /// A message that needs nothing filled in.
    #[must_use]
    pub fn say(&self, id: &str) -> String {
        self.say_values(id, [])
    }

    /// A message with texts filled in.
    #[must_use]
    pub fn say_with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.say_values(id, args.iter().map(|(name, value)| (*name, FluentValue::from(*value))))
    }

    /// A message with texts and numbers filled in. A message that is missing is its own id: ugly, but the page still works.
    pub(super) fn say_values<'a>(
        &self,
        id: &str,
        args: impl IntoIterator<Item = (&'a str, FluentValue<'a>)>,
    ) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            self.complain(&format!("no message {id}"));
            return id.to_owned();
        };
        let args: FluentArgs<'_> = args.into_iter().collect();
        let mut mistakes = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&args), &mut mistakes).into_owned();
        mistakes.iter().for_each(|mistake| self.complain(&format!("{id}: {mistake}")));
        said
    }

    fn complain(&self, about: &str) {
        let mut known = self.complaints.lock().unwrap_or_else(PoisonError::into_inner);
        if known.insert(about.to_owned()) {
            tracing::error!(about, "the words are incomplete");
        }
    }

    /// What went wrong so far, for tests.
    #[cfg(test)]
    pub(super) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests;
