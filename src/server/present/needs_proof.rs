//! Step `needs-proof`: a password alone must not become a passkey for a thief, so say why and what can be done.

use super::asker::{Asker, asker};
use super::form::{ceremony, password_field, post, signed_in_person};
use super::notice::PasskeyNotice;
use super::problem::PasswordProblem;
use super::voice::Voice;
use super::{Minted, Presenter, Walk, paths};
use crate::page::{NeedsProof, Page, Picture, Screen};
use domain::ceremony::Purpose;

/// What is a proof here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The password once more.
    Password,
    /// The password, after a mailed code that signed in.
    PasswordToo,
    /// The same, but there is none, since somebody said *this was not me*: one has to be chosen first.
    NewPassword,
    /// One of the account's passkeys once more, as there is no password.
    PasskeyAgain,
    /// One of the account's passkeys.
    Passkey,
    /// All of them were removed. What is left is a browser that is known, which it stays for so many days.
    KnownBrowser { days: u16 },
}

/// What went wrong with a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofProblem {
    Password(PasswordProblem),
    Passkey(PasskeyNotice),
}

impl Presenter {
    /// No `minted` where the browser has no passkeys, or the account has none.
    #[must_use]
    pub fn needs_proof(
        &self,
        walk: &Walk<'_>,
        proof: Proof,
        problem: Option<ProofProblem>,
        minted: Option<Minted>,
    ) -> Page {
        let voice = &self.voice(walk.env);
        let heading = voice.say("needs-proof-heading");
        let why = voice.say(match proof {
            Proof::Password | Proof::PasskeyAgain => "needs-proof-lead-again",
            Proof::PasswordToo => "needs-proof-lead-password-too",
            Proof::NewPassword => "needs-proof-lead-new-password",
            Proof::Passkey => "needs-proof-lead",
            Proof::KnownBrowser { .. } => "needs-proof-lead-none-left",
        });
        let (beside_field, notice) = match problem {
            Some(ProofProblem::Password(problem)) => (problem.words(voice), None),
            Some(ProofProblem::Passkey(notice)) => (String::new(), Some(notice.words(voice))),
            None => (String::new(), None),
        };
        let status = notice.as_ref().map(|_| voice.say("needs-proof-status-after")).unwrap_or_default();
        let lead =
            notice.map_or(why.clone(), |said| voice.with("needs-proof-after", &[("said", &said), ("why", &why)]));
        let asker = asker(walk);
        let password = matches!(proof, Proof::Password | Proof::PasswordToo);
        let screen = NeedsProof {
            person: signed_in_person(voice, walk),
            picture: if password { Picture::Lock } else { asker.picture(walk.env) },
            heading: heading.clone(),
            lead,
            ways: ways(voice, walk, proof, minted.is_some(), asker),
            password: password.then(|| {
                let field = password_field(voice, false, String::new(), beside_field);
                (field, post(paths::SESSION_PASSWORD, walk.flow, voice.say("needs-proof-confirm")))
            }),
            ceremony: minted.map(|minted| ceremony(walk.flow, Purpose::Verify, minted, asker.waiting(voice))),
            open: voice.say("common-use-a-passkey"),
            later: post(paths::HEALING_CONTINUE, walk.flow, voice.say("common-continue")),
        };
        self.page(paths::SIGN_IN, &heading, status, Screen::NeedsProof(screen))
    }
}

fn ways(voice: &Voice<'_>, walk: &Walk<'_>, proof: Proof, can_ask: bool, asker: Asker) -> Vec<String> {
    let mut ways = Vec::new();
    match proof {
        Proof::Password => ways.push(voice.say("needs-proof-way-password")),
        Proof::PasswordToo => ways.push(voice.say("needs-proof-way-password-too")),
        Proof::NewPassword => ways.push(voice.say("needs-proof-way-new-password")),
        Proof::Passkey | Proof::PasskeyAgain => {}
        Proof::KnownBrowser { days } => {
            ways.push(voice.count("needs-proof-way-known-browser", "days", days.into()));
            ways.push(voice.say("needs-proof-way-people"));
        }
    }
    if !walk.passkeys.is_empty() {
        ways.push(voice.say(match (can_ask, asker) {
            (false, _) => "needs-proof-way-elsewhere",
            (true, Asker::AnotherDevice) => "needs-proof-way-another-device",
            (true, _) => "needs-proof-way-passkey",
        }));
    }
    ways.push(voice.say("needs-proof-way-later"));
    ways
}
