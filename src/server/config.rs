//! `Leptos.toml`, the one configuration file of the server, with each key overridable by environment.

mod leptos_table;
mod root_key;
mod slips;

use super::{db, files, mail, return_to};
use config::{Config, ConfigError, Environment, File, FileFormat};
use domain::assurance;
use domain::intelligence::{AutoStart, Policy};
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use leptos_table::Variable;
use serde::de::value::{Error as NoWord, StringDeserializer};
use serde::de::{Error as _, IntoDeserializer as _};
use serde::{Deserialize, Deserializer};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use url::Url;

/// The file that is used where there is none: the one in the repository, with all defaults.
const DEFAULT_FILE: &str = include_str!("../../Leptos.toml");

/// The keys that are lists.
const LISTS: [&str; 2] = ["server.trusted_proxies", "relying_party.return_to"];

/// Everything an operator can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Leptos' own table; see [`leptos_table`].
    #[serde(default, rename = "package")]
    _package: serde::de::IgnoredAny,
    pub server: Server,
    pub database: Database,
    pub relying_party: RelyingParty,
    pub brand: Brand,
    pub sign_in: SignIn,
    pub healing: Healing,
    pub password: Password,
    pub session: Session,
    pub mail: Mail,
    pub audit: Audit,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Folder of the database, the root key and the outbox.
    pub data: PathBuf,
    /// 64 hexadecimal digits; empty: `root.key` in the data folder.
    #[serde(default)]
    pub root_key: String,
    /// Networks of the proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// What `/metrics` wants as a bearer token; empty: it is there on `http://localhost` only.
    #[serde(default)]
    pub metrics_token: String,
    #[serde(deserialize_with = "word")]
    pub log: LogFormat,
}

/// An address counts as a network of one.
fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let network = |text: String| {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map_err(|_| D::Error::custom(format!("`{text}` is no address and no network like 10.0.0.0/8")))
    };
    Vec::<String>::deserialize(from)?.into_iter().map(network).collect()
}

/// One of some words; whoever writes another is told which there are.
fn word<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let word: StringDeserializer<NoWord> = String::deserialize(from)?.into_deserializer();
    let told = |error: NoWord| error.to_string().replacen("unknown variant", "unknown word", 1);
    T::deserialize(word).map_err(|error| D::Error::custom(told(error)))
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    Text,
    /// One JSON object a line.
    Json,
}

/// `[database]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:…` or `postgres://…`; empty: `keymend.db` in the data folder.
    pub url: String,
}

/// `[relying_party]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelyingParty {
    /// The RP ID: the domain of the origin or a registrable parent of it.
    pub id: String,
    /// Scheme, host and port that people see.
    pub origin: Url,
    /// What the system's dialog calls this site.
    pub name: String,
    /// Origins that a person may be led back to after the sign-in, beside this one.
    pub return_to: Vec<Url>,
}

/// `[brand]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    pub name: String,
    /// CSS colours; empty: Keymend's own.
    pub accent: String,
    pub gold: String,
    /// Address of a picture on this origin.
    pub logo: String,
}

/// `[sign_in]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[serde(deserialize_with = "word")]
    pub auto_start: AutoStart,
    /// Passkeys among the suggestions of the sign-in field.
    pub autofill: bool,
    /// One button for the account that used its passkey in this browser last.
    pub one_tap: bool,
    /// A button that shows passkeys only where there are some.
    pub immediate: bool,
    /// A prompt that leads to another device is announced.
    pub across_devices: bool,
    /// A code by mail, beside the password.
    pub email_code: bool,
    /// Failed prompts in a row after which the password is asked for, 1 to 3.
    pub failures_to_password: u8,
    /// Strikes in a browser after which the next visit starts with the password, 1 to 5.
    pub strikes_to_password: u8,
    /// Days in which strikes lose half their weight, 1 to 365.
    pub strike_half_life_days: u16,
    /// Seconds after which an unanswered prompt is given up, 2 to 300.
    pub watchdog_seconds: u32,
    /// Milliseconds before which no answer about somebody is given, 0 to 1,000.
    pub answer_after_ms: u16,
}

/// `[healing]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Healing {
    /// Whether a new passkey is offered after a sign-in.
    pub offers: bool,
    #[serde(deserialize_with = "word")]
    pub assurance: assurance::Policy,
    /// Days for which a browser stays known after a passkey was verified in it, 1 to 400.
    pub known_browser_days: u16,
    /// Minutes for which a proof is fresh enough to add a passkey, 1 to 60.
    pub fresh_password_minutes: u16,
}

/// `[password]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// In characters, 8 to 64.
    pub min_length: usize,
    /// Threads that hash, each with 19 MiB while it works; 1 to 64.
    pub hash_threads: usize,
    /// Passwords that may wait for a thread, 1 to 10,000.
    pub queue: usize,
}

/// `[session]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub absolute_hours: u32,
}

/// `[mail]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtps://…` or `smtp://…?tls=required`; empty: each mail becomes a file in the folder `outbox` of the data folder.
    pub smtp: String,
    /// The address that mails come from; empty: `keymend@` and the domain of the relying party.
    pub from: String,
}

/// Without the address of the mail server, which holds its password.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("smtp", &!self.smtp.is_empty()).field("from", &self.from).finish()
    }
}

/// `[audit]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Days after which an event of the audit log is deleted, 1 to 3,650.
    pub keep_days: u16,
}

/// Our settings together with those of leptos.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub settings: Settings,
    pub leptos: LeptosOptions,
    /// Where it came from, for the operator.
    pub source: String,
}

/// Reads the file named by `KEYMEND_CONFIG`, else `Leptos.toml` here, else the built-in one; the environment wins.
///
/// # Errors
/// One line that names the key and what is wrong with it.
pub fn load() -> Result<Loaded, String> {
    let named = std::env::var_os("KEYMEND_CONFIG").map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| PathBuf::from("Leptos.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        // A link that leads nowhere is there, and means something else.
        Err(_) if named.is_none() && path.symlink_metadata().is_err() => {
            return parse(DEFAULT_FILE, "the built-in Leptos.toml");
        }
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let loaded = parse(&text, &path.display().to_string())?;
    not_in_site(&path, "the configuration", &loaded.leptos).map_err(|what| format!("{}: {what}", path.display()))?;
    Ok(loaded)
}

/// Reads a text as [`load`] does.
///
/// # Errors
/// As [`load`].
pub fn parse(text: &str, source: &str) -> Result<Loaded, String> {
    parse_with(text, source, std::env::vars_os())
}

/// With the variables that Leptos' own table takes; those of the other tables are read where they are merged.
fn parse_with(text: &str, source: &str, variables: impl IntoIterator<Item = Variable>) -> Result<Loaded, String> {
    let wrong = |what: String| format!("{source}: {what}");
    let variables: Vec<Variable> = variables.into_iter().collect();
    slips::in_names(&variables).map_err(wrong)?;
    // As text: what is a number becomes one where a number is wanted, and a token of digits stays a token.
    let environment = Environment::with_prefix("KEYMEND").prefix_separator("__").separator("__");
    let mut raw = Config::builder()
        .add_source(File::from_str(DEFAULT_FILE, FileFormat::Toml))
        .add_source(File::from_str(text, FileFormat::Toml))
        .add_source(environment);
    for key in LISTS {
        if let Some(list) = list_of(key) {
            raw = raw.set_override(key, list).map_err(|error| wrong(without_source(&error)))?;
        }
    }
    let raw = raw.build().map_err(|error| wrong(without_source(&error)))?;
    let leptos = leptos_table::read(&raw, variables).map_err(wrong)?;
    slips::in_numbers(&raw).map_err(wrong)?;
    let settings: Settings = raw.try_deserialize().map_err(|error| wrong(without_source(&error)))?;
    check(&settings).map_err(wrong)?;
    not_in_site(&settings.server.data, "the data folder", &leptos).map_err(wrong)?;
    if let Some(file) = db::file_of(&settings.database_url()) {
        not_in_site(&file, "the database", &leptos).map_err(wrong)?;
    }
    Ok(Loaded { settings, leptos, source: source.to_owned() })
}

/// A list in the environment, its parts separated by commas.
fn list_of(key: &str) -> Option<Vec<String>> {
    let name = format!("KEYMEND__{}", key.replace('.', "__").to_uppercase());
    let list = std::env::var(name).ok()?;
    Some(list.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
}

/// Where a text is no TOML, the line is shown; a password may stand in it.
fn without_source(error: &ConfigError) -> String {
    let is_source = |line: &&str| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|');
    let text = error.to_string();
    text.lines().filter(|line| !is_source(line)).collect::<Vec<_>>().join(" ")
}

fn check(settings: &Settings) -> Result<(), String> {
    let origin = &settings.relying_party.origin;
    let host = origin.domain().ok_or_else(|| format!("relying_party.origin must have a domain name, not {origin}"))?;
    let id = &settings.relying_party.id;
    if host != id && !host.ends_with(&format!(".{id}")) {
        return Err(format!(
            "relying_party.id `{id}` must be the domain of relying_party.origin (`{host}`) or a parent of it"
        ));
    }
    if origin.path() != "/" || origin.query().is_some() || origin.fragment().is_some() {
        return Err("relying_party.origin must be scheme, host and port only".to_owned());
    }
    if origin.scheme() != "https" && host != "localhost" {
        return Err(format!("relying_party.origin must use https (http works on localhost only), not {origin}"));
    }
    if !origin.username().is_empty() || origin.password().is_some() {
        return Err("relying_party.origin must not hold a name or a password".to_owned());
    }
    return_to::check(&settings.relying_party)?;
    if settings.server.data.as_os_str().is_empty() {
        return Err("server.data must name a folder".to_owned());
    }
    db::check_url(&settings.database_url()).map_err(|what| format!("database.url: {what}"))?;
    within("sign_in.failures_to_password", settings.sign_in.failures_to_password, 1, 3)?;
    within("sign_in.strikes_to_password", settings.sign_in.strikes_to_password, 1, 5)?;
    within("sign_in.strike_half_life_days", settings.sign_in.strike_half_life_days, 1, 365)?;
    within("sign_in.watchdog_seconds", settings.sign_in.watchdog_seconds, 2, 300)?;
    within("sign_in.answer_after_ms", settings.sign_in.answer_after_ms, 0, 1_000)?;
    within("healing.known_browser_days", settings.healing.known_browser_days, 1, 400)?;
    within("healing.fresh_password_minutes", settings.healing.fresh_password_minutes, 1, 60)?;
    within("password.min_length", settings.password.min_length, 8, 64)?;
    within("password.hash_threads", settings.password.hash_threads, 1, 64)?;
    within("password.queue", settings.password.queue, 1, 10_000)?;
    within("session.idle_minutes", settings.session.idle_minutes, 1, 60 * 24 * 30)?;
    within("session.absolute_hours", settings.session.absolute_hours, 1, 24 * 30)?;
    within("audit.keep_days", settings.audit.keep_days, 1, 3_650)?;
    for (key, colour) in [("brand.accent", &settings.brand.accent), ("brand.gold", &settings.brand.gold)] {
        if !is_colour(colour) {
            return Err(format!("{key} must be a colour like #1f6f6b, not `{colour}`"));
        }
    }
    let logo = &settings.brand.logo;
    if !logo.is_empty() && (!logo.starts_with('/') || logo.starts_with("//")) {
        return Err(format!("brand.logo must be a path on this origin like /logo.svg, not `{logo}`"));
    }
    mail::check(settings)?;
    let token = &settings.server.metrics_token;
    if !token.is_empty() && (token.len() < 16 || !token.bytes().all(|byte| byte.is_ascii_graphic())) {
        return Err("server.metrics_token must be 16 or more characters without spaces".to_owned());
    }
    if !settings.server.root_key.is_empty() {
        root_key::parse(&settings.server.root_key)?;
    }
    Ok(())
}

/// Whatever lies in the folder of the browser's files can be asked for by everybody.
fn not_in_site(path: &Path, what: &str, leptos: &LeptosOptions) -> Result<(), String> {
    let site = Path::new(&*leptos.site_root);
    if files::real(path).starts_with(files::real(site)) {
        let (path, site) = (path.display(), site.display());
        return Err(format!(
            "package.metadata.leptos.site-root must not hold {what}, which is `{path}`, as `{site}` does"
        ));
    }
    Ok(())
}

fn within<T: PartialOrd + std::fmt::Display>(key: &str, value: T, least: T, most: T) -> Result<(), String> {
    if value < least || value > most {
        Err(format!("{key} must be between {least} and {most}, not {value}"))
    } else {
        Ok(())
    }
}

/// Only hexadecimal colours: the value is written into a style sheet.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    text.is_empty() || (matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

impl Settings {
    /// What the rules look at.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let set = &self.sign_in;
        Policy {
            auto_start: set.auto_start,
            offers: self.healing.offers,
            autofill: set.autofill,
            one_tap: set.one_tap,
            immediate: set.immediate,
            across_devices: set.across_devices,
            failures_to_password: set.failures_to_password,
            strikes_to_password: set.strikes_to_password,
            strike_half_life_days: set.strike_half_life_days,
        }
    }

    /// The address of the database.
    #[must_use]
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            db::file_url(&self.server.data.join("keymend.db"))
        } else {
            self.database.url.clone()
        }
    }

    /// Whether cookies are Secure and carry the `__Host-` prefix.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.relying_party.origin.scheme() == "https"
    }

    /// The root key: configured, or read from the data folder. None: nobody has made one yet, or it is lost.
    ///
    /// # Errors
    /// One line that names the file and what is wrong with it.
    pub fn root_key(&self) -> Result<Option<[u8; 32]>, String> {
        match self.server.root_key.as_str() {
            "" => root_key::read(&self.server.data),
            configured => root_key::parse(configured).map(Some),
        }
    }

    /// Makes one in the data folder, where none is, and warns if there are accounts that had another.
    ///
    /// # Errors
    /// One line that names the file and what is wrong with it.
    pub fn make_root_key(&self, there_are_accounts: bool) -> Result<[u8; 32], String> {
        root_key::in_folder(&self.server.data, || {
            if there_are_accounts {
                tracing::warn!(
                    "a new root key was made for a database that was there before, and every recovery code is void: if you have \
                     the old one, stop now and put it back"
                );
            }
        })
    }
}

#[cfg(test)]
mod tests;
