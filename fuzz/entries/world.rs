//! An installation for the entries that need one: in memory, with one account, and the same in every run, so that what
//! was found once is found again.

use super::answers;
use domain::ceremony::Purpose;
use domain::healing::Healing;
use domain::identifier::Identifier;
use domain::ids::{FlowId, PasskeyId, SessionId, UserId};
use domain::intelligence::Trail;
use domain::platform::Platform;
use domain::sign_in;
use domain::time::{HOUR, Millis};
use http::{HeaderMap, HeaderValue, header};
use keymend::server::clock::ManualClock;
use keymend::server::cookies::{Cookie, token_text};
use keymend::server::db::notices::NewNotice;
use keymend::server::db::passkeys::{Added, NewPasskey, PasskeyRow};
use keymend::server::db::sessions::NewSession;
use keymend::server::db::users::{Created, NewUser};
use keymend::server::db::{self, WriteTx};
use keymend::server::mail::Mail;
use keymend::server::random::Token;
use keymend::server::seal::Purpose as Seal;
use keymend::server::services::announce::{News, token_hash};
use keymend::server::services::ceremonies::{self, How, NewPasskeyFor, Sealed};
use keymend::server::services::codes::{self, Checked, For, Letter};
use keymend::server::services::sessions::HealingFlow;
use keymend::server::state::App;
use keymend::server::visit::{Flow, Visit, session_hash};
use keymend::server::{config, present::Minted};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use std::sync::{Arc, LazyLock};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

pub const ORIGIN: &str = "https://login.example.org";
/// Where people may be led back to.
pub const LISTED: &str = "https://app.example.org";
pub const ADDRESS: &str = "ada@example.org";

const SETTINGS: &str = r#"
    [database]
    url = "sqlite::memory:"
    [relying_party]
    id = "example.org"
    origin = "https://login.example.org"
    return_to = ["https://app.example.org"]
    [server]
    root_key = "0707070707070707070707070707070707070707070707070707070707070707"
"#;

const NOW: Millis = Millis(1_800_000_000_000);
const ADA: UserId = UserId(Uuid::from_u128(1));
const PASSKEY: PasskeyId = PasskeyId(Uuid::from_u128(2));
const SESSION: SessionId = SessionId(Uuid::from_u128(3));
/// Of her session and of everything before it.
const FLOW: FlowId = FlowId(Uuid::from_u128(4));
const NOTICE: Uuid = Uuid::from_u128(5);
/// What WebAuthn calls her.
pub const HANDLE: Uuid = Uuid::from_u128(6);

const BROWSER_TOKEN: Token = [1; 32];
const SESSION_TOKEN: Token = [2; 32];
/// In the link of a mail.
const NOTICE_TOKEN: Token = [3; 32];

pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// The installation, and what is known of the account in it.
pub struct World {
    runtime: Runtime,
    pub app: App,
    /// Ceremonies that wait for an answer to [`answers::CHALLENGE`].
    pub creation: Sealed,
    pub assertion: Sealed,
    /// The passkey of the account.
    pub row: PasskeyRow,
    /// A code that was mailed, and one that is kept.
    pub codes: [String; 2],
    /// What stands in a request for what is another thing in every run, and that thing.
    stand_ins: Vec<(&'static str, String)>,
    /// Makes the database again what it was.
    restore: String,
}

impl World {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut loaded = config::parse(SETTINGS, "the settings").unwrap();
        // Of no file is it asked what it says.
        loaded.leptos.site_root = "nowhere".into();
        let app = runtime.block_on(App::start_with(loaded, Arc::new(ManualClock::new(NOW)))).unwrap();
        let visit = Visit::read(&app, &headers(true), None);
        let who = NewPasskeyFor { handle: HANDLE, name: ADDRESS, exclude: &[], this_device: false };
        let creation = ceremonies::mint_create(&visit, FLOW, &who).unwrap();
        let creation = waiting(&visit, Purpose::Create, &creation, "rs");
        let get = |purpose| {
            let minted = ceremonies::mint_get(&visit, purpose, FLOW, &[], How::OnClick).unwrap();
            waiting(&visit, purpose, &minted, "ast")
        };
        let assertion = get(Purpose::SignIn);
        let (row, codes) = runtime.block_on(settle_in(&visit, &creation));
        let seal = |ceremony: &Sealed| app.sealer.seal(Seal::Ceremony, &visit.bearer(), 2_048, ceremony).unwrap();
        let stand_ins = vec![
            ("{flow}", app.sealer.seal(Seal::Flow, &visit.bearer(), 2_048, &flow(&visit)).unwrap()),
            ("{create}", seal(&creation)),
            ("{sign-in}", seal(&assertion)),
            ("{anyone}", seal(&get(Purpose::Anyone))),
            ("{verify}", seal(&get(Purpose::Verify))),
            ("{mailed}", codes[0].clone()),
            ("{saved}", codes[1].clone()),
        ];
        let restore = runtime.block_on(keep(&app));
        Self { runtime, app, creation, assertion, row, codes, stand_ins, restore }
    }

    /// A request with what its words in braces stand for: her flow, ceremonies that wait, and codes.
    pub fn fill_in(&self, mut request: Vec<u8>) -> Vec<u8> {
        for (name, text) in &self.stand_ins {
            while let Some(at) = request.windows(name.len()).position(|part| part == name.as_bytes()) {
                request.splice(at..at + name.len(), text.bytes());
            }
        }
        request
    }

    /// What a step answers, and whether somebody is in Ada's account after it who was not before. All that it did is
    /// undone.
    pub fn undone<F: Future>(&self, step: F) -> (F::Output, bool) {
        self.wait(async {
            let before = self.app.db.jobs_and_commits();
            let answer = step.await;
            if self.app.db.jobs_and_commits() == before {
                return (answer, false);
            }
            let sessions = db::sessions::all_of_user(self.app.db.read(), ADA, 9).await.unwrap();
            let tx = self.app.db.write().await.unwrap();
            tx.execute_unprepared(&self.restore).await.unwrap();
            tx.commit().await.unwrap();
            (answer, sessions.iter().any(|(session, _)| session.id != SESSION))
        })
    }

    pub fn wait<F: Future>(&self, what: F) -> F::Output {
        self.runtime.block_on(what)
    }

    /// A request of Ada's browser, in her session or without.
    pub fn visit(&self, has_session: bool) -> Visit {
        Visit::read(&self.app, &headers(has_session), None)
    }

    /// What comes of a code that Ada types. It is no try that counts.
    pub fn check(&self, text: &str) -> Checked {
        let visit = self.visit(true);
        self.wait(async {
            let tx = self.app.db.write().await.unwrap();
            let typed = codes::read(&visit, For::Confirm, SESSION.0, Some(ADA), ADDRESS, text);
            codes::check(&visit, &tx, &typed, Some(ADA), ADDRESS, false).await.unwrap()
        })
    }
}

/// The cookies of Ada's browser, with her session or without.
pub fn headers(has_session: bool) -> HeaderMap {
    let session = if has_session { cookie(Cookie::Session, &SESSION_TOKEN) } else { String::new() };
    let cookies = format!("{}; {session}", cookie(Cookie::Browser, &BROWSER_TOKEN));
    HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&cookies).unwrap())])
}

fn cookie(cookie: Cookie, token: &Token) -> String {
    format!("{}={}", cookie.name(true), token_text(token))
}

/// A ceremony as it was begun, but for its challenge, which is the same in every run.
fn waiting(visit: &Visit, purpose: Purpose, minted: &Minted, state: &str) -> Sealed {
    let sealed = ceremonies::open(visit, purpose, FLOW, &minted.state).unwrap();
    let mut sealed = serde_json::to_value(&sealed).unwrap();
    assert_eq!(sealed["challenge"], sealed["state"][state]["challenge"]);
    sealed["challenge"] = answers::CHALLENGE.into();
    sealed["state"][state]["challenge"] = answers::CHALLENGE.into();
    serde_json::from_value(sealed).unwrap()
}

/// She has said who she is, and is asked for her passkey.
fn flow(visit: &Visit) -> Flow {
    let mut flow = Flow { id: FLOW, ..visit.new_flow() };
    let step = sign_in::Step::UsePasskey(sign_in::Prompt::OnClick);
    let said =
        serde_json::json!({ "step": step, "identifier": Identifier::parse(ADDRESS).ok(), "trail": Trail::default() });
    flow.sign_in = serde_json::from_value(said).unwrap();
    flow
}

/// Ada has an account with a passkey and codes, is signed in, and was told of something.
async fn settle_in(visit: &Visit, creation: &Sealed) -> (PasskeyRow, [String; 2]) {
    let app = &visit.app;
    let tx = app.db.write().await.unwrap();
    let user = NewUser {
        id: ADA,
        handle: HANDLE,
        identifier: ADDRESS.to_owned(),
        identifier_key: ADDRESS.to_owned(),
        password_hash: None,
        now: NOW,
    };
    assert_eq!(db::users::create(&tx, user).await.unwrap(), Created::Created);
    db::users::verify_address(&tx, ADA, NOW).await.unwrap();
    db::users::mark_had_passkey(&tx, ADA).await.unwrap();
    assert_eq!(db::passkeys::add(&tx, passkey(app, creation)).await.unwrap(), Added::Added);
    db::sessions::create(&tx, session(visit)).await.unwrap();
    let news = serde_json::to_string(&News::PasswordChanged).unwrap();
    let token_hash = token_hash(&NOTICE_TOKEN).to_vec();
    let notice = NewNotice { id: NOTICE, user: ADA, news, session: None, browser: None, token_hash, now: NOW };
    db::notices::add(&tx, notice).await.unwrap();
    let codes = [mailed(visit, &tx).await, saved(visit, &tx).await];
    tx.commit().await.unwrap();
    let row = db::passkeys::find(app.db.read(), PASSKEY).await.unwrap().unwrap();
    (row, codes)
}

/// Puts a copy of every table aside.
async fn keep(app: &App) -> String {
    let tx = app.db.write().await.unwrap();
    let all = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables = tx.query_all_raw(Statement::from_string(DbBackend::Sqlite, all)).await.unwrap();
    let mut restore = "PRAGMA defer_foreign_keys = ON;".to_owned();
    for table in tables {
        let table: String = table.try_get("", "name").unwrap();
        tx.execute_unprepared(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await.unwrap();
        restore += &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table};");
    }
    tx.commit().await.unwrap();
    restore
}

fn passkey(app: &App, creation: &Sealed) -> NewPasskey {
    let made = ceremonies::verify_created(&app.webauthn, creation, answers::right_creation()).unwrap();
    NewPasskey {
        id: PASSKEY,
        user: ADA,
        credential_id: made.credential_id,
        passkey: made.passkey,
        name: "A passkey".to_owned(),
        aaguid: made.aaguid,
        transports: serde_json::json!(made.transports).to_string(),
        attachment: made.attachment,
        backup_eligible: made.backup_eligible,
        backed_up: made.backed_up,
        created_on: Platform::MacOs,
        created_browser: None,
        now: NOW,
    }
}

fn session(visit: &Visit) -> NewSession {
    let healing = HealingFlow::new(Healing::done(), None);
    NewSession {
        id: SESSION,
        token_hash: session_hash(&SESSION_TOKEN).to_vec(),
        user: ADA,
        browser: visit.browser,
        flow: FLOW,
        healing: serde_json::to_string(&healing).unwrap(),
        password_at: None,
        passkey_at: Some(NOW),
        code_at: None,
        now: NOW,
        expires_at: NOW.plus(HOUR),
    }
}

/// A code that waits in her session; what it is stands in the mail alone.
async fn mailed(visit: &Visit, tx: &WriteTx) -> String {
    let letter = Letter {
        what: For::Confirm,
        of: SESSION.0,
        identifier_key: ADDRESS,
        known_browser: false,
        user: Some(ADA),
        to: Some(ADDRESS.to_owned()),
        owner: None,
    };
    assert_eq!(codes::mail(visit, tx, letter).await.unwrap(), None);
    let waiting = db::outbox::due(tx, NOW, 1).await.unwrap().remove(0);
    let mail: Mail = visit.app.sealer.open(Seal::Mail, waiting.id.as_bytes(), &waiting.mail).unwrap();
    let mut numbers = mail.text.split(|letter: char| !letter.is_ascii_digit());
    numbers.find(|number| number.len() == 6).unwrap().to_owned()
}

async fn saved(visit: &Visit, tx: &WriteTx) -> String {
    let seed = codes::replace(visit, tx, ADA).await.unwrap();
    codes::of_seed(visit, ADA, &seed).swap_remove(0)
}
