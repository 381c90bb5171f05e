//! A distribution, never a verdict.

use crate::samples::{APPLE, NOW, hello, passkey, seen, somebody, worked};
use crate::strategies::evidence;
use domain::intelligence::diagnose::CAUSES;
use domain::intelligence::{Cause, Diagnosis, diagnose};
use domain::platform::Platform;
use proptest::prelude::*;

fn share(diagnosis: &Diagnosis, cause: Cause) -> u16 {
    diagnosis.causes.iter().find(|(each, _)| *each == cause).map_or(0, |(_, share)| *share)
}

#[test]
fn closing_the_same_dialog_twice_is_less_of_an_accident() {
    let evidence = somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]);
    let [once, twice] = [1, 2].map(|failures| share(&diagnose(&evidence, failures, false, NOW), Cause::Dismissed));
    assert!(twice < once);
}

#[test]
fn where_an_account_cannot_be_nobody_is_told_of_another_one() {
    let evidence = somebody(Platform::Windows, &[seen(hello(), worked(3))]);
    assert_eq!(share(&diagnose(&evidence, 2, false, NOW), Cause::OtherCloudAccount), 0);
}

#[test]
fn trouble_of_the_browser_is_said_to_be_that() {
    let evidence = somebody(Platform::MacOs, &[passkey(APPLE)]);
    assert_eq!(diagnose(&evidence, 1, true, NOW).causes[0].0, Cause::Technical);
}

proptest! {
    #[test]
    fn shares_are_sorted_and_sum_to_a_whole(evidence in evidence(), failures in any::<u8>(), technical in any::<bool>()) {
        let diagnosis = diagnose(&evidence, failures, technical, NOW);
        let shares: Vec<u32> = diagnosis.causes.iter().map(|(_, share)| u32::from(*share)).collect();
        prop_assert!(shares.is_sorted_by(|a, b| a >= b), "{:?}", shares);
        let (sum, lost) = (shares.iter().sum::<u32>(), u32::try_from(CAUSES.len()).unwrap());
        prop_assert!(sum <= 1_000);
        prop_assert!(evidence.passkeys.is_empty() || sum > 1_000 - lost);
        prop_assert!(CAUSES.iter().all(|cause| diagnosis.causes.iter().filter(|(each, _)| each == cause).count() == 1));
    }
}
