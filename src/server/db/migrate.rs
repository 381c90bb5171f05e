//! Bringing the schema up to date.

use super::begin;
use super::installation::{self, GENERATION};
use migration::MigratorTrait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr};

/// Any number that no other program on the same PostgreSQL database uses: "keymend" in ASCII.
pub(super) const LOCK: i64 = 0x006b_6579_6d65_6e64;

/// Applies what is missing, all of it or nothing. One transaction: of several instances that start together the first
/// migrates, the others wait and find it done.
pub(super) async fn up<M: MigratorTrait>(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let tx = begin(connection).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    let strangers = strangers::<M>(&tx).await?;
    match strangers.first() {
        None => M::up(&tx, None).await?,
        Some(stranger) => live_with::<M>(&tx, stranger).await?,
    }
    tx.commit().await
}

/// What a newer program has changed.
async fn strangers<M: MigratorTrait>(c: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let known = M::migrations();
    let applied = M::get_migration_models(c).await?.into_iter().map(|applied| applied.version);
    Ok(applied.filter(|version| known.iter().all(|migration| migration.name() != version)).collect())
}

/// A newer program has changed this database. It says which programs can live with that: so an older one goes on working
/// while the newer is being brought in, or when somebody goes back to it.
async fn live_with<M: MigratorTrait>(tx: &DatabaseTransaction, stranger: &str) -> Result<(), DbErr> {
    let applied: Vec<String> = M::get_migration_models(tx).await?.into_iter().map(|applied| applied.version).collect();
    let complete = M::migrations().iter().all(|known| applied.iter().any(|version| version == known.name()));
    if complete && installation::find(tx).await?.oldest_generation <= GENERATION {
        tracing::info!(
            stranger,
            "a newer version of Keymend has changed this database, in a way that this one can live with"
        );
        return Ok(());
    }
    Err(DbErr::Migration(format!(
        "this database was changed by a newer version of Keymend (it has {stranger}, which this program does not know); \
         start that version, or restore the backup made before it"
    )))
}
