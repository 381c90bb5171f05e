//! What an operator watches, in the text format of Prometheus. Few names with fixed labels, nothing of a person.
//!
//! Counters begin at zero with the process; what must outlive it stands in the database.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the buckets, in seconds: a page takes a millisecond, a password thirty.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

type Zero = [(&'static str, &'static str); 0];
type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];

/// Makes the histograms of a family; a function pointer would do, were its type not to be written down.
#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

/// How somebody got in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Passkey,
    Password,
    Code,
    SignUp,
}

/// How far a heal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Offered,
    Created,
    Confirmed,
}

/// What was turned away before it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// From another site.
    Origin,
    /// Too many from one account or address.
    Limit,
    /// More than the queue of passwords holds.
    Busy,
}

/// What is looked at when somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Now {
    /// Passwords in the queue.
    pub waiting: usize,
    /// Mails in the outbox; none if the database does not tell.
    pub mails: Option<u64>,
    /// How long a ping took; none if it failed.
    pub database: Option<Duration>,
    /// As [`Db::jobs_and_commits`](super::db::Db::jobs_and_commits) has them.
    pub writes_and_commits: Option<(u64, u64)>,
}

/// All of them.
pub struct Metrics {
    registry: Registry,
    sign_ins: Family<One, Counter>,
    failures: Family<[(&'static str, String); 1], Counter>,
    heals: Family<One, Counter>,
    turned_away: Family<One, Counter>,
    requests: Family<Two, Histogram, Buckets>,
    about_somebody: Family<Two, Counter>,
    waiting: Gauge,
    mails: Gauge<f64, AtomicU64>,
    database: Gauge<f64, AtomicU64>,
    /// Without members where the database commits by itself.
    writes: Family<Zero, Counter>,
    commits: Family<Zero, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("keymend"),
            sign_ins: Family::default(),
            failures: Family::default(),
            heals: Family::default(),
            turned_away: Family::default(),
            requests: Family::new_with_constructor(Buckets),
            about_somebody: Family::default(),
            waiting: Gauge::default(),
            mails: Gauge::default(),
            database: Gauge::default(),
            writes: Family::default(),
            commits: Family::default(),
        };
        let registry = &mut all.registry;
        registry.register("sign_ins", "Sessions begun, by method", all.sign_ins.clone());
        registry.register(
            "failures",
            "Ceremonies that gave no passkey, by what the rules made of it",
            all.failures.clone(),
        );
        registry.register("heals", "New passkeys after trouble, by how far they came", all.heals.clone());
        registry.register("turned_away", "Requests that were not looked at, by reason", all.turned_away.clone());
        let help = "Time to answer, by kind of request and class of status";
        registry.register_with_unit("request", help, Unit::Seconds, all.requests.clone());
        let help =
            "Answers that may tell who has an account, by step, and whether they were ready before they were given";
        registry.register("answers_about_somebody", help, all.about_somebody.clone());
        registry.register("passwords_waiting", "Passwords that wait for a thread", all.waiting.clone());
        registry.register("mails_waiting", "Mails that wait to be sent", all.mails.clone());
        let help = "Time the database took to answer the last look";
        registry.register_with_unit("database", help, Unit::Seconds, all.database.clone());
        let help = "Transactions that were committed, on SQLite";
        registry.register("database_writes", help, all.writes.clone());
        registry.register("database_commits", "Commits that they took together, on SQLite", all.commits.clone());
        // What did not happen yet is zero, not missing.
        for method in [Method::Passkey, Method::Password, Method::Code, Method::SignUp] {
            drop(all.sign_ins.get_or_create(&[("method", method.name())]));
        }
        for stage in [Stage::Offered, Stage::Created, Stage::Confirmed] {
            drop(all.heals.get_or_create(&[("stage", stage.name())]));
        }
        for reason in [Turned::Origin, Turned::Limit, Turned::Busy] {
            drop(all.turned_away.get_or_create(&[("reason", reason.name())]));
        }
        all
    }
}

impl Metrics {
    /// A session began.
    pub fn signed_in(&self, method: Method) {
        self.sign_ins.get_or_create(&[("method", method.name())]).inc();
    }

    /// A ceremony gave no passkey; `outcome` is the code of the assessment.
    pub fn failed(&self, outcome: &str) {
        self.failures.get_or_create(&[("outcome", outcome.to_owned())]).inc();
    }

    /// A heal came so far.
    pub fn heal(&self, stage: Stage) {
        self.heals.get_or_create(&[("stage", stage.name())]).inc();
    }

    /// A request was not looked at.
    pub fn turned_away(&self, reason: Turned) {
        self.turned_away.get_or_create(&[("reason", reason.name())]).inc();
    }

    /// A request was answered.
    pub fn answered(&self, kind: &'static str, status: http::StatusCode, took: Duration) {
        let class = match status.as_u16() {
            ..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&[("kind", kind), ("status", class)]).observe(took.as_secs_f64());
    }

    /// An answer of this step was ready before `sign_in.answer_after_ms` had passed, or was not.
    pub fn answered_about_somebody(&self, step: &'static str, in_time: bool) {
        let in_time = if in_time { "yes" } else { "no" };
        self.about_somebody.get_or_create(&[("step", step), ("in_time", in_time)]).inc();
    }

    /// The text that Prometheus reads, with what is asked for just now.
    #[must_use]
    pub fn text(&self, now: &Now) -> String {
        self.waiting.set(i64::try_from(now.waiting).unwrap_or(i64::MAX));
        self.mails.set(now.mails.map_or(f64::NAN, |mails| mails as f64));
        self.database.set(now.database.map_or(f64::NAN, |took| took.as_secs_f64()));
        if let Some((writes, commits)) = now.writes_and_commits {
            // They are counted elsewhere, and only grow there.
            self.writes.get_or_create(&[]).inner().store(writes, Ordering::Relaxed);
            self.commits.get_or_create(&[]).inner().store(commits, Ordering::Relaxed);
        }
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Password => "password",
            Self::Code => "code",
            Self::SignUp => "sign-up",
        }
    }
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Created => "created",
            Self::Confirmed => "confirmed",
        }
    }
}

impl Turned {
    fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Limit => "limit",
            Self::Busy => "busy",
        }
    }
}
