//! What it takes to add a passkey, in every case there is.

use crate::samples::{NOW, ago};
use domain::assurance::{Assurance, Policy, Proofs, assure, is_limited};
use domain::time::{DAY, MINUTE, Millis};

const FRESH: i64 = 5 * MINUTE;

struct Case {
    policy: Policy,
    ever_had: bool,
    known: bool,
    proofs: Proofs,
}

impl Case {
    fn with(&self, proofs: Proofs) -> Assurance {
        assure(self.policy, self.ever_had, self.known, proofs, FRESH, NOW)
    }
}

fn every_case() -> Vec<Case> {
    let when = [
        None,
        Some(ago(1)),
        Some(NOW.plus(-FRESH)),
        Some(NOW.plus(-FRESH - 1)),
        Some(NOW),
        Some(NOW.plus(DAY)),
        Some(Millis(i64::MIN)),
    ];
    let mut cases = Vec::new();
    for policy in [Policy::KnownBrowser, Policy::Password] {
        for (ever_had, known) in [(false, false), (false, true), (true, false), (true, true)] {
            for password in when {
                cases.extend(when.map(|passkey| Case {
                    policy,
                    ever_had,
                    known,
                    proofs: Proofs { password, passkey },
                }));
            }
        }
    }
    cases
}

#[test]
fn what_is_asked_for_is_what_suffices() {
    for case in every_case() {
        let password = case.with(Proofs { password: Some(NOW), ..case.proofs });
        let passkey = case.with(Proofs { passkey: Some(NOW), ..case.proofs });
        assert_eq!(passkey, Assurance::Enough, "a passkey always does");
        match case.with(case.proofs) {
            Assurance::Stale => assert_eq!(password, Assurance::Enough, "asking for the password again must help"),
            Assurance::NeedsProof => assert_eq!(password, Assurance::NeedsProof, "else it should be asked for"),
            Assurance::Enough => {}
        }
    }
}

#[test]
fn a_password_alone_is_never_enough_for_a_thief() {
    for case in
        every_case().into_iter().filter(|case| case.policy == Policy::KnownBrowser && case.ever_had && !case.known)
    {
        let fresh_passkey = case.proofs.passkey.is_some_and(|at| NOW.since(at) <= FRESH);
        assert_eq!(case.with(case.proofs) == Assurance::Enough, fresh_passkey);
    }
}

#[test]
fn nothing_stale_is_ever_enough() {
    for case in every_case() {
        let fresh = |proof: Option<Millis>| proof.is_some_and(|at| NOW.since(at) <= FRESH);
        if !fresh(case.proofs.password) && !fresh(case.proofs.passkey) {
            assert_ne!(case.with(case.proofs), Assurance::Enough);
        }
    }
}

#[test]
fn only_a_session_of_the_password_alone_on_an_account_with_passkeys_is_limited() {
    for case in every_case() {
        assert_eq!(is_limited(case.ever_had, case.proofs), case.ever_had && case.proofs.passkey.is_none());
    }
}
