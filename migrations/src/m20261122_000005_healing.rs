//! Why passkeys fail, and which accounts were healed.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob, integer, pk_uuid, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(failure_events()).await?;
        manager.create_index(index("failure_events_by_time", "failure_events", "at")).await?;
        manager.create_index(index("failure_events_by_user", "failure_events", "user_id")).await?;
        manager.create_table(heals()).await?;
        manager.create_index(index("heals_by_user", "heals", "user_id")).await?;
        manager.create_index(index("heals_by_passkey", "heals", "passkey_id")).await?;
        manager.create_index(index("heals_by_session", "heals", "confirmed_session")).await
    }
}

fn failure_events() -> TableCreateStatement {
    Table::create()
        .table("failure_events")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        .col(uuid_null("user_id"))
        .col(uuid_null("browser_id"))
        .col(blob("identifier_hash"))
        .col(text("purpose"))
        .col(text("outcome"))
        .col(text("observation"))
        .col(text("evidence"))
        .col(text("decision"))
        .col(text("diagnosis"))
        .col(integer("rules_version"))
        .foreign_key(&mut owned_by("failure_events", "user_id", "users"))
        .take()
}

fn heals() -> TableCreateStatement {
    Table::create()
        .table("heals")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(uuid("browser_id"))
        .col(uuid("passkey_id"))
        .col(text("why"))
        .col(big_integer_null("failed_at"))
        .col(big_integer("created_at"))
        .col(big_integer_null("confirmed_at"))
        .col(uuid_null("confirmed_session"))
        .foreign_key(&mut owned_by("heals", "user_id", "users"))
        .take()
}
