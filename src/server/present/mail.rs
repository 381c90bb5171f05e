//! What people get by mail.

use super::date;
use super::voice::Voice;
use super::{Presenter, paths};
use crate::server::cookies::token_text;
use crate::server::housekeeping::KEEP_NOTICES;
use crate::server::mail::Mail;
use crate::server::random::Token;
use crate::server::services::announce::News;
use crate::server::services::codes::For;
use domain::intelligence::Environment;
use domain::platform::Platform;
use domain::time::{DAY, MINUTE, Millis};

impl Presenter {
    /// A code, good for so many milliseconds, asked for in front of such a machine.
    #[must_use]
    pub fn code_mail(&self, to: &str, what: For, code: &str, good_for: i64, platform: Platform) -> Mail {
        let voice = &self.voice(&Environment::default());
        let minutes = usize::try_from(good_for / MINUTE).unwrap_or_default();
        let (subject, why, unless) = match what {
            For::SignIn => ("mail-subject-sign-in", "mail-sign-in", "mail-sign-in-not-you"),
            For::Confirm => ("mail-subject-confirm", "mail-confirm", "mail-confirm-not-you"),
            For::Address => ("mail-subject-address", "mail-address", "mail-address-not-you"),
            For::Reset => ("mail-subject-reset", "mail-reset", "mail-reset-not-you"),
            For::SignUp => ("mail-subject-sign-up", "mail-sign-up", "mail-sign-up-not-you"),
            For::NewAddress => ("mail-subject-new-address", "mail-new-address", "mail-new-address-not-you"),
        };
        let paragraphs = [
            voice.say("mail-hello"),
            voice.with(why, &[("by", platform.slug())]),
            code.to_owned(),
            voice.count("mail-code-good-for", "minutes", minutes),
            voice.say(unless),
        ];
        Mail { to: to.to_owned(), subject: voice.say(subject), text: text(&paragraphs) }
    }

    /// An account was asked for with this address, in front of such a machine, and it has one already. `origin` is where the
    /// links lead.
    #[must_use]
    pub fn taken_mail(&self, to: &str, what: For, platform: Platform, origin: &str) -> Mail {
        let voice = &self.voice(&Environment::default());
        let taken = if what == For::NewAddress { "mail-taken-new-address" } else { "mail-taken" };
        let link = |words, path| format!("{}\n{origin}{path}", voice.say(words));
        let paragraphs = [
            voice.say("mail-hello"),
            voice.with(taken, &[("by", platform.slug())]),
            link("mail-taken-sign-in", paths::SIGN_IN),
            link("mail-taken-forgot", paths::FORGOT_PASSWORD),
            voice.say("mail-taken-not-you"),
        ];
        Mail { to: to.to_owned(), subject: voice.say("mail-subject-taken"), text: text(&paragraphs) }
    }

    /// The account of this address has the name back that it had before.
    #[must_use]
    pub fn given_back_mail(&self, to: &str) -> Mail {
        let voice = &self.voice(&Environment::default());
        let paragraphs = [
            voice.say("mail-hello"),
            voice.with("mail-given-back", &[("identifier", to)]),
            voice.say("mail-given-back-not-you"),
        ];
        Mail { to: to.to_owned(), subject: voice.say("mail-subject-given-back"), text: text(&paragraphs) }
    }

    /// Something happened to the account of this address. Without a platform it was the operator. `origin` is where the
    /// link leads, `token` what it proves.
    #[must_use]
    pub fn news_mail(
        &self,
        to: &str,
        news: &News,
        platform: Option<Platform>,
        now: Millis,
        origin: &str,
        token: &Token,
    ) -> Mail {
        let voice = &self.voice(&Environment::default());
        let (subject, what) = what(voice, to, news);
        let at = moment(voice, now);
        let by = platform.map_or("operator", Platform::slug);
        let days = usize::try_from(KEEP_NOTICES / DAY).unwrap_or_default();
        let paragraphs = [
            voice.say("mail-hello"),
            what,
            voice.with("mail-where", &[("at", &at), ("by", by)]),
            voice.say("mail-was-you"),
            format!("{}\n{origin}{}?token={}", voice.say("mail-not-you"), paths::NOT_ME, token_text(token)),
            voice.count("mail-not-you-effect", "days", days),
        ];
        Mail { to: to.to_owned(), subject, text: text(&paragraphs) }
    }
}

fn what(voice: &Voice<'_>, to: &str, news: &News) -> (String, String) {
    let named = |id, name: &str| voice.with(id, &[("identifier", to), ("name", name)]);
    match news {
        News::PasskeyAdded { name, .. } => {
            (voice.say("mail-subject-passkey-added"), named("mail-passkey-added", &quoted(name)))
        }
        News::PasskeyRemoved { name } => {
            (voice.say("mail-subject-passkey-removed"), named("mail-passkey-removed", &quoted(name)))
        }
        News::PasswordChanged => (voice.say("mail-subject-password-changed"), named("mail-password-changed", "")),
        News::AddressChanged { .. } => (voice.say("mail-subject-address-changed"), named("mail-address-changed", "")),
        News::CodesReplaced => (voice.say("mail-subject-codes-replaced"), named("mail-codes-replaced", "")),
    }
}

/// Names come from people: one line, and no more of it than a name needs.
fn quoted(name: &str) -> String {
    let line: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
    format!("\"{line}\"")
}

fn moment(voice: &Voice<'_>, now: Millis) -> String {
    let (_, date) = date::day(voice, now, now);
    voice.with("mail-at", &[("date", &date), ("time", &date::time(now))])
}

/// Lines of a mail, in characters (RFC 5322, section 2.1.1, advises 78 at most).
const WIDTH: usize = 72;

fn text(paragraphs: &[String]) -> String {
    let wrapped: Vec<_> = paragraphs.iter().flat_map(|paragraph| [wrap(paragraph), String::new()]).collect();
    wrapped.join("\n")
}

/// Breaks lines between words; an address stays whole.
fn wrap(paragraph: &str) -> String {
    let mut lines = Vec::new();
    for line in paragraph.lines() {
        let mut now = String::new();
        for word in line.split(' ') {
            if !now.is_empty() && now.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::take(&mut now));
            }
            if !now.is_empty() {
                now.push(' ');
            }
            now.push_str(word);
        }
        lines.push(now);
    }
    lines.join("\n")
}
