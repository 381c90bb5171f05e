//! Steps `change-password`, `change-identifier`, `delete-account`: one thing on a page of its own, with the proof it takes.

use super::account::{AccountLimit, AccountSaid, prove};
use super::form::{identifier_field, link, password_field, post};
use super::problem::{IdentifyProblem, NewPasswordProblem, PasswordProblem};
use super::voice::Voice;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{Change, Changing, Field, Notice, NoticeKind, Page, Screen};

/// What the page shows.
pub struct ChangeView<'a> {
    pub walk: Walk<'a>,
    pub what: Changing,
    /// What stands in the field; never a password.
    pub typed: &'a str,
    /// Whether the form asks for the password, as no proof is fresh.
    pub password: bool,
    /// The operator let the person in, who now chooses a password before anything else.
    pub let_in: bool,
    /// Least number of characters of a new password.
    pub min_length: usize,
    pub problems: ChangeProblems,
    pub said: Option<AccountSaid>,
    /// With one there is no form.
    pub limit: Option<AccountLimit>,
    /// Where a passkey lifts the limit, or can stand for the password.
    pub prove: Option<Minted>,
}

/// What is wrong with the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeProblems {
    pub password: Option<PasswordProblem>,
    pub new_password: Option<NewPasswordProblem>,
    pub identifier: Option<IdentifyProblem>,
    pub not_confirmed: bool,
}

impl Presenter {
    /// One thing to change.
    #[must_use]
    pub fn change(&self, view: &ChangeView<'_>) -> Page {
        let voice = &self.voice(view.walk.env);
        let what = What::of(view.what);
        let heading = voice.say(what.heading);
        let notices: Vec<_> = view.said.map(|said| said.notice(voice)).into_iter().collect();
        let spoken = notices.iter().filter(|notice: &&Notice| notice.kind != NoticeKind::Problem);
        let status = spoken.map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" ");
        let lead = match view.limit {
            Some(limit) => limit.words(voice),
            None if view.let_in => voice.say("change-password-let-in"),
            None => voice.say(what.lead),
        };
        let ways = if view.limit.is_some() { &[][..] } else { what.ways };
        let screen = Change {
            what: view.what,
            identifier: view.walk.who.to_owned(),
            heading: heading.clone(),
            lead,
            ways: ways.iter().map(|id| voice.say(id)).collect(),
            notices,
            form: view
                .limit
                .is_none()
                .then(|| (fields(voice, view), post(what.path, view.walk.flow, voice.say(what.act)))),
            prove: prove(voice, &view.walk, view.prove.clone(), what.address),
            back: (!view.let_in).then(|| link(paths::ACCOUNT, voice.say("change-back"))),
        };
        self.page(what.address, &heading, status, Screen::Change(screen))
    }
}

/// The words and addresses of one kind of change.
struct What {
    address: &'static str,
    path: &'static str,
    heading: &'static str,
    lead: &'static str,
    ways: &'static [&'static str],
    act: &'static str,
}

impl What {
    fn of(what: Changing) -> Self {
        match what {
            Changing::Password => Self {
                address: paths::ACCOUNT_PASSWORD,
                path: paths::CHANGE_PASSWORD,
                heading: "change-password-heading",
                lead: "change-password-lead",
                ways: &[],
                act: "change-password-act",
            },
            Changing::Identifier => Self {
                address: paths::ACCOUNT_IDENTIFIER,
                path: paths::CHANGE_IDENTIFIER,
                heading: "change-identifier-heading",
                lead: "change-identifier-lead",
                ways: &[],
                act: "change-identifier-act",
            },
            Changing::Account => Self {
                address: paths::ACCOUNT_DELETE,
                path: paths::DELETE_ACCOUNT,
                heading: "delete-account-heading",
                lead: "delete-account-lead",
                ways: &["delete-account-way-passkeys", "delete-account-way-name", "delete-account-way-back"],
                act: "delete-account-act",
            },
        }
    }
}

/// What is asked for, and the password before it where a proof is missing.
fn fields(voice: &Voice<'_>, view: &ChangeView<'_>) -> Vec<Field> {
    let problems = &view.problems;
    let asked = match view.what {
        Changing::Password => {
            let hint = voice.count("sign-up-password-hint", "min", view.min_length);
            let problem = problems.new_password.map(|problem| problem.words(voice)).unwrap_or_default();
            let field = password_field(voice, true, hint, problem);
            Field { name: "new_password".to_owned(), label: voice.say("change-password-new"), ..field }
        }
        Changing::Identifier => {
            let problem = problems.identifier.map(|problem| problem.words(voice)).unwrap_or_default();
            Field {
                label: voice.say("change-identifier-new"),
                ..identifier_field(voice, view.typed, String::new(), problem)
            }
        }
        Changing::Account => Field {
            name: "confirmation".to_owned(),
            label: voice.with("delete-account-confirm", &[("identifier", view.walk.who)]),
            value: view.typed.to_owned(),
            kind: "text".to_owned(),
            autocomplete: "off".to_owned(),
            hint: String::new(),
            problem: if problems.not_confirmed { voice.say("delete-account-not-confirmed") } else { String::new() },
        },
    };
    let problem = match problems.password {
        // Whose password it is, is no question here.
        Some(PasswordProblem::Wrong) => voice.say("change-password-differs"),
        Some(problem) => problem.words(voice),
        None => String::new(),
    };
    let current = view.password.then(|| Field {
        label: voice.say("change-current-password"),
        ..password_field(voice, false, String::new(), problem)
    });
    current.into_iter().chain([asked]).collect()
}
