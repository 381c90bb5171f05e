//! A distribution, never a verdict.

use crate::samples::{
    APPLE, BITWARDEN, GOOGLE, HELLO, NOBODY, NOW, absent, ago, failed, hello, met, passkey, proven_present, seen,
    somebody, trail, worked,
};
use crate::strategies::{OUTCOMES, PLATFORMS, creation, evidence, moment, passkey as any_passkey};
use domain::intelligence::diagnose::{CAUSES, expected};
use domain::intelligence::weights::{self, ACCOUNT, DELETED, Hazard, MANAGER};
use domain::intelligence::{
    Cause, Creation, Diagnosis, Evidence, Here, OfferHistory, Outcome, PasskeyEvidence, Trail, diagnose,
};
use domain::platform::Platform;
use domain::provider::{Aaguid, PROVIDERS, Provider, Reach, SyncDomain};
use domain::time::{DAY, Millis};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const CLOSED: Outcome = Outcome::CancelledOrMissing;

fn share(diagnosis: &Diagnosis, cause: Cause) -> u16 {
    diagnosis.causes.iter().find(|(each, _)| *each == cause).map_or(0, |(_, share)| *share)
}

fn after(outcomes: &[Outcome], evidence: Evidence) -> Evidence {
    Evidence { trail: trail(outcomes), ..evidence }
}

/// How surely the person closed the dialog themselves.
fn dismissed(evidence: &Evidence) -> u16 {
    share(&diagnose(evidence, None, NOW), Cause::Dismissed)
}

fn first_real(diagnosis: &Diagnosis) -> Cause {
    diagnosis.causes.iter().map(|(cause, _)| *cause).find(|cause| *cause != Cause::Dismissed).unwrap()
}

fn is_sync(provider: Option<&Provider>, domains: &[SyncDomain]) -> bool {
    provider.is_some_and(|provider| domains.contains(&provider.sync))
}

#[test]
fn the_likeliest_cause_follows_the_provider() {
    let twice = |platform, passkey: PasskeyEvidence| {
        diagnose(&after(&[CLOSED, CLOSED], somebody(platform, &[passkey])), None, NOW)
    };
    let table = [
        (Platform::Windows, seen(passkey(BITWARDEN), worked(3)), Cause::ManagerSignedOut),
        (Platform::Windows, passkey(BITWARDEN), Cause::ManagerSignedOut),
        (Platform::Windows, seen(hello(), worked(3)), Cause::DeletedHere),
        (Platform::Windows, hello(), Cause::OnAnotherDevice),
        (Platform::MacOs, hello(), Cause::OnAnotherDevice),
        (Platform::Windows, passkey(APPLE), Cause::OnAnotherDevice),
        (Platform::MacOs, passkey(APPLE), Cause::OtherCloudAccount),
        (Platform::Android, passkey(GOOGLE), Cause::OtherCloudAccount),
    ];
    for (platform, passkey, cause) in table {
        assert_eq!(first_real(&twice(platform, passkey)), cause, "{passkey:?}");
    }
    let apple = twice(Platform::MacOs, seen(passkey(APPLE), worked(3)));
    assert!(matches!(first_real(&apple), Cause::OtherCloudAccount | Cause::DeletedHere));
}

#[test]
fn closing_the_same_dialog_twice_is_less_of_an_accident() {
    let evidence = || somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]);
    let [once, twice] = [1, 2].map(|times| dismissed(&after(&[CLOSED; 2][..times], evidence())));
    assert!(twice < once);
    // What the browser did in between says nothing about the person.
    let between = [[CLOSED, Outcome::NoPrompt], [Outcome::NoPrompt, CLOSED]];
    for outcomes in between {
        assert_eq!(dismissed(&after(&outcomes, evidence())), once, "{outcomes:?}");
    }
}

#[test]
fn what_works_here_was_closed_and_what_never_was_here_is_away() {
    let once = |platform, passkey| {
        let diagnosis = diagnose(&after(&[CLOSED], somebody(platform, &[passkey])), None, NOW);
        diagnosis.causes[0].0
    };
    assert_eq!(once(Platform::MacOs, seen(passkey(APPLE), worked(1))), Cause::Dismissed);
    assert_eq!(once(Platform::Windows, seen(hello(), worked(30))), Cause::Dismissed);
    assert_eq!(once(Platform::Windows, passkey(APPLE)), Cause::OnAnotherDevice);
}

#[test]
fn a_refusal_at_once_is_no_persons_doing() {
    let evidence = |outcome| after(&[outcome], somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(30))]));
    assert!(dismissed(&evidence(Outcome::RefusedAtOnce)) < dismissed(&evidence(CLOSED)));
}

#[test]
fn two_strikes_speak_where_nothing_was_tried() {
    let evidence = || somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(30))]);
    let struck = Evidence { strikes: 2_000, ..evidence() };
    assert!(dismissed(&struck) < dismissed(&evidence()));
    assert_eq!(dismissed(&struck), dismissed(&after(&[CLOSED, CLOSED], evidence())));
}

#[test]
fn the_witnesses_of_earlier_visits_are_heard() {
    let mac = |here: Here| after(&[CLOSED], met(somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]), 300));
    let plain = dismissed(&mac(worked(30)));
    assert!(dismissed(&mac(Here { failures: 2, ..worked(30) })) < plain, "it failed before");
    assert!(dismissed(&mac(Here { worked: Some(NOW.plus(-30 * DAY)), ..absent(1) })) < plain, "it was not there");
    assert_eq!(dismissed(&mac(Here { worked: Some(NOW.plus(-30 * DAY)), ..absent(90) })), plain, "it worked since");
    assert!(dismissed(&proven_present(mac(worked(30)), 1, 0)) > plain, "it was there after all");
}

#[test]
fn a_new_passkey_of_the_same_provider_speaks_for_the_account_or_a_deletion() {
    // With a passkey of the provider made, the manager is there and signed in.
    let table = [(Platform::Windows, BITWARDEN, 3), (Platform::MacOs, BITWARDEN, 30), (Platform::MacOs, APPLE, 30)];
    for (platform, aaguid, days) in table {
        let evidence = after(&[CLOSED, CLOSED], somebody(platform, &[seen(passkey(aaguid), worked(days))]));
        let made = diagnose(&evidence, Some(Creation::Made(aaguid)), NOW);
        assert!(matches!(made.causes[0].0, Cause::DeletedHere | Cause::OtherCloudAccount), "{made:?}");
        assert!(share(&made, Cause::ManagerSignedOut) < share(&made, Cause::DeletedHere), "{made:?}");
    }
}

#[test]
fn a_new_passkey_of_another_provider_speaks_for_a_manager_that_is_signed_out() {
    for (platform, by) in [(Platform::MacOs, APPLE), (Platform::Windows, HELLO), (Platform::Android, GOOGLE)] {
        for here in [worked(3), worked(30), Here::default()] {
            let evidence = after(&[CLOSED, CLOSED], somebody(platform, &[seen(passkey(BITWARDEN), here)]));
            let [before, made] = [None, Some(Creation::Made(by))].map(|creation| diagnose(&evidence, creation, NOW));
            assert_eq!(made.causes[0].0, Cause::ManagerSignedOut, "{made:?}");
            assert!(share(&made, Cause::ManagerSignedOut) > share(&before, Cause::ManagerSignedOut), "{made:?}");
        }
    }
}

#[test]
fn what_is_deleted_stays_away_and_an_account_comes_back() {
    let mac = |days| {
        let here = Here { worked: Some(ago(days + 30)), ..absent(days) };
        let evidence = after(&[CLOSED, CLOSED], met(somebody(Platform::MacOs, &[seen(passkey(APPLE), here)]), 400));
        diagnose(&evidence, None, NOW)
    };
    let [fresh, old] = [mac(1), mac(120)];
    assert_eq!(fresh.causes.map(|(cause, _)| cause)[2], Cause::Dismissed, "{fresh:?}");
    let account_to_deleted = |told: &Diagnosis| {
        f64::from(share(told, Cause::OtherCloudAccount)) / f64::from(share(told, Cause::DeletedHere))
    };
    assert!(account_to_deleted(&old) < account_to_deleted(&fresh) / 2.0, "{fresh:?} {old:?}");
    assert!(share(&old, Cause::Dismissed) > share(&fresh, Cause::Dismissed), "the account may be back: {old:?}");
}

#[test]
fn the_older_an_unseen_passkey_the_likelier_it_was_deleted() {
    let deleted = |days| {
        let one = PasskeyEvidence { created: ago(days), ..passkey(APPLE) };
        let [stranger, inside] = [somebody(Platform::MacOs, &[one]), met(somebody(Platform::MacOs, &[one]), 1)];
        assert_eq!(
            diagnose(&after(&[CLOSED], stranger), None, NOW),
            diagnose(&after(&[CLOSED], somebody(Platform::MacOs, &[passkey(APPLE)])), None, NOW),
            "its age is not told"
        );
        share(&diagnose(&after(&[CLOSED], inside), None, NOW), Cause::DeletedHere)
    };
    assert!([0, 30, 300, 900].map(deleted).is_sorted_by(|a, b| a < b), "{:?}", [0, 30, 300, 900].map(deleted));
}

#[test]
fn what_answers_elsewhere_was_not_deleted_as_far_as_the_person_may_know() {
    for here in [worked(60), Here::default()] {
        let of = |used, evidence: fn(Evidence) -> Evidence| {
            let one = PasskeyEvidence { used, ..seen(passkey(GOOGLE), here) };
            let told = after(&[CLOSED, CLOSED], evidence(somebody(Platform::Android, &[one])));
            diagnose(&told, None, NOW)
        };
        let [inside, stranger]: [fn(Evidence) -> Evidence; 2] = [|evidence| met(evidence, 300), |evidence| evidence];
        let [never, yesterday] = [None, Some(ago(1))].map(|used| share(&of(used, inside), Cause::DeletedHere));
        assert!(yesterday < never / 10, "{here:?}: {never} {yesterday}");
        assert_eq!(of(Some(ago(1)), stranger), of(None, stranger), "whether the account exists is not told");
    }
}

#[test]
fn where_the_system_makes_the_new_one_the_browser_was_signed_out() {
    for (platform, by) in [(Platform::Windows, HELLO), (Platform::MacOs, APPLE)] {
        let one = seen(passkey(GOOGLE), worked(30));
        let evidence = after(&[CLOSED, CLOSED], met(somebody(platform, &[one]), 300));
        let told = |creation| diagnose(&evidence, creation, NOW);
        let before = told(None);
        let [system, browser] = [by, GOOGLE].map(|by| told(Some(Creation::Made(by))));
        assert_eq!(first_real(&system), Cause::OtherCloudAccount);
        assert!(share(&system, Cause::OtherCloudAccount) > share(&before, Cause::OtherCloudAccount));
        assert_eq!(browser.causes[0].0, Cause::DeletedHere, "{browser:?}");
    }
}

#[test]
fn of_a_provider_that_nobody_knows_nothing_is_learnt() {
    let key = PasskeyEvidence { security_key: true, backup_eligible: false, ..passkey(Aaguid(5)) };
    for (one, by) in [(passkey(NOBODY), NOBODY), (passkey(NOBODY), APPLE), (passkey(APPLE), NOBODY), (key, Aaguid(5))] {
        let evidence = after(&[CLOSED, CLOSED], somebody(Platform::MacOs, &[one]));
        let [before, made] = [None, Some(Creation::Made(by))].map(|creation| diagnose(&evidence, creation, NOW));
        assert_eq!(made, before, "{one:?}");
    }
}

#[test]
fn without_a_passkey_it_is_one_of_the_two_that_need_none() {
    let diagnosis = diagnose(&after(&[CLOSED], somebody(Platform::MacOs, &[])), None, NOW);
    assert_eq!(diagnosis.causes[..2], [(Cause::Dismissed, 500), (Cause::Technical, 500)]);
}

#[test]
fn the_one_that_was_here_last_is_the_one_that_is_missed() {
    let table = [
        (Platform::Windows, vec![seen(passkey(APPLE), worked(30)), seen(passkey(BITWARDEN), worked(3))], BITWARDEN),
        (Platform::MacOs, vec![passkey(APPLE), seen(passkey(BITWARDEN), worked(300))], BITWARDEN),
        (Platform::MacOs, vec![passkey(BITWARDEN), passkey(APPLE), hello()], APPLE),
        (Platform::Windows, vec![passkey(BITWARDEN), passkey(APPLE), hello()], BITWARDEN),
    ];
    for (platform, passkeys, aaguid) in table {
        let evidence = somebody(platform, &passkeys);
        assert_eq!(expected(&evidence).map(|passkey| passkey.aaguid), Some(aaguid), "{passkeys:?}");
    }
    assert_eq!(expected(&somebody(Platform::MacOs, &[])), None);
}

#[test]
fn the_numbers_are_shares() {
    for reach in [Reach::Home, Reach::Browser, Reach::App, Reach::File, Reach::No, Reach::Unknown] {
        for same_kind in [true, false] {
            let there = weights::there_unseen(reach, same_kind);
            assert!(0.0 < there && there < 1.0, "{reach:?}");
        }
        for (_, provider) in PROVIDERS {
            let missing: f64 = weights::missing_unseen(provider.sync, reach).iter().sum();
            assert!((missing - 1.0).abs() < 1e-9, "{} {reach:?}", provider.name);
        }
    }
    for outcome in OUTCOMES {
        for (share, closed) in [0, 1, 2, u8::MAX].map(|closed| (weights::ends_present(outcome, closed), closed)) {
            assert!(0.0 < share && share < 1.0, "{outcome:?} {closed}");
            // How a prompt ends speaks against the passkey being here, or is nobody's doing: never for it.
            assert!(share <= weights::ends_absent(outcome), "{outcome:?} {closed}");
        }
        assert!((0.0..1.0).contains(&weights::ends_absent(outcome)), "{outcome:?}");
    }
}

/// Evidence of a flow that ended without the server's knowing why.
fn unexplained() -> impl Strategy<Value = Evidence> {
    let ends: Vec<_> = OUTCOMES.into_iter().filter(|outcome| *outcome != Outcome::NotAccepted).collect();
    (evidence(), vec(select(ends), 0..5)).prop_map(|(evidence, outcomes)| after(&outcomes, evidence))
}

/// The same of somebody who has one passkey, of a provider that is known.
fn one_known() -> impl Strategy<Value = (Evidence, &'static Provider)> {
    one_of(PROVIDERS.to_vec())
}

fn one_of(providers: Vec<(Aaguid, Provider)>) -> impl Strategy<Value = (Evidence, &'static Provider)> {
    (unexplained(), any_passkey(), select(providers)).prop_map(|(evidence, passkey, (aaguid, _))| {
        let passkeys = vec![PasskeyEvidence { aaguid, ..passkey }];
        (Evidence { passkeys, ..evidence }, aaguid.provider().unwrap())
    })
}

/// The same, of an app of its own, and not a key that is carried around.
fn one_of_a_third_party() -> impl Strategy<Value = (Evidence, &'static Provider)> {
    let third = PROVIDERS.iter().filter(|(_, provider)| provider.is_third_party()).copied().collect();
    one_of(third).prop_map(|(evidence, provider)| (not_a_key(evidence), provider))
}

fn not_a_key(mut evidence: Evidence) -> Evidence {
    evidence.passkeys.iter_mut().for_each(|passkey| passkey.security_key = false);
    evidence
}

proptest! {
    #[test]
    fn shares_are_sorted_and_sum_to_a_whole_for_evidence_however_absurd(
        evidence in evidence(), creation in creation(), now in moment(),
    ) {
        let diagnosis = diagnose(&evidence, creation, now);
        let shares: Vec<u32> = diagnosis.causes.iter().map(|(_, share)| u32::from(*share)).collect();
        prop_assert!(shares.is_sorted_by(|a, b| a >= b), "{:?}", shares);
        let (sum, lost) = (shares.iter().sum::<u32>(), u32::try_from(CAUSES.len()).unwrap());
        prop_assert!(sum <= 1_000 && sum > 1_000 - lost, "{:?}", diagnosis);
        prop_assert!(CAUSES.iter().all(|cause| diagnosis.causes.iter().filter(|(each, _)| each == cause).count() == 1));
        let written = serde_json::to_string(&diagnosis).unwrap();
        prop_assert_eq!(serde_json::from_str::<Diagnosis>(&written).unwrap(), diagnosis);
    }

    #[test]
    fn the_beginning_and_the_end_of_time_are_moments_too(
        evidence in unexplained(), creation in creation(), passkeys in vec(any_passkey(), 1..3),
        times in any::<[Option<bool>; 5]>(), now in any::<bool>(), failures in any::<u32>(),
    ) {
        let end = |last: bool| if last { Millis(i64::MAX) } else { Millis(i64::MIN) };
        let [created, worked, failed, absent, present] = times.map(|time| time.map(end));
        let here = Here { created, worked, failed, absent, failures, across: worked };
        let passkeys = passkeys.into_iter().map(|passkey| seen(passkey, here)).collect();
        let offers = OfferHistory { present, ..evidence.offers };
        let diagnosis = diagnose(&Evidence { passkeys, offers, ..evidence }, creation, end(now));
        let sum: u32 = diagnosis.causes.iter().map(|(_, share)| u32::from(*share)).sum();
        prop_assert!((994..=1_000).contains(&sum), "{:?}", diagnosis);
    }

    #[test]
    fn what_the_server_knows_is_certain(
        evidence in evidence(), creation in creation(), before in vec(select(&OUTCOMES[..]), 0..4),
        since in vec(select(&OUTCOMES[..]), 0..3), now in moment(),
    ) {
        let outcomes: Vec<_> = before.into_iter().chain([Outcome::NotAccepted]).chain(since).collect();
        let diagnosis = diagnose(&after(&outcomes, evidence), creation, now);
        prop_assert_eq!(diagnosis.causes[0], (Cause::NoLongerAccepted, 1_000));
        prop_assert!(diagnosis.causes[1..].iter().all(|(_, share)| *share == 0));
    }

    #[test]
    fn nothing_else_is_ever_certain(evidence in unexplained(), creation in creation(), now in moment()) {
        let diagnosis = diagnose(&evidence, creation, now);
        prop_assert!(diagnosis.causes.iter().all(|(_, share)| *share < 1_000), "{:?}", diagnosis);
        prop_assert_eq!(share(&diagnosis, Cause::NoLongerAccepted), 0);
    }

    #[test]
    fn already_here_was_closed_or_is_trouble_of_the_browser(evidence in unexplained(), now in moment()) {
        let diagnosis = diagnose(&evidence, Some(Creation::AlreadyHere), now);
        prop_assert!(matches!(diagnosis.causes[0].0, Cause::Dismissed | Cause::Technical), "{:?}", diagnosis);
        prop_assert!(diagnosis.causes[2..].iter().all(|(_, share)| *share == 0), "none is away: {:?}", diagnosis);
    }

    #[test]
    fn trouble_of_the_browser_is_said_to_be_that(
        evidence in evidence(), passkey in any_passkey(), creation in creation(),
        outcomes in vec(select(vec![Outcome::NoPrompt, Outcome::Technical]), 1..4),
    ) {
        let mut evidence = evidence;
        evidence.passkeys.push(passkey);
        let diagnosis = diagnose(&after(&outcomes, evidence), creation, NOW);
        prop_assert_eq!(diagnosis.causes[0].0, Cause::Technical);
    }

    #[test]
    fn where_an_account_or_a_manager_cannot_be_nobody_is_told_of_one(
        (evidence, provider) in one_known(), creation in creation(), now in moment(),
    ) {
        let diagnosis = diagnose(&evidence, creation, now);
        let unknown = is_sync(Some(provider), &[SyncDomain::Unknown]);
        let cloud = is_sync(Some(provider), &[SyncDomain::Apple, SyncDomain::Google, SyncDomain::Microsoft]);
        let follows = cloud && evidence.passkeys[0].backup_eligible;
        prop_assert!(follows || unknown || share(&diagnosis, Cause::OtherCloudAccount) == 0, "{:?}", diagnosis);
        prop_assert!(provider.is_third_party() || unknown || share(&diagnosis, Cause::ManagerSignedOut) == 0, "{:?}", diagnosis);
    }

    #[test]
    fn made_by_the_same_provider_raises_account_and_deletion_over_the_manager((evidence, _) in one_known()) {
        let evidence = not_a_key(evidence);
        let by = evidence.passkeys[0].aaguid;
        let [before, made] = [None, Some(Creation::Made(by))].map(|creation| {
            let diagnosis = diagnose(&evidence, creation, NOW);
            let of = |cause| f64::from(share(&diagnosis, cause));
            (of(Cause::DeletedHere) + of(Cause::OtherCloudAccount), of(Cause::ManagerSignedOut))
        });
        // Each share is cut off by less than one, so the odds are compared with that much to spare.
        prop_assert!((made.0 + 2.0) * (before.1 + 1.0) >= made.1 * before.0, "{:?} {:?}", before, made);
    }

    #[test]
    fn made_by_another_provider_never_lowers_a_manager_that_is_a_third_party(
        (evidence, provider) in one_of_a_third_party(), by in select(PROVIDERS),
    ) {
        prop_assume!(by.1.name != provider.name);
        let [before, made] = [None, Some(Creation::Made(by.0))]
            .map(|creation| share(&diagnose(&evidence, creation, NOW), Cause::ManagerSignedOut));
        prop_assert!(made + 1 >= before, "{} {}", before, made);
    }

    #[test]
    fn the_order_of_the_failures_changes_nothing(evidence in unexplained(), outcomes in vec(select(&OUTCOMES[..]), 0..4), creation in creation()) {
        let back: Vec<_> = outcomes.iter().rev().copied().collect();
        let [one, other] = [outcomes, back].map(|outcomes| {
            let evidence = after(&outcomes, evidence.clone());
            CAUSES.map(|cause| share(&diagnose(&evidence, creation, NOW), cause))
        });
        prop_assert!(one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= 1), "{:?} {:?}", one, other);
    }

    #[test]
    fn the_longer_ago_it_worked_the_less_it_was_closed(
        aaguid in crate::strategies::aaguid(), platform in select(&PLATFORMS[..]), days in 0..4_000_i64, more in 0..4_000_i64,
    ) {
        let of = |days| dismissed(&after(&[CLOSED], somebody(platform, &[seen(passkey(aaguid), worked(days))])));
        prop_assert!(of(days + more) <= of(days));
    }

    #[test]
    fn the_more_often_it_failed_before_the_less_it_was_closed(
        passkey in any_passkey(), platform in select(&PLATFORMS[..]), failures in 0..9_u32, more in 0..9_u32,
    ) {
        let of = |failures| {
            let here = Here { failures, ..failed(failures, 1) };
            let here = Here { worked: passkey.here.worked, created: passkey.here.created, ..here };
            dismissed(&after(&[CLOSED], met(somebody(platform, &[seen(passkey, here)]), 300)))
        };
        prop_assert!(of(failures + more) <= of(failures));
    }

    #[test]
    fn what_was_lost_grows_with_the_days_and_levels_off(days in 0.0..1e12_f64, more in 0.0..1e12_f64) {
        for hazard in [DELETED, ACCOUNT, MANAGER] {
            let [before, after] = [days, days + more].map(|days| hazard.odds(days));
            prop_assert!(before.is_finite() && after.is_finite() && 0.0 <= before && before <= after);
            prop_assert!(hazard.back == 0.0 || after <= hazard.lost / hazard.back);
            prop_assert_eq!((hazard.odds(-days), hazard.returned(-days)), (0.0, 0.0));
            let [before, after] = [days, days + more].map(|days| hazard.returned(days));
            prop_assert!(0.0 <= before && before <= after && after <= 1.0);
        }
        prop_assert_eq!(Hazard { lost: 0.0, back: 1.0 }.odds(days), 0.0);
    }
}

#[test]
fn an_empty_trail_is_no_failure() {
    let diagnosis = diagnose(&somebody(Platform::MacOs, &[seen(passkey(APPLE), worked(3))]), None, NOW);
    assert_eq!(share(&diagnosis, Cause::Technical), 0);
    assert_eq!(Trail::default().last(), None);
}
