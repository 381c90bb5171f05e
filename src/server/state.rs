//! What every request needs, built once at the start.

use super::clock::{Clock, SystemClock};
use super::config::{Loaded, Settings};
use super::db::{self, Db, installation};
use super::mail::Mailer;
use super::metrics::Metrics;
use super::passwords::Hasher;
use super::present::Presenter;
use super::seal::Sealer;
use super::services::ghosts::GhostShare;
use leptos::config::LeptosOptions;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

/// Cheap to clone: one pointer.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
pub struct Parts {
    pub settings: Settings,
    pub leptos: LeptosOptions,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub sealer: Sealer,
    pub webauthn: Webauthn,
    pub hasher: Hasher,
    pub mailer: Mailer,
    pub presenter: Presenter,
    pub ghosts: GhostShare,
    pub metrics: Metrics,
    /// After a restore, until the operator has looked: providers of passkeys are told nothing.
    pub signals_withheld: AtomicBool,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens the database (and brings it up to date), reads or makes the root key, starts the threads that hash.
    ///
    /// # Errors
    /// One line for the operator.
    pub async fn start(loaded: Loaded) -> Result<Self, String> {
        Self::start_with(loaded, Arc::new(SystemClock)).await
    }

    /// As [`App::start`], with another clock.
    ///
    /// # Errors
    /// As [`App::start`].
    pub async fn start_with(loaded: Loaded, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let Loaded { settings, leptos, .. } = loaded;
        let root_key = settings.root_key()?;
        let wrong = |error| format!("the database: {}", db::reason(&error));
        let db = Db::open(&settings.database_url()).await.map_err(wrong)?;
        let installation = installation::find(db.read()).await.map_err(wrong)?;
        let sealer = Sealer::in_epoch(&root_key, installation.epoch);
        let hasher = Hasher::start(settings.password.hash_threads, settings.password.queue)
            .map_err(|error| format!("no thread for passwords: {error}"))?;
        let mailer = Mailer::new(&settings)?;
        let party = &settings.relying_party;
        let webauthn = WebauthnBuilder::new(&party.id, &party.origin)
            .and_then(|builder| builder.rp_name(&party.name).build())
            .map_err(|error| format!("relying_party: {error}"))?;
        let presenter = Presenter::new(&settings.brand.name, &settings.brand.logo);
        let parts = Parts {
            settings,
            leptos,
            db,
            clock,
            sealer,
            webauthn,
            hasher,
            mailer,
            presenter,
            ghosts: GhostShare::of(installation.ghosts),
            metrics: Metrics::default(),
            signals_withheld: AtomicBool::new(installation.signals_withheld.is_some()),
        };
        Ok(Self(Arc::new(parts)))
    }
}
