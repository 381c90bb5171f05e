//! What it takes to add a passkey, in every case there is.

use crate::samples::NOW;
use domain::assurance::{Assurance, Policy, Proofs, Standing, assure, is_limited};
use domain::time::{DAY, MINUTE, Millis};

const FRESH: i64 = 5 * MINUTE;

struct Case {
    policy: Policy,
    standing: Standing,
    proofs: Proofs,
}

impl Case {
    fn with(&self, proofs: Proofs) -> Assurance {
        assure(self.policy, self.standing, proofs, FRESH, NOW)
    }

    /// Whether the password is all that this operator asks for here.
    fn password_suffices(&self) -> bool {
        let Standing { ever_had_passkey, known_browser, .. } = self.standing;
        !ever_had_passkey || self.policy == Policy::Password || (self.policy == Policy::KnownBrowser && known_browser)
    }
}

fn is_fresh(proof: Option<Millis>) -> bool {
    proof.is_some_and(|at| NOW.since(at) <= FRESH)
}

fn every_case() -> Vec<Case> {
    let when = [None, Some(NOW.plus(-FRESH)), Some(NOW.plus(-FRESH - 1)), Some(NOW.plus(DAY)), Some(Millis(i64::MIN))];
    let mut cases = Vec::new();
    for policy in [Policy::KnownBrowser, Policy::Code, Policy::Password] {
        for bits in 0..8_u8 {
            let standing =
                Standing { ever_had_passkey: bits & 1 != 0, known_browser: bits & 2 != 0, has_codes: bits & 4 != 0 };
            for password in when {
                for passkey in when {
                    cases.extend(when.map(|code| Case {
                        policy,
                        standing,
                        proofs: Proofs { password, passkey, code },
                    }));
                }
            }
        }
    }
    cases
}

#[test]
fn what_is_asked_for_is_what_helps() {
    for case in every_case() {
        let with_password = case.with(Proofs { password: Some(NOW), ..case.proofs });
        let with_code = case.with(Proofs { code: Some(NOW), ..case.proofs });
        let with_both = case.with(Proofs { code: Some(NOW), password: Some(NOW), ..case.proofs });
        let with_passkey = case.with(Proofs { passkey: Some(NOW), ..case.proofs });
        assert_eq!(with_passkey, Assurance::Enough, "a passkey always does");
        assert_eq!(with_both, Assurance::Enough, "so do a password and a code");
        match case.with(case.proofs) {
            Assurance::Stale => {
                assert!(!is_fresh(case.proofs.password), "what is fresh is not asked for");
                // Where it does not suffice by itself the code comes after it, and not before.
                let first = case.proofs.password.is_none() && case.proofs.passkey.is_none();
                let helps = with_password == Assurance::Enough || (first && with_password == Assurance::NeedsCode);
                assert!(helps, "asking for the password again must help");
            }
            Assurance::NeedsCode => {
                assert!(case.standing.has_codes && matches!(with_code, Assurance::Enough | Assurance::Stale));
                assert_eq!(with_password, Assurance::NeedsCode, "else the password should be asked for");
            }
            Assurance::NeedsProof => {
                assert!(!case.standing.has_codes);
                assert_eq!(with_password, Assurance::NeedsProof, "else it should be asked for");
            }
            Assurance::Enough => {}
        }
    }
}

#[test]
fn a_password_alone_is_never_enough_for_a_thief() {
    for case in every_case().into_iter().filter(|case| !case.password_suffices()) {
        let proved = is_fresh(case.proofs.passkey) || (is_fresh(case.proofs.password) && is_fresh(case.proofs.code));
        assert_eq!(case.with(case.proofs) == Assurance::Enough, proved);
    }
}

#[test]
fn a_code_alone_is_never_enough() {
    for case in every_case() {
        let proofs = Proofs { code: Some(NOW), password: None, passkey: None };
        assert_eq!(case.with(proofs), Assurance::Stale);
    }
}

#[test]
fn whoever_came_in_with_a_code_types_the_password_before_another_code_is_mailed() {
    let away = Standing { ever_had_passkey: true, known_browser: false, has_codes: true };
    let [fresh, old] = [Some(NOW), Some(NOW.plus(-FRESH - 1))];
    let asked =
        |password, code| assure(Policy::KnownBrowser, away, Proofs { password, passkey: None, code }, FRESH, NOW);
    assert_eq!([asked(None, fresh), asked(None, old), asked(None, None)], [Assurance::Stale; 3]);
    assert_eq!([asked(fresh, old), asked(fresh, None)], [Assurance::NeedsCode; 2]);
    assert_eq!(asked(fresh, fresh), Assurance::Enough);
    // The same kind of code twice is one proof: then there is nothing to ask for but a passkey.
    let none = Standing { has_codes: false, ..away };
    assert_eq!(assure(Policy::KnownBrowser, none, Proofs::default(), FRESH, NOW), Assurance::NeedsProof);
}

#[test]
fn with_the_policy_code_no_browser_is_known_well_enough() {
    let here = Standing { ever_had_passkey: true, known_browser: true, has_codes: true };
    let password = Proofs { password: Some(NOW), ..Proofs::default() };
    assert_eq!(assure(Policy::KnownBrowser, here, password, FRESH, NOW), Assurance::Enough);
    assert_eq!(assure(Policy::Code, here, password, FRESH, NOW), Assurance::NeedsCode);
    assert_eq!(assure(Policy::Password, here, password, FRESH, NOW), Assurance::Enough);
}

#[test]
fn nothing_stale_is_ever_enough() {
    for case in every_case() {
        if !is_fresh(case.proofs.password) && !is_fresh(case.proofs.passkey) {
            assert_ne!(case.with(case.proofs), Assurance::Enough);
        }
    }
}

#[test]
fn only_a_session_without_a_passkey_on_an_account_with_passkeys_is_limited() {
    for case in every_case() {
        let ever_had = case.standing.ever_had_passkey;
        assert_eq!(is_limited(ever_had, case.proofs), ever_had && case.proofs.passkey.is_none());
    }
}
