use crate::fixture::{T0, browser, known, passkey, token_hash, two_people, user};
use domain::intelligence::evidence::{Here, OfferHistory};
use domain::platform::{Browser, Platform};
use domain::time::Millis;
use keymend::server::db::browsers::{self, BrowserAccount, BrowserRow};
use keymend::server::db::{Db, passkeys};
use sea_orm::ConnectionTrait;

const T1: Millis = Millis(T0.0 + 1_000);
const T2: Millis = Millis(T0.0 + 2_000);

#[tokio::test]
async fn a_browser_keeps_its_id_and_tells_when_it_was_last_here() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    // A second request with the same token, which thinks that the browser is new.
    browsers::touch_or_create(&tx, browser(9), &token_hash(1), Platform::Ios, Browser::Edge, T1).await.unwrap();
    tx.commit().await.unwrap();
    let found = browsers::find_by_token(db.read(), &token_hash(1)).await.unwrap();
    let id = browser(1);
    let expected = BrowserRow { id, platform: Platform::Ios, browser: Browser::Edge, created_at: T0, seen_at: T1 };
    assert_eq!(found, Some(expected));
    assert_eq!(browsers::find_by_token(db.read(), &token_hash(9)).await.unwrap(), None);

    let tx = db.write().await.unwrap();
    let taken = browsers::touch_or_create(&tx, browser(1), &token_hash(9), Platform::Ios, Browser::Edge, T1).await;
    assert!(taken.is_err());
}

#[tokio::test]
async fn one_that_has_met_an_account_is_noted_and_no_other() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::touch(&tx, browser(1), &token_hash(1), Platform::Ios, Browser::Edge, T1).await.unwrap();
    tx.commit().await.unwrap();
    let seen = async |n| {
        let found = browsers::find_by_token(db.read(), &token_hash(n)).await.unwrap().unwrap();
        (found.id, found.platform, found.browser, found.created_at, found.seen_at)
    };
    assert_eq!(seen(1).await, (browser(1), Platform::Ios, Browser::Edge, T0, T1));
    assert_eq!(seen(2).await, (browser(2), Platform::MacOs, Browser::Safari, T0, T0));
}

/// A page loads several things at once, and each may be the first to be heard of.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_first_requests_of_a_browser_at_once_make_one_browser() {
    let (_database, db) = two_people().await;
    for round in 10..40 {
        let requests: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let tx = db.write().await.unwrap();
                    let (id, hash) = (browser(round), token_hash(round));
                    browsers::touch_or_create(&tx, id, &hash, Platform::MacOs, Browser::Safari, T0).await.unwrap();
                    let found = browsers::find_by_token(&tx, &hash).await.unwrap().unwrap();
                    tx.commit().await.unwrap();
                    found.id
                })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.unwrap(), browser(round));
        }
    }
}

#[tokio::test]
async fn every_family_of_browsers_comes_back_as_itself() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    use Browser::{Chrome, Edge, Firefox, Other, Safari, Samsung};
    for family in [Safari, Chrome, Edge, Firefox, Samsung, Other] {
        browsers::touch_or_create(&tx, browser(1), &token_hash(1), Platform::Linux, family, T1).await.unwrap();
        assert_eq!(browsers::find_by_token(&tx, &token_hash(1)).await.unwrap().unwrap().browser, family);
    }
}

#[tokio::test]
async fn the_first_meeting_with_an_account_is_kept() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    assert_eq!(known(&tx, 1, 1).await.here, None);
    browsers::first_seen(&tx, browser(1), user(1), T0).await.unwrap();
    browsers::first_seen(&tx, browser(1), user(1), T1).await.unwrap();
    tx.commit().await.unwrap();
    let expected = BrowserAccount { first_seen: T0, mark_hash: None, verified: None, offers: OfferHistory::default() };
    assert_eq!(account(&db, 1, 1).await, Some(expected));
    assert_eq!(account(&db, 2, 1).await, None);
    assert_eq!(account(&db, 1, 2).await, None);
}

#[tokio::test]
async fn a_known_browser_is_known_for_its_account_until_a_new_password() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::first_seen(&tx, browser(1), user(1), T0).await.unwrap();
    for (b, u) in [(1, 1), (2, 1), (1, 2)] {
        browsers::mark_known(&tx, browser(b), user(u), b"mark", T1).await.unwrap();
    }
    browsers::mark_known(&tx, browser(1), user(1), b"newer", T2).await.unwrap();
    tx.commit().await.unwrap();
    let one = account(&db, 1, 1).await.unwrap();
    assert_eq!((one.first_seen, one.mark_hash, one.verified), (T0, Some(b"newer".to_vec()), Some(T2)));

    let tx = db.write().await.unwrap();
    browsers::forget_marks_of_user(&tx, user(1)).await.unwrap();
    tx.commit().await.unwrap();
    for b in [1, 2] {
        let gone = account(&db, b, 1).await.unwrap();
        assert_eq!((gone.mark_hash, gone.verified), (None, None));
    }
    assert_eq!(account(&db, 1, 2).await.unwrap().verified, Some(T1));
}

#[tokio::test]
async fn a_browser_remembers_what_each_passkey_did() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::created(&tx, browser(1), passkey(1), T0).await.unwrap();
    browsers::failed(&tx, browser(1), &[passkey(2), passkey(1), passkey(2)], T1).await.unwrap();
    browsers::failed(&tx, browser(1), &[passkey(1)], T2).await.unwrap();
    browsers::absent(&tx, browser(1), &[passkey(2), passkey(2)], T2).await.unwrap();
    browsers::failed(&tx, browser(1), &[], T2).await.unwrap();
    browsers::absent(&tx, browser(1), &[], T2).await.unwrap();
    tx.commit().await.unwrap();
    let one = Here { created: Some(T0), failed: Some(T2), failures: 2, ..Here::default() };
    let two = Here { failed: Some(T1), failures: 1, absent: Some(T2), ..Here::default() };
    assert_eq!(here(&db, 1, 1).await, Some(one));
    assert_eq!(here(&db, 1, 2).await, Some(two));
    assert_eq!(here(&db, 1, 3).await, None);
    assert_eq!(here(&db, 2, 1).await, None);

    let tx = db.write().await.unwrap();
    browsers::worked(&tx, browser(1), passkey(2), T2).await.unwrap();
    browsers::created(&tx, browser(1), passkey(1), T2).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(here(&db, 1, 1).await, Some(Here { created: Some(T2), ..Here::default() }));
    assert_eq!(here(&db, 1, 2).await, Some(Here { worked: Some(T2), ..Here::default() }));
}

#[tokio::test]
async fn proven_present_takes_back_the_suspicion_of_this_account_in_this_browser() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::worked(&tx, browser(1), passkey(1), T0).await.unwrap();
    for b in [1, 2] {
        browsers::failed(&tx, browser(b), &[passkey(1), passkey(2), passkey(3)], T1).await.unwrap();
        browsers::absent(&tx, browser(b), &[passkey(2)], T1).await.unwrap();
    }
    // Nothing to count from yet, and nothing there.
    browsers::failure_since_present(&tx, browser(1), user(1)).await.unwrap();
    browsers::first_seen(&tx, browser(1), user(1), T0).await.unwrap();
    browsers::failure_since_present(&tx, browser(1), user(1)).await.unwrap();
    assert_eq!(known(&tx, 1, 1).await.here.unwrap().offers, OfferHistory::default());

    browsers::present(&tx, browser(1), user(1), T2).await.unwrap();
    browsers::failure_since_present(&tx, browser(1), user(1)).await.unwrap();
    browsers::failure_since_present(&tx, browser(1), user(1)).await.unwrap();
    tx.commit().await.unwrap();
    let since = |n| OfferHistory { present: Some(T2), failures_since_present: n, ..OfferHistory::default() };
    assert_eq!(account(&db, 1, 1).await.unwrap().offers, since(2));
    assert_eq!(here(&db, 1, 1).await, Some(Here { worked: Some(T0), ..Here::default() }));
    assert_eq!(here(&db, 1, 2).await, Some(Here::default()));
    // Of another account, and in another browser, it says nothing.
    assert_eq!(here(&db, 1, 3).await.unwrap().failures, 1);
    assert_eq!(here(&db, 2, 2).await.unwrap().absent, Some(T1));

    let tx = db.write().await.unwrap();
    browsers::present(&tx, browser(1), user(1), T2).await.unwrap();
    browsers::present(&tx, browser(2), user(2), T2).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(account(&db, 1, 1).await.unwrap().offers, since(0));
    assert_eq!(account(&db, 2, 2).await.unwrap().offers, since(0));
}

#[tokio::test]
async fn an_offer_is_put_off_and_only_a_refusal_counts() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::first_seen(&tx, browser(1), user(1), T0).await.unwrap();
    browsers::first_seen(&tx, browser(1), user(2), T0).await.unwrap();
    browsers::offer_paused(&tx, browser(1), user(1), T1, true).await.unwrap();
    browsers::offer_paused(&tx, browser(1), user(1), T1, true).await.unwrap();
    browsers::offer_paused(&tx, browser(1), user(1), T2, false).await.unwrap();
    tx.commit().await.unwrap();
    let paused = OfferHistory { declined: 2, paused_until: Some(T2), ..OfferHistory::default() };
    assert_eq!(account(&db, 1, 1).await.unwrap().offers, paused);
    assert_eq!(account(&db, 1, 2).await.unwrap().offers, OfferHistory::default());

    let tx = db.write().await.unwrap();
    browsers::offer_accepted(&tx, browser(1), user(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(account(&db, 1, 1).await.unwrap().offers, OfferHistory::default());
}

#[tokio::test]
async fn a_forgotten_browser_knows_nothing_and_the_passkeys_stay() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    for b in [1, 2] {
        browsers::mark_known(&tx, browser(b), user(1), b"mark", T0).await.unwrap();
        browsers::worked(&tx, browser(b), passkey(1), T0).await.unwrap();
    }
    browsers::forget(&tx, browser(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(browsers::find_by_token(db.read(), &token_hash(1)).await.unwrap(), None);
    assert_eq!(account(&db, 1, 1).await, None);
    assert_eq!(here(&db, 1, 1).await, None);
    assert!(account(&db, 2, 1).await.is_some());
    assert!(here(&db, 2, 1).await.is_some());
    assert_eq!(passkeys::of_user(db.read(), user(1)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn of_what_does_not_exist_nothing_is_remembered() {
    let (_database, db) = two_people().await;
    for (b, p) in [(1, 99), (99, 1)] {
        let tx = db.write().await.unwrap();
        assert!(browsers::worked(&tx, browser(b), passkey(p), T0).await.is_err());
        drop(tx);
        let tx = db.write().await.unwrap();
        assert!(browsers::first_seen(&tx, browser(b), user(p), T0).await.is_err());
    }
    db.read().execute_unprepared("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn what_is_printed_does_not_hold_the_mark() {
    let (_database, db) = two_people().await;
    let tx = db.write().await.unwrap();
    browsers::mark_known(&tx, browser(1), user(1), &[201, 202, 203], T0).await.unwrap();
    tx.commit().await.unwrap();
    let text = format!("{:?}", account(&db, 1, 1).await);
    assert!(!text.contains("201"), "{text}");
}

async fn account(db: &Db, b: u128, u: u128) -> Option<BrowserAccount> {
    known(db.read(), b, u).await.here
}

async fn here(db: &Db, b: u128, p: u128) -> Option<Here> {
    let owner = if p == 3 { 2 } else { 1 };
    known(db.read(), b, owner).await.memory.remove(&passkey(p))
}
