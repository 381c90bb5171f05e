//! Step `enter-password`: the way that works everywhere. *Use a passkey* stays beside it.

use super::asker::asker;
use super::form::{ceremony, link, password_field, person, post};
use super::notice::PasskeyNotice;
use super::problem::PasswordProblem;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{EnterPassword, Page, Screen};
use domain::ceremony::Purpose;

impl Presenter {
    /// `notice` after a passkey did not go through in this flow; `by_code` where a mailed code does as well.
    #[must_use]
    pub fn enter_password(
        &self,
        walk: &Walk<'_>,
        notice: Option<PasskeyNotice>,
        problem: Option<PasswordProblem>,
        by_code: bool,
        minted: Minted,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("enter-password-heading");
        let lead = match notice {
            Some(notice) => voice.with("enter-password-after", &[("said", &notice.words_beside_password(voice))]),
            None if walk.env.can.webauthn == Some(false) => voice.say("enter-password-no-passkeys"),
            None => voice.say("enter-password-lead"),
        };
        // A problem of the field is an alert, which speaks for itself.
        let status =
            notice.filter(|_| problem.is_none()).map(|_| voice.say("enter-password-status-after")).unwrap_or_default();
        let problem = problem.map(|problem| problem.words(voice)).unwrap_or_default();
        let screen = EnterPassword {
            person: person(voice, walk),
            heading: heading.clone(),
            lead,
            field: password_field(voice, false, String::new(), problem),
            sign_in: post(paths::PASSWORD, walk.flow, voice.say("enter-password-sign-in")),
            ceremony: ceremony(walk.flow, Purpose::SignIn, minted, asker(walk).waiting(voice)),
            open: voice.say("common-use-a-passkey"),
            forgot: link(paths::FORGOT_PASSWORD, voice.say("enter-password-forgot")),
            // Offered to whoever is named: whether there is an address is nobody else's business.
            code: by_code.then(|| post(paths::EMAIL_CODE, walk.flow, voice.say("enter-password-email-code"))),
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::EnterPassword(screen))
    }
}
