//! Codes: six digits by mail, or one of those that a person keeps. What is stored of either is a keyed hash.

use super::announce::address;
use super::audit;
use super::evidence::strike_key;
use super::sessions::Say;
use super::throttle::{self, Counted};
use crate::server::db::known::SavedCodes;
use crate::server::db::users::{CodeKind, User};
use crate::server::db::{self, StandIn, WriteTx};
use crate::server::mail;
use crate::server::present::CodeProblem;
use crate::server::random;
use crate::server::visit::Visit;
use domain::audit::Event;
use domain::ids::{SessionId, UserId};
use domain::time::{HOUR, MINUTE, Millis};
use http::StatusCode;
use sea_orm::{ConnectionTrait, DbErr};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// How long a mailed code is good, in milliseconds.
pub const GOOD_FOR: i64 = 10 * MINUTE;
/// How often a mailed code may be tried.
const MOST_TRIES: u32 = 5;
/// Codes in a set that a person keeps.
const SET: u8 = 10;
/// The letters of such a code (Crockford's Base32): none that looks like another one.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Its length: 80 bits.
const LENGTH: usize = 16;
/// After a code of one kind has set the password, another code of that kind vouches for nothing more for so long, in
/// milliseconds. Whoever holds only the mailbox, or only the sheet, has one proof and not two; the owner was told and has
/// the time to object.
const ONE_KIND: i64 = 24 * HOUR;

/// What a code is for; a code for one thing is no code for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// A session, in place of passkey and password.
    SignIn,
    /// Beside the password, before a new passkey.
    Confirm,
    /// The address belongs to this person.
    Address,
    /// A new password in place of a forgotten one.
    Reset,
    /// An account that is made with this address.
    SignUp,
    /// The address is to be the name of an account.
    NewAddress,
}

/// Which kinds of code could be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    pub mailed: bool,
    pub saved: bool,
}

impl Ways {
    /// Whether there is any.
    #[must_use]
    pub fn any(self) -> bool {
        self.mailed || self.saved
    }

    /// Whether a code of this kind is one.
    #[must_use]
    pub fn has(self, kind: CodeKind) -> bool {
        match kind {
            CodeKind::Mailed => self.mailed,
            CodeKind::Saved => self.saved,
        }
    }
}

/// What somebody typed, as it is compared.
pub struct Typed {
    what: For,
    kind: CodeKind,
    /// Of the mailed code that is waited for.
    key: [u8; 32],
    hash: [u8; 32],
}

impl Typed {
    /// Whether it looks like a code that was mailed.
    #[must_use]
    pub fn is_mailed(&self) -> bool {
        self.kind == CodeKind::Mailed
    }
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Right(CodeKind),
    Wrong,
    /// No code is waited for any more: too old, tried too often, or replaced.
    Void,
    /// Too many tries; seconds to wait.
    Blocked(u32),
}

/// Which codes would be another proof for this account beside its password.
#[must_use]
pub fn ways(user: &User, saved: SavedCodes, now: Millis) -> Ways {
    let vouches = |kind| user.password_by != Some(kind) || now.since(user.password_changed_at) >= ONE_KIND;
    Ways {
        mailed: user.verified_at.is_some() && address(user).is_some() && vouches(CodeKind::Mailed),
        saved: vouches(CodeKind::Saved) && saved.left > 0,
    }
}

/// Who is mailed what. Without `to` nobody is, and everything else happens all the same.
pub struct Letter<'a> {
    pub what: For,
    /// The flow or session that the code is for.
    pub of: Uuid,
    /// By which mails are counted.
    pub identifier_key: &'a str,
    pub known_browser: bool,
    /// Whom the code lets in.
    pub user: Option<UserId>,
    pub to: Option<String>,
    /// Where an address is asked for that somebody has: it is they who are written to, and nobody learns the code.
    pub owner: Option<UserId>,
}

/// Mails a code, in the transaction of the step. Returns the seconds to wait where too many went out lately; then none did.
///
/// # Errors
/// When the database refuses.
pub async fn mail(visit: &Visit, tx: &WriteTx, letter: Letter<'_>) -> Result<Option<u32>, DbErr> {
    let count = letter.what.mails(visit, letter.identifier_key, letter.known_browser);
    // Locked, so that of many at once no more go out than one after the other.
    let waits = throttle::blocked_now(tx, &count, visit.now).await?;
    if waits.is_some() {
        return Ok(waits);
    }
    throttle::failed(tx, &count, visit.now).await?;
    let session = letter.what.session(letter.of);
    let whose = letter.user.or(letter.owner);
    audit::of_whoever(visit, tx, letter.what.asked_for(), Some(letter.identifier_key), whose, session).await?;
    let code = six_digits();
    let key = key(visit, letter.what, letter.of);
    let expires = visit.now.plus(GOOD_FOR);
    let hash = mailed_hash(visit, &key, letter.identifier_key, &code);
    let nobody = StandIn::of(&strike_key(visit, letter.identifier_key));
    db::mailed_codes::issue(tx, &key, letter.user, nobody, &hash, expires).await?;
    let (presenter, platform) = (&visit.app.presenter, visit.environment().platform);
    let origin = visit.app.settings.relying_party.origin.origin().ascii_serialization();
    // For nobody too: to find the words takes its time.
    let to = letter.to.unwrap_or_default();
    let mail = match letter.owner {
        Some(_) => presenter.taken_mail(&to, letter.what, platform, &origin),
        None => presenter.code_mail(&to, letter.what, &code, GOOD_FOR, platform),
    };
    mail::put(&visit.app, tx, &mail, visit.now, expires).await?;
    Ok(None)
}

/// Whether a code is waited for in this flow or session.
///
/// # Errors
/// When the database does not answer.
pub async fn is_waited_for<C: ConnectionTrait>(visit: &Visit, c: &C, what: For, of: Uuid) -> Result<bool, DbErr> {
    db::mailed_codes::is_waited_for(c, &key(visit, what, of), visit.now).await
}

/// Reads what somebody typed: six digits are a mailed code, everything else is one that was kept. A mailed one is a code for
/// this identifier only, whatever the flow or session was about when it was mailed. Some keyboards type other digits, and mean these.
#[must_use]
pub fn read(visit: &Visit, what: For, of: Uuid, user: Option<UserId>, identifier_key: &str, text: &str) -> Typed {
    let plain: String = text.chars().map(in_ascii).filter(char::is_ascii_alphanumeric).take(2 * LENGTH).collect();
    let key = key(visit, what, of);
    if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Typed { what, kind: CodeKind::Mailed, key, hash: mailed_hash(visit, &key, identifier_key, &plain) };
    }
    let meant: String = plain.to_ascii_uppercase().replace('O', "0").replace(['I', 'L'], "1");
    // Nobody's codes have the id of nobody.
    let user = user.unwrap_or(UserId(Uuid::nil()));
    Typed { what, kind: CodeKind::Saved, key, hash: saved_hash(visit, user, &meant) }
}

/// A wide letter or digit (U+FF01 to U+FF5E), or a digit of the Arabic, the Persian or the Devanagari keyboard, as what it means. Not
/// normalised beyond that: a mark behind a letter would make another letter of it, and here it only stands in between.
fn in_ascii(letter: char) -> char {
    let digit = |zero: char| char::from_digit(u32::from(letter) - u32::from(zero), 10).unwrap_or(letter);
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{660}'..='\u{669}' => digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit('\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit('\u{966}'),
        other => other,
    }
}

/// Whether a code is right. Counts the try; does not use the code up.
///
/// # Errors
/// When the database refuses.
pub async fn check(
    visit: &Visit,
    tx: &WriteTx,
    typed: &Typed,
    user: Option<UserId>,
    identifier_key: &str,
    known_browser: bool,
) -> Result<Checked, DbErr> {
    let count = typed.what.tries(visit, identifier_key, known_browser);
    // Eighty bits are not guessed, and no stranger keeps their owner from them.
    let count = if typed.kind == CodeKind::Saved { count.of_networks() } else { count };
    // Locked, so that of many at once no more count than one after the other.
    if let Some(seconds) = throttle::blocked_now(tx, &count, visit.now).await? {
        return Ok(Checked::Blocked(seconds));
    }
    let is_right = match typed.kind {
        CodeKind::Mailed => match db::mailed_codes::count_try(tx, &typed.key, MOST_TRIES, visit.now).await? {
            None => {
                // A try that could not be right counts like any other, so that no more of them are written down.
                throttle::failed(tx, &count, visit.now).await?;
                return Ok(Checked::Void);
            }
            Some(hash) => bool::from(hash.as_slice().ct_eq(&typed.hash)),
        },
        CodeKind::Saved => db::saved_codes::is_good(tx, user.unwrap_or(UserId(Uuid::nil())), &typed.hash).await?,
    };
    if is_right {
        return Ok(Checked::Right(typed.kind));
    }
    throttle::failed(tx, &count, visit.now).await?;
    Ok(Checked::Wrong)
}

/// A right code was not used up, as the step was refused for another reason: its try is not one of the few.
///
/// # Errors
/// When the database refuses.
pub async fn give_try_back(tx: &WriteTx, typed: &Typed) -> Result<(), DbErr> {
    match typed.kind {
        CodeKind::Mailed => db::mailed_codes::give_try_back(tx, &typed.key, &typed.hash).await,
        // Their tries are not counted while they are right.
        CodeKind::Saved => Ok(()),
    }
}

/// Writes down that a code did not count, in the transaction that counted the try. One that nobody looked at, as there were too
/// many before, is not written down: no more than a password is.
///
/// # Errors
/// When the database refuses.
pub async fn note_refusal(
    visit: &Visit,
    tx: &WriteTx,
    checked: Checked,
    (what, of): (For, Uuid),
    user: Option<UserId>,
    identifier_key: &str,
) -> Result<(), DbErr> {
    if let Checked::Blocked(_) = checked {
        return Ok(());
    }
    audit::of_whoever(visit, tx, Event::CodeRefused, Some(identifier_key), user, what.session(of)).await
}

/// What to say to a code that did not count.
#[must_use]
pub fn refusal(checked: Checked) -> (Say, StatusCode) {
    match checked {
        Checked::Wrong => (Say::CodeWrong, StatusCode::UNAUTHORIZED),
        // A right one that could not be used up was used a moment ago.
        Checked::Right(_) | Checked::Void => (Say::CodeVoid, StatusCode::UNAUTHORIZED),
        Checked::Blocked(seconds) => (Say::Blocked { seconds }, StatusCode::TOO_MANY_REQUESTS),
    }
}

/// As [`refusal`], for the pages before a session.
pub fn problem(visit: &mut Visit, checked: Checked) -> (CodeProblem, StatusCode) {
    match refusal(checked) {
        (Say::CodeWrong, status) => (CodeProblem::Wrong, status),
        (Say::Blocked { seconds }, status) => {
            throttle::told_to_wait(visit, seconds);
            (CodeProblem::Blocked { seconds: seconds.into() }, status)
        }
        (_, status) => (CodeProblem::Void, status),
    }
}

/// Uses a right code up, in the transaction of what it is for. False: somebody was faster.
///
/// # Errors
/// When the database refuses.
pub async fn spend(
    visit: &Visit,
    tx: &WriteTx,
    typed: &Typed,
    user: UserId,
    identifier_key: &str,
    known_browser: bool,
) -> Result<bool, DbErr> {
    let spent = match typed.kind {
        CodeKind::Mailed => db::mailed_codes::spend(tx, &typed.key, &typed.hash).await?,
        CodeKind::Saved => db::saved_codes::spend(tx, user, &typed.hash, visit.now).await?,
    };
    if spent {
        for count in [For::tries, For::mails] {
            throttle::clear(tx, &count(typed.what, visit, identifier_key, known_browser)).await?;
        }
    }
    Ok(spent)
}

/// From which a set of codes follows, together with the root key; by itself it tells nothing.
pub type Seed = [u8; 32];

/// The codes of a seed, as people read them.
#[must_use]
pub fn of_seed(visit: &Visit, user: UserId, seed: &Seed) -> Vec<String> {
    (0..SET)
        .map(|at| {
            let bytes = visit.app.sealer.hash("saved code", &[user.0.as_bytes(), seed, &[at]]);
            let letters: Vec<u8> = bytes.iter().take(LENGTH).map(|byte| LETTERS[usize::from(byte % 32)]).collect();
            let groups = letters.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
            groups.collect::<Vec<_>>().join("-")
        })
        .collect()
}

/// Gives the account a new set of codes, and tells from which seed they follow.
///
/// # Errors
/// When the database refuses.
pub async fn replace(visit: &Visit, tx: &WriteTx, user: UserId) -> Result<Seed, DbErr> {
    let seed = random::bytes();
    let hashes = of_seed(visit, user, &seed).into_iter().map(|code| {
        let hash = saved_hash(visit, user, &code.replace('-', ""));
        (random::uuid(), hash.to_vec())
    });
    db::saved_codes::replace(tx, user, hashes.collect(), visit.now).await?;
    Ok(seed)
}

/// Under which a code is waited for, and what is to be done once it has come back.
#[must_use]
pub fn key(visit: &Visit, what: For, of: Uuid) -> [u8; 32] {
    visit.app.sealer.hash("mailed code for", &[what.name(), of.as_bytes(), &visit.browser_hash()])
}

fn mailed_hash(visit: &Visit, key: &[u8; 32], identifier_key: &str, code: &str) -> [u8; 32] {
    visit.app.sealer.hash("mailed code", &[key, identifier_key.as_bytes(), code.as_bytes()])
}

fn saved_hash(visit: &Visit, user: UserId, code: &str) -> [u8; 32] {
    visit.app.sealer.hash("saved code, stored", &[user.0.as_bytes(), code.as_bytes()])
}

/// The rest of a division by a million favours nothing that anybody could notice: 2^64 is large.
fn six_digits() -> String {
    format!("{:06}", u64::from_be_bytes(random::bytes()) % 1_000_000)
}

impl For {
    fn name(self) -> &'static [u8] {
        match self {
            Self::SignIn => b"sign in",
            Self::Confirm => b"confirm",
            Self::Address => b"address",
            Self::Reset => b"reset",
            Self::SignUp => b"sign-up",
            Self::NewAddress => b"new-address",
        }
    }

    /// The session that such a code is for; who signs in or up, or has forgotten a password, has none yet.
    fn session(self, of: Uuid) -> Option<SessionId> {
        (!matches!(self, Self::SignIn | Self::Reset | Self::SignUp)).then_some(SessionId(of))
    }

    /// What is written down when one is asked for.
    fn asked_for(self) -> Event {
        if self == Self::SignUp { Event::SignUpAskedFor } else { Event::CodeAskedFor }
    }

    /// By which its mails are counted.
    fn mails(self, visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
        match self {
            Self::SignUp | Self::NewAddress => throttle::sign_up_key(visit, Some(identifier_key)),
            Self::Confirm | Self::Address => throttle::mail_key_inside(visit, identifier_key, known_browser),
            Self::SignIn | Self::Reset => throttle::mail_key(visit, identifier_key, known_browser),
        }
    }

    /// By which its tries are counted.
    fn tries(self, visit: &Visit, identifier_key: &str, known_browser: bool) -> Counted {
        match self {
            Self::SignUp | Self::NewAddress => throttle::sign_up_code_key(visit, identifier_key),
            Self::Confirm | Self::Address => throttle::code_key_inside(visit, identifier_key, known_browser),
            Self::SignIn | Self::Reset => throttle::code_key(visit, identifier_key, known_browser),
        }
    }
}
