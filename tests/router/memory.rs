//! What a browser remembers of an account is kept by the database here, and by the crate `domain` where the simulation runs: the same
//! writes leave the same behind in both, whatever comes after whatever.

use crate::app::TestApp;
use crate::ghosts::{ghost_on_a_mac, haunted};
use crate::person::Person;
use domain::identifier::Identifier;
use domain::ids::{PasskeyId, SessionId, UserId};
use domain::intelligence::{Evidence, Here};
use domain::memory::Memory;
use domain::platform::Platform;
use domain::provider::Aaguid;
use domain::time::{HOUR, Millis};
use domain::write::Write;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use keymend::server::db::heals::{self, NewHeal};
use keymend::server::db::passkeys::{self, Added, NewPasskey, Use};
use keymend::server::db::users;
use keymend::server::services::evidence::{Known, gather, gather_of};
use keymend::server::services::perform::perform;
use keymend::server::visit::Visit;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy as _, any, prop_oneof};
use proptest::sample::{select, subsequence};
use proptest::strategy::{BoxedStrategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use uuid::Uuid;

/// Steps of one browser.
const STEPS: usize = 300;

/// What is written at once, so long after the step before.
type Step = (i64, Vec<Write>);

/// The strikes of a step change once, and beside them so many things of the others.
fn steps(passkeys: Vec<PasskeyId>, now: Millis, most: usize) -> BoxedStrategy<Vec<Step>> {
    let one = select(passkeys.clone());
    let some = subsequence(passkeys.clone(), 0..=passkeys.len());
    let strikes = prop_oneof![
        Just(None),
        (0_u32..3_000).prop_map(|points| Some(Write::Strike(points))),
        Just(Some(Write::ClearStrikes)),
    ];
    let until = (0..200 * HOUR).prop_map(move |later| now.plus(later));
    let other = prop_oneof![
        some.clone().prop_map(Write::Failed),
        some.clone().prop_map(Write::Failed),
        (one.clone(), any::<bool>()).prop_map(|(passkey, here)| Write::Worked { passkey, here }),
        one.prop_map(|passkey| Write::Created { passkey }),
        Just(Write::PresentHere),
        some.prop_map(Write::AbsentHere),
        Just(Write::KnownBrowser),
        (until, any::<bool>()).prop_map(|(until, declined)| Write::OfferPaused { until, declined }),
        Just(Write::OfferAccepted),
    ];
    let writes =
        (strikes, vec(other, 0..=most)).prop_map(|(strikes, others)| strikes.into_iter().chain(others).collect());
    vec((0..6 * HOUR, writes), STEPS).boxed()
}

fn visit(app: &TestApp, person: &Person) -> Visit {
    let cookie = format!("browser={}", person.browser.cookie("browser").unwrap());
    Visit::read(&app.app(), &HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(&cookie).unwrap())]), None)
}

/// What the server knows of whoever it is. Without what no write of a decision tells: when a passkey signed in last is written with its
/// counter.
async fn known(visit: &Visit, who: &Identifier) -> (Option<UserId>, Evidence) {
    let found = gather(visit, visit.app.db.read(), who).await.unwrap();
    (found.account.user().map(|user| user.id), without_last_uses(found.evidence))
}

fn without_last_uses(mut evidence: Evidence) -> Evidence {
    evidence.passkeys.iter_mut().for_each(|passkey| passkey.used = None);
    evidence
}

/// In the browser of this person, of whoever the identifier is. Returns what was known after each step.
async fn remembers_the_same(app: &TestApp, person: &Person, most: usize) -> Vec<Evidence> {
    let who = Identifier::parse(&person.identifier).unwrap();
    let (user, before) = known(&visit(app, person), &who).await;
    let now = app.now();
    let mut memory = match user {
        Some(_) => Memory::of(before.clone(), now),
        None => Memory::of_ghost(before.clone(), now),
    };
    let passkeys = before.passkeys.iter().map(|passkey| passkey.id).collect();
    let steps = steps(passkeys, now, most).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let mut all = Vec::new();
    for (number, (pause, writes)) in steps.into_iter().enumerate() {
        app.wait(pause);
        let visit = visit(app, person);
        let (_, evidence) = known(&visit, &who).await;
        let tx = visit.app.db.write().await.unwrap();
        perform(&visit, &tx, &who, user, &evidence, &writes).await.unwrap();
        tx.commit().await.unwrap();
        memory.perform(&writes, visit.now);
        let (_, after) = known(&visit, &who).await;
        assert_eq!(
            after,
            without_last_uses(memory.evidence(visit.now)),
            "step {number}: {writes:?} after {evidence:?}"
        );
        all.push(after);
    }
    all
}

/// Three passkeys, of which one was made here; nothing signs in with the others.
async fn has_three(app: &TestApp, person: &mut Person) {
    person.settles_in().await;
    let db = app.app().db.clone();
    let user = users::find_by_key(db.read(), &person.identifier).await.unwrap().unwrap().id;
    let tx = db.write().await.unwrap();
    for n in 1..=2 {
        let new = NewPasskey {
            id: PasskeyId(Uuid::from_u128(n)),
            user,
            credential_id: vec![7; usize::try_from(n).unwrap()],
            passkey: String::new(),
            name: String::new(),
            aaguid: Aaguid::default(),
            transports: String::new(),
            attachment: None,
            backup_eligible: true,
            backed_up: true,
            created_on: Platform::Windows,
            created_browser: None,
            now: app.now(),
        };
        assert_eq!(passkeys::add(&tx, new).await.unwrap(), Added::Added);
    }
    tx.commit().await.unwrap();
}

/// Somebody with three passkeys, in their own browser and in one where they have not signed in yet.
async fn ada_and_her_phone(app: &TestApp) -> (Person, Person, Identifier) {
    let mut ada = app.person("ada");
    has_three(app, &mut ada).await;
    let mut phone = ada.elsewhere(app);
    phone.opens("/sign-in").await;
    (ada, phone, Identifier::parse("ada").unwrap())
}

#[tokio::test]
async fn where_an_account_is_known_the_database_and_the_memory_of_the_simulation_are_the_same() {
    let app = TestApp::start().await;
    let mut ada = app.person("ada");
    has_three(&app, &mut ada).await;
    let all = remembers_the_same(&app, &ada, 2).await;
    let every: [fn(&Evidence) -> bool; 7] = [
        |known| known.strikes > 0,
        |known| known.offers.present.is_some() && known.offers.failures_since_present > 1,
        |known| known.offers.declined > 1 && known.offers.paused_until.is_some(),
        |known| known.passkeys.iter().any(|passkey| passkey.here.failures > 1),
        |known| known.passkeys.iter().any(|passkey| passkey.here.worked.is_some()),
        |known| known.passkeys.iter().any(|passkey| passkey.here.across.is_some()),
        |known| known.passkeys.iter().any(|passkey| passkey.here.absent.is_some()),
    ];
    for (number, what) in every.into_iter().enumerate() {
        assert!(all.iter().any(what) && !all.iter().all(what), "number {number} comes or goes");
    }
}

/// One thing at a time: what the first sign-in in a browser writes is read anew before the next.
#[tokio::test]
async fn in_a_new_browser_they_are_the_same_from_the_first_step() {
    let app = TestApp::start().await;
    let (_, phone, who) = ada_and_her_phone(&app).await;
    assert_eq!(known(&visit(&app, &phone), &who).await.1.first_seen, None);
    let all = remembers_the_same(&app, &phone, 1).await;
    assert!(all[0].first_seen.is_none() && all[STEPS - 1].first_seen.is_some());
    assert!(!all[0].known_browser && all[STEPS - 1].known_browser);
}

#[tokio::test]
async fn of_nobody_they_remember_the_strikes_alone() {
    let app = haunted().await;
    let mut ghost = app.person(&ghost_on_a_mac(&app, 20).await);
    ghost.opens("/sign-in").await;
    let all = remembers_the_same(&app, &ghost, 2).await;
    assert!(all.iter().any(|known| known.strikes > 0) && all.iter().any(|known| known.strikes == 0));
    for known in all {
        assert!(known.first_seen.is_none() && !known.passkeys.is_empty(), "{known:?}");
        assert!(known.passkeys.iter().all(|passkey| passkey.here == Here::default()), "{known:?}");
    }
}

/// The page of a sign-in with a passkey is made of what was known before it and of what it wrote, and nobody asks again.
#[tokio::test]
async fn what_follows_from_a_sign_in_is_what_is_found_after_it() {
    let app = TestApp::start().await;
    let (ada, phone, who) = ada_and_her_phone(&app).await;
    let user = users::find_by_key(app.app().db.read(), "ada").await.unwrap().unwrap().id;
    let shown = |known: &Known| {
        let rows = known.account.passkeys().unwrap().to_vec();
        (known.evidence.clone(), rows, known.unconfirmed.clone(), known.told_at)
    };
    let mut unconfirmed = 0;
    for (number, person) in [&ada, &phone, &ada, &phone, &phone, &ada].into_iter().enumerate() {
        app.wait(HOUR);
        let visit = visit(&app, person);
        let tx = visit.app.db.write().await.unwrap();
        let before = gather_of(&visit, &tx, &who, user).await.unwrap().unwrap();
        let all: Vec<_> = before.evidence.passkeys.iter().map(|passkey| passkey.id).collect();
        let failed = [Write::Strike(1_500), Write::Failed(all.clone()), Write::AbsentHere(all.clone())];
        perform(&visit, &tx, &who, Some(user), &before.evidence, &failed).await.unwrap();
        let passkey = all[number % 3];
        let (id, why) = (Uuid::from_u128(number as u128), "after-error".to_owned());
        let heal = NewHeal { id, user, browser: visit.browser, passkey, why, failed_at: None, now: visit.now };
        heals::start(&tx, heal).await.unwrap();
        tx.commit().await.unwrap();

        app.wait(HOUR);
        let visit = self::visit(&app, person);
        let known = gather_of(&visit, visit.app.db.read(), &who, user).await.unwrap().unwrap();
        unconfirmed += known.unconfirmed.len();
        let writes = [Write::Worked { passkey, here: number % 2 == 0 }, Write::ClearStrikes, Write::KnownBrowser];
        let text = format!("{number}");
        let changed = (number > 2).then_some(text.as_str());
        let used = Use { changed, backed_up: number % 2 == 1, now: visit.now, on: Platform::MacOs };
        let tx = visit.app.db.write().await.unwrap();
        passkeys::used(&tx, passkey, &used).await.unwrap();
        perform(&visit, &tx, &who, Some(user), &known.evidence, &writes).await.unwrap();
        heals::confirm(&tx, passkey, SessionId(Uuid::from_u128(7)), visit.now).await.unwrap();
        tx.commit().await.unwrap();
        let found = gather_of(&visit, visit.app.db.read(), &who, user).await.unwrap().unwrap();
        assert_ne!(shown(&known), shown(&found));
        assert_eq!(shown(&known.after_passkey(passkey, &used, &writes)), shown(&found), "number {number}");
    }
    assert!(unconfirmed > 0);
}
