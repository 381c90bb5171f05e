//! Steps `get-codes` and `recovery-codes`: a set of codes that a person keeps.

use super::asker::asker;
use super::form::{ceremony, link, password_field, post, signed_in_person};
use super::notice::PasskeyNotice;
use super::problem::PasswordProblem;
use super::voice::Voice;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{Action, Ask, Asking, Page, Picture, RecoveryCodes, Screen};
use domain::ceremony::Purpose;
use domain::intelligence::Environment;

/// What the account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedCodes {
    /// No set was made so far.
    Never,
    /// So many are left of the last one.
    Left(u64),
}

/// What the step `get-codes` shows.
#[derive(Clone, Copy, Debug)]
pub struct SavedCodesView {
    pub now: SavedCodes,
    /// The password is asked for.
    pub password: bool,
    /// A passkey is asked for.
    pub passkey: bool,
    pub problem: Option<PasswordProblem>,
    pub notice: Option<PasskeyNotice>,
}

impl SavedCodes {
    pub(super) fn words(self, voice: &Voice<'_>) -> String {
        match self {
            Self::Never => voice.say("codes-never"),
            Self::Left(left) => voice.count("codes-left", "left", usize::try_from(left).unwrap_or(usize::MAX)),
        }
    }
}

impl Presenter {
    /// `minted` where a passkey is asked for.
    #[must_use]
    pub fn ask_for_codes(&self, walk: &Walk<'_>, view: SavedCodesView, minted: Option<Minted>) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("codes-heading");
        let problem = view.problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let said = view.notice.map(|notice| notice.words(voice));
        let status = said.clone().unwrap_or_default();
        let about = match view.now {
            SavedCodes::Never => voice.say("codes-about"),
            left @ SavedCodes::Left(_) => format!("{} {}", left.words(voice), voice.say("codes-void")),
        };
        let passkey = view.passkey.then(|| voice.say("codes-passkey-first"));
        let submit = match view.passkey {
            // Without the passkey nothing could be done here.
            true => {
                Action { get: true, hidden: Vec::new(), ..post(paths::DASHBOARD, walk.flow, voice.say("codes-back")) }
            }
            false => {
                let label = if view.now == SavedCodes::Never { "codes-get-first" } else { "codes-get" };
                post(paths::CODES_RENEW, walk.flow, voice.say(label))
            }
        };
        let back = (!view.passkey).then(|| link(paths::DASHBOARD, voice.say("codes-back")));
        let screen = Ask {
            what: Asking::GetCodes,
            person: Some(signed_in_person(voice, walk)),
            picture: Picture::Vault,
            heading: heading.clone(),
            lead: said.into_iter().chain([about]).chain(passkey).collect(),
            fields: view.password.then(|| password_field(voice, false, String::new(), problem)).into_iter().collect(),
            submit,
            ceremony: minted.map(|minted| ceremony(walk.flow, Purpose::Verify, minted, asker(walk).waiting(voice))),
            open: voice.say("common-use-a-passkey"),
            more: Vec::new(),
            links: back.into_iter().collect(),
            quiet: Vec::new(),
        };
        self.page(paths::RECOVERY_CODES, &heading, status, Screen::Ask(screen))
    }

    /// The codes themselves.
    #[must_use]
    pub fn recovery_codes(&self, walk: &Walk<'_>, codes: Vec<String>) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("codes-new-heading");
        let screen = RecoveryCodes {
            person: signed_in_person(voice, walk),
            heading: heading.clone(),
            lead: voice.say("codes-new-lead"),
            list: voice.say("codes-list"),
            codes,
            copy: voice.say("codes-copy"),
            copied: voice.say("codes-copied"),
            not_copied: voice.say("codes-not-copied"),
            print: voice.say("codes-print"),
            download: link(paths::RECOVERY_CODES_FILE, voice.say("codes-download")),
            proceed: post(paths::CODES_KEPT, walk.flow, voice.say("common-continue")),
        };
        self.page(paths::RECOVERY_CODES, &heading, String::new(), Screen::RecoveryCodes(screen))
    }

    /// The first line of the file that people keep.
    #[must_use]
    pub fn codes_file_heading(&self, identifier: &str) -> String {
        self.voice(&Environment::default()).with("codes-file", &[("identifier", identifier)])
    }
}
