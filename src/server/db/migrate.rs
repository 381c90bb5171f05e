//! Bringing the schema up to date.

use super::Db;
use migration::MigratorTrait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// Any number that no other program on the same PostgreSQL database uses: "keymend" in ASCII.
const LOCK: i64 = 0x006b_6579_6d65_6e64;

impl Db {
    /// Applies what is missing, all of it or nothing. One transaction that takes its turn: of several instances that
    /// start together the first migrates, the others wait and find it done.
    pub(super) async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        let tx = self.write().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
        }
        refuse_newer::<M>(&tx).await?;
        M::up(&*tx, None).await?;
        tx.commit().await
    }
}

/// A database that a newer program has changed may mean other things by the same columns.
async fn refuse_newer<M: MigratorTrait>(c: &impl ConnectionTrait) -> Result<(), DbErr> {
    let known = M::migrations();
    let stranger = M::get_migration_models(c)
        .await?
        .into_iter()
        .find(|applied| known.iter().all(|migration| migration.name() != applied.version));
    match stranger {
        None => Ok(()),
        Some(applied) => Err(DbErr::Migration(format!(
            "this database was changed by a newer version of Keymend (it has {}, which this program does not know); \
             start that version, or restore the backup made before it",
            applied.version
        ))),
    }
}
