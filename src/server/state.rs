//! What every request needs, built once at the start.

use super::clock::{Clock, SystemClock};
use super::config::{Loaded, Settings};
use super::db::{self, Db, installation, users};
use super::layers::watch::Names;
use super::mail::Mailer;
use super::metrics::Metrics;
use super::passwords::Hasher;
use super::present::Presenter;
use super::seal::Sealer;
use super::services::ghosts::GhostShare;
use leptos::config::LeptosOptions;
use sea_orm::DbErr;
use std::fs;
use std::path::PathBuf;
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
    /// Made by this start.
    root_key_is_new: bool,
    /// What requests are called.
    pub names: Names,
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The file of a SQLite database that is still to be made.
fn missing_database(settings: &Settings) -> Option<PathBuf> {
    // An empty one is that of a start that failed.
    db::file_of(&settings.database_url()).filter(|file| fs::metadata(file).map_or(true, |found| found.len() == 0))
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
        let (root_key, missing) = (settings.root_key()?, missing_database(&settings));
        let wrong = |error| format!("the database: {}", db::reason(&error));
        let db = Db::open(&settings.database_url()).await.map_err(wrong)?;
        if let Some(file) = missing.filter(|_| root_key.is_some()) {
            tracing::warn!(
                file = %file.display(),
                "a new database was begun, though there was a root key already: if there was a database too (on a disk that is not \
                 mounted, or in a backup), stop now and put it back"
            );
        }
        let installation = installation::find(db.read()).await.map_err(wrong)?;
        let hasher = Hasher::start(settings.password.hash_threads, settings.password.queue)
            .map_err(|error| format!("no thread for passwords: {error}"))?;
        let mailer = Mailer::new(&settings)?;
        let party = &settings.relying_party;
        let webauthn = WebauthnBuilder::new(&party.id, &party.origin)
            .and_then(|builder| builder.rp_name(&party.name).build())
            .map_err(|error| format!("relying_party: {error}"))?;
        let presenter = Presenter::new(&settings.brand.name, &settings.brand.logo);
        // The last that can fail: who makes a key says what that means for those who are there, and says it once.
        let is_new = root_key.is_none();
        let root_key = match root_key {
            Some(key) => key,
            None => settings.make_root_key(users::is_any(db.read()).await.map_err(wrong)?)?,
        };
        let sealer = Sealer::in_epoch(&root_key, installation.epoch);
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
            root_key_is_new: is_new,
            names: Names::default(),
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Says so where the root key is another one than when a server started before, and notes the present one. That may be
    /// meant, as the one before is lost, so it is said once.
    ///
    /// # Errors
    /// The database fails.
    pub async fn compare_root_key(&self) -> Result<(), DbErr> {
        let now = self.sealer.hash("root-key", &[]);
        let before = installation::find(self.db.read()).await?.root_key_check;
        if before.as_deref() == Some(&now) {
            return Ok(());
        }
        // Of one that this start has made all is said.
        if before.is_some() && !self.root_key_is_new {
            tracing::warn!(
                "the root key is not the one that this database was used with before, and what that one has sealed or hashed is \
                 void: if that is not meant, stop now and put it back"
            );
        }
        let tx = self.db.write().await?;
        installation::note_root_key(&tx, &now).await?;
        tx.commit().await
    }
}
