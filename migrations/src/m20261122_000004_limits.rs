//! What may happen only once, or only so often. The keys are hashes, so that these rows exist for identifiers nobody has.

use crate::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, integer};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(spent_challenges()).await?;
        manager.create_table(strikes()).await?;
        manager.create_table(password_attempts()).await?;
        manager.create_index(index("spent_challenges_by_expiry", "spent_challenges", "expires_at")).await
    }
}

fn spent_challenges() -> TableCreateStatement {
    Table::create().table("spent_challenges").col(blob("challenge").primary_key()).col(big_integer("expires_at")).take()
}

fn strikes() -> TableCreateStatement {
    Table::create()
        .table("strikes")
        .col(blob("key").primary_key())
        .col(integer("points"))
        .col(big_integer("updated_at"))
        .take()
}

fn password_attempts() -> TableCreateStatement {
    Table::create()
        .table("password_attempts")
        .col(blob("key").primary_key())
        .col(integer("failures"))
        .col(big_integer("last_at"))
        .col(big_integer("blocked_until"))
        .take()
}
