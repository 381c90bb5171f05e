//! What every request needs, built once at the start.

use super::clock::{Clock, SystemClock};
use super::config::{Loaded, Settings};
use super::db::Db;
use super::mail::Mailer;
use super::metrics::Metrics;
use super::passwords::Hasher;
use super::present::Presenter;
use super::seal::Sealer;
use super::services::ghosts::GhostShare;
use leptos::config::LeptosOptions;
use std::sync::Arc;
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
        let sealer = Sealer::new(&settings.root_key()?);
        let db = Db::open(&settings.database_url()).await.map_err(|error| format!("the database: {error}"))?;
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
            ghosts: GhostShare::default(),
            metrics: Metrics::default(),
        };
        Ok(Self(Arc::new(parts)))
    }
}
