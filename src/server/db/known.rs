//! All that is known of an account in one browser, in one statement: a sign-in asks for it twice or more, and each statement
//! costs the way to the database and back. With a password, the limits are asked for along with it.

mod columns;

use super::browsers::BrowserAccount;
use super::challenges::{self, UNSPENT};
use super::passkeys::{self as stored, Accepted, ONE_MAY_COME, PasskeyRow};
use super::users::User;
use super::write_tx::together;
use super::writer::{About, Asks};
use super::{Db, StandIn, WriteTx, attempts, count, moment};
use crate::server::seal::digest;
use columns::{of_here, of_memory, of_passkey, of_strikes, of_user};
use domain::ids::{BrowserId, PasskeyId, SessionId, UserId};
use domain::intelligence::Here;
use domain::time::Millis;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Whose account.
#[derive(Clone, Copy, Debug)]
pub enum Whom<'a> {
    /// Of whoever has this comparable identifier.
    Key(&'a str),
    Id(UserId),
}

/// What is known. Without an account there are the strikes alone.
#[derive(Clone, Debug)]
pub struct Known {
    pub user: Option<User>,
    /// Those that the account can use, oldest first.
    pub passkeys: Vec<PasskeyRow>,
    /// What the browser remembers of them; one of which it remembers nothing is not in the map.
    pub memory: HashMap<PasskeyId, Here>,
    /// What the browser knows of the account; `None` if they never met.
    pub here: Option<BrowserAccount>,
    /// Strikes in thousandths, and when they were set.
    pub strikes: Option<(u32, Millis)>,
    pub saved_codes: SavedCodes,
    /// Those that a heal made, and that have not signed in since.
    pub unconfirmed: Vec<PasskeyId>,
    /// When the account was last told of something that was not done in this browser, and that nobody disowned.
    pub told_at: Option<Millis>,
}

/// The recovery codes of the present set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SavedCodes {
    pub made: u64,
    pub left: u64,
}

/// The rows of wrong passwords that count: in a browser that is known to the account, and in any other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits<'a> {
    pub known: Option<&'a [u8]>,
    pub others: [Option<&'a [u8]>; 3],
}

/// Until when no password is looked at, by those rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    pub known: Millis,
    pub others: Millis,
}

/// The same rows are looked for whether there is an account or not, so that the time does not tell.
struct Sql {
    by_key: String,
    by_id: String,
}

static ON_POSTGRES: LazyLock<Sql> = LazyLock::new(|| sql(NOBODY_ON_POSTGRES, "", ["$1", "$2", "$3", "$4", "$5"]));
/// Without numbers: it may go in one piece with others, which have values of their own before these.
static ON_SQLITE: LazyLock<Sql> = LazyLock::new(|| sql(NOBODY_ON_SQLITE, "", ["?"; 5]));
/// The same with [`Blocked`], whose values come after the first.
static LIMITED_ON_POSTGRES: LazyLock<Sql> =
    LazyLock::new(|| sql(NOBODY_ON_POSTGRES, &blocked(["$2", "$3", "$4", "$5"]), ["$1", "$6", "$7", "$8", "$9"]));
static LIMITED_ON_SQLITE: LazyLock<Sql> = LazyLock::new(|| sql(NOBODY_ON_SQLITE, &blocked(["?"; 4]), ["?"; 5]));

fn blocked([known, own, one, around]: [&str; 4]) -> String {
    format!(
        ", (SELECT max(a.blocked_until) FROM password_attempts AS a WHERE a.key = {known}), \
         (SELECT max(a.blocked_until) FROM password_attempts AS a WHERE a.key IN ({own}, {one}, {around}))"
    )
}

/// The values in their order: which browser, whose account, the same browser twice, the row of strikes.
fn sql(nobody: &str, blocked: &str, [told_in, whose, seen_in, met_in, strike]: [&str; 5]) -> Sql {
    let columns = [
        of_user::columns(USER),
        of_passkey::columns(PASSKEY),
        of_memory::columns(MEMORY),
        of_here::columns(HERE),
        of_strikes::columns(STRIKES),
    ];
    let [user, passkey] = [USER, PASSKEY].map(|table| format!("coalesce({table}.id, {nobody})"));
    let of = |whom| {
        format!(
            "SELECT {}, \
                (SELECT count(*) FROM saved_codes AS c WHERE c.user_id = {user}), \
                (SELECT count(c.used_at) FROM saved_codes AS c WHERE c.user_id = {user}), \
                (SELECT count(*) FROM heals AS w WHERE w.passkey_id = {passkey} AND w.confirmed_at IS NULL), \
                (SELECT max(n.created_at) FROM notices AS n WHERE n.user_id = {user} AND n.disowned_at IS NULL \
                    AND (n.browser_id IS NULL OR n.browser_id <> {told_in})){blocked} \
             FROM (SELECT 1 AS one) AS one \
             LEFT JOIN users AS {USER} ON {USER}.{whom} = {whose} \
             LEFT JOIN passkeys AS {PASSKEY} ON {PASSKEY}.user_id = {user} AND {PASSKEY}.removed_at IS NULL \
             LEFT JOIN browser_passkeys AS {MEMORY} ON {MEMORY}.browser_id = {seen_in} AND {MEMORY}.passkey_id = {passkey} \
             LEFT JOIN browser_accounts AS {HERE} ON {HERE}.browser_id = {met_in} AND {HERE}.user_id = {user} \
             LEFT JOIN strikes AS {STRIKES} ON {STRIKES}.key = {strike} \
             ORDER BY {PASSKEY}.created_at, {PASSKEY}.id",
            columns.join(", ")
        )
    };
    Sql { by_key: of("identifier_key"), by_id: of("id") }
}

/// The id that nobody has. What is no account's is looked for by it: by no id at all a database does not begin to look, which is
/// sooner done.
const NOBODY_ON_POSTGRES: &str = "uuid '00000000-0000-0000-0000-000000000000'";
const NOBODY_ON_SQLITE: &str = "x'00000000000000000000000000000000'";

const USER: &str = "u";
const PASSKEY: &str = "p";
const MEMORY: &str = "m";
const HERE: &str = "h";
const STRIKES: &str = "s";

/// What stands behind the tables, in this order.
const CODES_MADE: usize = columns::TO;
const CODES_USED: usize = CODES_MADE + 1;
const UNCONFIRMED: usize = CODES_USED + 1;
const TOLD_AT: usize = UNCONFIRMED + 1;
const BLOCKED_KNOWN: usize = TOLD_AT + 1;
const BLOCKED_OTHERS: usize = BLOCKED_KNOWN + 1;

/// All that is known of an account in this browser, as of one moment.
///
/// # Errors
/// The database fails.
pub async fn find(
    c: &impl ConnectionTrait,
    whom: Whom<'_>,
    browser: BrowserId,
    strike_key: &[u8],
) -> Result<Known, DbErr> {
    read(&c.query_all_raw(question(c.get_database_backend(), whom, browser, strike_key, None)).await?)
}

/// As [`find`], with the limits of passwords in the same statement.
///
/// # Errors
/// The database fails.
pub async fn find_with_limits(
    c: &impl ConnectionTrait,
    whom: Whom<'_>,
    browser: BrowserId,
    strike_key: &[u8],
    limits: Limits<'_>,
) -> Result<(Known, Blocked), DbErr> {
    let rows = c.query_all_raw(question(c.get_database_backend(), whom, browser, strike_key, Some(limits))).await?;
    Ok((read(&rows)?, blocked_by(&rows)?))
}

fn blocked_by(rows: &[QueryResult]) -> Result<Blocked, DbErr> {
    let until = |column| {
        let first = rows.first().map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(column));
        first.map(|until| Millis(until.unwrap_or_default()))
    };
    Ok(Blocked { known: until(BLOCKED_KNOWN)?, others: until(BLOCKED_OTHERS)? })
}

fn question(
    backend: DbBackend,
    whom: Whom<'_>,
    browser: BrowserId,
    strike_key: &[u8],
    limits: Option<Limits<'_>>,
) -> Statement {
    let sql = match (backend == DbBackend::Postgres, limits.is_some()) {
        (true, false) => &*ON_POSTGRES,
        (true, true) => &*LIMITED_ON_POSTGRES,
        (false, false) => &*ON_SQLITE,
        (false, true) => &*LIMITED_ON_SQLITE,
    };
    let (sql, whom): (_, Value) = match whom {
        Whom::Key(key) => (&sql.by_key, key.into()),
        Whom::Id(id) => (&sql.by_id, id.0.into()),
    };
    let [told_in, seen_in, met_in] = [browser.0; 3].map(Value::from);
    let limits = limits.into_iter().flat_map(|Limits { known, others: [own, one, around] }| [known, own, one, around]);
    let mut values = vec![told_in];
    values.extend(limits.map(|key| Value::from(key.map(<[u8]>::to_vec))));
    values.extend([whom, seen_in, met_in, strike_key.to_vec().into()]);
    Statement::from_sql_and_values(backend, sql, values)
}

/// As [`find`], with the account locked until the transaction ends: two steps of one account happen one after the other. On
/// SQLite the transaction itself is the lock. On PostgreSQL it is a statement of its own, before the one that reads: what that
/// one joins would be as old as the moment when it began to wait. Where nobody has the identifier its steps take turns too, and another
/// row is locked: to lock one takes time, and is written down at the commit.
///
/// # Errors
/// The database fails.
pub async fn lock(tx: &WriteTx, whom: Whom<'_>, browser: BrowserId, strike_key: &[u8]) -> Result<Known, DbErr> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return find(tx, whom, browser, strike_key).await;
    }
    let is_locked = match whom {
        Whom::Key(key) => lock_anybody(tx, key, strike_key).await?,
        Whom::Id(id) => super::users::lock(tx, id).await?.is_some(),
    };
    let known = find(tx, whom, browser, strike_key).await?;
    match &known.user {
        // It was made while this step waited for its turn.
        Some(user) if !is_locked => {
            super::users::lock(tx, user.id).await?;
            find(tx, whom, browser, strike_key).await
        }
        _ => Ok(known),
    }
}

/// Whoever has this identifier, or the turn of its own that it has where nobody does. The turn is a lock without a row, which writes
/// nothing; so one of the stand-ins is locked with it, unless somebody else happens to have that one.
const LOCK_ANYBODY: &str = "WITH somebody AS (SELECT 1 FROM users WHERE identifier_key = $1 FOR NO KEY UPDATE), \
     turn AS MATERIALIZED (SELECT pg_advisory_xact_lock($2) WHERE NOT EXISTS (SELECT 1 FROM somebody)), \
     nobody AS (SELECT 1 FROM stand_ins WHERE key = $3 AND EXISTS (SELECT 1 FROM turn) FOR NO KEY UPDATE SKIP LOCKED) \
     SELECT true AS is_somebody FROM somebody UNION ALL SELECT false FROM nobody";

/// Whether it is somebody.
async fn lock_anybody(tx: &WriteTx, key: &str, strike_key: &[u8]) -> Result<bool, DbErr> {
    let turn = first_bytes(&digest(&[b"turn", key.as_bytes()]));
    let values = [key.into(), i64::from_be_bytes(turn).into(), StandIn::of(strike_key).key().into()];
    let rows = tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, LOCK_ANYBODY, values)).await?;
    rows.first().map_or(Ok(false), |row| row.try_get_by_index(0))
}

fn first_bytes([a, b, c, d, e, f, g, h, ..]: &[u8; 32]) -> [u8; 8] {
    [*a, *b, *c, *d, *e, *f, *g, *h]
}

/// Begins a transaction with [`lock`], and until when these rows of wrong passwords block: that of whoever is meant, locked too, and
/// those of the networks. On SQLite it is one way to the database, and no other for the beginning.
///
/// # Errors
/// As [`Db::write`].
pub async fn write_and_lock_with_limit(
    db: &Db,
    whom: Whom<'_>,
    browser: BrowserId,
    strike_key: &[u8],
    limits: [Option<&[u8]>; 3],
) -> Result<(WriteTx, Known, Millis), DbErr> {
    let backend = db.read().get_database_backend();
    if backend != DbBackend::Sqlite {
        let tx = db.write().await?;
        // What is known of the account is read before the limit, and does not change while it is locked.
        let known = lock(&tx, whom, browser, strike_key).await?;
        let until = blocked_by_any(&tx, limits).await?;
        return Ok((tx, known, until));
    }
    let limits = Limits { others: limits, ..Limits::default() };
    let (tx, rows) = db.write_asking(Asks::First(question(backend, whom, browser, strike_key, Some(limits)))).await?;
    Ok((tx, read(&rows)?, blocked_by(&rows)?.others))
}

/// Only the first is locked: a right password changes nothing of a network, and whoever shares one would take turns.
async fn blocked_by_any(tx: &WriteTx, [own, one, around]: [Option<&[u8]>; 3]) -> Result<Millis, DbErr> {
    let mut longest = match own {
        Some(key) => attempts::lock(tx, key).await?.blocked_until,
        None => Millis(0),
    };
    let networks: Vec<_> = [one, around].into_iter().flatten().map(<[u8]>::to_vec).collect();
    if !networks.is_empty() {
        for row in attempts::find_all(tx, networks).await? {
            longest = longest.max(row.blocked_until);
        }
    }
    Ok(longest)
}

/// Begins a transaction with [`lock`], for an answer to this challenge, which it spends. `None`: it was spent before. On SQLite it is
/// one way to the database, and no other for the beginning.
///
/// # Errors
/// As [`Db::write`].
pub async fn write_spend_and_lock(
    db: &Db,
    (challenge, expires): (&[u8], Millis),
    user: UserId,
    browser: BrowserId,
    strike_key: &[u8],
) -> Result<(WriteTx, Option<Known>), DbErr> {
    let (backend, whom) = (db.read().get_database_backend(), Whom::Id(user));
    if backend != DbBackend::Sqlite {
        let tx = db.write().await?;
        let known = match challenges::spend(&tx, challenge, expires).await? {
            true => Some(lock(&tx, whom, browser, strike_key).await?),
            false => None,
        };
        return Ok((tx, known));
    }
    let both = [challenges::unspent(backend, challenge), question(backend, whom, browser, strike_key, None)];
    let about = About::new([challenge, user.0.as_bytes(), browser.0.as_bytes(), strike_key]);
    let (tx, rows) = db.write_asking(Asks::Beside(together(both.into()), about)).await?;
    let known = match rows.split_first() {
        Some((first, rest)) if first.try_get::<i64>("", UNSPENT).is_ok() => Some(read(rest)?),
        _ => None,
    };
    if known.is_some() {
        challenges::spend_unspent(&tx.later(), challenge, expires).await?;
    }
    Ok((tx, known))
}

/// Commits, with [`find`] and [`passkeys::accepted`](super::passkeys::accepted) just before. On SQLite they go in one piece with the
/// last writes.
///
/// # Errors
/// As [`WriteTx::commit`].
pub async fn find_and_commit(
    tx: WriteTx,
    user: UserId,
    browser: BrowserId,
    strike_key: &[u8],
    (but, since): (SessionId, Millis),
) -> Result<(Known, Accepted), DbErr> {
    let (backend, whom) = (tx.get_database_backend(), Whom::Id(user));
    if backend != DbBackend::Sqlite {
        let known = find(&tx, whom, browser, strike_key).await?;
        let accepted = stored::accepted(&tx, user, but, since).await?;
        tx.commit().await?;
        return Ok((known, accepted));
    }
    let both = [question(backend, whom, browser, strike_key, None), stored::accepting(backend, user, but, since)];
    let rows = tx.commit_after(both.into()).await?;
    let (known, accepted) = rows.split_at(rows.partition_point(|row| row.try_get::<bool>("", ONE_MAY_COME).is_err()));
    Ok((read(known)?, stored::accepted_of(accepted)?))
}

fn read(rows: &[QueryResult]) -> Result<Known, DbErr> {
    // There is always a first row: what is not there is null in it.
    let first = rows.first().ok_or_else(|| DbErr::RecordNotFound("a row for anybody".to_owned()))?;
    let mut known = Known {
        user: of_user::read(first)?.map(User::from),
        passkeys: Vec::with_capacity(rows.len()),
        memory: HashMap::new(),
        here: of_here::read(first)?.map(BrowserAccount::from),
        strikes: of_strikes::read(first)?.map(|row| (count(row.points), Millis(row.updated_at))),
        saved_codes: saved_codes(first)?,
        unconfirmed: Vec::new(),
        told_at: moment(first.try_get_by_index(TOLD_AT)?),
    };
    for row in rows {
        if let Some(passkey) = of_passkey::read(row)? {
            if row.try_get_by_index::<i64>(UNCONFIRMED)? > 0 {
                known.unconfirmed.push(PasskeyId(passkey.id));
            }
            known.passkeys.push(PasskeyRow::from(passkey));
        }
        if let Some(memory) = of_memory::read(row)? {
            known.memory.insert(PasskeyId(memory.passkey_id), Here::from(memory));
        }
    }
    Ok(known)
}

fn saved_codes(row: &QueryResult) -> Result<SavedCodes, DbErr> {
    let counted = |column| Ok::<_, DbErr>(u64::try_from(row.try_get_by_index::<i64>(column)?).unwrap_or_default());
    let (made, used) = (counted(CODES_MADE)?, counted(CODES_USED)?);
    Ok(SavedCodes { made, left: made.saturating_sub(used) })
}
